"""The case register as the pages see it: who is in it, who is proposed, how far each form is.

Nobody is judged here: whom the record proposes is taken from the worklist. What was entered is
kept in memory and brought up to date from the store by the numbers of its entries.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from livedo.act.page import load_page
from livedo.decisions.entries import CaseReport, Entry
from livedo.errors import PersonUnknown
from livedo.knowledge.load import Knowledge
from livedo.record.tables import Instant, PatientRecord
from livedo.registry.adjudication import Readings, readings_of
from livedo.registry.case import Day, Reached
from livedo.registry.completeness import completeness
from livedo.registry.dates import day_of
from livedo.registry.exchange.case_ids import SECRET, case_id
from livedo.registry.follow_up import Followed, followed
from livedo.registry.form import OUTSIDE, CaseForm, Value, filled, outside_the_record
from livedo.surfaces.definition_judge import definition_judge
from livedo.surfaces.web.service import Service
from livedo.surfaces.web.ward import Ward

if TYPE_CHECKING:
    from livedo.registry.first_met import FirstMet

KINDS = ("case_report", "adjudication")
IN_REGISTER = "in_register"

Place = Literal["in_register", "proposed", "withdrawn", "none"]


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """How far one case is."""

    diagnosed: Value | None
    answered: int
    asked: int
    """Questions that count in the report of completeness."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the register."""

    person_id: str
    link: str
    number: int | None
    """The number of the entry that began it: unique, and never given again."""
    place: Place
    readings: Readings
    certainty: str
    state: str


class Register:
    """Everything the pages of the register ask. Safe for several threads."""

    def __init__(self, service: Service, ward: Ward) -> None:
        self.service = service
        self.ward = ward
        self._lock = threading.RLock()
        self._seen = -1
        self._erasures = -1
        self._first: dict[str, int] = {}
        self._standing: dict[str, list[Entry]] = {}
        self._readings: dict[str, Readings] = {}
        self._links: dict[str, str] = {}
        self._export_key = service.store.secret(SECRET)
        self._forms: dict[str, tuple[object, CaseForm]] = {}
        self._reached: dict[str, tuple[object, Sequence[Reached]]] = {}
        self._judges: tuple[Knowledge, FirstMet | None] | None = None

    # -- what was entered ----------------------------------------------------------------

    def _catch_up(self) -> None:
        """Takes in what was entered since, by this process or another."""
        store = self.service.store
        with self._lock:
            erasures = store.erasure_count()
            if erasures != self._erasures:
                self._forget()
                self._erasures = erasures
            newest = store.newest_sequence()
            if newest == self._seen:
                return
            entries = store.since(self._seen) if self._seen >= 0 else store.of_kind(*KINDS)
            self._seen = newest
            for person_id in {entry.person_id for entry in entries if entry.person_id}:
                self._take(person_id)

    def _forget(self) -> None:
        self._seen = -1
        for held in (
            self._first,
            self._standing,
            self._readings,
            self._links,
            self._forms,
            self._reached,
        ):
            held.clear()

    def _take(self, person_id: str) -> None:
        entries = self.service.entries(person_id)
        every = [e for e in entries if e.kind == "case_report"]
        standing = [e for e in self.service.entered(person_id) if e.kind in KINDS]
        self._readings[person_id] = readings_of(person_id, entries)
        self._forms.pop(person_id, None)
        if every:
            self._first[person_id] = every[0].sequence
        if every or standing:
            self._standing[person_id] = standing
            self._links[self.service.link_of(person_id)] = person_id

    def entered(self, person_id: str) -> Sequence[Entry]:
        """What was entered about a case and stands, oldest first."""
        self._catch_up()
        return self._standing.get(person_id, ())

    def readings(self, person_id: str) -> Readings:
        """What was read of a case, by whom."""
        self._catch_up()
        return self._readings.get(person_id) or Readings(person_id=person_id)

    # -- people --------------------------------------------------------------------------

    def person_of(self, link: str) -> str:
        """The person at an address: of the record, or entered by hand.

        Raises:
            PersonUnknown: nobody has this address.
        """
        try:
            return self.service.person_of(link)
        except PersonUnknown:
            self._catch_up()
            found = self._links.get(link)
            if found is None or not self.is_outside(found):
                raise
            return found

    def is_outside(self, person_id: str) -> bool:
        """Whether a person is in no record."""
        return person_id.startswith(OUTSIDE)

    def record(self, person_id: str) -> PatientRecord:
        """What the record holds; of somebody in no record, nothing."""
        if self.is_outside(person_id):
            return outside_the_record(person_id)
        return self.service.patient(person_id)

    # -- forms ---------------------------------------------------------------------------

    def form(self, person_id: str) -> CaseForm:
        """The case report form of a person: what was entered, else what the record says."""
        entries = self.entered(person_id)
        moment = self.service.moment_of(person_id)
        key = (moment, self.service.judged_at, len(entries))
        with self._lock:
            held = self._forms.get(person_id)
        if held is not None and held[0] == key:
            return held[1]
        made = self._filled(person_id, entries, moment)
        with self._lock:
            self._forms[person_id] = (key, made)
        return made

    def recorded(self, person_id: str) -> CaseForm:
        """The form as the record alone fills it."""
        return self._filled(person_id, (), self.service.moment_of(person_id))

    def _filled(self, person_id: str, entries: Sequence[Entry], moment: Instant) -> CaseForm:
        service = self.service
        return filled(
            self.record(person_id),
            entries,
            moment,
            vocabulary=service.knowledge.vocabulary,
            time_zone=service.time_zone,
            reached=self.reached(person_id),
        )

    def reached(self, person_id: str) -> Sequence[Reached]:
        """The levels of certainty that a person met, and when each was first met.

        Without the statistics nobody can tell, and the form leaves it open.
        """
        moment = self.service.moment_of(person_id)
        key = (moment, self.service.judged_at)
        with self._lock:
            held = self._reached.get(person_id)
            if held is None or held[0] != key:
                first_met = self._first_met()
                met = first_met and first_met.of(self.record(person_id), moment)
                held = self._reached[person_id] = (key, met.reached if met else ())
        return held[1]

    def _first_met(self) -> FirstMet | None:
        """Judges by the definitions, with the knowledge that the service has now."""
        service = self.service
        if self._judges is None or self._judges[0] is not service.knowledge:
            judge = definition_judge(service.knowledge, service.time_zone)
            self._judges = (service.knowledge, judge)
        return self._judges[1]

    def is_dead(self, person_id: str) -> bool:
        """Whether the record, or somebody who entered a day of death, says so."""
        form = self.form(person_id)
        is_told = form.text("outcome", "is_dead") == "yes" or bool(form.text("outcome", "died_on"))
        return is_told or self.record(person_id).person.is_dead

    @property
    def today(self) -> Day:
        """The local day, as the figures count days."""
        service = self.service
        return day_of(self.ward.words(self.ward.reader).dates.local_day(service.clock.now()))

    def followed(self, person_id: str) -> Followed:
        """The planned visits of a case, as of today."""
        return followed(self.form(person_id), self.today)

    # -- cases ---------------------------------------------------------------------------

    def cases(self) -> list[Case]:
        """The register by number, then those whom the record proposes, in worklist order."""
        self._catch_up()
        with self._lock:
            numbered = sorted(self._first, key=self._first.__getitem__)
            found = [self.case(id) for id in numbered if self._standing.get(id)]
        held = {case.person_id for case in found}
        return [*found, *(self.case(id) for id in self._proposed() if id not in held)]

    def _proposed(self) -> Iterator[str]:
        return (line.person_id for line in self.ward.lines() if is_suspicion(line.certainty))

    def case(self, person_id: str) -> Case:
        """One person as the register has them."""
        self._catch_up()
        line = self.ward.line(person_id)
        certainty = "" if line is None else line.certainty
        entries = self._standing.get(person_id, [])
        return Case(
            person_id=person_id,
            link=self.service.link_of(person_id),
            number=self._first.get(person_id),
            place=place_of(entries, is_suspicion(certainty)),
            readings=self.readings(person_id),
            certainty=certainty,
            state="" if line is None else line.state,
        )

    def exported_as(self, person_id: str) -> str:
        """The opaque number of a case in exported files."""
        return case_id(self._export_key, person_id)

    def summary(self, person_id: str) -> Summary:
        """How far the form of a person is."""
        form = self.form(person_id)
        answered, asked = completeness([form]).required
        return Summary(diagnosed=form.value("case", "diagnosed_on"), answered=answered, asked=asked)

    def in_register(self) -> list[str]:
        """Everybody in the register who was not withdrawn, by number."""
        return [case.person_id for case in self.cases() if case.place == "in_register"]


@functools.cache
def suspicions() -> frozenset[str]:
    """The words for certainty that say that a definition is met."""
    return frozenset(level.id for level in load_page().certainty if level.is_suspicion)


def is_suspicion(certainty: str) -> bool:
    """Whether the record proposes somebody of whom the worklist says this."""
    return certainty in suspicions()


def place_of(standing: Sequence[Entry], is_proposed: bool) -> Place:
    """Where a person stands, from what was entered about them."""
    reports = [entry.body for entry in standing if isinstance(entry.body, CaseReport)]
    if not reports:
        return "proposed" if is_proposed else "none"
    told = [value for r in reports if r.form == "case" for f, value in r.values if f == IN_REGISTER]
    return "withdrawn" if told and told[-1] == "no" else "in_register"
