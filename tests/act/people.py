"""Invented patients in a clinician's words, for the tests of this room."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from livedo.assess.engine_python import PythonEngine
from livedo.instants import Instant, from_iso
from livedo.knowledge.casefile import Case
from livedo.knowledge.invented import patient_from_case
from livedo.knowledge.load import Knowledge, load_knowledge
from livedo.record.tables import PatientRecord

AS_OF = "2026-11-20"
SPEAKS_FOR = ("drug", "condition", "procedure", "dialysis", "exposure", "programme")
SMALL_KNOWLEDGE = Path(__file__).parent / "knowledge"

ON_DIALYSIS = {"concept": "dialysis.haemodialysis", "from": "2019-02-01"}
WARFARIN = {"concept": "drug.warfarin", "from": "2022-03-01"}
PLAQUE = {
    "concept": "sign.plaque",
    "on": "2026-11-18",
    "body_site": "thigh",
    "side": "left",
    "lesion": "a",
}
PAIN = {**PLAQUE, "concept": "sign.lesion_pain", "interpretation": "severe"}
LIVEDO = {
    "concept": "sign.livedo",
    "on": "2026-11-18",
    "body_site": "lower_leg",
    "side": "right",
    "lesion": "b",
}
FRESH_MINERALS = (
    {"concept": "lab.calcium_total", "value": "2.20 mmol/L", "on": "2026-11-02"},
    {"concept": "lab.phosphate", "value": "1.40 mmol/L", "on": "2026-11-02"},
    {"concept": "lab.pth_intact", "value": "40 pmol/L", "on": "2026-11-02"},
    {"concept": "lab.albumin", "value": "40 g/L", "on": "2026-11-02"},
)


def as_of(day: str = AS_OF) -> Instant:
    """The last instant of a day."""
    return from_iso(day)


def palpated(day: str, *, clear: bool = True) -> tuple[dict[str, str], ...]:
    """A palpation, and that the whole skin was found clear."""
    done = {"concept": "procedure.skin_palpation", "on": day}
    return (done, {"concept": "sign.lesion", "present": "no", "on": day}) if clear else (done,)


@cache
def engine() -> PythonEngine:
    """The shipped rules."""
    return PythonEngine(load_knowledge())


@cache
def small_engine() -> PythonEngine:
    """A handful of rules that stay as they are, for expected documents."""
    return PythonEngine(Knowledge.from_folder(SMALL_KNOWLEDGE))


def patient(
    person_id: str,
    *facts: dict[str, str],
    observed: tuple[str, ...] = SPEAKS_FOR,
    sex: str = "female",
    born: str | None = "1960-05-01",
    died: str | None = None,
) -> PatientRecord:
    """One person of a record, told in the grammar of rule cases."""
    person: dict[str, Any] = {"sex": sex, "born": born, "died": died}
    plain = {
        "name": person_id,
        "as_of": AS_OF,
        "expect": "yes",
        "person": person,
        "facts": list(facts),
        "observed": list(observed),
    }
    record, _ = patient_from_case(msgspec.convert(plain, Case), load_knowledge().vocabulary)
    named = [
        msgspec.structs.replace(
            fact, person_id=person_id, source="unit.ndjson", source_id=f"{person_id}-{at}"
        )
        for at, fact in enumerate(record.facts)
    ]
    return msgspec.structs.replace(
        record,
        person=msgspec.structs.replace(record.person, person_id=person_id),
        facts=tuple(named),
    )


def with_painful_plaque(person_id: str = "B-007") -> PatientRecord:
    """On dialysis and warfarin, with a painful plaque and livedo found two days ago."""
    return patient(
        person_id,
        ON_DIALYSIS,
        WARFARIN,
        PLAQUE,
        PAIN,
        LIVEDO,
        {"concept": "lab.phosphate", "value": "2.18 mmol/L", "on": "2026-11-18"},
        {"concept": "lab.calcium_total", "value": "2.61 mmol/L", "on": "2026-11-18"},
        {"concept": "lab.pth_intact", "value": "74 pmol/L", "on": "2026-06-12"},
        *palpated("2026-10-14"),
        *palpated("2026-11-18", clear=False),
    )


def with_clear_skin(person_id: str = "B-026", day: str = "2026-11-10") -> PatientRecord:
    """On dialysis, everything measured, skin found clear on that day."""
    return patient(person_id, ON_DIALYSIS, *FRESH_MINERALS, *palpated(day), sex="male")


def without_minerals(person_id: str = "B-081") -> PatientRecord:
    """On dialysis, and nothing measured."""
    return patient(person_id, ON_DIALYSIS, *palpated("2026-11-10"), sex="male")
