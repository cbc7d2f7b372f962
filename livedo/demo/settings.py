"""The shape of the demo's data files, checked when they are read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import msgspec
import yaml

Sex = Literal["female", "male"]
Modality = Literal["haemodialysis", "peritoneal"]


class Shape(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a file: every key known, none forgotten."""


class Spread(Shape, frozen=True, kw_only=True):
    low: float
    usual: float
    high: float


class Ages(Shape, frozen=True, kw_only=True):
    mean: float
    sd: float
    low: float
    high: float


class Heights(Shape, frozen=True, kw_only=True):
    female: float
    male: float
    sd: float


class People(Shape, frozen=True, kw_only=True):
    female: float
    age: Ages
    height_cm: Heights
    bmi: Spread
    obese_from_bmi: float
    years_on_dialysis: Spread
    peritoneal: float
    conventional_units: float
    joined_in_window: float
    minerals_missing: int
    overdue_round: int
    transplanted: int
    died: int
    moved: int


class Share(Shape, frozen=True, kw_only=True):
    """How many have it, of those who have what it needs."""

    share: float
    needs: str | None = None
    unless: str | None = None
    sites: tuple[str, ...] = ()


class Series(Shape, frozen=True, kw_only=True):
    """How an analyte varies between and within people, in the unit's own unit of measure."""

    every: int
    drawn: float
    within: float
    low: float
    high: float
    digits: int
    mean: float = 0.0
    between: float = 0.0
    skewed: Spread | None = None
    one_of: tuple[float, ...] = ()
    needs: str | None = None


class Weight(Shape, frozen=True, kw_only=True):
    yearly_change: Spread
    within: float


class Rounds(Shape, frozen=True, kw_only=True):
    began: date
    every_days: int
    declined: float
    not_done: float
    latest_between: tuple[date, date]
    overdue_between: tuple[date, date]


class Unit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    seed: str
    first: date = msgspec.field(name="from")
    until: date
    zone: str
    centre: str
    people: int
    person: People
    conditions: dict[str, Share]
    drugs: dict[str, Share]
    drug_ended: float
    transplant_drugs: tuple[str, ...]
    labs: dict[str, Series]
    minerals: tuple[str, ...]
    weight: Weight
    rounds: Rounds


class LabCode(Shape, frozen=True, kw_only=True):
    system: str
    code: str
    display: str
    unit: str
    digits: int | None = None
    reference: tuple[float, float] | None = None


class Lab(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    concept: str = msgspec.field(name="is")
    si: LabCode
    conventional: LabCode | None = None
    is_vital: bool = False


class Coded(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    concept: str = msgspec.field(name="is")
    system: str
    code: str
    display: str


class Drug(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    concept: str = msgspec.field(name="is")
    text: str
    route: str
    code: str | None = None
    dose: tuple[float, str] | None = None
    times: int = 1
    every_days: int = 1


class Codes(Shape, frozen=True, kw_only=True):
    systems: dict[str, str]
    labs: dict[str, Lab]
    conditions: dict[str, Coded]
    procedures: dict[str, Coded]
    drugs: dict[str, Drug]
    routes: dict[str, str]
    body_sites: dict[str, str]
    sides: dict[str, str]
    words: dict[str, str]


class Look(Shape, frozen=True, kw_only=True):
    """What was seen and felt at one body site on one day."""

    lesion: str
    site: str
    side: str | None = None
    found: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    pain: str | None = None
    seen_cm: float | None = None
    felt_cm: float | None = None
    area_cm2: float | None = None


class Event(Shape, frozen=True, kw_only=True):
    """Something that happened to one person on one day."""

    day: date
    until: date | None = None
    look: Look | None = None
    palpation: bool = False
    condition: str | None = None
    lab: str | None = None
    value: float | None = None


class Prescription(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    drug: str
    first: date = msgspec.field(name="from")
    until: date | None = None
    site: str | None = None
    is_stop_undated: bool = False


class Someone(Shape, frozen=True, kw_only=True):
    sex: Sex
    born: date
    height_cm: float
    bmi: float
    dialysis_since: date
    modality: Modality


class Case(Shape, frozen=True, kw_only=True):
    """One person whose course is written out."""

    person: Someone
    conditions: tuple[str, ...]
    drugs: tuple[Prescription, ...]
    levels: dict[str, tuple[float, float]]
    weight_change: float
    rounds_until: date
    events: tuple[Event, ...]


class Wound(Shape, frozen=True, kw_only=True):
    """A kind of skin finding that has another cause, and how it usually runs."""

    people: int
    sites: tuple[str, ...]
    signs: tuple[str, ...]
    pain: tuple[str, ...]
    began_days_before: tuple[int, int]
    healed: int = 0
    healed_days_before: tuple[int, int] = (20, 60)
    lasts_days: tuple[int, int] | None = None
    condition: str | None = None
    conditions: tuple[str, ...] = ()
    feature: dict[str, float] = {}
    area_cm2: tuple[float, float] | None = None
    crp: tuple[float, float] | None = None
    temperature: tuple[float, float] | None = None
    drugs: dict[str, float] = {}


class Courses(Shape, frozen=True, kw_only=True):
    cases: dict[str, Case]
    wounds: dict[str, Wound]
    looked_for: tuple[str, ...]
    trifles: dict[str, Wound]


class Names(Shape, frozen=True, kw_only=True):
    family: tuple[str, ...]
    female: tuple[str, ...]
    male: tuple[str, ...]


class Settings(Shape, frozen=True, kw_only=True):
    """All data files of the demo."""

    unit: Unit
    codes: Codes
    courses: Courses
    names: Names
    dirt: dict[str, tuple[Mapping[str, Any] | str, ...]]


def _read(name: str) -> Any:
    return yaml.safe_load((files(__package__) / f"{name}.yaml").read_text("utf-8"))


@cache
def load_settings() -> Settings:
    return msgspec.convert({name: _read(name) for name in Settings.__struct_fields__}, Settings)
