"""An invented haemodialysis programme as FHIR R4 NDJSON, for speed only.

Two years of monthly calcium, phosphate, PTH and albumin, a kidney diagnosis, some
diabetes and some warfarin. Seeded: the same number of people gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

SEED = 20260101
LAST_MONTH = dt.date(2025, 12, 15)
MONTHS = 24
RESULTS = (
    ("17861-6", "mg/dL", 9.0, 0.6, 0.3),
    ("2777-1", "mg/dL", 5.1, 1.2, 0.7),
    ("2731-8", "pg/mL", 380.0, 220.0, 60.0),
    ("1751-7", "g/dL", 3.7, 0.4, 0.15),
)
"""LOINC code, unit of measure, mean and spread between people, spread within one."""

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
Resource = dict[str, Any]


def write_programme(people: int, folder: Path) -> None:
    """Writes Patient, Condition, MedicationRequest and Observation files."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(SEED)
    kinds = ("Patient", "Condition", "MedicationRequest", "Observation")
    files: dict[str, IO[str]] = {
        kind: (folder / f"{kind}.ndjson").open("w", encoding="utf-8") for kind in kinds
    }
    for number in range(people):
        for resource in _person(f"p{number:07d}", chance):
            line = json.dumps(resource, separators=(",", ":"))
            files[resource["resourceType"]].write(line + "\n")
    for file in files.values():
        file.close()


def _person(person_id: str, chance: random.Random) -> Iterator[Resource]:
    born = dt.date(1962, 1, 1) + dt.timedelta(days=int(chance.gauss(0, 4700)))
    sex = "female" if chance.random() < 0.45 else "male"
    yield {
        "resourceType": "Patient",
        "id": person_id,
        "gender": sex,
        "birthDate": born.isoformat(),
    }
    yield _condition(person_id, 0, "46177005", "2022-06-01")
    if chance.random() < 0.4:
        yield _condition(person_id, 1, "44054006", "2010-03-01")
    if chance.random() < 0.2:
        yield _warfarin(person_id)
    yield from _results(person_id, chance)


def _condition(person_id: str, number: int, code: str, since: str) -> Resource:
    return {
        "resourceType": "Condition",
        "id": f"{person_id}-c{number}",
        "code": {"coding": [{"system": SNOMED, "code": code}]},
        "subject": {"reference": f"Patient/{person_id}"},
        "onsetDateTime": since,
    }


def _warfarin(person_id: str) -> Resource:
    return {
        "resourceType": "MedicationRequest",
        "id": f"{person_id}-m0",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": "11289"}]},
        "subject": {"reference": f"Patient/{person_id}"},
        "authoredOn": "2025-02-01T09:00:00Z",
    }


def _results(person_id: str, chance: random.Random) -> Iterator[Resource]:
    levels = [abs(chance.gauss(mean, between)) for _, _, mean, between, _ in RESULTS]
    for month in range(MONTHS):
        day = LAST_MONTH - dt.timedelta(days=30 * month)
        for (code, unit, _, _, within), level in zip(RESULTS, levels, strict=True):
            value = round(max(0.5, chance.gauss(level, within)), 1)
            yield {
                "resourceType": "Observation",
                "id": f"{person_id}-{code}-{month}",
                "status": "final",
                "code": {"coding": [{"system": LOINC, "code": code}]},
                "subject": {"reference": f"Patient/{person_id}"},
                "effectiveDateTime": f"{day.isoformat()}T07:30:00Z",
                "valueQuantity": {"value": value, "unit": unit, "code": unit},
            }
