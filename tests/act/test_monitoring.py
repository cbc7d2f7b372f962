"""What is followed: what it was, what it is, when next. And what worsens the course."""

from __future__ import annotations

import re

from livedo.act.monitoring import load_monitoring
from livedo.knowledge.load import load_knowledge
from livedo.record.tables import PatientRecord
from tests.act.care_of import followed, plan_of
from tests.act.people import ON_DIALYSIS, PAIN, PLAQUE, WARFARIN, patient, with_clear_skin

ULCER = {"concept": "sign.ulcer", "on": "2026-10-20", "body_site": "thigh", "side": "left"}
ULCER = {**ULCER, "lesion": "a"}


def ill(*facts: dict[str, str]) -> PatientRecord:
    return patient("P", ON_DIALYSIS, WARFARIN, PLAQUE, PAIN, *facts)


def measured(concept: str, value: str, on: str, **more: str) -> dict[str, str]:
    return {"concept": concept, "value": value, "on": on, **more}


def test_two_pain_scales_stay_two_lines_with_their_names() -> None:
    person = ill(
        measured("body.pain_nrs", "8", "2026-11-02"),
        measured("body.pain_vas", "40 mm", "2026-11-16"),
    )
    (numeric,), (visual,) = followed(person, "pain_nrs"), followed(person, "pain_vas")
    assert "0-10" in numeric.text
    assert "0-100 mm" in visual.text
    assert numeric.now.startswith("8")
    assert numeric.was == visual.was == ""


def test_a_fall_of_the_wound_score_is_not_told_as_an_effect_of_treatment() -> None:
    person = ill(
        ULCER,
        measured("body.bwat_cua", "28", "2026-10-20"),
        measured("body.bwat_cua", "21", "2026-11-16"),
    )
    (line,) = followed(person, "wound_score")
    assert line.change.startswith("down by 7 since 20 Oct")
    assert "placebo" in line.change
    assert "RCT-02" in line.claims


def test_a_rise_of_the_wound_score_needs_no_word_on_placebo() -> None:
    person = ill(
        ULCER,
        measured("body.bwat_cua", "21", "2026-10-20"),
        measured("body.bwat_cua", "28", "2026-11-16"),
    )
    (line,) = followed(person, "wound_score")
    assert line.change == "up by 7 since 20 Oct"


def test_areas_of_two_wounds_are_never_compared_with_each_other() -> None:
    person = ill(
        ULCER,
        measured("wound.area", "20 cm2", "2026-10-20", lesion="a", body_site="thigh"),
        measured("wound.area", "2 cm2", "2026-11-16", lesion="b", body_site="abdomen"),
    )
    lines = followed(person, "wound_area")
    assert len(lines) == 2
    assert {line.change for line in lines} == {"measured once, nothing to compare with"}


def test_an_ulcer_is_open_from_its_first_fact_until_the_same_wound_is_found_healed() -> None:
    (open_,) = followed(ill(ULCER), "wound_closure")
    assert "open for 31 days" in open_.now
    healed = {**ULCER, "concept": "wound.healed", "on": "2026-11-15"}
    (closed,) = followed(ill(ULCER, healed), "wound_closure")
    assert closed.now == "closed 15 Nov, 26 days after the first finding"
    (other,) = followed(ill(ULCER, {**healed, "lesion": "b"}), "wound_closure")
    assert "not recorded as closed" in other.now


def test_an_old_value_is_due_and_one_never_measured_is_missing() -> None:
    old = measured("lab.albumin", "30 g/L", "2026-06-01")
    assert [line.status for line in followed(ill(old), "albumin")] == ["due"]
    assert [line.status for line in followed(ill(), "albumin")] == ["missing"]
    new = measured("lab.albumin", "30 g/L", "2026-11-10")
    assert [line.status for line in followed(ill(new), "albumin")] == ["followed"]


def test_a_value_known_only_as_a_limit_is_not_compared() -> None:
    person = ill(
        measured("lab.pth_intact", "40 pmol/L", "2026-09-01"),
        measured("lab.pth_intact", ">200 pmol/L", "2026-11-10"),
    )
    assert [line.change for line in followed(person, "pth")] == ["cannot be compared"]


def test_nothing_written_about_sepsis_is_missing_and_never_absent() -> None:
    (line,) = followed(ill(), "sepsis")
    assert line.status == "missing"
    assert "No record rules sepsis out" in line.change


def test_a_positive_culture_after_a_negative_one_is_told_as_different() -> None:
    negative = {"concept": "lab.blood_culture", "interpretation": "negative", "on": "2026-11-01"}
    positive = {**negative, "interpretation": "positive", "on": "2026-11-15"}
    (line,) = followed(ill(ULCER, negative, positive), "sepsis")
    assert "positive" in line.now
    assert "differs from before" in line.change


def test_thiosulfate_is_followed_only_while_it_is_given() -> None:
    assert followed(ill(), "thiosulfate") == []
    course = {"concept": "drug.thiosulfate", "from": "2026-11-01"}
    (line,) = followed(ill(course), "thiosulfate")
    assert "not proof of its effect" in line.change
    assert line.status == "followed"


def test_people_at_risk_have_their_trends_and_nobody_else_of_the_healthy() -> None:
    at_risk = plan_of(
        patient("P", ON_DIALYSIS, WARFARIN, {**WARFARIN, "concept": "drug.calcitriol"})
    )
    ids = {line.id for line in at_risk.monitoring}
    assert "weight" in ids
    assert not ids & {"mood", "wound_closure", "imaging"}
    assert plan_of(with_clear_skin()).monitoring == ()


def test_missing_contacts_with_palliation_and_mood_are_asked_for() -> None:
    assert [line.status for line in followed(ill(), "palliative")] == ["missing"]
    done = {"concept": "care.mood_assessed", "on": "2026-11-10"}
    assert [line.status for line in followed(ill(done), "mood")] == ["followed"]


def test_factors_of_the_course_carry_no_figure_and_literature_is_marked_as_such() -> None:
    fibrillation = {"concept": "condition.atrial_fibrillation", "from": "2020-05-01"}
    shown = plan_of(ill(ULCER, fibrillation)).prognosis
    here = {one.id for one in shown if one.is_here and one.status == "yes"}
    assert {"prognosis/proximal_site", "prognosis/ulcerated"} <= here
    assert "prognosis/atrial_fibrillation" in here
    assert not any("%" in one.text or "hazard" in one.text for one in shown if one.is_here)
    literature = [one for one in shown if not one.is_here]
    assert all("not this person" in one.text for one in literature)
    assert any("all causes" in one.text for one in literature)


def test_a_factor_that_cannot_be_told_is_shown_as_unknown() -> None:
    unknown = {one.id for one in plan_of(ill()).prognosis if one.status == "unknown"}
    assert "prognosis/sepsis" in unknown


def test_danish_says_the_change_in_danish() -> None:
    person = ill(
        measured("body.weight", "80.0 kg", "2026-08-01"),
        measured("body.weight", "77.5 kg", "2026-11-10"),
    )
    (line,) = followed(person, "weight", "da")
    assert re.match(r"faldet 2,5 kg siden 1\. aug\.", line.change)


def test_every_rule_concept_claim_and_threshold_of_the_list_exists() -> None:
    part, knowledge = load_monitoring(), load_knowledge()
    rules = {*part.full, *part.trends, *part.prognosis.factors}
    for line in part.lines:
        rules |= {line.rule, line.shown_when, line.shown_unless_no} - {""}
        assert set(line.concepts) | ({line.closed_by} - {""}) <= set(knowledge.vocabulary.concepts)
        assert set(line.because) <= set(knowledge.claims)
        assert line.threshold_from in {"", *knowledge.thresholds}
    assert rules <= set(knowledge.rules)


def test_a_recorded_calciphylaxis_is_followed_outside_the_programme_but_not_after_death() -> None:
    known = {"concept": "condition.calciphylaxis", "from": "2026-01-01"}
    assert followed(patient("P", known), "mood")
    assert plan_of(patient("P", known)).referral is not None
    assert plan_of(patient("P", known, died="2026-11-01")).monitoring == ()


def test_a_score_for_wounds_is_not_asked_for_before_there_is_a_wound() -> None:
    assert followed(ill(), "wound_score") == []
    assert [line.status for line in followed(ill(ULCER), "wound_score")] == ["missing"]
    assert followed(ill(measured("body.bwat_cua", "21", "2026-11-16")), "wound_score")
