"""`livedo report`: the worklist and every listed person on one self-contained page."""

from __future__ import annotations

from pathlib import Path

import click

from livedo.surfaces.options import (
    Reader,
    as_of_option,
    overrides_option,
    processes,
    reader_options,
    record_argument,
)


@click.command()
@record_argument
@click.option(
    "-o",
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.html",
    help="The page, written whole or not at all.",
)
@as_of_option
@click.option("--changed-since", metavar="RUN", help="Show what changed since an earlier run.")
@overrides_option
@reader_options
def report(
    record: Path,
    out: Path,
    as_of: str | None,
    changed_since: str | None,
    overrides: Path | None,
    reader: Reader,
) -> None:
    """The worklist and every listed person on one HTML page.

    The page needs no network and no script, follows the reader's light or dark
    system, and prints on A4.

    \b
    Examples:
      livedo report record/ -o report.html
      livedo report record/ -o rapport.html --lang da --as-of 2026-11-20

    Exit codes: 0 done; 2 wrong use; 12 not a record; 14 output cannot be
    written; 23 not a date; 28 an override is refused.
    """
    from livedo.surfaces.output import write_whole
    from livedo.surfaces.report_work import report_of
    from livedo.surfaces.screening import screened

    screening = screened(record, as_of, changed_since, processes(), reader, overrides)
    page = report_of(record, screening, reader, overrides)
    write_whole(out, page)
    size = reader.words.whole(round(len(page.encode()) / 1000))
    click.echo(reader.words.text("report.written", place=out, size=size), err=True)
