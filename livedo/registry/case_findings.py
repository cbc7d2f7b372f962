"""What the record tells about one case: signs, ulcers, places, work-up, and the last day known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from livedo.assess.selection import is_confirmed
from livedo.instants import Instant
from livedo.knowledge.counting import Counting, Named
from livedo.record.tables import Fact
from livedo.registry.case import Day, Site, Span, YesNo
from livedo.registry.first_met import DaysOfZone

if TYPE_CHECKING:
    from livedo.knowledge.vocabulary import Vocabulary


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """Read from the record alone; what somebody entered in the form goes before it."""

    first_sign: Span | None
    first_ulcer: Span | None
    ulcerated_at_diagnosis: YesNo
    site: Site
    worked_up: Day | None
    """The first day of a work-up that can be about this suspicion."""


class FindingsReader:
    """Reads the findings of one case after the other; made once a process."""

    def __init__(self, counting: Counting, vocabulary: Vocabulary, days: DaysOfZone) -> None:
        self._days = days
        self._before = counting.sign_before_days
        self._signs = _below(counting.first_sign, vocabulary)
        self._ulcers = _below(counting.ulcer, vocabulary)
        self._lesions = _below(counting.lesion, vocabulary)
        self._worked_up = _below(counting.worked_up, vocabulary)
        # A finding that was looked for and denied is a work-up; a biopsy that was not done is none.
        self._done = {c for c in self._worked_up if vocabulary.concept(c).kind == "event"}
        self._worked_up_domains = frozenset(counting.worked_up.recorded_domains)
        self._read = self._signs | self._ulcers | self._lesions | self._worked_up
        self._site_classes = {
            name: tuple(kind for kind in counting.site_classes if kind in (*site.classes, name))
            for name, site in vocabulary.body_sites.items()
        }
        self._worst_first = counting.site_classes

    def of(self, facts: Sequence[Fact], as_of: Instant, diagnosed: Span) -> Findings:
        """The findings of a case diagnosed on that day, as they were known at `as_of`."""
        known = [
            fact
            for fact in facts
            if (fact.concept in self._read or self._is_in_domain(fact))
            and fact.known_at <= as_of
            and fact.start_from <= as_of
        ]
        near = [f for f in known if self._span(f, as_of).last >= diagnosed.first - self._before]
        said = [fact for fact in near if fact.present == "yes" and is_confirmed(fact)]
        ulcer = self._earliest(said, self._ulcers, as_of)
        return Findings(
            first_sign=self._earliest(said, self._signs, as_of),
            first_ulcer=ulcer,
            ulcerated_at_diagnosis=self._ulcerated(ulcer, near, diagnosed, as_of),
            site=self.worst_site(self._sites(said, diagnosed, as_of)),
            worked_up=self._first_work_up(near),
        )

    def _span(self, fact: Fact, as_of: Instant) -> Span:
        """When the fact began."""
        return Span(self._days.day(fact.start_from), self._days.day(min(fact.start_at, as_of)))

    def _earliest(
        self, facts: Iterable[Fact], concepts: frozenset[str], as_of: Instant
    ) -> Span | None:
        spans = (self._span(fact, as_of) for fact in facts if fact.concept in concepts)
        return min(spans, key=lambda span: (span.last, span.first), default=None)

    def _ulcerated(
        self, ulcer: Span | None, facts: Sequence[Fact], diagnosed: Span, as_of: Instant
    ) -> YesNo:
        """Yes or no only where somebody saw an ulcer by then, saw none, or saw it begin later."""
        if ulcer is not None:
            return is_by(ulcer, diagnosed)
        denied = (
            fact
            for fact in facts
            if fact.present == "no"
            and is_confirmed(fact)
            and (fact.concept in self._ulcers or _is_of_all_skin(fact, self._lesions))
        )
        looked = any(self._span(fact, as_of).first <= diagnosed.last for fact in denied)
        return "no" if looked else "unknown"

    def _sites(self, facts: Iterable[Fact], diagnosed: Span, as_of: Instant) -> list[str]:
        return [
            fact.body_site
            for fact in facts
            if fact.body_site
            and fact.concept in self._lesions
            and self._span(fact, as_of).first <= diagnosed.last
        ]

    def worst_site(self, sites: Iterable[str]) -> Site:
        """The worst class of these body sites; unknown where none is named."""
        named = list(sites)
        classes = {kind for site in named for kind in self._site_classes.get(site, ())}
        for kind in self._worst_first:
            if kind in classes:
                return _site(kind)
        return "other" if named else "unknown"

    def worst_class(self, classes: Iterable[str]) -> Site:
        """The worst of classes as the form has them."""
        named = set(classes)
        for kind in (*self._worst_first, "other"):
            if kind in named:
                return _site(kind)
        return "unknown"

    def _first_work_up(self, facts: Iterable[Fact]) -> Day | None:
        days = (
            self._days.day(fact.known_at)
            for fact in facts
            if (fact.concept in self._worked_up or self._is_in_domain(fact))
            and not (fact.present != "yes" and fact.concept in self._done)
        )
        return min(days, default=None)

    def _is_in_domain(self, fact: Fact) -> bool:
        """Whether any fact of its domain is a work-up."""
        return fact.concept.partition(".")[0] in self._worked_up_domains


def _site(kind: str) -> Site:
    found: Site = msgspec.convert(kind, Site)
    return found


def _is_of_all_skin(fact: Fact, lesions: frozenset[str]) -> bool:
    """A clear place says nothing of ulcers elsewhere."""
    return fact.concept in lesions and fact.body_site is None and fact.lesion_id is None


def is_by(what: Span, when: Span) -> YesNo:
    """Whether something surely happened by a day that may itself be imprecise."""
    if what.last <= when.first:
        return "yes"
    return "no" if what.first > when.last else "unknown"


def _below(named: Named, vocabulary: Vocabulary) -> frozenset[str]:
    return frozenset(below for one in named.concepts for below in vocabulary.descendants(one))
