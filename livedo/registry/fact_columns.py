"""Columns of a record as numbers: places of words, rows of people, moments."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Whole = npt.NDArray[np.int64]

NO_MOMENT = int(np.iinfo(np.int64).min)
"""Stands for a moment that is not given."""


def codes_of(table: pa.Table, name: str, places: Mapping[str, int]) -> Whole:
    """The place of each word of a column; -1 for other words and for none."""
    words = _one(table.column(name))
    if not len(words):
        return np.zeros(0, np.int64)
    by_word = [places.get(word, -1) for word in words.dictionary.to_pylist()]
    codes = np.array([*by_word, -1], np.int64)
    return codes[_indices(words, len(by_word))]


def rows_of_people(table: pa.Table, people: pa.Array) -> Whole:
    """The row of each fact's person among these ids."""
    ids = _one(table.column("person_id"))
    if not len(ids):
        return np.zeros(0, np.int64)
    if not pa.types.is_dictionary(ids.type):
        return _places(ids, people)
    return _places(ids.dictionary, people)[_indices(ids, 0)]


def moments_of(table: pa.Table, name: str) -> Whole:
    """A column of moments; NO_MOMENT where there is none."""
    column = _one(table.column(name).cast(pa.int64()))
    found: Whole = column.fill_null(NO_MOMENT).to_numpy(zero_copy_only=False)
    return found.astype(np.int64, copy=False)


def _places(ids: pa.Array, people: pa.Array) -> Whole:
    found: Whole = pc.index_in(ids, people).cast(pa.int64()).to_numpy(zero_copy_only=False)
    return found


def _indices(words: pa.DictionaryArray, of_none: int) -> Whole:
    indices: Whole = words.indices.fill_null(of_none).to_numpy(zero_copy_only=False)
    return indices


def _one(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """The chunks of a column as one; words must share their dictionary."""
    if isinstance(column, pa.Array):
        return column
    if column.num_chunks == 1:
        return column.chunk(0)
    if not column.num_chunks:
        return pa.array([], column.type)
    return column.unify_dictionaries().combine_chunks()
