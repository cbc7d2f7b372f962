"""One person explained: why, why not, cannot tell."""

from __future__ import annotations

import pytest

from livedo.act.explanation import explain
from livedo.act.result import Explanation
from livedo.knowledge.teaching import load_findings
from livedo.record.tables import PatientRecord
from tests.act.people import (
    LIVEDO,
    ON_DIALYSIS,
    PAIN,
    PLAQUE,
    as_of,
    engine,
    patient,
    with_clear_skin,
    with_painful_plaque,
    without_minerals,
)


def explained(person: PatientRecord, lang: str = "en", units: str = "si") -> Explanation:
    return explain(person, engine(), as_of(), lang, units)


def test_warfarin_stands_in_the_danger_line_with_its_claims() -> None:
    (line,) = [x for x in explained(with_painful_plaque()).danger if x.rule == "danger/vka_in_use"]
    assert "warfarin since Mar 2022" in line.text
    assert "risk.warfarin" in line.claims


def test_a_value_has_its_unit_its_date_and_the_conventional_value_beside_it() -> None:
    texts = [line.text for line in explained(with_painful_plaque()).why]
    assert "High phosphate: 2.18 mmol/L (6.8 mg/dL) 18 Nov" in texts


def test_conventional_units_come_first_for_those_who_ask() -> None:
    texts = [line.text for line in explained(with_painful_plaque(), units="conventional").why]
    assert "High phosphate: 6.8 mg/dL (2.18 mmol/L) 18 Nov" in texts


def test_danish_numbers_have_a_decimal_comma() -> None:
    texts = [line.text for line in explained(with_painful_plaque(), lang="da").why]
    assert "Forhøjet fosfat: 2,18 mmol/l (6,8 mg/dl) 18. nov." in texts


def test_every_deciding_fact_names_its_source_record() -> None:
    facts = explained(with_painful_plaque()).facts
    recorded = [fact for fact in facts if fact.ref.startswith("fact:")]
    assert recorded
    assert all(fact.source == "unit.ndjson" and fact.source_id for fact in recorded)


def test_a_finding_examined_and_absent_speaks_against() -> None:
    ulcer = {**PLAQUE, "concept": "sign.ulcer", "present": "no"}
    person = patient("B-008", ON_DIALYSIS, PLAQUE, PAIN, LIVEDO, ulcer)
    assert "No ulcer left thigh 18 Nov" in [line.text for line in explained(person).why_not]


def test_an_older_clear_round_does_not_speak_against_a_newer_finding() -> None:
    texts = [line.text for line in explained(with_painful_plaque()).why_not]
    assert not any("14 Oct" in text for text in texts)


def test_normal_minerals_are_no_reason_against_and_that_is_said() -> None:
    explanation = explained(with_clear_skin())
    assert not any("mmol/L" in line.text for line in explanation.why_not)
    assert "none of them excludes" in explanation.why_not_note


def test_what_is_missing_is_named_with_the_reason() -> None:
    texts = [line.text for line in explained(without_minerals()).cannot_tell]
    assert "Calcium never measured" in texts
    assert "Phosphate never measured" in texts


def test_a_result_that_is_too_old_is_named_with_its_date() -> None:
    old = {"concept": "lab.phosphate", "value": "1.9 mmol/L", "on": "2026-06-01"}
    person = patient("B-009", ON_DIALYSIS, old)
    texts = [line.text for line in explained(person).cannot_tell]
    assert "Phosphate 1 Jun, too old" in texts


def test_without_suspicion_the_sentence_speaks_of_the_data_seen() -> None:
    assert explained(with_clear_skin()).sentence.startswith("Not suspected from the data seen")
    assert "This is missing" in explained(without_minerals()).sentence


def test_sources_that_disagree_are_both_shown_with_what_decides() -> None:
    claims = {claim.id: claim for claim in explained(with_painful_plaque()).claims}
    product = claims["risk.ca-p-product"]
    assert product.disagrees
    assert any(id in product.decides for id in claims if id != product.id)


def test_rules_say_that_no_clinician_has_reviewed_them() -> None:
    explanation = explained(with_painful_plaque())
    assert explanation.review == "Not yet reviewed by a clinician."
    assert all("not yet reviewed" in line.review for line in explanation.why)


def test_a_topical_steroid_is_neutral_and_says_so() -> None:
    cream = {"concept": "drug.clobetasol", "from": "2026-11-01", "route": "topical"}
    (drug,) = explained(patient("B-010", ON_DIALYSIS, cream)).drugs
    assert drug.weight == "neutral"
    assert "not the exposure that was studied" in drug.note


def test_a_drug_stopped_at_an_unknown_date_is_not_called_active() -> None:
    stopped = {**ON_DIALYSIS, "concept": "drug.warfarin", "until": "before 2026-10-01"}
    (drug,) = explained(patient("B-011", ON_DIALYSIS, stopped)).drugs
    assert drug.is_active == "no"


def test_the_table_has_the_newest_value_of_each_month_and_its_age() -> None:
    (phosphate,) = [
        lab for lab in explained(with_painful_plaque()).labs if lab.concept == "lab.phosphate"
    ]
    assert phosphate.latest_si == "2.18 mmol/L"
    assert phosphate.latest_conventional == "6.8 mg/dL"
    assert (phosphate.age_days, phosphate.flag, phosphate.target) == (2, "above", "to 1.78")
    assert len(phosphate.months) == 12
    assert phosphate.months[-1] == pytest.approx(2.18)


def test_an_old_result_in_the_table_is_unknown_not_normal() -> None:
    (pth,) = [lab for lab in explained(with_painful_plaque()).labs if lab.label == "PTH"]
    assert (pth.is_too_old, pth.flag, pth.flag_text) == (True, "unknown", "too old")


def test_an_analyte_never_measured_stays_in_the_table() -> None:
    labs = {lab.concept: lab for lab in explained(without_minerals()).labs}
    assert labs["lab.phosphate"].flag_text == "never measured"


def test_each_lesion_is_described_by_what_is_seen_and_its_pain() -> None:
    first, second = explained(with_painful_plaque()).skin
    assert (first.site_text, first.seen, first.pain) == ("left thigh", "plaque", "severe")
    assert (second.site_text, second.seen) == ("right lower leg", "livedo")
    assert first.is_proximal
    assert not second.is_proximal


def test_facts_known_later_are_counted_and_not_used() -> None:
    explanation = explain(with_painful_plaque(), engine(), as_of("2026-11-01"))
    assert explanation.data.known_later > 0
    assert explanation.result.certainty not in {"suspected", "possible"}


def test_who_is_outside_is_told_why() -> None:
    explanation = explained(patient("B-001", ON_DIALYSIS, died="2026-05-01"))
    assert explanation.sentence.startswith("Died")


@pytest.mark.parametrize("lang", ["en", "da"])
def test_nothing_is_said_to_be_probable_or_absent(lang: str) -> None:
    for person in (with_painful_plaque(), with_clear_skin(), without_minerals()):
        explanation = explained(person, lang=lang)
        lines = (*explanation.danger, *explanation.why, *explanation.cannot_tell)
        said = " ".join([explanation.sentence, *(line.text for line in lines)]).casefold()
        assert "probab" not in said
        assert "sandsynlig" not in said
        assert "no calciphylaxis" not in said


@pytest.mark.parametrize("lang", ["en", "da"])
def test_a_finding_and_a_danger_tell_what_they_mean_and_a_risk_does_not(lang: str) -> None:
    told = explained(with_painful_plaque(), lang=lang)
    for line in (*told.danger, *told.why):
        is_taught = not line.rule.startswith("risk/")
        assert bool(line.teaches) == is_taught, line.rule
        if is_taught:
            assert line.teaches == load_findings()[line.rule].text(lang)
