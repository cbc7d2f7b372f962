"""What is counted of occurrence: rows, strata, ratios, and the sums that tie them together."""

from __future__ import annotations

from typing import Literal

import msgspec

from livedo.registry.cohort import Step

Measure = Literal["point_prevalence", "period_prevalence", "incidence"]
Dimension = Literal["overall", "year", "centre", "sex", "modality", "age_group"]

REGISTER = "register"
"""The definition "entered in the register", beside those of `definitions.yaml`."""

ALL = "all"
"""The group of everybody."""

UNKNOWN = "unknown"
"""The group of people of whom a sex, birth or centre is not known; it is never dropped."""


_PEOPLE: dict[Measure, str] = {
    "point_prevalence": "on_day",
    "period_prevalence": "in_period",
    "incidence": "at_risk",
}


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
    """On dialysis on that day, or at some time of the period; of incidence, with time at risk."""
    person_days: int = 0
    """Watched, on dialysis and without the disease so far; of incidence only."""

    @property
    def cases_id(self) -> str:
        """The id of the count of cases."""
        return f"{self.id}.cases"

    @property
    def people_id(self) -> str:
        """The id of the count of people; the same under every definition."""
        kind = _PEOPLE[self.measure]
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
