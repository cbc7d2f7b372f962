"""One bucket of a record as columns: people, the days they are watched, their time on dialysis.

What counts is said in `livedo.registry.cohort`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from livedo.assess.timeline import UNCONFIRMED
from livedo.instants import Instant
from livedo.knowledge.counting import Counting
from livedo.record.store import Record
from livedo.record.tables import DRAFT
from livedo.registry.fact_columns import NO_MOMENT, codes_of, moments_of, rows_of_people
from livedo.registry.local_days import LocalDays, days_of_zone
from livedo.registry.time_on_dialysis import OPEN, Spans, counted_once, total_days

if TYPE_CHECKING:
    import pyarrow as pa

    from livedo.knowledge.vocabulary import Vocabulary

Whole = npt.NDArray[np.int64]
Days = npt.NDArray[np.int32]
Codes = npt.NDArray[np.int16]
Flags = npt.NDArray[np.bool_]

UNKNOWN_DAY = -(2**31)
"""In a column of days: not known."""

SEXES = ("female", "male", "other", "unknown")
MODALITIES = ("haemodialysis", "peritoneal", "unknown")
"""Kinds of dialysis; `unknown` is dialysis of a kind that nobody stated."""


class Part(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """One bucket; rows of people are counted within it."""

    person_id: list[str]
    sex: Codes
    born: Days
    centre: list[str | None]
    died: Days
    is_dead: Flags
    watched_from: Days
    watched_to: Days
    is_declared: Flags
    on_dialysis_before: Flags
    transplanted: Days
    spans: Spans
    notes: dict[str, int]
    bounds: tuple[int, int]
    """The least and the most days on dialysis that the imprecise dates leave open."""
    watched_out: int
    """People whose time on dialysis lies wholly where nobody watched."""


TRANSPLANT, MOVED = len(MODALITIES), len(MODALITIES) + 1
"""Kinds of facts beside those of dialysis."""


def kinds_of(terms: Counting, vocabulary: Vocabulary) -> dict[str, int]:
    """The kind of every concept that is read; a narrower concept keeps its own."""
    named = [*(one.concepts for one in terms.modalities), terms.transplant.concepts]
    kinds: dict[str, int] = {}
    for kind, concepts in reversed(list(enumerate([*named, terms.moved.concepts]))):
        for concept in concepts:
            kinds.update(dict.fromkeys(vocabulary.descendants(concept), kind))
    return kinds


class _Read(msgspec.Struct, frozen=True, eq=False):
    """The facts of one bucket that say something about dialysis."""

    person: Whole
    kind: Whole
    starts: tuple[Whole, Whole]
    """The earliest and the latest first day."""
    ends: tuple[Whole, Whole]
    """The earliest and the latest last day; OPEN where no end is known."""
    known: Whole
    has_undated_end: Flags

    @property
    def first(self) -> Whole:
        """The middle of the first day."""
        return (self.starts[0] + self.starts[1]) // 2

    @property
    def last(self) -> Whole:
        """The middle of the last day."""
        found: Whole = np.maximum((self.ends[0] + self.ends[1]) // 2, self.first)
        return found

    def where(self, keep: Flags) -> _Read:
        """Some of the facts."""
        return _Read(
            self.person[keep],
            self.kind[keep],
            (self.starts[0][keep], self.starts[1][keep]),
            (self.ends[0][keep], self.ends[1][keep]),
            self.known[keep],
            self.has_undated_end[keep],
        )

    def at(self, start: int, end: int) -> _Read:
        """The facts with their starts, and their ends, at the earliest (0) or latest (1) day."""
        starts, ends = self.starts[start], np.maximum(self.ends[end], self.starts[start])
        return _Read(
            self.person, self.kind, (starts, starts), (ends, ends), self.known, self.has_undated_end
        )

    @property
    def is_imprecise(self) -> Flags:
        """Whether a first or last day is not known to the day."""
        found: Flags = (self.starts[0] != self.starts[1]) | (self.ends[0] != self.ends[1])
        return found


def read_bucket(
    as_of: Instant, kinds: dict[str, int], terms: Counting, record: Record, number: int, own: None
) -> Part:
    days = days_of_zone(record.manifest.time_zone)
    people = record.small_columns("person", number, _PERSON)
    ids: list[str] = people.column("person_id").to_pylist()
    facts = _facts(record, number, as_of, kinds, people, days)
    count = len(ids)
    person = _people_columns(people, as_of, days)
    watch = _watch(record, number, terms, people, facts, as_of, days)
    once, transplanted = _counted(facts, person, terms, count)
    seen = _while_watched(once, watch[0], watch[1])
    before = _on_the_day_before(once, watch[0], count)
    return Part(
        person_id=ids,
        centre=people.column("centre_id").to_pylist(),
        watched_from=watch[0].astype(np.int32),
        watched_to=watch[1].astype(np.int32),
        is_declared=watch[2],
        on_dialysis_before=before,
        transplanted=transplanted.astype(np.int32),
        spans=seen,
        notes=_notes(facts, once, person, count),
        bounds=_bounds(facts, person, watch, terms, seen),
        watched_out=len(np.setdiff1d(once.person, seen.person)),
        **person._asdict(),
    )


def _counted(facts: _Read, person: _People, terms: Counting, count: int) -> tuple[Spans, Whole]:
    """The time on dialysis, each day once, and the day of the first transplant."""
    ended, transplanted = _ended(facts, person.died, person.is_dead, count)
    return counted_once(ended, terms.bridge_days, len(MODALITIES) - 1), transplanted


def _bounds(
    facts: _Read,
    person: _People,
    watch: tuple[Whole, Whole, Flags],
    terms: Counting,
    seen: Spans,
) -> tuple[int, int]:
    """The least and most days of the bucket, were every imprecise date at one of its ends."""
    told = total_days(seen)
    touched = np.isin(facts.person, np.unique(facts.person[facts.is_imprecise]))
    if not touched.any():
        return told, told
    some = facts.where(touched)
    told -= total_days(seen.where(np.isin(seen.person, some.person)))
    found = []
    for short in (some.at(1, 0), some.at(0, 1)):
        once, _ = _counted(short, person, terms, len(watch[0]))
        found.append(told + total_days(_while_watched(once, watch[0], watch[1])))
    return min(found), max(found)


_PERSON = ("person_id", "sex", "born_on", "born_on_latest", "died_on", "is_dead", "centre_id")
_FACT = (
    "person_id",
    "concept",
    "present",
    "status",
    "start_from",
    "start_at",
    "end_from",
    "end_at",
    "known_at",
)


def _facts(
    record: Record,
    number: int,
    as_of: Instant,
    kinds: dict[str, int],
    people: pa.Table,
    days: LocalDays,
) -> _Read:
    import pyarrow as pa

    table = record.fact_columns(number, _FACT)
    kind = codes_of(table, "concept", kinds)
    rows = np.flatnonzero(kind >= 0)
    table, kind = table.take(pa.array(rows)), kind[rows]
    is_said = codes_of(table, "present", {"yes": 1}) == 1
    is_said &= codes_of(table, "status", dict.fromkeys(_NOT_COUNTED, 1)) < 0
    is_known = moments_of(table, "known_at") <= as_of
    has_begun = moments_of(table, "start_from") <= as_of
    rows = np.flatnonzero(is_said & is_known & has_begun)
    return _dated(table.take(pa.array(rows)), kind[rows], as_of, people, days)


_NOT_COUNTED = (*sorted(UNCONFIRMED), DRAFT)


def _dated(
    table: pa.Table, kind: Whole, as_of: Instant, people: pa.Table, days: LocalDays
) -> _Read:
    """Imprecise dates at their middle, ends that were not known by then left open."""
    start_from, start_at = moments_of(table, "start_from"), moments_of(table, "start_at")
    end_from, end_at = moments_of(table, "end_from"), moments_of(table, "end_at")
    has_end = (end_from != NO_MOMENT) | (end_at != NO_MOMENT)
    earliest = np.where(end_from != NO_MOMENT, end_from, end_at)
    is_open = ~has_end | (earliest > as_of)
    latest = np.minimum(np.where(end_at != NO_MOMENT, end_at, as_of), as_of)
    # An exact end is the first moment that is outside; the day of a point is its own.
    latest -= (earliest == latest) & (start_at != latest)
    earliest = np.minimum(np.where(is_open, 0, earliest), np.where(is_open, 0, latest))
    ends = (_whole(days.of(earliest)), _whole(days.of(np.where(is_open, 0, latest))))
    starts = (_whole(days.of(start_from)), _whole(days.of(np.minimum(start_at, as_of))))
    return _Read(
        person=rows_of_people(table, people.column("person_id").combine_chunks()),
        kind=kind,
        starts=starts,
        ends=(np.where(is_open, OPEN, ends[0]), np.where(is_open, OPEN, ends[1])),
        known=days.of(moments_of(table, "known_at")).astype(np.int64),
        has_undated_end=~is_open & (end_at == NO_MOMENT),
    )


def _whole(days: Days) -> Whole:
    """Days with room to be added up."""
    return days.astype(np.int64)


class _People(NamedTuple):
    sex: Codes
    born: Days
    died: Days
    is_dead: Flags


def _people_columns(people: pa.Table, as_of: Instant, days: LocalDays) -> _People:
    born_from, born_to = moments_of(people, "born_on"), moments_of(people, "born_on_latest")
    is_born = born_from != NO_MOMENT
    first = days.of(np.where(is_born, born_from, 0)).astype(np.int64)
    born = (first + days.of(np.where(is_born, np.maximum(born_from, born_to), 0))) // 2
    died_on = moments_of(people, "died_on")
    is_dated = (died_on != NO_MOMENT) & (died_on <= as_of)
    died = days.of(np.where(is_dated, died_on, 0)).astype(np.int64)
    said_dead = people.column("is_dead").fill_null(False).to_numpy().astype(bool)
    return _People(
        sex=_coded(people, "sex", SEXES),
        born=np.where(is_born, born, UNKNOWN_DAY).astype(np.int32),
        died=np.where(is_dated, died, UNKNOWN_DAY).astype(np.int32),
        # A death dated later than the day of the report has not happened on that day.
        is_dead=is_dated | (said_dead & (died_on == NO_MOMENT)),
    )


def _coded(people: pa.Table, name: str, words: Sequence[str]) -> Codes:
    places = {word: place for place, word in enumerate(words)}
    unknown = places["unknown"]
    found = [places.get(word, unknown) for word in people.column(name).to_pylist()]
    return np.array(found, np.int16)


def _watch(
    record: Record,
    number: int,
    terms: Counting,
    people: pa.Table,
    facts: _Read,
    as_of: Instant,
    days: LocalDays,
) -> tuple[Whole, Whole, Flags]:
    """The first and last day on which each person is watched, and whether that is declared."""
    today, count = days.day(as_of), people.num_rows
    declared = record.small_columns("observed", number, ("person_id", "domain", "from_at", "to_at"))
    start = np.full(count, OPEN, np.int64)
    np.minimum.at(start, facts.person, facts.known)
    start[start == OPEN] = UNKNOWN_DAY
    end = np.where(start == UNKNOWN_DAY, UNKNOWN_DAY, today)
    is_declared = np.zeros(count, np.bool_)
    is_meant = codes_of(declared, "domain", {terms.observed_domain: 1}) == 1
    declared = declared.take(np.flatnonzero(is_meant))
    if declared.num_rows:
        ids = people.column("person_id").combine_chunks()
        rows = rows_of_people(declared, ids)
        from_day = days.of(moments_of(declared, "from_at")).astype(np.int64)
        to_day = days.of(np.minimum(moments_of(declared, "to_at"), as_of)).astype(np.int64)
        first, last = np.full(count, OPEN, np.int64), np.full(count, UNKNOWN_DAY, np.int64)
        np.minimum.at(first, rows, from_day)
        np.maximum.at(last, rows, to_day)
        is_declared = first <= today
        start, end = np.where(is_declared, first, start), np.where(is_declared, last, end)
    return start, end, is_declared


def _ended(facts: _Read, died: Days, is_dead: Flags, count: int) -> tuple[Spans, Whole]:
    """Spans of dialysis that end with death, and open ones with a transplant or a move away."""
    is_dialysis = facts.kind < TRANSPLANT
    transplanted = np.full(count, OPEN, np.int64)
    given = facts.kind == TRANSPLANT
    np.minimum.at(transplanted, facts.person[given], facts.first[given])
    spans = Spans(facts.person, facts.kind, facts.first, facts.last.copy()).where(is_dialysis)
    for kind in (TRANSPLANT, MOVED):
        _end_open(spans, facts.person[facts.kind == kind], facts.first[facts.kind == kind])
    last = np.where(died == UNKNOWN_DAY, np.int64(OPEN), died.astype(np.int64))
    # Dead, and nobody knows since when: alive until the last day on which something was learnt.
    learnt = np.full(count, UNKNOWN_DAY, np.int64)
    np.maximum.at(learnt, facts.person, facts.known)
    last = np.where(is_dead & (died == UNKNOWN_DAY), learnt, last)
    np.minimum(spans.last, last[spans.person], out=spans.last)
    return spans, np.where(transplanted == OPEN, UNKNOWN_DAY, transplanted)


def _end_open(spans: Spans, people: Whole, days: Whole) -> None:
    """Ends each open span on the day before the first such day after its start."""
    if not len(people):
        return
    order = np.lexsort((days, people))
    keys = people[order] * _LIFT + days[order]
    place = np.searchsorted(keys, spans.person * _LIFT + spans.first, side="right")
    found = keys[np.minimum(place, len(keys) - 1)]
    person = (found + _LIFT // 2) // _LIFT
    ends = (place < len(keys)) & (person == spans.person) & (spans.last == OPEN)
    spans.last[ends] = (found - person * _LIFT)[ends] - 1


_LIFT = 1 << 32
"""Puts a person above a day in one number; no day is half as far away."""


def _while_watched(spans: Spans, first: Whole, last: Whole) -> Spans:
    cut = spans._replace(
        first=np.maximum(spans.first, first[spans.person]),
        last=np.minimum(spans.last, last[spans.person]),
    )
    return cut.where(cut.last >= cut.first)


def _on_the_day_before(spans: Spans, first: Whole, count: int) -> Flags:
    before = np.zeros(count, np.bool_)
    day = first[spans.person] - 1
    before[spans.person[(spans.first <= day) & (spans.last >= day)]] = True
    return before


def _notes(facts: _Read, spans: Spans, person: _People, count: int) -> dict[str, int]:
    """How many people each convention touched."""
    is_dialysis = facts.kind < TRANSPLANT
    has_time = np.zeros(count, np.bool_)
    has_time[spans.person] = True

    def of(which: Flags) -> int:
        return len(np.unique(facts.person[which & is_dialysis]))

    dead_undated = person.is_dead & (person.died == UNKNOWN_DAY)
    return {
        "imprecise_start": of(facts.is_imprecise),
        "undated_end": of(facts.has_undated_end),
        "no_end": of(facts.last == OPEN),
        "transplanted": len(np.unique(facts.person[facts.kind == TRANSPLANT])),
        "moved": len(np.unique(facts.person[facts.kind == MOVED])),
        "dead_without_date": int(dead_undated.sum()),
        "unknown_sex": int((has_time & (person.sex == SEXES.index("unknown"))).sum()),
        "unknown_birth": int((has_time & (person.born == UNKNOWN_DAY)).sum()),
    }
