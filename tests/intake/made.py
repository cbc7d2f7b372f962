"""Invented resources, and the shortest ways to read them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from livedo.instants import iso
from livedo.knowledge.vocabulary import load_vocabulary
from livedo.record.tables import Fact, PatientRecord
from livedo.sources.fhir import FhirReader
from livedo.sources.intake import Declared
from livedo.sources.memory import MemorySink, Settled

Resource = dict[str, Any]

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ATC = "http://www.whocc.no/atc"
OURS = "urn:livedo:concept"

EVA = "eva"


def patient(id: str = EVA, **more: Any) -> Resource:
    return {
        "resourceType": "Patient",
        "id": id,
        "gender": "female",
        "birthDate": "1960-05-01",
    } | more


def coded(system: str, code: str, text: str | None = None) -> Resource:
    concept: Resource = {"coding": [{"system": system, "code": code}]}
    return concept | ({"text": text} if text else {})


def about(id: str = EVA) -> Resource:
    return {"reference": f"Patient/{id}"}


def observation(code: Resource | None = None, id: str = "o1", **more: Any) -> Resource:
    """A phosphate result of 2 March 2026, unless told otherwise."""
    made: Resource = {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "code": coded(LOINC, "2777-1") if code is None else code,
        "subject": about(),
        "effectiveDateTime": "2026-03-02T07:30:00Z",
        "issued": "2026-03-02T12:00:00Z",
    }
    return _without_none(made | more)


def quantity(value: float, unit: str, **more: Any) -> Resource:
    return {
        "value": value,
        "unit": unit,
        "system": "http://unitsofmeasure.org",
        "code": unit,
    } | more


def result(value: float, unit: str, code: Resource | None = None, **more: Any) -> Resource:
    return observation(code, valueQuantity=quantity(value, unit), **more)


def finding(concept: str, id: str = "f1", **more: Any) -> Resource:
    return observation(coded(OURS, concept), id, **({"valueBoolean": True} | more))


def term(kind: str, code: str) -> Resource:
    return coded(f"http://terminology.hl7.org/CodeSystem/{kind}", code)


def condition(code: Resource | None = None, id: str = "c1", **more: Any) -> Resource:
    """Diabetes, active and confirmed, since 1 March 2010, unless told otherwise."""
    made: Resource = {
        "resourceType": "Condition",
        "id": id,
        "clinicalStatus": term("condition-clinical", "active"),
        "verificationStatus": term("condition-ver-status", "confirmed"),
        "code": coded(SNOMED, "44054006") if code is None else code,
        "subject": about(),
        "onsetDateTime": "2010-03-01T00:00:00Z",
    }
    return _without_none(made | more)


def request(drug: Resource | None = None, id: str = "m1", **more: Any) -> Resource:
    """An active order of warfarin of 1 February 2025, unless told otherwise."""
    made: Resource = {
        "resourceType": "MedicationRequest",
        "id": id,
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": coded(ATC, "B01AA03", "Warfarin 2.5 mg tablets")
        if drug is None
        else drug,
        "subject": about(),
        "authoredOn": "2025-02-01T09:00:00Z",
    }
    return _without_none(made | more)


def procedure(code: Resource | None = None, id: str = "p1", **more: Any) -> Resource:
    made: Resource = {
        "resourceType": "Procedure",
        "id": id,
        "status": "completed",
        "code": coded(OURS, "procedure.skin_palpation") if code is None else code,
        "subject": about(),
        "performedDateTime": "2026-03-01T11:00:00Z",
    }
    return _without_none(made | more)


def _without_none(made: Resource) -> Resource:
    """A field set to None is left out."""
    return {name: value for name, value in made.items() if value is not None}


def bundle(*resources: Resource, urls: bool = True) -> Resource:
    entries = [
        {"resource": r} | ({"fullUrl": f"urn:uuid:{r['id']}"} if urls and "id" in r else {})
        for r in resources
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def settled(
    *resources: Resource | bytes, zone: str = "UTC", declared: Iterable[Declared] = ()
) -> Settled:
    """What remains of these resources, read in this order as lines of one file."""
    sink = MemorySink()
    reader = FhirReader(sink, load_vocabulary(), ZoneInfo(zone))
    sink.opened("made.ndjson")
    reader.item.file = "made.ndjson"
    lines = [r if isinstance(r, bytes) else msgspec.json.encode(r) for r in resources]
    reader.read_lines([lines])
    reader.finish()
    return sink.settle(declared)


def read_of_eva(*resources: Resource, zone: str = "UTC") -> tuple[Settled, PatientRecord]:
    """Eva and these resources about her."""
    found = settled(patient(), *resources, zone=zone)
    return found, next(p for p in found.patients if p.person.person_id == EVA)


def facts(*resources: Resource, zone: str = "UTC") -> tuple[Fact, ...]:
    """The facts about Eva in these resources."""
    return read_of_eva(*resources, zone=zone)[1].facts


def only_fact(*resources: Resource, zone: str = "UTC") -> Fact:
    found = facts(*resources, zone=zone)
    assert len(found) == 1, found
    return found[0]


def reasons(*resources: Resource | bytes) -> dict[str, int]:
    """Why items beside Eva herself were set aside."""
    return settled(patient(), *resources).ledger.reasons()


def when(fact: Fact) -> tuple[str, str]:
    """From when to when the fact can have begun."""
    return iso(fact.start_from), iso(fact.start_at)


def write_lines(path: Path, *resources: Resource | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [r if isinstance(r, bytes) else msgspec.json.encode(r) for r in resources]
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path
