"""The invented unit written, read, screened and reported: the whole way in one command."""

from __future__ import annotations

import sys
import time
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import click

from livedo.errors import OutputUnwritable
from livedo.surfaces.options import Reader, processes
from livedo.surfaces.output import unwritable, write_whole

if TYPE_CHECKING:
    from livedo.act.result import Screening

SOURCES, RECORD = "fhir", "record"


def demonstrate(folder: Path, report: Path, reader: Reader) -> None:
    """Sources, record, worklist, report."""
    began = time.monotonic()
    texts = reader.words
    write_sources(folder / SOURCES, reader)
    click.echo(texts.text("demo.sources", place=folder / SOURCES), err=True)
    screening = read_and_screen(folder, reader)
    terminal = reader.terminal
    from livedo.surfaces.worklist_text import worklist_lines

    place = str(folder / RECORD)
    terminal.print(worklist_lines(screening, texts, terminal, "normal", place), sys.stdout)
    sys.stdout.flush()
    write_report(folder / RECORD, screening, report, reader)
    click.echo(texts.text("demo.report", place=report), err=True)
    seconds = texts.decimal(time.monotonic() - began, 0)
    click.echo(texts.text("demo.took", seconds=seconds), err=True)


def write_sources(folder: Path, reader: Reader) -> None:
    """The unit as FHIR. A folder that holds anything else is left alone."""
    from livedo.demo.unit import write_unit

    strangers = [p for p in folder.glob("*") if p.suffix != ".ndjson"] if folder.exists() else []
    if strangers:
        raise OutputUnwritable(
            "The folder for the invented unit holds other files",
            where=str(folder),
            still_works="nothing was written",
            next_step="choose another folder with --into DIR",
        )
    try:
        write_unit(folder)
    except OSError as error:
        raise unwritable(folder, error) from error


def read_and_screen(folder: Path, reader: Reader) -> Screening:
    """The same steps as `livedo read` and `livedo screen`."""
    from livedo.surfaces.screening import screened

    read_demo(folder, reader)
    return screened(folder / RECORD, None, None, processes(), reader)


def read_demo(folder: Path, reader: Reader) -> None:
    """The sources of the unit into its record."""
    from livedo.demo.settings import load_settings
    from livedo.surfaces.reading import read_sources

    observed = str(resources.files("livedo.demo") / "observed.yaml")
    zone = load_settings().unit.zone
    read_sources((folder / SOURCES,), folder / RECORD, (observed,), zone, reader)


def write_report(place: Path, screening: Screening, report: Path, reader: Reader) -> None:
    """The page of the screening that was just printed."""
    from livedo.surfaces.report_work import report_of

    write_whole(report, report_of(place, screening, reader))
