"""`all`, `any`, `at_least`, `not` and `rule`: Kleene's logic over other answers.

The evidence of a whole is that of the parts that decided it: for yes the parts
that hold, for no those that do not, for unknown those that are unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from livedo.assess.evaluator import Evaluator
from livedo.assess.evidence import Outcome, joined, restated
from livedo.assess.groups import Group, Kind, groups_among
from livedo.assess.logic import NO, UNKNOWN, YES, opposite
from livedo.assess.samples import samples_among
from livedo.assess.selection import Selection
from livedo.assess.timeline import Timeline
from livedo.knowledge.schema import RuleIs
from livedo.record.tables import Fact


def count_holding(parts: Sequence[Evaluator], needed: int) -> Evaluator:
    """At least so many parts hold; `all` needs every one, `any` needs one."""

    def evaluate(timeline: Timeline, group: Group | None) -> Outcome:
        outcomes = [part(timeline, group) for part in parts]
        return counted(outcomes, needed)

    return evaluate


def counted(outcomes: Sequence[Outcome], needed: int) -> Outcome:
    """The answer of parts of which so many must hold."""
    holding, failing, open_ = [], [], []
    for outcome in outcomes:
        status = outcome.status
        if status is YES:
            holding.append(outcome)
        elif status is NO:
            failing.append(outcome)
        else:
            open_.append(outcome)
    if len(holding) >= needed:
        return joined(YES, holding)
    if len(holding) + len(open_) < needed:
        return joined(NO, failing)
    return joined(UNKNOWN, open_)


def within_one_group(whole: Evaluator, kind: Kind, selections: Sequence[Selection]) -> Evaluator:
    """The whole holds about one and the same lesion, body site or sample.

    Asked of every one that the facts name. If they name none,
    they may be about one place, so the whole can be unknown but never yes.
    """
    bound = [selection for selection in selections if selection.is_of_a_lesion]

    def evaluate(timeline: Timeline, group: Group | None) -> Outcome:
        if group is not None:
            return whole(timeline, group)
        facts = [fact for selection in bound for fact in selection.told(timeline)]
        if kind == "sample":
            facts += [fact for selection in bound for fact in selection.denied(timeline)]
        if not facts:
            return whole(timeline, None)
        groups = _groups(facts, kind)
        return counted([whole(timeline, one) for one in groups], 1)

    return evaluate


def _groups(facts: Sequence[Fact], kind: Kind) -> Sequence[Group]:
    if kind == "sample":
        return samples_among(facts)
    return groups_among(facts, kind) or (unplaced(kind),)


def unplaced(kind: Kind) -> Group:
    """A lesion or body site of which nothing is known: any fact may be about it."""
    return Group(kind, None, frozenset(), frozenset())


def negation(part: Evaluator) -> Evaluator:
    """The part does not hold."""

    def evaluate(timeline: Timeline, group: Group | None) -> Outcome:
        outcome = part(timeline, group)
        return restated(outcome, opposite(outcome.status))

    return evaluate


def rule_is(condition: RuleIs, outcome_of: Callable[[str, Timeline], Outcome]) -> Evaluator:
    """Another rule's answer, judged about the whole person."""
    name = condition.rule

    def as_it_is(timeline: Timeline, group: Group | None) -> Outcome:
        return timeline.outcomes.get(name) or outcome_of(name, timeline)

    def is_no(timeline: Timeline, group: Group | None) -> Outcome:
        outcome = outcome_of(name, timeline)
        return restated(outcome, opposite(outcome.status))

    def is_unknown(timeline: Timeline, group: Group | None) -> Outcome:
        outcome = outcome_of(name, timeline)
        return restated(outcome, YES if outcome.status is UNKNOWN else NO)

    return {"yes": as_it_is, "no": is_no, "unknown": is_unknown}[condition.is_]
