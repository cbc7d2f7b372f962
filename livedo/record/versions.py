"""Identity of every resource, on disk once there are many, and which of them count."""

from __future__ import annotations

import operator
from array import array
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from livedo.record.columns import values_of
from livedo.sources.intake import (
    CONTENT,
    FIELDS,
    KEY,
    NUMBER,
    UPDATED_AT,
    Versions,
    judge_versions,
)

HELD = 1 << 17


class SpilledVersions(Versions):
    """As `Versions`, but no more than HELD resources in memory."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._file = folder / "versions.int64"
        self._written = 0

    def __len__(self) -> int:
        return self._written + super().__len__()

    def begin(self, key: int, content: int, updated_at: int, number: int) -> None:
        """Opens the next resource."""
        if len(self.numbers) >= HELD * FIELDS:
            self._write_out()
        self.numbers.extend((key, content, updated_at, number, 0))

    def add(self, versions: Sequence[Sequence[int]]) -> None:
        """Many resources at once, column by column, each with one item used."""
        if len(self.numbers) >= HELD * FIELDS:
            self._write_out()
        super().add(versions)

    def _write_out(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._written += super().__len__()
        with self._file.open("ab") as file:
            self.numbers.tofile(file)
        self.numbers = array("q")

    def arrow(self, field: int) -> pa.Array:
        """One field of every resource, in the order read."""
        if not self._written:
            content = self.numbers[field::FIELDS]
            return pa.Array.from_buffers(pa.int64(), len(content), [None, pa.py_buffer(content)])
        if self.numbers:
            self._write_out()
        content = array("q")
        for part in self._parts():
            content.extend(part[field::FIELDS])
        return pa.Array.from_buffers(pa.int64(), len(content), [None, pa.py_buffer(content)])

    def _parts(self) -> Iterator[array[int]]:
        with self._file.open("rb") as file:
            left = self._written
            while left:
                part = array("q")
                part.fromfile(file, min(left, HELD) * FIELDS)
                left -= min(left, HELD)
                yield part

    def fates(self) -> bytearray:
        """For each resource: kept, duplicate or superseded."""
        fates = bytearray(len(self))
        keys = self.arrow(KEY)
        repeated = _repeated(keys)
        if not len(repeated):
            return fates
        ordinals = pc.indices_nonzero(pc.is_in(keys, repeated))
        fields = {"key": KEY, "updated_at": UPDATED_AT, "number": NUMBER, "content": CONTENT}
        found = pa.table({name: self.arrow(n).take(ordinals) for name, n in fields.items()})
        found = found.append_column("ordinal", ordinals.cast(pa.int64())).sort_by("key")
        for _, versions in groupby(_rows(found), key=operator.itemgetter(0)):
            judge_versions(fates, (version[1:] for version in versions))
        return fates


def _repeated(keys: pa.Array) -> pa.Array:
    """Keys that occur more than once."""
    if len(keys) < 2:
        return keys[:0]
    ordered = keys.take(pc.sort_indices(keys))
    return pc.unique(ordered[1:].filter(pc.equal(ordered[1:], ordered[:-1])))


def _rows(found: pa.Table) -> Iterator[tuple[int, ...]]:
    names = ("key", "updated_at", "number", "ordinal", "content")
    for batch in found.select(names).to_batches(max_chunksize=HELD):
        yield from zip(*(values_of(column) for column in batch.columns), strict=True)
