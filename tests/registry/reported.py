"""Invented people of the case register, short to write: facts of the record, and reports."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from livedo.decisions.entries import CaseReport, Entry, NewEntry, kind_of
from livedo.instants import Instant, parse_fhir_instant
from livedo.knowledge.vocabulary import load_vocabulary
from livedo.record.tables import Fact, Observed, PatientRecord, Person
from livedo.registry.case import Reached
from livedo.registry.case_form import CaseForm
from livedo.registry.form import filled

ZONE = "Europe/Copenhagen"
VOCABULARY = load_vocabulary()
_NUMBERS = itertools.count(1)


def at(text: str) -> Instant:
    """The last instant that a date or moment can mean."""
    return parse_fhir_instant(text, ZoneInfo(ZONE))[1]


TODAY = at("2026-11-20")


def fact(concept: str, on: str, until: str | None = "same", **more: Any) -> Fact:
    """One fact about anemone: of one day, or from a day until another; None is still so.

    `known` is the date on which the record came to know it.
    """
    start_from, start_at = parse_fhir_instant(on, ZoneInfo(ZONE))
    if until == "same":
        start_from, end_from, end_at = start_from, start_at, start_at
    elif until is None:
        end_from, end_at = None, None
    else:
        end_from, end_at = parse_fhir_instant(until, ZoneInfo(ZONE))
    known = more.pop("known", None)
    number = more.pop("number", None)
    if number is not None:
        more |= {"low": number, "high": number}
    return Fact(
        fact_id=next(_NUMBERS),
        person_id="anemone",
        concept=concept,
        start_from=start_from,
        start_at=start_at,
        end_from=end_from,
        end_at=end_at,
        known_at=start_at if known is None else at(known),
        **more,
    )


def always(domain: str, since: str = "2020-01-01", to: str = "2026-11-20") -> Observed:
    """A source that speaks for a domain all the time, and for what was before."""
    return Observed(
        person_id="anemone", domain=domain, from_at=at(since), to_at=at(to), with_history=True
    )


def record(*facts: Fact, observed: Iterable[Observed] = (), **person: Any) -> PatientRecord:
    """Anemone, of whom the record holds these facts."""
    ordered = sorted(facts, key=lambda one: (one.concept, one.start_at, one.fact_id))
    return PatientRecord(
        person=Person(person_id="anemone", **person),
        facts=tuple(ordered),
        observed=tuple(observed),
    )


def report(
    form: str, instance: int = 1, on: str = "2026-11-01", by: str = "N. Nurse", **values: str
) -> NewEntry:
    """What somebody wrote into one form on a day."""
    return entry(CaseReport(form, instance, tuple(values.items())), on, by)


def removed(form: str, instance: int, on: str = "2026-11-02") -> NewEntry:
    """Somebody says that one instance was a mistake."""
    return entry(CaseReport(form, instance, is_removed=True), on)


def entry(body: Any, on: str = "2026-11-01", by: str = "N. Nurse", **more: Any) -> NewEntry:
    """One entry about anemone."""
    return NewEntry(
        entry_id=f"e{next(_NUMBERS)}",
        person_id="anemone",
        kind=kind_of(body),  # type: ignore[arg-type]
        entered_at=at(on),
        entered_by=by,
        body=body,
        **more,
    )


def kept(entries: Iterable[NewEntry]) -> list[Entry]:
    """The entries as a store numbers them."""
    return [
        Entry(sequence=n, **{name: getattr(one, name) for name in NewEntry.__struct_fields__})
        for n, one in enumerate(entries, start=1)
    ]


def form_of(
    person: PatientRecord,
    *entries: NewEntry,
    as_of: str = "2026-11-20",
    reached: Iterable[Reached] = (),
) -> CaseForm:
    """The form of anemone on a day."""
    return filled(
        person,
        kept(entries),
        at(as_of),
        vocabulary=VOCABULARY,
        time_zone=ZONE,
        reached=reached,
    )


def refs(*facts: Fact) -> tuple[str, ...]:
    """How a value names facts."""
    return tuple(f"fact:{one.fact_id}" for one in facts)


def livedo(on: str, site: str = "thigh", side: str | None = "left", **more: Any) -> Fact:
    """A net pattern on the skin."""
    return fact("sign.livedo", on, body_site=site, side=side, **more)
