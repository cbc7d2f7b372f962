"""Opens a record folder: one person in milliseconds, everyone in flat memory.

Example:
    record = open_record("record")
    record.patient("p1").facts
    for patient in record.patients(): ...
"""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from livedo.errors import PersonUnknown, RecordUnreadable
from livedo.record import columns
from livedo.record.manifest import Bucket, Manifest, read_manifest
from livedo.record.spill import bucket_of
from livedo.record.tables import Fact, Instant, Note, Observed, PatientRecord, Person, SetAside
from livedo.record.writer import RecordWriter

__all__ = ["Record", "RecordWriter", "open_record"]

FILES_HELD = 32
SMALL_TABLES_HELD = 48
"""Parts of the small tables kept in memory: a few hundred kilobytes each for a large record."""

SMALL_TABLES: dict[str, tuple[type[Any], dict[str, pa.DataType]]] = {
    "person": (Person, columns.PERSON_TYPES),
    "observed": (Observed, columns.OBSERVED_TYPES),
    "note": (Note, columns.NOTE_TYPES),
}


def open_record(path: str | Path) -> Record:
    """The record in this folder.

    Raises:
        RecordUnreadable: it is not a record, or one of another version.
    """
    folder = Path(path)
    return Record(folder, read_manifest(folder))


class Record:
    """One record, read only."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest
        self._data = path / manifest.data
        # Plain dictionaries: a cache that knew the record would keep its files open
        # until the garbage collector came by.
        self._files: dict[str, pq.ParquetFile] = {}
        self._tables: dict[tuple[str, int], pa.Table] = {}

    @property
    def newest_known_at(self) -> Instant | None:
        """The newest moment the record knows anything of."""
        return self.manifest.newest_known_at

    def __len__(self) -> int:
        return self.manifest.counts.person

    def person_ids(self) -> list[str]:
        """Everyone, in order."""
        table = self._file("person.parquet").read(columns=["person_id"])
        return sorted(columns.values_of(table.column("person_id")))

    def centre_ids(self) -> dict[str, str | None]:
        """The centre of everyone."""
        table = self._file("person.parquet").read(columns=["person_id", "centre_id"])
        people, centres = (columns.values_of(table.column(name)) for name in table.column_names)
        return dict(zip(people, centres, strict=True))

    def patient(self, person_id: str) -> PatientRecord:
        """Everything on one person.

        Raises:
            PersonUnknown: there is no such person in the record.
        """
        number = bucket_of(person_id) % max(len(self.manifest.buckets), 1)
        person = self._of(number, "person", person_id)
        if not person:
            raise PersonUnknown(
                "There is no person with this id in the record.",
                where=str(self.path),
                next_step="Ids are written exactly as in the source; list them with livedo screen.",
            )
        return PatientRecord(
            person=person[0],
            facts=tuple(self._facts_of(number, person_id)),
            observed=tuple(self._of(number, "observed", person_id)),
            notes=tuple(self._of(number, "note", person_id)),
        )

    def patients(self) -> Iterator[PatientRecord]:
        """Everyone, bucket by bucket; memory does not grow with the record."""
        for number, bucket in enumerate(self.manifest.buckets):
            yield from self._patients_of(number, bucket)

    def bucket_count(self) -> int:
        """How many parts the record can be read in, each by a process of its own."""
        return len(self.manifest.buckets)

    def patients_of_bucket(self, number: int) -> Iterator[PatientRecord]:
        """The people of one bucket, in order."""
        yield from self._patients_of(number, self.manifest.buckets[number])

    def fact_columns(
        self, number: int, names: Sequence[str], groups: Sequence[int] | None = None
    ) -> pa.Table:
        """Some columns of the facts of one bucket, or of some of its row groups, as stored.

        Words are dictionaries, shared by the whole answer.
        """
        bucket = self.manifest.buckets[number]
        every = range(len(bucket.row_groups)) if groups is None else groups
        file = self._file(bucket.file)
        read = file.read_row_groups(list(every), columns=list(names), use_threads=False)
        return read.unify_dictionaries().combine_chunks()

    def small_columns(self, table: str, number: int, names: Sequence[str]) -> pa.Table:
        """Some columns of one bucket of `person` or `observed`; no rows where it holds none."""
        types = SMALL_TABLES[table][1]
        found = self._read_small(table, number)
        if not found.num_rows:
            return pa.table({name: pa.array([], types[name]) for name in names})
        return found.select(list(names)).combine_chunks()

    def people_of_bucket(
        self, number: int, wanted: Container[str]
    ) -> list[tuple[Person, tuple[Observed, ...]]]:
        """Some people of one bucket, in order, with their observed spans."""
        people = [
            p for p in self._rows(self._small("person", number), "person") if p.person_id in wanted
        ]
        observed = self._observed_of(number, people)
        return [(person, tuple(observed[person.person_id])) for person in people]

    def _observed_of(self, number: int, people: Sequence[Person]) -> defaultdict[str, list[Any]]:
        found: defaultdict[str, list[Any]] = defaultdict(list)
        table = self._small("observed", number)
        if table.num_rows and people:
            ids = pa.array([person.person_id for person in people], pa.string())
            for row in self._rows(
                table.filter(pc.is_in(table.column("person_id"), ids)), "observed"
            ):
                found[row.person_id].append(row)
        return found

    def facts_of_people(self, number: int, person_ids: Sequence[str]) -> Iterator[pa.Table]:
        """The facts of some people of one bucket, row group by row group, as columns.

        Row groups that hold none of them are not read. A table can be made facts with
        `livedo.record.columns.facts_of`.
        """
        bucket = self.manifest.buckets[number]
        ids, wanted = sorted(person_ids), pa.array(sorted(person_ids), pa.string())
        for place, group in enumerate(bucket.row_groups):
            first = bisect.bisect_left(ids, group.first)
            if first < len(ids) and ids[first] <= group.last:
                table = self._file(bucket.file).read_row_group(place)
                people = table.column("person_id").cast(pa.string())
                yield table.filter(pc.is_in(people, wanted))

    def ledger(self) -> Iterator[SetAside]:
        """What was set aside, in a fixed order."""
        table = self._file("ledger.parquet").read()
        yield from columns.rows_of(table, SetAside, columns.LEDGER_TYPES)

    def _patients_of(self, number: int, bucket: Bucket) -> Iterator[PatientRecord]:
        people: list[Person] = self._rows(self._small("person", number), "person")
        observed, notes = self._by_person("observed", number), self._by_person("note", number)
        facts = self._facts_by_person(bucket)
        upcoming = next(facts, None)
        for person in people:
            own: list[Fact] = []
            if upcoming is not None and upcoming[0] == person.person_id:
                own = upcoming[1]
                upcoming = next(facts, None)
            yield PatientRecord(
                person=person,
                facts=tuple(own),
                observed=tuple(observed[person.person_id]),
                notes=tuple(notes[person.person_id]),
            )

    def _by_person(self, name: str, number: int) -> defaultdict[str, list[Any]]:
        found: defaultdict[str, list[Any]] = defaultdict(list)
        for row in self._rows(self._small(name, number), name):
            found[row.person_id].append(row)
        return found

    def _facts_by_person(self, bucket: Bucket) -> Iterator[tuple[str, list[Fact]]]:
        for group in range(len(bucket.row_groups)):
            facts = columns.facts_of(self._file(bucket.file).read_row_group(group))
            for person_id, run in groupby(facts, key=lambda fact: fact.person_id):
                yield person_id, list(run)

    def _facts_of(self, number: int, person_id: str) -> list[Fact]:
        bucket = self.manifest.buckets[number]
        place = bisect.bisect_left(bucket.row_groups, person_id, key=lambda group: group.last)
        if place == len(bucket.row_groups) or bucket.row_groups[place].first > person_id:
            return []
        table = self._file(bucket.file).read_row_group(place)
        return columns.facts_of(table.filter(pc.equal(table.column("person_id"), person_id)))

    def _of(self, number: int, name: str, person_id: str) -> list[Any]:
        table = self._small(name, number)
        if not table.num_rows:
            return []
        return self._rows(table.filter(pc.equal(table.column("person_id"), person_id)), name)

    def _rows(self, table: pa.Table, name: str) -> list[Any]:
        shape, types = SMALL_TABLES[name]
        return columns.rows_of(table, shape, types) if table.num_rows else []

    def _small(self, name: str, number: int) -> pa.Table:
        """The rows of one bucket of a small table."""
        table = self._tables.get((name, number))
        if table is None:
            if len(self._tables) >= SMALL_TABLES_HELD:
                self._tables.clear()
            table = self._tables[name, number] = self._read_small(name, number)
        return table

    def _read_small(self, name: str, number: int) -> pa.Table:
        with_rows = self.manifest.buckets_with[name]
        if number not in with_rows:
            return pa.table({})
        return self._file(f"{name}.parquet").read_row_group(with_rows.index(number))

    def _file(self, name: str) -> pq.ParquetFile:
        """An open file of the record."""
        file = self._files.get(name)
        if file is None:
            if len(self._files) >= FILES_HELD:
                self._files.clear()
            file = self._files[name] = self._open(name)
        return file

    def _open(self, name: str) -> pq.ParquetFile:
        types = {
            "person.parquet": columns.PERSON_TYPES,
            "observed.parquet": columns.OBSERVED_TYPES,
            "note.parquet": columns.NOTE_TYPES,
            "ledger.parquet": columns.LEDGER_TYPES,
        }.get(name, columns.FACT_TYPES)
        words = [field for field, kind in types.items() if kind == columns.WORD]
        try:
            return pq.ParquetFile(self._data / name, read_dictionary=words)
        except (OSError, pa.ArrowInvalid):
            raise RecordUnreadable(
                "A file of the record is missing or damaged.",
                where=str(self._data / name),
                next_step="Read the sources again; a record can always be rebuilt from them.",
            ) from None
