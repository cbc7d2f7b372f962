"""Rules about which a patient has no fact at all, answered once for all such patients.

Most rules ask about things that most patients do not have. Where no fact speaks
of any concept of a rule, its answer rests on the moment of judgement and the
declared observed spans alone, and those are shared by whole dialysis units.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from livedo.assess.compile import conditions_in, subjects_of
from livedo.assess.evidence import Outcome
from livedo.assess.terms import Terms
from livedo.assess.timeline import Timeline
from livedo.knowledge.schema import PersonIs, Rule, RuleIs

SITUATIONS_KEPT = 32
"""Moments and observed spans remembered at once; a replay asks about many."""

Situation = tuple[object, ...]


class Blanks:
    """Remembers the answers that hold for every patient without a fact about the rule."""

    def __init__(self, rules: Mapping[str, Rule], terms: Terms) -> None:
        self._concepts: dict[str, frozenset[str]] = {}
        personal: set[str] = set()
        for rule_id, rule in rules.items():
            asked = {name for name in _rules_asked(rule) if name in rules}
            if _asks_of_the_person(rule) or not personal.isdisjoint(asked):
                personal.add(rule_id)
                continue
            inherited = [self._concepts.get(name, frozenset()) for name in asked]
            own = frozenset(_concepts_of(rule, terms))
            self._concepts[rule_id] = own.union(*inherited)
        self._known: dict[Situation, dict[str, Outcome]] = {}

    def of(self, timeline: Timeline) -> tuple[list[str], dict[str, Outcome]]:
        """The rules without a fact, and what is known of their answers in this situation."""
        mentioned = timeline.mentioned()
        blank = [name for name, asked in self._concepts.items() if asked.isdisjoint(mentioned)]
        return blank, self._answers(timeline)

    def _answers(self, timeline: Timeline) -> dict[str, Outcome]:
        spans = timeline.record.observed
        situation = (
            timeline.as_of,
            *((span.domain, span.from_at, span.to_at, span.with_history) for span in spans),
        )
        answers = self._known.get(situation)
        if answers is None:
            if len(self._known) >= SITUATIONS_KEPT:
                self._known.clear()
            answers = self._known[situation] = {}
        return answers


def _rules_asked(rule: Rule) -> Iterator[str]:
    for condition in conditions_in(rule.when):
        if isinstance(condition, RuleIs):
            yield condition.rule


def _asks_of_the_person(rule: Rule) -> bool:
    return any(isinstance(condition, PersonIs) for condition in conditions_in(rule.when))


def _concepts_of(rule: Rule, terms: Terms) -> Iterator[str]:
    """Every concept whose facts can bear on the rule, broader ones included."""
    for condition in conditions_in(rule.when):
        for concept, _ in subjects_of(condition):
            yield from (concept, *terms.lineage(concept))
