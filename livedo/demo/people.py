"""Who belongs to the unit: each person's fixed traits, decided before anything happens to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from livedo.demo.chance import Chance
from livedo.demo.settings import Case, Modality, Settings, Sex, Wound

YEAR = 365.25


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One person, and what will be told of them.

    `course` is `ordinary` or the path of a course in courses.yaml; `mark` names
    one peculiarity of an otherwise ordinary person (transplanted, died ...).
    """

    seed: str
    person_id: str
    course: str
    mark: str
    sex: Sex
    born: date
    name: tuple[str, str]
    height_cm: float
    bmi: float
    dialysis_since: date
    modality: Modality
    has_conventional_units: bool
    seen_from: date
    seen_until: date
    transplanted_on: date | None
    conditions: tuple[str, ...]

    def chance(self, *names: str) -> Chance:
        return Chance(self.seed, self.person_id, *names)


def plan_people(settings: Settings) -> list[Plan]:
    """Everyone, in the order of their ids; the same every time."""
    unit = settings.unit
    roles = list(_roles(settings))
    ordinary = ["ordinary"] * (unit.people - len(roles))
    courses = Chance(unit.seed, "courses").shuffled(roles + ordinary)
    marks = iter(Chance(unit.seed, "marks").shuffled(_marks(settings, len(ordinary))))
    return [
        _plan(f"B-{number:03d}", course, next(marks) if course == "ordinary" else "", settings)
        for number, course in enumerate(courses, start=1)
    ]


def _roles(settings: Settings) -> Iterator[str]:
    courses = settings.courses
    yield from (f"cases/{name}" for name in courses.cases)
    for kind, wounds in (("wounds", courses.wounds), ("trifles", courses.trifles)):
        for name, wound in wounds.items():
            yield from (f"{kind}/{name}/{number}" for number in range(wound.people))


def _marks(settings: Settings, count: int) -> list[str]:
    person = settings.unit.person
    marks = (
        ["minerals_missing"] * person.minerals_missing
        + ["overdue_round"] * person.overdue_round
        + ["transplanted"] * person.transplanted
        + ["died"] * person.died
        + ["moved"] * person.moved
    )
    return marks + [""] * (count - len(marks))


def wound_of(course: str, settings: Settings) -> Wound | None:
    """The kind of wound or trifle of this course, if it is one."""
    kind, _, rest = course.partition("/")
    name = rest.partition("/")[0]
    if kind == "wounds":
        return settings.courses.wounds[name]
    if kind == "trifles":
        return settings.courses.trifles[name]
    return None


def case_of(course: str, settings: Settings) -> Case | None:
    kind, _, name = course.partition("/")
    return settings.courses.cases[name] if kind == "cases" else None


def _plan(person_id: str, course: str, mark: str, settings: Settings) -> Plan:
    case = case_of(course, settings)
    if case is not None:
        return _scripted(person_id, course, case, settings)
    return _drawn(person_id, course, mark, settings)


def _name(chance: Chance, sex: Sex, settings: Settings) -> tuple[str, str]:
    given = settings.names.female if sex == "female" else settings.names.male
    return chance.one_of(settings.names.family), chance.one_of(given)


def _scripted(person_id: str, course: str, case: Case, settings: Settings) -> Plan:
    person = case.person
    return Plan(
        seed=settings.unit.seed,
        person_id=person_id,
        course=course,
        mark="",
        sex=person.sex,
        born=person.born,
        name=_name(Chance(settings.unit.seed, person_id, "name"), person.sex, settings),
        height_cm=person.height_cm,
        bmi=person.bmi,
        dialysis_since=person.dialysis_since,
        modality=person.modality,
        has_conventional_units=False,
        seen_from=settings.unit.first,
        seen_until=settings.unit.until,
        transplanted_on=None,
        conditions=case.conditions,
    )


def _drawn(person_id: str, course: str, mark: str, settings: Settings) -> Plan:
    unit, people = settings.unit, settings.unit.person
    chance = Chance(settings.unit.seed, person_id, "person")
    sex: Sex = "female" if chance.happens(people.female) else "male"
    age = min(max(chance.normal(people.age.mean, people.age.sd), people.age.low), people.age.high)
    tall = people.height_cm.female if sex == "female" else people.height_cm.male
    bmi = round(chance.skewed(people.bmi.low, people.bmi.usual, people.bmi.high), 1)
    on_peritoneal = chance.happens(people.peritoneal)
    seen_from, seen_until = _seen(mark, chance, settings)
    since = _dialysis_since(mark, seen_from, chance, settings)
    wound = wound_of(course, settings)
    is_transplanted = mark == "transplanted"
    return Plan(
        seed=settings.unit.seed,
        person_id=person_id,
        course=course,
        mark=mark,
        sex=sex,
        born=unit.until - timedelta(days=int(age * YEAR)),
        name=_name(Chance(settings.unit.seed, person_id, "name"), sex, settings),
        height_cm=round(chance.normal(tall, people.height_cm.sd)),
        bmi=bmi,
        dialysis_since=since,
        modality="peritoneal" if on_peritoneal else "haemodialysis",
        has_conventional_units=chance.happens(people.conventional_units),
        seen_from=seen_from,
        seen_until=seen_until,
        transplanted_on=_transplanted_on(since, chance, settings) if is_transplanted else None,
        conditions=_conditions(bmi, wound.conditions if wound else (), chance, settings),
    )


def _seen(mark: str, chance: Chance, settings: Settings) -> tuple[date, date]:
    """From when to when this unit knows the person."""
    unit = settings.unit
    first, last = unit.first, unit.until
    if mark == "" and chance.happens(unit.person.joined_in_window):
        first = chance.day(unit.first, unit.until - timedelta(days=20))
    if mark in ("died", "moved"):
        last = chance.day(unit.first + timedelta(days=60), unit.until - timedelta(days=10))
    return first, last


def _dialysis_since(mark: str, seen_from: date, chance: Chance, settings: Settings) -> date:
    spread = settings.unit.person.years_on_dialysis
    years = chance.skewed(spread.low, spread.usual, spread.high)
    if mark == "transplanted":
        years += 4.0
    return seen_from - timedelta(days=int(years * YEAR))


def _transplanted_on(since: date, chance: Chance, settings: Settings) -> date:
    return chance.day(since + timedelta(days=300), settings.unit.until - timedelta(days=45))


def _conditions(
    bmi: float, always: tuple[str, ...], chance: Chance, settings: Settings
) -> tuple[str, ...]:
    has = set(always)
    if bmi >= settings.unit.person.obese_from_bmi:
        has.add("obese")
    for name, share in settings.unit.conditions.items():
        drawn = chance.happens(share.share)
        if drawn and (share.needs is None or share.needs in has):
            has.add(name)
    return tuple(name for name in settings.unit.conditions if name in has)
