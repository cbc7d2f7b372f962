"""Everybody of a record in columns: who they are, and how long on which kind of dialysis.

What counts as time on dialysis is written in `knowledge/registry/cohort.yaml` and here:

- a day is counted once, under the kind of dialysis that began last; a kind that is named
  stands before one that is not;
- sessions at most `bridge_days` apart are one span; a session alone counts its own day;
- a date known only as a year or month counts at its middle; `least` and `most` bound that;
- a span without an end goes on until death, a move away, a transplant, or the last day that
  the source speaks for, at most the day of the report; what was not known by then is not used;
- a person is watched from the first day that the source is declared to speak for dialysis, or
  else from the day the first of these facts became known: a case before that day would
  not have been seen, so that time is nobody's (left truncation);
- who has no such span is in the record and not in the time at risk; the attrition says so.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from livedo.assess.timeline import UNCONFIRMED
from livedo.instants import Instant
from livedo.knowledge.counting import Counting, load_counting
from livedo.record.store import Record
from livedo.record.tables import DRAFT
from livedo.registry.by_bucket import over_buckets
from livedo.registry.fact_columns import NO_MOMENT, codes_of, moments_of, rows_of_people
from livedo.registry.local_days import LocalDays, days_of_zone
from livedo.registry.time_on_dialysis import OPEN, Spans, counted_once

if TYPE_CHECKING:
    import pyarrow as pa

    from livedo.knowledge.vocabulary import Vocabulary

Days = npt.NDArray[np.int32]
Codes = npt.NDArray[np.int16]
Flags = npt.NDArray[np.bool_]

UNKNOWN_DAY = -(2**31)
"""In a column of days: not known."""

SEXES = ("female", "male", "other", "unknown")
MODALITIES = ("haemodialysis", "peritoneal", "unknown")
"""Kinds of dialysis; `unknown` is dialysis of a kind that nobody stated."""


class Step(msgspec.Struct, frozen=True):
    """One line of the attrition: how many people were left, and why the others were not."""

    id: str
    people: int
    lost: tuple[tuple[str, int], ...] = ()
    """Reasons with their numbers; they add up to what the step before had more."""


class TimeOnDialysis(msgspec.Struct, frozen=True, eq=False):
    """Spans, one a row, sorted by person and first day; no two of one person overlap.

    Days are counted from 1970-01-01 and both ends are inside.
    """

    person: npt.NDArray[np.int32]
    """Row of the person in the cohort."""
    modality: Codes
    """Place in MODALITIES."""
    first: Days
    last: Days


class Cohort(msgspec.Struct, frozen=True, eq=False, kw_only=True, dict=True):
    """Columns of everybody, in the order of `person_id`; all are equally long."""

    as_of: int
    """The day of the report."""
    person_id: tuple[str, ...]
    sex: Codes
    """Place in SEXES."""
    born: Days
    """The middle of what is known; UNKNOWN_DAY if nothing is."""
    centre: Codes
    """Place in `centres`, or -1 where no centre is known."""
    centres: tuple[str, ...]
    died: Days
    """UNKNOWN_DAY for the living and for deaths without a date (see `is_dead`)."""
    is_dead: Flags
    watched_from: Days
    """UNKNOWN_DAY for people of whom neither a declared span nor a dialysis fact is known."""
    watched_to: Days
    is_declared: Flags
    """Whether the source is declared to speak for the person's dialysis from and to those days."""
    on_dialysis_before: Flags
    """Already on dialysis on the day before `watched_from`: any disease may be older."""
    time: TimeOnDialysis
    """Time on dialysis while watched."""
    transplanted: Days
    """First day; UNKNOWN_DAY where none is known."""
    notes: tuple[tuple[str, int], ...]
    """How many people had an imprecise start, an undated end, overlapping kinds and so on."""
    attrition: tuple[Step, ...]

    def __len__(self) -> int:
        return len(self.person_id)

    @functools.cached_property
    def row_of(self) -> dict[str, int]:
        """The row of each person."""
        return {person_id: row for row, person_id in enumerate(self.person_id)}


def cohort_of(
    record: Record,
    as_of: Instant,
    vocabulary: Vocabulary,
    *,
    processes: int = 1,
    counting: Counting | None = None,
) -> Cohort:
    """Everybody of the record, from what was known at `as_of`.

    Reads a few columns, one bucket at a time in each process.
    """
    terms = counting or load_counting()
    work = functools.partial(_of_bucket, as_of, _kinds(terms, vocabulary), terms)
    parts = over_buckets(work, record, processes)
    return _whole(parts, days_of_zone(record.manifest.time_zone).day(as_of))


class _Part(msgspec.Struct, frozen=True, eq=False, kw_only=True):
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
    watched_out: int
    """People whose time on dialysis lies wholly where nobody watched."""


TRANSPLANT, MOVED = len(MODALITIES), len(MODALITIES) + 1
"""Kinds of facts beside those of dialysis."""


def _kinds(terms: Counting, vocabulary: Vocabulary) -> dict[str, int]:
    """The kind of every concept that is read; a narrower concept keeps its own."""
    named = [*(one.concepts for one in terms.modalities), terms.transplant.concepts]
    kinds: dict[str, int] = {}
    for kind, concepts in reversed(list(enumerate([*named, terms.moved.concepts]))):
        for concept in concepts:
            kinds.update(dict.fromkeys(vocabulary.descendants(concept), kind))
    return kinds


class _Read(msgspec.Struct, frozen=True, eq=False):
    """The facts of one bucket that say something about dialysis."""

    person: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    """OPEN where no end is known."""
    known: npt.NDArray[np.int64]
    is_imprecise: Flags
    has_undated_end: Flags


def _of_bucket(
    as_of: Instant, kinds: dict[str, int], terms: Counting, record: Record, number: int
) -> _Part:
    days = days_of_zone(record.manifest.time_zone)
    people = record.small_columns("person", number, _PERSON)
    ids: list[str] = people.column("person_id").to_pylist()
    facts = _facts(record, number, as_of, kinds, people, days)
    count = len(ids)
    person = _people_columns(people, as_of, days)
    watch = _watch(record, number, terms, people, facts, as_of, days)
    ended, transplanted = _ended(facts, person.died, person.is_dead, count)
    once = counted_once(ended, terms.bridge_days, len(MODALITIES) - 1)
    seen = _while_watched(once, watch[0], watch[1])
    before = _on_the_day_before(once, watch[0], count)
    return _Part(
        person_id=ids,
        centre=people.column("centre_id").to_pylist(),
        watched_from=watch[0].astype(np.int32),
        watched_to=watch[1].astype(np.int32),
        is_declared=watch[2],
        on_dialysis_before=before,
        transplanted=transplanted.astype(np.int32),
        spans=seen,
        notes=_notes(facts, once, person, count),
        watched_out=len(np.setdiff1d(once.person, seen.person)),
        **person._asdict(),
    )


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
    table: pa.Table, kind: npt.NDArray[np.int64], as_of: Instant, people: pa.Table, days: LocalDays
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
    first, is_imprecise = _middle(start_from, np.minimum(start_at, as_of), days)
    last, _ = _middle(earliest, np.where(is_open, 0, latest), days)
    return _Read(
        person=rows_of_people(table, people.column("person_id").combine_chunks()),
        kind=kind,
        first=first,
        last=np.where(is_open, OPEN, np.maximum(last, first)),
        known=days.of(moments_of(table, "known_at")).astype(np.int64),
        is_imprecise=is_imprecise,
        has_undated_end=~is_open & (end_at == NO_MOMENT),
    )


def _middle(
    earliest: npt.NDArray[np.int64], latest: npt.NDArray[np.int64], days: LocalDays
) -> tuple[npt.NDArray[np.int64], Flags]:
    """The middle day of an interval, and whether it is more than one day."""
    first, last = days.of(earliest).astype(np.int64), days.of(latest).astype(np.int64)
    return (first + last) // 2, first != last


class _People(NamedTuple):
    sex: Codes
    born: Days
    died: Days
    is_dead: Flags


def _people_columns(people: pa.Table, as_of: Instant, days: LocalDays) -> _People:
    born_from, born_to = moments_of(people, "born_on"), moments_of(people, "born_on_latest")
    is_born = born_from != NO_MOMENT
    born, _ = _middle(
        np.where(is_born, born_from, 0), np.where(is_born, np.maximum(born_from, born_to), 0), days
    )
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
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Flags]:
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


def _ended(
    facts: _Read, died: Days, is_dead: Flags, count: int
) -> tuple[Spans, npt.NDArray[np.int64]]:
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


def _end_open(spans: Spans, people: npt.NDArray[np.int64], days: npt.NDArray[np.int64]) -> None:
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


def _while_watched(
    spans: Spans, first: npt.NDArray[np.int64], last: npt.NDArray[np.int64]
) -> Spans:
    cut = spans._replace(
        first=np.maximum(spans.first, first[spans.person]),
        last=np.minimum(spans.last, last[spans.person]),
    )
    return cut.where(cut.last >= cut.first)


def _on_the_day_before(spans: Spans, first: npt.NDArray[np.int64], count: int) -> Flags:
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


def _whole(parts: Sequence[_Part], as_of: int) -> Cohort:
    """The buckets as one cohort, in the order of person ids."""
    ids = [person_id for part in parts for person_id in part.person_id]
    order = np.array(sorted(range(len(ids)), key=ids.__getitem__), np.int64)
    new_row = np.empty(len(ids), np.int64)
    new_row[order] = np.arange(len(ids))
    names = [centre for part in parts for centre in part.centre]
    centres = tuple(sorted({name for name in names if name is not None}))
    place = {name: row for row, name in enumerate(centres)}
    centre = np.array([-1 if name is None else place[name] for name in names], np.int16)

    def column(name: str) -> Any:
        return np.concatenate([getattr(part, name) for part in parts])[order]

    return Cohort(
        as_of=as_of,
        person_id=tuple(ids[row] for row in order),
        sex=column("sex"),
        born=column("born"),
        centre=centre[order],
        centres=centres,
        died=column("died"),
        is_dead=column("is_dead"),
        watched_from=column("watched_from"),
        watched_to=column("watched_to"),
        is_declared=column("is_declared"),
        on_dialysis_before=column("on_dialysis_before"),
        time=_time(parts, new_row),
        transplanted=column("transplanted"),
        notes=tuple((name, sum(part.notes[name] for part in parts)) for name in parts[0].notes)
        if parts
        else (),
        attrition=tuple(_attrition(parts)),
    )


def _time(parts: Sequence[_Part], new_row: npt.NDArray[np.int64]) -> TimeOnDialysis:
    starts = np.cumsum([0, *(len(part.person_id) for part in parts)])
    person = np.concatenate(
        [new_row[part.spans.person + start] for part, start in zip(parts, starts, strict=False)]
    )
    columns = [np.concatenate([part.spans[place] for part in parts]) for place in (1, 2, 3)]
    order = np.lexsort((columns[1], person))
    kind, first, last = (column[order] for column in columns)
    return TimeOnDialysis(
        person=person[order].astype(np.int32),
        modality=kind.astype(np.int16),
        first=first.astype(np.int32),
        last=last.astype(np.int32),
    )


def _attrition(parts: Sequence[_Part]) -> Iterator[Step]:
    everybody = sum(len(part.person_id) for part in parts)
    watched = sum(len(np.unique(part.spans.person)) for part in parts)
    out = sum(part.watched_out for part in parts)
    yield Step("in_record", everybody)
    yield Step(
        "ever_on_dialysis", watched + out, (("never_on_dialysis", everybody - watched - out),)
    )
    yield Step("on_dialysis_while_watched", watched, (("only_before_watched", out),))
