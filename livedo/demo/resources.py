"""FHIR R4 resources as the invented unit's systems would write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from livedo.demo.people import Plan
from livedo.demo.settings import Coded, Codes, Drug, LabCode, Look, Prescription, Settings

Resource = dict[str, Any]

TEST_DATA = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"}
CENTRE = "urn:livedo:centre"
LESION = "urn:livedo:lesion"
UCUM = "http://unitsofmeasure.org"
TERMS = "http://terminology.hl7.org/CodeSystem"


class Chart:
    """Everything written about one person, numbered in the order of writing."""

    def __init__(self, plan: Plan, settings: Settings) -> None:
        self.plan = plan
        self.codes: Codes = settings.codes
        self.resources: list[Resource] = []
        self._zone = ZoneInfo(settings.unit.zone)
        self._subject = {"reference": f"Patient/{plan.person_id}"}

    def _add(self, resource_type: str, body: Resource) -> None:
        number = f"{self.plan.person_id}-{resource_type[0].lower()}{len(self.resources):04d}"
        head: Resource = {"resourceType": resource_type, "id": number}
        self.resources.append(head | body)

    def moment(self, day: date, hour: int, minute: int = 0) -> str:
        return datetime.combine(day, time(hour, minute), self._zone).isoformat()

    def coding(self, system: str, code: str, display: str) -> dict[str, Any]:
        uri = self.codes.systems[system]
        return {"coding": [{"system": uri, "code": code, "display": display}], "text": display}

    def _coded(self, coded: Coded) -> dict[str, Any]:
        return self.coding(coded.system, coded.code, coded.display)

    def patient(self, centre: str, died_on: date | None) -> None:
        plan = self.plan
        family, given = plan.name
        body: Resource = {
            "resourceType": "Patient",
            "id": plan.person_id,
            "meta": {"tag": [TEST_DATA]},
            "identifier": [{"system": "urn:livedo:demo:unit", "value": plan.person_id}],
            "name": [{"family": family, "given": [given]}],
            "gender": plan.sex,
            "birthDate": plan.born.isoformat(),
            "managingOrganization": {"identifier": {"system": CENTRE, "value": centre}},
        }
        if died_on is not None:
            body["deceasedDateTime"] = died_on.isoformat()
        self.resources.append(body)

    def result(self, lab: str, day: date, value: float, code: LabCode) -> None:
        self._add(
            "Observation",
            {
                "status": "final",
                "category": [self._category(lab)],
                "code": self.coding(code.system, code.code, code.display),
                "subject": self._subject,
                "effectiveDateTime": self.moment(day, 7, 30),
                "issued": self.moment(day, 15, 10),
                "valueQuantity": quantity(value, code.unit),
            }
            | _reference(code),
        )

    def _category(self, lab: str) -> dict[str, Any]:
        kind = "vital-signs" if self.codes.labs[lab].is_vital else "laboratory"
        return {"coding": [{"system": f"{TERMS}/observation-category", "code": kind}]}

    def condition(self, name: str, onset: date, abated: date | None = None) -> None:
        status = "active" if abated is None else "resolved"
        body: Resource = {
            "clinicalStatus": _term("condition-clinical", status),
            "verificationStatus": _term("condition-ver-status", "confirmed"),
            "code": self._coded(self.codes.conditions[name]),
            "subject": self._subject,
            "onsetDateTime": onset.isoformat(),
            "recordedDate": onset.isoformat(),
        }
        if abated is not None:
            body["abatementDateTime"] = abated.isoformat()
        self._add("Condition", body)

    def prescription(self, prescription: Prescription, until: date) -> None:
        """An order; one that a person's leaving ended is stopped on that day."""
        drug = self.codes.drugs[prescription.drug]
        ended = prescription.until
        is_over = prescription.is_stop_undated or (ended is not None and ended <= until)
        body: Resource = {
            "status": "stopped" if is_over else "active",
            "intent": "order",
            "medicationCodeableConcept": self._drug(drug),
            "subject": self._subject,
            "authoredOn": self.moment(prescription.first, 10),
            "dosageInstruction": [self._dosage(drug, prescription)],
        }
        self._add("MedicationRequest", body)

    def _drug(self, drug: Drug) -> dict[str, Any]:
        if drug.code is None:
            return {"text": drug.text}
        return self.coding("ATC", drug.code, drug.text)

    def _dosage(self, drug: Drug, prescription: Prescription) -> Resource:
        body: Resource = {
            "timing": {"repeat": _repeat(drug, prescription)},
            "route": {"text": self.codes.routes[drug.route]},
        }
        if prescription.site is not None:
            body["site"] = self.body_site(prescription.site, None)
        if drug.dose is not None:
            body["doseAndRate"] = [{"doseQuantity": quantity(*drug.dose)}]
        return body

    def body_site(self, site: str, side: str | None) -> dict[str, str]:
        name = self.codes.body_sites[site]
        return {"text": f"{self.codes.sides[side]} {name}" if side else name}

    def procedure(
        self, name: str, first: date, last: date | None, status: str = "completed"
    ) -> None:
        """A point when `last` is the same day; a span otherwise, open when there is none."""
        body: Resource = {
            "status": status,
            "code": self._coded(self.codes.procedures[name]),
            "subject": self._subject,
        }
        if first == last:
            body["performedDateTime"] = self.moment(first, 11)
        else:
            period = {"start": first.isoformat()}
            body["performedPeriod"] = period | ({"end": last.isoformat()} if last else {})
        self._add("Procedure", body)

    def finding(self, concept: str, day: date, value: Resource, look: Look | None) -> None:
        """One skin finding; without a look it speaks for the whole skin."""
        body: Resource = {
            "status": "final",
            "category": [{"coding": [{"system": f"{TERMS}/observation-category", "code": "exam"}]}],
            "code": self.coding("livedo", concept, concept),
            "subject": self._subject,
            "effectiveDateTime": self.moment(day, 11),
            "issued": self.moment(day, 11, 20),
        }
        if look is not None:
            body["bodySite"] = self.body_site(look.site, look.side)
            lesion = f"{self.plan.person_id}-{look.lesion}"
            body["identifier"] = [{"system": LESION, "value": lesion}]
        self._add("Observation", body | value)

    def word(self, word: str) -> Resource:
        """A finding said in a word, such as the severity of pain."""
        return {"valueCodeableConcept": {"text": self.codes.words[word]}}


def yes_or_no(is_there: bool) -> Resource:
    return {"valueBoolean": is_there}


def amount(value: float, unit: str) -> Resource:
    return {"valueQuantity": quantity(value, unit)}


def quantity(value: float, unit: str) -> Resource:
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}


def _reference(code: LabCode) -> Resource:
    """The interval that the laboratory prints beside its result, if it does."""
    if code.reference is None:
        return {}
    low, high = (quantity(limit, code.unit) for limit in code.reference)
    return {"referenceRange": [{"low": low, "high": high}]}


def _term(system: str, code: str) -> dict[str, Sequence[Mapping[str, str]]]:
    return {"coding": [{"system": f"{TERMS}/{system}", "code": code}]}


def _repeat(drug: Drug, prescription: Prescription) -> Resource:
    """How often, and until when if that was written."""
    often: Resource = {"frequency": drug.times, "period": drug.every_days, "periodUnit": "d"}
    if prescription.until is None:
        return often
    bounds = {"start": prescription.first.isoformat(), "end": prescription.until.isoformat()}
    return {"boundsPeriod": bounds} | often
