"""One person's facts as they could be known at the moment of judgement.

Nothing known later is used. An end later than that moment is not yet known, so
the fact is ongoing; an observed span stops at that moment. What is known has
begun: a start dated to a whole day or year is cut at the moment of judgement.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import msgspec

from livedo.assess.answer import Status
from livedo.assess.evidence import Outcome, oldest_first
from livedo.record.tables import Fact, Instant, Observed, PatientRecord, Person

BEGINNING: Instant = -(2**62)
"""Earlier than any instant: where an observed span with history begins."""

UNCONFIRMED = frozenset({"provisional", "differential", "unconfirmed"})
"""FHIR's words for a diagnosis that is considered, not made."""


class Covered(msgspec.Struct, frozen=True, gc=False):
    """A stretch of time without gap that declared observed spans hold together."""

    from_at: Instant
    to_at: Instant
    spans: tuple[Observed, ...]


class Scope(msgspec.Struct, frozen=True):
    """Which concepts the rules ask about, and under which of them a fact counts."""

    asked_by: dict[str, tuple[str, ...]]
    """For a fact's concept, the asked concepts that its yes speaks for."""
    broader: frozenset[str]
    """Concepts above an asked one: their yes leaves the narrower one open."""


class Timeline:
    """The usable facts of one person at `as_of`, by what the rules ask about."""

    __slots__ = (
        "_covered",
        "_denied",
        "_denied_of",
        "_loose",
        "_lumped",
        "_told",
        "as_of",
        "memory",
        "outcomes",
        "record",
    )

    def __init__(self, record: PatientRecord, as_of: Instant, scope: Scope, slots: int) -> None:
        self.record = record
        self.as_of = as_of
        self.memory: list[Outcome | None] = [None] * slots
        self.outcomes: dict[str, Outcome] = {}
        self._told: dict[str, list[Fact]] = {}
        self._denied: dict[str, list[Fact]] = {}
        self._denied_of: dict[str, list[Fact]] = {}
        self._lumped: dict[str, list[Fact]] = {}
        self._loose: set[str] = set()
        self._covered: dict[str, tuple[Covered, ...]] = {}
        self._sort_in(record.facts, scope)

    def _sort_in(self, facts: Iterable[Fact], scope: Scope) -> None:
        as_of, asked_by, told = self.as_of, scope.asked_by, self._told
        for fact in facts:
            if fact.known_at > as_of or fact.start_from > as_of:
                continue
            asked = asked_by.get(fact.concept)
            if asked is None:
                continue
            if fact.start_at > as_of or fact.end_at is None or fact.end_at > as_of:
                fact = _as_seen(fact, as_of)
            if fact.present == "no" and fact.status not in UNCONFIRMED:
                self._denied.setdefault(fact.concept, []).append(fact)
                continue
            for concept in asked:
                run = told.get(concept)
                if run is None:
                    told[concept] = [fact]
                else:
                    run.append(fact)
            if fact.concept in scope.broader:
                self._lumped.setdefault(fact.concept, []).append(fact)
        self._loose.update(told)

    @property
    def person(self) -> Person:
        """Who this is."""
        return self.record.person

    def told(self, concept: str) -> Sequence[Fact]:
        """Facts that say yes or perhaps about a concept, oldest first.

        A fact about a narrower concept counts; what was denied does not.
        """
        run = self._told.get(concept)
        if run is None:
            return ()
        if concept in self._loose:
            run.sort(key=oldest_first)
            self._loose.discard(concept)
        return run

    def denied(self, concept: str, lineage: Iterable[str]) -> Sequence[Fact]:
        """Facts that deny a concept or one above it, oldest first."""
        if not self._denied:
            return ()
        known = self._denied_of.get(concept)
        if known is None:
            known = [fact for above in lineage for fact in self._denied.get(above, ())]
            known.sort(key=oldest_first)
            self._denied_of[concept] = known
        return known

    def lumped(self, above: Iterable[str], holds: Callable[[Fact], Status]) -> list[Fact]:
        """Facts that hold under a broader concept only, so that the narrower one stays open.

        Where a narrower concept holds too, that explains the broader record.
        """
        if not self._lumped:
            return []
        return [fact for concept in above for fact in self._unexplained(concept, holds)]

    def _unexplained(self, concept: str, holds: Callable[[Fact], Status]) -> Sequence[Fact]:
        broad = [fact for fact in self._lumped.get(concept, ()) if holds(fact) is not Status.NO]
        if broad and any(
            fact.concept != concept and holds(fact) is Status.YES for fact in self.told(concept)
        ):
            return ()
        return broad

    def observed_since(self, domain: str, since: Instant) -> tuple[Observed, ...]:
        """The declared spans that hold all time from `since` to `as_of`; none if there is a gap."""
        covered = self._covered.get(domain)
        if covered is None:
            spans = [span for span in self.record.observed if span.domain == domain]
            covered = self._covered[domain] = stretches(spans, self.as_of)
        for stretch in covered:
            if stretch.from_at <= since and stretch.to_at >= self.as_of:
                return stretch.spans
        return ()


def is_point(fact: Fact) -> bool:
    """Whether the fact holds at one moment, however imprecisely that is dated."""
    return fact.end_at == fact.start_at and fact.end_from == fact.start_at


def _as_seen(fact: Fact, as_of: Instant) -> Fact:
    """The fact without what it says about times after the moment of judgement."""
    start_at = min(fact.start_at, as_of)
    if is_point(fact):
        return _with_times(fact, start_at, start_at, start_at)
    end_from = fact.end_from if fact.end_from is None or fact.end_from <= as_of else None
    end_at = fact.end_at if fact.end_at is None or fact.end_at <= as_of else None
    return _with_times(fact, start_at, end_from, end_at)


def _with_times(
    fact: Fact, start_at: Instant, end_from: Instant | None, end_at: Instant | None
) -> Fact:
    if (start_at, end_from, end_at) == (fact.start_at, fact.end_from, fact.end_at):
        return fact
    return msgspec.structs.replace(fact, start_at=start_at, end_from=end_from, end_at=end_at)


def stretches(spans: Collection[Observed], as_of: Instant) -> tuple[Covered, ...]:
    """Observed spans up to the moment of judgement, those that touch put together."""
    merged: list[Covered] = []
    for span in sorted(spans, key=_reach):
        if span.from_at > as_of:
            continue
        begins, _ = _reach(span)
        ends = min(span.to_at, as_of)
        # A day ends one microsecond before the next begins; that is no gap.
        if merged and begins <= merged[-1].to_at + 1:
            last = merged.pop()
            merged.append(Covered(last.from_at, max(last.to_at, ends), (*last.spans, span)))
        else:
            merged.append(Covered(begins, ends, (span,)))
    return tuple(merged)


def _reach(span: Observed) -> tuple[Instant, Instant]:
    return (BEGINNING if span.with_history else span.from_at, span.to_at)


def scope_of(asked: Collection[str], lineage: Mapping[str, Sequence[str]]) -> Scope:
    """What must be kept of a record to answer about these concepts.

    `lineage` gives for every concept itself and all concepts above it.
    """
    wanted = frozenset(asked)
    broader = frozenset(
        above for concept in wanted for above in lineage.get(concept, ()) if above != concept
    )
    indexed = wanted | broader
    asked_by = {
        concept: tuple(above for above in line if above in indexed)
        for concept, line in lineage.items()
    }
    kept = {concept: above for concept, above in asked_by.items() if above}
    for concept in wanted:
        kept.setdefault(concept, (concept,))
    return Scope(kept, broader)
