"""The invented nation on disk: its record and the store of its case register.

Example:
    made = prepare_nation(Path("nation"), people=20_000)
    open_record(made.record); open_store(made.store)
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from livedo.decisions.entries import Adjudication, CaseReport, NewEntry
from livedo.errors import OutputUnwritable, PartMissing, RecordUnreadable
from livedo.record.manifest import read_manifest, vocabulary_version

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from livedo.demo.nation.nation import Nation
    from livedo.demo.nation.register import Reading, Report

SOURCE = "invented-nation"
RECORD, STORE, STORE_BEFORE = "record", "register.sqlite", "register.before.sqlite"
MADE = "made"
"""The file that says which nation lies here."""
ENTRIES_AT_ONCE = 20_000
WORTH_SHARING = 100_000
"""From so many people on, several processes are faster than one."""


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

    What is there is made anew if it is another nation: other people, cases, data or vocabulary.
    A store from before is then kept beside the new one, for somebody may have written into it.

    Raises:
        PartMissing: numpy is not installed.
        OutputUnwritable: the folder cannot be written, or holds something else.
    """
    record, store = folder / RECORD, folder / STORE
    address, name = f"sqlite:///{store}", _fingerprint(people, cases_per_million)
    if _is_there(folder, name) and store.is_file():
        return Prepared(record=record, store=address, is_new=False)
    with told_as_unwritable(folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MADE).unlink(missing_ok=True)
    write_nation(record, people, cases_per_million=cases_per_million, processes=processes)
    with told_as_unwritable(folder):
        if store.is_file():
            store.rename(folder / STORE_BEFORE)
        write_register(store, people, cases_per_million=cases_per_million)
        (folder / MADE).write_text(name + "\n", "utf-8")
    return Prepared(record=record, store=address, is_new=True)


@contextmanager
def told_as_unwritable(folder: Path) -> Iterator[None]:
    """Whatever the system has against writing here, in our words."""
    try:
        yield
    except OSError as error:
        raise OutputUnwritable(
            "The invented nation could not be written.",
            where=str(folder),
            next_step=f"The system says: {(error.strerror or 'unknown fault').lower()}.",
        ) from None


def write_nation(
    record: Path,
    people: int,
    *,
    cases_per_million: float | None = None,
    processes: int | None = None,
) -> None:
    """Writes the record; an earlier one in the same place is replaced once it is whole."""
    from livedo.record.columnwise import Told, write_record

    nation = _nation(people, cases_per_million)
    told = Told(
        name=SOURCE,
        time_zone=nation.settings.zone,
        declared=nation.declared(),
        is_invented=True,
        set_aside=tuple(nation.set_aside(SOURCE)),
    )
    if processes is None:
        processes = (os.cpu_count() or 1) if people >= WORTH_SHARING else 1
    write_record(record, nation, told, processes=processes)


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
    nation = _nation(people, cases_per_million)
    from livedo.demo.nation.register import Reading, Report, rows_of

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


def _is_there(folder: Path, name: str) -> bool:
    """Whether this very nation was made here and its record is whole."""
    try:
        made = (folder / MADE).read_text("utf-8").strip()
        read_manifest(folder / RECORD)
    except (OSError, UnicodeDecodeError, RecordUnreadable):
        return False
    return made == name


def _fingerprint(people: int, cases_per_million: float | None) -> str:
    """Changes with anything that changes what is written, except the code."""
    digest = hashlib.sha256(f"{vocabulary_version()}/{people}/{cases_per_million}".encode())
    for file in sorted(_files(), key=lambda file: file.name):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _files() -> list[Traversable]:
    """The data files of the nation."""
    files = resources.files("livedo.demo.nation").iterdir()
    return [file for file in files if file.name.endswith(".yaml")]


def _nation(people: int, cases_per_million: float | None) -> Nation:
    try:
        from livedo.demo.nation.nation import Nation
    except ModuleNotFoundError:
        raise PartMissing(
            "The invented nation needs the extra registry.",
            still_works="the invented dialysis unit: livedo demo",
            next_step='pip install "livedo[registry]"',
        ) from None
    return Nation(people, cases_per_million)
