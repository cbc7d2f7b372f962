"""How many have it and how many get it: true counts and person-days, before protection.

Every number that may leave has an id. `cells` gives the counts by id and `sums` says which
add up to which; `protect` hides and rounds, and shares and rates are computed after that.

- *Point prevalence*: people on dialysis on 31 December, or on the day of the report where no
  year of it is over; a case is one who had met the level by
  then and of whom no healing is recorded before it.
- *Period prevalence*: people on dialysis at some time of the period, sorted by their kind of
  dialysis and age on their last day in it; a case had met the level by the end and was not
  recorded as healed before the period began.
- *Incidence*: cases that first met the level in the period, on dialysis or at most
  `after_dialysis_days` after it, over the days on dialysis of everybody while watched. A
  person's time ends on the day the level is met. Whoever was on dialysis before anybody
  watched may have had it already: the first `washout_days` count neither cases nor time, and a
  case met before they are over is prevalent and gives no time at all.
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
from itertools import combinations, pairwise
from typing import Literal, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from livedo.errors import SettingInvalid
from livedo.knowledge.counting import Counting, load_counting
from livedo.knowledge.definitions import Definition, load_definitions
from livedo.registry.case import Case
from livedo.registry.cohort import MODALITIES, SEXES, UNKNOWN_DAY, Cohort, Step
from livedo.registry.person_days import Rows, Sorting, first_day, last_day, rows_of, year_of

Whole = npt.NDArray[np.int64]

Measure = Literal["point_prevalence", "period_prevalence", "incidence"]
Dimension = Literal["overall", "year", "centre", "sex", "modality", "age_group"]

REGISTER = "register"
"""The definition "entered in the register", beside those of `definitions.yaml`."""

UNKNOWN = "unknown"
"""The group of people of whom a sex, birth or centre is not known; it is never dropped."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One group under one level of one definition."""

    id: str
    """`incidence.ours.confirmed.2021-2025.sex.female`"""
    measure: Measure
    definition: str
    level: str
    period: str
    """`2023`, `2021-2025`, or the day of a point prevalence: `2023-12-31`."""
    dimension: Dimension
    group: str
    """A year, a centre id, a sex, a modality, an age group, `all`, or `unknown`."""
    cases: int
    people: int
    """On dialysis on that day, or at some time of the period."""
    person_days: int = 0
    """Watched, on dialysis and without the disease so far; of incidence only."""

    @property
    def cases_id(self) -> str:
        """The id of the count of cases."""
        return f"{self.id}.cases"

    @property
    def people_id(self) -> str:
        """The id of the count of people; the same under every definition."""
        kind = "on_day" if self.measure == "point_prevalence" else "in_period"
        if self.dimension == "year":
            return f"people.in_period.{self.group}.overall.all"
        return f"people.{kind}.{self.period}.{self.dimension}.{self.group}"


class Stratum(msgspec.Struct, frozen=True, kw_only=True):
    """Cases and person-days of one band of age, for standardisation."""

    definition: str
    level: str
    period: str
    sex: str
    """`all` for both together."""
    age_band: str
    """`0-4` ... `90+`, as the standard population has them, or `unknown`."""
    cases: int
    person_days: int


class SexRatio(msgspec.Struct, frozen=True, kw_only=True):
    """Women to men under one level; the counts are cells of the table by sex."""

    definition: str
    level: str
    period: str
    women_id: str
    men_id: str
    women_days: int
    men_days: int


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """What became of everybody who ever met one level: the parts add up to `reached`."""

    definition: str
    level: str
    reached: int
    new: int
    """Counted in the incidence of the period."""
    before_period: int
    prevalent: int
    """Met before anybody watched, or in the washout."""
    outside_dialysis: int
    after_period: int

    @property
    def id(self) -> str:
        """`counted.ours.confirmed`"""
        return f"counted.{self.definition}.{self.level}"


class Occurrence(msgspec.Struct, frozen=True, kw_only=True):
    """All of it, in a fixed order."""

    years: tuple[int, ...]
    rows: tuple[Row, ...]
    strata: tuple[Stratum, ...]
    """Of incidence in the whole period."""
    internal_standard: tuple[tuple[str, int], ...]
    """Person-days of everybody by band of age."""
    sex_ratios: tuple[SexRatio, ...]
    suspected: tuple[tuple[str, int], ...]
    """By year: people first suspected in it."""
    not_worked_up: tuple[tuple[str, int], ...]
    """By year: those of them who were not worked up by its end, or by their last day known."""
    outside_dialysis: tuple[tuple[str, int], ...]
    """Cases of the period not on dialysis when they were met, by level; in no rate."""
    counted: tuple[Counted, ...]
    attrition: tuple[Step, ...]
    sums: tuple[tuple[str, tuple[str, ...]], ...]
    """Total and parts. `A without B` is printed nowhere, and can be worked out by subtracting."""

    def cells(self) -> dict[str, int]:
        """Every count that may leave, by its id."""
        found: dict[str, int] = {}
        for row in self.rows:
            found[row.cases_id] = row.cases
            found[row.people_id] = row.people
        return found | dict((*self.suspected, *self.not_worked_up, *self.outside_dialysis))


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


class _Level(NamedTuple):
    """The cases of one level: rows of the cohort, the day it was met, the day before healing."""

    definition: str
    level: str
    person: Whole
    on: Whole
    until: Whole
    """The last day with the disease."""


class _Group(NamedTuple):
    """One group of a dimension: which axis, and which places on it."""

    dimension: Dimension
    group: str
    axis: int
    places: tuple[int, ...]


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
        self.groups = list(self._groups())
        self.rows: list[Row] = []
        self.members: dict[str, frozenset[int]] = {}
        """Who the cases of a row are, by the id of their count: to find which groups are nested."""
        self.sums: list[tuple[str, tuple[str, ...]]] = []

    def occurrence(self) -> Occurrence:
        self._prevalence()
        days = {year: self.sorting.days(self.at_risk, year) for year in self.years}
        strata, counted, outside = [], [], []
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
        self._nest()
        return Occurrence(
            years=self.years,
            rows=tuple(self.rows),
            strata=tuple(strata),
            internal_standard=tuple(self._by_band(sum_of(days.values()))),
            sex_ratios=tuple(self._sex_ratios()),
            suspected=suspected,
            not_worked_up=not_worked_up,
            outside_dialysis=tuple(outside),
            counted=tuple(counted),
            attrition=tuple(self._attrition()),
            sums=tuple(dict.fromkeys(self.sums)),
        )

    def _at_risk(self) -> Rows:
        """Time in which a new case would be seen as new, up to the end of the period."""
        cohort = self.cohort
        start = cohort.watched_from.astype(np.int64)
        start = np.where(cohort.on_dialysis_before, start + self.terms.washout_days, start)
        self.start = start
        return self.time.within(np.maximum(start[self.time.person], self.first), self.last)

    def _levels(self, definitions: Sequence[Definition]) -> Iterator[_Level]:
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
            yield _Level(definition, level, columns[0], columns[1], columns[2])

    def _groups(self) -> Iterator[_Group]:
        """Every group of every dimension but the years; unknown is one of them."""
        for place, centre in enumerate((*self.cohort.centres, UNKNOWN)):
            yield _Group("centre", centre, 0, (place,))
        for place, sex in enumerate(SEXES):
            yield _Group("sex", sex, 1, (place,))
        for place, modality in enumerate(MODALITIES):
            yield _Group("modality", modality, 2, (place,))
        edges = (*self.terms.age_groups, 10**6)
        for name, (low, high) in zip(self.terms.age_group_names(), pairwise(edges), strict=True):
            bands = [k for k, start in enumerate(self.band_starts) if low <= start < high]
            yield _Group("age_group", name, 3, tuple(bands))
        yield _Group("age_group", UNKNOWN, 3, (len(self.band_starts),))

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

    def _on_day(self, day: int, groups: Sequence[_Group]) -> None:
        """People on dialysis on one day."""
        rows = self.time.where((self.time.first <= day) & (self.time.last >= day))
        self._people("point_prevalence", iso(day), rows, day, day, day, groups)

    def _in_period(self, period: str, first: int, last: int, groups: Sequence[_Group]) -> None:
        rows = self.time.within(first, min(last, self.cohort.as_of))
        # Rows are in the order of person and day, so the last of each person is kept.
        is_last = np.append(rows.person[1:] != rows.person[:-1], True) if len(rows.person) else []
        rows = rows.where(np.asarray(is_last, np.bool_))
        self._people("period_prevalence", period, rows, rows.last, first, last, groups)

    def _people(
        self,
        measure: Measure,
        period: str,
        rows: Rows,
        day: Whole | int,
        first: int,
        last: int,
        groups: Sequence[_Group],
    ) -> None:
        """Rows for one day or period; each of `rows` is one person."""
        people = self.sorting.people(rows.person, rows.modality, day)
        places = self.sorting.places(rows.person, rows.modality, day)
        for level in self.levels:
            with_it = level.person[(level.on <= last) & (level.until >= first)]
            is_case = np.isin(rows.person, with_it)
            self._table(
                measure,
                level,
                period,
                (rows.person[is_case], places[is_case]),
                people,
                None,
                groups,
            )

    # -- incidence -------------------------------------------------------------------------

    def _new(self, level: _Level) -> _New:
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

    def _time_of(self, level: _Level) -> Whole:
        """The row of time on dialysis in which, or so soon after which, each case was met."""
        if not len(self.time.person):
            return np.full(len(level.on), -1, np.int64)
        keys = self.time.person * _LIFT + self.time.first
        place = np.searchsorted(keys, level.person * _LIFT + level.on, side="right") - 1
        safe = np.maximum(place, 0)
        same = (place >= 0) & (self.time.person[safe] == level.person)
        near = level.on <= self.time.last[safe] + self.terms.after_dialysis_days
        return np.where(same & near, place, -1)

    def _days_until_met(self, level: _Level, days: dict[int, Whole]) -> dict[int, Whole]:
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

    def _incidence(self, level: _Level, new: _New, by_year: dict[int, Whole]) -> None:
        places = self.sorting.places(new.person, new.modality, new.on)
        people = self._people_of_period
        days = sum_of(by_year.values())
        self._table(
            "incidence", level, self.period, (new.person, places), people, days, self.groups
        )
        if len(self.years) == 1:
            return
        parts = []
        for year, of_year in by_year.items():
            is_in = (new.on >= first_day(year)) & (new.on <= last_day(year))
            row = self._row("incidence", level, self.period, "year", str(year))
            row = msgspec.structs.replace(
                row,
                cases=int(is_in.sum()),
                people=self._people_of_year[str(year)],
                person_days=int(of_year.sum()),
            )
            self._keep(row, new.person[is_in])
            parts.append(row.cases_id)
        whole = self._row("incidence", level, self.period, "overall", ALL)
        self.sums.append((whole.cases_id, tuple(parts)))

    @functools.cached_property
    def _people_of_period(self) -> Whole:
        rows = self.time.within(self.first, self.last)
        last = rows.where(np.append(rows.person[1:] != rows.person[:-1], len(rows.person) > 0))
        return self.sorting.people(last.person, last.modality, last.last)

    @functools.cached_property
    def _people_of_year(self) -> dict[str, int]:
        found = {}
        for year in self.years:
            rows = self.time.within(first_day(year), min(last_day(year), self.cohort.as_of))
            found[str(year)] = len(np.unique(rows.person))
        return found

    # -- tables ----------------------------------------------------------------------------

    def _row(
        self, measure: Measure, level: _Level, period: str, dimension: Dimension, group: str
    ) -> Row:
        stem = f"{measure}.{level.definition}.{level.level}.{period}.{dimension}.{group}"
        return Row(
            id=stem,
            measure=measure,
            definition=level.definition,
            level=level.level,
            period=period,
            dimension=dimension,
            group=group,
            cases=0,
            people=0,
        )

    def _table(
        self,
        measure: Measure,
        level: _Level,
        period: str,
        cases: tuple[Whole, Whole],
        people: Whole,
        days: Whole | None,
        groups: Sequence[_Group],
    ) -> None:
        """The row of everybody and one of each group that has anybody, with their sums."""
        person, places = cases
        whole = msgspec.structs.replace(
            self._row(measure, level, period, "overall", ALL),
            cases=len(person),
            people=int(people.sum()),
            person_days=0 if days is None else int(days.sum()),
        )
        self._keep(whole, person)
        parts: dict[str, list[Row]] = {}
        axes = np.unravel_index(places, self.sorting.shape)
        for group in groups:
            there = np.isin(axes[group.axis], group.places)
            row = msgspec.structs.replace(
                self._row(measure, level, period, group.dimension, group.group),
                cases=int(there.sum()),
                people=_of_group(people, group),
                person_days=0 if days is None else _of_group(days, group),
            )
            if row.people or row.cases:
                self._keep(row, person[there])
                parts.setdefault(group.dimension, []).append(row)
        for rows in parts.values():
            self.sums.append((whole.cases_id, tuple(row.cases_id for row in rows)))
            self.sums.append((whole.people_id, tuple(row.people_id for row in rows)))

    def _keep(self, row: Row, cases: Whole) -> None:
        self.rows.append(row)
        self.members[row.cases_id] = frozenset(cases.tolist())
        self.sums.append(_within(row.people_id, row.cases_id))

    def _nest(self) -> None:
        """Where all cases of one level are cases of another of the same definition, too."""
        by_group: dict[tuple[str, ...], list[Row]] = {}
        for row in self.rows:
            key = (row.measure, row.definition, row.period, row.dimension, row.group)
            by_group.setdefault(key, []).append(row)
        for rows in by_group.values():
            for surer, other in combinations(rows, 2):
                if self.members[surer.cases_id] <= self.members[other.cases_id]:
                    self.sums.append(_within(other.cases_id, surer.cases_id))

    # -- the rest --------------------------------------------------------------------------

    def _strata(self, level: _Level, new: _New, days: Whole) -> Iterator[Stratum]:
        places = self.sorting.places(new.person, new.modality, new.on)
        size = int(np.prod(self.sorting.shape))
        cases = np.bincount(places, minlength=size).reshape(self.sorting.shape)
        for sex, of_sex in (ALL, slice(None)), *((s, k) for k, s in enumerate(SEXES)):
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
        rows = {row.id: row for row in self.rows}
        for level in self.levels:
            women = self._row("incidence", level, self.period, "sex", "female")
            men = self._row("incidence", level, self.period, "sex", "male")
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
            self.sums.append(_within(every[-1][0], not_worked_up[-1][0]))
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


ALL = "all"
_LIFT = 1 << 32


def sum_of(arrays: Iterable[Whole]) -> Whole:
    """The sum of arrays of one shape."""
    return functools.reduce(np.add, arrays)


def _of_group(counts: Whole, group: _Group) -> int:
    return int(np.take(counts, group.places, axis=group.axis).sum())


def _within(whole: str, part: str) -> tuple[str, tuple[str, ...]]:
    """One group inside another: who is only in the larger is implied."""
    return (whole, (part, f"{whole} without {part}"))


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
