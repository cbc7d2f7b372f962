"""The work-up: what is done, too old and missing, and what a result cannot say."""

from __future__ import annotations

import pytest

from livedo.act.explanation import explain
from livedo.act.parts import Workup, WorkupLine
from livedo.act.workup_data import load_workup
from livedo.record.tables import PatientRecord
from tests.act.people import (
    ON_DIALYSIS,
    PAIN,
    PLAQUE,
    WARFARIN,
    as_of,
    engine,
    patient,
    with_clear_skin,
    with_painful_plaque,
    without_minerals,
)

SUSPECTED = (ON_DIALYSIS, PLAQUE, PAIN)
PROTEIN_C = {"concept": "lab.protein_c", "value": "40 %", "on": "2026-10-01"}


def workup(person: PatientRecord, lang: str = "en") -> Workup:
    return explain(person, engine(), as_of(), lang).workup


def line(person: PatientRecord, id: str, lang: str = "en") -> WorkupLine:
    return next(one for one in workup(person, lang).lines if one.id == id)


def test_the_missing_albumin_of_a_suspected_patient_is_asked_for() -> None:
    assert line(with_painful_plaque(), "albumin").status == "missing"


def test_a_pth_of_last_summer_is_too_old_and_keeps_its_value_and_day() -> None:
    pth = line(with_painful_plaque(), "pth")
    assert (pth.status, pth.age_days) == ("stale", 161)
    assert "74" in pth.result


def test_a_fresh_phosphate_is_done_with_its_moment() -> None:
    phosphate = line(with_painful_plaque(), "phosphate")
    assert phosphate.status == "done"
    assert phosphate.decided_at is not None


def test_ionised_calcium_alone_leaves_total_calcium_missing_and_says_so() -> None:
    ionised = {"concept": "lab.calcium_ionised", "value": "1.2 mmol/L", "on": "2026-11-10"}
    calcium = line(patient("W-1", *SUSPECTED, ionised), "total_calcium")
    assert calcium.status == "missing"
    assert "ionised" in calcium.note


def test_protein_c_drawn_on_warfarin_is_done_and_cannot_be_read() -> None:
    drawn = line(patient("W-2", *SUSPECTED, WARFARIN, PROTEIN_C), "protein_c")
    assert (drawn.status, drawn.is_readable) == ("done", False)
    assert "Drawn on" in drawn.note


def test_protein_c_two_months_after_warfarin_ended_cannot_be_read() -> None:
    ended = {**WARFARIN, "until": "2026-08-01"}
    assert not line(patient("W-3", *SUSPECTED, ended, PROTEIN_C), "protein_c").is_readable


def test_protein_c_without_a_drug_list_asks_about_vitamin_k_antagonists() -> None:
    drawn = line(patient("W-4", *SUSPECTED, PROTEIN_C, observed=()), "protein_c")
    assert drawn.note.startswith("Check whether")


def test_protein_c_where_no_antagonist_was_given_can_be_read() -> None:
    drawn = line(patient("W-5", *SUSPECTED, PROTEIN_C), "protein_c")
    assert (drawn.is_readable, drawn.note) == (True, "")


def test_a_patient_without_suspicion_has_the_risk_panel_only() -> None:
    assert {one.panel for one in workup(with_clear_skin()).lines} == {"risk"}
    assert workup(with_clear_skin()).biopsy is None


def test_a_suspected_patient_has_the_exclusion_panel_and_the_imaging_options() -> None:
    panels = {one.panel for one in workup(with_painful_plaque()).lines}
    assert {"risk", "exclusion", "imaging"} <= panels


def test_a_dead_patient_has_no_workup() -> None:
    assert workup(patient("W-6", *SUSPECTED, died="2026-11-19")) == Workup()


def test_a_painful_plaque_outside_any_programme_is_worked_up() -> None:
    person = patient("W-9", PLAQUE, PAIN, {**PLAQUE, "concept": "sign.livedo"}, observed=())
    assert {"risk", "exclusion"} <= {one.panel for one in workup(person).lines}


def test_a_negative_scan_is_done_and_closes_nothing() -> None:
    scan = {"concept": "imaging.bone_scan_uptake", "present": "no", "on": "2026-11-19"}
    shown = line(patient("W-7", *SUSPECTED, scan), "bone_scan")
    assert shown.status == "done"
    assert "closes no suspicion" in shown.note


def test_a_negative_hepatitis_c_antibody_is_told_by_its_word() -> None:
    result = {"concept": "lab.anti_hcv", "interpretation": "negative", "on": "2026-10-01"}
    shown = line(patient("W-8", *SUSPECTED, result), "hepatitis_c")
    assert (shown.status, "negative" in shown.result) == ("done", True)


def test_nothing_measured_is_never_done() -> None:
    for one in workup(without_minerals()).lines:
        assert one.status != "done" or one.id == "kidney_function"


def test_the_summary_counts_every_line_once() -> None:
    shown = workup(with_painful_plaque())
    counts = [
        sum(1 for one in shown.lines if one.status == s) for s in ("done", "stale", "missing")
    ]
    assert shown.summary == "{} of {} done, {} too old, {} missing".format(
        counts[0], len(shown.lines), *counts[1:]
    )


@pytest.mark.parametrize("lang", ["en", "da"])
def test_every_rule_that_the_workup_names_exists(lang: str) -> None:
    rules = engine().knowledge.rules
    data = load_workup()
    named = [*data.hidden_when]
    for panel in data.panels:
        named += [*panel.opens_when, *panel.opens_when_unknown]
    named += [alarm.rule for alarm in data.alarms] + [a.unless for a in data.alarms if a.unless]
    for item in (item for panel in data.panels for item in panel.items):
        named += [item.rule, *filter(None, [item.when, *(note.rule for note in item.notes)])]
        for note in item.notes:
            assert f"workup.note.{note.text}" in engine().knowledge.wording(lang)
    assert [id for id in named if id not in rules] == []
