"""`duration`: how long the present episode has lasted.

Facts with gaps of at most `gap_days` between them are one episode, and it is
the present one if it reaches, gap included, the moment of judgement. What the
record holds gives the shortest length; the longest is known only where a
declared observed span reaches back over all history.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from livedo.assess.answer import Status
from livedo.assess.compare import Interval, is_above, is_below, reaches_limit
from livedo.assess.evaluator import Evaluator
from livedo.assess.evidence import Outcome, decided, oldest_first, undecided
from livedo.assess.groups import Group
from livedo.assess.logic import NO, UNKNOWN, YES, all_of
from livedo.assess.presence import absence, at_any_time, holds_now
from livedo.assess.selection import Selection
from livedo.assess.terms import Terms
from livedo.assess.timeline import BEGINNING, Timeline, is_point
from livedo.instants import DAY
from livedo.knowledge.schema import Duration
from livedo.quantity import span_in_days
from livedo.record.tables import Fact, Instant, Observed


class Episode(msgspec.Struct, frozen=True):
    """The present episode in one reading of the dates: its start and its facts."""

    began: Instant
    facts: tuple[Fact, ...]


Reading = Callable[[Fact, Instant], tuple[Instant, Instant]]
"""Start and end of a fact, read so that episodes come out short, or long."""


def shortest(fact: Fact, as_of: Instant) -> tuple[Instant, Instant]:
    """The latest start and the earliest end."""
    if is_point(fact):
        return fact.start_at, fact.start_from
    if fact.end_from is not None:
        return fact.start_at, fact.end_from
    return fact.start_at, as_of if fact.end_at is None else fact.start_at


def longest(fact: Fact, as_of: Instant) -> tuple[Instant, Instant]:
    """The earliest start and the latest end."""
    return fact.start_from, as_of if fact.end_at is None else fact.end_at


def present_episode(
    facts: Sequence[Fact], as_of: Instant, gap: int, read: Reading
) -> Episode | None:
    """The episode that reaches the moment of judgement, if there is one."""
    spans = sorted(
        ((*read(fact, as_of), fact) for fact in facts),
        key=lambda span: (-span[1], span[0], oldest_first(span[2])),
    )
    began, used = as_of, []
    for begins, ends, fact in spans:
        # A day ends one microsecond before the next begins; that is no gap.
        if ends + gap + 1 < began:
            break
        began = min(began, begins)
        used.append(fact)
    return Episode(began, tuple(used)) if used else None


def duration(condition: Duration, terms: Terms) -> Evaluator:
    """How long the present episode has lasted, compared."""
    selection = Selection(condition.duration, condition.where, terms)
    gap = condition.gap_days * DAY
    test = _test(condition)

    def evaluate(timeline: Timeline, group: Group | None) -> Outcome:
        as_of = timeline.as_of
        weighed = [(fact, selection.weigh(fact, group)) for fact in selection.told(timeline)]
        sure = [fact for fact, weight in weighed if weight is YES]
        possible = [fact for fact, weight in weighed if weight is not NO]
        least = present_episode(sure, as_of, gap, shortest)
        most = present_episode(possible, as_of, gap, longest)
        spans = _history(selection, timeline)
        if most is None:
            return _no_episode(selection, timeline, group)
        status = _status(least, most, bool(spans), as_of, test)
        return _answer(status, selection, least, most, spans, as_of, group)

    return evaluate


def _test(condition: Duration) -> Callable[[Interval], Status]:
    limits = [
        (compare, span_in_days(text))
        for compare, text in (
            (is_above, condition.above),
            (reaches_limit, condition.at_least),
            (is_below, condition.below),
        )
        if text is not None
    ]
    return lambda interval: all_of(compare(interval, limit) for compare, limit in limits)


def _history(selection: Selection, timeline: Timeline) -> Sequence[Observed]:
    if not selection.can_be_silent_no or timeline.lumped(selection.above, at_any_time):
        return ()
    return timeline.observed_since(selection.domain, BEGINNING)


def _no_episode(selection: Selection, timeline: Timeline, group: Group | None) -> Outcome:
    as_of = timeline.as_of
    return absence(selection, timeline, group, lambda fact: holds_now(fact, as_of), BEGINNING)


def _status(
    least: Episode | None,
    most: Episode,
    has_history: bool,
    as_of: Instant,
    test: Callable[[Interval], Status],
) -> Status:
    """An episode that may not be there at all can be a no, never a yes."""
    shortest_days = 0.0 if least is None else (as_of - least.began) / DAY
    longest_days = (as_of - most.began) / DAY if has_history else None
    status = test((shortest_days, longest_days))
    return UNKNOWN if least is None and status is YES else status


def _answer(
    status: Status,
    selection: Selection,
    least: Episode | None,
    most: Episode,
    spans: Sequence[Observed],
    as_of: Instant,
    group: Group | None,
) -> Outcome:
    if status is UNKNOWN:
        loose = [f for f in most.facts if selection.weigh(f, group) is UNKNOWN]
        why = selection.why_open(loose[-1], group) if loose else "date_uncertain"
        return undecided(selection.concept, why if spans or loose else "not_observed", most.facts)
    episode = most if least is None else least
    days = (as_of - episode.began) / DAY
    return decided(status, episode.facts, spans if status is NO else (), days)
