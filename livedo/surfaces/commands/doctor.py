"""`livedo doctor`: is this installation able to work, and if not, what to do."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from livedo.config import SETTINGS
from livedo.errors import PartMissing, SettingInvalid
from livedo.surfaces.options import Reader, json_option, verbose_option

if TYPE_CHECKING:
    from livedo.surfaces.doctor import Check
    from livedo.surfaces.terminal import Line, Role


@click.command()
@json_option
@click.option("--lang", type=click.Choice(("en", "da")), help="Language. Default: en.")
@click.option("--no-color", is_flag=True, help="No colour.")
@verbose_option
@click.pass_context
def doctor(ctx: click.Context, as_json: bool, lang: str | None, no_color: bool) -> None:
    """Check that this installation can work.

    Each check has an id, a state, a meaning and a remedy. Reads no record and no
    patient's data, so that its output is safe to share.

    \b
    Examples:
      livedo doctor
      livedo doctor --json

    Exit codes: 0 all is well or only warnings; 2 wrong use; 30 something is broken.
    """
    from livedo.surfaces.doctor import examine

    reader = reader_in_any_case(lang, no_color)
    checks = list(examine(sys.stdout.encoding or "ascii"))
    if as_json:
        click.echo(json.dumps({"checks": [document(check, reader) for check in checks]}))
    else:
        reader.terminal.print(check_lines(checks, reader), sys.stdout)
    if any(check.state == "broken" for check in checks):
        ctx.exit(PartMissing.exit_status)


def reader_in_any_case(lang: str | None, no_color: bool) -> Reader:
    """The reader's choices; the defaults when the settings themselves are broken."""
    from livedo.surfaces.options import reader_for

    color = "never" if no_color else None
    try:
        return reader_for(lang, None, color)
    except SettingInvalid:
        default = {setting.name: setting.default for setting in SETTINGS}
        return Reader(lang or default["lang"], default["units"], color or default["color"])


def document(check: Check, reader: Reader) -> dict[str, str]:
    """One check for other programs."""
    return {
        "id": check.id,
        "state": check.state,
        "title": check.title(reader.words),
        "meaning": check.meaning(reader.words),
        "fix": check.fix(reader.words),
    }


def check_lines(checks: list[Check], reader: Reader) -> Iterator[Line]:
    """One line a check, with the remedy below where one is needed."""
    from livedo.surfaces.terminal import columns, pad, wrap

    texts, terminal = reader.words, reader.terminal
    roles: dict[str, Role] = {"ok": "done", "warning": "risk", "broken": "danger"}
    state = max(columns(texts.text(f"doctor.{name}")) for name in roles) + 2
    name = max(columns(check.id) for check in checks) + 2
    for check in checks:
        line: Line = [(pad(texts.text(f"doctor.{check.state}"), state), roles[check.state])]
        line += [(pad(check.id, name), "quiet"), (f"{check.title(texts)}: ", "strong")]
        line.append((check.meaning(texts), ""))
        yield from wrap(line, terminal.width, state)
        if check.fix(texts):
            fix: Line = [(" " * state, ""), (f"{texts.text('doctor.fix')} {check.fix(texts)}", "")]
            yield from wrap(fix, terminal.width, state)
    wrong = sum(check.state != "ok" for check in checks)
    yield []
    yield [(texts.count("doctor.not_well", wrong) if wrong else texts.text("doctor.all_well"), "")]
