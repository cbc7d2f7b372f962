"""Curves and delays of a yearly report, from life tables as they may be shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from livedo.knowledge.outcomes import Outcomes
from livedo.registry.curves import Curve as Steps
from livedo.registry.delays import REACHED, quantiles
from livedo.registry.life_table import LifeTable
from livedo.registry.small_numbers import HIDDEN
from livedo.registry.survival import Outcome, outcome
from livedo.registry.yearly_occurrence import told
from livedo.registry.yearly_parts import (
    AtRisk,
    Cause,
    Curve,
    CurveFamily,
    CurvePoint,
    Delay,
    Estimate,
)

ONE_YEAR = 365
FAMILIES = ("everybody", "site", "ulcerated")
"""Groupings of `outcomes.yaml` that get figures."""

NONE_SHOWN = Curve(group="", cause="all", people=HIDDEN, events=HIDDEN)


class ShownTable(msgspec.Struct, frozen=True, kw_only=True):
    """A life table as it may be shown, or nothing of it."""

    table: LifeTable | None


def families(
    tables: Mapping[str, Mapping[str, LifeTable | None]], outcomes: Outcomes
) -> tuple[CurveFamily, ...]:
    """Survival, and the incidence of death by cause, of every grouping.

    Args:
        tables: by grouping and group; None where the group may not be shown.
    """
    found: list[CurveFamily] = []
    for grouping in FAMILIES:
        groups = tables.get(grouping, {})
        found.append(_survival(grouping, groups, outcomes))
        found.append(_incidence(grouping, groups, outcomes))
    return tuple(found)


def _survival(
    grouping: str, groups: Mapping[str, LifeTable | None], outcomes: Outcomes
) -> CurveFamily:
    curves = tuple(_curve(group, "all", table, outcomes) for group, table in groups.items())
    return CurveFamily(by=grouping, measure="survival", curves=curves)


def _incidence(
    grouping: str, groups: Mapping[str, LifeTable | None], outcomes: Outcomes
) -> CurveFamily:
    """Of everybody each cause; of groups the disease alone, so that a figure can be read."""
    causes: tuple[Cause, ...] = ("disease", "other", "unknown")
    told_causes = causes if grouping == "everybody" else causes[:1]
    curves = tuple(
        _curve(group, cause, table, outcomes)
        for group, table in groups.items()
        for cause in told_causes
    )
    return CurveFamily(by=grouping, measure="incidence", curves=curves)


def _curve(group: str, cause: Cause, table: LifeTable | None, outcomes: Outcomes) -> Curve:
    if table is None:
        return msgspec.structs.replace(NONE_SHOWN, group=group, cause=cause)
    found = outcome(table, outcomes)
    is_all = cause == "all"
    steps = found.curves.survival if is_all else found.curves.incidence[cause]
    events = sum(found.deaths_by_cause.values()) if is_all else found.deaths_by_cause[cause]
    return Curve(
        group=group,
        cause=cause,
        people=found.spells,
        events=events,
        points=tuple(_points(steps, found.drawn_to)),
        at_risk=tuple(AtRisk(day=at.days, people=at.at_risk) for at in found.at),
        at_one_year=_at_one_year(found, cause),
        median=found.median.value if is_all else None,
    )


def _at_one_year(found: Outcome, cause: Cause) -> Estimate | None:
    at = next(at for at in found.at if at.days == ONE_YEAR)
    if found.drawn_to is None:
        return None
    return told(at.mortality if cause == "all" else at.incidence[cause])


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


class ShownDelay(msgspec.Struct, frozen=True, kw_only=True):
    """A delay as it may be shown."""

    id: str
    table: LifeTable | None
    not_known: int | object
    missed: int | object


def delay(found: ShownDelay, outcomes: Outcomes) -> Delay:
    """Median and quartiles of one delay."""
    not_known = found.not_known if isinstance(found.not_known, int) else HIDDEN
    if found.table is None:
        return Delay(id=found.id, group="all", people=HIDDEN, not_known=not_known)
    at = quantiles(found.table, outcomes.quantiles)
    lower, median, upper = (at[part].value for part in outcomes.quantiles)
    return Delay(
        id=found.id,
        group="all",
        people=found.table.spells,
        not_known=not_known,
        median=median,
        lower=lower,
        upper=upper,
    )


def closure_family(table: LifeTable | None, outcomes: Outcomes) -> CurveFamily:
    """The share whose lesions closed, beside the share that died first."""
    from livedo.registry.curves import curves

    endings: tuple[tuple[Cause, str], ...] = (("closed", REACHED), ("died", "death"))
    if table is None or table.spells < outcomes.least.people:
        hidden = (msgspec.structs.replace(NONE_SHOWN, group="all", cause=c) for c, _ in endings)
        return CurveFamily(by="everybody", measure="closure", curves=tuple(hidden))
    found = curves(table)
    least = outcomes.least.share_at_risk * table.spells
    enough = [d for d, n in zip(table.times, table.at_risk, strict=True) if n >= least and n > 0]
    return CurveFamily(
        by="everybody",
        measure="closure",
        curves=tuple(
            Curve(
                group="all",
                cause=cause,
                people=table.spells,
                events=table.total(event),
                points=tuple(_points(found.incidence[event], enough[-1] if enough else None)),
                at_risk=tuple(
                    AtRisk(day=time.days, people=table.at_risk_on(time.days))
                    for time in outcomes.times
                ),
                at_one_year=told(found.incidence[event].on(ONE_YEAR)),
            )
            for cause, event in endings
        ),
    )
