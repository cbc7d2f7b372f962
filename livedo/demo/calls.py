"""CDS Hooks calls about invented people, as the invented unit's record system would send them.

The examples of the manual are made here, and a test holds the two together.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from livedo.demo.people import plan_people
from livedo.demo.resources import Resource
from livedo.demo.settings import Settings, load_settings
from livedo.demo.unit import person_resources

CALLS = uuid.UUID("5f0b6f0e-6f52-5b0d-9f0e-1d7b1c9c2a10")
KEYS = {
    "conditions": "Condition",
    "prescriptions": "MedicationRequest",
    "statements": "MedicationStatement",
    "procedures": "Procedure",
}
"""Keys of the prefetch queries that bring one resource type whole."""


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """One call: about whom, at which hook, with which drafts, and since when results are sent."""

    person: str
    hook: str
    since: str
    drafts: tuple[Mapping[str, Any], ...] = ()
    selected: tuple[str, ...] | None = None


def call_about(example: Example, settings: Settings | None = None) -> Resource:
    """The body of the call."""
    known = settings or load_settings()
    plan = next(p for p in plan_people(known) if p.person_id == example.person)
    resources = person_resources(plan, known)
    context: Resource = {"userId": "Practitioner/invented", "patientId": example.person}
    if example.hook != "patient-view":
        drafts = [_about(draft, example.person) for draft in example.drafts]
        context["draftOrders"] = bundle(drafts, "collection")
    if example.selected is not None:
        context["selections"] = list(example.selected)
    named = f"{example.hook} {example.person} {[d.get('id') for d in example.drafts]}"
    return {
        "hook": example.hook,
        "hookInstance": str(uuid.uuid5(CALLS, named)),
        "context": context,
        "prefetch": prefetch_of(resources, example.since),
    }


def prefetch_of(resources: Sequence[Resource], since: str) -> Resource:
    """What the queries of discovery bring; results and findings from a day on."""
    found: Resource = {
        "patient": next(r for r in resources if r["resourceType"] == "Patient"),
        **{key: bundle(_of(resources, kind)) for key, kind in KEYS.items()},
    }
    observed = [r for r in _of(resources, "Observation") if r["effectiveDateTime"] >= since]
    found["results"] = bundle([r for r in observed if not _is_finding(r)])
    found["findings"] = bundle([r for r in observed if _is_finding(r)])
    return found


def bundle(resources: Iterable[Mapping[str, Any]], kind: str = "searchset") -> Resource:
    """A Bundle; a searchset says how many there are."""
    entries = [{"resource": resource} for resource in resources]
    total = {"total": len(entries)} if kind == "searchset" else {}
    return {"resourceType": "Bundle", "type": kind, **total, "entry": entries}


def _of(resources: Iterable[Resource], kind: str) -> list[Resource]:
    return [resource for resource in resources if resource["resourceType"] == kind]


def _is_finding(observation: Resource) -> bool:
    kinds = [c["code"] for part in observation["category"] for c in part["coding"]]
    return "exam" in kinds


def _about(draft: Mapping[str, Any], person: str) -> Resource:
    return {
        "status": "draft",
        "intent": "order",
        "subject": {"reference": f"Patient/{person}"},
        **draft,
    }


EXAMPLES: Mapping[str, Example] = {
    "patient-view": Example(person="B-089", hook="patient-view", since="2026-09-01"),
    "order-sign-warfarin": Example(
        person="B-003",
        hook="order-sign",
        since="2026-09-01",
        drafts=(
            {
                "resourceType": "MedicationRequest",
                "id": "draft-1",
                "medicationCodeableConcept": {"text": "Marevan 2.5 mg tablet"},
            },
            {
                "resourceType": "MedicationRequest",
                "id": "draft-2",
                "medicationCodeableConcept": {"text": "Paracetamol 500 mg tablet"},
            },
        ),
    ),
    "order-sign-injection": Example(
        person="B-072",
        hook="order-sign",
        since="2026-09-01",
        drafts=(
            {
                "resourceType": "MedicationRequest",
                "id": "draft-1",
                "medicationCodeableConcept": {"text": "Insulin glargine 100 U/mL pen"},
                "dosageInstruction": [
                    {"route": {"text": "subcutaneous"}, "site": {"text": "abdomen"}}
                ],
            },
        ),
    ),
    "order-select-gadolinium": Example(
        person="B-087",
        hook="order-select",
        since="2026-09-01",
        drafts=(
            {
                "resourceType": "ServiceRequest",
                "id": "draft-1",
                "code": {"text": "MRI of the leg with gadolinium contrast"},
            },
            {
                "resourceType": "ServiceRequest",
                "id": "draft-2",
                "code": {"text": "X-ray of the leg"},
            },
        ),
        selected=("ServiceRequest/draft-1",),
    ),
}
"""The examples of the manual, by the name of their file."""


def example_text(name: str) -> str:
    """The file of an example."""
    content = msgspec.json.encode(call_about(EXAMPLES[name]))
    return msgspec.json.format(content, indent=1).decode() + "\n"
