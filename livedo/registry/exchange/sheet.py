"""Tables of text in a file: written for spreadsheets, read as spreadsheets leave them.

Read is UTF-8 with or without a mark, UTF-16 with one, else Windows-1252; separated by comma,
semicolon (a Danish Excel) or tab. What cannot be read is named by file and line, never by value.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from livedo.errors import SourceUnreadable

SEPARATORS = (",", ";", "\t")
LARGEST_FILE = 512 * 1024 * 1024
"""Bytes. A register of five thousand cases is a hundredth of it."""

TORN = "register_torn"
ENCODING = "register_encoding"
CELL_COUNT = "register_cell_count"
NUL = "register_not_text"


class SetAside(msgspec.Struct, frozen=True, kw_only=True):
    """A row, or with `field` a cell of a used row, that was not used. `line` counts from 1."""

    file: str
    line: int
    reason: str
    field: str = ""


class Line(msgspec.Struct, frozen=True):
    """One row of a table, by column, and the line of the file where it begins."""

    number: int
    cells: dict[str, str]


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of one file: header, rows, and what could not be read."""

    file: str
    header: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    is_unicode: bool = True


def written(header: Sequence[str], rows: Iterable[Sequence[str]], *, separator: str = ",") -> str:
    """A table as text, with the line ends of RFC 4180."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def read_sheet(path: Path) -> Sheet:
    """The table in a file.

    Raises:
        SourceUnreadable: the file cannot be opened, or is larger than any register.
    """
    decoded = _decoded(_content(path))
    if decoded is None:
        return Sheet(file=path.name, set_aside=(_aside(path.name, 1, ENCODING),))
    text, is_unicode = decoded
    sheet = sheet_of(path.name, text)
    return msgspec.structs.replace(sheet, is_unicode=is_unicode)


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise SourceUnreadable(
                "The file is larger than a register can be",
                where=path.name,
                still_works="nothing was entered",
                next_step="give the folder that livedo registry export wrote, file by file",
            )
        return path.read_bytes()
    except OSError as error:
        raise SourceUnreadable(
            "A file of the register cannot be opened",
            where=path.name,
            still_works="nothing was entered",
            next_step="give the folder that livedo registry export wrote",
        ) from error


def _decoded(content: bytes) -> tuple[str, bool] | None:
    """The text, and whether the file could hold every letter; None if it is no text."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        names = [("utf-16", True)]
    else:
        names = [("utf-8-sig", True), ("cp1252", False)]
    for name, is_unicode in names:
        try:
            return content.decode(name), is_unicode
        except UnicodeDecodeError:
            continue
    return None


def sheet_of(file: str, text: str) -> Sheet:
    """The table in a text: the first row that is not blank names the columns."""
    set_aside: list[SetAside] = []
    rows = _rows(file, text, set_aside)
    header = tuple(cell.strip() for cell in next(rows, (0, []))[1])
    lines = [line for row in rows if (line := _line(file, header, row, set_aside))]
    return Sheet(file=file, header=header, lines=tuple(lines), set_aside=tuple(set_aside))


def _rows(file: str, text: str, set_aside: list[SetAside]) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold anything, each with its first line. Quotes left open end the table."""
    source = io.StringIO(text, newline="")
    limit = csv.field_size_limit(max(len(text) + 1, csv.field_size_limit()))
    try:
        reader = csv.reader(source, delimiter=separator_of(text), strict=True)
        line = 1
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error:
                set_aside.append(_aside(file, line, TORN))
                return
            if any(cell.strip() for cell in row):
                yield line, row
            line = reader.line_num + 1
    finally:
        csv.field_size_limit(limit)


def separator_of(text: str) -> str:
    """The sign between columns: the one that the first line that is not blank has most of."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(SEPARATORS, key=first.count)


def _line(
    file: str, header: tuple[str, ...], row: tuple[int, list[str]], set_aside: list[SetAside]
) -> Line | None:
    number, cells = row
    reason = _fault(header, cells)
    if reason:
        set_aside.append(_aside(file, number, reason))
        return None
    filled = cells + [""] * (len(header) - len(cells))
    return Line(number, dict(zip(header, filled, strict=False)))


def _fault(header: tuple[str, ...], cells: list[str]) -> str:
    """Spreadsheets drop empty cells at the end of a row, and add some; text there is a fault."""
    if any(cell.strip() for cell in cells[len(header) :]):
        return CELL_COUNT
    if any("\0" in cell for cell in cells):
        return NUL
    return ""


def _aside(file: str, line: int, reason: str) -> SetAside:
    return SetAside(file=file, line=line, reason=reason)
