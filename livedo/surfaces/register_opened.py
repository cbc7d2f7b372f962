"""A register as the commands see it: a record, what was entered, a moment, and who is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from livedo.decisions.entries import Entry, by_person, standing
from livedo.decisions.facts import with_entries
from livedo.errors import PersonUnknown, SourceUnreadable
from livedo.instants import Instant, from_iso, iso_date, zone_named
from livedo.knowledge.load import Knowledge, load_knowledge
from livedo.knowledge.register import CaseReportForm, load_case_report_form
from livedo.record.spill import bucket_of
from livedo.record.store import Record, open_record
from livedo.record.tables import PatientRecord
from livedo.registry.case import Day, Reached
from livedo.registry.dates import day_of_instant
from livedo.registry.exchange.case_ids import SECRET, case_id, hidden_reference
from livedo.registry.exchange.rows import Row, rows_of
from livedo.registry.exchange.standing import Instance, Place, entered
from livedo.registry.form import CaseForm, filled, outside_the_record
from livedo.surfaces.definition_judge import definition_judge
from livedo.surfaces.options import Reader
from livedo.surfaces.progress import Progress
from livedo.surfaces.statistics_extra import statistics_missing

if TYPE_CHECKING:
    from livedo.decisions.store import DecisionStore
    from livedo.registry.first_met import FirstMet

REGISTER_KINDS = ("case_report", "adjudication")


class OpenRegister:
    """One register as of a moment. Nothing known or entered later is in it."""

    def __init__(
        self,
        record: Record,
        store: DecisionStore,
        as_of: str | None = None,
        now: Instant | None = None,
    ) -> None:
        self.record = record
        self.store = store
        self.zone = zone_named(record.manifest.time_zone)
        every = store.of_kind(*REGISTER_KINDS)
        newest = [one.entered_at for one in every]
        self.as_of = self._moment(as_of, every) if now is None else max([now, *newest])
        self.entries = by_person(standing(one for one in every if one.entered_at <= self.as_of))

    def _moment(self, as_of: str | None, entries: Sequence[Entry]) -> Instant:
        """As asked, else the newest thing that is known or was entered."""
        if as_of is not None:
            return from_iso(as_of, self.zone)
        known = [entry.entered_at for entry in entries]
        if self.record.newest_known_at is not None:
            known.append(self.record.newest_known_at)
        if not known:
            raise SourceUnreadable(
                "Nothing in it carries a date, so that no moment can be chosen",
                next_step="give --as-of DATE",
            )
        return max(known)

    @property
    def form(self) -> CaseReportForm:
        """The shipped form."""
        return load_case_report_form()

    @property
    def today(self) -> Day:
        """The local day of the moment."""
        return day_of_instant(self.as_of, self.zone)

    @property
    def date(self) -> str:
        """The local day of the moment, as text."""
        return iso_date(self.as_of, self.zone)

    @cached_property
    def knowledge(self) -> Knowledge:
        """What the definitions are judged by."""
        return load_knowledge()

    @cached_property
    def key(self) -> bytes:
        """What case numbers are made with."""
        return self.store.secret(SECRET)

    def entered(self) -> dict[str, dict[Place, Instance]]:
        """What stands of everybody about whom anything was entered."""
        found = {id: entered(entries) for id, entries in self.entries.items()}
        return {id: instances for id, instances in found.items() if instances}

    def case_form(self, person_id: str) -> CaseForm:
        """The form of one person, filled."""
        patient = self.patient(person_id)
        return filled(
            patient,
            self.entries.get(person_id, ()),
            self.as_of,
            vocabulary=self.knowledge.vocabulary,
            time_zone=self.record.manifest.time_zone,
            reached=self.reached(patient),
        )

    def case_forms(self, people: Sequence[str]) -> list[CaseForm]:
        """The forms of several people, in the order of their ids.

        They are read part by part of the record, so that each part is opened once.
        """
        parts = max(self.record.bucket_count(), 1)
        near = sorted(people, key=lambda person_id: (bucket_of(person_id) % parts, person_id))
        return sorted(map(self.case_form, near), key=lambda form: form.person_id)

    def patient(self, person_id: str) -> PatientRecord:
        """What the record holds of a person; an empty one of somebody who is not in it."""
        try:
            return self.record.patient(person_id)
        except PersonUnknown:
            return outside_the_record(person_id)

    def rows(self, people: Sequence[str], *, with_person_ids: bool) -> Iterator[Row]:
        """The rows of an export, by case number."""
        hidden = None if with_person_ids else self._hidden
        forms = {case_id(self.key, form.person_id): form for form in self.case_forms(people)}
        for number in sorted(forms):
            mine = entered(self.entries.get(forms[number].person_id, ()))
            yield from rows_of(self.form, forms[number], mine, number, hidden)

    def _hidden(self, text: str) -> str:
        return hidden_reference(self.key, text)

    def references(self, person_id: str, key: bytes) -> Mapping[str, str]:
        """References to the record by what stands for them in an export made with this key."""
        form = self.case_form(person_id)
        fields = [(one, field) for one in self.form.forms for field in one.fields]
        texts = set()
        for one, field in fields:
            for number in form.instances(one.id) if field.is_reference else ():
                value = form.value(one.id, field.id, number)
                texts |= {value.text, value.record_says or value.text} if value else set()
        return {hidden_reference(key, text): text for text in texts}

    def people(self, reader: Reader, *, only_entered: bool = False) -> list[str]:
        """Everybody of the register: entered, or proposed because a definition is met."""
        found = set(self.entered())
        return sorted(found if only_entered else found | self.proposed(reader))

    def proposed(self, reader: Reader) -> set[str]:
        """Everybody of whom the record ever said yes to a level of a definition.

        Raises:
            PartMissing: the statistics, which read the record in columns, are not installed.
        """
        try:
            from livedo.registry.cases import cases_of
            from livedo.registry.cohort import cohort_of
        except ImportError:
            raise statistics_missing("livedo registry export --only-entered") from None
        with Progress(_saying(reader)) as progress:
            progress(0, len(self.record))
            cohort = cohort_of(self.record, self.as_of, self.knowledge.vocabulary)
            found = cases_of(self.record, cohort, self._whole_store, self.as_of, self.knowledge)
        return {case.person_id for case in found.cases if case.reached}

    def reached(self, patient: PatientRecord) -> Sequence[Reached]:
        """The levels of certainty that a person met, and when each was first met.

        Without the statistics nobody can tell, and the form leaves it open.
        """
        if self._first_met is None:
            return ()
        whole = with_entries(
            patient,
            self._whole_store.get(patient.person.person_id, ()),
            self.knowledge.vocabulary,
            time_zone=self.record.manifest.time_zone,
        )
        met = self._first_met.of(whole, self.as_of)
        return met.reached if met else ()

    @cached_property
    def _first_met(self) -> FirstMet | None:
        return definition_judge(self.knowledge, self.record.manifest.time_zone)

    @cached_property
    def _whole_store(self) -> dict[str, list[Entry]]:
        """Everything entered by the moment, of every kind: examinations count for a definition."""
        return by_person(
            standing(one for one in self.store.since(0) if one.entered_at <= self.as_of)
        )


def _saying(reader: Reader) -> Callable[[int, int | None], str]:
    texts = reader.words

    def say(done: int, total: int | None) -> str:
        of = "?" if total is None else texts.whole(total)
        return texts.text("progress.screening", n=texts.whole(done), total=of)

    return say


def open_register(
    place: Path, store: DecisionStore, as_of: str | None = None, *, now: Instant | None = None
) -> OpenRegister:
    """The register over a record and a store.

    Args:
        as_of: a date or a moment; None is the newest thing that is known or was entered.
        now: as of this moment, or of the newest entry where a clock went wrong.
    """
    return OpenRegister(open_record(place), store, as_of, now)
