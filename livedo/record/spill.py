"""Rows waiting to be settled, by person bucket: in memory while few, on disk when many."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from livedo.record.columns import ResultColumns, Row, columns_of, values_of

BUCKETS = 32
HELD = 100_000
"""Rows kept in memory before they are written out."""

COUNTER = "ordinal"


def bucket_of(person_id: str) -> int:
    """The bucket of a person: the same on every machine."""
    return zlib.crc32(person_id.encode("utf-8", "surrogatepass")) % BUCKETS


class Spill:
    """Rows of one kind with the ordinal of the resource each came from."""

    def __init__(self, folder: Path, name: str, types: dict[str, pa.DataType]) -> None:
        self._folder = folder
        self._name = name
        self._types = types
        self._schema = pa.schema([*types.items(), (COUNTER, pa.int64())])
        self._rows: list[Row] = []
        self._ordinals: list[int] = []
        self._results = ResultColumns()
        self._writers: dict[int, pa.RecordBatchStreamWriter] = {}
        self._last = self._schema.empty_table()
        self.count = 0

    def add(self, row: Row, ordinal: int) -> None:
        """Keeps a row."""
        self._ordinals.append(ordinal)
        self._rows.append(row)
        if len(self._rows) >= HELD:
            self._write_out()

    def add_results(
        self,
        keys: Sequence[int],
        fields: Mapping[str, Sequence[Any]],
        ordinals: range,
        source_name: str,
    ) -> None:
        """Keeps plain results, which come as columns."""
        self._results.add(keys, fields, ordinals, source_name)
        if self._results.count >= HELD:
            self._write_out()

    def _columns(self) -> pa.Table:
        """The rows held, as columns; nothing is held any more."""
        columns = dict(columns_of(self._rows, self._types))
        columns[COUNTER] = pa.array(self._ordinals, pa.int64())
        self.count += len(self._rows) + self._results.count
        parts = [pa.table(columns, schema=self._schema)]
        if self._results.count:
            parts.append(pa.table(self._results.columns(self._types), schema=self._schema))
        self._rows, self._ordinals, self._results = [], [], ResultColumns()
        return pa.concat_tables(parts).unify_dictionaries() if parts[0].num_rows else parts[-1]

    def _write_out(self) -> None:
        for bucket, rows in _by_bucket(self._columns()):
            self._writer(bucket).write_table(rows)

    def _writer(self, bucket: int) -> pa.RecordBatchStreamWriter:
        if bucket not in self._writers:
            self._folder.mkdir(parents=True, exist_ok=True)
            options = pa.ipc.IpcWriteOptions(
                compression="lz4" if pa.Codec.is_available("lz4") else None
            )
            self._writers[bucket] = pa.ipc.new_stream(
                str(self._path(bucket)), self._schema, options=options
            )
        return self._writers[bucket]

    def _path(self, bucket: int) -> Path:
        return self._folder / f"{self._name}-{bucket:02d}.arrow"

    def close(self) -> None:
        """Everything is added; if anything went to disk, all of it does."""
        if self._writers:
            self._write_out()
        else:
            self._last = self._columns()
        for writer in self._writers.values():
            writer.close()

    def bucket(self, numbers: range, fields: Sequence[str] | None = None) -> pa.Table:
        """The rows of several buckets as one table, with all fields or only some."""
        names = [n for n in self._schema.names if fields is None or n in fields]
        if not self._writers:
            rows = self._last if numbers.step == 1 else self._of_last(set(numbers))
            return rows.select(names)
        parts = [self._part(number, names) for number in numbers]
        return pa.concat_tables(parts).unify_dictionaries().combine_chunks()

    def _of_last(self, numbers: set[int]) -> pa.Table:
        parts = [rows for bucket, rows in _by_bucket(self._last) if bucket in numbers]
        return pa.concat_tables([self._schema.empty_table(), *parts])

    def _part(self, number: int, names: list[str]) -> pa.Table:
        if number not in self._writers:
            return self._schema.empty_table().select(names)
        places = [self._schema.get_field_index(name) for name in names]
        options = pa.ipc.IpcReadOptions(included_fields=places)
        with (
            pa.OSFile(str(self._path(number)), "rb") as file,
            pa.ipc.open_stream(file, options=options) as stream,
        ):
            return stream.read_all()


def _by_bucket(rows: pa.Table) -> Iterator[tuple[int, pa.Table]]:
    """The rows of each bucket. A bucket is worked out once a person, not once a row."""
    if not rows.num_rows:
        return
    people = rows.column("person_id").combine_chunks()
    if not pa.types.is_dictionary(people.type):
        people = people.dictionary_encode()
    of_person = pa.array([bucket_of(name) for name in values_of(people.dictionary)], pa.int8())
    buckets = of_person.take(people.indices)
    order = pc.sort_indices(buckets)
    buckets, rows = buckets.take(order), rows.take(order)
    first = 0
    for count in pc.value_counts(buckets):
        yield count["values"].as_py(), rows.slice(first, count["counts"].as_py())
        first += count["counts"].as_py()
