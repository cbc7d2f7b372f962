"""`during` and `before`: how two facts lie to each other in time.

A yes needs a pair that surely lies so. A no needs one side that is surely
absent, or both sides observed for the whole window without such a pair.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from livedo.assess.answer import Status
from livedo.assess.evaluator import Evaluator
from livedo.assess.evidence import Outcome, decided, joined, undecided
from livedo.assess.groups import Group, Kind, same_group
from livedo.assess.logic import NO, UNKNOWN, YES, all_of, both
from livedo.assess.presence import absence, holds_since, silence
from livedo.assess.results import window_start
from livedo.assess.selection import Selection
from livedo.assess.terms import Terms
from livedo.assess.timeline import BEGINNING, Timeline, is_point
from livedo.instants import DAY
from livedo.knowledge.schema import Before, During
from livedo.record.tables import Fact, Instant, Observed

Relation = Callable[[Fact, Fact], Status]


class Side(msgspec.Struct, frozen=True):
    """One of the two concepts, the start of its window and its facts that may lie there."""

    selection: Selection
    since: Instant
    facts: tuple[Fact, ...]

    def absent(self, timeline: Timeline, group: Group | None) -> Outcome:
        """Whether there surely is no such fact in the window."""
        return absence(self.selection, timeline, group, self._holds, self.since)

    def _holds(self, fact: Fact) -> Status:
        return holds_since(fact, self.since)

    def observed(self, timeline: Timeline) -> Sequence[Observed]:
        """The declared spans that hold the whole window, none if a broader fact leaves it open."""
        selection = self.selection
        if not selection.can_be_silent_no or timeline.lumped(selection.above, self._holds):
            return ()
        return timeline.observed_since(selection.domain, self.since)


def side(selection: Selection, timeline: Timeline, group: Group | None, since: Instant) -> Side:
    """The facts of one side that may hold in its window."""
    facts = tuple(
        fact
        for fact in selection.told(timeline)
        if holds_since(fact, since) is not NO and selection.weigh(fact, group) is not NO
    )
    return Side(selection, since, facts)


def during(condition: During, terms: Terms) -> Evaluator:
    """A fact of the first concept overlaps in time one of the second."""
    first = Selection(condition.during.concept, condition.during.where, terms)
    second = Selection(condition.holding.concept, condition.holding.where, terms)
    within_days, kind = condition.within_days, condition.same

    def evaluate(timeline: Timeline, group: Group | None) -> Outcome:
        since = window_start(timeline, within_days)

        def relation(one: Fact, other: Fact) -> Status:
            inside = both(holds_since(one, since), holds_since(other, since))
            return both(inside, overlap(one, other))

        sides = tuple(side(one, timeline, group, since) for one in (first, second))
        return paired(sides[0], sides[1], relation, kind, timeline, group)

    return evaluate


def before(condition: Before, terms: Terms) -> Evaluator:
    """A fact of the first concept began so many days before one of the second."""
    first = Selection(condition.before.concept, condition.before.where, terms)
    second = Selection(condition.of.concept, condition.of.where, terms)
    fewest, most = condition.at_least_days * DAY, condition.within_days * DAY
    recent_days, kind = condition.recent_days, condition.same

    def evaluate(timeline: Timeline, group: Group | None) -> Outcome:
        since = window_start(timeline, recent_days)
        earlier = BEGINNING if recent_days is None else since - most

        def relation(one: Fact, other: Fact) -> Status:
            return both(began_apart(one, other, fewest, most), began_since(other, since))

        sides = side(first, timeline, group, earlier), side(second, timeline, group, since)
        return paired(sides[0], sides[1], relation, kind, timeline, group)

    return evaluate


def overlap(one: Fact, other: Fact) -> Status:
    """Whether two facts of a timeline hold at some moment together."""
    return both(_begins_in_time(one, other), _begins_in_time(other, one))


def _begins_in_time(one: Fact, other: Fact) -> Status:
    """Whether one fact begins before the other ends; a point ends at its own moment."""
    if is_point(other):
        if one.start_at <= other.start_from:
            return YES
        return NO if one.start_from > other.start_at else UNKNOWN
    if other.end_at is None and other.end_from is None:
        return YES
    if other.end_from is not None and one.start_at < other.end_from:
        return YES
    return NO if other.end_at is not None and one.start_from >= other.end_at else UNKNOWN


def began_apart(one: Fact, other: Fact, fewest: int, most: int) -> Status:
    """Whether one fact began at least `fewest` and at most `most` before the other."""
    shortest = other.start_from - one.start_at
    longest = other.start_at - one.start_from
    if shortest >= fewest and longest <= most:
        return YES
    return NO if longest < fewest or shortest > most else UNKNOWN


def began_since(fact: Fact, since: Instant) -> Status:
    """Whether the fact began after `since`."""
    if fact.start_from > since:
        return YES
    return NO if fact.start_at <= since else UNKNOWN


def paired(
    first: Side,
    second: Side,
    relation: Relation,
    kind: Kind | None,
    timeline: Timeline,
    group: Group | None,
) -> Outcome:
    """Whether a fact of the one side lies so to a fact of the other."""
    sure: dict[int, Fact] = {}
    perhaps: dict[int, Fact] = {}
    for one in first.facts:
        for other in second.facts:
            status = relation(one, other)
            if status is NO:
                continue
            status = all_of((status, _related(first, second, (one, other), kind, group)))
            if status is not NO:
                found = sure if status is YES else perhaps
                found.update({one.fact_id: one, other.fact_id: other})
    if sure:
        return decided(YES, list(sure.values()))
    if perhaps:
        return _open(first, second, list(perhaps.values()), kind, group)
    return _unpaired(first, second, timeline, group)


def _related(
    first: Side, second: Side, pair: tuple[Fact, Fact], kind: Kind | None, group: Group | None
) -> Status:
    weighed = both(first.selection.weigh(pair[0], group), second.selection.weigh(pair[1], group))
    return weighed if kind is None else both(weighed, same_group(*pair, kind))


def _open(
    first: Side, second: Side, facts: Sequence[Fact], kind: Kind | None, group: Group | None
) -> Outcome:
    for one in (first, second):
        for fact in one.facts:
            if fact in facts and one.selection.weigh(fact, group) is UNKNOWN:
                why = one.selection.why_open(fact, group)
                return undecided(one.selection.concept, why, facts)
    unplaced = any(fact.lesion_id is None and fact.body_site is None for fact in facts)
    why = "place_uncertain" if kind is not None and unplaced else "date_uncertain"
    return undecided(first.selection.concept, why, facts)


def _unpaired(first: Side, second: Side, timeline: Timeline, group: Group | None) -> Outcome:
    outcomes = [one.absent(timeline, group) for one in (first, second) if not one.facts]
    absent = [outcome for outcome in outcomes if outcome.status is NO]
    if absent:
        return joined(NO, absent)
    spans = [one.observed(timeline) for one in (first, second)]
    if all(spans):
        return decided(NO, (), [span for some in spans for span in some])
    return joined(UNKNOWN, outcomes or _unseen(first, second, spans, timeline, group))


def _unseen(
    first: Side,
    second: Side,
    spans: Sequence[Sequence[Observed]],
    timeline: Timeline,
    group: Group | None,
) -> list[Outcome]:
    """Both sides have facts, none together: what is missing is a view of the open side."""
    return [
        silence(one.selection, timeline, group)
        for one, seen in zip((first, second), spans, strict=True)
        if not seen
    ]
