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

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Days = npt.NDArray[np.int32]
    Codes = npt.NDArray[np.int16]

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

    person: Days
    """Row of the person in the cohort."""
    modality: Codes
    """Place in MODALITIES."""
    first: Days
    last: Days


class Cohort(msgspec.Struct, frozen=True, eq=False, kw_only=True):
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
    is_dead: npt.NDArray[np.bool_]
    watched_from: Days
    """UNKNOWN_DAY for people of whom neither a declared span nor a dialysis fact is known."""
    watched_to: Days
    time: TimeOnDialysis
    """Time on dialysis while watched."""
    transplanted: Days
    """First day; UNKNOWN_DAY where none is known."""
    notes: tuple[tuple[str, int], ...]
    """How many people had an imprecise start, an undated end, overlapping kinds and so on."""
    attrition: tuple[Step, ...]

    def __len__(self) -> int:
        return len(self.person_id)
