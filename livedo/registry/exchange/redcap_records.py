"""The register as REDCap records, and back: raw codes, one row a case and one a repeated form.

What REDCap has no place for stands as JSON in one field of notes a form: of each value where it
comes from, by whom, when, and the check that tells whether it was changed in REDCap; and a value
that is none of the choices of this version of the form.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from livedo.knowledge.register import CaseReportForm, Form
from livedo.registry.exchange.csv_files import BAD_INSTANCE, DOUBLE_COLUMN, NO_CASE
from livedo.registry.exchange.formula import guarded, unguarded
from livedo.registry.exchange.read_rows import (
    ReadCell,
    ReadRow,
    read_cell,
    without_foreign_checks,
)
from livedo.registry.exchange.redcap_names import (
    ORIGIN,
    PERSON_ID,
    RECORD_ID,
    REMOVED,
    RedcapForm,
    complete_name,
    ids_of,
)
from livedo.registry.exchange.rows import Cell, Row, check_of
from livedo.registry.exchange.sheet import Line, SetAside, Sheet, written

REPEAT_FORM = "redcap_repeat_instrument"
REPEAT_INSTANCE = "redcap_repeat_instance"
COMPLETE, INCOMPLETE = "2", "0"
UNKNOWN_FORM = "register_unknown_form"

Note = dict[str, tuple[str, str, str, str, str]]
"""Of each field: origin, by, at, check, and the text where the field itself cannot hold it."""

_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER = msgspec.json.Decoder(Note)


def columns_of(form: CaseReportForm, *, with_person_ids: bool = False) -> list[str]:
    """The columns of `records.csv`, in the order of REDCap's own exports."""
    redcap = RedcapForm(form)
    columns = [RECORD_ID, REPEAT_FORM, REPEAT_INSTANCE]
    columns += [PERSON_ID] if with_person_ids else []
    for one in form.forms:
        columns += [redcap.name(one, id) for id in ids_of(one)]
        columns.append(complete_name(one))
    return columns


def records(
    form: CaseReportForm, rows: Iterable[Row], key: bytes, *, with_person_ids: bool = False
) -> str:
    """`records.csv`. `key` is that of the store, for the checks."""
    columns = columns_of(form, with_person_ids=with_person_ids)
    redcap = RedcapForm(form)
    lines: list[list[str]] = []
    for _, of_case in itertools.groupby(rows, lambda row: row.case_id):
        found = _records(redcap, list(of_case), key, with_person_ids=with_person_ids)
        lines += ([guarded(values.get(name, "")) for name in columns] for values in found)
    return written(columns, lines)


def _records(
    redcap: RedcapForm, rows: Sequence[Row], key: bytes, *, with_person_ids: bool
) -> Iterator[dict[str, str]]:
    """One case: first what does not repeat, together; then every repeated form."""
    once = {RECORD_ID: rows[0].case_id}
    if with_person_ids:
        once[PERSON_ID] = rows[0].person_id
    repeated = []
    for row in rows:
        one = redcap.form.form(row.form)
        if one is None:
            continue
        values = _values(redcap, one, row, key)
        if one.repeats:
            place = {REPEAT_FORM: one.id, REPEAT_INSTANCE: str(row.instance)}
            repeated.append({RECORD_ID: row.case_id, **place, **values})
        else:
            once |= values
    yield once
    yield from repeated


def _values(redcap: RedcapForm, one: Form, row: Row, key: bytes) -> dict[str, str]:
    values, note = {}, {}
    for id, cell in ((REMOVED, row.removed), *row.cells.items()):
        shown = redcap.coded(one, id, cell.text)
        values[redcap.name(one, id)] = shown
        if cell != Cell():
            kept = "" if shown else cell.text
            note[id] = (cell.origin, cell.by, cell.at, check_of(key, row, id, cell), kept)
    values[redcap.name(one, ORIGIN)] = _ENCODER.encode(note).decode()
    values[complete_name(one)] = COMPLETE if _is_complete(one, row) else INCOMPLETE
    return values


def _is_complete(form: Form, row: Row) -> bool:
    return all(row.cells[field.id].text for field in form.fields if field.is_required)


# -- back --------------------------------------------------------------------------------


class _File(msgspec.Struct):
    """A sheet of records while it is read."""

    sheet: Sheet
    redcap: RedcapForm
    key: bytes
    set_aside: list[SetAside]


def read_records(
    sheet: Sheet, form: CaseReportForm, key: bytes
) -> tuple[list[ReadRow], list[SetAside]]:
    """The rows of a file of records, one a form, and what could not be used of it."""
    file = _File(sheet, RedcapForm(form), key, list(sheet.set_aside))
    fault = _fault_of(sheet)
    rows: list[ReadRow] = []
    for line in sheet.lines:
        found = [] if fault else list(_of_line(file, line))
        rows += found
        if fault:
            file.set_aside.append(_aside(file, line, fault))
    return without_foreign_checks(rows), file.set_aside


def _fault_of(sheet: Sheet) -> str:
    if not {RECORD_ID, PERSON_ID} & set(sheet.header):
        return NO_CASE
    named = [name for name in sheet.header if name]
    return DOUBLE_COLUMN if len(set(named)) < len(named) else ""


def _aside(file: _File, line: Line, reason: str) -> SetAside:
    return SetAside(file=file.sheet.file, line=line.number, reason=reason)


def _of_line(file: _File, line: Line) -> Iterator[ReadRow]:
    named = line.cells.get(REPEAT_FORM, "").strip()
    if not named:
        yield from (_row(file, line, one, 1) for one in file.redcap.form.forms if not one.repeats)
        return
    one = file.redcap.form.form(named)
    number = line.cells.get(REPEAT_INSTANCE, "").strip()
    if one is None or not one.repeats:
        file.set_aside.append(_aside(file, line, UNKNOWN_FORM))
    elif not (number.isascii() and number.isdecimal() and len(number) < 7 and int(number)):
        file.set_aside.append(_aside(file, line, BAD_INSTANCE))
    else:
        yield _row(file, line, one, int(number))


def _row(file: _File, line: Line, one: Form, number: int) -> ReadRow:
    redcap = file.redcap
    note = _note(line.cells.get(redcap.name(one, ORIGIN), ""))
    row = Row(case_id=line.cells.get(RECORD_ID, "").strip(), form=one.id, instance=number, cells={})
    raw = {id: line.cells.get(redcap.name(one, id)) for id in ids_of(one) if id != ORIGIN}
    shown = {id: redcap.decoded(one, id, unguarded(x)) for id, x in raw.items() if x is not None}
    return ReadRow(
        file=file.sheet.file,
        line=line.number,
        case_id=row.case_id,
        person_id=unguarded(line.cells.get(PERSON_ID, "")),
        form=one.id,
        instance=number,
        cells=_cells(file.key, row, shown, note),
        is_unicode=file.sheet.is_unicode,
    )


def _note(text: str) -> Note | None:
    """What the notes say; None where there are none, or somebody changed them."""
    try:
        return _DECODER.decode(unguarded(text))
    except msgspec.MsgspecError:
        return None


def _cells(key: bytes, row: Row, shown: dict[str, str], note: Note | None) -> dict[str, ReadCell]:
    """A field that is not in the notes was exported blank, where the notes are ours."""
    told = {
        id: read_cell(key, row, id, Cell(text or note[id][4], *note[id][:3]), note[id][3])
        for id, text in shown.items()
        if note and id in note
    }
    is_ours = any(cell.is_as_exported for cell in told.values())
    blanks = {
        id: read_cell(key, row, id, Cell(text), check_of(key, row, id, Cell()) if is_ours else "")
        for id, text in shown.items()
        if id not in told
    }
    return told | blanks
