"""Tables of occurrence in the making: rows by group, and the sums and nestings among them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, pairwise
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from livedo.knowledge.counting import Counting
from livedo.registry.cohort import MODALITIES, SEXES
from livedo.registry.occurrence_shapes import ALL, UNKNOWN, Dimension, Measure, Row
from livedo.registry.person_days import Seen, Sorting

Whole = npt.NDArray[np.int64]


class Level(NamedTuple):
    """The cases of one level: rows of the cohort, the day it was met, the day before healing."""

    definition: str
    level: str
    person: Whole
    on: Whole
    until: Whole
    """The last day with the disease."""


class Group(NamedTuple):
    """One group of a dimension: which axis, and which places on it."""

    dimension: Dimension
    group: str
    axis: int
    places: tuple[int, ...]


class Heads(NamedTuple):
    """How many people there are, in all and by group."""

    everybody: int
    of: Callable[[Group], int]
    adds_up: frozenset[str]
    """The dimensions in whose groups each person stands once."""


def one_place_each(counts: Whole) -> Heads:
    """People of whom each stands in one place of the shape."""
    dimensions = frozenset(("centre", "sex", "modality", "age_group"))
    return Heads(int(counts.sum()), lambda group: of_group(counts, group), dimensions)


def with_time(seen: Seen, sorting: Sorting) -> Heads:
    """People with time at risk in a group; one may be in several kinds of dialysis and ages."""

    def of(group: Group) -> int:
        if group.dimension == "modality":
            return int(seen.modality[:, group.places].any(axis=1).sum())
        if group.dimension == "age_group":
            return int(seen.band[:, group.places].any(axis=1).sum())
        column = sorting.centre if group.dimension == "centre" else sorting.sex
        return int(np.isin(column[seen.anybody], group.places).sum())

    return Heads(int(seen.anybody.sum()), of, frozenset(("centre", "sex")))


class Tables:
    """Rows are kept in the order in which they are made."""

    def __init__(self, sorting: Sorting) -> None:
        self.sorting = sorting
        self.rows: list[Row] = []
        self.sums: list[tuple[str, tuple[str, ...]]] = []
        self._members: dict[str, frozenset[int]] = {}
        """Who the cases of a row are, by the id of their count: to find which groups are nested."""

    @staticmethod
    def row(measure: Measure, level: Level, period: str, dimension: Dimension, group: str) -> Row:
        """A row without its counts."""
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

    def table(
        self,
        measure: Measure,
        level: Level,
        period: str,
        cases: tuple[Whole, Whole],
        people: Heads,
        days: Whole | None,
        groups: Sequence[Group],
    ) -> None:
        """The row of everybody and one of each group that has anybody, with their sums."""
        person, places = cases
        whole = msgspec.structs.replace(
            self.row(measure, level, period, "overall", ALL),
            cases=len(person),
            people=people.everybody,
            person_days=0 if days is None else int(days.sum()),
        )
        self.keep(whole, person)
        parts: dict[str, list[Row]] = {}
        axes = np.unravel_index(places, self.sorting.shape)
        for group in groups:
            there = np.isin(axes[group.axis], group.places)
            row = msgspec.structs.replace(
                self.row(measure, level, period, group.dimension, group.group),
                cases=int(there.sum()),
                people=people.of(group),
                person_days=0 if days is None else of_group(days, group),
            )
            if row.people or row.cases or row.person_days:
                self.keep(row, person[there])
                parts.setdefault(group.dimension, []).append(row)
        for dimension, rows in parts.items():
            self.sums.append((whole.cases_id, tuple(row.cases_id for row in rows)))
            if dimension in people.adds_up:
                self.sums.append((whole.people_id, tuple(row.people_id for row in rows)))

    def keep(self, row: Row, cases: Whole) -> None:
        """Adds a row with who its cases are."""
        self.rows.append(row)
        self._members[row.cases_id] = frozenset(cases.tolist())
        # A case met just after the last day on dialysis may stand in a group without its time.
        if row.cases <= row.people:
            self.sums.append(within(row.people_id, row.cases_id))

    def nest(self) -> None:
        """Where all cases of one level are cases of another of the same definition, too."""
        by_group: dict[tuple[str, ...], list[Row]] = {}
        for row in self.rows:
            key = (row.measure, row.definition, row.period, row.dimension, row.group)
            by_group.setdefault(key, []).append(row)
        for rows in by_group.values():
            for surer, other in combinations(rows, 2):
                if self._members[surer.cases_id] <= self._members[other.cases_id]:
                    self.sums.append(within(other.cases_id, surer.cases_id))


def groups_of(
    centres: Sequence[str], terms: Counting, band_starts: Sequence[int]
) -> Iterator[Group]:
    """Every group of every dimension but the years; unknown is one of them."""
    for place, centre in enumerate((*centres, UNKNOWN)):
        yield Group("centre", centre, 0, (place,))
    for place, sex in enumerate(SEXES):
        yield Group("sex", sex, 1, (place,))
    for place, modality in enumerate(MODALITIES):
        yield Group("modality", modality, 2, (place,))
    edges = (*terms.age_groups, 10**6)
    for name, (low, high) in zip(terms.age_group_names(), pairwise(edges), strict=True):
        bands = [k for k, start in enumerate(band_starts) if low <= start < high]
        yield Group("age_group", name, 3, tuple(bands))
    yield Group("age_group", UNKNOWN, 3, (len(band_starts),))


def of_group(counts: Whole, group: Group) -> int:
    return int(np.take(counts, group.places, axis=group.axis).sum())


def within(whole: str, part: str) -> tuple[str, tuple[str, ...]]:
    """One group inside another: who is only in the larger is implied."""
    return (whole, (part, f"{whole} without {part}"))
