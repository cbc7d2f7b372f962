"""A small record on disk, read through the reader that users use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from livedo.record.build import read
from livedo.record.store import Record, open_record

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"


def resources(person_id: str, phosphate: float) -> list[dict[str, Any]]:
    """One person with end-stage kidney disease and one phosphate."""
    subject = {"reference": f"Patient/{person_id}"}
    return [
        {
            "resourceType": "Patient",
            "id": person_id,
            "gender": "female",
            "birthDate": "1960-05-01",
        },
        {
            "resourceType": "Condition",
            "id": f"{person_id}-c",
            "subject": subject,
            "code": {"coding": [{"system": SNOMED, "code": "46177005"}]},
            "onsetDateTime": "2020-01-01",
            "clinicalStatus": {"coding": [{"code": "active"}]},
        },
        {
            "resourceType": "Observation",
            "id": f"{person_id}-p",
            "status": "final",
            "subject": subject,
            "code": {"coding": [{"system": LOINC, "code": "2777-1"}]},
            "effectiveDateTime": "2026-11-02T07:30:00Z",
            "valueQuantity": {"value": phosphate, "unit": "mg/dL"},
        },
    ]


def unit_of(people: dict[str, float], folder: Path) -> Record:
    """A record of people with their phosphate in mg/dL."""
    lines = [json.dumps(r) for id, value in people.items() for r in resources(id, value)]
    source = folder / "unit.ndjson"
    source.write_text("\n".join(lines), encoding="utf-8")
    read(source, folder / "record", zone="Europe/Copenhagen")
    return open_record(folder / "record")
