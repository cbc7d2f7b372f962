"""From a case, as a clinician tells it, to the patient record that an engine judges."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from livedo.errors import DateInvalid
from livedo.instants import from_iso, parse_fhir_instant, to_datetime
from livedo.knowledge.casefile import Case, FactGiven, ObservedGiven, PersonGiven
from livedo.quantity import span_in_days
from livedo.record.tables import Fact, Instant, Observed, PatientRecord, Person

if TYPE_CHECKING:
    from livedo.knowledge.vocabulary import Vocabulary

UTC = ZoneInfo("UTC")
PERSON_ID = "case"
LONG_OBSERVED = "20 years ago"
"""How far back a domain reaches that a case names without dates."""

_AGO = re.compile(r"(.+) ago")
_BEFORE = re.compile(r"before (.+)")
_SIGNED = re.compile(r"(>=|<=|>|<)\s*(.+)")
_RANGE = re.compile(r"(-?[0-9.]+)\.\.(-?[0-9.]+)\s*(.*)")


def patient_from_case(case: Case, vocabulary: Vocabulary) -> tuple[PatientRecord, Instant]:
    """The patient of a case, and the moment of judgement.

    Raises:
        UnknownUnit: a value in a unit that its concept does not have.
        DateInvalid: a date that cannot be read.
    """
    as_of = from_iso(case.as_of, UTC)
    facts = [_fact(i, given, as_of, vocabulary) for i, given in enumerate(case.facts, start=1)]
    record = PatientRecord(
        person=_person(case.person, as_of),
        facts=tuple(sorted(facts, key=lambda fact: (fact.concept, fact.start_at, fact.fact_id))),
        observed=tuple(_observed(given, as_of) for given in case.observed),
    )
    return record, as_of


def moment(text: str, as_of: Instant) -> tuple[Instant, Instant]:
    """The earliest and latest instant of "2026-02-20", "2025-06", "2025" or "20 days ago"."""
    ago = _AGO.fullmatch(text)
    if ago is None:
        return parse_fhir_instant(text, UTC)
    day = to_datetime(as_of) - timedelta(days=round(span_in_days(ago.group(1))))
    return parse_fhir_instant(day.date().isoformat(), UTC)


def canonical_value(concept: str, text: str, vocabulary: Vocabulary) -> float:
    """A quantity in words, in the canonical unit of its concept; a score needs no unit."""
    value, unit = vocabulary.units.parse(text)
    return vocabulary.units.to_canonical(concept, value, unit)


def _person(given: PersonGiven, as_of: Instant) -> Person:
    born = moment(given.born, as_of) if given.born else (None, None)
    is_dated = given.died not in {None, "unknown"}
    return Person(
        person_id=PERSON_ID,
        sex=given.sex,
        born_on=born[0],
        born_on_latest=born[1],
        died_on=moment(str(given.died), as_of)[1] if is_dated else None,
        is_dead=given.died is not None,
    )


def _fact(number: int, given: FactGiven, as_of: Instant, vocabulary: Vocabulary) -> Fact:
    start = moment(given.on or given.from_ or "", as_of)
    end_from, end_at = _end(given, start, as_of)
    low, high = _interval(given, vocabulary)
    ref_low, ref_high = _reference(given, vocabulary)
    return Fact(
        fact_id=number,
        person_id=PERSON_ID,
        concept=given.concept,
        present=given.present,
        low=low,
        high=high,
        ref_low=ref_low,
        ref_high=ref_high,
        interpretation=given.interpretation,
        start_from=start[0],
        start_at=start[1],
        end_from=end_from,
        end_at=end_at,
        known_at=_known_at(given, start, as_of),
        is_known_at_assumed=given.known is None,
        status=given.status,
        body_site=given.body_site,
        side=given.side,
        route=given.route,
        dose_per_day=canonical_value(given.concept, given.dose, vocabulary) if given.dose else None,
        dose_unit=vocabulary.units.canonical(given.concept) if given.dose else None,
        lesion_id=given.lesion,
        source="case",
        source_id=f"fact {number}",
        original=given.value or given.interpretation,
    )


def _end(
    given: FactGiven, start: tuple[Instant, Instant], as_of: Instant
) -> tuple[Instant | None, Instant | None]:
    """A point ends where it starts; a span without an end is ongoing."""
    if given.on is not None:
        return start[1], start[1]
    if given.until is None:
        return None, None
    before = _BEFORE.fullmatch(given.until)
    if before:
        return start[1], moment(before.group(1), as_of)[0]
    return moment(given.until, as_of)


def _known_at(given: FactGiven, start: tuple[Instant, Instant], as_of: Instant) -> Instant:
    """An imprecise start is known by the moment of judgement, unless it lies wholly later."""
    if given.known is not None:
        return moment(given.known, as_of)[1]
    return min(start[1], max(as_of, start[0]))


def _interval(given: FactGiven, vocabulary: Vocabulary) -> tuple[float | None, float | None]:
    """The value as an interval: exact, open above or below, or a range."""
    text = given.value
    if text is None:
        return None, None
    signed = _SIGNED.fullmatch(text)
    if signed:
        value = canonical_value(given.concept, signed.group(2), vocabulary)
        return (value, None) if signed.group(1).startswith(">") else (None, value)
    span = _RANGE.fullmatch(text)
    ends = [f"{part} {span.group(3)}" for part in span.group(1, 2)] if span else [text, text]
    low, high = (canonical_value(given.concept, end, vocabulary) for end in ends)
    return low, high


def _reference(given: FactGiven, vocabulary: Vocabulary) -> tuple[float | None, float | None]:
    low, high = (
        None if end is None else canonical_value(given.concept, end, vocabulary)
        for end in given.reference or (None, None)
    )
    return low, high


def _observed(given: ObservedGiven | str, as_of: Instant) -> Observed:
    if isinstance(given, str):
        given = ObservedGiven(domain=given, from_=LONG_OBSERVED, history=True)
    to_at = as_of if given.to is None else moment(given.to, as_of)[1]
    from_at = moment(given.from_, as_of)[0]
    if from_at > to_at:
        raise DateInvalid("A span of observation ends before it begins.", where=given.domain)
    return Observed(
        person_id=PERSON_ID,
        domain=given.domain,
        from_at=from_at,
        to_at=to_at,
        with_history=given.history,
    )
