"""The shipped case report form: every line of the minimum, in both languages, each justified."""

from __future__ import annotations

import pytest

from livedo.knowledge.load import load_knowledge
from livedo.knowledge.register import (
    UNKNOWN,
    Field,
    choices_of,
    is_valid,
    load_case_report_form,
    outside_limits,
    reason_in_words,
    tidied,
    why_not,
)
from livedo.knowledge.schema import Text

FORM = load_case_report_form()
FIELDS = [(form, field) for form in FORM.forms for field in form.fields]
KNOWLEDGE = load_knowledge()

MINIMUM = {
    "case": "tier tier_on first_symptom_on first_contact_on diagnosed_on first_wrong_diagnosis "
    "first_wrong_diagnosis_on kind in_register",
    "person": "birth_year sex ethnicity height diabetes atrial_fibrillation liver_disease "
    "malignancy autoimmune_disease kidney_transplant parathyroidectomy",
    "weight": "measured_on value",
    "kidney": "ckd_stage modality modality_before first_dialysis_on hours_per_week "
    "dialysate_calcium",
    "lesion": "body_site side site_class first_seen_on has_plaque has_purpura has_livedo "
    "has_eschar is_ulcerated ulcer_on is_infected extent photo_reference bwat_cua healed_on",
    "drug": "drug_class start_on stop_on dose_per_day route injections_per_day injection_body_site",
    "lab": "analyte value unit measured_on upper_limit",
    "thrombophilia": "protein_c protein_s antithrombin lupus_anticoagulant anticardiolipin on_vka",
    "test": "kind on body_site result complication",
    "pain": "scale value on analgesic",
    "outcome": "healed_on new_lesions sepsis bacteraemia amputation hospital_days "
    "palliative_contact pain_contact mood_assessed died_on cause_of_death",
    "follow_up": "seen_on visit is_alive lesions",
}
"""Field by field what a register of this disease holds at least; other parts rely on the ids."""

CHOICES = {
    ("case", "tier"): "suspected clinical confirmed excluded unknown",
    ("case", "kind"): "uraemic non_uraemic unknown",
    ("case", "in_register"): "yes no unknown",
    ("kidney", "modality"): "haemodialysis peritoneal transplant none unknown",
    ("lesion", "site_class"): "penile proximal distal other unknown",
    ("outcome", "cause_of_death"): "disease other unknown",
    ("follow_up", "lesions"): "healed better same worse new unknown",
}


@pytest.mark.parametrize("form", MINIMUM)
def test_every_line_of_the_minimum_is_asked(form: str) -> None:
    found = FORM.form(form)
    assert found is not None
    assert set(MINIMUM[form].split()) <= {field.id for field in found.fields}


@pytest.mark.parametrize(("form", "field"), CHOICES)
def test_the_words_that_others_rely_on_are_there(form: str, field: str) -> None:
    found = FORM.field(form, field)
    assert found is not None
    assert [choice.id for choice in choices_of(found)] == CHOICES[form, field].split()


def test_every_field_is_asked_in_both_languages_and_says_why() -> None:
    for form, field in FIELDS:
        assert all((field.label.en, field.label.da)), (form.id, field.id)
        assert field.because, (form.id, field.id)
        assert set(field.because) <= set(KNOWLEDGE.claims), (form.id, field.id)
        for choice in choices_of(field):
            assert all((choice.label.en, choice.label.da)), (form.id, field.id, choice.id)


def test_no_two_questions_of_a_form_read_alike() -> None:
    for form in FORM.forms:
        for language in ("en", "da"):
            labels = [getattr(field.label, language) for field in form.fields]
            assert len(set(labels)) == len(labels), form.id


def test_most_of_the_form_is_filled_in_from_the_record() -> None:
    filled = [field for _, field in FIELDS if field.prefill is not None]
    assert len(filled) > 0.8 * len(FIELDS)


def test_every_drug_that_the_form_asks_about_is_one_of_the_vocabulary() -> None:
    field = FORM.field("drug", "drug_class")
    assert field is not None
    named = [concept for choice in field.choices for concept in choice.of]
    assert "drug.vitamin_k_antagonist" in named
    assert set(named) <= set(KNOWLEDGE.vocabulary.concepts)


def test_the_wound_score_is_kept_as_its_total_only() -> None:
    field = FORM.field("lesion", "bwat_cua")
    assert field is not None
    assert field.range == (8, 40)
    assert [f.id for _, f in FIELDS if "bwat" in f.id] == ["bwat_cua", "bwat_cua_on"]


def test_a_number_of_the_record_fits_the_field_it_fills() -> None:
    units = KNOWLEDGE.vocabulary.units
    for form, field in FIELDS:
        items = form.prefill.of if form.prefill and form.id == "weight" else ()
        named = (*(field.prefill.of if field.prefill else ()), *items)
        for concept in named if field.unit is not None and field.range else ():
            low, high = units.plausible(concept)
            where = (form.id, field.id)
            assert field.unit == units.canonical(concept), where
            assert field.range[0] <= (low or 0) <= (high or 0) <= field.range[1], where


# -- what is an answer -------------------------------------------------------------------------


def asked(type: str, **more: object) -> Field:
    return Field(id="x", label=Text("x", "x"), type=type, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("type", "text", "why"),
    [
        ("date", "2026-03-14", None),
        ("date", "2026-03", None),
        ("date", "2026", None),
        ("date", "2026-02-30", "not_a_date"),
        ("date", "14-03-2026", "not_a_date"),
        ("date", "1726", "too_early"),
        ("yes_no", "yes", None),
        ("yes_no", "maybe", "not_a_choice"),
        ("text", "Skejby\nafd. C", None),
        ("text", "a\0b", "not_text"),
        ("text", "a" * 2001, "too_long"),
    ],
)
def test_a_text_is_an_answer_or_says_why_not(type: str, text: str, why: str | None) -> None:
    assert why_not(asked(type), text) == why


@pytest.mark.parametrize(
    ("type", "text", "why"),
    [
        ("number", "7.4", None),
        ("number", "7,4", "not_a_number"),
        ("number", "1e3", "not_a_number"),
        ("number", "nan", "not_a_number"),
        ("number", "10.1", "out_of_range"),
        ("number", "-1", "out_of_range"),
        ("whole", "7", None),
        ("whole", "7.4", "not_whole"),
    ],
)
def test_a_number_is_decimal_and_within_its_range(type: str, text: str, why: str | None) -> None:
    assert why_not(asked(type, range=(0, 10)), text) == why


def test_blank_and_unknown_answer_everything() -> None:
    for _, field in FIELDS:
        assert is_valid(field, "")
        assert is_valid(field, UNKNOWN)


def test_every_word_that_is_offered_is_an_answer() -> None:
    for form, field in FIELDS:
        for choice in choices_of(field):
            assert is_valid(field, choice.id), (form.id, field.id, choice.id)


def test_pain_of_fifty_is_none_on_a_scale_to_ten() -> None:
    pain = FORM.form("pain")
    assert pain is not None
    assert outside_limits(pain, {"scale": "nrs", "value": "50"}) == ["value"]
    assert outside_limits(pain, {"scale": "vas", "value": "50"}) == []
    assert outside_limits(pain, {"value": "50"}) == []


def test_a_decimal_comma_is_understood() -> None:
    number = asked("number", range=(0, 10))
    assert tidied(number, " 7,4 ") == "7.4"
    assert tidied(number, "1.000,5") == "1.000,5"
    assert tidied(asked("text"), " a, b ") == "a, b"


@pytest.mark.parametrize("language", ["en", "da"])
def test_why_a_text_is_no_answer_is_said_to_people(language: str) -> None:
    words = KNOWLEDGE.wording(language)
    field = asked("number", range=(0, 10))
    why = why_not(field, "11")
    assert why is not None
    said = reason_in_words(field, why, words)
    assert all(limit in said for limit in ("0", "10"))
    assert "2026-03" in reason_in_words(asked("date"), "not_a_date", words)
