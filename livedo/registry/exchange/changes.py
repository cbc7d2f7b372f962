"""What an import enters: only what differs from what stands, each under the right name.

A cell that comes back as it was exported is its author's, of its moment; it is entered where the
store does not have it or has something older. A cell that somebody changed in the file is entered
by whoever imports. What was changed in the store since the export is never overwritten.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from livedo.decisions.checks import check
from livedo.decisions.entries import CaseReport, NewEntry
from livedo.errors import EntryInvalid
from livedo.instants import Instant
from livedo.knowledge.register import CaseReportForm, Field, tidied, why_not
from livedo.registry.exchange.case_ids import REFERENCE
from livedo.registry.exchange.read_rows import ReadCell, ReadRow
from livedo.registry.exchange.rows import NOT_REMOVED, REMOVED
from livedo.registry.exchange.sheet import SetAside
from livedo.registry.exchange.standing import Instance, Place, Said

UNKNOWN_CASE = "register_unknown_case"
DUPLICATE = "register_duplicate_row"
CONTRADICTING = "register_contradicting_rows"
OLDER = "register_older"
MEANWHILE = "register_changed_meanwhile"
LEFT_OUT = "register_left_out"
UNKNOWN_REFERENCE = "register_unknown_reference"
ERASED = "register_erased"
IMPOSSIBLE = "register_impossible"
NOTHING_SAID = Instance({})
BOOLEANS = {"yes": True, NOT_REMOVED: False}


class Importing(msgspec.Struct, frozen=True, kw_only=True):
    """What an import knows: the form, who is who, what stands, who imports and when."""

    form: CaseReportForm
    people: Mapping[str, str]
    """Person ids by case number."""
    person_ids: frozenset[str]
    entered: Mapping[str, Mapping[Place, Instance]]
    by: str
    now: Instant
    erased: Mapping[str, Instant] = {}
    """When what was entered about a person was erased; nothing of before comes back."""
    references: Callable[[str], Mapping[str, str]] = lambda _: {}
    """References to the record by what stands for them in an export, of one person."""


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What would be entered, and what became of every row."""

    entries: tuple[NewEntry, ...]
    rows_in: int
    used: int
    unchanged: int
    """Rows that say what stands already."""
    restored: int
    """Values entered under the name and moment that the file gives."""
    changed: int
    """Values entered by whoever imports."""
    set_aside: tuple[SetAside, ...]
    """Whole rows."""
    parts_lost: tuple[SetAside, ...]
    """Cells of rows that were used."""


class _Wish(msgspec.Struct, frozen=True):
    """One thing to enter: a field's text, or with no field that an instance is removed or not."""

    said: Said
    field: str
    is_removed: bool = False


def changes(
    importing: Importing, rows: Sequence[ReadRow], broken: Sequence[SetAside] = ()
) -> Changes:
    """What these rows would enter. `broken` are rows that could not be read."""
    set_aside = list(broken)
    single = list(_single(rows, set_aside))
    entries: list[NewEntry] = []
    lost: list[SetAside] = []
    counts: Counter[str] = Counter()
    for row in single:
        person_id = _person(importing, row)
        if person_id is None:
            set_aside.append(_aside(row, UNKNOWN_CASE))
            continue
        wishes = list(_wishes(importing, row, person_id, lost))
        counts["unchanged"] += not wishes
        counts["used"] += 1
        kept = _possible(importing, row, person_id, wishes, lost)
        counts.update(_kind_of(wish, importing) for wish in kept)
        entries += _entries(row, person_id, kept)
    return Changes(
        entries=tuple(entries),
        rows_in=len(rows) + len(broken),
        used=counts["used"],
        unchanged=counts["unchanged"],
        restored=counts["restored"],
        changed=counts["changed"],
        set_aside=tuple(sorted(set_aside, key=_place)),
        parts_lost=tuple(sorted(lost, key=_place)),
    )


def _possible(
    importing: Importing,
    row: ReadRow,
    person_id: str,
    wishes: Sequence[_Wish],
    lost: list[SetAside],
) -> list[_Wish]:
    """What a store will keep: nothing of before an erasure, nothing that no form can say."""
    kept = []
    erased_at = importing.erased.get(person_id)
    for wish in wishes:
        reason = ERASED if erased_at is not None and wish.said.at <= erased_at else ""
        reason = reason or _impossible(row, person_id, wish)
        if reason:
            lost.append(_aside(row, reason, wish.field or REMOVED))
        else:
            kept.append(wish)
    return list(_together(row, person_id, kept, lost))


def _together(
    row: ReadRow, person_id: str, wishes: Sequence[_Wish], lost: list[SetAside]
) -> Iterator[_Wish]:
    """Of what would be one entry, all or nothing: a number may not fit what was chosen beside."""
    for group in _moments(wishes):
        if any(_is_refused(entry) for entry in _entries(row, person_id, group)):
            lost += (_aside(row, IMPOSSIBLE, wish.field or REMOVED) for wish in group)
        else:
            yield from group


def _is_refused(entry: NewEntry) -> bool:
    try:
        check(entry)
    except EntryInvalid:
        return True
    return False


def _impossible(row: ReadRow, person_id: str, wish: _Wish) -> str:
    is_refused = any(_is_refused(entry) for entry in _entries(row, person_id, [wish]))
    return IMPOSSIBLE if is_refused else ""


def _kind_of(wish: _Wish, importing: Importing) -> str:
    is_theirs = (wish.said.by, wish.said.at) == (importing.by, importing.now)
    return "changed" if is_theirs else "restored"


def _place(aside: SetAside) -> tuple[str, int, str]:
    return aside.file, aside.line, aside.field


def _aside(row: ReadRow, reason: str, field: str = "") -> SetAside:
    return SetAside(file=row.file, line=row.line, reason=reason, field=field)


def _single(rows: Sequence[ReadRow], set_aside: list[SetAside]) -> Iterator[ReadRow]:
    """One row for each instance. Of rows that say the same one counts, of others none."""
    groups: dict[tuple[str, str, str, int], list[ReadRow]] = {}
    for row in rows:
        groups.setdefault((row.case_id, row.person_id, row.form, row.instance), []).append(row)
    for group in groups.values():
        first, *others = group
        is_same = all(other.cells == first.cells for other in others)
        if is_same:
            yield first
        reason = DUPLICATE if is_same else CONTRADICTING
        set_aside += (_aside(row, reason) for row in (others if is_same else group))


def _person(importing: Importing, row: ReadRow) -> str | None:
    """Who a row is about. A person id that stands beside a number must not contradict it."""
    named = row.person_id if row.person_id in importing.person_ids else None
    numbered = importing.people.get(row.case_id)
    if row.person_id and named is None:
        return None
    if named and numbered and named != numbered:
        return None
    return named or numbered


def _wishes(
    importing: Importing, row: ReadRow, person_id: str, lost: list[SetAside]
) -> Iterator[_Wish]:
    form = importing.form.form(row.form)
    if form is None:
        raise ValueError("a row of no form")
    stands = importing.entered.get(person_id, {}).get((row.form, row.instance), NOTHING_SAID)
    removal = list(_of_removal(importing, row, stands, lost)) if REMOVED in row.cells else []
    for field in form.fields:
        if field.id not in row.cells:
            continue
        cell = row.cells[field.id]
        if field.is_reference and _is_hidden(cell):
            cell = _shown(cell, importing.references(person_id))
        said = stands.said.get(field.id)
        for wish in _of_field(importing, row, field, cell, said, lost):
            if removal or stands.removed is None or _is_since(wish, importing, stands.removed):
                yield wish
            else:
                lost.append(_aside(row, LEFT_OUT, field.id))
    yield from removal


def _is_since(wish: _Wish, importing: Importing, removed: Said) -> bool:
    """Whether somebody said it elsewhere after the instance was left out here."""
    return wish.said.at > removed.at and _kind_of(wish, importing) == "restored"


def _is_hidden(cell: ReadCell) -> bool:
    """Whether somebody said a reference that the file does not show; what the record says stays."""
    is_of_record = cell.is_as_exported and cell.said is None
    return cell.text.startswith(REFERENCE) and not is_of_record


def _shown(cell: ReadCell, references: Mapping[str, str]) -> ReadCell:
    """A reference to the record in place of what stood for it in the export."""
    text = references.get(cell.text, cell.text)
    said = cell.said and msgspec.structs.replace(
        cell.said, text=references.get(cell.said.text, cell.said.text)
    )
    return msgspec.structs.replace(cell, text=text, said=said)


def _of_field(
    importing: Importing,
    row: ReadRow,
    field: Field,
    cell: ReadCell,
    stands: Said | None,
    lost: list[SetAside],
) -> Iterator[_Wish]:
    text = cell.text if cell.is_as_exported else tidied(field, _line_ends(cell.text))
    told = _told(importing, cell, text, stands, is_unicode=row.is_unicode)
    if told is None:
        return
    said = told if isinstance(told, Said) else None
    reason = told if isinstance(told, str) else _fault(field, told.text)
    if reason:
        lost.append(_aside(row, reason, field.id))
    elif said:
        yield _Wish(said, field.id)


def _line_ends(text: str) -> str:
    """A text with the line ends that a form keeps."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _fault(field: Field, text: str) -> str:
    if field.is_reference and text.startswith(REFERENCE):
        return UNKNOWN_REFERENCE
    why = why_not(field, text)
    return f"register_{why}" if why else ""


def _told(
    importing: Importing, cell: ReadCell, text: str, stands: Said | None, *, is_unicode: bool
) -> Said | str | None:
    """What a cell says that does not stand yet, why it cannot count, or None for nothing new."""
    if cell.is_as_exported:
        return _restored(cell.said, stands)
    if stands is not None and _is_same(text, stands.text, is_unicode=is_unicode):
        return None
    if not text and not (cell.has_check and stands):
        return None
    if cell.has_check and _is_newer(stands, cell.said):
        return MEANWHILE
    return Said(text, importing.by, importing.now)


def _restored(said: Said | None, stands: Said | None) -> Said | str | None:
    if said is None or said == stands:
        return None
    if stands is None or said.at > stands.at:
        return said
    return None if said.text == stands.text else OLDER


def _is_newer(stands: Said | None, said: Said | None) -> bool:
    """Whether the store was changed after the file was written."""
    return stands is not None and (said is None or stands.at > said.at)


def _is_same(text: str, stands: str, *, is_unicode: bool) -> bool:
    """Whether a text says what stands, but for what spreadsheets and old encodings change."""
    if not is_unicode:
        stands = stands.encode("cp1252", "replace").decode("cp1252")
    if " ".join(text.split()) == " ".join(stands.split()):
        return True
    try:
        return bool(stands) and float(text.replace(",", ".")) == float(stands)
    except ValueError:
        return False


def _of_removal(
    importing: Importing, row: ReadRow, stands: Instance, lost: list[SetAside]
) -> Iterator[_Wish]:
    """Whether an instance is left out, or was begun and holds nothing yet."""
    cell = row.cells[REMOVED]
    word = cell.text.strip().lower()
    if word not in ("", *BOOLEANS):
        lost.append(_aside(row, "register_not_a_choice", REMOVED))
        return
    if cell.is_as_exported:
        yield from _removal_as_exported(cell, stands, row, lost)
    elif word or cell.has_check:
        yield from _changed_removal(importing, row, stands, lost)


def _changed_removal(
    importing: Importing, row: ReadRow, stands: Instance, lost: list[SetAside]
) -> Iterator[_Wish]:
    cell = row.cells[REMOVED]
    is_removed = BOOLEANS.get(cell.text.strip().lower(), False)
    if is_removed == (stands.removed is not None):
        return
    if cell.has_check and _is_newer(stands.removed, cell.said):
        lost.append(_aside(row, MEANWHILE, REMOVED))
        return
    yield _Wish(Said("", importing.by, importing.now), "", is_removed)


def _removal_as_exported(
    cell: ReadCell, stands: Instance, row: ReadRow, lost: list[SetAside]
) -> Iterator[_Wish]:
    if cell.said is None or stands.removed is not None:
        return
    if cell.said.text == NOT_REMOVED:
        if stands == NOTHING_SAID:
            yield _Wish(cell.said, "")
        return
    newest = max((one.at for one in stands.said.values()), default=cell.said.at)
    if newest > cell.said.at:
        lost.append(_aside(row, OLDER, REMOVED))
        return
    yield _Wish(cell.said, "", is_removed=True)


def _entries(row: ReadRow, person_id: str, wishes: Iterable[_Wish]) -> Iterator[NewEntry]:
    """One entry for what one person said at one moment; a removal comes last."""
    for group in _moments(wishes):
        yield _entry(row, person_id, group)


def _moments(wishes: Iterable[_Wish]) -> list[list[_Wish]]:
    moments: dict[tuple[bool, Instant, str], list[_Wish]] = {}
    for wish in wishes:
        key = (not wish.field, wish.said.at, wish.said.by)
        moments.setdefault(key, []).append(wish)
    return [moments[key] for key in sorted(moments)]


def _entry(row: ReadRow, person_id: str, wishes: Sequence[_Wish]) -> NewEntry:
    body = CaseReport(
        form=row.form,
        instance=row.instance,
        values=tuple((wish.field, wish.said.text) for wish in wishes if wish.field),
        is_removed=any(wish.is_removed for wish in wishes),
    )
    said = wishes[0].said
    return NewEntry(
        entry_id=_entry_id(person_id, said, body),
        person_id=person_id,
        kind="case_report",
        entered_at=said.at,
        entered_by=said.by,
        body=body,
    )


def _entry_id(person_id: str, said: Said, body: CaseReport) -> str:
    """The same for the same import, so that importing twice is once."""
    whole = msgspec.json.encode([person_id, said.by, said.at, body])
    return f"import-{hashlib.sha256(whole).hexdigest()[:40]}"
