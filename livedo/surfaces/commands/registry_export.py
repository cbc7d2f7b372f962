"""`livedo registry export`: the register as CSV, or as a REDCap project."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from livedo.surfaces.commands.store import store_option
from livedo.surfaces.options import (
    Reader,
    as_of_option,
    json_option,
    reader_options,
    record_argument,
)

if TYPE_CHECKING:
    from livedo.surfaces.terminal import Line

by_help = "Who does it; stands in the audit log. Default: the account."
audit_option = click.option(
    "--audit",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where it is written who did it. Default: a file beside the record.",
)
entered_option = click.option(
    "--only-entered",
    is_flag=True,
    help="Only people somebody entered something about, without those the record proposes.",
)


@click.command()
@record_argument
@store_option
@click.option(
    "--into",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="A new or empty folder, or an earlier export, which is replaced.",
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(("csv", "redcap")),
    default="csv",
    help="One CSV a form, or a REDCap project. Default: csv.",
)
@click.option(
    "--separator",
    type=click.Choice(("comma", "semicolon")),
    default="comma",
    help="Between columns of CSV; a Danish spreadsheet expects semicolon. Default: comma.",
)
@click.option("--with-person-ids", is_flag=True, help="Write person ids beside the case numbers.")
@entered_option
@as_of_option
@click.option("--by", metavar="NAME", help=by_help)
@audit_option
@json_option
@reader_options
def export(
    record: Path,
    store: str,
    into: Path,
    output_format: str,
    separator: str,
    with_person_ids: bool,
    only_entered: bool,
    as_of: str | None,
    by: str | None,
    audit: Path | None,
    as_json: bool,
    reader: Reader,
) -> None:
    """Write the case register into a folder.

    Everybody somebody entered something about, and everybody the record
    proposes because a definition is met. Each value stands with where it comes
    from, who entered it and when. Cases are told by a number made with the key
    of the store. The folder appears whole or not at all.

    \b
    Examples:
      livedo registry export record/ --store sqlite:///decisions.sqlite --into register/
      livedo registry export record/ --store sqlite:///d.sqlite --into redcap/ --format redcap

    Exit codes: 0 done; 2 wrong use; 12 not a record; 14 folder cannot be
    written; 23 not a date; 30 a part is not installed; 40 to 43 the store
    cannot be used; 60, 61 the audit log.
    """
    from livedo.decisions.store import open_store
    from livedo.surfaces.register_audit import account, register_log, write_event
    from livedo.surfaces.register_export import Export, folder_of, refuse_what_is_not_ours
    from livedo.surfaces.register_export import write_folder as written
    from livedo.surfaces.register_opened import open_register
    from livedo.surfaces.web.clock import SystemClock

    asked = Export(format=output_format, separator=separator, with_person_ids=with_person_ids)
    refuse_what_is_not_ours(into)
    with open_store(store, make=False) as opened:
        register = open_register(record, opened, as_of)
        people = register.people(reader, only_entered=only_entered)
        files = folder_of(register, people, asked, reader)
    log = audit or register_log(record)
    ids = "with person ids" if with_person_ids else "without person ids"
    write_event(
        log,
        at=SystemClock().now(),
        who=by or account(),
        action="register exported",
        detail=f"{output_format}, {len(people)} cases, {ids}",
    )
    written(files, into)
    if as_json:
        click.echo(files["manifest.json"].decode(), nl=False)
        return
    lines = export_lines(len(people), into, log, with_person_ids, reader)
    reader.terminal.print(lines, sys.stdout)


def export_lines(
    cases: int, into: Path, log: Path, with_person_ids: bool, reader: Reader
) -> Iterator[Line]:
    """What was written, and what to mind."""
    from livedo.surfaces.terminal import wrap

    words, width = reader.words, reader.terminal.width
    yield from wrap([(words.count("exchange.exported", cases, place=str(into)), "strong")], width)
    key = "exchange.with_ids" if with_person_ids else "exchange.without_ids"
    yield from wrap([(words.text(key), "")], width)
    yield from wrap([(words.text("exchange.logged", file=str(log)), "quiet")], width)
