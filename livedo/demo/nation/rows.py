"""Facts gathered column by column, and set in the order in which a record keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from livedo.demo.nation.chance import Flags, Number, Whole
from livedo.demo.nation.days import NEVER

NO_INSTANT = np.iinfo(np.int64).min
SOURCE = "invented-nation"
FACTS_A_PERSON = 12
"""Bits of a fact's number that tell one person's facts apart."""

WORDS = (
    "concept",
    "present",
    "interpretation",
    "status",
    "body_site",
    "side",
    "route",
    "dose_unit",
)
INSTANTS = ("start_from", "start_at", "end_from", "end_at", "known_at")
NUMBERS = ("low", "high", "dose_per_day")


class Words(NamedTuple):
    """A word of a list for each row; -1 is none."""

    codes: Whole
    names: Sequence[str]


Given = Words | str | None


class Rows:
    """Facts of some people, who are numbered from 0 here."""

    def __init__(self) -> None:
        self._who: list[Whole] = []
        self._columns: dict[str, list[npt.NDArray[Any]]] = {}
        self._names: dict[str, dict[str, int]] = {name: {} for name in WORDS}

    def add(
        self,
        who: Whole,
        concept: Given,
        start: tuple[Whole, Whole],
        known_at: Whole,
        *,
        end: tuple[Whole, Whole] | None = None,
        value: Number | None = None,
        dose: Number | None = None,
        lesion: Whole | None = None,
        is_assumed: bool = False,
        words: Mapping[str, Given] | None = None,
    ) -> None:
        """Some facts. `start` and `end` are the earliest and the latest instants."""
        count = len(who)
        if not count:
            return
        self._who.append(who)
        given: dict[str, Given] = {"present": "yes", "status": "final", "concept": concept}
        given.update(words or {})
        for name in WORDS:
            self._put(name, self._codes(name, given.get(name), count))
        none = np.full(count, NO_INSTANT)
        ends = (none, none) if end is None else end
        for name, moments in zip(INSTANTS, (*start, *ends, known_at), strict=True):
            self._put(name, moments)
        nothing = np.full(count, np.nan)
        number = nothing if value is None else value
        for name, numbers in zip(NUMBERS, (number, number, dose), strict=True):
            self._put(name, nothing if numbers is None else numbers)
        self._put("lesion", np.full(count, -1) if lesion is None else lesion)
        self._put("is_assumed", np.full(count, is_assumed))

    def _put(self, name: str, values: npt.NDArray[Any]) -> None:
        self._columns.setdefault(name, []).append(values)

    def _codes(self, name: str, given: Given, count: int) -> npt.NDArray[np.int32]:
        known = self._names[name]
        if given is None:
            return np.full(count, -1, np.int32)
        if isinstance(given, str):
            return np.full(count, known.setdefault(given, len(known)), np.int32)
        own = [known.setdefault(word, len(known)) for word in given.names]
        return np.asarray([*own, -1], np.int32)[given.codes]

    def table(self, ids: list[str], numbers: Whole, until: Whole, window_end: int) -> pa.Table:
        """The facts in order, without those after the last day seen or not yet known."""
        if not self._who:
            return pa.table({})
        who = np.concatenate(self._who)
        columns = {name: np.concatenate(parts) for name, parts in self._columns.items()}
        is_kept = (columns["start_from"] <= until[who]) & (columns["known_at"] <= window_end)
        concept, names = _in_alphabet(columns["concept"], self._names["concept"])
        order = np.lexsort((columns["start_at"], concept, who))
        order = order[is_kept[order]]
        who = who[order]
        columns = {name: values[order] for name, values in columns.items()}
        columns["concept"], self._names["concept"] = concept[order], names
        columns["end_from"] = _known_ends(columns["end_from"], columns["end_from"], window_end)
        columns["end_at"] = _known_ends(columns["end_at"], columns["end_from"], window_end)
        place = np.arange(len(who)) - np.searchsorted(who, who, side="left")
        return self._arrow(ids, numbers, who, place, columns)

    def _arrow(
        self,
        ids: list[str],
        numbers: Whole,
        who: Whole,
        place: Whole,
        columns: dict[str, npt.NDArray[Any]],
    ) -> pa.Table:
        people = pa.array(ids, pa.string())
        person = pa.DictionaryArray.from_arrays(pa.array(who.astype(np.int32)), people)
        found: dict[str, pa.Array] = {
            "fact_id": pa.array((numbers[who] << FACTS_A_PERSON) | place),
            "person_id": person,
            "lesion_id": _lesions(ids, who, columns["lesion"]),
            "is_known_at_assumed": pa.array(columns["is_assumed"]),
            "source_id": _source_ids(people, who, place),
        }
        for name in WORDS:
            found[name] = _words(columns[name], self._names[name])
        for name in INSTANTS:
            found[name] = _instants(columns[name])
        for name in NUMBERS:
            found[name] = pa.array(columns[name], mask=np.isnan(columns[name]))
        for name, word in (("matched_by", "code"), ("source", SOURCE)):
            found[name] = _words(np.zeros(len(who), np.int32), {word: 0})
        found["is_query"] = pa.array(np.zeros(len(who), np.bool_))
        return pa.table(found)


def _known_ends(ends: Whole, begun: Whole, window_end: int) -> Whole:
    """Ends within the window; what ends later has not ended as far as anybody knows."""
    return np.where(begun > window_end, NO_INSTANT, ends)


def _in_alphabet(
    codes: npt.NDArray[np.int32], names: dict[str, int]
) -> tuple[npt.NDArray[np.int32], dict[str, int]]:
    """The same words, numbered in the order of the alphabet."""
    ordered = sorted(names)
    rank = {name: place for place, name in enumerate(ordered)}
    of_code = np.asarray([rank[name] for name in names], np.int32)
    return of_code[codes], rank


def _words(codes: npt.NDArray[np.int32], names: dict[str, int]) -> pa.DictionaryArray:
    indices = pa.array(codes, mask=codes < 0) if np.any(codes < 0) else pa.array(codes)
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(names), pa.string()))


def _instants(moments: Whole) -> pa.Array:
    whole = pa.array(moments, mask=moments == NO_INSTANT)
    return whole.view(pa.timestamp("us"))


def _lesions(ids: list[str], who: Whole, lesions: Whole) -> pa.DictionaryArray:
    """Names of lesions: the person and a number."""
    is_one = lesions >= 0
    keys, codes = np.unique((who[is_one] << 6) | lesions[is_one], return_inverse=True)
    names = [f"{ids[key >> 6]}-{(key & 63) + 1}" for key in keys.tolist()]
    all_codes = np.full(len(who), -1, np.int32)
    all_codes[is_one] = codes
    return _words(all_codes, {name: place for place, name in enumerate(names)})


def _source_ids(people: pa.Array, who: Whole, place: Whole) -> pa.Array:
    numbers = pa.array([str(number) for number in range(int(place.max(initial=0)) + 1)])
    person, number = people.take(pa.array(who)), numbers.take(pa.array(place))
    return pc.binary_join_element_wise(person, number, "/")


class Written(NamedTuple):
    """One fact of a course, which is told one by one."""

    who: int
    concept: str
    start: tuple[int, int]
    known_at: int
    end: tuple[int, int] | None = None
    present: str = "yes"
    interpretation: str | None = None
    status: str = "final"
    body_site: str | None = None
    side: str | None = None
    route: str | None = None
    dose_unit: str | None = None
    value: float | None = None
    dose: float | None = None
    lesion: int = -1


def add_written(rows: Rows, written: list[Written]) -> None:
    """Facts told one by one, as columns."""
    if not written:
        return
    rows.add(
        np.asarray([fact.who for fact in written], np.int64),
        _listed([fact.concept for fact in written]),
        _pair([fact.start for fact in written]),
        np.asarray([fact.known_at for fact in written], np.int64),
        end=_pair([fact.end or (NO_INSTANT, NO_INSTANT) for fact in written]),
        value=_numbers([fact.value for fact in written]),
        dose=_numbers([fact.dose for fact in written]),
        lesion=np.asarray([fact.lesion for fact in written], np.int64),
        words={
            name: _listed([getattr(fact, name) for fact in written])
            for name in WORDS
            if name != "concept"
        },
    )


def _listed(words: list[str | None]) -> Words:
    names = {word: place for place, word in enumerate(dict.fromkeys(w for w in words if w))}
    codes = [names[word] if word else -1 for word in words]
    return Words(np.asarray(codes, np.int64), list(names))


def _pair(moments: list[tuple[int, int]]) -> tuple[Whole, Whole]:
    both = np.asarray(moments, np.int64)
    return both[:, 0], both[:, 1]


def _numbers(values: list[float | None]) -> Number:
    return np.asarray([np.nan if value is None else value for value in values], np.float64)


def repeated(counts: Whole) -> tuple[Whole, Whole]:
    """For so many rows of each: whose they are, and the how manieth of theirs."""
    who = np.repeat(np.arange(len(counts)), counts)
    return who, np.arange(len(who)) - np.repeat(np.cumsum(counts) - counts, counts)


def is_ever(days: Whole) -> Flags:
    """Which days come."""
    return np.asarray(days < NEVER)
