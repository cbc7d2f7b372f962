"""What is not known and could change the state or the group, in words.

An unknown that can change nothing is not shown; findings that one look at the
skin would settle are told as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from livedo.act.facts_in_words import FactWords
from livedo.act.page import load_page
from livedo.act.result import UnknownLine
from livedo.act.rule_book import RuleBook
from livedo.assess.answer import Judgement, Missing
from livedo.assess.outlook import deciding_unknowns
from livedo.record.tables import Fact, Instant

SKIN_DOMAINS = frozenset({"sign", "wound"})
MANY_OF_A_DOMAIN = 3
"""So many unknowns of one domain are told by the name of the domain."""

SHOWN_IN_A_LINE = 3


def deciding(
    judgement: Judgement, book: RuleBook, group: str
) -> dict[Missing, tuple[str, ...]]:
    """What is missing for a higher state or an earlier group, or is itself why the person is listed.

    With each, the rules that it could decide.
    """
    found: dict[Missing, list[str]] = {}
    for rule_id in book.behind(f"worklist/{group}", judgement):
        for asked in book.asked_unknown[rule_id]:
            for missing in judgement.answers[asked].missing:
                found.setdefault(missing, []).append(asked)
    for places in (book.states, book.groups):
        rules = [rule for _, _, rule in places if rule in judgement.answers]
        for unknown in deciding_unknowns(judgement, rules):
            missing = Missing(concept=unknown.concept, why=unknown.why, last=unknown.last)
            if _is_asked_now(missing, unknown.would_change, judgement, book):
                found.setdefault(missing, []).append(unknown.would_change)
    return {
        missing: tuple(sorted(set(found[missing]))) for missing in sorted(found, key=_told_at)
    }


def _is_asked_now(
    missing: Missing, rule_id: str, judgement: Judgement, book: RuleBook
) -> bool:
    """Not before something else is known: sepsis is asked about once there is a suspicion."""
    first = book.asked_first(rule_id, judgement)
    answer = None if first is None else judgement.answers.get(first)
    return answer is None or missing in answer.missing


def _told_at(missing: Missing) -> tuple[int, int, Missing]:
    page = load_page()
    domain = _domain(missing.concept)
    labs = [row.concept for row in page.labs]
    return _place(domain, page.unknown_order), _place(missing.concept, labs), missing


def _place(item: str, order: Sequence[str]) -> int:
    return order.index(item) if item in order else len(order)


class UnknownWords:
    """Words what is missing."""

    def __init__(self, words: FactWords) -> None:
        self.words = words

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
        why = self._why(missing)
        is_dated = why != "too_old" or last is not None
        key = f"{pattern}.{why}"
        when = "" if last is None else self.words.when(last, as_of)
        return self.words.text(
            key if is_dated and self.words.has(key) else f"{pattern}.other",
            what=self.words.name(missing.concept),
            when=when,
        )

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
        examined_on: str | None,
    ) -> str:
        """The worklist's short text: "PTH 12 Aug; skin since 14 Oct; 2 more"."""
        texts = list(dict.fromkeys(self._shortened(unknown, facts, as_of, examined_on)))
        text = "; ".join(texts[:SHOWN_IN_A_LINE])
        more = len(texts) - SHOWN_IN_A_LINE
        return self.words.text("unknown.and_more", what=text, count=more) if more > 0 else text

    def _shortened(
        self,
        unknown: Sequence[Missing],
        facts: Mapping[str, Fact],
        as_of: Instant,
        examined_on: str | None,
    ) -> Iterable[str]:
        by_domain: dict[str, list[Missing]] = {}
        for missing in unknown:
            by_domain.setdefault(_domain(missing.concept), []).append(missing)
        for domain, several in by_domain.items():
            name = self.words.find(f"domain.{domain}")
            if domain in SKIN_DOMAINS:
                yield self.skin(examined_on)
            elif name and len(several) >= MANY_OF_A_DOMAIN:
                yield name
            else:
                yield from (self._text("missing_short", one, facts, as_of) for one in several)

    def skin(self, examined_on: str | None) -> str:
        """Since when the skin has not been examined."""
        if examined_on is None:
            return self.words.text("skin_not_seen.never")
        return self.words.text("skin_not_seen.since", when=examined_on)


def _domain(concept: str) -> str:
    return concept.partition(".")[0]
