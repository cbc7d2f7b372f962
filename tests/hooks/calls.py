"""Calls as a record system makes them, about people told in a line or two."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from typing import Any

from livedo.instants import from_iso
from livedo.record.tables import Instant
from livedo.surfaces.hooks.service import Answered, HookService
from livedo.surfaces.hooks.settings import HookSettings
from tests.contracts.schemas import assert_valid

PERSON = "p-1"
INSTANCE = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"
TODAY = "2026-11-20"
BASE = "https://livedo.example"
IDS = {
    "patient-view": "livedo-patient-view",
    "order-select": "livedo-order-select",
    "order-sign": "livedo-order-sign",
}
Resource = dict[str, Any]


class Noon:
    """A clock that stands still."""

    def __init__(self, on: str = f"{TODAY}T12:00:00Z") -> None:
        self.at = from_iso(on)

    def now(self) -> Instant:
        return self.at


def service(**settings: Any) -> HookService:
    """A service of its own, with its own counts."""
    return HookService(HookSettings(base_url=BASE, **settings), Noon())


@functools.cache
def shared() -> HookService:
    """One service for tests that only ask."""
    return service()


# Resources


def patient(person: str = PERSON, **more: Any) -> Resource:
    return {
        "resourceType": "Patient",
        "id": person,
        "gender": "female",
        "birthDate": "1960-05-01",
        **more,
    }


def about(person: str = PERSON) -> Resource:
    return {"subject": {"reference": f"Patient/{person}"}}


def dialysis(person: str = PERSON) -> Resource:
    return {
        "resourceType": "Procedure",
        "id": "hd",
        "status": "in-progress",
        "code": snomed("302497006", "Haemodialysis"),
        "performedPeriod": {"start": "2021-02-03"},
        **about(person),
    }


def snomed(code: str, display: str) -> Resource:
    return {"coding": [{"system": "http://snomed.info/sct", "code": code, "display": display}]}


def condition(concept: str, id: str = "", since: str = "2020-01-01") -> Resource:
    code = {"coding": [{"system": "urn:livedo:concept", "code": concept}]}
    return {
        "resourceType": "Condition",
        "id": id or concept.replace("_", "-"),
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "verificationStatus": {"coding": [{"code": "confirmed"}]},
        "code": code,
        "onsetDateTime": since,
        "recordedDate": since,
        **about(),
    }


def finding(
    concept: str, on: str = "2026-11-18", is_there: bool = True, site: str = ""
) -> Resource:
    found: Resource = {
        "resourceType": "Observation",
        "id": f"{concept}-{site}-{on}".replace("_", "-"),
        "status": "final",
        "code": {"coding": [{"system": "urn:livedo:concept", "code": concept}]},
        "effectiveDateTime": f"{on}T11:00:00Z",
        "issued": f"{on}T11:20:00Z",
        "valueBoolean": is_there,
        **about(),
    }
    if site:
        found["bodySite"] = {"text": site}
    return found


def result(code: str, value: float, unit: str, on: str = "2026-11-17") -> Resource:
    return {
        "resourceType": "Observation",
        "id": f"lab-{code}-{on}",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "effectiveDateTime": f"{on}T07:30:00Z",
        "issued": f"{on}T15:00:00Z",
        "valueQuantity": {"value": value, "unit": unit, "code": unit},
        **about(),
    }


def egfr(value: float, on: str = "2026-11-17") -> Resource:
    return result("98979-8", value, "mL/min/{1.73_m2}", on)


def calcium(value: float, on: str = "2026-11-17") -> Resource:
    return result("17861-6", value, "mg/dL", on)


def drafted(text: str, id: str = "d-1", person: str = PERSON, **more: Any) -> Resource:
    """A drug somebody is about to prescribe."""
    return {
        "resourceType": "MedicationRequest",
        "id": id,
        "status": "draft",
        "intent": "order",
        "medicationCodeableConcept": {"text": text},
        **about(person),
        **more,
    }


def injected(text: str, site: str = "", id: str = "d-1") -> Resource:
    dosage: Resource = {"route": {"text": "subcutaneous"}}
    if site:
        dosage["site"] = {"text": site}
    return drafted(text, id, dosageInstruction=[dosage])


def imaging(text: str, id: str = "d-1") -> Resource:
    return {
        "resourceType": "ServiceRequest",
        "id": id,
        "status": "draft",
        "intent": "order",
        "code": {"text": text},
        **about(),
    }


# Calls


def bundle(resources: Sequence[Resource], **more: Any) -> Resource:
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries, **more}


def prefetch(*resources: Resource, **instead: Any) -> Resource:
    """Every query answered whole, with these resources; some answered in another way."""
    of = {
        "conditions": "Condition",
        "prescriptions": "MedicationRequest",
        "statements": "MedicationStatement",
        "procedures": "Procedure",
        "results": "Observation",
    }
    sent: Resource = {"patient": patient(), "findings": bundle([])}
    for key, kind in of.items():
        sent[key] = bundle([r for r in resources if r["resourceType"] == kind])
    sent.update(instead)
    return {key: value for key, value in sent.items() if value is not ...}


def call(
    hook: str,
    sent: Mapping[str, Any] | None = None,
    drafts: Sequence[Resource] | None = None,
    selections: Sequence[str] | None = None,
    instance: str = INSTANCE,
    person: str = PERSON,
) -> Resource:
    """The body of a call."""
    context: Resource = {"userId": "Practitioner/example", "patientId": person}
    if drafts is not None:
        context["draftOrders"] = bundle(drafts)
    if selections is not None:
        context["selections"] = list(selections)
    body: Resource = {"hook": hook, "hookInstance": instance, "context": context}
    if sent is not None:
        body["prefetch"] = dict(sent)
    return body


def answer(body: Mapping[str, Any], lang: str = "en", using: HookService | None = None) -> Answered:
    """The answer; call and answer are held to the contract."""
    assert_valid("request", body)
    asked = (using or shared()).call(IDS[body["hook"]], json.dumps(body).encode(), lang)
    assert_valid("response", json.loads(asked.body()))
    return asked


def signing(
    drafts: Sequence[Resource], *resources: Resource, lang: str = "en", **instead: Any
) -> Answered:
    """The answer to somebody about to sign these drafts."""
    return answer(call("order-sign", prefetch(*resources, **instead), drafts), lang)


def viewing(*resources: Resource, lang: str = "en", **instead: Any) -> Answered:
    """The answer to somebody who opens the person."""
    return answer(call("patient-view", prefetch(*resources, **instead)), lang)
