"""Who the people are, from when until when the programme knows them, and what they have."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from livedo.demo.nation.chance import Chance, Flags, Number, Whole
from livedo.demo.nation.days import NEVER, YEAR, number_of
from livedo.demo.nation.settings import NationSettings, Prescribed, Yearly, cumulated

YEARS_ASKED = 6
"""A window of five years touches at most six years of anybody's time in it."""


@dataclass
class Drug:
    """A prescription of each who has it. `last` is NEVER where it goes on."""

    has: Flags
    first: Whole
    last: Whole
    is_undated: Flags
    dose: Number


@dataclass
class Lives:
    """Some people, column by column. Days are numbers since 1970-01-01; NEVER never comes."""

    numbers: Whole
    centre: Whole
    is_female: Flags
    born: Whole
    is_born_by_year: Flags
    since: Whole
    """The first dialysis."""
    entry: Whole
    """The first day on which the programme knows them."""
    is_peritoneal: Flags
    """At first."""
    switched: Whole
    transplanted: Whole
    died: Whole
    moved: Whole
    until: Whole
    """The last day on which they are seen: of death, of moving, or of the window."""
    bmi: Number
    is_obese: Flags
    conditions: dict[str, Whole] = field(default_factory=dict)
    """Since when; NEVER for those who do not have it."""
    drugs: dict[str, Drug] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.numbers)

    def has(self, condition: str) -> Flags:
        """Who has it by the last day."""
        return np.asarray(self.conditions[condition] <= self.until)

    def end(self, window_last: int) -> None:
        """Works out again until when each is seen."""
        self.until = np.minimum(np.minimum(self.died, self.moved), window_last)
        self.died = np.where(self.died <= self.until, self.died, NEVER)
        self.moved = np.where(self.moved <= self.until, self.moved, NEVER)
        self.moved = np.where(self.died <= self.moved, NEVER, self.moved)
        for name in ("switched", "transplanted"):
            days = getattr(self, name)
            setattr(self, name, np.where(days < self.until, days, NEVER))
        self.switched = np.where(self.switched < self.transplanted, self.switched, NEVER)


def lives_of(numbers: Whole, chance: Chance, settings: NationSettings) -> Lives:
    """The people of these numbers, as if nobody had calciphylaxis."""
    person = settings.person
    first, last = number_of(settings.first), number_of(settings.until) - 1
    centres = cumulated(settings.centres)[1]
    is_prevalent = chance.happens("prevalent", numbers, person.prevalent)
    before = chance.of_quantiles("years before", numbers, person.years_before.between)
    within = chance.uniform("begins", numbers) * (last - first)
    since = np.where(is_prevalent, first - before * YEAR, first + within).astype(np.int64)
    entry = np.maximum(since, first)
    age = chance.of_quantiles("age", numbers, person.age.between)
    bmi = chance.of_quantiles("bmi", numbers, person.bmi.between)
    lives = Lives(
        numbers=numbers,
        centre=chance.one_of("centre", numbers, centres),
        is_female=chance.happens("sex", numbers, person.female),
        born=(entry - age * YEAR).astype(np.int64),
        is_born_by_year=chance.happens("born by year", numbers, person.born_known_by_year),
        since=np.minimum(since, entry),
        entry=entry,
        is_peritoneal=chance.happens("peritoneal", numbers, person.peritoneal),
        switched=np.full(len(numbers), NEVER),
        transplanted=_in_some_year(
            "transplanted", person.transplanted, numbers, entry, age, chance
        ),
        died=np.full(len(numbers), NEVER),
        moved=_in_some_year("moved", person.moved, numbers, entry, age, chance),
        until=np.full(len(numbers), last),
        bmi=bmi,
        is_obese=np.asarray(bmi >= person.obese_from_bmi),
    )
    lives.since = np.maximum(lives.since, lives.born + int(10 * YEAR))
    lives.switched = _switched(lives, age, chance, settings)
    lives.died = _died(lives, age, chance, settings)
    lives.end(last)
    _fall_ill(lives, chance, settings)
    _take_drugs(lives, chance, settings)
    return lives


def _in_some_year(
    question: str, yearly: Yearly, numbers: Whole, entry: Whole, age: Number, chance: Chance
) -> Whole:
    """The first day on which it happens, year by year."""
    share = np.where(age < yearly.until_age, yearly.yearly, 0.0)
    return _first_of_years(question, [share] * YEARS_ASKED, numbers, entry, chance)


def _first_of_years(
    question: str, shares: list[Number], numbers: Whole, entry: Whole, chance: Chance
) -> Whole:
    found = np.full(len(numbers), NEVER)
    for year in reversed(range(len(shares))):
        drawn, share = chance.uniform(question, numbers, year), shares[year]
        part = np.divide(drawn, share, out=np.ones(len(numbers)), where=share > 0)
        day = (entry + 1 + (year + part) * YEAR).astype(np.int64)
        found = np.where(drawn < share, day, found)
    return found


def _switched(lives: Lives, age: Number, chance: Chance, settings: NationSettings) -> Whole:
    person = settings.person
    ways = [
        _in_some_year(name, yearly, lives.numbers, lives.entry, age, chance)
        for name, yearly in (
            ("to haemodialysis", person.to_haemodialysis),
            ("to peritoneal", person.to_peritoneal),
        )
    ]
    return np.where(lives.is_peritoneal, ways[0], ways[1])


def _died(lives: Lives, age: Number, chance: Chance, settings: NationSettings) -> Whole:
    shares = []
    for year in range(YEARS_ASKED):
        share = np.zeros(len(lives))
        for hazard in settings.person.died:
            share = np.where(age + year >= hazard.from_age, hazard.yearly, share)
        began = lives.entry + year * YEAR
        factor = settings.person.died_after_transplantation
        shares.append(np.where(lives.transplanted <= began, share * factor, share))
    return _first_of_years("dies", shares, lives.numbers, lives.entry, chance)


def _needed(needs: str | None, lives: Lives) -> Flags:
    """Who has what something else needs: a condition, a drug, or a trait."""
    if needs is None:
        return np.ones(len(lives), np.bool_)
    if needs == "obese":
        return lives.is_obese
    return lives.drugs[needs].has if needs in lives.drugs else lives.has(needs)


def _fall_ill(lives: Lives, chance: Chance, settings: NationSettings) -> None:
    for name, condition in settings.conditions.items():
        is_ill = chance.happens(name, lives.numbers, condition.share)
        is_ill &= _needed(condition.needs, lives)
        years = chance.of_quantiles(f"{name} since", lives.numbers, condition.years_before.between)
        since = np.maximum((lives.since - years * YEAR).astype(np.int64), lives.born + 1)
        lives.conditions[name] = np.where(is_ill & (since < lives.until), since, NEVER)


def _take_drugs(lives: Lives, chance: Chance, settings: NationSettings) -> None:
    for name, prescribed in settings.drugs.items():
        lives.drugs[name] = _drug(name, prescribed, lives, chance)
    valve = settings.valve_warfarin
    drug, has_valve = lives.drugs[valve.drug], lives.has(valve.condition)
    drug.first = np.where(has_valve, lives.conditions[valve.condition], drug.first)
    drug.last = np.where(has_valve, NEVER, drug.last)
    drug.dose = np.where(has_valve, valve.dose, drug.dose)
    drug.has |= has_valve


def _drug(name: str, prescribed: Prescribed, lives: Lives, chance: Chance) -> Drug:
    numbers = lives.numbers
    years = chance.of_quantiles(f"{name} from", numbers, prescribed.after_years.between)
    first = (lives.since + years * YEAR).astype(np.int64)
    if prescribed.needs in lives.conditions:
        first = np.maximum(first, lives.conditions[prescribed.needs])
    has = chance.happens(name, numbers, prescribed.share) & _needed(prescribed.needs, lives)
    if prescribed.unless is not None:
        has &= ~_needed(prescribed.unless, lives)
    first = np.maximum(first, lives.born + int(10 * YEAR))
    has &= first < lives.until
    has_ended = chance.happens(f"{name} ended", numbers, prescribed.ended)
    span = np.maximum(lives.until - np.maximum(first, lives.entry), 1)
    part = chance.uniform(f"{name} until", numbers)
    last = (np.maximum(first, lives.entry) + part * span).astype(np.int64)
    return Drug(
        has=has,
        first=np.where(has, first, NEVER),
        last=np.where(has & has_ended, last, NEVER),
        is_undated=chance.happens(f"{name} undated", numbers, prescribed.undated),
        dose=np.full(len(lives), prescribed.dose),
    )
