"""Delays of diagnosis, time to closure, and the lead of Livedo's first alert.

Days from one event of a case to another. Each delay is a life table too, so that what is rounded
before it leaves goes through the same lines. A lead is negative when the alert came after: it is
kept and counted. Who had an alert and no ulcer yet is censored on the last day anything is known;
who died first had a competing event; who had the ulcer without any alert is counted as missed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Literal

import msgspec
import numpy as np
from scipy.stats import quantile_test

from livedo.knowledge.outcomes import Outcomes, load_outcomes
from livedo.registry.case import Case, Day, Span
from livedo.registry.curves import LEVEL, curves
from livedo.registry.estimate import NO_FIGURE, Estimate
from livedo.registry.life_table import LifeTable, Spell, life_table
from livedo.registry.survival import Column, SetAside, Watched, exact_day, follow

DelayId = Literal[
    "sign_to_diagnosis",
    "contact_to_diagnosis",
    "alert_to_diagnosis",
    "alert_to_ulcer",
    "diagnosis_to_closure",
]
REACHED = "reached"
"""The event whose delay it is; the only other is DEATH, of any cause."""
DEATH = "death"

_Found = Spell | str
"""The stretch of one person, or the reason why there is none."""


class Delay(msgspec.Struct, frozen=True, kw_only=True):
    """One delay in one group of cases: `people = used + missed + set aside`."""

    id: DelayId
    people: int
    table: LifeTable
    """Events `reached` and `death`; the spells are those used."""
    before: int
    """Of those reached, how many had the second event before the first: negative days."""
    same_day: int
    missed: int
    """Of leads: the second event without any alert."""
    set_aside: tuple[SetAside, ...]

    @property
    def used(self) -> int:
        """How many the table counts."""
        return self.table.spells


class AlertsBeforeUlcer(msgspec.Struct, frozen=True, kw_only=True):
    """When the first alert came, among those whose first ulcer has a day."""

    before: int
    same_day: int
    after: int
    missed: int
    """Ulcer and no alert."""

    @property
    def ulcers(self) -> int:
        """Everybody with a dated first ulcer; `share(before, ulcers)` is the share caught."""
        return self.before + self.same_day + self.after + self.missed


def delay(
    id: DelayId,
    cases: Sequence[Case],
    outcomes: Outcomes | None = None,
    of: Column | None = None,
) -> Delay:
    """One delay, counted over these cases; the order of the cases changes nothing.

    Args:
        of: the definition and level these people met, for closure: see `survival.follow`.
    """
    outcomes = outcomes or load_outcomes()
    found: dict[str, _Found] = {}
    if id == "diagnosis_to_closure":
        found = _closures(cases, outcomes, of)
    else:
        stretch = _STRETCHES[id]
        found = {case.person_id: stretch(case, outcomes) for case in cases}
    return _counted(id, found)


def _counted(id: DelayId, found: dict[str, _Found]) -> Delay:
    """Everybody is followed from the same first day, except where entry may be late."""
    spells = [one for one in found.values() if isinstance(one, Spell)]
    aside = [
        SetAside(person, one)
        for person, one in sorted(found.items())
        if isinstance(one, str) and one != _MISSED
    ]
    if id != "diagnosis_to_closure":
        start = min((spell.last for spell in spells), default=0)
        spells = [Spell(start, spell.last, spell.cause) for spell in spells]
    reached = [spell.last for spell in spells if spell.cause == REACHED]
    return Delay(
        id=id,
        people=len(found),
        table=life_table(spells, (REACHED, DEATH)),
        before=sum(days < 0 for days in reached),
        same_day=sum(days == 0 for days in reached),
        missed=sum(one == _MISSED for one in found.values()),
        set_aside=tuple(aside),
    )


_MISSED = "missed"


def _from_sign(case: Case, outcomes: Outcomes) -> _Found:
    return _between(case.first_sign, case.diagnosed, outcomes)


def _from_contact(case: Case, outcomes: Outcomes) -> _Found:
    return _between(case.first_contact, case.diagnosed, outcomes)


def _alert_to_diagnosis(case: Case, outcomes: Outcomes) -> _Found:
    if case.first_alert is None:
        return "end_undated" if case.diagnosed is None else _MISSED
    return _between(Span(case.first_alert, case.first_alert), case.diagnosed, outcomes)


def _between(start: Span | None, end: Span | None, outcomes: Outcomes) -> _Found:
    """The days between; two spans that overlap are never in the wrong order."""
    if start is None or end is None:
        return "start_undated" if start is None else "end_undated"
    first, last = exact_day(start, outcomes), exact_day(end, outcomes)
    if first is None or last is None:
        return "start_imprecise" if first is None else "end_imprecise"
    days = last - first
    overlap = start.first <= end.last and end.first <= start.last
    days = max(days, 0) if overlap else days
    return Spell(days, days, REACHED)


def _alert_to_ulcer(case: Case, outcomes: Outcomes) -> _Found:
    if case.first_ulcer is None and case.ulcerated_at_diagnosis != "no":
        return "end_undated" if case.ulcerated_at_diagnosis == "yes" else "ulcer_unknown"
    if case.first_alert is None:
        return "never_alerted" if case.first_ulcer is None else _MISSED
    if case.first_ulcer is not None:
        return _between(Span(case.first_alert, case.first_alert), case.first_ulcer, outcomes)
    return _still_without(case, case.first_alert, outcomes)


def _still_without(case: Case, alert: Day, outcomes: Outcomes) -> _Found:
    """An alert and no ulcer: censored, or ended by a death of any cause."""
    end, cause = case.followed_to, None
    if case.is_dead or case.died is not None:
        if case.died is None:
            return "death_undated"
        if case.died.first <= case.followed_to:
            died = exact_day(case.died, outcomes)
            if died is None:
                return "death_imprecise"
            end, cause = min(died, case.followed_to), DEATH
    return Spell(0, end - alert, cause) if end >= alert else "not_followed"


_STRETCHES: dict[str, Callable[[Case, Outcomes], _Found]] = {
    "sign_to_diagnosis": _from_sign,
    "contact_to_diagnosis": _from_contact,
    "alert_to_diagnosis": _alert_to_diagnosis,
    "alert_to_ulcer": _alert_to_ulcer,
}


def _closures(cases: Sequence[Case], outcomes: Outcomes, of: Column | None) -> dict[str, _Found]:
    """From diagnosis to healing; late entry as for survival, death of any cause competes."""
    followed = follow(cases, outcomes, of)
    found: dict[str, _Found] = {one.person_id: one.reason for one in followed.set_aside}
    for watched in followed.watched:
        found[watched.case.person_id] = _closure(watched, outcomes)
    return found


def _closure(watched: Watched, outcomes: Outcomes) -> _Found:
    spell = watched.spell
    unhealed = Spell(spell.first, spell.last, DEATH if spell.cause else None)
    healed, diagnosed = watched.case.healed, watched.case.diagnosed
    if healed is None or diagnosed is None:
        return unhealed
    if healed.last < diagnosed.first:
        return "closure_before_diagnosis"
    day = exact_day(healed, outcomes)
    if day is None:
        return "closure_imprecise"
    days = max(day - watched.diagnosed_on, 0)
    if days < spell.first:
        return "closed_before_known"
    return Spell(spell.first, days, REACHED) if days <= spell.last else unhealed


def quantiles(table: LifeTable, shares: Sequence[float]) -> dict[float, Estimate]:
    """Days by which these shares of people had the event; no value where it is not reached.

    Where everybody had it, the interval is exact by order statistics; otherwise it is read from
    the limits of the cumulative incidence.
    """
    reached = sum(table.events_by_cause[REACHED])
    if reached == table.spells and len(set(_rows_with(table.entered))) <= 1:
        days = np.repeat(table.times, table.events_by_cause[REACHED])
        return {part: _quantile(days, part) for part in shares}
    incidence = curves(table).incidence[REACHED]
    return {part: incidence.quantile(part) for part in shares}


def _rows_with(counts: Sequence[int]) -> list[int]:
    return [row for row, count in enumerate(counts) if count]


def _quantile(days: np.ndarray, part: float) -> Estimate:
    if not len(days):
        return NO_FIGURE
    value = int(days[max(math.ceil(part * len(days) - 1e-9) - 1, 0)])
    limits = quantile_test(days, p=part).confidence_interval(LEVEL)
    low, high = (int(limit) if math.isfinite(limit) else None for limit in limits)
    return Estimate(value=value, low=low, high=high, method="order-statistics")


def alerts_before_ulcer(
    cases: Sequence[Case], outcomes: Outcomes | None = None
) -> AlertsBeforeUlcer:
    """How often the first alert came before the first ulcer."""
    outcomes = outcomes or load_outcomes()
    found = delay("alert_to_ulcer", [case for case in cases if case.first_ulcer], outcomes)
    reached = found.table.total(REACHED)
    return AlertsBeforeUlcer(
        before=reached - found.before - found.same_day,
        same_day=found.same_day,
        after=found.before,
        missed=found.missed,
    )
