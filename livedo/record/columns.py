"""Rows to Arrow columns and back, a whole batch at a time.

Going through single values costs about a microsecond each; a batch read straight
from the buffers costs a few hundredths of that, so everything here works on columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, repeat
from operator import attrgetter
from typing import Any, Literal

import pyarrow as pa

from livedo.record.tables import Fact, Note, Observed, Person, SetAside

WORD = pa.dictionary(pa.int32(), pa.string())
TEXT = pa.string()
WHOLE = pa.int64()
NUMBER = pa.float64()
INSTANT = pa.timestamp("us")
FLAG = pa.bool_()

FACT_TYPES: dict[str, pa.DataType] = {
    "fact_id": WHOLE,
    "person_id": WORD,
    "concept": WORD,
    "present": WORD,
    "low": NUMBER,
    "high": NUMBER,
    "ref_low": NUMBER,
    "ref_high": NUMBER,
    "interpretation": WORD,
    "start_from": INSTANT,
    "start_at": INSTANT,
    "end_from": INSTANT,
    "end_at": INSTANT,
    "known_at": INSTANT,
    "is_known_at_assumed": FLAG,
    "status": WORD,
    "body_site": WORD,
    "side": WORD,
    "route": WORD,
    "dose_per_day": NUMBER,
    "dose_unit": WORD,
    "lesion_id": WORD,
    "matched_by": WORD,
    "is_query": FLAG,
    "source": WORD,
    "source_id": TEXT,
    "original": TEXT,
}
PERSON_TYPES: dict[str, pa.DataType] = {
    "person_id": TEXT,
    "sex": WORD,
    "born_on": INSTANT,
    "born_on_latest": INSTANT,
    "died_on": INSTANT,
    "is_dead": FLAG,
    "centre_id": WORD,
}
OBSERVED_TYPES: dict[str, pa.DataType] = {
    "person_id": TEXT,
    "domain": WORD,
    "from_at": INSTANT,
    "to_at": INSTANT,
    "with_history": FLAG,
}
NOTE_TYPES: dict[str, pa.DataType] = {
    "note_id": TEXT,
    "person_id": TEXT,
    "written_at": INSTANT,
    "known_at": INSTANT,
    "language": WORD,
    "kind": WORD,
    "text": TEXT,
}
LEDGER_TYPES: dict[str, pa.DataType] = {
    "source": WORD,
    "item": TEXT,
    "path": TEXT,
    "reason": WORD,
    "count": WHOLE,
    "is_part": FLAG,
}

BLOCK = 1000

Row = Fact | Person | Observed | Note | SetAside


def table_of(rows: Sequence[Row], types: dict[str, pa.DataType]) -> pa.Table:
    """Rows as a table, one column a field."""
    return pa.table(dict(columns_of(rows, types)))


def columns_of(
    rows: Sequence[Row], types: dict[str, pa.DataType]
) -> Iterator[tuple[str, pa.Array]]:
    """The columns of rows by name. Rows are taken in blocks that fit the processor's cache."""
    values: list[list[Any]] = [[] for _ in types]
    readers = [attrgetter(name) for name in types]
    for start in range(0, len(rows), BLOCK):
        block = rows[start : start + BLOCK]
        for read, found in zip(readers, values, strict=True):
            found.extend(map(read, block))
    for (name, kind), found in zip(types.items(), values, strict=True):
        yield name, column(found, kind)


class ResultColumns:
    """Plain results: only the fields in which they differ are kept."""

    def __init__(self) -> None:
        self.count = 0
        self._keys: list[int] = []
        self._ordinals: list[int] = []
        self._fields: dict[str, list[Any]] = {}
        self._source = ""

    def add(
        self,
        keys: Sequence[int],
        fields: Mapping[str, Sequence[Any]],
        ordinals: range,
        source_name: str,
    ) -> None:
        """Some more results."""
        self.count += len(keys)
        self._keys.extend(keys)
        self._ordinals.extend(ordinals)
        self._source = source_name
        for name, values in fields.items():
            self._fields.setdefault(name, []).extend(values)

    def columns(self, types: dict[str, pa.DataType]) -> dict[str, pa.Array]:
        """All columns of their facts, and their ordinals."""
        found = {"fact_id": pa.array(self._keys, WHOLE)}
        found |= {name: column(values, types[name]) for name, values in self._fields.items()}
        found |= {"end_from": found["start_at"], "end_at": found["start_at"]}
        same = _SAME_IN_ALL | {"source": self._source}
        for name, kind in types.items():
            if name not in found:
                found[name] = _all_the_same(same.get(name), kind, self.count)
        return {name: found[name] for name in types} | {"ordinal": pa.array(self._ordinals, WHOLE)}


_SAME_IN_ALL = {"present": "yes", "matched_by": "code", "is_query": False}


def _all_the_same(value: Any, kind: pa.DataType, count: int) -> pa.Array:
    if value is None:
        return pa.nulls(count, kind)
    if kind != WORD:
        return pa.repeat(pa.scalar(value, kind), count)
    same = pa.array([value], TEXT)
    return pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), count), same)


def column(values: list[Any], kind: pa.DataType) -> pa.Array:
    """Values as an array of this type."""
    if kind == WORD:
        return _words_column(values)
    if kind == INSTANT:
        return pa.array(values, WHOLE).view(INSTANT)
    return pa.array(values, kind)


def _words_column(values: list[Any]) -> pa.Array:
    """Words, each kept once. Many a column says the same in every row."""
    count = len(values)
    if count and values.count(values[0]) == count:
        return _all_the_same(values[0], WORD, count)
    return pa.array(values, TEXT).dictionary_encode()


def values_of(array: pa.Array | pa.ChunkedArray) -> Iterable[Any]:
    """The values of a column as Python objects, words shared."""
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks == 1 else array.combine_chunks()
    count = len(array)
    if array.null_count == count:
        return repeat(None, count)
    kind = array.type
    if pa.types.is_dictionary(kind):
        return _words(array)
    if pa.types.is_string(kind):
        return _texts(array)
    if pa.types.is_boolean(kind):
        return map(bool, _numbers(array.cast(pa.int8()), "b"))
    return _numbers(array.view(WHOLE), "q") if kind == INSTANT else _plain(array)


def _plain(array: pa.Array) -> list[Any]:
    return _numbers(array, "d" if pa.types.is_floating(array.type) else "q")


def _numbers(array: pa.Array, code: Literal["b", "h", "i", "q", "d"]) -> list[Any]:
    values: memoryview[Any] = memoryview(array.buffers()[1]).cast(code)
    values = values[array.offset : array.offset + len(array)]
    return _with_gaps(values.tolist(), array)


def _with_gaps(values: list[Any], array: pa.Array) -> list[Any]:
    """None where the array holds nothing."""
    if not array.null_count:
        return values
    is_held = array.is_valid().cast(pa.int8())
    held = memoryview(is_held.buffers()[1]).cast("b")[: len(array)]
    return [value if there else None for value, there in zip(values, held, strict=True)]


def _words(array: pa.DictionaryArray) -> Iterable[Any]:
    words = [*_texts(array.dictionary), None]
    indices = array.indices
    if indices.null_count:
        indices = indices.fill_null(len(words) - 1)
    return map(words.__getitem__, _numbers(indices.cast(pa.int32()), "i"))


def _texts(array: pa.Array) -> list[Any]:
    count = len(array)
    if not count or array.buffers()[2] is None:
        return _with_gaps([""] * count, array)
    ends = memoryview(array.buffers()[1]).cast("i")[array.offset : array.offset + count + 1]
    content = bytes(memoryview(array.buffers()[2])[ends[0] : ends[-1]])
    cuts = [end - ends[0] for end in ends]
    if content.isascii():
        text = content.decode("ascii")
        found: list[Any] = [text[a:b] for a, b in pairwise(cuts)]
    else:
        found = [content[a:b].decode("utf-8") for a, b in pairwise(cuts)]
    return _with_gaps(found, array)


def facts_of(table: pa.Table) -> list[Fact]:
    """Facts from their columns, in the order of the rows."""
    return list(map(Fact, *(values_of(table.column(name)) for name in Fact.__struct_fields__)))


def rows_of(table: pa.Table, shape: type[Any], types: dict[str, pa.DataType]) -> list[Any]:
    """Rows of one of the smaller tables."""
    columns = [values_of(table.column(name)) for name in types]
    return [shape(**dict(zip(types, row, strict=True))) for row in zip(*columns, strict=True)]
