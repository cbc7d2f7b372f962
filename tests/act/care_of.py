"""The care of one invented patient, for the tests of calcium, follow-up and referral."""

from __future__ import annotations

from typing import Any

import msgspec

from livedo.act.explanation import explain
from livedo.act.parts import CalciumLoad, Monitored, Plan
from livedo.record.tables import PatientRecord
from tests.act.people import as_of, engine


def plan_of(person: PatientRecord, lang: str = "en", units: str = "si") -> Plan:
    return explain(person, engine(), as_of(), lang, units).plan


def calcium_of(person: PatientRecord, lang: str = "en") -> CalciumLoad:
    load = plan_of(person, lang).calcium_load
    assert load is not None
    return load


def followed(person: PatientRecord, id: str, lang: str = "en") -> list[Monitored]:
    return [line for line in plan_of(person, lang).monitoring if line.id == id]


def written_as(person: PatientRecord, concept: str, **values: Any) -> PatientRecord:
    """The same record, the facts of one concept as the source wrote them."""
    facts = [
        msgspec.structs.replace(f, **values) if f.concept == concept else f for f in person.facts
    ]
    return msgspec.structs.replace(person, facts=tuple(facts))
