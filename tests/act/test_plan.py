"""Options: who is offered what, why, and what is withheld with its reason."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from livedo.act.document import explanation_document
from livedo.act.explanation import explain
from livedo.act.option_files import Option, Said, load_option_words, load_options, load_safety
from livedo.act.parts import Plan, PlanLine
from livedo.knowledge.load import load_knowledge
from livedo.record.tables import PatientRecord
from tests.act.people import (
    ON_DIALYSIS,
    PAIN,
    PLAQUE,
    WARFARIN,
    as_of,
    engine,
    palpated,
    patient,
    with_clear_skin,
)

SICK = (ON_DIALYSIS, PLAQUE, PAIN)
HIGH_PTH = {
    "concept": "lab.pth_intact",
    "value": "130 pmol/L",
    "reference": ["1.6 pmol/L", "6.9 pmol/L"],
    "on": "2026-11-02",
}
ULCER = {**PLAQUE, "concept": "sign.ulcer"}
CALCIUM = {"concept": "lab.calcium_total", "value": "2.40 mmol/L", "on": "2026-11-02"}


def fact(concept: str, **other: Any) -> dict[str, Any]:
    return {"concept": concept, "on": "2026-11-18", **other}


def plan_of(record: PatientRecord, lang: str = "en") -> Plan:
    return explain(record, engine(), as_of(), lang).plan


def offered(plan: Plan) -> dict[str, PlanLine]:
    return {line.id: line for line in plan.lines}


def withheld(plan: Plan) -> dict[str, PlanLine]:
    return {line.id: line for line in plan.not_offered}


def sick(*facts: dict[str, Any], observed: tuple[str, ...] | None = None) -> Plan:
    if observed is None:
        return plan_of(patient("P-1", *SICK, *facts))
    return plan_of(patient("P-1", *SICK, *facts, observed=observed))


@cache
def knowledge_rules() -> frozenset[str]:
    return frozenset(load_knowledge().rules)


def test_nobody_who_died_has_an_option() -> None:
    plan = plan_of(patient("P-1", *SICK, WARFARIN, died="2026-11-19"))
    assert plan.is_checked
    assert plan.lines == ()
    assert len(plan.safety) == len(load_safety().checks) + len(load_safety().never)


def test_clear_skin_and_good_values_leave_nothing_to_start() -> None:
    assert [line.id for line in plan_of(with_clear_skin()).lines if line.act == "start"] == []


def test_the_vitamin_k_antagonist_is_reviewed_and_three_indications_asked_in_order() -> None:
    line = offered(sick(WARFARIN, observed=()))["vka_indication"]
    assert (line.act, line.concept) == ("review", "drug.vitamin_k_antagonist")
    first = [text.split(":")[0] for text in line.check_first]
    assert first == ["Mechanical heart valve", "Antiphospholipid syndrome", "Recent thrombosis"]
    assert all("not known" in text for text in line.check_first)


def test_a_recorded_mechanical_valve_is_told_beside_the_review() -> None:
    valve = {"concept": "condition.mechanical_heart_valve", "from": "2015-01-01"}
    assert offered(sick(WARFARIN, valve))["vka_indication"].check_first[0].endswith(": recorded")


def test_high_pth_with_normal_calcium_offers_a_calcimimetic_with_the_trial_beside_the_review() -> (
    None
):
    line = offered(sick(HIGH_PTH, CALCIUM))["calcimimetic"]
    assert line.act == "start"
    assert {"tx.calcimimetic", "RCT-01", "TX-03"} <= set(line.because)
    assert any("PTH" in reason and "Nov" in reason for reason in line.reasons)


@pytest.mark.parametrize(
    "calcium", [None, {**CALCIUM, "on": "2026-09-01"}], ids=["never measured", "too old"]
)
def test_unknown_calcium_withholds_the_calcimimetic_and_asks_for_calcium(calcium: Any) -> None:
    plan = sick(HIGH_PTH, *([calcium] if calcium else []))
    assert "calcimimetic" in withheld(plan)
    check = offered(plan)["calcium_before_calcimimetic"]
    assert (check.act, check.concept) == ("check", "lab.calcium_total")


def test_low_corrected_calcium_beside_a_normal_total_withholds_the_calcimimetic() -> None:
    low = {"concept": "lab.calcium_corrected", "value": "1.9 mmol/L", "on": "2026-11-02"}
    assert "low" in withheld(sick(HIGH_PTH, CALCIUM, low))["calcimimetic"].why_not


def test_a_calcimimetic_already_in_use_is_reviewed_not_started() -> None:
    cinacalcet = {"concept": "drug.cinacalcet", "from": "2026-01-01"}
    assert offered(sick(HIGH_PTH, CALCIUM, cinacalcet))["calcimimetic"].act == "review"


def test_parathyroidectomy_waits_for_drugs_to_be_tried() -> None:
    tried = {"concept": "drug.cinacalcet", "from": "2025-01-01"}
    assert "parathyroidectomy" in withheld(sick(HIGH_PTH))
    line = offered(sick(HIGH_PTH, tried))["parathyroidectomy"]
    assert line.act == "refer"
    assert line.disagreement


def test_bisphosphonate_on_dialysis_carries_its_caution_and_asks_for_pth_and_calcium() -> None:
    line = offered(sick(CALCIUM))["bisphosphonate"]
    assert line.offer == "check_first"
    assert any("35" in text and "dialysis" in text for text in line.cautions)
    assert any("PTH" in text and "calcium" in text for text in line.check_first)


def test_peritoneal_dialysis_offers_the_change_and_forbids_thiosulfate_into_the_peritoneum() -> (
    None
):
    pd = {"concept": "dialysis.peritoneal", "from": "2022-01-01"}
    lines = offered(plan_of(patient("P-1", pd, PLAQUE, PAIN)))
    assert "peritoneal_to_haemodialysis" in lines
    assert lines["intraperitoneal_thiosulfate"].act == "avoid"
    assert "more_haemodialysis" not in lines


def test_steroid_needs_the_whole_skin_seen_without_ulcer() -> None:
    clear = [
        fact(c, present="no") for c in ("sign.ulcer", "sign.eschar", "sign.bulla", "sign.necrosis")
    ]
    assert "steroid" in offered(sick(*clear))
    assert "steroid" in withheld(sick())
    assert "steroid" in withheld(sick(ULCER))
    one_place = [{**c, "body_site": "abdomen"} for c in clear]
    assert "steroid" in withheld(sick(*one_place))


def test_an_ulcer_of_the_summer_still_withholds_steroid_after_a_clear_round() -> None:
    clear = [
        fact(c, present="no") for c in ("sign.ulcer", "sign.eschar", "sign.bulla", "sign.necrosis")
    ]
    assert "steroid" in withheld(sick({**ULCER, "on": "2026-07-01", "lesion": "z"}, *clear))


def test_a_wound_of_unknown_state_is_not_debrided() -> None:
    assert "debridement" in withheld(sick(ULCER))


def test_dry_eschar_is_left_alone() -> None:
    plan = sick(ULCER, fact("wound.dry_eschar"))
    assert offered(plan)["leave_dry_eschar"].act == "avoid"
    assert not {"debridement", "larvae"} & set(offered(plan))


def test_moist_necrosis_gets_debridement_with_culture_and_both_sides_of_the_dispute() -> None:
    lines = offered(sick(ULCER, fact("wound.moist")))
    assert {"debridement", "larvae", "tissue_culture", "surgical_review"} <= set(lines)
    shown = lines["debridement"]
    assert {"wound.debridement-disputed", "OUT-05", "INS-02"} <= set(shown.because)
    assert shown.disagreement


def test_a_dry_part_beside_an_infected_one_leaves_the_choice_to_the_surgeon() -> None:
    plan = sick(ULCER, fact("wound.infected"), fact("wound.dry_eschar"))
    assert "debridement" in withheld(plan)
    assert offered(plan)["surgical_review"].act == "refer"


def test_negative_pressure_needs_a_granulating_wound_without_infection() -> None:
    granulating = fact("wound.granulating")
    assert "negative_pressure" in offered(sick(ULCER, granulating))
    assert "negative_pressure" in withheld(sick(ULCER, granulating, fact("wound.infected")))


def test_heparin_carries_bleeding_injection_trauma_and_the_protected_place() -> None:
    line = offered(sick())["heparin"]
    assert "Bleeding" in " ".join(line.cautions)
    assert "injection trauma" in " ".join(line.cautions)
    assert "never inject there" in " ".join(line.check_first)


def test_the_document_holds_every_field_of_the_contract() -> None:
    document = explanation_document(explain(patient("P-1", *SICK, WARFARIN), engine(), as_of()))
    for item in document["plan"]:
        assert {
            "id",
            "act",
            "concept",
            "grade",
            "because",
            "cautions",
            "check_first",
        } <= set(item)
    assert document["safety"]
    assert document["care"]["is_checked"]


def test_danish_plans_are_danish() -> None:
    plan = plan_of(patient("P-1", *SICK, WARFARIN, *palpated("2026-11-18", clear=False)), "da")
    assert offered(plan)["vka_indication"].check_first[0].startswith("Mekanisk hjerteklap")


@pytest.mark.parametrize("option", load_options(), ids=lambda one: one.id)
def test_every_option_names_only_what_exists(option: Option) -> None:
    words, knowledge = load_option_words(), load_knowledge()
    said: list[Said] = [*option.then_and_now, *option.cautions, *option.check_first]
    asked = [option.offered_when, option.considered_when, *option.why_rules]
    asked += [one.about for one in said if one.about] + [option.in_use_when or "plan/vka"]
    assert set(asked) <= knowledge_rules()
    assert option.concept in knowledge.vocabulary.concepts
    assert option.grade in {grade.id for grade in words.grades}
    assert {*option.because, *(c for one in said for c in one.because)} <= set(knowledge.claims)
    assert option.act != "start" or option.check_first or option.cautions


def test_every_safety_check_names_only_what_exists() -> None:
    knowledge, file = load_knowledge(), load_safety()
    for check in file.checks:
        asked = {check.contraindicated_when, check.absent_when or check.contraindicated_when}
        assert asked <= knowledge_rules()
        assert set(check.applies_to) <= set(knowledge.vocabulary.concepts)
        assert set(check.because) <= set(knowledge.claims)
    assert {floor.concept for floor in file.never} <= set(knowledge.vocabulary.concepts)


def _option(plan: Plan, id: str) -> str:
    """Where an option stands: its offer, `withheld` or nothing."""
    return next((line.offer for line in (*plan.lines, *plan.not_offered) if line.id == id), "")


DEBRIDING = ("debridement", "larvae")
ILL = {"concept": "condition.calciphylaxis", "from": "2026-10-01"}
ESCHAR = {"concept": "sign.eschar", "on": "2026-11-18", "body_site": "thigh", "lesion": "a"}
MOIST = {"concept": "wound.moist", "on": "2026-11-18", "lesion": "a"}


def test_a_moist_wound_elsewhere_says_nothing_of_an_eschar_and_nothing_is_debrided() -> None:
    own = plan_of(patient("A", ON_DIALYSIS, ILL, ESCHAR, MOIST))
    other = plan_of(patient("A", ON_DIALYSIS, ILL, ESCHAR, {**MOIST, "lesion": "b"}))
    assert {_option(own, id) for id in DEBRIDING} == {"check_first"}
    assert "withheld" in {_option(other, id) for id in DEBRIDING}
    assert "check_first" not in {_option(other, id) for id in DEBRIDING}


def test_a_wound_found_dry_since_is_not_debrided_on_the_older_look() -> None:
    older = {**MOIST, "on": "2026-11-01"}
    plan = plan_of(patient("A", ON_DIALYSIS, ILL, ESCHAR, older, {**MOIST, "present": "no"}))
    assert {_option(plan, id) for id in DEBRIDING} <= {"withheld", ""}


def test_a_wound_that_was_only_measured_is_broken_skin_for_a_steroid() -> None:
    clear = [
        {"concept": f"sign.{sign}", "on": "2026-11-18", "present": "no"}
        for sign in ("ulcer", "eschar", "bulla", "necrosis")
    ]
    area = {"concept": "wound.area", "on": "2026-11-10", "value": "5 cm2"}
    assert _option(plan_of(patient("A", ON_DIALYSIS, ILL, *clear)), "steroid") == "check_first"
    assert _option(plan_of(patient("A", ON_DIALYSIS, ILL, *clear, area)), "steroid") == "withheld"


def test_an_ionised_calcium_that_cannot_be_read_leaves_calcium_unknown_for_a_calcimimetic() -> None:
    facts = (
        {"concept": "lab.pth_intact", "value": "1200 pg/mL", "on": "2026-11-02"},
        {"concept": "lab.calcium_total", "value": "2.40 mmol/L", "on": "2026-11-02"},
    )
    ionised = {"concept": "lab.calcium_ionised", "value": "0.9 mmol/L", "on": "2026-11-16"}
    assert _option(plan_of(patient("A", ON_DIALYSIS, ILL, *facts)), "calcimimetic") == "option"
    plan = plan_of(patient("A", ON_DIALYSIS, ILL, *facts, ionised))
    assert _option(plan, "calcimimetic") == "withheld"


def test_the_wound_is_told_in_words_with_its_date_and_unknown_is_told_too() -> None:
    dry = fact("wound.dry_eschar", lesion="a")
    infected = fact("wound.infected", lesion="a")
    told = plan_of(patient("A", ON_DIALYSIS, ILL, ESCHAR, dry, infected)).wound_state
    assert told.startswith("Infected (18 Nov")
    assert "dry eschar (18 Nov" in told
    assert plan_of(patient("A", ON_DIALYSIS, ILL, ESCHAR)).wound_state.startswith("Not known")
    assert plan_of(patient("A", *with_wound_free_skin())).wound_state == ""


def with_wound_free_skin() -> tuple[dict[str, Any], ...]:
    return (ON_DIALYSIS, *palpated("2026-11-10"))


def test_dialysate_with_high_calcium_is_reviewed_beside_the_other_sources_of_calcium() -> None:
    high = {"concept": "lab.calcium_total", "value": "2.70 mmol/L", "on": "2026-11-02"}
    bath = {"concept": "dialysate.calcium", "value": "1.75 mmol/L", "on": "2026-11-02"}
    low_bath = {**bath, "value": "1.25 mmol/L"}
    lines = plan_of(patient("A", ON_DIALYSIS, high, bath)).lines
    line = next(line for line in lines if line.id == "high_calcium_dialysate")
    assert (line.act, line.part) == ("review", "danger")
    assert _option(plan_of(patient("A", ON_DIALYSIS, high, low_bath)), line.id) == ""
