"""The invented nation on disk: its record and the store of its case register.

Example:
    made = prepare_nation(Path("nation"), people=20_000)
    open_record(made.record); open_store(made.store)
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from livedo.decisions.entries import Adjudication, CaseReport, NewEntry
from livedo.errors import RecordUnreadable
from livedo.record.manifest import read_manifest, vocabulary_version

if TYPE_CHECKING:
    from livedo.demo.nation.register import Reading, Report

SOURCE = "invented-nation"
RECORD, STORE = "record", "register.sqlite"
ENTRIES_AT_ONCE = 20_000


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """Where the nation lies. `is_new` says whether it was made just now."""

    record: Path
    store: str
    is_new: bool


def prepare_nation(
    folder: Path,
    people: int = 20_000,
    *,
    cases_per_million: float | None = None,
    processes: int | None = None,
) -> Prepared:
    """The record and the store in this folder; made if they are not there, else used as they are.

    What is there is made anew if it is another number of people or of another vocabulary.
    """
    record, store = folder / RECORD, folder / STORE
    address = f"sqlite:///{store}"
    if _is_there(record, people) and store.is_file():
        return Prepared(record=record, store=address, is_new=False)
    folder.mkdir(parents=True, exist_ok=True)
    write_nation(record, people, cases_per_million=cases_per_million, processes=processes)
    write_register(store, people, cases_per_million=cases_per_million)
    return Prepared(record=record, store=address, is_new=True)


def write_nation(
    record: Path,
    people: int,
    *,
    cases_per_million: float | None = None,
    processes: int | None = None,
) -> None:
    """Writes the record; an earlier one in the same place is replaced once it is whole."""
    from livedo.demo.nation.nation import Nation
    from livedo.record.columnwise import Told, write_record

    nation = Nation(people, cases_per_million)
    told = Told(
        name=SOURCE,
        time_zone=nation.settings.zone,
        declared=nation.declared(),
        is_invented=True,
        set_aside=tuple(nation.set_aside(SOURCE)),
    )
    write_record(record, nation, told, processes=processes or os.cpu_count() or 1)


def write_register(store: Path, people: int, *, cases_per_million: float | None = None) -> None:
    """Writes the store; it takes the place of an earlier one once it is whole."""
    from livedo.decisions.store import open_store

    draft = store.with_name(f".making-{store.name}")
    for left in draft.parent.glob(f"{draft.name}*"):
        left.unlink()
    held: list[NewEntry] = []
    with open_store(f"sqlite:///{draft}") as kept:
        for entry in entries_of_nation(people, cases_per_million=cases_per_million):
            held.append(entry)
            if len(held) >= ENTRIES_AT_ONCE:
                kept.add(held)
                held = []
        kept.add(held)
    for left in store.parent.glob(f"{store.name}-*"):
        left.unlink()
    shutil.move(draft, store)


def entries_of_nation(
    people: int = 20_000, *, cases_per_million: float | None = None
) -> Iterator[NewEntry]:
    """Everything entered into the register of the nation, in the order of entering."""
    from livedo.demo.nation.nation import Nation
    from livedo.demo.nation.register import Reading, Report, rows_of

    nation = Nation(people, cases_per_million)
    for number, row in enumerate(rows_of(nation), start=1):
        if isinstance(row, Report):
            body = CaseReport(form=row.form, instance=row.instance, values=row.values)
            yield _entry(number, row, body)
        elif isinstance(row, Reading):
            yield _entry(number, row, _adjudication(row))


def _adjudication(row: Reading) -> Adjudication:
    given = {"verdict": row.verdict, "reading": row.reading, "cause_of_death": row.cause_of_death}
    return msgspec.convert({"kind": "adjudication", **given}, Adjudication)


def _entry(number: int, row: Report | Reading, body: CaseReport | Adjudication) -> NewEntry:
    return NewEntry(
        entry_id=f"nation-{number:07d}",
        person_id=row.person_id,
        kind="case_report" if isinstance(body, CaseReport) else "adjudication",
        entered_at=row.at,
        entered_by=row.by,
        body=body,
    )


def _is_there(record: Path, people: int) -> bool:
    try:
        manifest = read_manifest(record)
    except RecordUnreadable:
        return False
    is_same = manifest.vocabulary == vocabulary_version() and manifest.sources == (SOURCE,)
    return is_same and manifest.counts.person == people
