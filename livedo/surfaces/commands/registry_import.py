"""`livedo registry import`: an exported register, or records of REDCap, back into the store."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from livedo.surfaces.commands.registry_export import audit_option
from livedo.surfaces.commands.store import store_option
from livedo.surfaces.options import Reader, json_option, reader_options

if TYPE_CHECKING:
    from livedo.surfaces.register_import import Report


@click.command("import")
@click.argument("folder", type=click.Path(file_okay=False, exists=True, path_type=Path))
@click.argument("record", type=click.Path(path_type=Path))
@store_option
@click.option(
    "--by", required=True, metavar="NAME", help="Who imports: changes stand in this name."
)
@click.option("--dry-run", is_flag=True, help="Say what would be entered, enter nothing.")
@click.option(
    "--numbers-from",
    metavar="URL",
    help="The store whose export it is, where it is another one: case numbers are its own.",
)
@click.option(
    "--fail-on",
    type=click.Choice(("set-aside",)),
    help="Exit with 1 if any row or cell was not used.",
)
@audit_option
@json_option
@reader_options
@click.pass_context
def import_register(
    ctx: click.Context,
    folder: Path,
    record: Path,
    store: str,
    by: str,
    dry_run: bool,
    numbers_from: str | None,
    fail_on: str | None,
    audit: Path | None,
    as_json: bool,
    reader: Reader,
) -> None:
    """Enter what differs from what stands.

    FOLDER is an export, or holds records.csv as REDCap exports them (raw
    values). A value that nobody changed keeps its author and its moment; one
    that was changed in the file is entered in the name of --by. What was
    changed in the store since is kept. Rows read are rows used and rows set
    aside, each named by file and line.

    \b
    Examples:
      livedo registry import register/ record/ --store sqlite:///new.sqlite --by "D. Vium" --dry-run
      livedo registry import redcap/ record/ --store sqlite:///decisions.sqlite --by "D. Vium"

    Exit codes: 0 done; 1 findings, with --fail-on; 2 wrong use; 11 a file
    cannot be opened; 12 not a record; 30 a part is not installed; 40 to 43 the
    store cannot be used; 46 an entry cannot be kept; 60, 61 the audit log; 75
    no file of the register; 76 case numbers of another store.
    """
    from livedo.decisions.store import open_store
    from livedo.surfaces.register_audit import register_log, write_event
    from livedo.surfaces.register_import import judged, numbers_of, read_register, report_lines
    from livedo.surfaces.register_opened import open_register
    from livedo.surfaces.web.clock import SystemClock

    if not by.strip():
        raise click.UsageError("Say who imports with --by NAME.")
    now = SystemClock().now()
    numbers = numbers_of(numbers_from) if numbers_from else None
    with open_store(store) as opened:
        register = open_register(record, opened, now=now)
        found = read_register(folder, register, numbers)
        report = judged(found, register, by.strip(), numbers)
        done = report.changes
        if not dry_run:
            write_event(
                audit or register_log(record),
                at=now,
                who=by.strip(),
                action="register imported",
                detail=f"{done.rows_in} rows, {done.used} used, {len(done.entries)} entries",
            )
            opened.add(done.entries)
    if as_json:
        click.echo(json.dumps(report.document(dry_run=dry_run), ensure_ascii=False))
    else:
        reader.terminal.print(report_lines(report, reader.words, reader.terminal), sys.stdout)
        end = reader.words.count("exchange.entered", len(done.entries))
        click.echo(reader.words.text("exchange.dry_run") if dry_run else end)
    if fail_on and has_set_aside(report):
        ctx.exit(1)


def has_set_aside(report: Report) -> bool:
    """Whether anything was not used."""
    return bool(report.changes.set_aside or report.changes.parts_lost)
