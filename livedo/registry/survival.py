"""How people with calciphylaxis fare from the day of diagnosis.

Survival of all causes; beside it, never merged with it, the cumulative incidence of death from the
disease, from another cause, and of unknown cause, as competing risks. Day 0 is the day of
diagnosis, so a death that day counts. Two errors are kept out:

- *left truncation*: who was diagnosed before anybody would have noticed his death enters late, on
  the day after `followed_from`, and not at all when he came to be known by dying; likewise who met
  the definition in question only after diagnosis (`of`);
- *immortal time*: groups are what was known at diagnosis; "ulcerated so far" moves people from one
  group to the other on their first ulcer (Simon and Makuch, Stat Med 1984;3:35-44).

Every case is used or set aside with a reason. What is returned are true counts, to be protected
before figures are made of them by `outcome`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from livedo.knowledge.definitions import load_definitions
from livedo.knowledge.outcomes import Grouping, Outcomes, load_outcomes
from livedo.registry.case import Case, Day, Span
from livedo.registry.curves import Curves, curves
from livedo.registry.estimate import NO_FIGURE, Estimate
from livedo.registry.life_table import LifeTable, Spell, life_table

Column = tuple[str, str]
"""A definition and one of its levels."""


class SetAside(msgspec.Struct, frozen=True, order=True):
    """A case that a figure does not use, and why (an id of `outcomes.yaml`, `set_aside`)."""

    person_id: str
    reason: str


class Watched(msgspec.Struct, frozen=True):
    """A case with its spell in days since diagnosis, on `diagnosed_on`."""

    case: Case
    diagnosed_on: Day
    spell: Spell


class Followed(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody who was read: used, or set aside; both in the order of person ids."""

    watched: tuple[Watched, ...]
    set_aside: tuple[SetAside, ...]

    @property
    def people(self) -> int:
        """How many cases were read."""
        return len(self.watched) + len(self.set_aside)

    @property
    def late(self) -> int:
        """How many enter after the day of their diagnosis."""
        return sum(watched.spell.first > 0 for watched in self.watched)


class Grouped(msgspec.Struct, frozen=True, kw_only=True):
    """One life table a group, in the order of `outcomes.yaml`; groups without anybody included."""

    grouping: str
    tables: dict[str, LifeTable]
    set_aside: tuple[SetAside, ...]


class AtTime(msgspec.Struct, frozen=True, kw_only=True):
    """The figures so many days after diagnosis. `mortality` is 1 - survival, of all causes."""

    time: str
    days: Day
    at_risk: int
    deaths_by_cause: dict[str, int]
    """Until then, that day included."""
    survival: Estimate
    mortality: Estimate
    incidence: dict[str, Estimate]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What one life table says."""

    spells: int
    person_years: float
    deaths_by_cause: dict[str, int]
    curves: Curves
    at: tuple[AtTime, ...]
    median: Estimate
    """Days from diagnosis to death of any cause."""
    drawn_to: Day | None
    """The last day to which a curve should be drawn; None: too few people for a curve."""


def exact_day(span: Span, outcomes: Outcomes) -> Day | None:
    """The day, or the middle of a span that is narrow enough; None when it is not."""
    if span.last - span.first >= outcomes.midpoint_within_days:
        return None
    return (span.first + span.last) // 2


def reasons(set_aside: Iterable[SetAside], outcomes: Outcomes | None = None) -> dict[str, int]:
    """How many were set aside for each reason that occurs, in the order of `outcomes.yaml`."""
    outcomes = outcomes or load_outcomes()
    counts = Counter(aside.reason for aside in set_aside)
    return {reason.id: counts[reason.id] for reason in outcomes.set_aside if counts.get(reason.id)}


def follow(
    cases: Sequence[Case], outcomes: Outcomes | None = None, of: Column | None = None
) -> Followed:
    """Who is watched for death from which day to which, and who is set aside.

    Args:
        of: the definition and level that these people are said to have met. Whoever met it only
            after diagnosis had to live until then, and is watched from the next day.
    """
    outcomes = outcomes or load_outcomes()
    watched: list[Watched] = []
    aside: list[SetAside] = []
    for case in sorted(cases, key=lambda case: case.person_id):
        found = _watched(case, outcomes, of)
        if isinstance(found, str):
            aside.append(SetAside(case.person_id, found))
        else:
            watched.append(found)
    return Followed(watched=tuple(watched), set_aside=tuple(aside))


def _watched(case: Case, outcomes: Outcomes, of: Column | None) -> Watched | str:
    """The spell of a case, or the reason why it has none."""
    met = case.followed_from if of is None else _met_on(case, of)
    if met is None:
        return "definition_not_met"
    if case.diagnosed is None:
        return "diagnosis_undated"
    day = exact_day(case.diagnosed, outcomes)
    if day is None:
        return "diagnosis_imprecise"
    if case.diagnosed.first <= case.followed_to:
        day = min(day, case.followed_to)
    end = _end(case, day, outcomes)
    if isinstance(end, str):
        return end
    last, cause = end
    first = _first_day(max(case.followed_from, met), day)
    if last < first:
        return "known_after_death" if cause else "not_followed"
    return Watched(case, day, Spell(first, last, cause))


def _met_on(case: Case, of: Column) -> Day | None:
    """The first day on which the level, or a surer one of the same definition, was met."""
    definition, level = of
    known = next((one for one in load_definitions() if one.id == definition), None)
    levels = [one.id for one in known.levels] if known else [level]
    as_sure = levels[: levels.index(level) + 1]
    days = [
        reached.on
        for reached in case.reached
        if reached.definition == definition and reached.level in as_sure
    ]
    return min(days, default=None)


def _first_day(known_on: Day, diagnosed_on: Day) -> Day:
    """The first day at risk, counted from diagnosis.

    Day 0 when the person was already followed then; otherwise the day after he came to be known,
    since only who was still alive that day could come to be known alive.
    """
    late = known_on - diagnosed_on
    return late + 1 if late > 0 else 0


def _end(case: Case, diagnosed_on: Day, outcomes: Outcomes) -> tuple[Day, str | None] | str:
    """The last day watched, counted from diagnosis, and the cause of a death on it."""
    end = case.followed_to - diagnosed_on
    if not case.is_dead and case.died is None:
        return end, None
    died = case.died
    if died is None:
        return "death_undated"
    if died.first > case.followed_to:
        return end, None
    if case.diagnosed is not None and died.last < case.diagnosed.first:
        return "death_before_diagnosis"
    day = exact_day(died, outcomes)
    if day is None:
        return "death_imprecise"
    return max(min(day, case.followed_to) - diagnosed_on, 0), case.cause_of_death


def grouped(followed: Followed, grouping: str, outcomes: Outcomes | None = None) -> Grouped:
    """The life tables of one grouping of `outcomes.yaml`, and whom it sets aside."""
    outcomes = outcomes or load_outcomes()
    rule = outcomes.grouping(grouping)
    spells: dict[str, list[Spell]] = {value.id: [] for value in rule.values}
    aside = list(followed.set_aside)
    for watched in followed.watched:
        parts = _parts(watched, rule, outcomes)
        if isinstance(parts, str):
            aside.append(SetAside(watched.case.person_id, parts))
            continue
        for group, spell in parts:
            spells[group].append(spell)
    causes = [cause.id for cause in outcomes.causes]
    tables = {group: life_table(known, causes) for group, known in spells.items()}
    return Grouped(grouping=grouping, tables=tables, set_aside=tuple(sorted(aside)))


def _parts(
    watched: Watched, rule: Grouping, outcomes: Outcomes
) -> Sequence[tuple[str, Spell]] | str:
    if rule.by == "everybody":
        return [(rule.values[0].id, watched.spell)]
    if rule.by == "site":
        return [(watched.case.site, watched.spell)]
    if rule.by == "ulcerated_at_diagnosis":
        return [(watched.case.ulcerated_at_diagnosis, watched.spell)]
    return _split_at_ulcer(watched, outcomes)


def _split_at_ulcer(watched: Watched, outcomes: Outcomes) -> Sequence[tuple[str, Spell]] | str:
    """Not ulcerated up to and including the day of the first ulcer, ulcerated from the next day.

    A death on the day of the ulcer thus counts before it, as in any count of time-dependent
    groups: the group of a day is settled by what was known before that day.
    """
    case, spell = watched.case, watched.spell
    at_diagnosis = case.ulcerated_at_diagnosis
    if at_diagnosis == "yes":
        return [("ulcerated", spell)]
    if case.first_ulcer is None:
        return [("not_yet" if at_diagnosis == "no" else "unknown", spell)]
    on = exact_day(case.first_ulcer, outcomes)
    if on is None:
        return "ulcer_imprecise"
    ulcer = on - watched.diagnosed_on
    if at_diagnosis == "unknown" and ulcer <= 0:
        return [("ulcerated", spell)]
    return _split(spell, max(ulcer, 0))


def _split(spell: Spell, on: Day) -> Sequence[tuple[str, Spell]]:
    if on >= spell.last:
        return [("not_yet", spell)]
    if on < spell.first:
        return [("ulcerated", spell)]
    before = ("not_yet", Spell(spell.first, on))
    return [before, ("ulcerated", Spell(on + 1, spell.last, spell.cause))]


def outcome(table: LifeTable, outcomes: Outcomes | None = None) -> Outcome:
    """The figures of a life table, as counted or as it may be shown."""
    outcomes = outcomes or load_outcomes()
    found = curves(table)
    is_small = table.spells < outcomes.least.people
    return Outcome(
        spells=table.spells,
        person_years=table.person_years,
        deaths_by_cause={cause: table.total(cause) for cause in table.events_by_cause},
        curves=found,
        at=tuple(_at(time.id, time.days, table, found) for time in outcomes.times),
        median=NO_FIGURE if is_small else found.survival.quantile(0.5),
        drawn_to=None if is_small else _drawn_to(table, outcomes),
    )


def _at(time: str, day: Day, table: LifeTable, found: Curves) -> AtTime:
    survival = found.survival.on(day)
    return AtTime(
        time=time,
        days=day,
        at_risk=table.at_risk_on(day),
        deaths_by_cause={cause: table.total(cause, day) for cause in table.events_by_cause},
        survival=survival,
        mortality=complement(survival),
        incidence={cause: curve.on(day) for cause, curve in found.incidence.items()},
    )


def complement(share: Estimate) -> Estimate:
    """One minus a share, its limits changed over."""
    value, low, high = (
        None if part is None else 1 - part for part in (share.value, share.high, share.low)
    )
    return Estimate(value=value, low=low, high=high, method=share.method)


def _drawn_to(table: LifeTable, outcomes: Outcomes) -> Day | None:
    least = outcomes.least.share_at_risk * table.spells
    enough = [
        day for day, n in zip(table.times, table.at_risk, strict=True) if n >= least and n > 0
    ]
    return enough[-1] if enough else None
