"""One row an instance of a form: each value, where it comes from, who said it and when.

Both formats write and read these rows. A cell that comes back as it went out keeps its author
and its moment; a cell that somebody changed in a spreadsheet is told by its check, and is then
that person's.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

import msgspec

from livedo.instants import Instant, iso
from livedo.knowledge.register import CaseReportForm, Form
from livedo.registry.exchange.standing import Instance, Place, Said

CHECK_DIGITS = 12
ENTERED = ("entered", "confirmed")
"""Origins of what somebody said; `record` is what the record says, blank is nothing."""

REMOVED = "removed"
NOT_REMOVED = "no"


class Filled(Protocol):
    """One value of a form that was filled."""

    @property
    def text(self) -> str: ...
    @property
    def origin(self) -> str: ...


class FilledForm(Protocol):
    """The forms of one case, filled from the record and from what was entered."""

    @property
    def person_id(self) -> str: ...

    def value(self, form: str, field: str, instance: int = 1) -> Filled | None: ...

    def instances(self, form: str) -> list[int]: ...


class Cell(msgspec.Struct, frozen=True):
    """One value. Where `by` is given and `origin` is not of ENTERED, that person took back what
    was entered before, and the record counts again."""

    text: str = ""
    origin: str = ""
    by: str = ""
    at: str = ""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One instance of one form of one case. `removed` is yes, no or empty, and who said so."""

    case_id: str
    person_id: str = ""
    form: str
    instance: int = 1
    removed: Cell = Cell()
    cells: dict[str, Cell]


def check_of(key: bytes, row: Row, field: str, cell: Cell) -> str:
    """What tells whether somebody changed a cell: a short keyed digest of it and of its place.

    Without the key of the store nobody can put another name to a value.
    """
    parts = (row.case_id, row.form, str(row.instance), field, *msgspec.structs.astuple(cell))
    whole = "".join(f"{len(part)}:{part}" for part in parts)
    digest = hmac.new(key, f"check {whole}".encode("utf-8", "surrogatepass"), hashlib.sha256)
    return digest.hexdigest()[:CHECK_DIGITS]


def moment(at: Instant) -> str:
    """A moment as both formats write it."""
    return iso(at)


def rows_of(
    form: CaseReportForm,
    filled: FilledForm,
    entered: Mapping[Place, Instance],
    case_id: str,
    hidden: Callable[[str], str] | None = None,
) -> Iterator[Row]:
    """Every row of one case: instances of the record, entered ones and removed ones.

    Args:
        hidden: what stands in place of a reference to the record; None shows it.
    """
    for one in form.forms:
        numbers = {number for name, number in entered if name == one.id}
        for number in sorted(numbers | set(filled.instances(one.id))):
            instance = entered.get((one.id, number), Instance({}))
            row = _row(one, filled, instance, case_id, number)
            yield row if hidden is None else _without_references(one, row, hidden)


def _without_references(form: Form, row: Row, hidden: Callable[[str], str]) -> Row:
    cells = dict(row.cells)
    for field in form.fields:
        text = cells[field.id].text
        if field.is_reference and text:
            cells[field.id] = msgspec.structs.replace(cells[field.id], text=hidden(text))
    return msgspec.structs.replace(row, cells=cells)


def _row(form: Form, filled: FilledForm, instance: Instance, case_id: str, number: int) -> Row:
    cells = {}
    for field in form.fields:
        value = filled.value(form.id, field.id, number)
        cells[field.id] = _cell(value, instance.said.get(field.id), instance.removed is not None)
    return Row(
        case_id=case_id,
        person_id=filled.person_id,
        form=form.id,
        instance=number,
        removed=_removed(instance),
        cells=cells,
    )


def _cell(value: Filled | None, said: Said | None, is_removed: bool) -> Cell:
    if said is None:
        shown = value is not None and not is_removed
        return Cell(value.text, value.origin) if shown and value is not None else Cell()
    at = moment(said.at)
    if not said.text:
        return Cell(value.text if value else "", "record" if value else "", said.by, at)
    is_confirmed = value is not None and value.origin == "confirmed"
    return Cell(said.text, "confirmed" if is_confirmed else "entered", said.by, at)


def _removed(instance: Instance) -> Cell:
    if instance.removed:
        return Cell("yes", "entered", instance.removed.by, moment(instance.removed.at))
    if instance.begun:
        return Cell(NOT_REMOVED, "entered", instance.begun.by, moment(instance.begun.at))
    return Cell()


def left_out(form: CaseReportForm, entered: Iterable[Mapping[Place, Instance]]) -> int:
    """How many values were entered in fields that this version of the form does not have."""
    count = 0
    for instances in entered:
        for (name, _), instance in instances.items():
            known = form.form(name)
            ids = {field.id for field in known.fields} if known else set()
            count += sum(field not in ids for field in instance.said)
    return count
