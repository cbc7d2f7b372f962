"""What the rules say about a prescription that somebody is about to sign.

Each draft is judged alone beside the person's record, so that what is said of one never
rests on another. A family of rules speaks once at most; one that fails takes no other down.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from livedo.act.order_files import INDICATORS, Family, Indicator, Told, load_orders
from livedo.act.rows import Engine
from livedo.assess.answer import Answer, Judgement, Status
from livedo.knowledge.load import Knowledge
from livedo.knowledge.schema import Rule
from livedo.knowledge.tree import selections, walk
from livedo.record.tables import DRAFT, Fact, Instant, Observed, PatientRecord
from livedo.sources.fhir_drafts import Drafted

log = logging.getLogger(__name__)

KINDS = ("order",)
FAILED = "rule_failed"


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """One family of rules about one draft.

    `unknown` is told only where it matters; `failed` says that a rule could not be judged.
    """

    draft: Drafted
    family: Family
    told: Told
    status: Literal["yes", "unknown", "failed"]
    indicator: Indicator
    judgement: Judgement | None = None

    @property
    def answer(self) -> Answer | None:
        """The answer of the rule that speaks."""
        return None if self.judgement is None else self.judgement.answers[self.told.rule]


class Orders:
    """Judges drafts with one engine, which must know the rules of kind `order`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.files = load_orders()
        knowledge: Knowledge = engine.knowledge
        self._vocabulary = knowledge.vocabulary
        self._drafts_of = {f.id: _drafts_asked(f, knowledge.rules) for f in self.files.families}
        self._rules_of = {f.id: rules_of(f) for f in self.files.families}

    def concerns(self, draft: Drafted) -> list[Family]:
        """The families that have anything to say about such a drug."""
        return [family for family in self.files.families if self.concerned(family, draft)]

    def concerned(self, family: Family, draft: Drafted) -> list[Fact]:
        """The facts of a draft that a family asks about."""
        asked, by_route = self._drafts_of[family.id], family.by_route
        return [
            fact
            for fact in draft.facts
            if not asked.isdisjoint(self._vocabulary.ancestors(fact.concept))
            and (fact.route is not None or fact.concept not in by_route)
        ]

    def verdicts(
        self, record: PatientRecord, drafts: Sequence[Drafted], as_of: Instant
    ) -> list[Verdict]:
        """What there is to say about the drafts, the most serious first."""
        found = [v for draft in drafts for v in self._about(record, draft, as_of)]
        return sorted(found, key=lambda v: INDICATORS.index(v.indicator))

    def _about(self, record: PatientRecord, draft: Drafted, as_of: Instant) -> Iterator[Verdict]:
        families = self.concerns(draft)
        judgement = self._judged(record, draft, families, as_of) if families else None
        for family in families:
            if judgement is None:
                yield _failed(draft, family, family.told[0], None)
            elif (verdict := _verdict(draft, family, judgement)) is not None:
                yield verdict

    def _judged(
        self, record: PatientRecord, draft: Drafted, families: Sequence[Family], as_of: Instant
    ) -> Judgement | None:
        """The answers about one draft; None if there are none to be had."""
        rules = {rule for family in families for rule in self._rules_of[family.id]}
        try:
            with_draft = drafted_beside(record, draft.facts, as_of)
            return self.engine.judge(with_draft, as_of, rules)
        except Exception as error:
            # One draft that fails must not hide the others. The error may quote a
            # value, so only its kind is logged.
            log.warning("one draft could not be judged: %s", type(error).__name__)
            return None


def rules_of(family: Family) -> frozenset[str]:
    """Every rule whose answer a card of the family could tell."""
    names = {why.rule for why in load_orders().people}
    names.update(family.asks_first, family.shows, filter(None, [family.sites_of]))
    for told in family.told:
        names.update([told.rule], told.unknown_when, filter(None, [told.missing_of]))
    return frozenset(names)


def rules_asked() -> frozenset[str]:
    """Every rule that any family asks."""
    return frozenset().union(*(rules_of(family) for family in load_orders().families))


def drafted_beside(record: PatientRecord, facts: Sequence[Fact], as_of: Instant) -> PatientRecord:
    """The record with what is drafted, and the word that these are all the drafts."""
    together = sorted(
        (*record.facts, *facts), key=lambda fact: (fact.concept, fact.start_at, fact.fact_id)
    )
    whole = Observed(person_id=record.person.person_id, domain=DRAFT, from_at=as_of, to_at=as_of)
    return msgspec.structs.replace(
        record, facts=tuple(together), observed=(*record.observed, whole)
    )


def _verdict(draft: Drafted, family: Family, judgement: Judgement) -> Verdict | None:
    """The first rule that holds; else the first whose unknown matters; else one that failed."""
    answers = judgement.answers
    for told in family.told:
        if answers[told.rule].status is Status.YES:
            return Verdict(
                draft=draft,
                family=family,
                told=told,
                status="yes",
                indicator=told.indicator,
                judgement=judgement,
            )
    for told in family.told:
        if has_failed(answers[told.rule]):
            return _failed(draft, family, told, judgement)
    for told in family.told:
        if _matters(told, judgement):
            return Verdict(
                draft=draft,
                family=family,
                told=told,
                status="unknown",
                indicator=told.unknown_indicator,
                judgement=judgement,
            )
    return None


def _matters(told: Told, judgement: Judgement) -> bool:
    if told.unknown_says is None or judgement.answers[told.rule].status is not Status.UNKNOWN:
        return False
    return any(judgement.answers[rule].status is Status.YES for rule in told.unknown_when)


def has_failed(answer: Answer) -> bool:
    """Whether a rule is undecided because it, or one that it asks, could not be judged."""
    return answer.status is Status.UNKNOWN and any(one.why == FAILED for one in answer.missing)


def _failed(draft: Drafted, family: Family, told: Told, judgement: Judgement | None) -> Verdict:
    return Verdict(
        draft=draft,
        family=family,
        told=told,
        status="failed",
        indicator="info",
        judgement=judgement,
    )


def _drafts_asked(family: Family, rules: Mapping[str, Rule]) -> frozenset[str]:
    """The concepts that the family's rules look for among drafts."""
    return frozenset(
        concept
        for told in family.told
        for node in walk(rules[told.rule].when)
        for concept, where, _ in selections(node.condition)
        if where is not None and where.status is not None
    )
