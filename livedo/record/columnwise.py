"""A record folder straight from columns, for sources that know everybody's facts beforehand.

What `writer` does for items as they come, this does for people who are asked for by name, a
batch at a time: memory does not grow with their number, and neither the bytes nor their order
depend on how many processes share the work.
"""

from __future__ import annotations

import multiprocessing
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from livedo.instants import iso_date
from livedo.record import columns, settling
from livedo.record.folder import content_name, put_in_place, writing
from livedo.record.manifest import (
    Bucket,
    Counts,
    ItemTotals,
    Manifest,
    People,
    newest_as_text,
    vocabulary_version,
)
from livedo.record.spill import BUCKETS, bucket_of
from livedo.record.tables import Instant, SetAside
from livedo.record.writer import SILENCE_CAN_MEAN_NO, parquet_writer, row_groups

PEOPLE_A_BATCH = 4_000
PEOPLE_A_BUCKET = 1_500
SMALL = {
    "person": columns.PERSON_TYPES,
    "observed": columns.OBSERVED_TYPES,
}


class Tables(Protocol):
    """Some people and everything about them, in the columns of `livedo.record.columns`.

    Facts are in FACT_ORDER; columns that are missing hold nothing.
    """

    @property
    def persons(self) -> pa.Table: ...
    @property
    def facts(self) -> pa.Table: ...
    @property
    def observed(self) -> pa.Table: ...


class Source(Protocol):
    """Gives any of its people. It is sent to other processes, so it must be small."""

    def person_ids(self) -> Sequence[str]:
        """Everyone, in order."""
        ...

    def part(self, ids: Sequence[str]) -> Tables:
        """These people, who are named in order; the same whoever else is asked for."""
        ...


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What the record says about its source."""

    name: str
    time_zone: str
    declared: tuple[str, ...]
    is_invented: bool
    set_aside: tuple[SetAside, ...] = ()


class _Written(msgspec.Struct, frozen=True, kw_only=True):
    """One bucket on the disk."""

    groups: tuple[tuple[str, str], ...]
    counts: dict[str, int]
    newest: Instant | None
    starts: dict[str, Instant]


def write_record(record: Path, source: Source, told: Told, *, processes: int = 1) -> Manifest:
    """Writes everybody of a source; every fact is one item used.

    Raises:
        OutputUnwritable: the place holds something else, or cannot be written.
    """
    with writing(record) as aside:
        data = aside / "data"
        data.joinpath("fact").mkdir(parents=True)
        members = _members(source.person_ids())
        jobs = [(data, number, source, ids) for number, ids in enumerate(members)]
        written = _all(jobs, processes)
        _join(data, "person", written)
        _join(data, "observed", written)
        _empty(data / "note.parquet", columns.NOTE_TYPES)
        _write_ledger(data, told.set_aside)
        shutil.rmtree(data / "parts")
        manifest = _manifest(told, written, content_name(data))
        content = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
        put_in_place(record, data, manifest.data, content + b"\n")
        return manifest


def _members(ids: Sequence[str]) -> list[list[str]]:
    """The people of each bucket, in order."""
    count = 1
    while count < BUCKETS and len(ids) > count * PEOPLE_A_BUCKET:
        count *= 2
    found: list[list[str]] = [[] for _ in range(count)]
    for person_id in sorted(ids):
        found[bucket_of(person_id) % count].append(person_id)
    return found


Job = tuple[Path, int, Source, list[str]]


def _all(jobs: list[Job], processes: int) -> list[_Written]:
    if processes <= 1 or len(jobs) == 1:
        return [_write_bucket(job) for job in jobs]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        return pool.map(_write_bucket, jobs, chunksize=1)


def _write_bucket(job: Job) -> _Written:
    """The facts of a bucket into their own file, its people and spans into parts joined later."""
    data, number, source, ids = job
    groups: list[tuple[str, str]] = []
    counts: Counter[str] = Counter(person=0, fact=0, observed=0, note=0)
    starts: dict[str, Instant] = {}
    newest: list[Instant | None] = []
    small: dict[str, list[pa.Table]] = {name: [] for name in SMALL}
    with parquet_writer(data / _fact_file(number), columns.FACT_TYPES) as writer:
        for begin in range(0, len(ids), PEOPLE_A_BATCH):
            part = source.part(ids[begin : begin + PEOPLE_A_BATCH])
            for name, table in (("person", part.persons), ("observed", part.observed)):
                small[name].append(_shaped(table, SMALL[name]))
                counts[name] += table.num_rows
            newest.append(pc.max(small["person"][-1].column("died_on").cast(pa.int64())).as_py())
            if not part.facts.num_rows:
                continue
            facts = _shaped(part.facts, columns.FACT_TYPES)
            settling.widen(starts, facts)
            newest.append(settling.newest_of(facts))
            counts["fact"] += facts.num_rows
            groups += _write_facts(writer, facts)
    _write_parts(data, number, small)
    known = [moment for moment in newest if moment is not None]
    return _Written(
        groups=tuple(groups), counts=dict(counts), newest=max(known, default=None), starts=starts
    )


def _write_facts(writer: pq.ParquetWriter, facts: pa.Table) -> Iterator[tuple[str, str]]:
    plain = settling.with_short_dictionaries(facts)
    for first, last, start, stop in row_groups(facts):
        writer.write_table(plain.slice(start, stop - start), row_group_size=stop - start)
        yield first, last


def _shaped(table: pa.Table, types: dict[str, pa.DataType]) -> pa.Table:
    """The columns of a table in their order and types; missing ones hold nothing."""
    given = set(table.column_names)
    return pa.table(
        {
            name: table.column(name).cast(kind) if name in given else pa.nulls(table.num_rows, kind)
            for name, kind in types.items()
        }
    )


def _fact_file(number: int) -> str:
    return f"fact/bucket-{number:03d}.parquet"


def _part_file(data: Path, name: str, number: int) -> Path:
    return data / "parts" / f"{name}-{number:03d}.arrow"


def _write_parts(data: Path, number: int, small: dict[str, list[pa.Table]]) -> None:
    (data / "parts").mkdir(exist_ok=True)
    for name, tables in small.items():
        schema = pa.schema(list(SMALL[name].items()))
        table = pa.concat_tables([schema.empty_table(), *tables]).unify_dictionaries()
        table = table.combine_chunks()
        with pa.ipc.new_file(str(_part_file(data, name, number)), schema) as file:
            file.write_table(table)


def _join(data: Path, name: str, written: list[_Written]) -> None:
    """The parts of a small table as one file, a row group for each bucket that has rows."""
    with parquet_writer(data / f"{name}.parquet", SMALL[name]) as writer:
        for number, bucket in enumerate(written):
            if bucket.counts[name]:
                with pa.ipc.open_file(str(_part_file(data, name, number))) as file:
                    rows = file.read_all()
                writer.write_table(rows, row_group_size=rows.num_rows)


def _empty(path: Path, types: dict[str, pa.DataType]) -> None:
    with parquet_writer(path, types):
        return


def _write_ledger(data: Path, lines: Sequence[SetAside]) -> None:
    table = columns.table_of(list(lines), columns.LEDGER_TYPES)
    with parquet_writer(data / "ledger.parquet", columns.LEDGER_TYPES) as writer:
        if lines:
            writer.write_table(table)


def _manifest(told: Told, written: list[_Written], name: str) -> Manifest:
    counts: Counter[str] = Counter(person=0, fact=0, observed=0, note=0)
    reasons: Counter[str] = Counter()
    for bucket in written:
        counts.update(bucket.counts)
    for line in told.set_aside:
        reasons[line.reason] += line.count
    newest = max((b.newest for b in written if b.newest is not None), default=None)
    aside, used = sum(reasons.values()), counts["fact"] + counts["person"]
    return Manifest(
        data=name,
        time_zone=told.time_zone,
        newest_known_at=newest,
        newest_known=newest_as_text(newest),
        is_invented=told.is_invented,
        sources=(told.name,),
        vocabulary=vocabulary_version(),
        totals=ItemTotals(items_in=used + aside, used=used, set_aside=aside),
        reasons=dict(sorted(reasons.items())),
        parts_lost={},
        observed=told.declared,
        observed_proposed=tuple(_proposed(written, newest)),
        counts=Counts(**counts),
        buckets=tuple(
            Bucket(file=_fact_file(n), row_groups=tuple(People(*group) for group in bucket.groups))
            for n, bucket in enumerate(written)
        ),
        buckets_with={
            name: tuple(n for n, bucket in enumerate(written) if bucket.counts[name])
            for name in ("person", "observed", "note")
        },
    )


def _proposed(written: list[_Written], newest: Instant | None) -> Iterator[str]:
    starts: dict[str, Instant] = {}
    for bucket in written:
        for domain, start in bucket.starts.items():
            starts[domain] = min(starts.get(domain, start), start)
    for domain, start in sorted(starts.items()):
        if newest is not None and domain in SILENCE_CAN_MEAN_NO and start < newest:
            yield f"{domain}={iso_date(start)}..{iso_date(newest)}"
