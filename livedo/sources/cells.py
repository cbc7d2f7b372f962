"""Rows of cells from CSV files and workbooks, one at a time."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import IO, Any, cast

from livedo.errors import PartMissing, SourceUnreadable
from livedo.sources.files import UNREADABLE, SourceFile
from livedo.sources.mapping import Table, cell_meaning

Cell = str | date
Row = tuple[int, list[Cell] | None]
"""The number of a row, as a person counts them, and its cells; None if it is no row."""


def rows_of(file: SourceFile, table: Table) -> Iterator[Row]:
    """Every row of a table, the headers first.

    Raises:
        SourceUnreadable: the file cannot be opened or breaks off; what came before has come.
        PartMissing: a workbook is to be read and nothing can read it.
    """
    try:
        if table.is_workbook:
            yield from _of_workbook(file, table)
        else:
            yield from _of_text(file, table)
    except UNREADABLE:
        raise _unreadable(file, "The system could not read the file to its end.") from None


def _unreadable(file: SourceFile, next_step: str) -> SourceUnreadable:
    return SourceUnreadable("A table could not be read.", where=file.label, next_step=next_step)


def _of_text(file: SourceFile, table: Table) -> Iterator[Row]:
    binary = _bytes_of(file)
    encoding = "utf-8-sig" if table.encoding == "utf-8" else "cp1252"
    # Bytes that are no text come through as lone surrogates, so that only their row is lost.
    with io.TextIOWrapper(binary, encoding, errors="surrogateescape", newline="") as lines:
        reader = csv.reader(lines, delimiter=table.delimiter)
        begins = 1
        while True:
            try:
                cells: list[str] | None = next(reader)
            except StopIteration:
                return
            except csv.Error:
                cells = None
            yield begins, cast("list[Cell] | None", cells)
            begins = reader.line_num + 1


def _bytes_of(file: SourceFile) -> IO[bytes]:
    if file.is_packed:
        return cast(IO[bytes], gzip.open(file.path, "rb"))
    return file.path.open("rb")


def _of_workbook(file: SourceFile, table: Table) -> Iterator[Row]:
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        raise PartMissing(
            "Excel files need one more package.",
            where=file.label,
            still_works="CSV files are read without it.",
            next_step="pip install 'livedo[excel]'",
        ) from None
    _refuse_too_large(file)
    try:
        book = CalamineWorkbook.from_path(str(file.path))
        if table.sheet not in book.sheet_names:
            raise _unreadable(file, "The workbook has no sheet of the name the mapping gives.")
        rows = book.get_sheet_by_name(table.sheet).to_python(skip_empty_area=False)
    except CalamineError:
        raise _unreadable(file, "The file is no Excel workbook.") from None
    for number, row in enumerate(rows, 1):
        yield number, [_plain(cell, table.decimal) for cell in row]


def _refuse_too_large(file: SourceFile) -> None:
    try:
        with zipfile.ZipFile(file.path) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile:
        raise _unreadable(file, "The file is no Excel workbook.") from None
    if size > cell_meaning().largest_workbook_bytes:
        raise _unreadable(file, "The workbook unpacks to too much; save the sheet as CSV.")


def _plain(cell: Any, decimal: str) -> Cell:
    """A cell as a person would have typed it; dates stay dates."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return f"{cell:.15g}".replace(".", decimal)
    return cell if isinstance(cell, date) else str(cell)
