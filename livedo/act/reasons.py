"""Why: the rules that speak for a person, in words, with what decided them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from livedo.act.facts_in_words import FactWords, capitalised, lowered
from livedo.act.own_numbers import OwnNumbers
from livedo.act.page import load_page
from livedo.act.phrases import phrases
from livedo.act.precedence import Standing, is_yes
from livedo.act.result import ReasonLine
from livedo.act.rule_book import RuleBook
from livedo.assess.answer import Answer, Judgement, Status
from livedo.knowledge.schema import Rule
from livedo.record.tables import Fact, Instant, PatientRecord

Facts = Mapping[str, Fact]
"""Facts by the reference that evidence names them with."""

PHRASES_IN_A_LINE = 3
PHRASES_A_RULE = 4
FIRST_BACKGROUND_TIER = 2

CONTEXT = "context"
"""Grade of rules that set something in context: no reason by themselves."""

BACKGROUND = frozenset({"risk", "prevention", "surveillance"})
"""Kinds that say who is likely to fall ill, not what was found: told after the findings."""


class ReasonWords:
    """Words the answers about one record's people."""

    def __init__(
        self, book: RuleBook, words: FactWords, own_numbers: OwnNumbers | None = None
    ) -> None:
        self.book = book
        self.words = words
        self.own_numbers = own_numbers or OwnNumbers(words.knowledge, words.lang)
        self._owned: dict[tuple[str, str], bool] = {}
        is_danish = words.lang == "da"
        self._titles = {
            id: rule.title.da if is_danish else rule.title.en for id, rule in book.rules.items()
        }

    def title(self, rule_id: str) -> str:
        """The title of a rule in the reader's language."""
        return self._titles[rule_id]

    def phrases(self, answer: Answer, facts: Facts, as_of: Instant) -> list[str]:
        """What decided an answer, in short phrases: the facts that the rule itself looks at."""
        decided = [facts[ref] for ref in answer.evidence if ref in facts]
        own = [fact for fact in decided if self.is_own(answer.rule, fact)]
        return phrases(own, as_of, self.words, self.book.trends[answer.rule])

    def is_own(self, rule_id: str, fact: Fact) -> bool:
        """Whether a rule looks at a fact itself."""
        key = (rule_id, fact.concept)
        known = self._owned.get(key)
        if known is None:
            above = self.words.knowledge.vocabulary.ancestors(fact.concept)
            known = self._owned[key] = not self.book.concepts[rule_id].isdisjoint(above)
        return known

    def has_own(self, answer: Answer, facts: Facts) -> bool:
        """Whether a rule says something by itself, not only through the rules that it asks."""
        decided = [facts[ref] for ref in answer.evidence if ref in facts]
        if any(self.is_own(answer.rule, fact) for fact in decided):
            return True
        return not self.book.positive[answer.rule] and self.book.tells(answer.rule)

    def finding(self, answer: Answer, facts: Facts, judgement: Judgement) -> str:
        """The rule's title with what decided it: "High phosphate: 2.21 mmol/L 18 Nov"."""
        title = self.title(answer.rule)
        told = self.phrases(answer, facts, judgement.as_of) or self._parts(answer, judgement)
        told = [self._without_name(text, answer.rule) for text in told]
        told = [text for text in told if text and text.casefold() != title.casefold()]
        if not told:
            return title
        text = self._shortened(told)
        if lowered(text).startswith(lowered(title)):
            return capitalised(text)
        return f"{title}: {text}"

    def _shortened(self, told: list[str]) -> str:
        text = ", ".join(told[:PHRASES_A_RULE])
        more = len(told) - PHRASES_A_RULE
        return self.words.text("and_more", what=text, count=more) if more > 0 else text

    def _parts(self, answer: Answer, judgement: Judgement) -> list[str]:
        """The rules that a rule is put together from, as far as they hold."""
        if answer.status is not Status.YES:
            return []
        held = (id for id in self.book.positive[answer.rule] if is_yes(judgement, id))
        return [lowered(self.title(id), shortest=2) for id in sorted(set(held), key=self.book.rank)]

    def _without_name(self, phrase: str, rule_id: str) -> str:
        """The name of what is measured need not follow a title that names it."""
        concepts = self.book.concepts[rule_id]
        if len(concepts) != 1:
            return phrase
        name = self.words.name(next(iter(concepts)))
        is_number = phrase[len(name) + 1 : len(name) + 2].isdigit()
        return phrase.removeprefix(f"{name} ") if is_number else phrase

    def line(
        self, answer: Answer, facts: Facts, judgement: Judgement, *, by_title: bool
    ) -> ReasonLine:
        """One reason, worded in full or by its title alone."""
        rule = self.book.rules[answer.rule]
        text = self.title(rule.id) if by_title else self.finding(answer, facts, judgement)
        return ReasonLine(
            rule=answer.rule,
            status=answer.status.value,
            text=text,
            value=answer.value,
            decided_at=answer.decided_at,
            evidence=answer.evidence,
            evidence_more=answer.evidence_more,
            because=rule.because,
            grade=rule.grade,
            override=self.own_numbers.text(rule.id),
        )

    def why(self, judgement: Judgement, standing: Standing, facts: Facts) -> str:
        """The worklist's short line: what put the person into the group, then what else speaks."""
        told: list[str] = []
        used: set[str] = set()
        for tier, rules in enumerate(self._tiers(judgement, standing)):
            if tier < FIRST_BACKGROUND_TIER:
                own = [f for id in rules for f in self._own_facts(id, judgement, facts, used)]
                trends = {concept for rule_id in rules for concept in self.book.trends[rule_id]}
                told += phrases(own, judgement.as_of, self.words, trends)
            else:
                wanted = PHRASES_IN_A_LINE - len(told)
                told += self._one_each(rules, judgement, facts, used)[:wanted]
            if len(told) >= PHRASES_IN_A_LINE:
                break
        return capitalised("; ".join(told[:PHRASES_IN_A_LINE]))

    def _one_each(
        self, rules: Iterable[str], judgement: Judgement, facts: Facts, used: set[str]
    ) -> list[str]:
        """One phrase a rule, those with the newest facts first, as many as a line holds."""
        found: list[tuple[Instant, str, list[Fact]]] = []
        for rule_id in rules:
            own = self._own_facts(rule_id, judgement, facts, used)
            if own:
                found.append((-max(fact.start_at for fact in own), rule_id, own))
        found.sort(key=lambda one: one[:2])
        return [
            self._newest_phrase(rule_id, -negative, own, judgement.as_of)
            for negative, rule_id, own in found[:PHRASES_IN_A_LINE]
        ]

    def _newest_phrase(self, rule_id: str, newest: Instant, own: list[Fact], as_of: Instant) -> str:
        trends = self.book.trends[rule_id]
        told = own if trends else [fact for fact in own if fact.start_at == newest]
        return phrases(told, as_of, self.words, trends)[0]

    def _own_facts(
        self, rule_id: str, judgement: Judgement, facts: Facts, used: set[str]
    ) -> list[Fact]:
        """The facts that a rule looks at itself, as far as they were not told yet."""
        own = []
        for ref in judgement.answers[rule_id].evidence:
            if ref in facts and ref not in used and self.is_own(rule_id, facts[ref]):
                used.add(ref)
                own.append(facts[ref])
        return own

    def _tiers(self, judgement: Judgement, standing: Standing) -> list[list[str]]:
        """The rules that said yes: those behind the place first, what is true of all last."""
        obvious = load_page().obvious
        own_state = f"state/{standing.state}"
        behind = self.book.behind(f"worklist/{standing.group}", judgement, but=obvious)
        behind |= self.book.behind(own_state, judgement, but=obvious)
        tiers: list[list[str]] = [[] for _ in range(6)]
        for rule_id in sorted(standing.yes, key=self.book.rank):
            rule = self.book.rules[rule_id]
            if rule.grade == CONTEXT:
                continue
            is_routine = rule.kind == "surveillance" and rule.id not in behind
            if (self.book.speaks(rule.id) or rule.id == own_state) and not is_routine:
                tiers[self._tier(rule, rule.id in behind, rule.id in obvious)].append(rule.id)
        return tiers

    def _tier(self, rule: Rule, is_behind: bool, is_obvious: bool) -> int:
        if is_obvious:
            return 5
        if is_behind:
            return 0
        if rule.kind not in BACKGROUND:
            return 1
        return {"major": 2, "minor": 3}.get(rule.grade or "", 4)


def spoken(judgement: Judgement, standing: Standing, book: RuleBook) -> list[Answer]:
    """The answers that are reasons: state and group first, then every yes that speaks."""
    heads = [f"state/{standing.state}", f"worklist/{standing.group}"]
    if standing.outside_reason is not None:
        heads.append(f"outside/{standing.outside_reason}")
    leading = [id for id in heads if id in standing.yes]
    others = sorted((id for id in standing.yes if id in book.speaking), key=book.rank)
    return [judgement.answers[id] for id in (*leading, *others)]


def facts_by_reference(
    record: PatientRecord, needed: Iterable[str] | None = None
) -> dict[str, Fact]:
    """Facts by reference: all of them, or only those needed."""
    if needed is None:
        return {f"fact:{fact.fact_id}": fact for fact in record.facts}
    numbers = {int(ref[5:]) for ref in needed if ref.startswith("fact:")}
    return {f"fact:{f.fact_id}": f for f in record.facts if f.fact_id in numbers}
