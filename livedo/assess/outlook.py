"""What could still change: by asking for what is missing, or by the passing of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from livedo.assess.answer import Judgement, Status
from livedo.assess.compile import conditions_in, subjects_of
from livedo.assess.person import whole_years
from livedo.assess.terms import Terms
from livedo.instants import DAY
from livedo.knowledge.schema import (
    Before,
    Change,
    Condition,
    Duration,
    Latest,
    PersonIs,
)
from livedo.quantity import span_in_days
from livedo.record.tables import Fact, Instant, PatientRecord

__all__ = ["DecidingUnknown", "Validity", "deciding_unknowns"]


class DecidingUnknown(msgspec.Struct, frozen=True, kw_only=True):
    """Something missing that could raise the person's state. `would_change` is the rule of
    the highest state that hangs on it; `last` the newest fact that could not be used."""

    concept: str
    why: str
    would_change: str
    last: str | None = None


def deciding_unknowns(judgement: Judgement, states: Sequence[str]) -> tuple[DecidingUnknown, ...]:
    """What is missing for a state higher than the person's own.

    Args:
        states: the ids of the rules of kind `state`, highest first. The first
            that answers yes is the person's state; what could only decide a
            lower one is of no consequence and left out.
    """
    found: dict[tuple[str, str], DecidingUnknown] = {}
    for rule_id in states:
        answer = judgement.answers[rule_id]
        if answer.status is Status.YES:
            break
        for one in answer.missing if answer.status is Status.UNKNOWN else ():
            unknown = DecidingUnknown(
                concept=one.concept, why=one.why, would_change=rule_id, last=one.last
            )
            found.setdefault((one.concept, one.why), unknown)
    return tuple(found.values())


class Window(msgspec.Struct, frozen=True):
    """How long after a date of a concept's facts an answer may change."""

    after: tuple[int, ...]
    """Microseconds after the start or the end of a fact."""
    newest_only: bool


class Validity:
    """Until when answers hold if nothing new is recorded."""

    def __init__(self, conditions: Iterable[Condition], terms: Terms) -> None:
        every = [inner for condition in conditions for inner in conditions_in(condition)]
        self._windows: dict[str, list[Window]] = {}
        for condition in every:
            for concept, window in _windows(condition):
                self._windows.setdefault(concept, []).append(window)
        self._asks_age = any(isinstance(c, PersonIs) and c.person == "age" for c in every)
        self._lineages = terms.lineages
        self._above = {concept: terms.lineage(concept) for concept in self._windows}

    def good_until(self, record: PatientRecord, as_of: Instant) -> Instant | None:
        """The next moment at which a status could change; None if none is in sight.

        It is never too late, and may be too early: a fact may leave a window
        without deciding anything.
        """
        moments = (moment for moment in self._moments(record, as_of) if moment > as_of)
        return min(moments, default=None)

    def _moments(self, record: PatientRecord, as_of: Instant) -> Iterator[Instant]:
        """Every moment that may matter, past ones among them."""
        yield from _of_person(record, self._asks_age, as_of)
        # The span still speaks at its last moment; the one after it is a gap.
        yield from (span.to_at + 1 for span in record.observed)
        yield from (span.from_at for span in record.observed)
        by_concept: dict[str, list[Fact]] = {}
        for fact in record.facts:
            yield fact.known_at
            yield fact.start_from
            yield fact.start_at
            for concept in self._lineages.get(fact.concept, (fact.concept,)):
                by_concept.setdefault(concept, []).append(fact)
        for concept, windows in self._windows.items():
            facts = self._facts_about(concept, by_concept)
            for window in windows:
                yield from _leaving(facts, window)

    def _facts_about(self, concept: str, by_concept: dict[str, list[Fact]]) -> list[Fact]:
        """Facts of the concept, of those below it, and denials of those above it."""
        below = by_concept.get(concept, [])
        above = [
            fact
            for broader in self._above[concept]
            if broader != concept
            for fact in by_concept.get(broader, ())
            if fact.concept == broader
        ]
        return [*below, *above]


def _of_person(record: PatientRecord, asks_age: bool, as_of: Instant) -> Iterator[Instant]:
    person = record.person
    if person.died_on is not None:
        yield person.died_on
    if asks_age:
        for born in (person.born_on, person.born_on_latest):
            if born is not None:
                yield _next_birthday(born, as_of)


def _next_birthday(born_at: Instant, as_of: Instant) -> Instant:
    """The next moment at which the age in whole years grows, found to the microsecond."""
    age = whole_years(born_at, as_of)
    low, high = as_of, as_of + 2 * 366 * DAY
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if whole_years(born_at, middle) == age else (low, middle)
    return high


def _windows(condition: Condition) -> Iterator[tuple[str, Window]]:
    after = (0, *_lengths(condition))
    newest_only = isinstance(condition, Latest) and condition.where is None
    for concept, _ in subjects_of(condition):
        yield concept, Window(after, newest_only)


def _lengths(condition: Condition) -> Iterator[int]:
    """The spans of time by which a condition looks back."""
    if isinstance(condition, Duration):
        limits = (condition.above, condition.at_least, condition.below)
        yield from (round(span_in_days(text) * DAY) for text in limits if text is not None)
        yield condition.gap_days * DAY
        return
    days = condition.recent_days if isinstance(condition, Before) else _within(condition)
    if days is None:
        return
    yield days * DAY
    if isinstance(condition, Change):
        yield days * DAY // 2
    if isinstance(condition, Before):
        yield (days + condition.within_days) * DAY


def _within(condition: Condition) -> int | None:
    within: int | None = getattr(condition, "within_days", None)
    return within


def _leaving(facts: Sequence[Fact], window: Window) -> Iterator[Instant]:
    is_simple = window.newest_only and all(fact.present != "no" for fact in facts)
    newest = max((fact.start_from for fact in facts), default=0) if is_simple else None
    for fact in facts:
        if newest is not None and fact.start_at < newest:
            continue
        for moment in (fact.start_from, fact.start_at, fact.end_from, fact.end_at):
            if moment is not None:
                # One microsecond later as well: ends and windows are open on one side.
                yield from (moment + after for after in window.after)
                yield from (moment + after + 1 for after in window.after)
