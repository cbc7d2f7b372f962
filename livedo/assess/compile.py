"""From a rule's condition to a function that answers it, once for all patients."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any as Anything

from livedo.assess.composite import count_holding, negation, rule_is, within_one_group
from livedo.assess.duration import duration
from livedo.assess.evaluator import Evaluator
from livedo.assess.evidence import Outcome
from livedo.assess.groups import Group
from livedo.assess.pairs import before, during
from livedo.assess.person import person
from livedo.assess.presence import active, ever, recent
from livedo.assess.results import last_n, latest
from livedo.assess.selection import Selection
from livedo.assess.terms import Terms
from livedo.assess.timeline import Timeline
from livedo.assess.trends import change, product
from livedo.knowledge.schema import (
    Active,
    All,
    Any,
    AtLeast,
    Before,
    Change,
    Condition,
    Duration,
    During,
    Ever,
    LastN,
    Latest,
    Not,
    PersonIs,
    Product,
    Recent,
    Rule,
    RuleIs,
    Where,
)

LEAVES: Mapping[type, Callable[[Anything, Terms], Evaluator]] = {
    Latest: latest,
    LastN: last_n,
    Change: change,
    Product: product,
    Active: active,
    Ever: ever,
    Recent: recent,
    During: during,
    Before: before,
    Duration: duration,
    PersonIs: person,
}
"""The kinds that look at facts, each with its one meaning."""


def parts_of(condition: Condition) -> tuple[Condition, ...]:
    """The conditions directly inside a composite one."""
    match condition:
        case All(all=parts) | Any(any=parts) | AtLeast(of=parts):
            return parts
        case Not(not_=part):
            return (part,)
    return ()


def conditions_in(condition: Condition) -> Iterator[Condition]:
    """The condition and every one inside it."""
    yield condition
    for part in parts_of(condition):
        yield from conditions_in(part)


def subjects_of(condition: Condition) -> tuple[tuple[str, Where | None], ...]:
    """The concepts a leaf looks at, each with what narrows it."""
    match condition:
        case Latest(latest=name) | Change(change=name) | Active(active=name) | Ever(ever=name):
            return ((name, condition.where),)
        case LastN(of_concept=name) | Recent(recent=name) | Duration(duration=name):
            return ((name, condition.where),)
        case Product(product=names):
            return tuple((name, None) for name in names)
        case During(during=first, holding=second) | Before(before=first, of=second):
            return ((first.concept, first.where), (second.concept, second.where))
    return ()


def concepts_in(conditions: Iterable[Condition]) -> frozenset[str]:
    """Every concept that conditions look at."""
    return frozenset(
        concept
        for condition in conditions
        for inner in conditions_in(condition)
        for concept, _ in subjects_of(inner)
    )


class Compiler:
    """Compiles conditions; one that occurs in several places is answered once a patient."""

    def __init__(
        self,
        terms: Terms,
        conditions: Iterable[Condition],
        outcome_of: Callable[[str, Timeline], Outcome],
    ) -> None:
        self._terms = terms
        self._outcome_of = outcome_of
        self._uses = Counter(c for condition in conditions for c in conditions_in(condition))
        self._compiled: dict[Condition, Evaluator] = {}
        self._bearing: dict[str, frozenset[str] | None] = {}
        self.slots = 0
        self.blanks = 0

    def compile(self, condition: Condition) -> Evaluator:
        """The function that answers the condition.

        Raises:
            LivedoError: a threshold has no unit of measure known for its concept.
        """
        known = self._compiled.get(condition)
        if known is None:
            known = self._build(condition)
            # Rules remember their own answers.
            if self._uses[condition] > 1 and not isinstance(condition, RuleIs):
                known = remembering(known, self.slots)
                self.slots += 1
            self._compiled[condition] = known
        return known

    def bearing_on(self, condition: Condition) -> frozenset[str] | None:
        """Every concept whose facts can bear on the condition; None if age, sex or death can."""
        concepts: set[str] = set()
        for inner in conditions_in(condition):
            of_rule = self._bearing.get(inner.rule) if isinstance(inner, RuleIs) else frozenset()
            if of_rule is None or isinstance(inner, PersonIs):
                return None
            concepts |= of_rule
            for concept, _ in subjects_of(inner):
                concepts.update((concept, *self._terms.lineage(concept)))
        return frozenset(concepts)

    def compile_rule(self, rule: Rule) -> Evaluator:
        """The function that answers the rule; rules it asks must have been compiled before."""
        self._bearing[rule.id] = None
        evaluate = self.compile(rule.when)
        self._bearing[rule.id] = self.bearing_on(rule.when)
        return evaluate

    def _build(self, condition: Condition) -> Evaluator:
        evaluate = self._evaluator(condition)
        if not parts_of(condition):
            return evaluate
        concepts = self.bearing_on(condition)
        if concepts is None:
            return evaluate
        self.blanks += 1
        return once_for_all(evaluate, concepts, self.blanks)

    def _evaluator(self, condition: Condition) -> Evaluator:
        match condition:
            case RuleIs():
                return rule_is(condition, self._outcome_of)
            case Not(not_=part):
                return negation(self.compile(part))
            case Any(any=parts):
                return count_holding([self.compile(part) for part in parts], 1)
            case All(all=parts):
                return self._counting(condition, parts, len(parts))
            case AtLeast(at_least=needed, of=parts):
                return self._counting(condition, parts, needed)
        return LEAVES[type(condition)](condition, self._terms)

    def _counting(
        self, condition: All | AtLeast, parts: tuple[Condition, ...], needed: int
    ) -> Evaluator:
        whole = count_holding([self.compile(part) for part in parts], needed)
        if condition.same is None:
            return whole
        selections = [
            Selection(concept, where, self._terms)
            for inner in conditions_in(condition)
            for concept, where in subjects_of(inner)
        ]
        return within_one_group(whole, condition.same, selections)


def once_for_all(evaluate: Evaluator, concepts: frozenset[str], number: int) -> Evaluator:
    """Answers once for all patients of whom no fact bears on the condition.

    Such an answer rests on the moment of judgement and the declared observed
    spans alone, which the timeline's `blank` stands for.
    """

    def recall(timeline: Timeline, group: Group | None) -> Outcome:
        if group is not None or not concepts.isdisjoint(timeline.mentioned):
            return evaluate(timeline, group)
        known = timeline.blank.get(number)
        if known is None:
            known = timeline.blank[number] = evaluate(timeline, None)
        return known

    return recall


def remembering(evaluate: Evaluator, slot: int) -> Evaluator:
    """Answers once a patient; within a lesion or body site it is asked anew."""

    def recall(timeline: Timeline, group: Group | None) -> Outcome:
        if group is not None:
            return evaluate(timeline, group)
        known = timeline.memory[slot]
        if known is None:
            known = timeline.memory[slot] = evaluate(timeline, None)
        return known

    return recall
