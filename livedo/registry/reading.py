"""One person's record as the case report form reads it: only what was known by a moment.

A fact says yes or no only where it was stated: what is merely considered, or drafted, says
neither. Silence is a no only where a declared observed span holds the whole window, and
never for laboratory results, signs and the like.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from datetime import tzinfo
from typing import Any

import msgspec

from livedo.assess.evidence import fact_reference, span_reference
from livedo.assess.selection import NEVER_NO_BY_SILENCE
from livedo.assess.timeline import BEGINNING, UNCONFIRMED, stretches
from livedo.instants import Instant, iso_date
from livedo.knowledge.vocabulary import Vocabulary
from livedo.record.tables import DRAFT, Fact, PatientRecord
from livedo.registry.case import Day
from livedo.registry.dates import day_of_instant, text_of_instants

FOREVER: Instant = 2**62


class Said(msgspec.Struct, frozen=True):
    """What the record answers to one field, and what that rests on."""

    text: str
    sources: tuple[str, ...]
    known_at: Instant | None = None


def _oldest_first(fact: Fact) -> tuple[Instant, Instant, int]:
    return (fact.start_at, fact.start_from, fact.fact_id)


class Reading:
    """The usable facts of one person, by concept, oldest first."""

    def __init__(
        self, record: PatientRecord, as_of: Instant, vocabulary: Vocabulary, zone: tzinfo
    ) -> None:
        self.record = record
        self.person = record.person
        self.person_id = record.person.person_id
        self.as_of = as_of
        self.vocabulary = vocabulary
        self.zone = zone
        self._yes: dict[str, list[Fact]] = {}
        self._no: dict[str, list[Fact]] = {}
        self._perhaps: set[str] = set()
        self._told: dict[tuple[str, ...], Sequence[Fact]] = {}
        self._texts: dict[tuple[Instant, Instant], str] = {}
        self._days: dict[Instant, Day] = {}
        self.kept: dict[object, Any] = {}
        """Whatever was worked out once and is asked for again."""
        for fact in sorted(record.facts, key=_oldest_first):
            if fact.known_at <= as_of and fact.start_from <= as_of and fact.status != DRAFT:
                self._sort_in(fact)

    def _sort_in(self, fact: Fact) -> None:
        if fact.present == "unknown" or fact.status in UNCONFIRMED:
            self._perhaps.add(fact.concept)
        elif fact.present == "yes":
            self._yes.setdefault(fact.concept, []).append(fact)
        else:
            self._no.setdefault(fact.concept, []).append(fact)

    @property
    def concepts(self) -> Iterable[str]:
        """Every concept of which the record says yes."""
        return self._yes

    def told(self, of: tuple[str, ...]) -> Sequence[Fact]:
        """Facts that say yes of one of these concepts or of a narrower one, oldest first."""
        known = self._told.get(of)
        if known is None:
            known = self._told[of] = self._of(narrower(self.vocabulary, of), self._yes)
        return known

    def denied(self, of: tuple[str, ...]) -> Sequence[Fact]:
        """Facts that say no of one of these concepts or of a broader one, oldest first."""
        return self._of(broader(self.vocabulary, of), self._no)

    def told_in(self, domains: Sequence[str]) -> Sequence[Fact]:
        """Facts of some domains that say yes, oldest first."""
        named = [one for one in self._yes if one.partition(".")[0] in domains]
        return self._of(named, self._yes)

    def facts_of(self, concept: str) -> Sequence[Fact]:
        """Facts that say yes of this very concept, oldest first."""
        return self._yes.get(concept, ())

    def _of(self, concepts: Iterable[str], kept: dict[str, list[Fact]]) -> Sequence[Fact]:
        runs = [kept[concept] for concept in concepts if concept in kept]
        if len(runs) <= 1:
            return runs[0] if runs else ()
        return sorted((fact for run in runs for fact in run), key=_oldest_first)

    def is_open(self, of: tuple[str, ...]) -> bool:
        """Whether something merely considered, or too broad, leaves these concepts open."""
        if any(one in self._perhaps for one in narrower(self.vocabulary, of)):
            return True
        above = (one for one in broader(self.vocabulary, of) if one not in of)
        return any(one in self._yes or one in self._perhaps for one in above)

    def is_never_silent(self, concept: str) -> bool:
        """Whether a look that found nothing says nothing about the time before."""
        return concept.partition(".")[0] in NEVER_NO_BY_SILENCE

    def silent_no(
        self, of: tuple[str, ...], since: Instant = BEGINNING, until: Instant | None = None
    ) -> tuple[str, ...]:
        """The observed spans by which silence about these concepts is a no; none if it is not."""
        if self.is_open(of):
            return ()
        until = self.as_of if until is None else min(until, self.as_of)
        found: list[str] = []
        for domain in sorted({concept.partition(".")[0] for concept in of}):
            spans = () if domain in NEVER_NO_BY_SILENCE else self._observed(domain, since, until)
            if not spans:
                return ()
            found.extend(spans)
        return tuple(found)

    def _observed(self, domain: str, since: Instant, until: Instant) -> tuple[str, ...]:
        spans = [span for span in self.record.observed if span.domain == domain]
        for stretch in stretches(spans, until):
            if stretch.from_at <= since and stretch.to_at >= until:
                return tuple(map(span_reference, stretch.spans))
        return ()

    def start(self, fact: Fact) -> str:
        """The text of when the fact began; blank where that cannot be said as a date."""
        return self.text(fact.start_from, fact.start_at)

    def text(self, first: Instant, last: Instant) -> str:
        """The text of a moment between two instants."""
        known = self._texts.get((first, last))
        if known is None:
            known = self._texts[first, last] = text_of_instants(first, last, self.zone)
        return known

    def recorded(self, at: Instant) -> str:
        """The text of when something came to be known.

        A bare month or year is kept as its last instant; what ends with a month may be one.
        """
        day, after = iso_date(at, self.zone), iso_date(at + 1, self.zone)
        if after.endswith("-01-01") and day != after:
            return day[:4]
        return day[:7] if after.endswith("-01") and day != after else day

    def day(self, at: Instant) -> Day:
        """The local day of an instant."""
        known = self._days.get(at)
        if known is None:
            known = self._days[at] = day_of_instant(at, self.zone)
        return known

    def on(self, fact: Fact | None) -> Said | None:
        """When a fact began, as an answer."""
        return None if fact is None else said(self.start(fact), fact)


@functools.lru_cache(maxsize=4096)
def narrower(vocabulary: Vocabulary, of: tuple[str, ...]) -> tuple[str, ...]:
    """These concepts and every one below them, each once."""
    return tuple(dict.fromkeys(one for concept in of for one in vocabulary.descendants(concept)))


@functools.lru_cache(maxsize=4096)
def broader(vocabulary: Vocabulary, of: tuple[str, ...]) -> tuple[str, ...]:
    """These concepts and every one above them, each once."""
    return tuple(dict.fromkeys(one for concept in of for one in vocabulary.ancestors(concept)))


def said(text: str, *facts: Fact) -> Said | None:
    """An answer that rests on these facts; none without a text."""
    if not text:
        return None
    if len(facts) == 1:
        return Said(text, (fact_reference(facts[0]),), facts[0].known_at)
    sources = tuple(dict.fromkeys(map(fact_reference, facts)))
    return Said(text, sources, max(fact.known_at for fact in facts))


def number_text(number: float) -> str:
    """A number as the register writes it."""
    text = f"{number:.6f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def exact(fact: Fact) -> float | None:
    """The number of a fact, if it gives one and not a range."""
    return fact.low if fact.low is not None and fact.low == fact.high else None


def holds_at(fact: Fact, at: Instant, as_of: Instant) -> bool:
    """Whether a fact surely held at a moment; an end later than `as_of` is not yet known."""
    if fact.start_at > at:
        return False
    if fact.end_at is None or fact.end_at > as_of:
        return fact.end_from is None or fact.end_from > at
    return (fact.end_from or fact.end_at) > at


def touches(fact: Fact, since: Instant, until: Instant) -> bool:
    """Whether a fact may have held at some time between two moments."""
    return fact.start_from <= until and (fact.end_at is None or fact.end_at >= since)
