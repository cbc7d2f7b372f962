"""What every reader of a resource type needs, and the account of the present resource."""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING

import msgspec

from livedo.record.tables import Fact, SetAside
from livedo.sources.fhir_codes import Codes
from livedo.sources.fhir_meaning import FhirMeaning, StatusMeaning, fhir_meaning
from livedo.sources.fhir_people import NOT_YET, Subjects
from livedo.sources.fhir_times import Moment, Times
from livedo.sources.fhir_types import CodeableConcept, Meta, Raw
from livedo.sources.fhir_values import Values
from livedo.sources.intake import NO_VERSION, UNKNOWN_PATIENT, Sink, stable_id

if TYPE_CHECKING:
    from livedo.knowledge.vocabulary import Vocabulary


LINE_END = 10


class Postponed(Exception):  # noqa: N818  not an error: the resource is read again at the end
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
        self.place: int | str = ""
        """The line, or the entry of a Bundle."""
        self.kind = ""
        self.name = ""
        self.full_url: str | None = None
        self._key = 0
        self.taken = 0
        self.accounted = 0
        self.person_id = ""

    def met(self, place: int | str, full_url: str | None) -> None:
        """A resource comes up; nothing is counted yet."""
        self.place = place
        self.full_url = full_url
        self.name = self.kind = self.person_id = ""
        self.taken = self.accounted = 0

    @property
    def where(self) -> str:
        """The place in the file, in words."""
        return f"line {self.place}" if isinstance(self.place, int) else self.place

    def open(
        self, resource_id: str | None, meta: Meta | None, raw: bytes, count: int = 1
    ) -> None:
        """Takes the resource in as so many items."""
        self.name = f"{self.kind}/{resource_id}" if resource_id else self.named(None)
        self._key = stable_id(self.source_name, self.name)
        if meta is None:
            self.sink.begin(self._key, content_of(raw))
        else:
            self.sink.begin(self._key, content_of(raw), *self.version(meta))
        self.sink.took_in(count)
        self.taken = count

    def named(self, resource_id: str | None) -> str:
        """`Type/id`; the id may stand in the address of a Bundle's entry, else the place names it."""
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
        line = SetAside(
            source=self.file, item=item or self.name or self.where, path=path, reason=reason, count=count
        )
        self.sink.set_aside(line)
        self.accounted += count
        if self.person_id and reason in self.meaning.unread:
            for domain in self.meaning.speaks_of.get(self.kind, ()):
                self.sink.unreadable(self.person_id, domain)

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
        return stable_id(self.source_name, self.name, part) if part else self._key


def dated(moment: Moment) -> dict[str, int | bool | None]:
    """The dates of a fact."""
    return {
        "start_from": moment.start_from,
        "start_at": moment.start_at,
        "end_from": moment.end_from,
        "end_at": moment.end_at,
        "known_at": moment.known_at,
        "is_known_at_assumed": moment.is_assumed,
    }


def first_code(concept: CodeableConcept | None) -> str | None:
    """The first code of a status that is written as a CodeableConcept."""
    if concept is None:
        return None
    return next((c.code for c in concept.coding or () if c.code), concept.text)


def content_of(raw: bytes) -> int:
    """A number for the content, the same for the same resource written with other spaces."""
    end = len(raw) - 1
    if b'": ' in raw or -1 < raw.find(b"\n") < end:
        return hash(msgspec.json.format(raw, indent=-1))
    return hash(raw[:end] if raw[end] == LINE_END else raw)
