"""How many have it and how many get it: true counts and person-days, before protection.

Every number that may leave has an id. `cells` gives the counts by id and `sums` says which
add up to which; `protect` hides and rounds, and shares and rates are computed after that.

- *Point prevalence*: people on dialysis on 31 December, or on the day of the report where no
  year of it is over; a case is one who had met the level by then and of whom no healing is
  recorded before it.
- *Period prevalence*: people on dialysis at some time of the period, sorted by their kind of
  dialysis and age on their last day in it; a case had met the level by the end and was not
  recorded as healed before the period began.
- *Incidence*: cases that first met the level in the period, on dialysis or at most
  `after_dialysis_days` after it, over the days on dialysis of everybody while watched. A
  person's time ends on the day the level is met. Its people are those with time at risk in the
  group; one who changed the kind of dialysis or grew older stands in several. Whoever was on
  dialysis before anybody watched may have had it already: the first `washout_days` count
  neither cases nor time, and a case met before they are over is prevalent and gives no time.
- People of whom only the register knows, and not the record, are in no count here: nobody knows
  how long they were on dialysis.
- Cases not on dialysis are counted apart and are in no rate (EPI-09).
- Years are calendar years, age is that on the day, and who has no known sex, birth or centre is
  a group of its own.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from livedo.errors import SettingInvalid
from livedo.knowledge.counting import Counting, load_counting
from livedo.knowledge.definitions import Definition, load_definitions
from livedo.registry.case import Case
from livedo.registry.cohort import SEXES, UNKNOWN_DAY, Cohort, Step
from livedo.registry.occurrence_shapes import (
    ALL,
    REGISTER,
    UNKNOWN,
    Counted,
    Measure,
    Occurrence,
    Row,
    SexRatio,
    Stratum,
)
from livedo.registry.occurrence_tables import (
    Group,
    Level,
    Tables,
    groups_of,
    one_place_each,
    with_time,
    within,
)
from livedo.registry.person_days import Rows, Sorting, first_day, last_day, rows_of, year_of

__all__ = [
    "ALL",
    "REGISTER",
    "UNKNOWN",
    "Counted",
    "Occurrence",
    "Row",
    "SexRatio",
    "Stratum",
    "full_years",
    "occurrence_of",
]

Whole = npt.NDArray[np.int64]


def full_years(cohort: Cohort) -> tuple[int, ...]:
    """The calendar years that were watched from the first to the last day."""
    watched = cohort.watched_from[cohort.watched_from != UNKNOWN_DAY]
    if not len(watched):
        return ()
    first = year_of(int(watched.min()) - 1) + 1
    last = year_of(cohort.as_of + 1) - 1
    return tuple(range(first, last + 1))


def occurrence_of(
    cohort: Cohort,
    cases: Sequence[Case],
    years: Sequence[int],
    *,
    counting: Counting | None = None,
    definitions: Sequence[Definition] | None = None,
) -> Occurrence:
    """Counts for these calendar years, which follow each other without a gap.

    Raises:
        SettingInvalid: no year, or years with a gap.
    """
    if not years or list(years) != list(range(years[0], years[-1] + 1)):
        raise SettingInvalid(
            "The years of the report must follow each other.",
            next_step="Give the first and the last calendar year, such as 2021-2025.",
        )
    return _Counting(
        cohort,
        tuple(cases),
        tuple(years),
        counting or load_counting(),
        load_definitions() if definitions is None else definitions,
    ).occurrence()


class _Counting:
    """Counts once for one cohort, its cases and a period."""

    def __init__(
        self,
        cohort: Cohort,
        cases: tuple[Case, ...],
        years: tuple[int, ...],
        terms: Counting,
        definitions: Sequence[Definition],
    ) -> None:
        self.cohort, self.cases, self.years, self.terms = cohort, cases, years, terms
        self.first, self.last = first_day(years[0]), min(last_day(years[-1]), cohort.as_of)
        self.period = str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}"
        self.time = rows_of(cohort)
        self.at_risk = self._at_risk()
        starts = sorted({*terms.age_groups, *terms.band_starts()})
        self.band_starts = tuple(starts)
        self.sorting = Sorting(cohort, self.band_starts)
        self.levels = list(self._levels(definitions))
        self.groups = list(groups_of(cohort.centres, terms, self.band_starts))
        self.tables = Tables(self.sorting)

    def occurrence(self) -> Occurrence:
        self._prevalence()
        days = self._days_of_everybody()
        strata: list[Stratum] = []
        counted: list[Counted] = []
        outside: list[tuple[str, int]] = []
        for level in self.levels:
            new = self._new(level)
            by_year = self._days_until_met(level, days)
            self._incidence(level, new, by_year)
            strata += self._strata(level, new, sum_of(by_year.values()))
            counted.append(new.counted)
            outside.append(
                (f"outside_dialysis.{level.definition}.{level.level}", new.counted.outside_dialysis)
            )
        suspected, not_worked_up = self._suspected()
        self.tables.nest()
        return Occurrence(
            years=self.years,
            rows=tuple(self.tables.rows),
            strata=tuple(strata),
            internal_standard=tuple(self._by_band(sum_of(days.values()))),
            sex_ratios=tuple(self._sex_ratios()),
            suspected=suspected,
            not_worked_up=not_worked_up,
            outside_dialysis=tuple(outside),
            counted=tuple(counted),
            attrition=tuple(self._attrition()),
            sums=tuple(dict.fromkeys(self.tables.sums)),
        )

    def _days_of_everybody(self) -> dict[int, Whole]:
        """The days at risk by year and group; and who has any, by year and in the whole period."""
        whole, days = self.sorting.nobody(), {}
        self._people_of_year: dict[int, int] = {}
        for year in self.years:
            seen = self.sorting.nobody()
            days[year] = self.sorting.days(self.at_risk, year, seen)
            self._people_of_year[year] = int(seen.anybody.sum())
            whole.add(seen)
        self._people_at_risk = with_time(whole, self.sorting)
        return days

    def _at_risk(self) -> Rows:
        """Time in which a new case would be seen as new, up to the end of the period."""
        cohort = self.cohort
        start = cohort.watched_from.astype(np.int64)
        start = np.where(cohort.on_dialysis_before, start + self.terms.washout_days, start)
        self.start = start
        return self.time.within(np.maximum(start[self.time.person], self.first), self.last)

    def _levels(self, definitions: Sequence[Definition]) -> Iterator[Level]:
        named = [(one.id, level.id) for one in definitions for level in one.levels]
        register = self.terms.register
        named += [(register.id, level.id) for level in register.levels]
        for definition, level in named:
            reached = [
                (self.cohort.row_of[case.person_id], one.on, _last_with_it(case))
                for case in self.cases
                if case.person_id in self.cohort.row_of
                for one in case.reached
                if (one.definition, one.level) == (definition, level)
            ]
            columns = np.array(reached, np.int64).reshape(len(reached), 3).T
            yield Level(definition, level, columns[0], columns[1], columns[2])

    # -- prevalence ------------------------------------------------------------------------

    def _prevalence(self) -> None:
        past = [day for day in map(last_day, self.years) if day <= self.cohort.as_of]
        # In a year that is not over yet, the day of the report stands for its last day.
        *earlier, newest = past or [self.last]
        for day in earlier:
            self._on_day(day, ())
        self._on_day(newest, self.groups)
        for year in self.years:
            if len(self.years) > 1:
                self._in_period(str(year), first_day(year), last_day(year), ())
        self._in_period(self.period, self.first, self.last, self.groups)

    def _on_day(self, day: int, groups: Sequence[Group]) -> None:
        """People on dialysis on one day."""
        rows = self.time.where((self.time.first <= day) & (self.time.last >= day))
        self._people("point_prevalence", iso(day), rows, day, day, day, groups)

    def _in_period(self, period: str, first: int, last: int, groups: Sequence[Group]) -> None:
        rows = self.time.within(first, min(last, self.cohort.as_of))
        # Rows are in the order of person and day, so the last of each person is kept.
        rows = rows.where(_is_last(rows.person))
        self._people("period_prevalence", period, rows, rows.last, first, last, groups)

    def _people(
        self,
        measure: Measure,
        period: str,
        rows: Rows,
        day: Whole | int,
        first: int,
        last: int,
        groups: Sequence[Group],
    ) -> None:
        """Rows for one day or period; each of `rows` is one person."""
        people = one_place_each(self.sorting.people(rows.person, rows.modality, day))
        places = self.sorting.places(rows.person, rows.modality, day)
        for level in self.levels:
            with_it = level.person[(level.on <= last) & (level.until >= first)]
            is_case = np.isin(rows.person, with_it)
            self.tables.table(
                measure,
                level,
                period,
                (rows.person[is_case], places[is_case]),
                people,
                None,
                groups,
            )

    # -- incidence -------------------------------------------------------------------------

    def _new(self, level: Level) -> _New:
        """The cases that count as new, and what became of the others."""
        place = self._time_of(level)
        is_on = place >= 0
        was_watched = level.on >= self.start[level.person]
        before = level.on < self.first
        after = level.on > self.last
        inside = ~before & ~after
        new = inside & was_watched & is_on
        rows = np.maximum(place, 0)
        modality = self.time.modality[rows[new]]
        counted = Counted(
            definition=level.definition,
            level=level.level,
            reached=len(level.on),
            new=int(new.sum()),
            before_period=int(before.sum()),
            prevalent=int((inside & ~was_watched).sum()),
            outside_dialysis=int((inside & was_watched & ~is_on).sum()),
            after_period=int(after.sum()),
        )
        return _New(level.person[new], level.on[new], modality, counted)

    def _time_of(self, level: Level) -> Whole:
        """The row of time on dialysis in which, or so soon after which, each case was met."""
        if not len(self.time.person):
            return np.full(len(level.on), -1, np.int64)
        keys = self.time.person * _LIFT + self.time.first
        place = np.searchsorted(keys, level.person * _LIFT + level.on, side="right") - 1
        safe = np.maximum(place, 0)
        same = (place >= 0) & (self.time.person[safe] == level.person)
        near = level.on <= self.time.last[safe] + self.terms.after_dialysis_days
        return np.where(same & near, place, -1)

    def _days_until_met(self, level: Level, days: dict[int, Whole]) -> dict[int, Whole]:
        """The days at risk by year and group: those of everybody, up to the day each met it."""
        rows = self.at_risk.where(np.isin(self.at_risk.person, level.person))
        end = np.full(len(self.cohort), 2**40, np.int64)
        np.minimum.at(end, level.person, level.on)
        # Met before its time at risk began: that person gives no time at all.
        until = rows.within(-(2**40), end[rows.person])
        found = {}
        for year, everybody in days.items():
            cut = self.sorting.days(rows, year) - self.sorting.days(until, year)
            found[year] = everybody - cut
        return found

    def _incidence(self, level: Level, new: _New, by_year: dict[int, Whole]) -> None:
        places = self.sorting.places(new.person, new.modality, new.on)
        people = self._people_at_risk
        days = sum_of(by_year.values())
        self.tables.table(
            "incidence", level, self.period, (new.person, places), people, days, self.groups
        )
        if len(self.years) == 1:
            return
        parts = []
        for year, of_year in by_year.items():
            is_in = (new.on >= first_day(year)) & (new.on <= last_day(year))
            row = self.tables.row("incidence", level, self.period, "year", str(year))
            row = msgspec.structs.replace(
                row,
                cases=int(is_in.sum()),
                people=self._people_of_year[year],
                person_days=int(of_year.sum()),
            )
            self.tables.keep(row, new.person[is_in])
            parts.append(row.cases_id)
        whole = self.tables.row("incidence", level, self.period, "overall", ALL)
        self.tables.sums.append((whole.cases_id, tuple(parts)))

    # -- the rest --------------------------------------------------------------------------

    def _strata(self, level: Level, new: _New, days: Whole) -> Iterator[Stratum]:
        places = self.sorting.places(new.person, new.modality, new.on)
        size = int(np.prod(self.sorting.shape))
        cases = np.bincount(places, minlength=size).reshape(self.sorting.shape)
        every: list[tuple[str, int | slice]] = [(ALL, slice(None))]
        for sex, of_sex in (*every, *((sex, place) for place, sex in enumerate(SEXES))):
            of_cases, of_days = self._by_band(cases, of_sex), self._by_band(days, of_sex)
            for (band, count), (_, person_days) in zip(of_cases, of_days, strict=True):
                if count or person_days:
                    yield Stratum(
                        definition=level.definition,
                        level=level.level,
                        period=self.period,
                        sex=sex,
                        age_band=band,
                        cases=count,
                        person_days=person_days,
                    )

    def _by_band(self, counts: Whole, sex: int | slice = slice(None)) -> list[tuple[str, int]]:
        """By band of the standard population, the unknown last."""
        of_sex = counts[:, sex].reshape(-1, counts.shape[-1]).sum(axis=0)
        edges = (*self.terms.band_starts(), 10**6)
        found = []
        for name, (low, high) in zip(self.terms.band_names(), pairwise(edges), strict=True):
            bands = [k for k, start in enumerate(self.band_starts) if low <= start < high]
            found.append((name, int(of_sex[bands].sum())))
        return [*found, (UNKNOWN, int(of_sex[-1]))]

    def _sex_ratios(self) -> Iterator[SexRatio]:
        rows = {row.id: row for row in self.tables.rows}
        for level in self.levels:
            women = self.tables.row("incidence", level, self.period, "sex", "female")
            men = self.tables.row("incidence", level, self.period, "sex", "male")
            if women.id in rows and men.id in rows:
                yield SexRatio(
                    definition=level.definition,
                    level=level.level,
                    period=self.period,
                    women_id=women.cases_id,
                    men_id=men.cases_id,
                    women_days=rows[women.id].person_days,
                    men_days=rows[men.id].person_days,
                )

    def _suspected(self) -> tuple[tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]]:
        every, not_worked_up = [], []
        for year in self.years:
            end = min(last_day(year), self.cohort.as_of)
            mine = [
                case
                for case in self.cases
                if case.suspected is not None and first_day(year) <= case.suspected <= end
            ]
            never = sum(1 for case in mine if _is_open(case, end))
            every.append((f"suspected.{year}.all", len(mine)))
            not_worked_up.append((f"suspected.{year}.not_worked_up", never))
            self.tables.sums.append(within(every[-1][0], not_worked_up[-1][0]))
        return tuple(every), tuple(not_worked_up)

    def _attrition(self) -> Iterator[Step]:
        yield from self.cohort.attrition
        before = self.cohort.attrition[-1].people if self.cohort.attrition else 0
        in_period = len(np.unique(self.time.within(self.first, self.last).person))
        yield Step("in_period", in_period, (("not_on_dialysis_in_period", before - in_period),))
        at_risk = len(np.unique(self.at_risk.person))
        yield Step("at_risk", at_risk, (("only_in_washout", in_period - at_risk),))


class _New(NamedTuple):
    """New cases of one level: who, when, on which kind of dialysis."""

    person: Whole
    on: Whole
    modality: Whole
    counted: Counted


def _is_last(person: Whole) -> npt.NDArray[np.bool_]:
    """The last row of each person; rows stand in their order."""
    return np.append(person[1:] != person[:-1], np.ones(min(1, len(person)), np.bool_))


_LIFT = 1 << 32


def sum_of(arrays: Iterable[Whole]) -> Whole:
    """The sum of arrays of one shape."""
    return functools.reduce(np.add, arrays)


def _last_with_it(case: Case) -> int:
    """The day before it had healed, where that was recorded."""
    return 2**40 if case.healed is None else (case.healed.first + case.healed.last) // 2 - 1


def _is_open(case: Case, end: int) -> bool:
    """Whether nobody had worked it up by the end of the year or of what is known."""
    waiting = case.suspected_not_worked_up
    return waiting is not None and waiting.last >= min(end, case.followed_to)


def iso(day: int) -> str:
    """A day as `2023-12-31`."""
    return date.fromordinal(date(1970, 1, 1).toordinal() + day).isoformat()
