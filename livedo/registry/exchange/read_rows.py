"""A row that came back: what each cell says, and whether it is as it went out.

A spreadsheet rewrites what it takes for a date or a number: 2026-03-14 comes back as 14-03-2026,
2026-03 as mar-26, 5.5 as 5,5 or 05-maj. Nothing is guessed from such a form: it is read as what was
exported only where the check of the cell proves it.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator, Sequence

import msgspec

from livedo.errors import DateInvalid
from livedo.instants import from_iso
from livedo.registry.exchange.formula import unguarded
from livedo.registry.exchange.rows import Cell, Row, check_of
from livedo.registry.exchange.standing import Said

_DAY = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4}|\d{2})", re.ASCII)
_DAY_OF_MONTH = re.compile(r"(\d{1,2})[-. ]\s?[^\W\d]{3,4}\.?")
_MONTH = re.compile(r"[^\W\d]{3,4}\.?[- ](\d{2}|\d{4})")
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?", re.ASCII)


class ReadCell(msgspec.Struct, frozen=True, kw_only=True):
    """One cell. `said` is who said it and when, as far as the file tells.

    `has_check` says that the cell was exported, `is_as_exported` that nobody changed it since.
    """

    text: str
    origin: str = ""
    said: Said | None = None
    has_check: bool = False
    is_as_exported: bool = False


class ReadRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a file. A cell whose column is missing is not there."""

    file: str
    line: int
    case_id: str
    person_id: str = ""
    form: str
    instance: int
    cells: dict[str, ReadCell]
    is_unicode: bool = True


def read_cell(key: bytes, row: Row, field: str, cell: Cell, check: str) -> ReadCell:
    """A cell as read, given back its exported form where a spreadsheet only rewrote it."""
    for text in _possible(cell.text) if check else ():
        exported = msgspec.structs.replace(cell, text=text)
        if hmac.compare_digest(check_of(key, row, field, exported), check):
            return _done(exported, has_check=True, is_as_exported=True)
    return _done(cell, has_check=bool(check), is_as_exported=False)


def without_foreign_checks(rows: Sequence[ReadRow]) -> list[ReadRow]:
    """The rows, told by no check where not one of them is of the key: another store wrote them.

    Their values are then of whoever imports, and a blank says nothing.
    """
    if any(cell.is_as_exported for row in rows for cell in row.cells.values()):
        return list(rows)
    return [
        msgspec.structs.replace(
            row,
            cells={
                id: msgspec.structs.replace(cell, has_check=False) for id, cell in row.cells.items()
            },
        )
        for row in rows
    ]


def _done(cell: Cell, *, has_check: bool, is_as_exported: bool) -> ReadCell:
    return ReadCell(
        text=cell.text,
        origin=cell.origin,
        said=_said(cell),
        has_check=has_check,
        is_as_exported=is_as_exported,
    )


def _said(cell: Cell) -> Said | None:
    if not (cell.by and cell.at):
        return None
    text = "" if cell.origin in ("", "record") else cell.text
    try:
        return Said(text, cell.by, from_iso(cell.at))
    except DateInvalid:
        return None


def _possible(text: str) -> Iterator[str]:
    """What a text may have been before a spreadsheet rewrote it, the text itself first."""
    yield text
    # REDCap guards what begins like a formula a second time when it exports.
    yield from (unguarded(text), unguarded(unguarded(text)), unguarded(text.lstrip(" \t")))
    if "\n" in text or "\r" in text:
        yield text.replace("\n", "\r\n")
        yield text.replace("\r\n", "\n")
        yield text.replace("\r\n", "\n").replace("\r", "\n")
    stripped = text.strip()
    if match := _DAY.fullmatch(stripped):
        for year in _years(match[3]):
            yield from _dates(int(match[1]), int(match[2]), year)
    elif match := _MONTH.fullmatch(stripped):
        yield from (f"{year}-{month:02}" for year in _years(match[1]) for month in range(1, 13))
    elif match := _DAY_OF_MONTH.fullmatch(stripped):
        yield from (f"{int(match[1])}.{month}" for month in range(1, 13))
        yield from (f"{int(match[1])}.{month:02}" for month in range(1, 10))
    elif _NUMBER.fullmatch(stripped):
        point = stripped.replace(",", ".")
        yield from (point, *(point + "0" * zeros for zeros in (1, 2, 3)))
        yield point.rstrip("0").rstrip(".") if "." in point else point
        yield from (f"{point}.{'0' * zeros}" for zeros in (1, 2, 3))


def _years(text: str) -> tuple[str, ...]:
    return (text,) if len(text) == 4 else (f"20{text}", f"19{text}")


def _dates(first: int, second: int, year: str) -> Iterator[str]:
    for month, day in ((second, first), (first, second)):
        yield f"{year}-{month:02}-{day:02}"
        yield f"{year}-{month:02}"
    yield year
