"""The register as CSV: one file a form, with who said each value and when; and back.

Columns: `case_id`, `instance` where the form repeats, `removed`; then of each field its value and
`.origin` (record, entered, confirmed), `.by`, `.at`; and `check`, from which a later import tells
what was changed in a spreadsheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from livedo.knowledge.register import CaseReportForm, Form
from livedo.registry.exchange.formula import guarded, unguarded
from livedo.registry.exchange.read_rows import (
    ReadCell,
    ReadRow,
    read_cell,
    without_foreign_checks,
)
from livedo.registry.exchange.rows import REMOVED, Cell, Row, check_of
from livedo.registry.exchange.sheet import Line, SetAside, Sheet, read_sheet, written

CASE, PERSON, INSTANCE, CHECK = "case_id", "person_id", "instance", "check"
PARTS = ("origin", "by", "at")
BAD_INSTANCE = "register_bad_instance"
NO_CASE = "register_no_case_column"
DOUBLE_COLUMN = "register_double_column"


def columns_of(form: Form, *, with_person_ids: bool = False) -> list[str]:
    """The columns of a form's file, in order."""
    first = [CASE, *([PERSON] if with_person_ids else []), *([INSTANCE] if form.repeats else [])]
    cells = [REMOVED, *(field.id for field in form.fields)]
    return [*first, *(name for cell in cells for name in _columns(cell)), CHECK]


def _columns(field: str) -> list[str]:
    parts = PARTS[1:] if field == REMOVED else PARTS
    return [field, *(f"{field}.{part}" for part in parts)]


def file_of(form: Form) -> str:
    """The name of a form's file."""
    return f"{form.id}.csv"


def form_as_csv(
    form: Form,
    rows: Iterable[Row],
    key: bytes,
    *,
    with_person_ids: bool = False,
    separator: str = ",",
) -> str:
    """The rows of one form as text. `key` is that of the store, for the checks."""
    header = columns_of(form, with_person_ids=with_person_ids)
    table = (_written(header, row, key) for row in rows if row.form == form.id)
    return written(header, table, separator=separator)


def _written(header: list[str], row: Row, key: bytes) -> list[str]:
    values = {CASE: row.case_id, PERSON: row.person_id, INSTANCE: str(row.instance)}
    checks = []
    for field, cell in ((REMOVED, row.removed), *row.cells.items()):
        texts = (cell.text, cell.origin, cell.by, cell.at)
        values.update(zip([field, *(f"{field}.{part}" for part in PARTS)], texts, strict=True))
        checks.append(f"{field}={check_of(key, row, field, cell)}")
    values[CHECK] = " ".join(checks)
    return [guarded(values.get(name, "")) for name in header]


class CsvRead(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of a folder. `unknown_columns` are counted by file, `files` were not ours."""

    rows: tuple[ReadRow, ...]
    set_aside: tuple[SetAside, ...]
    unknown_columns: dict[str, int]
    unknown_files: tuple[str, ...]


def read_folder(folder: Path, form: CaseReportForm, key: bytes) -> CsvRead:
    """Every form's file in a folder; `key` is that of the store that wrote it.

    Raises:
        SourceUnreadable: a file cannot be opened.
    """
    ours = {file_of(one): one for one in form.forms}
    found = sorted(path.name for path in folder.glob("*.csv"))
    rows: list[ReadRow] = []
    set_aside: list[SetAside] = []
    unknown: dict[str, int] = {}
    for name in (name for name in found if name in ours):
        sheet = read_sheet(folder / name)
        set_aside += sheet.set_aside
        unknown |= _unknown_columns(sheet, ours[name])
        rows += _rows(sheet, ours[name], key, set_aside)
    return CsvRead(
        rows=tuple(without_foreign_checks(rows)),
        set_aside=tuple(set_aside),
        unknown_columns=unknown,
        unknown_files=tuple(name for name in found if name not in ours),
    )


def _unknown_columns(sheet: Sheet, form: Form) -> dict[str, int]:
    known = {*columns_of(form, with_person_ids=True), INSTANCE}
    count = sum(name not in known for name in sheet.header)
    return {sheet.file: count} if count else {}


def _rows(sheet: Sheet, form: Form, key: bytes, set_aside: list[SetAside]) -> Iterator[ReadRow]:
    fault = _fault_of_file(sheet)
    for line in sheet.lines:
        number = _instance(line, form)
        if number is not None and not fault:
            yield _read(sheet, form, line, number, key)
            continue
        reason = fault or BAD_INSTANCE
        set_aside.append(SetAside(file=sheet.file, line=line.number, reason=reason))


def _fault_of_file(sheet: Sheet) -> str:
    """Why no row of a file can be used."""
    if not {CASE, PERSON} & set(sheet.header):
        return NO_CASE
    named = [name for name in sheet.header if name]
    return DOUBLE_COLUMN if len(set(named)) < len(named) else ""


def _instance(line: Line, form: Form) -> int | None:
    """Which of several; None where a form that repeats does not say."""
    text = line.cells.get(INSTANCE, "").strip()
    if not form.repeats and not text:
        return 1
    is_number = text.isascii() and text.isdecimal() and len(text) < 7 and int(text) > 0
    return int(text) if is_number and (form.repeats or text == "1") else None


def _read(sheet: Sheet, form: Form, line: Line, number: int, key: bytes) -> ReadRow:
    cells = {name: unguarded(text) for name, text in line.cells.items()}
    row = Row(
        case_id=cells.get(CASE, "").strip(),
        person_id=cells.get(PERSON, ""),
        form=form.id,
        instance=number,
        cells={},
    )
    checks = dict(part.split("=", 1) for part in cells.get(CHECK, "").split() if "=" in part)
    names = [REMOVED, *(field.id for field in form.fields)]
    read = {name: _cell(key, row, name, cells, checks) for name in names if name in cells}
    return ReadRow(
        file=sheet.file,
        line=line.number,
        case_id=row.case_id,
        person_id=row.person_id,
        form=form.id,
        instance=number,
        cells=read,
        is_unicode=sheet.is_unicode,
    )


def _cell(
    key: bytes, row: Row, field: str, cells: dict[str, str], checks: dict[str, str]
) -> ReadCell:
    text, by, at = cells[field], cells.get(f"{field}.by", ""), cells.get(f"{field}.at", "")
    origin = cells.get(f"{field}.origin", "")
    if field == REMOVED and text:
        origin = "entered"
    return read_cell(key, row, field, Cell(text, origin, by, at), checks.get(field, ""))
