"""What is said about a draft prescription, in one language: a line, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from livedo.act.facts_in_words import FactWords, capitalised
from livedo.act.order_files import Family
from livedo.act.orders import Orders, Verdict, has_failed
from livedo.act.phrases import phrases
from livedo.act.reasons import facts_by_reference
from livedo.act.unknowns import UnknownWords
from livedo.assess.answer import Judgement, Missing, Status
from livedo.knowledge.schema import Rule, Text
from livedo.record.tables import DRAFT, Fact, PatientRecord

SITES_NAMED = 2
MISSING_NAMED = 2
ANSWERS = {Status.YES: "yes", Status.NO: "no", Status.UNKNOWN: "unknown"}


class OrderText(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict in words. Nothing of the source's own words is repeated."""

    summary: str
    short: str
    """Said instead where the summary is too long for a card."""
    why: tuple[str, ...] = ()
    asked_first: tuple[str, ...] = ()
    not_known: tuple[str, ...] = ()
    todo: tuple[str, ...] = ()
    not_judged: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    is_reviewed: bool = False


class OrderWords:
    """Words verdicts about one record's drafts."""

    def __init__(self, orders: Orders, words: FactWords) -> None:
        self.orders = orders
        self.words = words
        self.unknowns = UnknownWords(words)
        self._rules: Mapping[str, Rule] = words.knowledge.rules

    def text(self, verdict: Verdict, record: PatientRecord) -> OrderText:
        """What the card of a verdict says."""
        title, drug = self._in_language(verdict.family.title), self.drug(verdict)
        judgement = verdict.judgement
        if judgement is None or verdict.status == "failed":
            said = self._text("could_not.summary", what=title)
            failed = self._failed_titles(verdict)
            return OrderText(summary=said, short=said, not_judged=failed or (title,))
        facts = facts_by_reference(record)
        return OrderText(
            summary=self._summary(verdict, judgement, facts, drug),
            short=self._text("short", drug=drug, what=title),
            why=tuple(self._why(verdict, judgement, facts)),
            asked_first=tuple(
                self._answered(rule, judgement, facts) for rule in verdict.family.asks_first
            ),
            not_known=tuple(map(capitalised, self._missing(verdict, judgement, facts))),
            todo=tuple(self._todo(verdict)),
            not_judged=self._failed_titles(verdict),
            claims=self._claims(verdict),
            is_reviewed=self._rules[verdict.told.rule].review.by is not None,
        )

    def drug(self, verdict: Verdict) -> str:
        """The drafted drug that the family is about, as our vocabulary names it."""
        vocabulary = self.words.knowledge.vocabulary
        ours = self.orders.concerned(verdict.family, verdict.draft)
        known = [f.concept for f in ours if f.concept in vocabulary.concepts]
        return capitalised(self.words.name(known[0])) if known else ""

    def title(self, family: Family) -> str:
        """What a family of rules is about."""
        return self._in_language(family.title)

    def _summary(
        self, verdict: Verdict, judgement: Judgement, facts: Mapping[str, Fact], drug: str
    ) -> str:
        told = verdict.told
        pattern = told.says if verdict.status == "yes" else (told.unknown_says or told.says)
        return self._in_language(pattern).format(
            drug=drug,
            why=self._person(verdict.family, judgement),
            sites=self._sites(verdict, judgement, facts),
            missing="; ".join(list(self._missing(verdict, judgement, facts))[:MISSING_NAMED]),
        )

    def _person(self, family: Family, judgement: Judgement) -> str:
        """On dialysis; calciphylaxis suspected."""
        for why in self.orders.files.people:
            is_meant = not family.people or why.rule in family.people
            if is_meant and judgement.answers[why.rule].status is Status.YES:
                return why.da if self.words.lang == "da" else why.en
        return self._text("known_disease")

    def _sites(self, verdict: Verdict, judgement: Judgement, facts: Mapping[str, Fact]) -> str:
        answer = judgement.answers.get(verdict.family.sites_of or "")
        found = [facts[ref] for ref in (answer.evidence if answer else ()) if ref in facts]
        sites = [self.words.site(f.body_site, f.side) for f in found if f.body_site]
        every = list(dict.fromkeys(sites))
        text = ", ".join(every[:SITES_NAMED])
        more = len(every) - SITES_NAMED
        return self.words.text("and_more", what=text, count=more) if more > 0 else text

    def _why(
        self, verdict: Verdict, judgement: Judgement, facts: Mapping[str, Fact]
    ) -> Iterable[str]:
        """The dated facts behind the answer, without the draft itself."""
        rules = [verdict.told.rule, *verdict.family.shows]
        if verdict.status != "yes":
            rules = [*verdict.told.unknown_when, *verdict.family.shows]
        held = [r for r in rules if judgement.answers[r].status is Status.YES]
        found = [ref for rule in held for ref in judgement.answers[rule].evidence]
        own = [facts[ref] for ref in dict.fromkeys(found) if ref in facts]
        told = phrases([f for f in own if f.status != DRAFT], judgement.as_of, self.words)
        return map(capitalised, told)

    def _answered(self, rule: str, judgement: Judgement, facts: Mapping[str, Fact]) -> str:
        """Mechanical heart valve: not known."""
        answer = judgement.answers[rule]
        found = [facts[ref] for ref in answer.evidence if ref in facts]
        told = phrases(found, judgement.as_of, self.words)
        title = self._in_language(self._rules[rule].title)
        said = self._text(f"answer.{ANSWERS[answer.status]}")
        if told and answer.status is not Status.UNKNOWN:
            said = self._text(f"answer.told_{ANSWERS[answer.status]}", facts=", ".join(told))
        return self._text("answered", title=title, answer=said)

    def _missing(
        self, verdict: Verdict, judgement: Judgement, facts: Mapping[str, Fact]
    ) -> Iterable[str]:
        """What is missing for the answer, what the rule asks for first of all."""
        if verdict.status != "unknown":
            return ()
        rule = verdict.told.missing_of or verdict.told.rule
        asked = self._rules[rule].if_unknown.ask_for
        missing = [m for m in judgement.answers[rule].missing if not _is_of_a_rule(m)]
        wanted = [m for m in missing if m.concept in asked] or missing
        ordered = sorted(wanted, key=lambda m: (_place(m.concept, asked), m))
        lines = (self.unknowns.line(m, (), facts, judgement.as_of).text for m in ordered)
        return dict.fromkeys(lines)

    def _todo(self, verdict: Verdict) -> Iterable[str]:
        steps = self.words.knowledge.next_steps
        for step in self._rules[verdict.told.rule].then:
            yield steps[step].da if self.words.lang == "da" else steps[step].en
        for said in verdict.family.todo:
            yield said.text(self.words.lang)

    def _claims(self, verdict: Verdict) -> tuple[str, ...]:
        said = [claim for todo in verdict.family.todo for claim in todo.because]
        return tuple(dict.fromkeys((*self._rules[verdict.told.rule].because, *said)))

    def _failed_titles(self, verdict: Verdict) -> tuple[str, ...]:
        """The rules of the family that could not be judged."""
        if verdict.judgement is None:
            return ()
        rules = [told.rule for told in verdict.family.told]
        failed = [r for r in rules if has_failed(verdict.judgement.answers[r])]
        return tuple(self._in_language(self._rules[rule].title) for rule in failed)

    def _in_language(self, text: Text) -> str:
        return text.da if self.words.lang == "da" else text.en

    def _text(self, key: str, **values: object) -> str:
        return self.words.wording.text(f"hooks.{key}", **values)


def _is_of_a_rule(missing: Missing) -> bool:
    return "/" in missing.concept


def _place(concept: str, asked: Sequence[str]) -> int:
    return asked.index(concept) if concept in asked else len(asked)
