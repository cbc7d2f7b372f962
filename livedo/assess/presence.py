"""`active`, `ever` and `recent`: whether something held at a moment or in a window.

A yes needs one fact that surely held. A no needs either a "no" that speaks for
everything asked, or a declared observed span that holds the whole window.
A yes outweighs a no about the same window; `latest` is the kind that asks for
the newest word.
"""

from __future__ import annotations

from collections.abc import Callable

from livedo.assess.answer import Status
from livedo.assess.evaluator import Evaluator
from livedo.assess.evidence import Outcome, decided, missing, oldest_first, undecided
from livedo.assess.groups import Group
from livedo.assess.logic import NO, UNKNOWN, YES, both
from livedo.assess.results import nothing_found, window_start
from livedo.assess.selection import Selection
from livedo.assess.terms import Terms
from livedo.assess.timeline import BEGINNING, Timeline, is_point
from livedo.knowledge.schema import Active, Ever, Recent
from livedo.record.tables import DRAFT, Fact, Instant

Holding = Callable[[Fact], Status]
"""Whether a fact holds in the window asked about."""


def holds_now(fact: Fact, as_of: Instant) -> Status:
    """Whether a fact of the timeline holds at the moment of judgement.

    A span holds from its start to just before its end; a point at its moment.
    """
    if fact.end_at is None:
        return YES if fact.end_from is None else UNKNOWN
    if is_point(fact) and fact.start_at == as_of:
        return YES if fact.start_from == as_of else UNKNOWN
    return NO


def holds_since(fact: Fact, since: Instant) -> Status:
    """Whether a fact of the timeline holds at some time after `since`."""
    if fact.end_at is not None and fact.end_at <= since:
        return NO
    if fact.start_from > since:
        return YES
    if is_point(fact):
        return UNKNOWN
    if fact.end_from is None:
        return YES if fact.end_at is None else UNKNOWN
    return YES if fact.end_from > since else UNKNOWN


def active(condition: Active, terms: Terms) -> Evaluator:
    """Holds at the moment of judgement."""
    selection = Selection(condition.active, condition.where, terms)

    def evaluate(timeline: Timeline, group: Group | None) -> Outcome:
        as_of = timeline.as_of
        return presence(
            selection, timeline, group, lambda fact: holds_now(fact, as_of), timeline.as_of
        )

    return evaluate


def recent(condition: Recent, terms: Terms) -> Evaluator:
    """Held at some time within the window."""
    selection = Selection(condition.recent, condition.where, terms)
    within_days = condition.within_days

    def evaluate(timeline: Timeline, group: Group | None) -> Outcome:
        since = window_start(timeline, within_days)
        return presence(selection, timeline, group, lambda fact: holds_since(fact, since), since)

    return evaluate


def ever(condition: Ever, terms: Terms) -> Evaluator:
    """Held at any time up to the moment of judgement."""
    selection = Selection(condition.ever, condition.where, terms)

    def evaluate(timeline: Timeline, group: Group | None) -> Outcome:
        return presence(selection, timeline, group, at_any_time, BEGINNING)

    return evaluate


def at_any_time(fact: Fact) -> Status:
    """Every fact of a timeline has begun, so it held at some time."""
    return YES


def presence(
    selection: Selection,
    timeline: Timeline,
    group: Group | None,
    holds: Holding,
    since: Instant,
) -> Outcome:
    """Whether the selection held in the window that begins at `since`."""
    told = selection.told(timeline)
    if not told:
        return absence(selection, timeline, group, holds, since)
    sure, perhaps = [], []
    for fact in told:
        status = holds(fact)
        if status is NO:
            continue
        status = both(status, selection.weigh(fact, group))
        if status is YES:
            sure.append(fact)
        elif status is UNKNOWN:
            perhaps.append(fact)
    if sure:
        return decided(YES, sure)
    if perhaps:
        newest = max(perhaps, key=oldest_first)
        return undecided(selection.concept, selection.why_open(newest, group), perhaps)
    return absence(selection, timeline, group, holds, since)


def absence(
    selection: Selection,
    timeline: Timeline,
    group: Group | None,
    holds: Holding,
    since: Instant,
) -> Outcome:
    """No where a "no" or an observed span says so for the whole window, else unknown."""
    if selection.is_of_drafts:
        return timeline.silent_no(DRAFT, timeline.as_of) or selection.not_observed
    denied = selection.denied(timeline)
    if denied:
        speaking = [fact for fact in denied if _denies(selection, fact, holds, since)]
        denial = selection.denial(speaking, group)
        if denial:
            return decided(NO, denial)
    if selection.can_be_silent_no:
        lumped = timeline.lumped(selection.above, holds)
        if lumped:
            return undecided(selection.concept, "not_specific", lumped)
        silent_no = timeline.silent_no(selection.domain, since)
        if silent_no is not None:
            return silent_no
    return silence(selection, timeline, group)


def _denies(selection: Selection, fact: Fact, holds: Holding, since: Instant) -> bool:
    """A "no" found at one look is silent about all time before it."""
    if since == BEGINNING and not selection.can_be_silent_no:
        return False
    return holds(fact) is YES


def silence(selection: Selection, timeline: Timeline, group: Group | None) -> Outcome:
    """Unknown, and what would have to be looked at."""
    if selection.can_be_silent_no:
        told, denied = selection.told(timeline), selection.denied(timeline)
        if not told and not denied:
            return selection.not_observed
        newest = max((*told, *denied), key=oldest_first, default=None)
        return missing(selection.concept, "not_observed", newest)
    return nothing_found(selection, timeline, group)
