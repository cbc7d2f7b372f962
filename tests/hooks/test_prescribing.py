"""What is said while a prescription is written, and what is not."""

from __future__ import annotations

import pytest

from tests.hooks.calls import (
    answer,
    calcium,
    call,
    condition,
    dialysis,
    drafted,
    egfr,
    finding,
    imaging,
    injected,
    prefetch,
    signing,
)

CLEAR = finding("sign.lesion", is_there=False)
CKD = condition("condition.chronic_kidney_disease")


def only(answered):
    (card,) = answered.cards
    return card


def test_warfarin_on_dialysis_asks_for_its_indication_and_first_for_what_needs_it():
    card = only(signing([drafted("Marevan 2.5 mg tablet")], dialysis()))
    assert card.indicator == "warning"
    assert card.summary == "Warfarin (on dialysis): review the indication"
    asked = card.detail.split("**Why**")[0]
    assert "Mechanical heart valve" in asked
    assert "Antiphospholipid syndrome" in asked
    assert "Recent thrombosis" in asked
    assert "Haemodialysis since Feb 2021" in card.detail
    assert card.override_reasons[0].code == "mechanical_valve"


def test_a_mechanical_valve_on_record_is_told_first():
    valve = condition("condition.mechanical_heart_valve")
    card = only(signing([drafted("warfarin 2.5 mg")], dialysis(), valve))
    assert "- Mechanical heart valve: mechanical heart valve since Jan 2020" in card.detail


def test_without_the_list_of_diagnoses_a_valve_is_not_known_rather_than_absent():
    card = only(signing([drafted("warfarin 2.5 mg")], dialysis(), conditions=...))
    assert "- Mechanical heart valve: not known" in card.detail
    assert "- Diagnoses: not sent, or not in full" in card.detail


@pytest.mark.parametrize(
    ("draft", "summary", "indicator"),
    [
        (
            drafted("Calcium carbonate 500 mg"),
            "Calcium carbonate (on dialysis): look at all calcium sources together",
            "info",
        ),
        (
            drafted("Alfacalcidol 0.25 ug capsule"),
            "Alfacalcidol (on dialysis): weigh it with calcium, phosphate and PTH",
            "info",
        ),
        (
            drafted("Zoledronic acid 4 mg"),
            "Zoledronic acid (on dialysis): check calcium, PTH and kidney function first",
            "warning",
        ),
        (
            imaging("MRI of the leg with gadolinium contrast"),
            "Gadolinium contrast agents (on dialysis): settle the agent and note its date",
            "warning",
        ),
        (
            drafted("Gadobutrol 1 mmol/mL"),
            "Gadobutrol (on dialysis): settle the agent and note its date",
            "warning",
        ),
        (
            drafted("Prednisolone 25 mg tablet"),
            "Prednisolone: check the skin first; cannot tell whether there is an ulcer",
            "warning",
        ),
    ],
)
def test_each_kind_of_drug_on_dialysis(draft, summary, indicator):
    card = only(signing([draft], dialysis()))
    assert (card.summary, card.indicator) == (summary, indicator)


def test_high_calcium_turns_a_calcium_draft_into_a_warning():
    card = only(signing([drafted("Calcium acetate 700 mg")], dialysis(), calcium(11.4)))
    assert card.indicator == "warning"
    assert card.summary == "Calcium acetate while calcium is high: review all calcium sources"


def test_a_steroid_with_a_clear_skin_is_no_word_worth():
    assert not signing([drafted("Prednisolone 25 mg tablet")], dialysis(), CLEAR).cards


def test_a_steroid_with_an_ulcer_of_any_cause_is_a_warning():
    ulcer = finding("sign.ulcer", site="left lower leg")
    card = only(signing([drafted("Prednisolone 25 mg tablet")], dialysis(), ulcer))
    assert card.indicator == "warning"
    assert "while there is an ulcer (" in card.summary
    assert "left lower leg" in card.detail


def test_an_injection_into_a_protected_site_is_critical():
    nodule = finding("sign.subcutaneous_nodule", site="left thigh")
    card = only(signing([injected("Insulin glargine pen", "right thigh")], dialysis(), nodule))
    assert card.indicator == "critical"
    assert "left thigh" in card.summary


def test_an_injection_without_a_place_asks_for_it_where_a_site_is_protected():
    nodule = finding("sign.subcutaneous_nodule", site="left thigh")
    card = only(signing([injected("Enoxaparin 40 mg")], dialysis(), nodule))
    assert card.indicator == "warning"
    assert card.summary == "Enoxaparin: check the body site first; to protect: left thigh"


def test_a_tablet_is_no_injection_even_where_a_site_is_protected():
    nodule = finding("sign.subcutaneous_nodule", site="left thigh")
    assert not signing([drafted("Paracetamol 500 mg tablet")], dialysis(), nodule).cards


def test_heparin_for_the_circuit_is_no_injection():
    nodule = finding("sign.subcutaneous_nodule", site="left thigh")
    heparin = drafted("Heparin", dosageInstruction=[{"route": {"text": "dialysis circuit"}}])
    assert not signing([heparin], dialysis(), nodule).cards


def test_good_kidneys_and_a_clear_skin_are_not_spoken_about():
    drafts = [
        drafted("Marevan"),
        drafted("Calcium carbonate", "d-2"),
        drafted("Alfacalcidol", "d-3"),
    ]
    assert not signing(drafts, egfr(95), CLEAR).cards


def test_good_kidneys_and_a_skin_that_nobody_saw_are_not_spoken_about():
    """Unknown is told only where it matters: a hospital is not told of every prescription."""
    assert not signing([drafted("Marevan")], egfr(95)).cards


def test_kidney_disease_of_unknown_stage_says_what_is_missing():
    card = only(signing([drafted("Marevan")], CKD, CLEAR))
    assert card.indicator == "info"
    assert card.summary == (
        "Warfarin: cannot tell whether this is stage 5: "
        "eGFR never measured; chronic kidney disease stage 5 not known"
    )
    assert "- eGFR never measured" in card.detail


def test_contrast_without_a_name_stays_undecided():
    card = only(signing([imaging("MR scanning of hjertet med kontrast")], dialysis()))
    assert card.indicator == "info"
    assert "cannot tell whether this is gadolinium" in card.summary


@pytest.mark.parametrize("text", ["MRI of the brain", "MRI without contrast", "CT with contrast"])
def test_other_imaging_is_not_spoken_about(text):
    assert not signing([imaging(text)], dialysis()).cards


def test_a_blood_test_for_insulin_is_no_insulin():
    nodule = finding("sign.subcutaneous_nodule", site="left thigh")
    assert not signing([imaging("Insulin, fasting")], dialysis(), nodule).cards


def test_one_card_for_each_draft_and_family_the_most_serious_first():
    nodule = finding("sign.subcutaneous_nodule", site="abdomen")
    drafts = [
        drafted("Calcium carbonate 500 mg", "d-1"),
        drafted("Marevan 2.5 mg", "d-2"),
        injected("Insulin glargine pen", "abdomen", "d-3"),
    ]
    cards = signing(drafts, dialysis(), nodule, calcium(9.5)).cards
    assert [card.indicator for card in cards] == ["critical", "warning", "info"]
    assert len({card.uuid for card in cards}) == 3


def test_only_what_is_selected_is_judged_when_drafts_are_selected():
    drafts = [drafted("Marevan", "d-1"), drafted("Calcium carbonate", "d-2")]
    body = call("order-select", prefetch(dialysis()), drafts, ["MedicationRequest/d-1"])
    answered = answer(body)
    assert [card.summary.split(" ")[0] for card in answered.cards] == ["Warfarin"]
    assert [draft.set_aside for draft in answered.drafts] == ["", "not_selected"]
    assert len(signing(drafts, dialysis()).cards) == 2


def test_a_drug_in_the_record_alone_is_not_spoken_about():
    taken = {**drafted("Marevan"), "status": "active", "authoredOn": "2024-01-01"}
    assert not signing([drafted("Sevelamer 800 mg")], dialysis(), taken).cards


def test_a_draft_that_the_record_system_holds_too_is_no_exposure():
    kept = {**drafted("Marevan"), "authoredOn": "2026-11-19"}
    answered = signing([drafted("Calcium carbonate", "d-9")], dialysis(), kept)
    assert "drug.warfarin" not in {fact.concept for fact in answered.record.facts}
    assert answered.set_aside["only_planned"] == 1


def test_a_draft_renewed_from_an_active_prescription_is_judged():
    renewed = {**drafted("Marevan"), "status": "active"}
    assert only(signing([renewed], dialysis())).summary.startswith("Warfarin")


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        (drafted("Marevan", person="p-2"), "other_patient"),
        ({**drafted("Marevan"), "status": "cancelled"}, "not_carried_out"),
        ({**drafted("Marevan"), "doNotPerform": True}, "do_not_perform"),
        ({**drafted("Marevan"), "medicationCodeableConcept": {}}, "unreadable_drug"),
        ({**drafted("Marevan"), "dosageInstruction": 7}, "wrong_shape"),
        ({"resourceType": "NutritionOrder", "id": "n"}, "resource_not_used"),
        (imaging("X-ray of the leg"), "unknown_code"),
    ],
)
def test_every_draft_is_judged_or_set_aside_with_a_reason(draft, reason):
    answered = signing([draft, drafted("Marevan", "d-2")], dialysis())
    assert [one.set_aside for one in answered.drafts] == [reason, ""]
    assert len(answered.cards) == 1


def test_a_draft_may_name_a_product_that_comes_with_it():
    product = {
        "resourceType": "Medication",
        "id": "m-1",
        "code": {"coding": [{"system": "http://www.whocc.no/atc", "code": "B01AA03"}]},
    }
    draft = drafted("")
    del draft["medicationCodeableConcept"]
    draft["medicationReference"] = {"reference": "Medication/m-1"}
    assert only(signing([draft, product], dialysis())).summary.startswith("Warfarin")


def test_so_many_drafts_are_judged_and_no_more():
    drafts = [drafted("Marevan", f"d-{n}") for n in range(60)]
    answered = signing(drafts, dialysis())
    assert len(answered.cards) == 40
    assert [one.set_aside for one in answered.drafts].count("too_many") == 20


def test_a_combination_speaks_for_each_of_its_drugs():
    both = drafted("Alendronic acid and alfacalcidol, sequential")
    summaries = [card.summary for card in signing([both], dialysis()).cards]
    assert any(summary.startswith("Alendronic acid") for summary in summaries)


@pytest.mark.parametrize(
    ("written", "drug"),
    [
        ("Etalpha 0,25 mikrogram", "Alfacalcidol"),
        ("One-Alpha", "Alfacalcidol"),
        ("Rocaltrol", "Calcitriol"),
        ("OsvaRen 435 mg/235 mg", "Calcium acetate and magnesium carbonate"),
        ("PhosLo", "Calcium acetate"),
        ("Marcoumar 3 mg", "Phenprocoumon"),
    ],
)
def test_a_drug_written_by_its_trade_name_is_not_overlooked(written, drug):
    card = only(signing([drafted(written)], dialysis()))
    assert card.summary.startswith(f"{drug} (on dialysis)")


def test_an_injection_on_the_other_side_of_a_lesion_is_not_called_an_injection_into_it():
    draft = injected("insulin glargine", "right thigh")
    card = only(signing([draft], dialysis(), finding("sign.plaque", site="left thigh")))
    assert "check the side: left thigh" in card.summary
