"""The sections of an explanation: danger, why, why not, cannot tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from livedo.act.facts_in_words import FactWords, capitalised, lowered
from livedo.act.page import load_page
from livedo.act.phrases import phrases, told_together
from livedo.act.precedence import Standing
from livedo.act.reasons import facts_by_reference
from livedo.act.result import ExplanationLine, FactLine, PalpationDue, Sign
from livedo.act.rows import Rows
from livedo.act.rule_book import RuleBook
from livedo.act.unknowns import SKIN_DOMAINS
from livedo.assess.answer import Answer, Judgement, Missing, Status
from livedo.knowledge.prose import rule_as_text
from livedo.knowledge.teaching import load_findings
from livedo.record.tables import Fact, PatientRecord

WHY_KINDS = ("suspicion", "risk")


class Parts(NamedTuple):
    """The lines of every section, and the results whose age matters."""

    danger: tuple[ExplanationLine, ...]
    why: tuple[ExplanationLine, ...]
    why_not: tuple[ExplanationLine, ...]
    cannot_tell: tuple[ExplanationLine, ...]
    oldest_needed: tuple[Fact, ...]


class Sections:
    """Sorts the answers about one person into sections."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.book: RuleBook = rows.book
        self.words: FactWords = rows.words
        self._readings: dict[str, str] = {}

    def of(self, record: PatientRecord, judgement: Judgement, place: Standing) -> Parts:
        """The sections for one person."""
        facts = facts_by_reference(record)
        unknown = self.rows.deciding(judgement, place)
        palpation = self.rows.rounds.due(record, judgement.as_of, place)
        return Parts(
            danger=tuple(self._yes(("danger",), judgement, facts)),
            why=tuple(self._yes(WHY_KINDS, judgement, facts)),
            why_not=tuple(self._why_not(judgement, facts)),
            cannot_tell=tuple(self._cannot_tell(unknown, judgement, facts, palpation)),
            oldest_needed=tuple(self._aged(unknown, judgement, facts)),
        )

    # -- danger and why ------------------------------------------------------------------

    def _yes(
        self, kinds: tuple[str, ...], judgement: Judgement, facts: Mapping[str, Fact]
    ) -> Iterator[ExplanationLine]:
        """Rules of these kinds that said yes, each resting on facts that no earlier one told."""
        told: list[frozenset[str]] = []
        for answer in self._speaking(kinds, judgement, facts):
            own = self._own(answer, facts)
            is_finding = self.book.rules[answer.rule].kind == "suspicion"
            if own and any(own == other or (is_finding and own < other) for other in told):
                continue
            told.append(own)
            yield self._line("+", answer, judgement, facts)

    def _own(self, answer: Answer, facts: Mapping[str, Fact]) -> frozenset[str]:
        is_own = self.rows.reasons.is_own
        return frozenset(
            ref for ref in answer.evidence if ref in facts and is_own(answer.rule, facts[ref])
        )

    def _speaking(
        self, kinds: tuple[str, ...], judgement: Judgement, facts: Mapping[str, Fact]
    ) -> list[Answer]:
        obvious = load_page().obvious
        found = [
            answer
            for answer in judgement.answers.values()
            if answer.status is Status.YES
            and self.book.rules[answer.rule].kind in kinds
            and self.rows.reasons.has_own(answer, facts)
        ]
        return sorted(found, key=lambda a: (a.rule in obvious, self.book.rank(a.rule)))

    def _line(
        self, sign: Sign, answer: Answer, judgement: Judgement, facts: Mapping[str, Fact]
    ) -> ExplanationLine:
        rule = self.book.rules[answer.rule]
        return ExplanationLine(
            sign=sign,
            rule=rule.id,
            text=self.rows.reasons.finding(answer, facts, judgement),
            asks=rule.asks.da if self.words.lang == "da" else rule.asks.en,
            reading=self._reading(rule.id),
            facts=tuple(self._fact_lines(answer.evidence, judgement, facts)),
            facts_more=answer.evidence_more,
            claims=rule.because,
            grade=rule.grade,
            note=self._note(rule.id),
            thresholds=rule.threshold_from,
            review=self._review(rule.id),
            override=self.rows.own_numbers.text(rule.id),
            teaches=self._teaches(rule.id),
        )

    def _fact_lines(
        self, references: Iterable[str], judgement: Judgement, facts: Mapping[str, Fact]
    ) -> Iterator[FactLine]:
        for ref in references:
            if ref in facts:
                yield self.words.line(facts[ref], judgement.as_of)
            elif ref.startswith("observed:"):
                yield self.words.silence_line(ref)

    def _reading(self, rule_id: str) -> str:
        text = self._readings.get(rule_id)
        if text is None:
            rule = self.book.rules[rule_id]
            text = rule_as_text(rule, self.words.knowledge, self.words.lang)
            self._readings[rule_id] = text
        return text

    def _teaches(self, rule_id: str) -> str:
        taught = load_findings().get(rule_id)
        return "" if taught is None else taught.text(self.words.lang)

    def _note(self, rule_id: str) -> str:
        note = self.book.rules[rule_id].note
        if note is None:
            return ""
        return note.da if self.words.lang == "da" else note.en

    def _review(self, rule_id: str) -> str:
        review = self.book.rules[rule_id].review
        if review.by is None:
            return self.words.text("review.none")
        return self.words.text("review.by", by=review.by, on=review.on)

    # -- why not -------------------------------------------------------------------------

    def _why_not(
        self, judgement: Judgement, facts: Mapping[str, Fact]
    ) -> Iterator[ExplanationLine]:
        """What was looked for and not found. Normal values exclude nothing and are not told."""
        yield from self._examined(judgement, facts)
        yield from self._silent(judgement)

    def _denying(self, kinds: tuple[str, ...], judgement: Judgement) -> list[Answer]:
        denying = [
            answer
            for answer in judgement.answers.values()
            if answer.status is Status.NO and self.book.rules[answer.rule].kind in kinds
        ]
        return sorted(denying, key=lambda answer: self.book.rank(answer.rule))

    def _examined(
        self, judgement: Judgement, facts: Mapping[str, Fact]
    ) -> Iterator[ExplanationLine]:
        """Findings that were examined for and absent, one line a place and day."""
        rules: dict[str, str] = {}
        absent: dict[str, Fact] = {}
        for answer in self._denying(("suspicion",), judgement):
            for ref in answer.evidence:
                if ref in facts and facts[ref].present == "no":
                    absent[ref] = facts[ref]
                    rules.setdefault(ref, answer.rule)
        examined = self._last_examined(facts, judgement)
        newest = [fact for fact in absent.values() if self._day(fact) == examined]
        for group in told_together(newest, self.words):
            rule_id = rules[f"fact:{group[0].fact_id}"]
            text = capitalised(phrases(group, judgement.as_of, self.words)[0])
            refs = sorted(f"fact:{fact.fact_id}" for fact in group)
            yield self._not_line(rule_id, text, refs, judgement, facts)

    def _last_examined(self, facts: Mapping[str, Fact], judgement: Judgement) -> date | None:
        """The last day on which anything was looked for: an older "no" may be overtaken."""
        signs = (f for f in facts.values() if f.concept.partition(".")[0] in SKIN_DOMAINS)
        known = (fact for fact in signs if fact.known_at <= judgement.as_of)
        return max((self._day(fact) for fact in known), default=None)

    def _day(self, fact: Fact) -> date:
        return self.words.dates.local_day(fact.start_at)

    def _silent(self, judgement: Judgement) -> Iterator[ExplanationLine]:
        """Drugs and diagnoses of which a source that speaks for all of them says nothing."""
        by_silence: dict[str, list[str]] = {}
        for answer in self._denying(("risk",), judgement):
            spans = [ref for ref in answer.evidence if ref.startswith("observed:")]
            if len(spans) == 1 == len(answer.evidence) and self._is_silence_told(spans[0], answer):
                by_silence.setdefault(spans[0], []).append(answer.rule)
        for ref, rules in by_silence.items():
            titles = [lowered(self.rows.reasons.title(id), shortest=2) for id in rules]
            silence = self.words.silence_line(ref).text
            text = self.words.text("explain.silent", silence=silence, what=", ".join(titles))
            yield self._not_line(rules[0], text, [ref], judgement, {})

    def _is_silence_told(self, span: str, answer: Answer) -> bool:
        domain = span.split(":")[1]
        rule = self.book.rules[answer.rule]
        is_told = domain in load_page().silence_told and rule.grade != "context"
        return is_told and bool(self.book.concepts[answer.rule])

    def _not_line(
        self,
        rule_id: str,
        text: str,
        references: Iterable[str],
        judgement: Judgement,
        facts: Mapping[str, Fact],
    ) -> ExplanationLine:
        rule = self.book.rules[rule_id]
        return ExplanationLine(
            sign="-",
            rule=rule_id,
            text=text,
            asks=rule.asks.da if self.words.lang == "da" else rule.asks.en,
            facts=tuple(self._fact_lines(references, judgement, facts)),
            claims=rule.because,
            grade=rule.grade,
            review=self._review(rule_id),
            override=self.rows.own_numbers.text(rule_id),
        )

    # -- cannot tell ---------------------------------------------------------------------

    def _cannot_tell(
        self,
        unknown: Mapping[Missing, tuple[str, ...]],
        judgement: Judgement,
        facts: Mapping[str, Fact],
        palpation: PalpationDue,
    ) -> Iterator[ExplanationLine]:
        """What is missing: findings of the skin in one line, everything else one by one."""
        skin = [m for m in unknown if m.concept.partition(".")[0] in SKIN_DOMAINS]
        if skin:
            text = self.rows.unknowns.skin(skin, palpation, judgement.as_of, shown=6)
            yield self._unknown_line(skin, unknown[skin[0]], text, judgement, facts)
        for missing, rules in unknown.items():
            if missing not in skin:
                text = self.rows.unknowns.line(missing, rules, facts, judgement.as_of).text
                yield self._unknown_line([missing], rules, text, judgement, facts)

    def _unknown_line(
        self,
        missing: list[Missing],
        rules: tuple[str, ...],
        text: str,
        judgement: Judgement,
        facts: Mapping[str, Fact],
    ) -> ExplanationLine:
        rule = self.book.rules[rules[0]]
        last = [one.last for one in missing if one.last]
        return ExplanationLine(
            sign="?",
            rule=rule.id,
            text=capitalised(text),
            asks=rule.asks.da if self.words.lang == "da" else rule.asks.en,
            facts=tuple(self._fact_lines(sorted(set(last)), judgement, facts)),
            claims=rule.because,
            concepts=tuple(dict.fromkeys(one.concept for one in missing)),
            review=self._review(rule.id),
            override=self.rows.own_numbers.text(rule.id),
        )

    def _aged(
        self,
        unknown: Mapping[Missing, tuple[str, ...]],
        judgement: Judgement,
        facts: Mapping[str, Fact],
    ) -> Iterator[Fact]:
        """Results that are too old to use, else the newest of those the answer rests on."""
        last = [missing.last or "" for missing in unknown if missing.why == "too_old"]
        old = [facts[ref] for ref in last if ref in facts]
        if old:
            yield from old
            return
        newest: dict[str, Fact] = {}
        shown = {row.concept for row in load_page().labs}
        for answer in judgement.answers.values():
            for ref in answer.evidence if answer.status is Status.YES else ():
                fact = facts.get(ref)
                if fact is None or fact.concept not in shown:
                    continue
                if fact.concept not in newest or newest[fact.concept].start_at < fact.start_at:
                    newest[fact.concept] = fact
        yield from newest.values()
