"""The case report form of one person: what the record answers, and what somebody entered.

Example:
    form = filled(record, entries, as_of, time_zone="Europe/Copenhagen")
    form.value("case", "first_symptom_on")   # Value(text="2026-03", origin="record", ...)

What somebody entered wins; what the record says stays beside it. Only what was known, and
entered, by `as_of` counts. A register only reads: nothing entered here changes what is
judged about the patient.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from livedo.decisions.entries import CaseReport, Decision, Entry, Examination, standing
from livedo.decisions.facts import SOURCE, with_entries
from livedo.instants import Instant, zone_named
from livedo.knowledge.register import load_case_report_form
from livedo.knowledge.vocabulary import Vocabulary, load_vocabulary
from livedo.record.tables import PatientRecord, Person
from livedo.registry.case import Day, Reached
from livedo.registry.dates import span_of, text_of
from livedo.registry.prefill import Prefilled
from livedo.registry.reading import Reading

__all__ = ["CaseForm", "Origin", "Value", "filled", "outside_the_record", "span_of", "text_of"]

Origin = Literal["record", "entered", "confirmed"]

OUTSIDE = "register:"
"""How ids of people begin who are in the register and not in the record."""


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """One answer. `confirmed` is entered and the same as what the record says."""

    text: str
    origin: Origin
    on: Day | None = None
    """The local day on which it was entered, or came to be known to the record."""
    by: str = ""
    """Who entered it; nobody where the record says so."""
    sources: tuple[str, ...] = ()
    """What of the record it rests on: `fact:ID`, `observed:...`, `person:...`, `definition:...`."""
    record_says: str | None = None
    """What the record would have answered, whatever was entered; None where it is silent."""


class CaseForm:
    """The form of one person as of a moment. Instances count from 1."""

    def __init__(
        self,
        person_id: str,
        as_of: Instant,
        answers: Mapping[str, Mapping[int, Mapping[str, Value]]],
        *,
        taken: Mapping[str, int],
        is_entered: bool,
    ) -> None:
        self.person_id = person_id
        self.as_of = as_of
        self.is_entered = is_entered
        """Whether somebody entered anything, so that the person stands in the register."""
        self._answers = answers
        self._taken = taken

    def value(self, form: str, field: str, instance: int = 1) -> Value | None:
        """The answer to one field; None is a blank."""
        return self._answers.get(form, {}).get(instance, {}).get(field)

    def text(self, form: str, field: str, instance: int = 1) -> str:
        """The words of the answer to one field, empty where there is none."""
        value = self.value(form, field, instance)
        return "" if value is None else value.text

    def values(self, form: str, instance: int = 1) -> Mapping[str, Value]:
        """Every answer of one instance of a form, by field."""
        return self._answers.get(form, {}).get(instance, {})

    def instances(self, form: str) -> list[int]:
        """The instances of a form that repeats, in order; numbers need not follow each other."""
        return sorted(self._answers.get(form, {}))

    def next_instance(self, form: str) -> int:
        """The number of a new instance: higher than any that is or was in use."""
        return self._taken.get(form, 0) + 1


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
    from livedo.registry.filling import Filling, written_by_form

    vocabulary = vocabulary or load_vocabulary()
    form = load_case_report_form()
    reports = own_reports(entries, record.person.person_id, as_of)
    seen = _with_examinations(record, entries, vocabulary, time_zone)
    reading = Reading(seen, as_of, vocabulary, zone_named(time_zone))
    written = written_by_form(reports)
    case = written.get("case")
    entered = {} if case is None else {f: text for f, (text, _) in case.values.get(1, {}).items()}
    prefilled = Prefilled(reading, form, reached, entered)
    return Filling(reading, written, form, prefilled).case_form()


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
