"""Prevalence, incidence, sex ratio and trend of a yearly report, from what may be shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec
import numpy as np
import statsmodels.api as sm

from livedo.knowledge.standard_populations import INTERNAL, load_standard_populations
from livedo.registry import occurrence
from livedo.registry.estimate import Estimate as Figure
from livedo.registry.intervals import Stratum, rate, ratio_of_rates, share, standardised_rate
from livedo.registry.occurrence import Occurrence
from livedo.registry.shown import shown_person_years
from livedo.registry.small_numbers import HIDDEN, Count, Policy
from livedo.registry.yearly_parts import (
    Breakdown,
    Cell,
    Column,
    Estimate,
    Named,
    Row,
    SexRatio,
    Trend,
)

YEAR_DAYS = 365.25
LEAST_YEARS = 3
"""With fewer years a trend is a difference."""


class Shown(msgspec.Struct, frozen=True):
    """What may be shown of every count, and by which policy."""

    counts: Mapping[str, Count]
    policy: Policy

    def __getitem__(self, id: str) -> Count:
        return self.counts[id]

    def person_years(self, days: int, people: Count) -> Count:
        """Whole person-years, rounded like people; hidden where the people are, or too few."""
        years = shown_person_years(days / YEAR_DAYS, people, self.policy)
        return HIDDEN if years is HIDDEN else round(float(years))

    def years_under(self, days: int, people: Count) -> float | None:
        """Person-years to divide by: exact only with the control off; None where hidden."""
        years = shown_person_years(days / YEAR_DAYS, people, self.policy)
        return years if isinstance(years, float) else None


def told(figure: Figure) -> Estimate | None:
    """A figure of the statistics as the report holds it; None where there is none."""
    if figure.value is None:
        return None
    return Estimate(value=figure.value, low=figure.low, high=figure.high, method=figure.method)


def breakdowns(found: Occurrence, shown: Shown) -> tuple[Breakdown, ...]:
    """Every measure by everything it is broken down by, definitions side by side."""
    grouped: dict[tuple[str, str], list[tuple[str, occurrence.Row]]] = {}
    for row in found.rows:
        for by, group in _places(row, len(found.years)):
            grouped.setdefault((row.measure, by), []).append((group, row))
    period = f"{found.years[0]}-{found.years[-1]}" if len(found.years) > 1 else str(found.years[0])
    return tuple(
        _breakdown(by, period if by == "year" else rows[0][1].period, rows, shown)
        for (_, by), rows in grouped.items()
    )


def _places(row: occurrence.Row, years: int) -> Iterator[tuple[str, str]]:
    """By what a row is broken down, and its group: everybody in one year stands under its year.

    In a report of one year, that year is also the whole period.
    """
    if row.dimension != "overall":
        yield row.dimension, row.group
        return
    is_whole = len(row.period) == WHOLE_PERIOD or row.measure == "incidence"
    if row.measure != "point_prevalence" and (is_whole or years == 1):
        yield "overall", row.group
    if row.measure == "point_prevalence" or not is_whole or years == 1:
        yield "year", row.period


WHOLE_PERIOD = len("2021-2025")


def _breakdown(
    by: str, period: str, rows: Sequence[tuple[str, occurrence.Row]], shown: Shown
) -> Breakdown:
    columns = tuple(dict.fromkeys(column_of(row) for _, row in rows))
    groups: dict[str, dict[str, occurrence.Row]] = {}
    for group, row in rows:
        groups.setdefault(group, {})[column_of(row).id] = row
    return Breakdown(
        measure=rows[0][1].measure,
        by=by,
        period=period,
        columns=columns,
        rows=tuple(_row(group, found, columns, shown) for group, found in groups.items()),
    )


def column_of(row: occurrence.Row | occurrence.SexRatio) -> Column:
    """Definition and level of a row."""
    return Column(definition=row.definition, level=row.level)


def _row(
    group: str,
    found: Mapping[str, occurrence.Row],
    columns: Sequence[Column],
    shown: Shown,
) -> Row:
    first = next(iter(found.values()))
    people = shown[first.people_id]
    cells = tuple(_cell(found[column.id], people, shown) for column in columns)
    return Row(group=group, people=people, cells=cells)


def _cell(row: occurrence.Row, people: Count, shown: Shown) -> Cell:
    """Cases and what they come to. More cases than people, by rounding, are everybody."""
    cases = shown[row.cases_id]
    is_rate = row.measure == "incidence"
    years = shown.person_years(row.person_days, people) if is_rate else None
    estimate = None
    if isinstance(cases, int) and isinstance(people, int):
        under = shown.years_under(row.person_days, people) or 0.0
        estimate = told(rate(cases, under) if is_rate else share(min(cases, people), people))
    return Cell(cases=cases, person_years=years, estimate=estimate)


# -- age-standardised ----------------------------------------------------------------------


def with_standard(found: Sequence[Breakdown], standard: str) -> tuple[Breakdown, ...]:
    """The same; incidence by age also weighted to a standard population.

    Rates come from the groups of age on the page, whose counts may be shown, and not from finer
    bands; where one group is hidden there is no standardised rate.
    """
    if standard == NO_STANDARD:
        return tuple(found)
    return tuple(_standardised(each, standard) if _has_ages(each) else each for each in found)


NO_STANDARD = "none"


def _has_ages(found: Breakdown) -> bool:
    return found.measure == "incidence" and found.by == "age_group"


def _standardised(found: Breakdown, standard: str) -> Breakdown:
    rows = [row for row in found.rows if row.group != occurrence.UNKNOWN]
    weights = _weights(rows, standard)
    if not _is_covered(weights, standard):
        weights = []
    cells = tuple(_weighted(rows, n, weights) for n in range(len(found.columns)))
    return msgspec.structs.replace(found, standard=standard, standardised=cells)


def _weights(rows: Sequence[Row], standard: str) -> list[float]:
    """How many of the standard population are in each group."""
    if standard == INTERNAL:
        years = (row.cells[0].person_years for row in rows)
        return [float(count) if isinstance(count, int) else 0.0 for count in years]
    bands = load_standard_populations()[standard].bands
    return [float(sum(n for band, n in bands.items() if _is_in(band, row.group))) for row in rows]


def _is_covered(weights: Sequence[float], standard: str) -> bool:
    """Whether all of the standard is in these groups; a group in which nobody is has no row."""
    if standard == INTERNAL:
        return True
    return sum(weights) == sum(load_standard_populations()[standard].bands.values())


def _is_in(band: str, group: str) -> bool:
    """Whether `65-69` is inside `65-74`; the last of both has no end."""
    (first, _), (low, high) = _ages(band), _ages(group)
    return low <= first and (high is None or first <= high)


def _ages(text: str) -> tuple[int, int | None]:
    first, _, last = text.rstrip("+").partition("-")
    return int(first), int(last) if last else None


def _weighted(rows: Sequence[Row], n: int, weights: Sequence[float]) -> Cell:
    cells = [row.cells[n] for row in rows]
    if not weights:
        return Cell(cases=HIDDEN)
    strata = [
        Stratum(cases=cell.cases, person_years=float(cell.person_years), standard=weight)
        for cell, weight in zip(cells, weights, strict=True)
        if isinstance(cell.cases, int) and isinstance(cell.person_years, int)
    ]
    if len(strata) < len(rows):
        return Cell(cases=HIDDEN)
    cases = sum(stratum.cases for stratum in strata)
    return Cell(cases=cases, estimate=told(standardised_rate(strata)))


# -- women and men -------------------------------------------------------------------------


def sex_ratios(found: Occurrence, shown: Shown) -> tuple[SexRatio, ...]:
    """Women to one man among the cases of each definition, and the rates behind it."""
    people = _people_by_sex(found, shown)
    return tuple(_sex_ratio(ratio, people, shown) for ratio in found.sex_ratios)


def _people_by_sex(found: Occurrence, shown: Shown) -> dict[str, Count]:
    rows = (r for r in found.rows if r.dimension == "sex" and r.measure == "incidence")
    return {row.cases_id: shown[row.people_id] for row in rows}


def _sex_ratio(ratio: occurrence.SexRatio, people: Mapping[str, Count], shown: Shown) -> SexRatio:
    women, men = shown[ratio.women_id], shown[ratio.men_id]
    between = None
    if isinstance(women, int) and isinstance(men, int):
        between = told(ratio_of_rates(women, 1.0, men, 1.0))
    return SexRatio(
        column=column_of(ratio),
        female=women,
        male=men,
        ratio=between,
        female_rate=_rate_of(women, ratio.women_days, people.get(ratio.women_id, HIDDEN), shown),
        male_rate=_rate_of(men, ratio.men_days, people.get(ratio.men_id, HIDDEN), shown),
    )


def _rate_of(cases: Count, days: int, people: Count, shown: Shown) -> Estimate | None:
    under = shown.years_under(days, people)
    if not isinstance(cases, int) or not under:
        return None
    return told(rate(cases, under))


# -- trend ---------------------------------------------------------------------------------


def trends(found: Sequence[Breakdown]) -> tuple[Trend, ...]:
    """How incidence moved from year to year under each definition."""
    by_year = next((b for b in found if b.measure == "incidence" and b.by == "year"), None)
    if by_year is None:
        return ()
    return tuple(
        Trend(column=column, times_a_year=_times_a_year([row.cells[n] for row in by_year.rows]))
        for n, column in enumerate(by_year.columns)
    )


def _times_a_year(cells: Sequence[Cell]) -> Estimate | None:
    """The factor from one year to the next (Poisson regression); None where a year is hidden."""
    points = list(_points(cells))
    if len(points) < max(len(cells), LEAST_YEARS) or sum(cases for _, cases, _ in points) == 0:
        return None
    years, cases, under = (np.array(column, dtype=float) for column in zip(*points, strict=True))
    design = np.column_stack([np.ones_like(years), years - years.mean()])
    fit = sm.GLM(cases, design, family=sm.families.Poisson(), offset=np.log(under)).fit()
    slope, spread = float(fit.params[1]), float(fit.bse[1])
    ends = (slope - Z * spread, slope, slope + Z * spread)
    low, value, high = (round(float(np.exp(end)), DIGITS) for end in ends)
    return Estimate(value=value, low=low, high=high, method="poisson-regression")


Z = 1.959963984540054
DIGITS = 9
"""An iterated result: its last digits may differ between machines and say nothing."""


def _points(cells: Sequence[Cell]) -> Iterator[tuple[int, int, int]]:
    for n, cell in enumerate(cells):
        if isinstance(cell.cases, int) and isinstance(cell.person_years, int) and cell.person_years:
            yield n, cell.cases, cell.person_years


# -- counts that stand alone ---------------------------------------------------------------


def by_year(found: Sequence[tuple[str, int]], shown: Shown) -> tuple[Named, ...]:
    """Counts whose id holds a year: `suspected.2021.not_worked_up`."""
    return tuple(Named(id=id.split(".")[1], count=shown[id]) for id, _ in found)


def named(found: Sequence[tuple[str, int]], shown: Shown) -> tuple[Named, ...]:
    """Counts by id; the id is left with what tells them apart."""
    return tuple(Named(id=_told_apart(id), count=shown[id]) for id, _ in found)


def _told_apart(id: str) -> str:
    """`suspected.2021.not_worked_up` is the year; `outside_dialysis.ours.probable` the level."""
    return ".".join(part for part in id.split(".") if part not in SAID_ALREADY)


SAID_ALREADY = frozenset({"not_worked_up", "outside_dialysis"})
