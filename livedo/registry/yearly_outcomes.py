"""Curves and delays of a yearly report, from life tables as they may be shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from livedo.knowledge.outcomes import Outcomes, load_outcomes
from livedo.registry.case import Case, Day
from livedo.registry.curves import Curve as Steps
from livedo.registry.curves import curves as curves_of
from livedo.registry.delays import REACHED, DelayId, delay, quantiles
from livedo.registry.delays import Delay as Found
from livedo.registry.disclosure import Sum, nested
from livedo.registry.estimate import Estimate as Figure
from livedo.registry.gathered_deaths import of_all, of_cause
from livedo.registry.life_table import LifeTable
from livedo.registry.outcome_counts import OutcomeCounts, outcome_counts
from livedo.registry.shown import shown_quantile
from livedo.registry.shown_curves import ShownCurve, curve_counts, shown_curve
from livedo.registry.small_numbers import HIDDEN, Count, Policy
from livedo.registry.survival import Column, complement, follow, grouped, outcome
from livedo.registry.yearly_occurrence import Shown, told
from livedo.registry.yearly_parts import (
    AtDay,
    Cause,
    Curve,
    CurveFamily,
    CurvePoint,
    Delay,
)

FAMILIES = ("everybody", "site", "ulcerated")
"""Groupings of `outcomes.yaml` that get figures; the first is everybody."""

DELAYS: tuple[DelayId, ...] = (
    "sign_to_diagnosis",
    "contact_to_diagnosis",
    "alert_to_diagnosis",
    "alert_to_ulcer",
    "diagnosis_to_closure",
)
CLOSURE = DELAYS[-1]

CAUSES: tuple[Cause, ...] = ("disease", "other", "unknown")


class OutcomeTables(msgspec.Struct, frozen=True, kw_only=True):
    """True life tables by name, and every count of them by name with what ties them."""

    tables: dict[str, LifeTable]
    """`survival.site.proximal`, `delay.sign_to_diagnosis`."""
    groups: dict[str, tuple[str, ...]]
    """The groups of each grouping."""
    delays: tuple[Found, ...]
    cells: dict[str, int]
    sums: tuple[Sum, ...]
    last: dict[str, str]
    """By table, the stem of its counts at the end of the follow-up."""
    outcomes: Outcomes


def outcome_tables(cases: Sequence[Case], policy: Policy, of: Column) -> OutcomeTables:
    """Everything that is counted about how these cases fared.

    Args:
        of: the definition and level that all of them met. Whoever met it only after diagnosis
            had to live until then, and is watched from there.
    """
    outcomes = load_outcomes()
    followed = follow(cases, outcomes, of)
    groupings = [grouped(followed, grouping, outcomes) for grouping in FAMILIES]
    delays = tuple(delay(id, cases, outcomes, of) for id in DELAYS)
    tables = {
        stem(each.grouping, group): table
        for each in groupings
        for group, table in each.tables.items()
    }
    between = [
        Sum(stem(FAMILIES[0], FAMILIES[0]), tuple(stem(each.grouping, g) for g in each.tables))
        for each in groupings[1:]
    ]
    cells, sums = curve_counts(tables, between, policy)
    people, their_sums = _people(outcome_counts(followed, groupings, outcomes), tables, cells)
    last = {name: _last(name, cells) for name in tables}
    for each in delays:
        name = f"delay.{each.id}"
        own, ties = _delay_counts(name, each, policy)
        last[name] = _last(name, own) if each.id in WITH_DEATH else ""
        parts = {"used": each.used, "missed": each.missed, "set_aside": len(each.set_aside)}
        people |= {f"{name}.{part}": count for part, count in parts.items()}
        their_sums.append(Sum("survival.read", tuple(f"{name}.{part}" for part in parts)))
        if last[name]:
            their_sums.append(nested(f"{name}.used", f"{last[name]}.died"))
        cells |= own
        sums += ties
    return OutcomeTables(
        tables=tables | {f"delay.{each.id}": each.table for each in delays},
        groups={each.grouping: tuple(each.tables) for each in groupings},
        delays=delays,
        cells=cells | people,
        sums=(*sums, *their_sums),
        last=last,
        outcomes=outcomes,
    )


def _delay_counts(name: str, each: Found, policy: Policy) -> tuple[dict[str, int], list[Sum]]:
    """Where death competes, the counts of its curves; otherwise everybody has it."""
    return curve_counts({name: each.table}, (), policy) if each.id in WITH_DEATH else ({}, [])


WITH_DEATH = ("alert_to_ulcer", "diagnosis_to_closure")
"""Delays that death may end."""


def stem(grouping: str, group: str) -> str:
    """The name of a life table of survival, as `outcome_counts` has it."""
    return f"survival.{grouping}.{group}"


def _people(
    counts: OutcomeCounts, tables: Mapping[str, LifeTable], cells: Mapping[str, int]
) -> tuple[dict[str, int], list[Sum]]:
    """How many people there are in every group; when they die is in the counts of the curves."""
    whole = ("survival.read", "survival.used", "survival.set_aside.")
    kept = {
        id: count
        for id, count in counts.cells.items()
        if id.endswith(".spells") or id.startswith(whole)
    }
    dropped = counts.cells.keys() - kept.keys()
    sums = [Sum(total, parts) for total, parts in counts.sums if not dropped & {total, *parts}]
    sums += [nested(f"{name}.spells", f"{_last(name, cells)}.died") for name in tables]
    return kept, sums


def _last(name: str, cells: Mapping[str, int]) -> str:
    """The stem of the counts at the end of the last stretch."""
    ends = [id for id in cells if id.startswith(f"{name}.") and id.endswith(".died")]
    return ends[-1].removesuffix(".died")


def families(found: OutcomeTables, shown: Shown) -> tuple[CurveFamily, ...]:
    """Survival and deaths by cause of every grouping; closure of everybody."""
    tables = {
        name: shown_curve(name, table, shown.counts, shown.policy)
        for name, table in found.tables.items()
        if found.last[name]
    }
    told_tables = ShownTables(tables=tables, true=found, counts=shown, outcomes=found.outcomes)
    several: list[CurveFamily] = []
    for grouping in FAMILIES:
        several.append(_survival(grouping, told_tables))
        several.append(_incidence(grouping, told_tables))
    return (*several, closure_family(told_tables))


class ShownTables(msgspec.Struct, frozen=True, kw_only=True):
    """Life tables by name as they may be shown, and the counts behind them."""

    tables: Mapping[str, ShownCurve | None]
    """None where no curve may be shown."""
    true: OutcomeTables
    counts: Shown
    outcomes: Outcomes


def _survival(grouping: str, shown: ShownTables) -> CurveFamily:
    groups = shown.true.groups[grouping]
    curves = tuple(_curve(grouping, group, "all", shown) for group in groups)
    return CurveFamily(by=grouping, measure="survival", curves=curves)


def _incidence(grouping: str, shown: ShownTables) -> CurveFamily:
    """Of everybody each cause; of groups the disease alone, so that a figure can be read."""
    causes = CAUSES if grouping == FAMILIES[0] else CAUSES[:1]
    curves = tuple(
        _curve(grouping, group, cause, shown)
        for group in shown.true.groups[grouping]
        for cause in causes
    )
    return CurveFamily(by=grouping, measure="incidence", curves=curves)


def _curve(grouping: str, group: str, cause: Cause, shown: ShownTables) -> Curve:
    name = stem(grouping, group)
    is_all = cause == "all"
    died = "died" if is_all else f"died_of.{cause}"
    drawn = _drawn(name, "" if is_all else cause, shown)
    return Curve(
        group=group,
        cause=cause,
        people=shown.counts[f"{name}.spells"],
        events=shown.counts[f"{shown.true.last[name]}.{died}"],
        points=tuple(_points(drawn)),
        at=tuple(_at(drawn, shown.outcomes)),
        median=drawn.median if drawn and is_all else None,
    )


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """One curve of a life table as it may be shown."""

    table: LifeTable
    steps: Steps | None
    """None where the events of this cause are hidden."""
    hidden: frozenset[Day]
    """Ends of stretches by which 1 to 7 had the event: nobody knows how many, and not none."""
    after: Count
    """How many are followed after the last row: nobody, or a number that is hidden."""
    drawn_to: Day | None
    median: float | None

    is_gathered: bool
    """A step holds what gathered since the step before, and not what happened that day."""

    def on(self, day: Day) -> Figure | None:
        """The value at the end of a day; None where it is hidden or the curve is not drawn."""
        if self.steps is None or self.drawn_to is None:
            return None
        before = [time for time in self.table.times if time <= day]
        return None if not before or before[-1] in self.hidden else self.steps.on(day)

    def between(self, day: Day) -> Figure | None:
        """The value at the end of a day, on the straight line from one step to the next.

        What gathered until a step happened at unknown days before it. To count it only from the
        day of the step would make every share too low.
        """
        here = self.on(day)
        if here is None or not self.is_gathered or self.steps is None:
            return here
        steps = list(_changes(self))
        before = [step for step in steps if step[0] <= day]
        after = [step for step in steps if step[0] > day]
        if not before or not after:
            return here
        (start, low), (end, high) = before[-1], after[0]
        return _on_the_line(low, high, (day - start) / (end - start))


def _drawn(name: str, event: str, shown: ShownTables) -> Drawn | None:
    """Survival, or the incidence of one event."""
    curve = shown.tables[name]
    if curve is None:
        return None
    is_on = shown.counts.policy.is_on
    found = outcome(of_all(curve) if is_on else curve.of_all, shown.outcomes)
    cell = f"died_of.{event}" if event else "died"
    counts, days = shown.counts.counts, curve.of_all.times
    return Drawn(
        table=curve.of_all,
        steps=_incidence_of(curve, event, is_on) if event else found.curves.survival,
        hidden=frozenset(day for day in days if counts.get(f"{name}.{day}.{cell}") is HIDDEN),
        after=HIDDEN if is_on else 0,
        is_gathered=is_on,
        drawn_to=found.drawn_to,
        median=found.median.value,
    )


def _incidence_of(curve: ShownCurve, event: str, is_on: bool) -> Steps | None:
    table = of_cause(curve, event) if is_on else curve.by_cause
    return None if table is None else curves_of(table).incidence.get(event)


def _at(drawn: Drawn | None, outcomes: Outcomes) -> Iterator[AtDay]:
    """People at risk of the table as it may be shown, and the share that had the event."""
    for time in outcomes.times:
        at_risk: Count = HIDDEN if drawn is None else drawn.after
        share = None
        if drawn is not None and drawn.table.times:
            first, last = drawn.table.times[0], drawn.table.times[-1]
            if time.days <= last:
                at_risk = drawn.table.at_risk_on(max(time.days, first))
            on = drawn.between(time.days)
            if on is not None and drawn.steps is not None:
                share = told(complement(on) if drawn.steps.kind == "survival" else on)
        yield AtDay(day=time.days, at_risk=at_risk, share=share)


def _points(drawn: Drawn | None) -> Iterator[CurvePoint]:
    """The steps to the last day that is drawn; a stretch whose count is hidden has none."""
    if drawn is None:
        return
    for day, step in _changes(drawn):
        if step.value is not None:
            yield CurvePoint(day=day, share=step.value, low=step.low, high=step.high)


def _changes(drawn: Drawn) -> Iterator[tuple[Day, Figure]]:
    """The days on which a curve changes, and the last day that is drawn."""
    if drawn.steps is None or drawn.drawn_to is None:
        return
    last = None
    days = [day for day in drawn.steps.times if day < drawn.drawn_to]
    for day in (*days, drawn.drawn_to):
        step = drawn.on(day)
        if step is None or step.value is None:
            continue
        if step.value != last or day == drawn.drawn_to:
            yield day, step
            last = step.value


def _on_the_line(one: Figure, other: Figure, part: float) -> Figure:
    """A figure between two, so far along the way."""

    def along(a: float | None, b: float | None) -> float | None:
        return None if a is None or b is None else a + (b - a) * part

    return msgspec.structs.replace(
        one,
        value=along(one.value, other.value),
        low=along(one.low, other.low),
        high=along(one.high, other.high),
    )


# -- delays --------------------------------------------------------------------------------


def delays_shown(found: OutcomeTables, shown: Shown) -> tuple[Delay, ...]:
    """Median and quartiles of every delay."""
    return tuple(_delay(each, found.outcomes, shown) for each in found.delays)


def _delay(each: Found, outcomes: Outcomes, shown: Shown) -> Delay:
    name = f"delay.{each.id}"
    quarters = _curve_quantiles if each.id in WITH_DEATH else _day_quantiles
    lower, median, upper = quarters(name, each, outcomes, shown)
    return Delay(
        id=each.id,
        people=shown[f"{name}.used"],
        missed=shown[f"{name}.missed"],
        not_known=shown[f"{name}.set_aside"],
        lower=lower,
        median=median,
        upper=upper,
    )


Quarters = tuple[float | None, float | None, float | None]


def _day_quantiles(name: str, each: Found, outcomes: Outcomes, shown: Shown) -> Quarters:
    """Whole days; none where too few people lie on one side, or where the number is hidden."""
    if not shown.policy.is_on:
        return _quarters(quantiles(each.table, outcomes.quantiles), outcomes)
    if shown[f"{name}.used"] is HIDDEN:
        return (None, None, None)
    rows = zip(each.table.times, each.table.events_by_cause[REACHED], strict=True)
    days = [float(day) for day, people in rows for _ in range(people)]
    told = (shown_quantile(days, part, shown.policy) for part in outcomes.quantiles)
    lower, median, upper = (day if isinstance(day, float) else None for day in told)
    return lower, median, upper


def _curve_quantiles(name: str, each: Found, outcomes: Outcomes, shown: Shown) -> Quarters:
    """The ends of the stretches by which these shares have it, death being the other ending."""
    curve = shown_curve(name, each.table, shown.counts, shown.policy)
    table = None
    if curve is not None:
        table = of_cause(curve, REACHED) if shown.policy.is_on else curve.by_cause
    if table is None or table.spells < outcomes.least.people:
        return (None, None, None)
    steps = curves_of(table).incidence[REACHED]
    return _quarters({part: steps.quantile(part) for part in outcomes.quantiles}, outcomes)


def _quarters(at: Mapping[float, Figure], outcomes: Outcomes) -> Quarters:
    lower, median, upper = (at[part].value for part in outcomes.quantiles)
    return lower, median, upper


def closure_family(shown: ShownTables) -> CurveFamily:
    """The share whose lesions closed, beside the share that died first."""
    endings: tuple[tuple[Cause, str], ...] = (("closed", REACHED), ("died", "death"))
    curves = tuple(_ending(cause, event, shown) for cause, event in endings)
    return CurveFamily(by=FAMILIES[0], measure="closure", curves=curves)


def _ending(cause: Cause, event: str, shown: ShownTables) -> Curve:
    name = f"delay.{CLOSURE}"
    drawn = _drawn(name, event, shown)
    return Curve(
        group=FAMILIES[0],
        cause=cause,
        people=shown.counts[f"{name}.used"],
        events=shown.counts[f"{shown.true.last[name]}.died_of.{event}"],
        points=tuple(_points(drawn)),
        at=tuple(_at(drawn, shown.outcomes)),
    )
