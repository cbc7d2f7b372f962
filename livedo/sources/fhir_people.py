"""Who a resource is about: subjects in every form FHIR has for them."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from livedo.sources.fhir_types import Patient, Reference

NO_SUBJECT = "no_subject"
NOT_A_PERSON = "subject_not_a_person"
NOT_YET = "not_yet"
"""The subject is named by an identifier whose Patient has not been read so far."""

REMEMBERED = 300_000

_decoder: msgspec.json.Decoder[Reference | None] = msgspec.json.Decoder(Reference | None)
_VERSIONED = re.compile(r"/_history/[^/]*$")
_CONDITIONAL = re.compile(r"(?:^|/)Patient\?(?:.*&)?identifier=([^&]+)")


class Subjects:
    """Finds the person a reference means, and remembers what the same bytes meant."""

    def __init__(self) -> None:
        self.reason: str | None = None
        """Why the last subject asked for is no person."""
        self._by_bytes: dict[bytes, str] = {}
        self._by_identifier: dict[str, str | None] = {}
        self._urls: Mapping[str, str] = {}

    def enter_bundle(self, urls: Mapping[str, str]) -> None:
        """Within a Bundle, references may name its entries by their full address."""
        if urls or self._urls:
            self._by_bytes.clear()
        self._urls = urls

    def know(self, patient: Patient, person_id: str) -> None:
        """Remembers the identifiers of a Patient; one that two people carry names nobody."""
        for identifier in patient.identifier or ():
            if identifier.value:
                key = f"{identifier.system or ''}|{identifier.value}"
                known = self._by_identifier.setdefault(key, person_id)
                if known != person_id:
                    self._by_identifier[key] = None

    def person(self, raw: bytes) -> str:
        """The id of the person that a subject means; empty, with a reason, if it means none."""
        known = self._by_bytes.get(raw)
        if known is None:
            self.reason = None
            known = self._person(raw)
            if len(self._by_bytes) >= REMEMBERED:
                self._by_bytes.clear()
            if known:
                self._by_bytes[raw] = known
        return known

    def _nobody(self, reason: str) -> str:
        self.reason = reason
        return ""

    def _person(self, raw: bytes) -> str:
        reference = _decoder.decode(raw) if raw else None
        if reference is None:
            return self._nobody(NO_SUBJECT)
        if reference.reference:
            return self._referenced(reference.reference)
        if reference.identifier and reference.identifier.value:
            key = f"{reference.identifier.system or ''}|{reference.identifier.value}"
            return self._identified(key)
        return self._nobody(NO_SUBJECT)

    def _referenced(self, reference: str) -> str:
        target = self.target(reference)
        if conditional := _CONDITIONAL.search(target):
            return self._identified(conditional[1])
        kind, _, name = target.rpartition("/")
        if not name or kind.rpartition("/")[2] != "Patient":
            return self._nobody(NOT_A_PERSON if kind else NO_SUBJECT)
        return name

    def target(self, reference: str) -> str:
        """`Type/id` for an entry of this Bundle; else the reference without its version."""
        plain = _VERSIONED.sub("", reference)
        return self._urls.get(plain, plain)

    def _identified(self, key: str) -> str:
        return self._by_identifier.get(key.replace("%7C", "|")) or self._nobody(NOT_YET)
