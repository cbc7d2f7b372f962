"""What the rules say about each other, worked out once for all patients."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from livedo.assess.answer import Judgement, Status
from livedo.knowledge import schema
from livedo.knowledge.load import Knowledge
from livedo.knowledge.schema import Condition, Rule
from livedo.knowledge.tree import rules_named, selections, walk

SCREENING = (
    "state",
    "outside",
    "suspicion",
    "certainty",
    "risk",
    "prevention",
    "surveillance",
    "danger",
    "recorded",
    "worklist",
)
"""The kinds of rules that run on everyone."""

SPEAKING = ("danger", "suspicion", "surveillance", "risk", "prevention")
"""Kinds whose yes is a reason, the more urgent first. The others put reasons together."""

GRADES = (
    "strong sign",
    "major",
    "caution",
    "supporting sign",
    "definition",
    "minor",
    "association",
    "local",
    "context",
)
"""Grades of rules, the weightier first."""


class Limit(NamedTuple):
    """What a rule compares the newest result of a concept with: a quantity, or so many
    times the upper reference limit printed with the result."""

    rule: str
    text: str | None
    times_upper_limit: float | None


class RuleBook:
    """The rules by kind, what each one rests on, and how they are ranked."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.rules: Mapping[str, Rule] = knowledge.rules
        self.screening = tuple(id for id, rule in self.rules.items() if rule.kind in SCREENING)
        self.asked = {id: rules_named(rule.when) for id, rule in self.rules.items()}
        self.states = tuple(
            (state.id, rank, f"state/{state.id}") for rank, state in enumerate(knowledge.states)
        )
        self.groups = tuple(
            (group.id, group.order, f"worklist/{group.id}") for group in knowledge.groups
        )
        self.outside = tuple(id for id in self.screening if self.rules[id].kind == "outside")
        self.speaking = frozenset(id for id in self.screening if self.rules[id].kind in SPEAKING)
        self._order = {id: self._rank(id) for id in self.rules}

    @functools.cached_property
    def below(self) -> Mapping[str, frozenset[str]]:
        """Every rule that a rule asks, directly or not."""
        found: dict[str, frozenset[str]] = {}
        for id in self.rules:
            asked = self.asked[id]
            found[id] = frozenset(asked).union(*(found[other] for other in asked))
        return found

    @functools.cached_property
    def positive(self) -> Mapping[str, tuple[str, ...]]:
        """The rules whose yes a rule builds on: what stands under a `not` is left out."""
        return {id: tuple(_asked(rule.when, "yes")) for id, rule in self.rules.items()}

    def behind(
        self, rule_id: str, judgement: Judgement, but: Collection[str] = ()
    ) -> frozenset[str]:
        """A rule and every rule below it that said yes, along the parts that hold.

        What is in `but` is left out, with what stands below it.
        """
        found: set[str] = set()
        waiting = [rule_id]
        while waiting:
            id = waiting.pop()
            answer = judgement.answers.get(id)
            if id in found or id in but or answer is None:
                continue
            if answer.status is Status.YES:
                found.add(id)
                waiting.extend(self.positive[id])
        return frozenset(found)

    @functools.cached_property
    def trends(self) -> Mapping[str, frozenset[str]]:
        """The concepts whose change over time a rule looks at."""
        return {
            id: frozenset(
                node.condition.change
                for node in walk(rule.when)
                if isinstance(node.condition, schema.Change)
            )
            for id, rule in self.rules.items()
        }

    @functools.cached_property
    def concepts(self) -> Mapping[str, frozenset[str]]:
        """The concepts that a rule itself looks at, without the rules it asks."""
        return {
            id: frozenset(
                concept for node in walk(rule.when) for concept, _, _ in selections(node.condition)
            )
            for id, rule in self.rules.items()
        }

    @functools.cached_property
    def asked_unknown(self) -> Mapping[str, tuple[str, ...]]:
        """The risk factors whose being undecided is what a rule asks for."""
        return {
            id: tuple(a for a in _asked(rule.when, "unknown") if self.rules[a].kind == "risk")
            for id, rule in self.rules.items()
        }

    def asked_first(self, rule_id: str, judgement: Judgement) -> str | None:
        """Of a rule that needs several others, the first undecided one: it is asked for first."""
        when = self.rules[rule_id].when
        for part in when.all if isinstance(when, schema.All) else ():
            inner = part.not_ if isinstance(part, schema.Not) else part
            if not isinstance(inner, schema.RuleIs):
                return None
            answer = judgement.answers.get(inner.rule)
            if answer is None or answer.status is Status.UNKNOWN:
                return inner.rule
        return None

    def speaks(self, rule_id: str) -> bool:
        """Whether a rule looks at facts itself, and is of a kind whose yes is a reason."""
        return self.rules[rule_id].kind in SPEAKING and bool(self.concepts[rule_id])

    def tells(self, rule_id: str) -> bool:
        """Whether a rule says something by itself: it looks at facts or at the person."""
        return bool(self.concepts[rule_id]) or any(
            isinstance(leaf, schema.PersonIs) for leaf in _leaves(self.rules[rule_id].when)
        )

    def of_kind(self, *kinds: str) -> tuple[str, ...]:
        """Rule ids of these kinds, in dependency order."""
        return tuple(id for id, rule in self.rules.items() if rule.kind in kinds)

    def rank(self, rule_id: str) -> tuple[int, int, str]:
        """Order among reasons: kind, then grade, then id."""
        return self._order[rule_id]

    def asks_for(self, step: str) -> tuple[str, ...]:
        """The rules that propose a next step."""
        return tuple(id for id, rule in self.rules.items() if step in rule.then)

    def limits(self, rule_id: str, concept: str, *, upper: bool) -> tuple[Limit, ...]:
        """The numbers that a rule compares the newest result of a concept with."""
        rule = self.rules.get(rule_id)
        return () if rule is None else tuple(_limits(rule, concept, upper=upper))

    def pairing(self, rule_id: str) -> schema.Product | None:
        """The product that a rule asks for."""
        rule = self.rules.get(rule_id)
        leaves = _leaves(rule.when) if rule else ()
        return next((leaf for leaf in leaves if isinstance(leaf, schema.Product)), None)

    def window_days(self, rule_id: str, concept: str) -> int | None:
        """How many days back a rule looks for a concept."""
        rule = self.rules.get(rule_id)
        for condition in _leaves(rule.when) if rule else ():
            if any(asked == concept for asked, _, _ in selections(condition)):
                days = getattr(condition, "within_days", None)
                return days if isinstance(days, int) else None
        return None

    def _rank(self, rule_id: str) -> tuple[int, int, str]:
        rule = self.rules[rule_id]
        kind = SPEAKING.index(rule.kind) if rule.kind in SPEAKING else len(SPEAKING)
        grade = GRADES.index(rule.grade) if rule.grade in GRADES else len(GRADES)
        return kind, grade, rule_id


def _asked(condition: Condition, answer: str) -> Iterator[str]:
    """The rules of which a condition asks for this answer, outside any `not`."""
    match condition:
        case schema.RuleIs(rule=rule, is_=asked) if asked == answer:
            yield rule
        case schema.All(all=parts) | schema.Any(any=parts) | schema.AtLeast(of=parts):
            for part in parts:
                yield from _asked(part, answer)


def _leaves(condition: Condition) -> Iterator[Condition]:
    return (node.condition for node in walk(condition))


def _limits(rule: Rule, concept: str, *, upper: bool) -> Iterator[Limit]:
    for condition in _leaves(rule.when):
        if isinstance(condition, schema.Latest) and condition.latest == concept:
            text, times = _bound(condition, upper=upper)
            if text is not None or times is not None:
                yield Limit(rule.id, text, times)


def _bound(condition: schema.Latest, *, upper: bool) -> tuple[str | None, float | None]:
    outside = condition.outside
    if upper:
        text = condition.above or condition.at_least or (outside[1] if outside else None)
        return text, condition.above_upper_limit
    text = condition.below or condition.at_most or (outside[0] if outside else None)
    return text, condition.below_upper_limit
