"""Two years of samples of one person."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from livedo.demo.chance import Chance
from livedo.demo.people import YEAR, Plan, case_of
from livedo.demo.resources import Chart
from livedo.demo.settings import Lab, LabCode, Series, Settings
from livedo.knowledge.vocabulary import load_vocabulary

MISSING_FOR_DAYS = (95, 250)
AFTER_TRANSPLANTATION_EVERY = 3


def write_samples(chart: Chart, settings: Settings, traits: Collection[str]) -> None:
    """Every analyte of every month in which the unit knows the person."""
    months = list(_draw_days(chart.plan, settings))
    missing_from = _missing_from(chart.plan, settings)
    for name, series in settings.unit.labs.items():
        if series.needs is not None and series.needs not in traits:
            continue
        is_missed = missing_from if name in settings.unit.minerals else None
        _write_series(chart, name, series, months, is_missed, settings)
    _write_weights(chart, months, settings)


def _draw_days(plan: Plan, settings: Settings) -> Iterator[date]:
    """One day a month, a Monday or a Tuesday, the same week for this person."""
    chance = plan.chance("draws")
    weekday, week = int(chance.between(0, 2)), int(chance.between(0, 2.4))
    month = settings.unit.first.replace(day=1)
    while month <= settings.unit.until:
        day = month + timedelta(days=(weekday - month.weekday()) % 7 + 7 * week)
        if plan.seen_from <= day <= plan.seen_until and day < settings.unit.until:
            yield day
        month = (month + timedelta(days=32)).replace(day=1)


def _missing_from(plan: Plan, settings: Settings) -> date | None:
    if plan.mark != "minerals_missing":
        return None
    days = int(plan.chance("missing").between(*MISSING_FOR_DAYS))
    return settings.unit.until - timedelta(days=days)


def _write_series(
    chart: Chart,
    name: str,
    series: Series,
    months: list[date],
    missing_from: date | None,
    settings: Settings,
) -> None:
    chance = chart.plan.chance("lab", name)
    level = _usual_level(chart.plan, name, series, settings)
    shift = int(chance.between(0, series.every))
    code = _code(chart.plan, settings.codes.labs[name])
    for index, day in enumerate(months):
        value = chance.normal(level(day), series.within)
        is_drawn = chance.happens(series.drawn)
        if not is_drawn or (index + shift) % _every(chart.plan, series, day):
            continue
        if missing_from is not None and day >= missing_from:
            continue
        chart.result(name, day, _reported(value, series, settings.codes.labs[name], code), code)


def _every(plan: Plan, series: Series, day: date) -> int:
    is_after = plan.transplanted_on is not None and day > plan.transplanted_on
    return max(series.every, AFTER_TRANSPLANTATION_EVERY) if is_after else series.every


class _Level:
    """The value around which a person's samples lie, moving evenly over the two years."""

    def __init__(self, first: float, last: float, settings: Settings) -> None:
        self._first, self._last = first, last
        self._from, self._until = settings.unit.first, settings.unit.until

    def __call__(self, day: date) -> float:
        part = (day - self._from).days / (self._until - self._from).days
        return self._first + (self._last - self._first) * part


def _usual_level(plan: Plan, name: str, series: Series, settings: Settings) -> _Level:
    chance = plan.chance("level", name)
    case = case_of(plan.course, settings)
    if case is not None and name in case.levels:
        return _Level(*case.levels[name], settings)
    if series.one_of:
        usual = chance.one_of(series.one_of)
        return _Level(usual, usual, settings)
    usual = _drawn_level(series, chance)
    return _Level(usual, usual + chance.normal(0.0, series.within), settings)


def _drawn_level(series: Series, chance: Chance) -> float:
    spread = series.skewed
    if spread is not None:
        return chance.skewed(spread.low, spread.usual, spread.high)
    return min(max(chance.normal(series.mean, series.between), series.low), series.high)


def _code(plan: Plan, lab: Lab) -> LabCode:
    if plan.has_conventional_units and lab.conventional is not None:
        return lab.conventional
    return lab.si


def _reported(value: float, series: Series, lab: Lab, code: LabCode) -> float:
    """As the laboratory reports it: within what the series allows, in its unit, rounded."""
    within = round(min(max(value, series.low), series.high), series.digits)
    if code is lab.si:
        return within
    units = load_vocabulary().units
    canonical = units.to_canonical(lab.concept, within, lab.si.unit)
    return round(units.from_canonical(lab.concept, canonical, code.unit), code.digits)


def _write_weights(chart: Chart, months: list[date], settings: Settings) -> None:
    plan, weight = chart.plan, settings.unit.weight
    chance = plan.chance("weight")
    case = case_of(plan.course, settings)
    spread = weight.yearly_change
    change = chance.skewed(spread.low, spread.usual, spread.high)
    yearly = case.weight_change if case is not None else change
    square = (plan.height_cm / 100) ** 2
    for day in months:
        years = (settings.unit.until - day).days / YEAR
        bmi = plan.bmi * (1 - yearly * years) * chance.normal(1.0, weight.within)
        chart.result("weight", day, round(bmi * square, 1), settings.codes.labs["weight"].si)
        chart.result("bmi", day, round(bmi, 1), settings.codes.labs["bmi"].si)
