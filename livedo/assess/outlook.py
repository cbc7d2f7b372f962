"""What could still change: by asking for what is missing, or by the passing of time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from livedo.assess.answer import Judgement, Status
from livedo.assess.compile import conditions_in, subjects_of
from livedo.assess.person import whole_years
from livedo.assess.terms import Terms
from livedo.instants import DAY, SECOND
from livedo.knowledge.schema import (
    Before,
    Change,
    Condition,
    Duration,
    PersonIs,
)
from livedo.quantity import span_in_days
from livedo.record.tables import Instant, PatientRecord

GRACE = 2 * SECOND

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


class Validity:
    """Until when answers hold if nothing new is recorded."""

    def __init__(self, conditions: Iterable[Condition], terms: Terms) -> None:
        every = [inner for condition in conditions for inner in conditions_in(condition)]
        spans: dict[str, set[int]] = {}
        for condition in every:
            for concept, _ in subjects_of(condition):
                spans.setdefault(concept, {0}).update(_lengths(condition))
        self._spans = {concept: tuple(sorted(lengths)) for concept, lengths in spans.items()}
        self._asks_age = any(isinstance(c, PersonIs) and c.person == "age" for c in every)
        self._related = _related(tuple(spans), terms)

    def good_until(self, record: PatientRecord, as_of: Instant) -> Instant | None:
        """The next moment at which a status could change; None if none is in sight.

        It is never too late, and may be too early: a fact may leave a window
        without deciding anything.
        """
        moments = [moment for moment in self._fixed(record, as_of) if moment > as_of]
        dates: dict[str, list[Instant]] = {}
        for fact in record.facts:
            ends = [moment for moment in (fact.end_from, fact.end_at) if moment is not None]
            for concept in self._related.get(fact.concept, ()):
                dates.setdefault(concept, []).extend((fact.start_from, fact.start_at, *ends))
        for concept, found in dates.items():
            found.sort()
            moments += _passing(found, self._spans[concept], as_of)
        return min(moments, default=None)

    def _fixed(self, record: PatientRecord, as_of: Instant) -> Iterator[Instant]:
        """Moments that matter whatever is asked, past ones among them."""
        person = record.person
        if person.died_on is not None:
            yield person.died_on
        if self._asks_age:
            yield from (
                _next_birthday(born, as_of)
                for born in (person.born_on, person.born_on_latest)
                if born is not None
            )
        for span in record.observed:
            # The span still speaks at its last moment; the one after it is a gap.
            yield from (span.from_at, span.to_at + 1)
        for fact in record.facts:
            yield from (fact.known_at, fact.start_from)


def _related(asked: Sequence[str], terms: Terms) -> dict[str, tuple[str, ...]]:
    """For each concept the asked concepts that its facts may speak for: those above and below."""
    lineages = {**{concept: (concept,) for concept in asked}, **terms.lineages}
    related: dict[str, set[str]] = {}
    for concept, line in lineages.items():
        for above in line:
            if above in asked:
                related.setdefault(concept, set()).add(above)
            if concept in asked:
                related.setdefault(above, set()).add(concept)
    return {concept: tuple(sorted(found)) for concept, found in related.items()}


def _passing(dates: Sequence[Instant], spans: Sequence[int], as_of: Instant) -> Iterator[Instant]:
    """For each span of time, the first moment after `as_of` that lies so long after a date."""
    for span in spans:
        # Comparisons have a tolerance, and windows are open on one side: what passed
        # a moment ago may still be about to tell.
        at = bisect_left(dates, as_of - span - GRACE)
        if at < len(dates):
            yield max(dates[at] + span, as_of + 1)


def _next_birthday(born_at: Instant, as_of: Instant) -> Instant:
    """The next moment at which the age in whole years grows, found to the microsecond."""
    age = whole_years(born_at, as_of)
    low, high = as_of, as_of + 2 * 366 * DAY
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if whole_years(born_at, middle) == age else (low, middle)
    return high


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
