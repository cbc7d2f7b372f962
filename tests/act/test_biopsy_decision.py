"""The biopsy decision: what speaks for and against a deep biopsy in one patient."""

from __future__ import annotations

import pytest

from livedo.act.explanation import explain
from livedo.act.parts import BiopsyDecision, Weighed
from livedo.act.workup_data import load_biopsy_decision
from livedo.record.tables import PatientRecord
from tests.act.people import (
    ON_DIALYSIS,
    PAIN,
    PLAQUE,
    as_of,
    engine,
    patient,
    with_painful_plaque,
)

SUSPECTED = (ON_DIALYSIS, PLAQUE, PAIN)
BIOPSY = {"concept": "procedure.skin_biopsy", "on": "2026-11-10"}


def decision(person: PatientRecord, lang: str = "en") -> BiopsyDecision:
    found = explain(person, engine(), as_of(), lang).workup.biopsy
    assert found is not None
    return found


def harm(person: PatientRecord, id: str) -> Weighed:
    return next(one for one in decision(person).harm if one.id == id)


def test_warfarin_makes_a_biopsy_bleed() -> None:
    bleeding = harm(with_painful_plaque(), "bleeding")
    assert (bleeding.status, bleeding.is_here) == ("yes", True)
    assert bleeding.evidence


def test_an_unknown_drug_list_leaves_bleeding_to_be_checked_first() -> None:
    bleeding = harm(patient("D-1", *SUSPECTED, observed=()), "bleeding")
    assert bleeding.status == "unknown"
    assert "check first" in bleeding.text


def test_the_penis_is_never_biopsied() -> None:
    necrosis = {"concept": "sign.necrosis", "on": "2026-11-18", "body_site": "penis"}
    pain = {"concept": "sign.penile_pain", "on": "2026-11-18"}
    person = patient("D-2", ON_DIALYSIS, necrosis, pain, sex="male")
    assert "Never biopsy" in harm(person, "penis").text


def test_a_published_figure_is_not_told_as_a_finding_of_the_patient() -> None:
    figure = harm(with_painful_plaque(), "complications")
    assert (figure.is_here, figure.claims) == (False, ("DX-01",))


def test_a_biopsy_without_fat_excludes_nothing() -> None:
    fat = {"concept": "histology.subcutis_present", "present": "no", "on": "2026-11-10"}
    taken = decision(patient("D-3", *SUSPECTED, BIOPSY, fat)).taken
    assert "not adequate" in taken[1]


def test_a_biopsy_whose_report_names_no_tissue_is_not_called_adequate() -> None:
    taken = decision(patient("D-4", *SUSPECTED, BIOPSY)).taken
    assert "not known" in taken[1]


def test_no_biopsy_in_a_full_record_needs_no_line() -> None:
    assert decision(patient("D-5", *SUSPECTED)).taken == ()


@pytest.mark.parametrize("lang", ["en", "da"])
def test_the_2009_review_and_the_later_evidence_are_both_told(lang: str) -> None:
    text = decision(with_painful_plaque(), lang).disagreement
    assert "2009" in text
    assert "DX-01" in text


def test_every_rule_and_claim_that_the_decision_names_exists() -> None:
    data, knowledge = load_biopsy_decision(), engine().knowledge
    arguments = (*data.benefit, *data.harm)
    rules = [one.rule for one in arguments if one.rule]
    rules += [*data.opens_when, data.taken.rule, data.taken.adequate]
    assert [id for id in rules if id not in knowledge.rules] == []
    claims = [id for one in arguments for id in one.because] + list(data.because)
    assert [id for id in claims if id not in knowledge.claims] == []
