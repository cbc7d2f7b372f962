"""What a yearly report holds. Every number in it may leave: it is rounded, or it is hidden.

True counts exist only while `yearly.yearly_report` runs; nothing here can hold one unless the
control was switched off by a named person.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from livedo.instants import Instant
from livedo.knowledge.schema import Text
from livedo.registry.case import Day
from livedo.registry.small_numbers import Count, Policy

Measure = Literal["point_prevalence", "period_prevalence", "incidence"]
Cause = Literal["all", "disease", "other", "unknown", "closed", "died"]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What every part of the report shares: it never changes once it is made."""


class Estimate(Part, frozen=True, kw_only=True):
    """A number with its 95 % interval: a share of people, a rate a person-year, or days."""

    value: float
    low: float | None = None
    high: float | None = None
    method: str = ""


class Column(Part, frozen=True, kw_only=True):
    """One case definition at one of its levels, or at a surer one."""

    definition: str
    level: str

    @property
    def id(self) -> str:
        """Definition and level, as the columns of the tables name them."""
        return f"{self.definition}.{self.level}"


class Cell(Part, frozen=True, kw_only=True):
    """Cases under one definition in one group, and what share or rate they come to."""

    cases: Count
    person_years: Count | None = None
    """Watched without the disease so far, rounded like a count; None for prevalence."""
    estimate: Estimate | None = None
    """None where a count behind it is hidden, or where nobody was at risk."""


class Row(Part, frozen=True, kw_only=True):
    """One group: a year, a centre, a sex, a modality, or everybody."""

    group: str
    people: Count
    """On dialysis: on the day for point prevalence, at any time of the period otherwise."""
    cells: tuple[Cell, ...]


class Breakdown(Part, frozen=True, kw_only=True):
    """One measure by one thing, under every definition."""

    measure: Measure
    by: str
    period: str
    """`2021-2025`; for years each row has its own."""
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    standard: str = ""
    """The standard population where rates are age-standardised as well."""
    standardised: tuple[Cell, ...] = ()
    """Everybody, weighted to the standard, under each definition."""


class Published(Part, frozen=True, kw_only=True):
    """One published figure. There is an interval only where one was read or can be computed."""

    id: str
    claim: str
    measure: str
    year: int
    """Of publication."""
    years: str = ""
    """Those that were counted, where they were read."""
    as_printed: str = ""
    population: Text
    definition: Text
    cause: str = ""
    """Of mortality: `all` causes or the `disease`; never both in one figure."""
    horizon_days: int | None = None
    cases: int | None = None
    people: int | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    is_range: bool = False
    """Several figures from one place: low and high are its ends, not an interval."""
    is_computed: bool = False
    """The interval is ours, exact, from the published counts."""


class Named(Part, frozen=True, kw_only=True):
    """How many of one kind."""

    id: str
    count: Count
    of: Count | None = None


class Step(Part, frozen=True, kw_only=True):
    """How many were left after one step of who is in these numbers, and why the others were not."""

    chain: Literal["people", "cases"] = "people"
    """Everybody down to the time at risk, or everybody down to the cases."""
    id: str
    left: Count
    lost: tuple[Named, ...] = ()


class SexRatio(Part, frozen=True, kw_only=True):
    """Women and men among the cases of one definition, and women to one man."""

    column: Column
    female: Count
    male: Count
    ratio: Estimate | None = None
    """Women to one man among the cases."""
    female_rate: Estimate | None = None
    male_rate: Estimate | None = None


class Trend(Part, frozen=True, kw_only=True):
    """How incidence moved over the years under one definition: times, a year."""

    column: Column
    times_a_year: Estimate | None = None


class CurvePoint(Part, frozen=True, kw_only=True):
    """One step of a curve, days since diagnosis."""

    day: Day
    share: float
    low: float | None = None
    high: float | None = None


class AtDay(Part, frozen=True, kw_only=True):
    """What is known so many days after diagnosis."""

    day: Day
    at_risk: Count
    """Still followed."""
    share: Estimate | None = None
    """The share who died, of this cause; or whose lesions closed."""


class Curve(Part, frozen=True, kw_only=True):
    """One group on one figure: survival, or the share that died of one cause."""

    group: str
    cause: Cause
    people: Count
    events: Count
    """In the whole follow-up: deaths, of this cause, or closures."""
    points: tuple[CurvePoint, ...] = ()
    """Empty where the group is too small to be shown."""
    at: tuple[AtDay, ...] = ()
    median: float | None = None
    """Days until half have died; None where that is not reached, or not shown."""

    def on(self, day: Day) -> AtDay | None:
        """What is known of one of the days."""
        return next((at for at in self.at if at.day == day), None)


class CurveFamily(Part, frozen=True, kw_only=True):
    """Groups on one figure: everybody, by site class, by ulcerated at diagnosis."""

    by: str
    """`overall`, `site` or `ulcer`."""
    measure: Literal["survival", "incidence", "closure"]
    curves: tuple[Curve, ...]


class Delay(Part, frozen=True, kw_only=True):
    """Days from one thing to another: of people counted, of people without, of the rest."""

    id: str
    people: Count
    not_known: Count
    """Who cannot be counted: a date is missing or too inexact."""
    missed: Count
    """Of leads: the ulcer or the diagnosis came without any alert."""
    median: float | None = None
    lower: float | None = None
    upper: float | None = None
    """Quartiles, in days; negative where the alert came after."""


class Register(Part, frozen=True, kw_only=True):
    """How well the register itself is kept."""

    cases: Count
    entered: Count
    """Of these, somebody entered something; the rest the record alone proposes."""
    fields: tuple[Named, ...] = ()
    """Required fields, how many cases have them."""
    follow_up: tuple[Named, ...] = ()
    readers: tuple[Named, ...] = ()
    kappa: Estimate | None = None


class Made(Part, frozen=True, kw_only=True):
    """How the report came about, so that somebody else can repeat it."""

    livedo: str
    knowledge: str
    form: int
    libraries: tuple[tuple[str, str], ...]
    manifest: str
    """SHA-256 of the manifest of the record."""
    entries: Count
    """How many entries of the store were read; their SHA-256 is `store`.

    No more people can be entered than there are entries, so it is protected like people.
    """
    store: str
    as_of: Instant
    time_zone: str
    standard: str
    policy: Policy
    definitions: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    """Each definition with its levels and the rule that gives each."""


class YearlyReport(Part, frozen=True, kw_only=True):
    """Everything the report says, as it may leave."""

    years: tuple[int, int]
    is_invented: bool
    items: tuple[int, int, int]
    """Items of the sources: read, used, set aside. They are not people and are not hidden."""
    reasons: tuple[tuple[str, int], ...]
    steps: tuple[Step, ...]
    main: Column
    """The definition that headlines and outcomes use."""
    breakdowns: tuple[Breakdown, ...]
    published: tuple[Published, ...]
    sex_ratios: tuple[SexRatio, ...]
    not_worked_up: tuple[Named, ...]
    outside_dialysis: tuple[Named, ...]
    trends: tuple[Trend, ...]
    families: tuple[CurveFamily, ...]
    delays: tuple[Delay, ...]
    first_wrong: tuple[Named, ...]
    register: Register
    made: Made

    @property
    def period(self) -> str:
        """`2021-2025`, as periods are named in the tables."""
        return f"{self.years[0]}-{self.years[1]}"

    def breakdown(self, measure: str, by: str) -> Breakdown | None:
        """The table of one measure by one thing."""
        found = (b for b in self.breakdowns if b.measure == measure and b.by == by)
        return next(found, None)

    def family(self, by: str, measure: str) -> CurveFamily | None:
        """The figure of one grouping."""
        found = (f for f in self.families if f.by == by and f.measure == measure)
        return next(found, None)
