"""Laboratory results and findings: what a number, a word or a blank means."""

from __future__ import annotations

import math

import pytest

from tests.intake.made import (
    LOINC,
    OURS,
    SNOMED,
    coded,
    facts,
    finding,
    observation,
    only_fact,
    quantity,
    read_of_eva,
    reasons,
    result,
    term,
)

PTH = coded(LOINC, "2731-8")
CALCIUM = coded(LOINC, "17861-6")
ANA = coded(OURS, "lab.ana")


def test_phosphate_in_mg_per_dl_is_kept_in_mmol_per_l_with_what_the_source_wrote() -> None:
    fact = only_fact(result(5.5, "mg/dL"))
    assert fact.concept == "lab.phosphate"
    assert fact.low == fact.high == pytest.approx(5.5 / 3.097)
    assert fact.original == "5.5 mg/dL"


def test_a_result_above_the_measuring_range_has_no_upper_end() -> None:
    value = quantity(2500, "pg/mL", comparator=">")
    fact = only_fact(observation(PTH, valueQuantity=value))
    assert fact.low is not None
    assert fact.high is None
    assert fact.original == ">2500 pg/mL"


def test_a_result_below_the_measuring_range_has_no_lower_end() -> None:
    value = quantity(3, "mg/L", comparator="<")
    fact = only_fact(observation(coded(OURS, "lab.crp"), valueQuantity=value))
    assert fact.low is None
    assert fact.high == 3


def test_a_result_typed_as_text_is_read_with_sign_number_and_unit() -> None:
    fact = only_fact(observation(PTH, valueString=" >2500 pg/mL"))
    assert (fact.low is None, fact.high) == (False, None)


def test_a_typed_number_without_a_unit_is_never_guessed() -> None:
    assert reasons(observation(PTH, valueString=">2500")) == {"no_unit": 1}


def test_a_danish_decimal_comma_is_read_and_a_thousands_comma_is_not() -> None:
    assert only_fact(observation(valueString="2,31 mmol/L")).low == 2.31
    assert reasons(observation(valueString="2,310 mmol/L")) == {"unreadable_value": 1}


@pytest.mark.parametrize(
    "value",
    [
        {"valueString": "1:320"},
        {"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 320}}},
    ],
)
def test_a_titre_of_one_to_320_is_320(value: dict[str, object]) -> None:
    fact = only_fact(observation(ANA, **value))
    assert fact.low == fact.high == 320
    assert fact.original == "1:320"


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ({"valueString": "Negative"}, "negative"),
        ({"valueString": "ikke påvist"}, "negative"),
        ({"valueCodeableConcept": coded(SNOMED, "10828004")}, "positive"),
        ({"valueCodeableConcept": {"text": "positiv"}}, "positive"),
        ({"valueBoolean": True}, "positive"),
        ({"interpretation": [term("v3-ObservationInterpretation", "POS")]}, "positive"),
    ],
)
def test_a_laboratory_word_is_kept_and_the_result_still_exists(
    value: dict[str, object], word: str
) -> None:
    fact = only_fact(observation(ANA, **value))
    assert (fact.present, fact.interpretation, fact.low) == ("yes", word, None)


def test_reference_limits_are_kept_in_the_unit_of_the_value() -> None:
    limits = [{"low": {"value": 2.5}, "high": {"value": 4.5, "unit": "mg/dL"}}]
    fact = only_fact(result(5.5, "mg/dL", referenceRange=limits))
    assert fact.ref_low == pytest.approx(2.5 / 3.097)
    assert fact.ref_high == pytest.approx(4.5 / 3.097)


def test_the_laboratory_interpretation_stands_beside_the_number() -> None:
    high = [term("v3-ObservationInterpretation", "HH")]
    assert only_fact(result(5.5, "mg/dL", interpretation=high)).interpretation == "high"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"valueQuantity": quantity(9.2, "mmol/L"), "code": CALCIUM}, "impossible_value"),
        ({"valueQuantity": quantity(0, "mmol/L")}, "impossible_value"),
        ({"valueQuantity": quantity(-1, "mmol/L")}, "impossible_value"),
        ({"valueQuantity": quantity(1.8, "furlong")}, "unknown_unit"),
        ({"valueQuantity": {"value": 1.8}}, "no_unit"),
        ({"valueQuantity": {"unit": "mmol/L"}}, "no_value"),
        ({"valueQuantity": quantity(1.8, "mmol/L") | {"unit": "mg/dL"}}, "units_disagree"),
        ({"valueString": "see report"}, "unreadable_value"),
        ({"valueDateTime": "2026-01-01"}, "unreadable_value"),
        ({"dataAbsentReason": {"text": "haemolysed"}}, "no_value"),
        ({"status": "entered-in-error"}, "entered_in_error"),
        ({"status": "cancelled"}, "not_carried_out"),
        ({"status": "registered"}, "no_result_yet"),
        ({"code": coded(LOINC, "99999-9")}, "unknown_code"),
        ({"code": {"coding": []}}, "no_code"),
        ({"subject": None}, "no_subject"),
        ({"subject": {"reference": "Group/g1"}}, "subject_not_a_person"),
        ({"subject": {"reference": "Patient/somebody"}}, "unknown_patient"),
    ],
)
def test_what_cannot_be_used_is_set_aside_with_its_reason(
    changed: dict[str, object], reason: str
) -> None:
    value = (
        {}
        if {"valueString", "valueDateTime", "dataAbsentReason"} & set(changed)
        else {"valueQuantity": quantity(1.8, "mmol/L")}
    )
    assert reasons(observation(**(value | changed))) == {reason: 1}


def test_two_codes_of_different_analytes_are_not_mixed() -> None:
    both = {"coding": [{"system": LOINC, "code": "17861-6"}, {"system": LOINC, "code": "1994-3"}]}
    assert reasons(result(2.3, "mmol/L", both)) == {"codes_disagree": 1}


def test_a_sign_that_was_looked_for_and_not_found_is_no() -> None:
    fact = only_fact(finding("sign.livedo", valueBoolean=False))
    assert (fact.present, fact.body_site) == ("no", None)


@pytest.mark.parametrize(("word", "present"), [("none", "no"), ("mild", "yes"), ("svær", "yes")])
def test_pain_in_words_keeps_its_grade(word: str, present: str) -> None:
    fact = only_fact(finding("sign.lesion_pain", valueBoolean=None, valueString=word))
    assert fact.present == present
    assert fact.interpretation == {"none": "none", "mild": "mild", "svær": "severe"}[word]


def test_a_finding_has_a_place_a_side_and_a_lesion() -> None:
    lesion = [{"system": "urn:livedo:lesion", "value": "lesion-1"}]
    fact = only_fact(finding("sign.ulcer", bodySite={"text": "left thigh"}, identifier=lesion))
    assert (fact.body_site, fact.side, fact.lesion_id) == ("thigh", "left", "lesion-1")


def test_the_lesion_may_be_named_by_the_body_structure_in_focus() -> None:
    fact = only_fact(finding("sign.ulcer", focus=[{"reference": "BodyStructure/lesion-2"}]))
    assert fact.lesion_id == "lesion-2"


def test_an_unknown_place_is_lost_and_the_finding_is_kept() -> None:
    found, eva = read_of_eva(finding("sign.ulcer", bodySite={"text": "somewhere"}))
    assert len(eva.facts) == 1
    assert found.ledger.parts_lost() == {"unknown_body_site": 1}
    assert found.totals.set_aside == 0


def test_each_component_is_an_item_of_its_own() -> None:
    parts = [
        {"code": coded(LOINC, "2777-1"), "valueQuantity": quantity(1.8, "mmol/L")},
        {"code": CALCIUM, "valueQuantity": quantity(9.2, "mmol/L")},
        {"code": coded(LOINC, "99999-9"), "valueQuantity": quantity(1, "mmol/L")},
    ]
    found, eva = read_of_eva(observation(coded(LOINC, "24323-8"), component=parts))
    assert [fact.concept for fact in eva.facts] == ["lab.phosphate"]
    assert found.ledger.reasons() == {"impossible_value": 1, "unknown_code": 1}
    assert found.totals.items_in == 4


def test_components_stand_beside_a_value_of_the_whole() -> None:
    part = {"code": CALCIUM, "valueQuantity": quantity(2.3, "mmol/L")}
    found = facts(result(1.8, "mmol/L", component=[part]))
    assert [fact.concept for fact in found] == ["lab.calcium_total", "lab.phosphate"]
    assert len({fact.fact_id for fact in found}) == 2


def test_a_plausible_result_far_from_her_own_series_is_marked_and_kept() -> None:
    usual = [
        result(1.8, "mmol/L", id=f"o{n}", effectiveDateTime=f"2026-01-{n:02d}") for n in range(1, 7)
    ]
    found = facts(*usual, result(7.9, "mmol/L", id="o9", effectiveDateTime="2026-02-01"))
    assert [fact.is_query for fact in found] == [False] * 6 + [True]


def test_no_number_in_the_record_is_infinite_or_nan() -> None:
    for fact in facts(result(5.5, "mg/dL"), result(300, "pg/mL", PTH, id="o2")):
        assert all(math.isfinite(v) for v in (fact.low, fact.high) if v is not None)


def test_what_lasts_and_is_said_of_a_period_lasts_over_the_period() -> None:
    period = {"start": "2026-01-01T00:00:00Z"}
    fact = only_fact(
        finding("dialysis.haemodialysis", effectiveDateTime=None, effectivePeriod=period)
    )
    assert (fact.end_from, fact.end_at) == (None, None)
