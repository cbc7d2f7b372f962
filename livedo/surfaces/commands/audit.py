"""`livedo audit`: who saw or changed what, and whether the log is as it was written."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from livedo.surfaces.options import Reader, json_option, reader_options, verbose_option

if TYPE_CHECKING:
    from livedo.audit.check import Verified
    from livedo.audit.events import Line as AuditLine
    from livedo.surfaces.terminal import Line

log_argument = click.argument("log", type=click.Path(path_type=Path))


@click.group()
@verbose_option
def audit() -> None:
    """Look into the audit log of livedo serve.

    \b
    Example:
      livedo audit verify audit.log

    Exit codes: 0 done; 2 wrong use; 11 no such log; 60 no key; 61 the log was changed.
    """


@audit.command()
@log_argument
@click.option(
    "--key",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The key of the log. Default: beside it, LOG.key.",
)
@json_option
@reader_options
def verify(log: Path, key: Path | None, as_json: bool, reader: Reader) -> None:
    """Say whether the log is as it was written.

    A line that was removed, changed, moved or cut off is named. A log can
    be verified while it is being written.

    \b
    Examples:
      livedo audit verify audit.log
      livedo audit verify copy/audit.log --key audit.log.key --json

    Exit codes: 0 as it was written; 2 wrong use; 11 no such log; 60 no key; 61 changed.
    """
    import msgspec

    from livedo.audit.check import verify as verified

    found = verified(log, key_file=key)
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
        return
    reader.terminal.print(verified_lines(found, reader), sys.stdout)


def verified_lines(found: Verified, reader: Reader) -> Iterator[Line]:
    """What a verified log holds, in words."""
    from livedo.surfaces.terminal import wrap

    words, width = reader.words, reader.terminal.width
    yield [(words.count("audit.fine", found.lines), "done")]
    yield [(words.text("audit.span", first=found.first_at, last=found.last_at), "quiet")]
    if found.torn:
        lines = ", ".join(map(str, found.torn))
        yield from wrap([(words.count("audit.torn", len(found.torn), lines=lines), "")], width)
    if found.is_open_ended:
        yield from wrap([(words.text("audit.open_ended"), "")], width)


@audit.command()
@log_argument
@click.option("--person", metavar="LINK", help="Only events about this person, by the address.")
@click.option("--who", metavar="USER", help="Only events of this user or CDS client.")
@click.option("--last", type=click.IntRange(1), metavar="N", help="Only the newest N events.")
@json_option
@reader_options
def show(
    log: Path, person: str | None, who: str | None, last: int | None, as_json: bool, reader: Reader
) -> None:
    """List the events of a log.

    A person is named by the last part of the address of their page.

    \b
    Examples:
      livedo audit show audit.log --last 20
      livedo audit show audit.log --person 5b0f8b6a9c1d2e3f4a5b --json

    Exit codes: 0 done; 2 wrong use; 11 no such log.
    """
    import msgspec

    found = events_of(log, person, who, last)
    if as_json:
        click.echo(msgspec.json.encode({"events": found}).decode())
        return
    reader.terminal.print(event_lines(found, reader), sys.stdout)


def events_of(log: Path, person: str | None, who: str | None, last: int | None) -> list[AuditLine]:
    """The events asked for, oldest first."""
    from livedo.audit.check import readable_lines

    link = person.rpartition("/")[2] if person else None
    fits = [
        line
        for line in readable_lines(log)
        if (link is None or line.person == link) and (who is None or line.who == who)
    ]
    return fits[-last:] if last else fits


def event_lines(found: list[AuditLine], reader: Reader) -> Iterator[Line]:
    """A table of events."""
    from livedo.surfaces.terminal import pad, wrap

    words = reader.words
    if not found:
        yield [(words.text("audit.none"), "")]
        return
    names = ("at", "who", "action", "person", "outcome")
    head = tuple(words.text(f"audit.head.{name}") for name in names)
    rows = [tuple(shown(getattr(line, name)) for name in names) for line in found]
    widths = [max(len(row[place]) for row in (head, *rows)) + 2 for place in range(len(names))]
    yield [(pad(cell, width), "strong") for cell, width in zip(head, widths, strict=True)]
    for row in rows:
        yield [(pad(cell, width), "") for cell, width in zip(row, widths, strict=True)]
    yield []
    yield from wrap([(words.text("audit.not_verified"), "quiet")], reader.terminal.width)


def shown(value: str | None) -> str:
    """A cell on one line: what came from outside cannot move the cursor."""
    return "".join(c if c.isprintable() else "?" for c in value or "-")
