"""The drugs of a patient: which are active, which are a risk, which a danger, and where they go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from livedo.act.facts_in_words import FactWords, capitalised
from livedo.act.precedence import is_yes
from livedo.act.result import DrugLine
from livedo.act.rule_book import RuleBook
from livedo.assess.answer import Judgement
from livedo.instants import DAY
from livedo.record.tables import Fact, Instant, PatientRecord

SHOWN_DAYS = 366
Weight = Literal["danger", "risk", "neutral"]
WEIGHTS: tuple[Weight, ...] = ("danger", "risk", "neutral")


class DrugTable:
    """Makes the list of drugs for one patient after the other."""

    def __init__(self, book: RuleBook, words: FactWords) -> None:
        self.book = book
        self.words = words

    def lines(self, record: PatientRecord, judgement: Judgement) -> tuple[DrugLine, ...]:
        """Drugs of the last year and those still active, the dangerous first."""
        as_of = judgement.as_of
        speaking = self._speaking(judgement)
        drugs = [fact for fact in record.facts if self._is_shown(fact, as_of)]
        lines = [
            self._line(fact, as_of, speaking.get(f"fact:{fact.fact_id}", ())) for fact in drugs
        ]
        return tuple(sorted(lines, key=_order))

    def _is_shown(self, fact: Fact, as_of: Instant) -> bool:
        is_drug = fact.concept.startswith("drug.") and fact.present == "yes"
        if not is_drug or fact.known_at > as_of or fact.start_from > as_of:
            return False
        return fact.end_at is None or fact.end_at > as_of - SHOWN_DAYS * DAY

    def _speaking(self, judgement: Judgement) -> Mapping[str, Sequence[str]]:
        """Rules of danger and risk that rest on a drug, by the reference of its fact."""
        found: dict[str, list[str]] = {}
        for rule_id in self.book.of_kind("danger", "risk"):
            if is_yes(judgement, rule_id) and self.book.rules[rule_id].grade != "context":
                for ref in judgement.answers[rule_id].evidence:
                    found.setdefault(ref, []).append(rule_id)
        return found

    def _line(self, fact: Fact, as_of: Instant, rules: Sequence[str]) -> DrugLine:
        own = [id for id in rules if self._is_about(id, fact)]
        kinds = {self.book.rules[id].kind for id in own}
        weight: Weight = next((w for w in WEIGHTS if w in kinds), "neutral")
        words = self.words
        return DrugLine(
            concept=fact.concept,
            label=capitalised(words.name(fact.concept)),
            original=fact.original or "",
            from_on=words.began(fact, as_of),
            to_on=self._ended(fact, as_of),
            from_at=fact.start_at,
            to_at=fact.end_at if fact.end_at is not None and fact.end_at <= as_of else None,
            is_active=is_active(fact, as_of),
            weight=weight,
            route=words.find(f"route.{fact.route}") if fact.route else "",
            dose=self._dose(fact),
            body_site=words.site(fact.body_site, fact.side),
            matched_by=fact.matched_by,
            rules=tuple(own),
            facts=(words.line(fact, as_of),),
            note=self._note(fact),
        )

    def _is_about(self, rule_id: str, fact: Fact) -> bool:
        return not self.book.concepts[rule_id].isdisjoint(self._above(fact))

    def _ended(self, fact: Fact, as_of: Instant) -> str:
        if fact.end_at is None or fact.end_at > as_of:
            return ""
        if fact.end_from is not None and fact.end_from <= fact.start_at < fact.end_at:
            return self.words.text("drug.stopped")
        return self.words.dates.span(fact.end_from or fact.end_at, fact.end_at, as_of)

    def _dose(self, fact: Fact) -> str:
        if fact.dose_per_day is None:
            return ""
        return self.words.quantities.dose(fact.concept, fact.dose_per_day)

    def _note(self, fact: Fact) -> str:
        keys = [f"drug.note.{id}" for id in self._above(fact)]
        return "; ".join(self.words.find(key) for key in keys if self.words.has(key))

    def _above(self, fact: Fact) -> Sequence[str]:
        return self.words.knowledge.vocabulary.ancestors(fact.concept)


def is_active(fact: Fact, as_of: Instant) -> Literal["yes", "no", "unknown"]:
    """Whether a drug is in use: between an undated stop's bounds nobody knows."""
    if fact.end_at is None or fact.end_at > as_of:
        begins_before = fact.end_from is None or fact.end_from > as_of
        return "yes" if begins_before else "unknown"
    return "no"


def _order(line: DrugLine) -> tuple[int, bool, str, Instant]:
    return (WEIGHTS.index(line.weight), line.is_active == "no", line.label, line.from_at)
