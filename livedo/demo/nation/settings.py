"""The shape of the nation's data files, checked when they are read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
import yaml

from livedo.demo.settings import Shape


class Quantiles(Shape, frozen=True, kw_only=True):
    """Evenly spaced quantiles: any value between two of them is as likely as any other."""

    between: tuple[float, ...]


class Yearly(Shape, frozen=True, kw_only=True):
    """A share that meets something in each year, up to an age."""

    yearly: float
    until_age: float = 200.0


class Hazard(Shape, frozen=True, kw_only=True):
    """The share that dies in a year, from an age on."""

    from_age: float
    yearly: float


class Spoken(Shape, frozen=True, kw_only=True):
    """What the centres' systems speak for, and where they do not."""

    with_history: bool
    not_in: tuple[str, ...] = ()


class Person(Shape, frozen=True, kw_only=True):
    """Who they are and how long they live."""

    female: float
    age: Quantiles
    born_known_by_year: float
    prevalent: float
    years_before: Quantiles
    peritoneal: float
    to_haemodialysis: Yearly
    to_peritoneal: Yearly
    transplanted: Yearly
    moved: Yearly
    died: tuple[Hazard, ...]
    died_after_transplantation: float
    obese_from_bmi: float
    bmi: Quantiles


class Condition(Shape, frozen=True, kw_only=True):
    """How many have it, since when, and how exactly that is known."""

    share: float
    years_before: Quantiles
    needs: str | None = None
    by_year: float = 0.0
    by_month: float = 0.0


class Prescribed(Shape, frozen=True, kw_only=True):
    """How many are prescribed it, since when, and how it ended."""

    share: float
    dose: float
    unit: str
    route: str
    after_years: Quantiles
    ended: float
    undated: float
    needs: str | None = None
    unless: str | None = None
    sites: tuple[str, ...] = ()


class ValveWarfarin(Shape, frozen=True, kw_only=True):
    """Whoever has such a valve takes it, whatever else was drawn."""

    drug: str
    condition: str
    dose: float


class Samples(Shape, frozen=True, kw_only=True):
    """How often something is measured and how it varies, in its canonical unit."""

    every: int
    drawn: float
    within: float
    low: float
    high: float
    digits: int
    level: Quantiles | None = None


class Rounds(Shape, frozen=True, kw_only=True):
    """Skin rounds: every so many days, and the share of them that is done."""

    every: int
    done: float


class Wound(Shape, frozen=True, kw_only=True):
    """A wound or rash of another cause."""

    share: float
    condition: str
    places: tuple[str, ...]
    signs: tuple[str, ...]
    pain: tuple[str, ...]
    days: Quantiles
    needs: str | None = None
    drug: str | None = None


class Dose(Shape, frozen=True, kw_only=True):
    """A dose a day."""

    dose: float
    unit: str
    route: str


class Late(Shape, frozen=True, kw_only=True):
    """Written down by a share, and known only so many days later."""

    share: float
    known_after: Quantiles


class Looks(Shape, frozen=True, kw_only=True):
    """How often something is described, and every how many days."""

    at_most: int
    every: int


class NationSettings(Shape, frozen=True, kw_only=True):
    """The whole of `nation.yaml`."""

    seed: str
    zone: str
    first: date
    until: date
    cases_per_million: float
    centres: dict[str, float]
    observed: dict[str, Spoken]
    person: Person
    conditions: dict[str, Condition]
    condition_written_late: Late
    drugs: dict[str, Prescribed]
    valve_warfarin: ValveWarfarin
    samples: dict[str, Samples]
    drawn_after_transplantation: float
    run_up_days: int
    drift: dict[str, float]
    rounds: Rounds
    wounds: dict[str, Wound]
    wound_looks: Looks
    antibacterial: Dose
    skin_biopsy_for_other_reasons: float
    set_aside: dict[str, int]


class Earlier(Shape, frozen=True, kw_only=True):
    """Cases from before the window, among those who lived until it began."""

    within_years: float
    times: float


class Placed(Shape, frozen=True, kw_only=True):
    """A class of body sites and its share."""

    share: float
    places: tuple[str, ...]
    only: str | None = None


class Look(Shape, frozen=True, kw_only=True):
    """What a lesion looks like at first."""

    signs: tuple[str, ...]
    pain: tuple[str, ...]
    share: float = 1.0


class Happens(Shape, frozen=True, kw_only=True):
    """A share of people, and after how many days."""

    share: float
    after: Quantiles


class WrongName(Shape, frozen=True, kw_only=True):
    """Another diagnosis that was made first."""

    share: float
    condition: str | None = None
    drug: str | None = None


class BiopsySettings(Shape, frozen=True, kw_only=True):
    """Who has a biopsy, and what it shows."""

    share: float
    before_decision: Quantiles
    known_after: Quantiles
    with_fat: float
    characteristic: float
    features_without_fat: float
    procedure_coded: float


class Treatment(Shape, frozen=True, kw_only=True):
    """What a share is given, and for how long."""

    share: float
    dose: float
    unit: str
    route: str
    days: Quantiles


class CourseSettings(Shape, frozen=True, kw_only=True):
    """The whole of `courses.yaml`."""

    weight: dict[str, float]
    begins_after: int
    earlier: Earlier
    seen_before_end: int
    places: dict[str, Placed]
    midline: tuple[str, ...]
    lesions: Quantiles
    next_lesion_alike: float
    next_lesion_ulcerates: float
    next_lesion_after: Quantiles
    looks: dict[str, Look]
    penile_look: Look
    late_signs: tuple[str, ...]
    late_pain: tuple[str, ...]
    first_look_after: Quantiles
    looked_at_every: Quantiles
    looks_at_most: int
    ulcerates: Happens
    wrong_first: float
    wrong_names: dict[str, WrongName]
    wrong_for: Quantiles
    worked_up: Happens
    refuted: float
    excluded_others: float
    coded: Late
    biopsy: BiopsySettings
    billed: Late
    scan: float
    treated: dict[str, Treatment]
    warfarin_stopped: float
    sepsis: Happens
    heals: dict[str, Happens]
    dies_of_it: dict[str, Happens]


def read_data(name: str) -> Any:
    """A data file that lies beside this module."""
    return yaml.safe_load((files(__package__) / name).read_text("utf-8"))


@cache
def load_nation() -> NationSettings:
    """The shipped nation, read once a process."""
    return msgspec.convert(read_data("nation.yaml"), NationSettings)


@cache
def load_courses() -> CourseSettings:
    """How the disease goes in it, read once a process."""
    return msgspec.convert(read_data("courses.yaml"), CourseSettings)


def cumulated(shares: Mapping[str, float]) -> tuple[list[str], list[float]]:
    """The names and the ends of their shares, which are made to add up to one."""
    names, ends, total = list(shares), [], 0.0
    for share in shares.values():
        total += share
        ends.append(total)
    return names, [end / total for end in ends]
