"""Everybody of a record in columns: who they are, and how long on which kind of dialysis.

What counts as time on dialysis is written in `knowledge/registry/cohort.yaml` and here:

- a day is counted once, under the kind of dialysis that began last; a kind that is named
  stands before one that is not;
- sessions at most `bridge_days` apart are one span; a session alone counts its own day;
- a date known only as a year or month counts at its middle; `bounds` says how much of the time
  hangs on that;
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
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import numpy.typing as npt

from livedo.instants import Instant
from livedo.knowledge.counting import Counting, load_counting
from livedo.record.store import Record
from livedo.registry.by_bucket import nothing, over_buckets
from livedo.registry.cohort_reading import (
    MODALITIES,
    SEXES,
    UNKNOWN_DAY,
    Codes,
    Days,
    Flags,
    Part,
    kinds_of,
    read_bucket,
)
from livedo.registry.local_days import days_of_zone

if TYPE_CHECKING:
    from livedo.knowledge.vocabulary import Vocabulary

__all__ = ["MODALITIES", "SEXES", "UNKNOWN_DAY", "Cohort", "Step", "TimeOnDialysis", "cohort_of"]


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
    bounds: tuple[int, int]
    """The least and the most days of `time`, were each imprecise date at one of its ends."""
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
    work = functools.partial(read_bucket, as_of, kinds_of(terms, vocabulary), terms)
    parts = over_buckets(work, record, nothing, processes)
    return _whole(parts, days_of_zone(record.manifest.time_zone).day(as_of))


def _whole(parts: Sequence[Part], as_of: int) -> Cohort:
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
        bounds=(sum(part.bounds[0] for part in parts), sum(part.bounds[1] for part in parts)),
        transplanted=column("transplanted"),
        notes=tuple((name, sum(part.notes[name] for part in parts)) for name in parts[0].notes)
        if parts
        else (),
        attrition=tuple(_attrition(parts)),
    )


def _time(parts: Sequence[Part], new_row: npt.NDArray[np.int64]) -> TimeOnDialysis:
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


def _attrition(parts: Sequence[Part]) -> Iterator[Step]:
    everybody = sum(len(part.person_id) for part in parts)
    watched = sum(len(np.unique(part.spans.person)) for part in parts)
    out = sum(part.watched_out for part in parts)
    yield Step("in_record", everybody)
    yield Step(
        "ever_on_dialysis", watched + out, (("never_on_dialysis", everybody - watched - out),)
    )
    yield Step("on_dialysis_while_watched", watched, (("only_before_watched", out),))
