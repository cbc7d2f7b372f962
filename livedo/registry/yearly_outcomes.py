"""Curves and delays of a yearly report, from life tables as they may be shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from livedo.knowledge.outcomes import Outcomes, load_outcomes
from livedo.registry.case import Case
from livedo.registry.curves import Curve as Steps
from livedo.registry.curves import curves as curves_of
from livedo.registry.delays import REACHED, DelayId, delay, quantiles
from livedo.registry.delays import Delay as Found
from livedo.registry.disclosure import Sum, nested
from livedo.registry.life_table import LifeTable
from livedo.registry.outcome_counts import OutcomeCounts, outcome_counts
from livedo.registry.small_numbers import HIDDEN, Policy
from livedo.registry.survival import Grouped, Outcome, follow, grouped, outcome
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
    """True life tables by grouping and group, the delays, and every count of them by name."""

    groupings: tuple[Grouped, ...]
    delays: tuple[Found, ...]
    cells: dict[str, int]
    sums: tuple[Sum, ...]
    outcomes: Outcomes


def outcome_tables(cases: Sequence[Case]) -> OutcomeTables:
    """Everything that is counted about how these cases fared."""
    outcomes = load_outcomes()
    followed = follow(cases, outcomes)
    groupings = tuple(grouped(followed, grouping, outcomes) for grouping in FAMILIES)
    cells, sums = kept(outcome_counts(followed, groupings, outcomes), outcomes)
    delays = tuple(delay(id, cases, outcomes) for id in DELAYS)
    for each in delays:
        stem = f"delay.{each.id}"
        parts = {"used": each.used, "missed": each.missed, "set_aside": len(each.set_aside)}
        cells |= {f"{stem}.{part}": count for part, count in parts.items()}
        sums.append(Sum("survival.read", tuple(f"{stem}.{part}" for part in parts)))
    return OutcomeTables(
        groupings=groupings, delays=delays, cells=cells, sums=tuple(sums), outcomes=outcomes
    )


def kept(counts: OutcomeCounts, outcomes: Outcomes) -> tuple[dict[str, int], list[Sum]]:
    """People, people at risk at each time, and deaths of the whole follow-up, with their sums.

    Deaths at every time would tie so many small differences together that all had to be hidden;
    the curves tell when people die.
    """
    last = outcomes.times[-1].id
    cells = {id: n for id, n in counts.cells.items() if "died" not in id or f".{last}.died" in id}
    dropped = counts.cells.keys() - cells.keys()
    sums = [Sum(total, parts) for total, parts in counts.sums if not dropped & {total, *parts}]
    stems = [id.removesuffix(".spells") for id in cells if id.endswith(".spells")]
    return cells, sums + [nested(f"{stem}.spells", f"{stem}.{last}.died") for stem in stems]


def families(found: OutcomeTables, shown: Shown) -> tuple[CurveFamily, ...]:
    """Survival and deaths by cause of every grouping; closure of everybody."""
    told_tables = ShownTables(
        tables={
            each.grouping: {
                group: protected_table(table, shown.policy) for group, table in each.tables.items()
            }
            for each in found.groupings
        },
        counts=shown,
        outcomes=found.outcomes,
    )
    closure = next(each for each in found.delays if each.id == CLOSURE)
    several: list[CurveFamily] = []
    for grouping in FAMILIES:
        several.append(_survival(grouping, told_tables))
        several.append(_incidence(grouping, told_tables))
    table = protected_table(closure.table, shown.policy)
    return (*several, closure_family(table, found.outcomes))


def protected_table(table: LifeTable, policy: Policy) -> LifeTable | None:
    """A life table as it may be shown."""
    if not policy.is_on:
        return table
    return table if table.spells > policy.hide_to else None


class ShownTables(msgspec.Struct, frozen=True, kw_only=True):
    """Life tables by grouping and group as they may be shown, and the counts behind them."""

    tables: Mapping[str, Mapping[str, LifeTable | None]]
    """None where the group may not be shown."""
    counts: Shown
    outcomes: Outcomes


def _survival(grouping: str, shown: ShownTables) -> CurveFamily:
    groups = shown.tables[grouping]
    curves = tuple(_curve(grouping, group, "all", shown) for group in groups)
    return CurveFamily(by=grouping, measure="survival", curves=curves)


def _incidence(grouping: str, shown: ShownTables) -> CurveFamily:
    """Of everybody each cause; of groups the disease alone, so that a figure can be read."""
    causes = CAUSES if grouping == FAMILIES[0] else CAUSES[:1]
    curves = tuple(
        _curve(grouping, group, cause, shown)
        for group in shown.tables[grouping]
        for cause in causes
    )
    return CurveFamily(by=grouping, measure="incidence", curves=curves)


def _curve(grouping: str, group: str, cause: Cause, shown: ShownTables) -> Curve:
    stem = f"survival.{grouping}.{group}"
    table = shown.tables[grouping][group]
    found = None if table is None else outcome(table, shown.outcomes)
    name = "died" if cause == "all" else f"died_of.{cause}"
    return Curve(
        group=group,
        cause=cause,
        people=shown.counts[f"{stem}.spells"],
        events=shown.counts[f"{stem}.{shown.outcomes.times[-1].id}.{name}"],
        points=tuple(_points(_steps(found, cause), found.drawn_to)) if found else (),
        at=tuple(_at(stem, cause, found, shown)),
        median=found.median.value if found and cause == "all" else None,
    )


def _steps(found: Outcome, cause: Cause) -> Steps:
    return found.curves.survival if cause == "all" else found.curves.incidence[cause]


def _at(stem: str, cause: Cause, found: Outcome | None, shown: ShownTables) -> Iterator[AtDay]:
    """Counts as protected; shares of the curve, where there is enough for one."""
    shares = {at.days: at for at in found.at} if found and found.drawn_to is not None else {}
    for time in shown.outcomes.times:
        at = shares.get(time.days)
        share = None
        if at is not None:
            share = told(at.mortality if cause == "all" else at.incidence[cause])
        yield AtDay(
            day=time.days,
            at_risk=shown.counts[f"{stem}.{time.id}.at_risk"],
            share=share,
        )


def _points(steps: Steps, drawn_to: int | None) -> Iterator[CurvePoint]:
    """The steps to the last day that is drawn."""
    if drawn_to is None:
        return
    last = None
    for day, step in zip(steps.times, steps.steps, strict=True):
        if day > drawn_to:
            break
        if step.value is not None and step.value != last:
            yield CurvePoint(day=day, share=step.value, low=step.low, high=step.high)
            last = step.value
    if steps.times and last is not None:
        end = steps.on(drawn_to)
        if end.value is not None:
            yield CurvePoint(day=drawn_to, share=end.value, low=end.low, high=end.high)


# -- delays --------------------------------------------------------------------------------


def delays_shown(found: OutcomeTables, shown: Shown) -> tuple[Delay, ...]:
    """Median and quartiles of every delay."""
    return tuple(_delay(each, found.outcomes, shown) for each in found.delays)


def _delay(each: Found, outcomes: Outcomes, shown: Shown) -> Delay:
    table = protected_table(each.table, shown.policy)
    lower = median = upper = None
    if table is not None and table.spells >= outcomes.least.people:
        at = quantiles(table, outcomes.quantiles)
        lower, median, upper = (at[part].value for part in outcomes.quantiles)
    return Delay(
        id=each.id,
        people=shown[f"delay.{each.id}.used"],
        missed=shown[f"delay.{each.id}.missed"],
        not_known=shown[f"delay.{each.id}.set_aside"],
        lower=lower,
        median=median,
        upper=upper,
    )


def closure_family(table: LifeTable | None, outcomes: Outcomes) -> CurveFamily:
    """The share whose lesions closed, beside the share that died first."""
    is_small = table is None or table.spells < outcomes.least.people
    endings: tuple[tuple[Cause, str], ...] = (("closed", REACHED), ("died", "death"))
    curves = tuple(
        Curve(group="everybody", cause=cause, people=HIDDEN, events=HIDDEN)
        if table is None or is_small
        else _ending(cause, event, table, outcomes)
        for cause, event in endings
    )
    return CurveFamily(by=FAMILIES[0], measure="closure", curves=curves)


def _ending(cause: Cause, event: str, table: LifeTable, outcomes: Outcomes) -> Curve:
    steps = curves_of(table).incidence[event]
    least = outcomes.least.share_at_risk * table.spells
    rows = zip(table.times, table.at_risk, strict=True)
    enough = [day for day, n in rows if n >= least and n > 0]
    return Curve(
        group="everybody",
        cause=cause,
        people=table.spells,
        events=table.total(event),
        points=tuple(_points(steps, enough[-1] if enough else None)),
        at=tuple(
            AtDay(
                day=time.days,
                at_risk=table.at_risk_on(time.days),
                share=told(steps.on(time.days)),
            )
            for time in outcomes.times
        ),
    )
