"""Drugs: who takes what, since when, how much, and when that cannot be said."""

from __future__ import annotations

from typing import Any

import pytest

from livedo.instants import from_iso, iso
from livedo.sources.intake import Declared
from tests.intake.made import (
    ATC,
    EVA,
    about,
    bundle,
    coded,
    facts,
    only_fact,
    patient,
    quantity,
    read_of_eva,
    reasons,
    request,
    result,
    settled,
)

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


def dosage(amount: float, unit: str, **repeat: Any) -> dict[str, Any]:
    return {
        "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"} | repeat},
        "doseAndRate": [{"doseQuantity": quantity(amount, unit)}],
    }


def test_an_active_order_goes_on_from_the_day_it_was_written() -> None:
    fact = only_fact(request())
    assert (fact.concept, fact.matched_by) == ("drug.warfarin", "code")
    assert iso(fact.start_at) == iso(fact.known_at) == "2025-02-01T09:00:00Z"
    assert (fact.end_from, fact.end_at) == (None, None)


def test_a_drug_is_recognised_by_its_name_where_there_is_no_code() -> None:
    fact = only_fact(request({"text": "Marevan 2,5 mg tabletter"}))
    assert (fact.concept, fact.matched_by) == ("drug.warfarin", "text")


def test_a_readable_drug_that_is_none_of_ours_is_another_drug() -> None:
    found, eva = read_of_eva(request({"text": "Metoprololsuccinat 50 mg"}))
    assert [fact.concept for fact in eva.facts] == ["drug.other"]
    assert found.totals.set_aside == 0


def test_a_full_atc_code_that_is_none_of_ours_needs_no_name() -> None:
    assert only_fact(request(coded(ATC, "C10AA05"))).concept == "drug.other"


@pytest.mark.parametrize("drug", [{}, {"text": "-"}, coded("urn:local", "4711")])
def test_a_drug_nobody_can_read_is_set_aside(drug: dict[str, Any]) -> None:
    assert reasons(request(drug)) == {"unreadable_drug": 1}


def declared(domain: str) -> Declared:
    return Declared(domain=domain, from_at=from_iso("2024-01-01"), to_at=from_iso("2026-01-01"))


def test_an_unreadable_drug_takes_away_what_silence_about_drugs_would_mean() -> None:
    spans = [declared("drug"), declared("condition")]
    other = request(id="m2", subject=about("ida"))
    found = settled(patient(), patient("ida"), request({}), other, declared=spans)
    observed = {p.person.person_id: [o.domain for o in p.observed] for p in found.patients}
    assert observed == {EVA: ["condition"], "ida": ["condition", "drug"]}


def test_a_newer_readable_version_of_the_order_restores_it() -> None:
    old = request({}, meta={"versionId": "1"})
    new = request(meta={"versionId": "2"})
    found = settled(patient(), new, old, declared=[declared("drug")])
    assert [o.domain for o in found.patients[0].observed] == ["drug"]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"intent": "plan"}, "only_planned"),
        ({"intent": "proposal"}, "only_planned"),
        ({"status": "draft"}, "only_planned"),
        ({"status": "cancelled"}, "not_carried_out"),
        ({"status": "entered-in-error"}, "entered_in_error"),
        ({"doNotPerform": True}, "do_not_perform"),
    ],
)
def test_what_was_never_given_is_no_exposure(changed: dict[str, Any], reason: str) -> None:
    assert reasons(request(**changed)) == {reason: 1}


@pytest.mark.parametrize("status", ["stopped", "completed", "on-hold", "unknown"])
def test_an_order_that_stopped_on_an_unknown_day_ended_by_the_newest_known_moment(
    status: str,
) -> None:
    found, eva = read_of_eva(request(status=status), result(1.8, "mmol/L"))
    fact = next(f for f in eva.facts if f.concept == "drug.warfarin")
    assert (fact.end_from, fact.end_at) == (fact.start_at, found.newest_known_at)


def test_the_bounds_of_the_dosage_are_the_beginning_and_the_end() -> None:
    bounds = {"boundsPeriod": {"start": "2025-03-01T00:00:00Z", "end": "2025-04-01T00:00:00Z"}}
    fact = only_fact(request(dosageInstruction=[dosage(5, "mg", **bounds)]))
    assert iso(fact.start_at) == "2025-03-01T00:00:00Z"
    assert fact.end_at is not None
    assert iso(fact.end_at) == "2025-04-01T00:00:00Z"
    assert iso(fact.known_at) == "2025-02-01T09:00:00Z"


@pytest.mark.parametrize(
    ("dosages", "a_day"),
    [
        ([dosage(5, "mg")], 5),
        ([dosage(5, "mg", frequency=3)], 15),
        ([dosage(7, "mg", period=1, periodUnit="wk")], 1),
        ([dosage(5, "mg", period=12, periodUnit="h")], 10),
        ([dosage(5, "mg"), dosage(2.5, "mg")], 7.5),
        ([dosage(5, "mg"), dosage(1, "mL")], None),
        ([dosage(5, "mg", frequencyMax=3)], None),
        ([dosage(5, "mg") | {"asNeededBoolean": True}], None),
        ([{"timing": {"code": {"coding": [{"code": "BID"}]}},
           "doseAndRate": [{"doseQuantity": quantity(5, "mg")}]}], 10),
        ([{"doseAndRate": [{"doseQuantity": quantity(5, "mg")}]}], None),
        ([{"timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
           "doseAndRate": [{"doseQuantity": {"value": 1}}]}], None),
    ],
)  # fmt: skip
def test_the_dose_a_day_needs_amount_unit_and_rhythm(
    dosages: list[dict[str, Any]], a_day: float | None
) -> None:
    fact = only_fact(request(dosageInstruction=dosages))
    assert fact.dose_per_day == (pytest.approx(a_day) if a_day is not None else None)
    assert fact.dose_unit == (None if a_day is None else "mg")


def test_route_and_place_of_an_injection_are_kept() -> None:
    given = {"route": {"text": "subcutaneous"}, "site": {"text": "left abdomen"}}
    fact = only_fact(request({"text": "Insulin glargine"}, dosageInstruction=[given]))
    assert (fact.route, fact.body_site, fact.side) == ("subcutaneous", "abdomen", "left")


def test_a_cream_is_no_tablet() -> None:
    fact = only_fact(request({"text": "Hydrocortisone 1 % cream"}))
    assert fact.route == "topical"
    assert "topical" in fact.concept


def test_a_contained_product_names_the_drug() -> None:
    product = {"resourceType": "Medication", "id": "a", "code": coded(ATC, "B01AA03")}
    order = request(
        medicationCodeableConcept=None,
        medicationReference={"reference": "#a"},
        contained=[product],
    )
    assert only_fact(order).concept == "drug.warfarin"


@pytest.mark.parametrize("is_product_first", [True, False])
def test_a_product_may_come_before_or_after_the_order(is_product_first: bool) -> None:
    product = {"resourceType": "Medication", "id": "a", "code": coded(ATC, "B01AA03")}
    unused = {"resourceType": "Medication", "id": "b", "code": coded(ATC, "A10AB05")}
    order = request(
        medicationCodeableConcept=None, medicationReference={"reference": "Medication/a"}
    )
    several = (product, unused, order) if is_product_first else (order, unused, product)
    found = settled(patient(), *several)
    assert [fact.concept for fact in found.patients[0].facts] == ["drug.warfarin"]
    assert found.ledger.reasons() == {"product_without_order": 1}
    assert found.totals.items_in == 4


def test_a_product_is_found_by_its_address_within_a_bundle() -> None:
    product = {"resourceType": "Medication", "id": "a", "code": coded(ATC, "B01AA03")}
    order = request(medicationCodeableConcept=None, medicationReference={"reference": "urn:uuid:a"})
    found = settled(bundle(order, product, patient()))
    assert [fact.concept for fact in found.patients[0].facts] == ["drug.warfarin"]


def test_a_product_made_of_ingredients_is_each_of_them() -> None:
    product = {
        "resourceType": "Medication",
        "id": "a",
        "ingredient": [{"itemCodeableConcept": {"text": "warfarin"}}],
    }
    order = request(
        medicationCodeableConcept=None,
        medicationReference={"reference": "#a"},
        contained=[product],
    )
    assert only_fact(order).concept == "drug.warfarin"


def test_a_product_that_is_missing_may_still_be_named_in_the_order() -> None:
    named = {"reference": "Medication/gone", "display": "Warfarin 5 mg"}
    unnamed = {"reference": "Medication/gone"}
    assert (
        only_fact(request(medicationCodeableConcept=None, medicationReference=named)).concept
        == "drug.warfarin"
    )
    assert reasons(request(medicationCodeableConcept=None, medicationReference=unnamed)) == {
        "unreadable_drug": 1
    }


def statement(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationStatement",
        "id": "s1",
        "status": "active",
        "medicationCodeableConcept": coded(RXNORM, "11289", "warfarin"),
        "subject": about(),
        "effectivePeriod": {"start": "2025-01-01"},
        "dateAsserted": "2025-06-01",
    } | more


def test_a_drug_someone_says_is_taken_is_taken() -> None:
    fact = only_fact(statement())
    assert (fact.concept, fact.end_at) == ("drug.warfarin", None)
    assert iso(fact.known_at) == "2025-06-01T23:59:59.999999Z"


def test_a_drug_someone_says_is_not_taken_is_no_exposure() -> None:
    assert reasons(statement(status="not-taken")) == {"not_carried_out": 1}
    assert reasons(statement(status="intended")) == {"only_planned": 1}


def administration(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationAdministration",
        "id": "a1",
        "status": "completed",
        "medicationCodeableConcept": {"text": "Iron sucrose"},
        "subject": about(),
        "effectiveDateTime": "2026-01-05T10:00:00Z",
        "dosage": {"route": {"text": "intravenous"}},
    } | more


def test_a_dose_that_was_given_is_a_point() -> None:
    fact = only_fact(administration())
    assert fact.start_at == fact.end_at
    assert fact.route == "intravenous"


def test_a_dose_that_was_not_given_is_no_exposure() -> None:
    assert reasons(administration(status="not-done")) == {"not_carried_out": 1}


def test_an_undated_active_order_is_kept() -> None:
    found = facts(request(authoredOn=None), result(1.8, "mmol/L"))
    assert "drug.warfarin" in {fact.concept for fact in found}
