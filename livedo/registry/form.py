"""The case report form of one person: what the record answers, and what somebody entered.

Example:
    form = filled(record, entries, as_of, time_zone="Europe/Copenhagen")
    form.value("case", "first_symptom_on")   # Value(text="2026-03", origin="record", ...)

What somebody entered wins; what the record says stays beside it. Only what was known, and
entered, by `as_of` counts. A register only reads: nothing entered here changes what is
judged about the patient.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from livedo.decisions.entries import CaseReport, Decision, Entry, Examination, standing
from livedo.decisions.facts import SOURCE, with_entries
from livedo.instants import Instant, zone_named
from livedo.knowledge.register import load_case_report_form
from livedo.knowledge.vocabulary import Vocabulary, load_vocabulary
from livedo.record.tables import PatientRecord, Person
from livedo.registry.case import Reached
from livedo.registry.case_form import CaseForm, Origin, Value
from livedo.registry.dates import span_of, text_of
from livedo.registry.filling import Filling, written_by_form
from livedo.registry.prefill import Prefilled
from livedo.registry.reading import Reading

__all__ = ["CaseForm", "Origin", "Value", "filled", "outside_the_record", "span_of", "text_of"]

OUTSIDE = "register:"
"""How ids of people begin who are in the register and not in the record."""


def outside_the_record(person_id: str) -> PatientRecord:
    """The empty record of somebody who is in the register only; the id starts `register:`."""
    return PatientRecord(person=Person(person_id=person_id))


def filled(
    record: PatientRecord,
    entries: Sequence[Entry],
    as_of: Instant,
    *,
    vocabulary: Vocabulary | None = None,
    time_zone: str = "UTC",
    reached: Iterable[Reached] = (),
) -> CaseForm:
    """The form of one person, filled from the record and from what was entered.

    Args:
        record: the person; may be empty (`outside_the_record`).
        entries: what was entered, of any kind and about anybody; undone ones may be among them.
        as_of: nothing known or entered later counts.
        vocabulary: read once a process where it is not given.
        time_zone: says which local day a moment belongs to.
        reached: the levels of certainty that the person met, for the field of certainty.
    """
    vocabulary = vocabulary or load_vocabulary()
    form = load_case_report_form()
    reports = own_reports(entries, record.person.person_id, as_of)
    seen = _with_examinations(record, entries, vocabulary, time_zone)
    reading = Reading(seen, as_of, vocabulary, zone_named(time_zone))
    prefilled = Prefilled(reading, form, reached)
    return Filling(reading, written_by_form(reports), form, prefilled).case_form()


def _with_examinations(
    record: PatientRecord, entries: Sequence[Entry], vocabulary: Vocabulary, time_zone: str
) -> PatientRecord:
    """The record with what was found in skin rounds, unless that is in it already."""
    if any(fact.source == SOURCE for fact in record.facts):
        return record
    if not any(isinstance(entry.body, Examination | Decision) for entry in entries):
        return record
    return with_entries(record, entries, vocabulary, time_zone=time_zone)


def own_reports(entries: Iterable[Entry], person_id: str, as_of: Instant) -> list[Entry]:
    """What was written into the form about one person by a moment and stands, oldest first."""
    reports = [
        entry
        for entry in standing(entries)
        if entry.person_id == person_id
        and entry.entered_at <= as_of
        and isinstance(entry.body, CaseReport)
    ]
    return sorted(reports, key=lambda entry: (entry.entered_at, entry.sequence))
