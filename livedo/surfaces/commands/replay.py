"""`livedo replay`: one person's history, date by date."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from livedo.surfaces.options import (
    Reader,
    as_of_option,
    json_option,
    observed_option,
    overrides_option,
    reader_options,
    time_zone_option,
)


@click.command()
@click.argument("place", metavar="RECORD | FILE", type=click.Path(path_type=Path))
@click.argument("person_id", metavar="[ID]", required=False)
@as_of_option
@json_option
@observed_option
@time_zone_option
@overrides_option
@reader_options
def replay(
    place: Path,
    person_id: str | None,
    as_of: str | None,
    as_json: bool,
    observed: tuple[str, ...],
    time_zone: str,
    overrides: Path | None,
    reader: Reader,
) -> None:
    """One person's history, date by date.

    What changed and why; each line uses only what could be known then.

    \b
    Examples:
      livedo replay record/ B-007
      livedo replay record/ B-007 --as-of 2026-06-30 --json

    Exit codes: 0 done; 2 wrong use; 11 file cannot be read; 12 not a record;
    13 no such person; 23 not a date; 28 an override is refused.
    """
    from livedo.act.replay import replay as replayed
    from livedo.surfaces.judging import history_engine, moment_asked
    from livedo.surfaces.one_patient import find_patient
    from livedo.surfaces.replay_text import replay_lines

    found = find_patient(place, person_id, observed, time_zone)
    moment = moment_asked(as_of, found.newest_known_at, found.time_zone)
    history = replayed(
        found.record,
        history_engine(overrides),
        moment,
        reader.lang,
        reader.units,
        time_zone=found.time_zone,
    )
    if as_json:
        import msgspec

        from livedo.act.document import replay_document

        click.echo(msgspec.json.encode(replay_document(history)).decode())
        return
    terminal = reader.terminal
    terminal.print(replay_lines(history, reader.words, terminal, found.is_invented), sys.stdout)
