"""How sure the diagnosis is, by four definitions side by side."""

from __future__ import annotations

from itertools import product

import pytest

from livedo.act.explanation import explain
from livedo.act.result import CertaintyLine
from livedo.knowledge.definitions import load_definitions
from livedo.record.tables import PatientRecord
from tests.act.people import ON_DIALYSIS, as_of, engine, patient, with_painful_plaque

DAY = "2026-11-18"
CALCIUM = {"concept": "histology.media_calcification", "on": DAY}
THROMBUS = {"concept": "histology.thrombus", "on": DAY}
FAT = {"concept": "histology.subcutis_present", "on": DAY}
LIVEDO = {"concept": "sign.livedo", "on": DAY, "body_site": "thigh", "lesion": "a"}
EXCLUDED = {"concept": "decision.alternatives_excluded", "on": DAY}
REFUTED = {"concept": "condition.calciphylaxis", "present": "no", "on": DAY}
CLEAR = (
    {"concept": "sign.lesion", "present": "no", "on": DAY},
    {"concept": "sign.lesion_pain", "present": "no", "on": DAY},
    {"concept": "sign.penile_pain", "present": "no", "on": DAY},
)


def certainty(person: PatientRecord, lang: str = "en") -> dict[str, CertaintyLine]:
    lines = explain(person, engine(), as_of(), lang).certainty
    return {d.id: line for d, line in zip(load_definitions(), lines, strict=True)}


def test_every_rule_of_a_definition_exists() -> None:
    for one in load_definitions():
        named = {level.rule for level in one.levels} | set(one.parts) | {one.excluded} - {""}
        assert named <= set(engine().knowledge.rules)


def test_the_picture_alone_is_suspected_and_the_scheme_waits_for_a_decision() -> None:
    lines = certainty(with_painful_plaque())
    assert lines["ours"].level == "suspected"
    assert lines["tiered"].answer == "unknown"
    assert "other causes not yet excluded" in lines["tiered"].text


def test_a_recorded_exclusion_of_other_causes_makes_it_probable_and_clinical() -> None:
    lines = certainty(patient("A", ON_DIALYSIS, LIVEDO, EXCLUDED))
    assert (lines["ours"].level, lines["tiered"].level) == ("probable", "clinical")


def test_picture_and_microscopy_confirm() -> None:
    assert (
        certainty(patient("A", ON_DIALYSIS, LIVEDO, CALCIUM, THROMBUS, FAT))["ours"].level
        == "confirmed"
    )


def test_without_ulcers_the_japanese_criteria_are_not_met_and_say_why() -> None:
    line = certainty(patient("A", ON_DIALYSIS, *CLEAR))["japanese"]
    assert (line.answer, line.text) == ("no", "not met: it requires two painful ulcers")


def test_the_billing_codes_are_not_met_where_procedures_are_declared_and_hold_no_biopsy() -> None:
    line = certainty(with_painful_plaque())["billing_codes"]
    assert line.answer == "no"
    assert "skin biopsy" in line.text


def test_only_a_recorded_decision_excludes_and_the_suspicion_stays_visible() -> None:
    line = certainty(patient("A", ON_DIALYSIS, LIVEDO, REFUTED))["ours"]
    assert line.level == "excluded"
    assert "suspected" in line.text
    negative = [{**fact, "present": "no"} for fact in (CALCIUM, THROMBUS)]
    assert certainty(patient("A", ON_DIALYSIS, LIVEDO, *negative))["ours"].level == "suspected"


@pytest.mark.parametrize("lang", ["en", "da"])
def test_nothing_known_is_never_a_no(lang: str) -> None:
    lines = certainty(patient("A", observed=()), lang)
    assert {line.answer for line in lines.values()} == {"unknown"}


def test_microscopy_alone_never_confirms_by_any_definition() -> None:
    for present in product(("yes", "no", None), repeat=3):
        facts = [
            {**fact, "present": said}
            for fact, said in zip((CALCIUM, THROMBUS, FAT), present, strict=True)
            if said
        ]
        for line in certainty(patient("A", *facts, observed=())).values():
            assert line.answer != "yes"
