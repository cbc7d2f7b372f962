"""The case report form: what the record says, what people entered, and which of them counts."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from livedo.decisions.entries import Area, Examination, Undone
from livedo.decisions.facts import with_entries
from livedo.registry.case import Reached
from livedo.registry.dates import day_of_instant, span_of
from livedo.registry.form import filled, outside_the_record
from tests.registry.reported import (
    TODAY,
    VOCABULARY,
    ZONE,
    always,
    at,
    entry,
    fact,
    form_of,
    kept,
    livedo,
    record,
    refs,
    removed,
    report,
)

# -- the record and what was entered -----------------------------------------------------------


def test_the_first_livedo_of_the_record_is_the_first_symptom_and_says_where_it_is_from() -> None:
    seen = livedo("2026-03-14")
    value = form_of(record(seen, livedo("2026-05-01"))).value("case", "first_symptom_on")
    assert value is not None
    assert (value.text, value.origin, value.by) == ("2026-03-14", "record", "")
    assert value.sources == refs(seen)
    day = span_of("2026-03-14")
    assert day is not None
    assert value.on == day.first


def test_what_a_nurse_entered_wins_and_the_record_stays_visible() -> None:
    seen = livedo("2026-03-14")
    told = report("case", first_symptom_on="2026-02", by="N. Nurse")
    value = form_of(record(seen), told).value("case", "first_symptom_on")
    assert value is not None
    assert (value.text, value.origin, value.by) == ("2026-02", "entered", "N. Nurse")
    assert value.record_says == "2026-03-14"
    assert value.sources == refs(seen)


def test_an_entry_that_says_what_the_record_says_confirms_it() -> None:
    value = form_of(
        record(fact("body.height", "2020-01-01", number=168)), report("person", height="168.0")
    ).value("person", "height")
    assert value is not None
    assert (value.text, value.origin, value.record_says) == ("168.0", "confirmed", "168")


def test_an_empty_text_takes_back_what_was_entered_and_the_record_counts_again() -> None:
    person = record(livedo("2026-03-14"))
    wrong = report("case", first_symptom_on="2025")
    back = report("case", on="2026-11-03", first_symptom_on="")
    value = form_of(person, wrong, back).value("case", "first_symptom_on")
    assert value is not None
    assert (value.text, value.origin) == ("2026-03-14", "record")


def test_a_later_word_outweighs_an_earlier_one_and_the_rest_keeps() -> None:
    first = report("case", kind="uraemic", diagnosed_on="2026-05")
    later = report("case", on="2026-11-05", diagnosed_on="2026-05-09", by="Dr D.")
    form = form_of(record(), first, later)
    assert form.text("case", "diagnosed_on") == "2026-05-09"
    assert form.text("case", "kind") == "uraemic"
    value = form.value("case", "diagnosed_on")
    assert value is not None
    assert value.by == "Dr D."
    assert value.on == day_of_instant(at("2026-11-05"), ZoneInfo(ZONE))


def test_unknown_is_an_answer_and_a_blank_is_none() -> None:
    form = form_of(record(livedo("2026-03-14")), report("case", first_symptom_on="unknown"))
    value = form.value("case", "first_symptom_on")
    assert value is not None
    assert (value.text, value.record_says) == ("unknown", "2026-03-14")
    assert form.value("case", "diagnosed_on") is None
    assert form.text("case", "diagnosed_on") == ""


def test_an_undone_report_was_never_made() -> None:
    wrong = report("case", diagnosed_on="2026-05")
    undo = entry(Undone(), "2026-11-03", undoes=wrong.entry_id)
    assert form_of(record(), wrong, undo).value("case", "diagnosed_on") is None


def test_what_is_entered_or_known_later_does_not_count() -> None:
    late = fact("condition.diabetes", "2010-01-01", None, known="2026-10-01")
    told = report("case", on="2026-10-02", diagnosed_on="2026-05")
    before = form_of(record(late), told, as_of="2026-09-30")
    assert before.value("person", "diabetes") is None
    assert before.value("case", "diagnosed_on") is None
    assert not before.is_entered
    after = form_of(record(late), told)
    assert after.text("person", "diabetes") == "yes"
    assert after.is_entered


def test_reports_about_somebody_else_do_not_count() -> None:
    theirs = report("case", diagnosed_on="2026-05")
    other = type(theirs)(
        **{f: getattr(theirs, f) for f in theirs.__struct_fields__} | {"person_id": "bellis"}
    )
    assert form_of(record(), other).value("case", "diagnosed_on") is None


def test_a_date_stays_as_inexact_as_it_is_known() -> None:
    for told in ("2021", "2021-06", "2021-06-14"):
        form = form_of(record(fact("dialysis.haemodialysis", told, None)))
        assert form.text("kidney", "first_dialysis_on") == told


def test_a_person_outside_the_record_can_be_reported() -> None:
    person = outside_the_record("register:1")
    assert person.person.person_id == "register:1"
    form = filled(person, [], TODAY, vocabulary=VOCABULARY)
    assert form.person_id == "register:1"
    assert [form.instances(one) for one in ("case", "lesion", "drug")] == [[1], [], []]
    assert not form.values("person")


# -- what the record answers -------------------------------------------------------------------


def test_a_comorbidity_is_yes_no_or_blank_and_no_only_where_the_source_speaks_for_it() -> None:
    told = fact("condition.atrial_fibrillation", "2019", None)
    form = form_of(record(told, observed=[always("condition")]))
    assert form.text("person", "atrial_fibrillation") == "yes"
    assert form.text("person", "diabetes") == "no"
    silent = form_of(record(told))
    assert silent.value("person", "diabetes") is None


def test_a_diagnosis_only_considered_is_neither_yes_nor_no() -> None:
    perhaps = fact("condition.diabetes", "2019", None, status="provisional")
    form = form_of(record(perhaps, observed=[always("condition")]))
    assert form.value("person", "diabetes") is None


def test_a_narrower_diagnosis_counts_for_the_broader_question() -> None:
    form = form_of(record(fact("condition.cirrhosis", "2019", None)))
    assert form.text("person", "liver_disease") == "yes"


def test_modality_now_and_before_follow_from_the_periods_of_dialysis() -> None:
    first = fact("dialysis.peritoneal", "2019-02-01", "2021-03-01")
    second = fact("dialysis.haemodialysis", "2021-03-02", None)
    form = form_of(record(first, second))
    assert form.text("kidney", "modality") == "haemodialysis"
    assert form.text("kidney", "modality_since") == "2021-03-02"
    assert form.text("kidney", "modality_before") == "peritoneal"
    assert form.text("kidney", "first_dialysis_on") == "2019-02-01"
    assert form.text("case", "kind") == "uraemic"


def test_modality_is_that_of_the_day_of_the_diagnosis() -> None:
    periods = (
        fact("dialysis.peritoneal", "2019-02-01", "2025-03-01"),
        fact("dialysis.haemodialysis", "2025-03-02", None),
    )
    form = form_of(record(*periods), report("case", diagnosed_on="2024-01"))
    assert form.text("kidney", "modality") == "peritoneal"
    assert form.value("kidney", "modality_before") is None


def test_somebody_whose_transplant_failed_is_on_dialysis() -> None:
    transplant = fact("condition.kidney_transplant", "2010", None)
    failed = fact("condition.failed_kidney_transplant", "2020", None)
    form = form_of(record(transplant, failed, fact("dialysis.haemodialysis", "2020-05-01", None)))
    assert form.text("kidney", "modality") == "haemodialysis"
    assert form.text("kidney", "modality_before") == "transplant"


def test_cellulitis_after_the_first_sign_is_the_first_wrong_diagnosis() -> None:
    old = fact("condition.cellulitis", "2020-01-01", "2020-01-20")
    new = fact("condition.cellulitis", "2026-03-20", None)
    form = form_of(record(livedo("2026-03-14"), old, new))
    assert form.text("case", "first_wrong_diagnosis") == "cellulitis"
    assert form.text("case", "first_wrong_diagnosis_on") == "2026-03-20"
    diagnosed = report("case", diagnosed_on="2026-03-16")
    form = form_of(record(livedo("2026-03-14"), old, new), diagnosed)
    assert form.value("case", "first_wrong_diagnosis") is None


def test_the_surest_level_that_was_reached_fills_the_certainty() -> None:
    reached = (
        Reached("ours", "probable", 20_000, ("fact:7",)),
        Reached("ours", "suspected", 19_990),
        Reached("tiered", "confirmed", 19_980),
    )
    form = form_of(record(), reached=reached)
    value = form.value("case", "tier")
    assert value is not None
    assert (value.text, value.sources, value.origin) == ("clinical", ("fact:7",), "record")
    assert form.text("case", "tier_on") == "2024-10-04"
    assert (
        form_of(record(), reached=reached, as_of="2024-09-30").text("case", "tier") == "suspected"
    )


def test_a_clinician_who_refutes_it_excludes_and_a_newer_yes_takes_that_back() -> None:
    refuted = fact("condition.calciphylaxis", "2026-04-01", present="no")
    reached = (Reached("ours", "suspected", 19_990),)
    form = form_of(record(refuted), reached=reached)
    assert (form.text("case", "tier"), form.text("case", "tier_on")) == ("excluded", "2026-04-01")
    affirmed = fact("condition.calciphylaxis", "2026-05-01", None)
    form = form_of(record(refuted, affirmed), reached=reached)
    assert form.text("case", "tier") == "suspected"
    assert form.text("case", "diagnosed_on") == "2026-05-01"


def test_death_is_told_once_it_has_come_and_its_cause_never() -> None:
    died = at("2026-08-05")
    person = record(is_dead=True, died_on=died)
    form = form_of(person)
    assert form.text("outcome", "died_on") == "2026-08-05"
    assert form.text("outcome", "is_dead") == "yes"
    assert form.value("outcome", "cause_of_death") is None
    before = form_of(person, as_of="2026-08-04")
    assert before.value("outcome", "is_dead") is None


def test_amputation_before_the_first_sign_is_not_its_outcome() -> None:
    old = fact("procedure.amputation", "2019-01-01")
    person = record(livedo("2026-03-14"), old, observed=[always("procedure")])
    assert form_of(person).text("outcome", "amputation") == "no"
    new = fact("procedure.amputation", "2026-06-01")
    form = form_of(record(livedo("2026-03-14"), old, new))
    assert form.text("outcome", "amputation") == "yes"
    assert form.text("outcome", "amputation_on") == "2026-06-01"


def test_a_sepsis_that_may_have_been_before_the_first_sign_is_neither_yes_nor_no() -> None:
    perhaps = fact("condition.sepsis", "2026-03")
    person = record(livedo("2026-03-14"), perhaps, observed=[always("condition")])
    assert form_of(person).value("outcome", "sepsis") is None
    later = record(livedo("2026-02-27"), perhaps, observed=[always("condition")])
    assert form_of(later).text("outcome", "sepsis") == "yes"


def test_thrombophilia_says_whether_warfarin_was_taken_when_it_was_tested() -> None:
    tested = fact("lab.protein_c", "2026-04-01", number=41)
    warfarin = fact("drug.warfarin", "2025-01-01", "2026-05-01")
    lupus = fact("lab.lupus_anticoagulant", "2026-04-01", interpretation="positive")
    form = form_of(record(tested, warfarin, lupus))
    assert form.text("thrombophilia", "on_vka") == "yes"
    assert form.text("thrombophilia", "protein_c") == "41"
    assert form.text("thrombophilia", "lupus_anticoagulant") == "positive"
    without = form_of(record(tested))
    assert without.value("thrombophilia", "on_vka") is None
    observed = form_of(record(tested, observed=[always("drug")]))
    assert observed.text("thrombophilia", "on_vka") == "no"


def test_ethnicity_is_never_filled_in() -> None:
    form = form_of(record(), report("person", ethnicity="told"))
    value = form.value("person", "ethnicity")
    assert value is not None
    assert (value.origin, value.record_says) == ("entered", None)


def test_a_contact_known_by_its_month_only_stays_a_month() -> None:
    told = livedo("2026-01-10", known="2026-03")
    assert form_of(record(told)).text("case", "first_contact_on") == "2026-03"
    exact = livedo("2026-01-10", known="2026-03-02T10:00:00")
    assert form_of(record(exact)).text("case", "first_contact_on") == "2026-03-02"
    assumed = livedo("2026-02", is_known_at_assumed=True)
    assert form_of(record(assumed)).text("case", "first_contact_on") == "2026-02"


# -- what was found in skin rounds -------------------------------------------------------------


def test_a_lesion_found_in_a_skin_round_fills_the_form_at_once() -> None:
    area = Area("thigh", "left", "finding", signs=("sign.livedo",), pain=7, lesion_id="l1")
    examined = entry(Examination((area,)), "2026-11-10")
    form = form_of(record(), examined)
    assert form.text("lesion", "body_site") == "thigh"
    assert form.text("case", "first_symptom_on") == "2026-11-10"
    assert form.text("pain", "value", 3) == "7"
    entries = kept([examined])
    joined = with_entries(record(), entries, VOCABULARY, time_zone=ZONE)
    again = filled(joined, entries, TODAY, vocabulary=VOCABULARY, time_zone=ZONE)
    assert again.values("lesion") == form.values("lesion")
    assert again.instances("lesion") == [1]


def test_what_is_written_into_the_register_is_no_finding_for_the_rules() -> None:
    told = report("lesion", body_site="penis", is_ulcerated="yes", ulcer_on="2026-10")
    joined = with_entries(record(), kept([told]), VOCABULARY, time_zone=ZONE)
    assert joined.facts == ()


@pytest.mark.parametrize("form", ["case", "outcome"])
def test_a_form_that_is_asked_once_has_one_instance(form: str) -> None:
    assert form_of(record()).instances(form) == [1]


def test_a_removed_lesion_is_no_first_sign_either() -> None:
    early, late = livedo("2026-01-05", "buttock"), livedo("2026-03-14")
    form = form_of(record(early, late), removed("lesion", 1))
    assert form.instances("lesion") == [2]
    assert form.text("case", "first_symptom_on") == "2026-03-14"
