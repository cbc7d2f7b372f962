"""What every reader of a resource type needs, and the account of the present resource."""

from __future__ import annotations

import re
from datetime import tzinfo
from typing import TYPE_CHECKING

from livedo.record.tables import Fact, SetAside
from livedo.sources.faults import WRONG_SHAPE, fault_of
from livedo.sources.fhir_codes import Codes
from livedo.sources.fhir_meaning import FhirMeaning, StatusMeaning, fhir_meaning
from livedo.sources.fhir_people import NOT_YET, Subjects
from livedo.sources.fhir_times import Times
from livedo.sources.fhir_types import CodeableConcept, Meta, Raw
from livedo.sources.fhir_values import Values
from livedo.sources.intake import NO_VERSION, UNKNOWN_PATIENT, Sink, stable_id

if TYPE_CHECKING:
    from livedo.knowledge.vocabulary import Vocabulary


NO_TYPE = "no_resource_type"

_KIND = re.compile(rb'"resourceType"\s*:\s*"(\w{1,64})"')
_SUBJECT = re.compile(rb'"(?:subject|patient)"\s*:\s*\{\s*"reference"\s*:\s*"([^"\\]{1,200})"')


class Postponed(Exception):
    """The resource names a Patient or a Medication that has not been read so far."""


class Item:
    """The resource that is being read: its name, its place, and what becomes of it."""

    def __init__(self, sink: Sink, vocabulary: Vocabulary, zone: tzinfo, source_name: str) -> None:
        self.sink = sink
        self.source_name = source_name
        self.meaning: FhirMeaning = fhir_meaning()
        self.codes = Codes(vocabulary)
        self.values = Values(vocabulary, self.codes)
        self.times = Times(zone)
        self.subjects = Subjects()
        self.is_last_chance = False
        self.file = ""
        self.place = 0
        """The number of the line, or of the entry of a Bundle."""
        self.unit = "line"
        self.within = ""
        """Where the Bundle is whose entries are read, if it is within something."""
        self.kind = ""
        self.name = ""
        self.full_url: str | None = None
        self.key = 0
        self.taken = 0
        self.accounted = 0
        self.person_id = ""

    def met(self, place: int, full_url: str | None) -> None:
        """A resource comes up; nothing is counted yet."""
        self.place = place
        self.full_url = full_url
        self.name = self.kind = self.person_id = ""
        self.taken = self.accounted = 0

    @property
    def where(self) -> str:
        """The place in the file, in words."""
        own = f"{self.unit} {self.place}" if self.unit else ""
        return ", ".join(part for part in (self.within, own) if part)

    def identify(self, resource_id: str | None) -> None:
        """Gives the resource its name and its stable number."""
        self.name = f"{self.kind}/{resource_id}" if resource_id else self.named(None)
        self.key = stable_id(self.source_name, self.name)

    def open(self, resource_id: str | None, meta: Meta | None, raw: bytes, count: int = 1) -> None:
        """Takes the resource in as so many items."""
        self.identify(resource_id)
        if meta is None:
            self.sink.begin(self.key, hash(raw))
        else:
            self.sink.begin(self.key, hash(raw), *self.version(meta))
        self.take_in(count)

    def named(self, resource_id: str | None) -> str:
        """`Type/id`; without an id, from the address of the Bundle's entry, else from the place."""
        if resource_id:
            return f"{self.kind}/{resource_id}"
        if self.full_url:
            return f"{self.kind}/{self.full_url.rpartition('/')[2].rpartition(':')[2]}"
        return f"{self.kind}/{self.file}:{self.where}"

    def version(self, meta: Meta) -> tuple[int, int]:
        """When this version was written and its number, where stated."""
        updated = self.times.interval(meta.lastUpdated) if meta.lastUpdated else NO_VERSION
        digits = "".join(c for c in meta.versionId or "" if c in "0123456789")[:15]
        return (
            updated[1] if isinstance(updated, tuple) else NO_VERSION,
            int(digits) if digits else NO_VERSION,
        )

    def take_in(self, count: int = 1) -> None:
        """Counts items met."""
        self.sink.took_in(count)
        self.taken += count

    def about(self, raw: Raw) -> str | None:
        """Finds the person the resource is about, or the reason why there is none;
        postpones the resource while that cannot be said."""
        self.person_id = self.subjects.person(bytes(raw))
        if self.person_id:
            return None
        if self.subjects.reason != NOT_YET:
            return self.subjects.reason
        if not self.is_last_chance:
            raise Postponed
        return UNKNOWN_PATIENT

    def use(self, facts: list[Fact]) -> None:
        """One item yielded these facts."""
        for fact in facts:
            self.sink.fact(fact)
        self.sink.used()
        self.accounted += 1

    def aside(self, reason: str, path: str = "", count: int = 1, item: str = "") -> None:
        """So many items of the resource are set aside."""
        named = item or self.name or self.where
        self.sink.set_aside(
            SetAside(source=self.file, item=named, path=path, reason=reason, count=count)
        )
        self.accounted += count
        if self.person_id and reason in self.meaning.unread:
            for domain in self.meaning.speaks_of.get(self.kind, ()):
                self.sink.unreadable(self.person_id, domain)

    def undecodable(self, raw: bytes, error: Exception) -> None:
        """What cannot be decoded is set aside. If its person can be made out, silence
        about that person's drugs or diagnoses no longer means anything."""
        if self.taken == self.accounted:
            self.take_in()
        reason, path = fault_of(error, raw)
        if reason == WRONG_SHAPE and path in ("", "$.resourceType"):
            reason = NO_TYPE
        if not self.kind and (kind := _KIND.search(raw)):
            self.kind = kind[1].decode("ascii", "replace")
        if not self.person_id and (subject := _SUBJECT.search(raw)):
            target = self.subjects.target(subject[1].decode("utf-8", "replace"))
            self.person_id = target.rpartition("/")[2]
        where = ", ".join(part for part in (self.where, path) if part)
        self.aside(reason, where, count=self.taken - self.accounted)

    def lost(self, reason: str, path: str) -> None:
        """A part of an item that is otherwise used."""
        self.sink.set_aside(
            SetAside(source=self.file, item=self.name, path=path, reason=reason, is_part=True)
        )

    def status_reason(self, meaning: StatusMeaning, status: str | None) -> str | None:
        """Why a resource of this status is not used, if it is not."""
        return meaning.set_aside.get(status or "")

    def fact_id(self, part: str) -> int:
        """The stable number of one fact of this resource."""
        return stable_id(self.source_name, self.name, part) if part else self.key


def first_code(concept: CodeableConcept | None) -> str | None:
    """The first code of a status that is written as a CodeableConcept."""
    if concept is None:
        return None
    return next((c.code for c in concept.coding or () if c.code), concept.text)
