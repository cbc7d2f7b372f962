"""Invented case reports, a small form, and the way out of a store and back."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import msgspec
from hypothesis import strategies as st

from livedo.decisions.checks import check
from livedo.decisions.entries import CaseReport, Entry, NewEntry, Undone
from livedo.errors import EntryInvalid
from livedo.instants import DAY
from livedo.knowledge.register import Field, choices_of, load_case_report_form
from livedo.registry.exchange.case_ids import case_id, hidden_reference, people_by_case_id
from livedo.registry.exchange.changes import Changes, Importing, changes
from livedo.registry.exchange.csv_files import file_of, form_as_csv, read_folder
from livedo.registry.exchange.redcap_records import read_records
from livedo.registry.exchange.rows import Row, rows_of
from livedo.registry.exchange.sheet import sheet_of
from livedo.registry.exchange.standing import Instance, Place, entered, entered_by_person

KEY = b"k" * 32
NOON = 20_600 * DAY + DAY // 2
PEOPLE = ("anemone", "bellis", "Ærenpris, Gård 7", "=1+1")
IMPORTER = "D. Manager"
KEYS_OF_RECORD = ("lesion:77", "fact:12")
IMPORT_AT = NOON + 400 * DAY


FORM = load_case_report_form()
FORMS_TRIED = ("case", "lesion", "lab", "pain")
"""Between them every type of field, units as choices, and numbers that a choice limits."""


class FromRecord(msgspec.Struct, frozen=True):
    """A value as the record gives it."""

    text: str
    origin: str


class SmallForm:
    """A filled form that knows a few values of the record, and what was entered."""

    def __init__(
        self,
        person_id: str,
        entries: Iterable[Entry] = (),
        record: Mapping[tuple[str, str, int], str] | None = None,
    ) -> None:
        self.person_id = person_id
        self._entered = entered(entries)
        self._record = dict(record or {})

    def value(self, form: str, field: str, instance: int = 1) -> FromRecord | None:
        found = self._entered.get((form, instance))
        said = found.said.get(field) if found else None
        told = self._record.get((form, field, instance))
        if said is not None and said.text:
            return FromRecord(said.text, "confirmed" if said.text == told else "entered")
        return FromRecord(told, "record") if told else None

    def instances(self, form: str) -> list[int]:
        found = {number for name, _, number in self._record if name == form}
        return sorted(found | {number for name, number in self._entered if name == form})


def numbered(entries: Iterable[NewEntry]) -> list[Entry]:
    """Entries as a store would number them."""
    return [
        Entry(sequence=number, **{name: getattr(one, name) for name in NewEntry.__struct_fields__})
        for number, one in enumerate(entries, 1)
    ]


def report(
    form: str,
    *values: tuple[str, str],
    person: str = "anemone",
    instance: int = 1,
    by: str = "N. Nurse",
    at: int = NOON,
    is_removed: bool = False,
    entry_id: str = "",
) -> NewEntry:
    """One entry of a form."""
    body = CaseReport(form=form, instance=instance, values=values, is_removed=is_removed)
    return NewEntry(
        entry_id=entry_id or f"{person}-{form}-{instance}-{at}",
        person_id=person,
        kind="case_report",
        entered_at=at,
        entered_by=by,
        body=body,
    )


def exported(
    entries: Sequence[Entry], record: Mapping[tuple[str, str, int], str] | None = None
) -> list[Row]:
    """Every row of everybody somebody entered something about."""
    rows: list[Row] = []
    for person_id in sorted({one.person_id or "" for one in entries}):
        mine = [one for one in entries if one.person_id == person_id]
        filled = SmallForm(person_id, mine, record)
        rows += rows_of(FORM, filled, entered(mine), case_id(KEY, person_id), hidden)
    return rows


def hidden(text: str) -> str:
    """What stands for a reference to the record."""
    return hidden_reference(KEY, text)


def write_csv(rows: Sequence[Row], folder: Path, separator: str = ",") -> None:
    """The files as an export writes them."""
    for form in FORM.forms:
        text = form_as_csv(form, rows, KEY, separator=separator)
        (folder / file_of(form)).write_bytes(text.encode("utf-8-sig"))


def imported(folder: Path, store: Sequence[Entry] = ()) -> Changes:
    """What an import of a folder would enter into a store with these entries."""
    read = read_folder(folder, FORM, KEY)
    return changes(importing(store), read.rows, read.set_aside)


def redcap_imported(text: str, store: Sequence[Entry] = ()) -> Changes:
    """What an import of REDCap records would enter."""
    rows, set_aside = read_records(sheet_of("records.csv", text), FORM, KEY)
    return changes(importing(store), rows, set_aside)


def importing(store: Sequence[Entry] = ()) -> Importing:
    """An import by somebody, long after everything that was entered."""
    return Importing(
        form=FORM,
        people=people_by_case_id(KEY, PEOPLE),
        person_ids=frozenset(PEOPLE),
        entered=entered_by_person(store),
        by=IMPORTER,
        now=IMPORT_AT,
        references=lambda _: {hidden(key): key for key in KEYS_OF_RECORD},
    )


Standing = dict[str, dict[Place, Instance]]


def stands(entries: Iterable[NewEntry]) -> Standing:
    """What stands of entries, with instances that hold nothing left out of the comparison."""
    return entered_by_person(numbered(entries))


# -- invented reports --------------------------------------------------------------------

LETTERS = st.characters().filter(lambda letter: letter.isprintable() or letter in "\n\t")
HOSTILE = st.sampled_from(
    (
        '=HYPERLINK("x")',
        "+45 12",
        "-3",
        "@SUM(A1)",
        "'=1",
        "''",
        '"',
        'a;b,"c"\nd\te',
        "\n",
        " ",
        ",",
        ";;",
        "ÆØÅ æøå",
        "\uff1d1",
    )
)
TEXTS = HOSTILE | st.text(LETTERS, max_size=30)
DATES = st.one_of(
    st.dates(date(1900, 1, 1), date(2026, 5, 26)).map(lambda day: day.isoformat()),
    st.dates(date(1900, 1, 1), date(2026, 5, 26)).map(lambda day: day.isoformat()[:7]),
    st.dates(date(1900, 1, 1), date(2026, 5, 26)).map(lambda day: day.isoformat()[:4]),
)
NAMES = st.sampled_from(("N. Nurse", "Dr. Ågård", "=cmd", 'J "Jo" Å; B'))


def texts_of(one: Field) -> st.SearchStrategy[str]:
    """What a field may hold."""
    if one.is_reference:
        return st.sampled_from(KEYS_OF_RECORD)
    words = [choice.id for choice in choices_of(one)]
    if words:
        return st.sampled_from([*words, ""])
    low, high = one.range or (0, 100)
    by_type: dict[str, st.SearchStrategy[str]] = {
        "date": DATES,
        "number": st.decimals(low, high, places=2, allow_nan=False).map(str),
        "whole": st.integers(int(low), int(high)).map(str),
        "text": TEXTS,
    }
    return by_type[one.type] | st.sampled_from(("unknown", ""))


def is_possible(entry: NewEntry) -> bool:
    """Whether a store would keep it."""
    try:
        check(entry)
    except EntryInvalid:
        return False
    return True


@st.composite
def reports(draw: st.DrawFn) -> list[NewEntry]:
    """What several people entered about several, undone and removed ones too."""
    entries: list[NewEntry] = []
    at = NOON
    for number in itertools.count():
        if number == 12 or not draw(st.integers(0, 7)):
            break
        at += draw(st.integers(0, 2)) * (DAY + 1)
        entries.append(draw(one_report(f"e{number}", at).filter(is_possible)))
        if not draw(st.integers(0, 9)):
            entries.append(undoing(entries[draw(st.integers(0, len(entries) - 1))], number, at))
    return entries


def undoing(entry: NewEntry, number: int, at: int) -> NewEntry:
    """Sets an entry aside."""
    return NewEntry(
        entry_id=f"u{number}",
        person_id=entry.person_id,
        kind="undone",
        entered_at=at,
        entered_by="N. Nurse",
        body=Undone(),
        undoes=entry.entry_id,
    )


@st.composite
def one_report(draw: st.DrawFn, entry_id: str, at: int) -> NewEntry:
    """One entry of one form."""
    form = draw(st.sampled_from([one for one in FORM.forms if one.id in FORMS_TRIED]))
    fields = draw(st.lists(st.sampled_from(form.fields), max_size=6, unique_by=lambda one: one.id))
    values = tuple((one.id, draw(texts_of(one))) for one in fields)
    return report(
        form.id,
        *values,
        person=draw(st.sampled_from(PEOPLE[2:])),
        instance=draw(st.integers(1, 2)) if form.repeats else 1,
        by=draw(NAMES),
        at=at,
        is_removed=form.repeats and not draw(st.integers(0, 2)),
        entry_id=entry_id,
    )
