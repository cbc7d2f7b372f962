"""The life table: day by day who is watched, who dies and of what; and the curves it gives.

Everything that is estimated about time comes from a `LifeTable` of whole numbers, so that the
same few lines run on a table as counted and on a table whose numbers were rounded.

A person is watched in *spells*: from the first day on which his death would be counted to the
last day, at the end of which he died or was last known alive. Days are whole; any number of
people may die on one day (lifelines' `AalenJohansenFitter` shifts such ties at random, statsmodels'
`CumIncidenceRight` takes no late entry; both agree with these lines where they apply: see
tests/registry/test_life_table.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec
import numpy as np

from livedo.registry.case import Day


class Spell(msgspec.Struct, frozen=True):
    """One stretch in which one person is watched: at risk on `first` to `last`, both included."""

    first: Day
    last: Day
    cause: str | None = None
    """What happened on `last`; None when it was only the last day anything is known."""


class LifeTable(msgspec.Struct, frozen=True, kw_only=True):
    """Counts by day since the start; one row for each day on which anything changes.

    `at_risk[k]` is the number at risk on `times[k]`, before what happened that day:
    `at_risk[k+1] = at_risk[k] - events of all causes[k] - censored[k] + entered[k+1]`.
    `entered[k]` is the number whose first day at risk is `times[k]`.
    """

    times: tuple[Day, ...]
    at_risk: tuple[int, ...]
    events_by_cause: dict[str, tuple[int, ...]]
    censored: tuple[int, ...]
    entered: tuple[int, ...]

    @property
    def events(self) -> tuple[int, ...]:
        """Events of all causes, row by row."""
        rows = zip(*self.events_by_cause.values(), strict=True)
        return tuple(map(sum, rows)) if self.events_by_cause else (0,) * len(self.times)

    @property
    def spells(self) -> int:
        """How many spells the table counts: as many as people, unless one enters twice."""
        return sum(self.entered)

    @property
    def person_years(self) -> float:
        """Time watched: every day at risk counts whole, 365.25 days are a year."""
        days = 0
        for row, (day, n) in enumerate(zip(self.times, self.at_risk, strict=True)):
            until = self.times[row + 1] if row + 1 < len(self.times) else day + 1
            days += n + max(self._left(row), 0) * (until - day - 1)
        return days / 365.25

    def total(self, cause: str, until: Day | None = None) -> int:
        """How many events of one cause there are, until a day and on it, or in all."""
        rows = zip(self.times, self.events_by_cause[cause], strict=True)
        return sum(count for day, count in rows if until is None or day <= until)

    def _left(self, row: int) -> int:
        """How many are still watched after what happened on the day of a row."""
        events = sum(counts[row] for counts in self.events_by_cause.values())
        return self.at_risk[row] - events - self.censored[row]

    def at_risk_on(self, day: Day) -> int:
        """How many are watched on a day, before what happened that day."""
        row = int(np.searchsorted(self.times, day, side="right")) - 1
        if row < 0:
            return 0
        if self.times[row] == day:
            return self.at_risk[row]
        return self._left(row)

    def merged(self, groups: Mapping[str, Sequence[str]]) -> LifeTable:
        """The same table with causes put together: `{"any": ["disease", "other"]}`."""
        events = {
            name: tuple(
                map(sum, zip(*(self.events_by_cause[cause] for cause in causes), strict=True))
            )
            for name, causes in groups.items()
        }
        return msgspec.structs.replace(self, events_by_cause=events)


def life_table(spells: Iterable[Spell], causes: Sequence[str]) -> LifeTable:
    """Count spells by day. The order of the spells changes nothing.

    Raises ValueError when a spell ends before it begins or has a cause that is not among `causes`.
    """
    known = list(spells)
    ends = np.array([_number(spell, causes) for spell in known], dtype=np.int64)
    first = np.array([spell.first for spell in known], dtype=np.int64)
    last = np.array([spell.last for spell in known], dtype=np.int64)
    days = np.unique(np.concatenate([first, last]))
    entered = _counted(days, first)
    events = {cause: _counted(days, last[ends == k]) for k, cause in enumerate(causes)}
    left = _counted(days, last)
    at_risk = np.cumsum(entered) - np.cumsum(left) + left
    return LifeTable(
        times=_whole(days),
        at_risk=_whole(at_risk),
        events_by_cause={cause: _whole(count) for cause, count in events.items()},
        censored=_whole(_counted(days, last[ends == -1])),
        entered=_whole(entered),
    )


def _number(spell: Spell, causes: Sequence[str]) -> int:
    if spell.last < spell.first:
        raise ValueError("a spell ends before it begins")
    return -1 if spell.cause is None else causes.index(spell.cause)


def _counted(days: np.ndarray, on: np.ndarray) -> np.ndarray:
    return np.bincount(np.searchsorted(days, on), minlength=len(days))


def _whole(numbers: np.ndarray) -> tuple[int, ...]:
    return tuple(int(number) for number in numbers)
