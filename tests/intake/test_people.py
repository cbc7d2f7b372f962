"""Who a resource is about, and what is known of a person."""

from __future__ import annotations

from typing import Any

import pytest

from livedo.instants import iso
from tests.intake.made import EVA, about, bundle, condition, patient, reasons, result, settled


def read(**more: Any) -> Any:
    return settled(patient(**more)).patients[0].person


def test_a_person_has_sex_birth_death_and_unit() -> None:
    person = read(
        deceasedDateTime="2026-02-03", managingOrganization={"reference": "Organization/north"}
    )
    assert (person.sex, person.is_dead, person.centre_id) == ("female", True, "north")
    assert iso(person.died_on) == "2026-02-03T23:59:59.999999Z"
    assert iso(person.born_on) == "1960-05-01T00:00:00Z"


def test_dead_without_a_date_is_dead_date_unknown() -> None:
    person = read(deceasedBoolean=True)
    assert (person.is_dead, person.died_on) == (True, None)


def test_a_birth_year_is_an_interval() -> None:
    person = read(birthDate="1960")
    assert iso(person.born_on) == "1960-01-01T00:00:00Z"
    assert iso(person.born_on_latest) == "1960-12-31T23:59:59.999999Z"


def test_an_unreadable_birth_date_is_a_lost_part() -> None:
    found = settled(patient(birthDate="long ago"))
    assert found.patients[0].person.born_on is None
    assert found.ledger.parts_lost() == {"unreadable_date": 1}


def of(subject: dict[str, Any]) -> dict[str, Any]:
    return result(1.8, "mmol/L", subject=subject)


@pytest.mark.parametrize(
    "reference",
    [
        "Patient/eva",
        "https://server.example/fhir/Patient/eva",
        "Patient/eva/_history/3",
        "Patient?identifier=urn:unit|B-7",
        "https://server.example/fhir/Patient?identifier=urn:unit%7CB-7",
    ],
)
@pytest.mark.parametrize("is_patient_first", [True, False])
def test_a_subject_is_found_however_it_is_written(reference: str, is_patient_first: bool) -> None:
    eva = patient(identifier=[{"system": "urn:unit", "value": "B-7"}])
    of_her = of({"reference": reference})
    found = settled(*((eva, of_her) if is_patient_first else (of_her, eva)))
    assert len(found.patients[0].facts) == 1
    assert found.totals.set_aside == 0


def test_a_subject_may_be_an_identifier_alone() -> None:
    eva = patient(identifier=[{"system": "urn:unit", "value": "B-7"}])
    found = settled(eva, of({"identifier": {"system": "urn:unit", "value": "B-7"}}))
    assert len(found.patients[0].facts) == 1


def test_an_identifier_that_two_people_carry_names_nobody() -> None:
    shared = {"identifier": [{"system": "urn:unit", "value": "B-7"}]}
    found = settled(
        patient(**shared),
        patient("ida", **shared),
        of({"reference": "Patient?identifier=urn:unit|B-7"}),
    )
    assert found.ledger.reasons() == {"unknown_patient": 1}


def test_within_a_bundle_a_subject_may_be_an_address() -> None:
    found = settled(bundle(of({"reference": "urn:uuid:eva"}), patient()))
    assert len(found.patients[0].facts) == 1


def test_addresses_of_one_bundle_mean_nothing_in_the_next() -> None:
    first = bundle(patient())
    second = bundle(of({"reference": "urn:uuid:eva"}))
    found = settled(first, second)
    assert sum(found.ledger.reasons().values()) == 1


def test_a_patient_without_an_id_is_named_by_the_address_of_its_entry() -> None:
    nameless = {k: v for k, v in patient().items() if k != "id"}
    made = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {"fullUrl": "urn:uuid:5a1e", "resource": nameless},
            {"fullUrl": "urn:uuid:77", "resource": of({"reference": "urn:uuid:5a1e"})},
        ],
    }
    found = settled(made)
    assert [p.person.person_id for p in found.patients] == ["5a1e"]
    assert len(found.patients[0].facts) == 1


def test_facts_about_a_person_nobody_described_are_set_aside_one_by_one() -> None:
    assert reasons(condition(subject=about("ghost")), of(about("ghost"))) == {"unknown_patient": 2}


def test_a_missing_subject_is_never_inferred_from_the_only_patient_there_is() -> None:
    assert reasons(condition(subject=None)) == {"no_subject": 1}


def test_people_are_in_the_order_of_their_ids() -> None:
    found = settled(patient("b"), patient("a"), patient(EVA))
    assert [p.person.person_id for p in found.patients] == ["a", "b", EVA]
