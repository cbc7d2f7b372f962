"""`livedo demo`: the invented dialysis unit, from files to worklist and report."""

from __future__ import annotations

from pathlib import Path

import click

from livedo.surfaces.options import Reader, reader_options


@click.command()
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("livedo-demo"),
    metavar="DIR",
    help="Folder for the files, the record and the report. Default: livedo-demo.",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.html",
    help="The report. Default: report.html in the folder.",
)
@reader_options
def demo(into: Path, out: Path | None, reader: Reader) -> None:
    """See it work on an invented dialysis unit.

    200 people over 24 months. Writes the unit as FHIR R4, reads it through the
    same reader that you will use, prints the worklist and writes one HTML
    report. Every person in it is invented, and the bytes are the same each time.

    \b
    Examples:
      livedo demo
      livedo demo --into /tmp/unit -o report.html --lang da

    Exit codes: 0 done; 2 wrong use; 14 a file cannot be written.
    """
    from livedo.surfaces.demonstration import demonstrate

    demonstrate(into, out or into / "report.html", reader)
