"""A sink that writes a record folder, in memory that does not grow with the source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from livedo.instants import iso_date
from livedo.record import columns, settling
from livedo.record.folder import content_name, put_in_place
from livedo.record.manifest import (
    Bucket,
    Counts,
    ItemTotals,
    Manifest,
    People,
    newest_as_text,
)
from livedo.record.spill import BUCKETS, COUNTER, Spill
from livedo.record.tables import Fact, Instant, Note, Observed, Person, SetAside
from livedo.record.versions import SpilledVersions
from livedo.sources.intake import (
    FATES,
    KEPT,
    NO_VERSION,
    PAST_ENDS,
    RESULT_FIELDS,
    UNKNOWN_PATIENT,
    USED,
    Declared,
    Ledger,
    ResultRow,
)

ROW_GROUP = 4096
"""Facts in a row group, rounded up to whole people: one person is read in milliseconds."""
BUCKET_FACTS = 60_000
SILENCE_CAN_MEAN_NO = (*PAST_ENDS, "drug")


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What the caller knows of the sources."""

    time_zone: str
    sources: tuple[str, ...]
    declared: tuple[Declared, ...]
    declared_as: tuple[str, ...]
    is_invented: bool
    vocabulary: str


class RecordWriter:
    """Implements `livedo.sources.intake.Sink`; `commit` makes what it holds the record."""

    def __init__(self, aside: Path) -> None:
        self._aside = aside
        self.ledger = Ledger()
        self.versions = SpilledVersions(aside / "versions")
        spilled = aside / "spill"
        self._facts = Spill(spilled, "fact", columns.FACT_TYPES)
        self._persons = Spill(spilled, "person", columns.PERSON_TYPES)
        self._notes = Spill(spilled, "note", columns.NOTE_TYPES)
        self._spans = Spill(spilled, "observed", columns.OBSERVED_TYPES)
        self._broken: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._used_outside = 0
        self._ordinal = -1

    def opened(self, source: str) -> None:
        """Remembers the file."""
        self.versions.opened(source)

    def begin(
        self, key: int, content: int, updated_at: int = NO_VERSION, number: int = NO_VERSION
    ) -> None:
        """Opens the next resource."""
        self._ordinal += 1
        self.versions.begin(key, content, updated_at, number)

    def took_in(self, count: int = 1) -> None:
        """Counts items met."""
        self.ledger.total_in += count

    def used(self, count: int = 1) -> None:
        """Counts items used, on the present resource."""
        if self._ordinal < 0:
            self._used_outside += count
        else:
            self.versions.use(count)

    def results(self, rows: Sequence[ResultRow], source_name: str) -> None:
        """Opens a resource for each row, uses its one item, and keeps its fact."""
        keys, contents, updated_at, numbers, *fields = zip(*rows, strict=True)
        self.versions.add((keys, contents, updated_at, numbers))
        self.ledger.total_in += len(rows)
        first = self._ordinal + 1
        self._ordinal += len(rows)
        columns_by_name = dict(zip(RESULT_FIELDS, fields, strict=True))
        ordinals = range(first, first + len(rows))
        self._facts.add_results(keys, columns_by_name, ordinals, source_name)

    def set_aside(self, line: SetAside) -> None:
        """Counts an item set aside."""
        self.ledger.set_aside(line)

    def person(self, person: Person) -> None:
        """Keeps a person."""
        self._persons.add(person, self._ordinal)

    def fact(self, fact: Fact) -> None:
        """Keeps a fact."""
        self._facts.add(fact, self._ordinal)

    def note(self, note: Note) -> None:
        """Keeps a note."""
        self._notes.add(note, self._ordinal)

    def observed(self, observed: Observed) -> None:
        """Keeps a declared span."""
        self._spans.add(observed, self._ordinal)

    def unreadable(self, person_id: str, domain: str) -> None:
        """Remembers that silence means nothing for this person and domain."""
        self._broken[person_id, domain].append(self._ordinal)

    def commit(self, record: Path | None, about: About) -> Manifest:
        """Settles all accounts and puts the record in place; None only does the sums."""
        return _Commit(self, self._aside / "data", about).run(record)

    def spills(self) -> tuple[Spill, Spill, Spill, Spill]:
        """Persons, facts, notes and spans, all closed."""
        found = (self._persons, self._facts, self._notes, self._spans)
        for spill in found:
            spill.close()
        return found

    def broken(self, fates: bytearray) -> set[tuple[str, str]]:
        """Person and domain where an item that counts could not be read."""
        return {
            key
            for key, ordinals in self._broken.items()
            if any(n < 0 or fates[n] == KEPT for n in ordinals)
        }

    @property
    def used_outside(self) -> int:
        """Items used that belong to no announced resource."""
        return self._used_outside


class _Commit:
    """One settling of everything a writer holds."""

    def __init__(self, writer: RecordWriter, data: Path, about: About) -> None:
        self.about = about
        self.writer = writer
        self.data = data
        self.persons, self.facts, self.notes, self.spans = writer.spills()
        self.fates = writer.versions.fates()
        self.kept = settling.Kept(self.fates)
        self.broken = writer.broken(self.fates)
        self.buckets = _bucket_count(self.facts.count)
        self.lost: dict[int, str] = {}
        self.unknown: dict[int, str] = {}
        self.newest: Instant | None = None
        self.starts: dict[str, Instant] = {}
        self.counts = {"person": 0, "fact": 0, "observed": 0, "note": 0}
        self.with_rows: dict[str, list[int]] = {"person": [], "observed": [], "note": []}

    def run(self, record: Path | None) -> Manifest:
        self._first_look()
        used = self._account()
        # Without a record it is written beside all the same: only then are the sums right.
        written = self._write()
        manifest = self._manifest(used, tuple(written))
        if record is not None:
            self._write_ledger()
            manifest = msgspec.structs.replace(manifest, data=content_name(self.data))
            content = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
            put_in_place(record, self.data, manifest.data, content + b"\n")
        return manifest

    def _numbers(self, bucket: int) -> range:
        return range(bucket, BUCKETS, self.buckets)

    def _people(self, bucket: int, *, is_first_look: bool = False) -> pa.Table:
        """The people of a bucket in order."""
        people, others = self.kept.split(self.persons.bucket(self._numbers(bucket)))
        if is_first_look:
            self._lose(others, "person_id", "Patient/")
        return people.sort_by("person_id")

    def _rows(self, spill: Spill, bucket: int, ids: pa.Array) -> pa.Table:
        """The rows of a bucket that count and are about its people."""
        rows, _ = self.kept.split(spill.bucket(self._numbers(bucket)))
        return settling.of_known_people(rows, ids)[0]

    def _looked_at(self, spill: Spill, bucket: int, ids: pa.Array, name: str) -> pa.Table:
        """The same rows in the few columns of a first look; others are noted by name."""
        few = ("person_id", "concept", "known_at", "end_at", COUNTER)
        rows, others = self.kept.split(spill.bucket(self._numbers(bucket), few))
        rows, strangers = settling.of_known_people(rows, ids)
        if others.num_rows or strangers.num_rows:
            named = spill.bucket(self._numbers(bucket), ("person_id", name, COUNTER))
            kept, others = self.kept.split(named)
            self._lose(others, name)
            strangers = settling.of_known_people(kept, ids)[1]
            self.unknown |= settling.names_by_ordinal(strangers, name)
        return rows

    def _lose(self, rows: pa.Table, name: str, prefix: str = "") -> None:
        for ordinal, item in settling.names_by_ordinal(rows, name).items():
            self.lost[ordinal] = prefix + item

    def _first_look(self) -> None:
        """Who is known, what is lost, and the newest known moment."""
        moments: list[Instant | None] = []
        for bucket in range(self.buckets):
            people = self._people(bucket, is_first_look=True)
            ids = people.column("person_id").combine_chunks()
            facts = self._looked_at(self.facts, bucket, ids, "source_id")
            notes = self._looked_at(self.notes, bucket, ids, "note_id")
            moments += [settling.newest_of(facts)] if facts.num_rows else []
            moments += columns.values_of(people.column("died_on"))
            moments += columns.values_of(notes.column("known_at"))
        self.newest = max((m for m in moments if m is not None), default=None)

    def _account(self) -> int:
        """Sets aside what does not count, and says how many items remain used."""
        versions = self.writer.versions
        used = versions.arrow(USED)
        total = self.writer.used_outside + (int(_sum(used)) if len(used) else 0)
        for ordinal, fate in enumerate(self.fates) if self.kept.has_lost_any else ():
            if fate != KEPT:
                total -= self._set_aside(used, ordinal, self.lost.get(ordinal, ""), FATES[fate])
        for ordinal, item in sorted(self.unknown.items()):
            if ordinal >= 0 and self.fates[ordinal] == KEPT:
                total -= self._set_aside(used, ordinal, item, UNKNOWN_PATIENT)
        return total

    def _set_aside(self, used: pa.Array, ordinal: int, item: str, reason: str) -> int:
        count = int(used[ordinal].as_py())
        if count:
            source = self.writer.versions.file_of(ordinal)
            line = SetAside(source=source, item=item, path="", reason=reason, count=count)
            self.writer.ledger.set_aside(line)
        return count

    def _write(self) -> list[Bucket]:
        self.data.joinpath("fact").mkdir(parents=True)
        with (
            parquet_writer(self.data / "person.parquet", columns.PERSON_TYPES) as persons,
            parquet_writer(self.data / "observed.parquet", columns.OBSERVED_TYPES) as observed,
            parquet_writer(self.data / "note.parquet", columns.NOTE_TYPES) as notes,
        ):
            found = []
            for bucket in range(self.buckets):
                people = self._people(bucket)
                ids = people.column("person_id").combine_chunks()
                self._put(persons, "person", bucket, people, columns.PERSON_TYPES)
                spans = columns.table_of(self._observed(bucket, ids), columns.OBSERVED_TYPES)
                self._put(observed, "observed", bucket, spans, columns.OBSERVED_TYPES)
                written = self._rows(self.notes, bucket, ids)
                order = [(name, "ascending") for name in ("person_id", "written_at", "note_id")]
                self._put(notes, "note", bucket, written.sort_by(order), columns.NOTE_TYPES)
                facts = self._rows(self.facts, bucket, ids)
                found.append(self._write_facts(bucket, settling.ordered(facts, self.newest)))
        return found

    def _put(
        self,
        writer: pq.ParquetWriter,
        name: str,
        bucket: int,
        rows: pa.Table,
        types: dict[str, pa.DataType],
    ) -> None:
        if rows.num_rows:
            writer.write_table(rows.select(list(types)), row_group_size=rows.num_rows)
            self.with_rows[name].append(bucket)
            self.counts[name] += rows.num_rows

    def _observed(self, bucket: int, ids: pa.Array) -> list[Observed]:
        """Declared spans of each person, without the domains where an item was unreadable."""
        own: dict[str, list[Observed]] = defaultdict(list)
        spans = self._rows(self.spans, bucket, ids)
        for span in columns.rows_of(spans, Observed, columns.OBSERVED_TYPES):
            own[span.person_id].append(span)
        found = []
        for person_id in columns.values_of(ids):
            of_person = own[person_id] + [d.of(person_id) for d in self.about.declared]
            found += sorted(
                (s for s in of_person if (person_id, s.domain) not in self.broken),
                key=lambda span: (span.domain, span.from_at, span.to_at),
            )
        return found

    def _write_facts(self, bucket: int, facts: pa.Table) -> Bucket:
        settling.widen(self.starts, facts)
        self.counts["fact"] += facts.num_rows
        name = f"fact/bucket-{bucket:03d}.parquet"
        groups, plain = [], settling.with_short_dictionaries(facts)
        with parquet_writer(self.data / name, columns.FACT_TYPES) as writer:
            for first, last, start, stop in row_groups(facts):
                writer.write_table(plain.slice(start, stop - start), row_group_size=stop - start)
                groups.append(People(first, last))
        return Bucket(file=name, row_groups=tuple(groups))

    def _write_ledger(self) -> None:
        lines = list(self.writer.ledger.sorted_lines())
        with parquet_writer(self.data / "ledger.parquet", columns.LEDGER_TYPES) as writer:
            writer.write_table(columns.table_of(lines, columns.LEDGER_TYPES))

    def _manifest(self, used: int, buckets: tuple[Bucket, ...]) -> Manifest:
        ledger = self.writer.ledger
        totals = ledger.totals(used)
        return Manifest(
            data="",
            time_zone=self.about.time_zone,
            newest_known_at=self.newest,
            newest_known=newest_as_text(self.newest),
            is_invented=self.about.is_invented,
            sources=self.about.sources,
            vocabulary=self.about.vocabulary,
            totals=ItemTotals(
                items_in=totals.items_in, used=totals.used, set_aside=totals.set_aside
            ),
            reasons=ledger.reasons(),
            parts_lost=ledger.parts_lost(),
            observed=self.about.declared_as,
            observed_proposed=tuple(self._proposed()),
            counts=Counts(**self.counts),
            buckets=buckets,
            buckets_with={name: tuple(found) for name, found in self.with_rows.items()},
        )

    def _proposed(self) -> Iterator[str]:
        """For each domain in which silence can mean no: the span of the data, to be confirmed."""
        if self.newest is None:
            return
        for domain, start in sorted(self.starts.items()):
            if domain in SILENCE_CAN_MEAN_NO and start < self.newest:
                yield f"{domain}={iso_date(start)}..{iso_date(self.newest)}"


def _sum(numbers: pa.Array) -> int:
    import pyarrow.compute as pc

    total: int = pc.sum(numbers).as_py()
    return total


def _bucket_count(facts: int) -> int:
    """A power of two, so that a bucket holds about BUCKET_FACTS facts at most."""
    count = 1
    while count < BUCKETS and facts > count * BUCKET_FACTS:
        count *= 2
    return count


def row_groups(facts: pa.Table) -> Iterator[tuple[str, str, int, int]]:
    """First and last person, first row and end of each row group."""
    if not facts.num_rows:
        return
    people = facts.column("person_id").combine_chunks()
    names = list(columns.values_of(people.dictionary))
    # Numbers stand for people here; only those at the ends of a group are looked up.
    ids = list(columns.values_of(people.indices.cast(pa.int64())))
    start = 0
    while start < len(ids):
        stop = min(start + ROW_GROUP, len(ids))
        while stop < len(ids) and ids[stop] == ids[stop - 1]:
            stop += 1
        yield names[ids[start]], names[ids[stop - 1]], start, stop
        start = stop


def parquet_writer(path: Path, types: dict[str, pa.DataType]) -> pq.ParquetWriter:
    words = [name for name, kind in types.items() if kind == columns.WORD]
    written = {n: columns.TEXT if n in settling.PERSONAL else kind for n, kind in types.items()}
    return pq.ParquetWriter(
        path,
        pa.schema(list(written.items())),
        compression="zstd",
        compression_level=1,
        use_dictionary=words,
        write_statistics=[n for n in ("person_id", "concept", "start_at") if n in types],
        store_schema=False,
    )
