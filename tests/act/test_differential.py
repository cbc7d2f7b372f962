"""What else it could be: visible evidence, in words, never a probability."""

from __future__ import annotations

import pytest

from livedo.act.differential import SOUGHT
from livedo.act.explanation import explain
from livedo.act.parts import DiagnosisLine, Differential
from livedo.assess.engine_python import PythonEngine
from livedo.knowledge.casefile import Case, parse_case
from livedo.knowledge.invented import patient_from_case
from livedo.knowledge.load import load_knowledge

ON_DIALYSIS = {"concept": "dialysis.haemodialysis", "from": "2000 days ago"}
PLAQUE = {"concept": "sign.plaque", "on": "4 days ago", "body_site": "thigh", "lesion": "a"}
PAIN = {
    "concept": "sign.lesion_pain",
    "interpretation": "severe",
    "on": "4 days ago",
    "body_site": "thigh",
    "lesion": "a",
}


@pytest.fixture(scope="module")
def engine() -> PythonEngine:
    return PythonEngine(load_knowledge())


def case(*facts: dict[str, str], sex: str = "") -> Case:
    told = {
        "name": "a patient",
        **({"person": {"sex": sex}} if sex else {}),
        "as_of": "2026-03-01",
        "facts": list(facts),
        "expect": "yes",
    }
    return parse_case(told, ())


def differential(
    engine: PythonEngine, *facts: dict[str, str], lang: str = "en", sex: str = ""
) -> Differential:
    record, as_of = patient_from_case(case(*facts, sex=sex), load_knowledge().vocabulary)
    return explain(record, engine, as_of, lang).differential


def line(found: Differential, diagnosis: str) -> DiagnosisLine:
    return next(one for one in found.lines if one.diagnosis == diagnosis)


def test_a_very_painful_plaque_on_dialysis_has_calciphylaxis_first(engine: PythonEngine) -> None:
    found = differential(engine, ON_DIALYSIS, PLAQUE, PAIN)
    assert found.lines[0].diagnosis == "calciphylaxis"
    assert [one.rank for one in found.lines] == list(range(1, len(found.lines) + 1))


def test_without_a_word_about_the_skin_nothing_is_shown_and_it_says_so(
    engine: PythonEngine,
) -> None:
    found = differential(engine, ON_DIALYSIS)
    assert not any(one.is_shown for one in found.lines)
    assert "Nothing of the skin is recorded" in found.note


def test_a_fact_counts_once_in_the_weightiest_finding_that_rests_on_it(
    engine: PythonEngine,
) -> None:
    found = line(differential(engine, ON_DIALYSIS, PLAQUE, PAIN), "calciphylaxis")
    counted = [one for one in found.for_ if one.counts]
    assert {one.grade for one in counted} >= {"strong"}
    repeated = [one for one in found.for_ if not one.counts]
    assert repeated
    told = {ref for one in counted for ref in one.evidence}
    assert all(set(one.evidence) <= told for one in repeated)


def test_findings_at_the_bedside_are_told_before_tests_and_background(
    engine: PythonEngine,
) -> None:
    low_albumin = {"concept": "lab.albumin", "value": "28 g/L", "on": "5 days ago"}
    found = line(differential(engine, ON_DIALYSIS, PLAQUE, PAIN, low_albumin), "calciphylaxis")
    rules = [one.rule for one in found.for_]
    assert rules.index("risk/on_dialysis") > max(
        place for place, rule in enumerate(rules) if rule.startswith("finding/painful")
    )


def test_what_is_not_known_is_told_with_the_test_that_would_settle_it(
    engine: PythonEngine,
) -> None:
    found = line(differential(engine, ON_DIALYSIS, PLAQUE, PAIN), "calciphylaxis")
    assert found.unknown
    assert all(one.concepts for one in found.unknown)
    assert found.settled_by
    assert "?" in found.marks


def test_an_urgent_look_alike_is_marked_and_says_how_fast(engine: PythonEngine) -> None:
    gas = {"concept": "sign.crepitus", "on": "1 days ago", "body_site": "thigh", "lesion": "a"}
    found = line(differential(engine, ON_DIALYSIS, PLAQUE, PAIN, gas), "necrotising-fasciitis")
    assert found.is_urgent
    assert found.urgency == "surgeon at the bedside now"


def test_normal_minerals_never_stand_against_calciphylaxis(engine: PythonEngine) -> None:
    normal = [
        {"concept": "lab.calcium_total", "value": "2.30 mmol/L", "on": "5 days ago"},
        {"concept": "lab.phosphate", "value": "1.2 mmol/L", "on": "5 days ago"},
        {"concept": "lab.pth_intact", "value": "200 pg/mL", "on": "5 days ago"},
    ]
    found = differential(engine, ON_DIALYSIS, PLAQUE, PAIN, *normal)
    assert line(found, "calciphylaxis").against == ()
    assert any("Normal calcium" in text for text in found.never_against)


def test_examined_and_free_of_pain_stands_against_it(engine: PythonEngine) -> None:
    painless = {"concept": "sign.lesion_pain", "present": "no", "on": "4 days ago"}
    found = line(differential(engine, ON_DIALYSIS, PLAQUE, painless), "calciphylaxis")
    assert [one.grade for one in found.against] == ["moderate"]


def test_the_order_is_the_same_in_danish_and_the_words_are_not(engine: PythonEngine) -> None:
    english = differential(engine, ON_DIALYSIS, PLAQUE, PAIN)
    danish = differential(engine, ON_DIALYSIS, PLAQUE, PAIN, lang="da")
    assert [one.diagnosis for one in english.lines] == [one.diagnosis for one in danish.lines]
    assert danish.lines[0].name.startswith("Kalcifylaksi")
    assert english.note != danish.note


def test_the_form_of_calciphylaxis_is_named(engine: PythonEngine) -> None:
    penis = {"body_site": "penis", "lesion": "p", "on": "4 days ago"}
    found = differential(
        engine,
        ON_DIALYSIS,
        {"concept": "sign.necrosis", **penis},
        {"concept": "sign.lesion_pain", "interpretation": "severe", **penis},
        sex="male",
    )
    assert line(found, "calciphylaxis").form == "Penile calciphylaxis"


def test_what_is_not_known_is_named_once_and_three_at_most_on_a_line(
    engine: PythonEngine,
) -> None:
    texts = [
        one.text for one in line(differential(engine, ON_DIALYSIS, PLAQUE, PAIN), SOUGHT).unknown
    ]
    named = [name.casefold() for text in texts for name in text.split(", ")]
    assert texts
    assert len(named) == len(set(named))
    assert all(text.count(",") <= 2 for text in texts)


def test_a_lesion_elsewhere_on_dialysis_is_neither_penile_nor_without_kidney_failure(
    engine: PythonEngine,
) -> None:
    parathyroid = {"concept": "condition.secondary_hyperparathyroidism", "from": "900 days ago"}
    warfarin = {"concept": "drug.warfarin", "from": "900 days ago"}
    found = differential(engine, ON_DIALYSIS, PLAQUE, PAIN, parathyroid, warfarin)
    assert line(found, "calciphylaxis").form in {"", "Calciphylaxis in kidney failure"}
    assert not any("enile" in test.text for test in line(found, "calciphylaxis").settled_by)
