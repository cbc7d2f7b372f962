"""The Patient resource."""

from __future__ import annotations

from livedo.record.tables import Person
from livedo.sources.fhir_item import Item
from livedo.sources.fhir_times import Interval
from livedo.sources.fhir_types import Patient, Reference


def person_of(patient: Patient, item: Item) -> Person:
    """The person a Patient resource describes. Dead without a date is dead, date unknown."""
    born = _day(item, patient.birth_date, "birthDate")
    died = _day(item, patient.deceased_date_time, "deceasedDateTime")
    unit = patient.managing_organization
    return Person(
        person_id=item.name.partition("/")[2],
        sex=item.meaning.sexes.get(patient.gender or "", "unknown"),
        born_on=born[0] if born else None,
        born_on_latest=born[1] if born else None,
        died_on=died[1] if died else None,
        is_dead=bool(patient.deceased_boolean) or patient.deceased_date_time is not None,
        centre_id=_centre(unit) if unit else None,
    )


def _day(item: Item, text: str | None, path: str) -> Interval | None:
    """A date of birth or death; one that cannot be read is a lost part."""
    found = item.times.interval(text) if text else None
    if isinstance(found, str):
        item.lost(found, path)
        return None
    return found


def _centre(unit: Reference) -> str | None:
    if unit.reference:
        return unit.reference.rpartition("/")[2] or None
    return unit.identifier.value if unit.identifier else None
