"""One person's facts as they could be known at the moment of judgement.

Nothing known later is used. An end later than that moment is not yet known, so
the fact is ongoing; an observed span stops at that moment. What is known has
begun: a start dated to a whole day or year is cut at the moment of judgement.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import msgspec

from livedo.assess.answer import Status
from livedo.assess.evidence import Outcome, oldest_first, silent, span_reference
from livedo.record.tables import DRAFT, Fact, Instant, Observed, PatientRecord, Person

BEGINNING: Instant = -(2**62)
"""Earlier than any instant: where an observed span with history begins."""

UNCONFIRMED = frozenset({"provisional", "differential", "unconfirmed"})
"""FHIR's words for a diagnosis that is considered, not made."""


class Covered(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A stretch of time without gap that declared observed spans hold together."""

    from_at: Instant
    to_at: Instant
    spans: tuple[Observed, ...]
    silence: Outcome
    """The no of a condition about which nothing was said in all that time."""


class Scope(msgspec.Struct, frozen=True):
    """Which concepts the rules ask about, and under which of them a fact counts."""

    asked_by: dict[str, tuple[str, ...]]
    """For a fact's concept, the asked concepts that its yes speaks for."""
    denied_by: dict[str, tuple[str, ...]]
    """For a fact's concept, the asked concepts that its no speaks for."""
    broader: frozenset[str]
    """Concepts above an asked one: their yes leaves the narrower one open."""


class Timeline:
    """The usable facts of one person at `as_of`, by what the rules ask about."""

    __slots__ = (
        "_covered",
        "_denied",
        "_denied_in_part",
        "_drafted",
        "_lumped",
        "_said",
        "_told",
        "as_of",
        "blank",
        "memory",
        "mentioned",
        "outcomes",
        "record",
    )

    def __init__(
        self,
        record: PatientRecord,
        as_of: Instant,
        scope: Scope,
        slots: int,
        blank: dict[int, Outcome] | None = None,
    ) -> None:
        self.record = record
        self.as_of = as_of
        self.blank = {} if blank is None else blank
        self.memory: list[Outcome | None] = [None] * slots
        self.outcomes: dict[str, Outcome] = {}
        self._told: dict[str, list[Fact]] = {}
        self._denied: dict[str, list[Fact]] = {}
        self._denied_in_part: set[str] = set()
        self._lumped: dict[str, list[Fact]] = {}
        self._drafted: dict[str, list[Fact]] = {}
        self._said: dict[str, Sequence[Fact]] = {}
        self._covered: dict[str, tuple[Covered, ...]] = {}
        self._sort_in(seen_at(record.facts, as_of, scope), scope)
        self.mentioned = {*self._told, *self._denied, *self._lumped, *self._drafted}

    def _sort_in(self, facts: Sequence[Fact], scope: Scope) -> None:
        asked_by, told = scope.asked_by, self._told
        for fact in facts:
            if fact.status == DRAFT:
                self._draft(fact, asked_by[fact.concept])
                continue
            if fact.present == "no" and fact.status not in UNCONFIRMED:
                self._deny(fact, scope.denied_by.get(fact.concept, ()))
                continue
            for concept in asked_by[fact.concept]:
                run = told.get(concept)
                if run is None:
                    told[concept] = [fact]
                else:
                    run.append(fact)
            if fact.concept in scope.broader:
                self._lumped.setdefault(fact.concept, []).append(fact)

    def _draft(self, fact: Fact, concepts: Iterable[str]) -> None:
        """What is only drafted is kept apart: it holds for nobody yet."""
        if fact.present != "no":
            for concept in concepts:
                self._drafted.setdefault(concept, []).append(fact)

    def _deny(self, fact: Fact, concepts: Iterable[str]) -> None:
        for concept in concepts:
            self._denied.setdefault(concept, []).append(fact)
        if not speaks_for_all(fact):
            self._denied_in_part.update(concepts)

    @property
    def person(self) -> Person:
        """Who this is."""
        return self.record.person

    def told(self, concept: str) -> Sequence[Fact]:
        """Facts that say yes or perhaps about a concept, oldest first.

        A fact about a narrower concept counts; what was denied does not.
        """
        return self._told.get(concept, ())

    def drafted(self, concept: str) -> Sequence[Fact]:
        """What somebody is about to prescribe of a concept, oldest first."""
        return self._drafted.get(concept, ())

    def denied(self, concept: str) -> Sequence[Fact]:
        """Facts that deny a concept or one above it, oldest first."""
        return self._denied.get(concept, ())

    def said(self, concept: str) -> Sequence[Fact] | None:
        """Everything told and denied, oldest first; None if a denial speaks for a part only."""
        if concept not in self._denied:
            return self.told(concept)
        if concept in self._denied_in_part:
            return None
        known = self._said.get(concept)
        if known is None:
            known = self._said[concept] = _merged(self.told(concept), self.denied(concept))
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
        stretch = self._stretch(domain, since)
        return () if stretch is None else stretch.spans

    def silent_no(self, domain: str, since: Instant) -> Outcome | None:
        """A no by silence, if declared spans hold all time from `since` to `as_of`."""
        stretch = self._stretch(domain, since)
        return None if stretch is None else stretch.silence

    def _stretch(self, domain: str, since: Instant) -> Covered | None:
        covered = self._covered.get(domain)
        if covered is None:
            spans = [span for span in self.record.observed if span.domain == domain]
            covered = self._covered[domain] = stretches(spans, self.as_of)
        for stretch in covered:
            if stretch.from_at <= since and stretch.to_at >= self.as_of:
                return stretch
        return None


def _merged(told: Sequence[Fact], denied: Sequence[Fact]) -> Sequence[Fact]:
    return sorted((*told, *denied), key=oldest_first) if told else denied


def speaks_for_all(fact: Fact) -> bool:
    """Whether a "no" names neither place nor lesion nor route, and so denies everything."""
    return (
        fact.body_site is None
        and fact.lesion_id is None
        and fact.side is None
        and fact.route is None
    )


def is_point(fact: Fact) -> bool:
    """Whether the fact holds at one moment, however imprecisely that is dated."""
    return fact.end_at == fact.start_at and fact.end_from == fact.start_at


def seen_at(facts: Iterable[Fact], as_of: Instant, scope: Scope) -> list[Fact]:
    """The facts asked about, as they could be known at the moment of judgement, oldest first."""
    seen = []
    for fact in facts:
        if fact.known_at > as_of or fact.start_from > as_of or fact.concept not in scope.asked_by:
            continue
        if fact.start_at > as_of or fact.end_at is None or fact.end_at > as_of:
            fact = _as_seen(fact, as_of)
        seen.append(fact)
    seen.sort(key=oldest_first)
    return seen


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
    merged: list[tuple[Instant, Instant, list[Observed]]] = []
    for span in sorted(spans, key=_reach):
        if span.from_at > as_of:
            continue
        begins, ends = _reach(span)[0], min(span.to_at, as_of)
        # A day ends one microsecond before the next begins; that is no gap.
        if merged and begins <= merged[-1][1] + 1:
            first, last, together = merged.pop()
            merged.append((first, max(last, ends), [*together, span]))
        else:
            merged.append((begins, ends, [span]))
    return tuple(
        Covered(
            first,
            last,
            tuple(together),
            silent(tuple(sorted({span_reference(span) for span in together}))),
        )
        for first, last, together in merged
    )


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
    denied_by: dict[str, list[str]] = {}
    for concept in sorted(wanted):
        kept.setdefault(concept, (concept,))
        for above in lineage.get(concept, (concept,)):
            denied_by.setdefault(above, []).append(concept)
    return Scope(kept, {above: tuple(asked) for above, asked in denied_by.items()}, broader)
