"""`livedo read`: files into a record."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from livedo.surfaces.options import (
    Reader,
    json_option,
    observed_option,
    reader_options,
    time_zone_option,
)

if TYPE_CHECKING:
    from livedo.record.build import ReadReport


@click.command()
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="RECORD",
    help="The folder of the record. An earlier record there is replaced when all is read.",
)
@click.option(
    "--mapping",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="What the columns of CSV and Excel files mean. Default: mapping.yaml in the folder.",
)
@observed_option
@time_zone_option
@click.option("--dry-run", is_flag=True, help="Read and count, write nothing.")
@json_option
@click.option(
    "--fail-on",
    type=click.Choice(("set-aside",)),
    help="Exit with 1 if any item was set aside.",
)
@reader_options
@click.pass_context
def read(
    ctx: click.Context,
    sources: tuple[Path, ...],
    into: Path | None,
    mapping: Path | None,
    observed: tuple[str, ...],
    time_zone: str,
    dry_run: bool,
    as_json: bool,
    fail_on: str | None,
    reader: Reader,
) -> None:
    """Read FHIR, CSV, Excel or case files into a record.

    FHIR R4 Bundles, NDJSON and NDJSON.gz, or a folder of them. CSV, TSV and
    XLSX are read as a mapping file says: docs/how-to/read-csv-and-excel.md.

    Nothing disappears: items read are items used and items set aside with a
    reason. A broken line is set aside and the rest is kept. Silence of the
    sources means absence only where --observed declares it.

    \b
    Examples:
      livedo read export/ --into record/
      livedo read export/*.ndjson.gz --into record/ --time-zone Europe/Copenhagen
      livedo read export/ --into record/ --observed drug=2024-01-01..2026-11-01
      livedo read extract/ --mapping mapping.yaml --into record/
      livedo read export/ --dry-run --json

    Exit codes: 0 done; 1 findings, with --fail-on; 2 wrong use; 11 source
    cannot be read; 14 record cannot be written; 23 not a date; 25 mistakes in
    the mapping; 30 a package for Excel is missing.
    """
    from livedo.surfaces.reading import read_sources, report_lines

    if into is None and not dry_run:
        raise click.UsageError("Say where the record goes with --into RECORD, or use --dry-run.")
    report = read_sources(sources, None if dry_run else into, observed, time_zone, reader, mapping)
    if as_json:
        click.echo(json.dumps(report.document(), ensure_ascii=False))
    else:
        terminal = reader.terminal
        lines = report_lines(report, None if dry_run else into, reader.words, terminal)
        terminal.print(lines, sys.stdout)
    if fail_on and has_set_aside(report):
        ctx.exit(1)


def has_set_aside(report: ReadReport) -> bool:
    """Whether any item was not used."""
    return report.totals.set_aside > 0
