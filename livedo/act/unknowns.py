"""What is not known and could change the state or the group, in words.

An unknown that can change nothing is not shown; findings that one look at the
skin would settle are told as one.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence

from livedo.act.facts_in_words import FactWords
from livedo.act.page import load_page
from livedo.act.result import PalpationDue, UnknownLine
from livedo.act.rule_book import RuleBook
from livedo.assess.answer import Judgement, Missing, Status
from livedo.assess.outlook import deciding_unknowns
from livedo.record.tables import Fact, Instant

SKIN_DOMAINS = ("sign", "wound")
MANY_OF_A_DOMAIN = 3
"""So many unknowns of one domain are told by the name of the domain."""

SHOWN_IN_A_LINE = 3


def deciding(judgement: Judgement, book: RuleBook, group: str) -> dict[Missing, tuple[str, ...]]:
    """What is missing for a higher state or an earlier group, or is why the person is listed.

    With each, the rules that it could decide.
    """
    found: dict[Missing, list[str]] = {}
    for rule_id in book.behind(f"worklist/{group}", judgement):
        for asked in book.asked_unknown[rule_id]:
            answer = judgement.answers[asked]
            for missing in answer.missing if answer.status is Status.UNKNOWN else ():
                found.setdefault(missing, []).append(asked)
    for places in (book.states, book.groups):
        rules = [rule for _, _, rule in places if rule in judgement.answers]
        asked_now = {rule: _asked_now(rule, judgement, book) for rule in rules}
        for unknown in deciding_unknowns(judgement, rules):
            missing = Missing(concept=unknown.concept, why=unknown.why, last=unknown.last)
            asked_for = asked_now[unknown.would_change]
            if asked_for is None or missing in asked_for:
                found.setdefault(missing, []).append(unknown.would_change)
    return {missing: tuple(sorted(set(found[missing]))) for missing in sorted(found, key=_told_at)}


def _asked_now(rule_id: str, judgement: Judgement, book: RuleBook) -> frozenset[Missing] | None:
    """What is asked for first: sepsis matters once there is a suspicion. None is everything."""
    first = book.asked_first(rule_id, judgement)
    answer = None if first is None else judgement.answers.get(first)
    return None if answer is None else frozenset(answer.missing)


def _told_at(missing: Missing) -> tuple[int, int, Missing]:
    domains, labs = _order()
    domain = _domain(missing.concept)
    return domains.get(domain, len(domains)), labs.get(missing.concept, len(labs)), missing


@functools.cache
def _order() -> tuple[dict[str, int], dict[str, int]]:
    """The places of domains and of analytes in the order of the page."""
    page = load_page()
    domains = {domain: at for at, domain in enumerate(page.unknown_order)}
    return domains, {row.concept: at for at, row in enumerate(page.labs)}


class UnknownWords:
    """Words what is missing."""

    def __init__(self, words: FactWords) -> None:
        self.words = words
        self._undated: dict[tuple[str, str, str], str] = {}

    def line(
        self,
        missing: Missing,
        would_change: Sequence[str],
        facts: Mapping[str, Fact],
        as_of: Instant,
    ) -> UnknownLine:
        """One unknown, with why it is not known."""
        return UnknownLine(
            concept=missing.concept,
            why=missing.why,
            text=self._text("missing", missing, facts, as_of),
            would_change=tuple(would_change),
        )

    def _text(
        self, pattern: str, missing: Missing, facts: Mapping[str, Fact], as_of: Instant
    ) -> str:
        last = facts.get(missing.last or "")
        if last is not None:
            return self._worded(pattern, missing, self.words.when(last, as_of))
        key = (pattern, missing.concept, missing.why)
        text = self._undated.get(key)
        if text is None:
            text = self._undated[key] = self._worded(pattern, missing, "")
        return text

    def _worded(self, pattern: str, missing: Missing, when: str) -> str:
        why = self._why(missing)
        key = f"{pattern}.{why}"
        is_told = self.words.has(key) and (when or why != "too_old")
        return self.words.text(
            key if is_told else f"{pattern}.other", what=self._name(missing.concept), when=when
        )

    def _name(self, concept: str) -> str:
        """The name of a concept; of a rule that could not be answered, its title."""
        rule = self.words.knowledge.rules.get(concept)
        if rule is None:
            return self.words.name(concept)
        return rule.title.da if self.words.lang == "da" else rule.title.en

    def _why(self, missing: Missing) -> str:
        """What cannot be measured, such as a finding or a diagnosis, is "not recorded"."""
        concept = self.words.knowledge.vocabulary.concepts.get(missing.concept)
        if missing.why == "never_measured" and concept is not None and concept.kind != "quantity":
            return "never_recorded"
        return missing.why

    def short(
        self,
        unknown: Sequence[Missing],
        facts: Mapping[str, Fact],
        as_of: Instant,
        palpation: PalpationDue,
    ) -> str:
        """The worklist's short text: "PTH 12 Aug; skin since 14 Oct; 2 more"."""
        texts = list(dict.fromkeys(self._shortened(unknown, facts, as_of, palpation)))
        text = "; ".join(texts[:SHOWN_IN_A_LINE])
        more = len(texts) - SHOWN_IN_A_LINE
        return self.words.text("unknown.and_more", what=text, count=more) if more > 0 else text

    def _shortened(
        self,
        unknown: Sequence[Missing],
        facts: Mapping[str, Fact],
        as_of: Instant,
        palpation: PalpationDue,
    ) -> Iterable[str]:
        by_domain: dict[str, list[Missing]] = {}
        for missing in unknown:
            by_domain.setdefault(_domain(missing.concept), []).append(missing)
        skin = [m for domain in SKIN_DOMAINS for m in by_domain.pop(domain, [])]
        if skin:
            yield self.skin(skin, palpation, as_of, shown=2)
        for domain, several in by_domain.items():
            name = self.words.find(f"domain.{domain}")
            if name and len(several) >= MANY_OF_A_DOMAIN:
                yield name
            else:
                yield from (self._text("missing_short", one, facts, as_of) for one in several)

    def skin(
        self, missing: Sequence[Missing], palpation: PalpationDue, as_of: Instant, shown: int
    ) -> str:
        """Since when the skin was not examined; after a timely look, what that left open."""
        names = self.words.names(sorted({one.concept for one in missing}), shown)
        if palpation.last_at is None:
            return self.words.text("skin_not_seen.never")
        if palpation.status == "overdue":
            since = self.words.dates.short(palpation.last_at, as_of)
            return self.words.text("skin_not_seen.since", when=since)
        return self.words.text("skin_not_seen.open", what=names)


def _domain(concept: str) -> str:
    return concept.partition(".")[0]
