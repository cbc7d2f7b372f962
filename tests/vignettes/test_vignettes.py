"""Case files: what a retold case says, what it does not say, and what is never told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from livedo.instants import DAY, YEAR_DAYS, instant_of
from livedo.knowledge.case_files import load_case_file_reading
from livedo.knowledge.vocabulary import load_vocabulary
from livedo.record.tables import Fact, PatientRecord
from livedo.sources.memory import MemorySink, Settled
from livedo.sources.vignettes import read_vignette

PUBLISHED = Path(__file__).parents[3] / "shared" / "vignettes"
MOMENT = instant_of(load_case_file_reading().moment)

CASE: dict[str, Any] = {
    "id": "case-1",
    "source": {"title": "A report"},
    "truth": {"diagnosis": "calciphylaxis"},
    "tags": ["proximal"],
    "patient": {"age": 65, "sex": "female", "bmi": 34},
    "kidney": {"stage": "ckd5d", "dialysis": "hd", "vintage_months": 24},
    "conditions": ["diabetes", "previous-parathyroidectomy"],
    "medications": [
        {"name": "warfarin", "status": "stopped"},
        {"name": "sevelamer", "status": "active"},
    ],
    "labs": [
        {"name": "phosphate", "value": 10.3, "unit": "mg/dL"},
        {"name": "pth", "value": "high"},
        {"name": "ana", "value": "1:320"},
    ],
    "skin": {
        "findings": ["plaque", "livedo-racemosa"],
        "sites": ["thigh", "abdomen"],
        "pain": "severe",
        "duration_weeks": 2,
    },
    "narrative": "A woman of 65.",
}


def settled(folder: Path, case: object, name: str = "case-1.yaml") -> Settled:
    text = case if isinstance(case, str) else yaml.safe_dump(case, sort_keys=False)
    path = folder / name
    path.write_text(text, "utf-8")
    sink = MemorySink()
    sink.opened(name)
    read_vignette(path, sink, load_vocabulary())
    return sink.settle()


def record(folder: Path, case: object = CASE) -> PatientRecord:
    (patient,) = settled(folder, case).patients
    return patient


def facts(patient: PatientRecord, concept: str) -> list[Fact]:
    return [fact for fact in patient.facts if fact.concept == concept]


def test_age_is_an_interval_of_a_year_of_birth(tmp_path: Path) -> None:
    person = record(tmp_path).person
    assert person.sex == "female"
    assert person.born_on_latest == MOMENT - round(65 * YEAR_DAYS * DAY)
    assert person.born_on == MOMENT - round(66 * YEAR_DAYS * DAY) + 1


def test_a_condition_began_at_some_time_before_and_lasts(tmp_path: Path) -> None:
    (diabetes,) = facts(record(tmp_path), "condition.diabetes")
    assert diabetes.start_from < diabetes.start_at == MOMENT
    assert diabetes.end_at is None


def test_an_earlier_operation_lies_at_an_unknown_day_before(tmp_path: Path) -> None:
    (operation,) = facts(record(tmp_path), "procedure.parathyroidectomy")
    assert (operation.start_from, operation.start_at) == (operation.end_from, operation.end_at)
    assert operation.start_from < operation.start_at == MOMENT


def test_years_on_dialysis_say_when_it_began_as_exactly_as_they_were_written(
    tmp_path: Path,
) -> None:
    (dialysis,) = facts(record(tmp_path), "dialysis.haemodialysis")
    month = YEAR_DAYS / 12 * DAY
    assert dialysis.start_from == MOMENT - round(24.5 * month)
    assert dialysis.start_at == MOMENT - round(23.5 * month)


def test_a_stopped_drug_has_ended_but_no_one_knows_when(tmp_path: Path) -> None:
    (warfarin,) = facts(record(tmp_path), "drug.warfarin")
    assert warfarin.end_from == warfarin.start_from < MOMENT
    assert warfarin.end_at == MOMENT
    (sevelamer,) = facts(record(tmp_path), "drug.sevelamer")
    assert sevelamer.end_at is None


def test_a_number_is_kept_in_the_canonical_unit_beside_what_was_written(tmp_path: Path) -> None:
    (phosphate,) = facts(record(tmp_path), "lab.phosphate")
    assert phosphate.low == phosphate.high == pytest.approx(10.3 / 3.097)
    assert phosphate.original == "10.3 mg/dL"


def test_a_word_for_a_value_stays_a_word_and_a_titre_a_titre(tmp_path: Path) -> None:
    (pth,) = facts(record(tmp_path), "lab.pth_intact")
    assert (pth.low, pth.interpretation) == (None, "high")
    (ana,) = facts(record(tmp_path), "lab.ana")
    assert ana.low == 320


def test_each_finding_holds_at_each_site_and_is_tied_to_the_lesion_there(tmp_path: Path) -> None:
    plaques = facts(record(tmp_path), "sign.plaque")
    assert {p.body_site for p in plaques} == {"thigh", "abdomen"}
    pains = facts(record(tmp_path), "sign.lesion_pain")
    assert {p.lesion_id for p in pains} == {p.lesion_id for p in plaques}
    assert {p.interpretation for p in pains} == {"severe"}


def test_the_skin_change_began_so_many_weeks_before_but_its_look_is_of_today(
    tmp_path: Path,
) -> None:
    lesions = facts(record(tmp_path), "sign.lesion")
    began = [lesion for lesion in lesions if lesion.start_at < MOMENT]
    assert {b.start_at for b in began} == {MOMENT - round(1.5 * 7 * DAY)}
    assert all(plaque.start_at == MOMENT for plaque in facts(record(tmp_path), "sign.plaque"))
    assert all(fact.known_at == MOMENT for fact in record(tmp_path).facts)


def test_nothing_is_observed_beyond_what_is_stated(tmp_path: Path) -> None:
    assert record(tmp_path).observed == ()


def test_no_dialysis_and_a_normal_kidney_are_told_as_absent(tmp_path: Path) -> None:
    patient = record(tmp_path, CASE | {"kidney": {"stage": "normal", "dialysis": "none"}})
    assert [fact.present for fact in facts(patient, "dialysis.any")] == ["no"]
    assert [fact.present for fact in facts(patient, "condition.chronic_kidney_disease")] == ["no"]


def test_truth_and_source_are_withheld_and_a_file_without_them_reads_the_same(
    tmp_path: Path,
) -> None:
    without = {k: v for k, v in CASE.items() if k not in ("truth", "source", "tags")}
    with_truth, plain = settled(tmp_path, CASE), settled(tmp_path, without)
    assert with_truth.ledger.reasons() == {"withheld": 3}
    assert plain.ledger.reasons() == {}
    assert with_truth.patients == plain.patients
    assert "calciphylaxis" not in str(plain.patients)


def test_the_narrative_is_kept_as_a_note_and_not_judged(tmp_path: Path) -> None:
    (note,) = record(tmp_path).notes
    assert (note.kind, note.language, note.text) == ("narrative", "en", "A woman of 65.")


def test_words_about_an_examination_become_a_note(tmp_path: Path) -> None:
    patient = record(tmp_path, CASE | {"imaging": {"ultrasound": "no abscess"}})
    assert [note.text for note in patient.notes if note.kind == "imaging"] == [
        "ultrasound: no abscess"
    ]


def test_imaging_of_an_access_steal_case_is_withheld(tmp_path: Path) -> None:
    case = CASE | {"imaging": {"bone_scan_uptake": True}, "tags": ["access-steal"]}
    told = settled(tmp_path, case)
    assert told.ledger.reasons() == {"withheld": 4}
    assert not facts(told.patients[0], "imaging.bone_scan_uptake")


@pytest.mark.parametrize(
    ("lab", "reason"),
    [
        ({"name": "amylase", "value": 2076}, "no_unit"),
        ({"name": "calcium", "value": 9.2, "unit": "mmol/L"}, "impossible_value"),
        ({"name": "calcium", "value": 9.2, "unit": "furlong"}, "unknown_unit"),
        ({"name": "phosphate", "value": -1, "unit": "mg/dL"}, "impossible_value"),
        ({"name": "phosphate", "value": float("nan"), "unit": "mg/dL"}, "unreadable_value"),
        ({"name": "phosphate", "value": None, "unit": "mg/dL"}, "unreadable_value"),
        ({"name": "moon-phase", "value": 3}, "unknown_word"),
        ({"name": ["phosphate"], "value": 3}, "wrong_shape"),
        ("phosphate 5.5", "wrong_shape"),
    ],
)
def test_a_result_that_cannot_be_read_is_set_aside_and_the_rest_is_kept(
    tmp_path: Path, lab: object, reason: str
) -> None:
    albumin = {"name": "albumin", "value": 31, "unit": "g/L"}
    told = settled(tmp_path, CASE | {"labs": [lab, albumin]})
    assert told.ledger.reasons() == {"withheld": 3, reason: 1}
    assert len(facts(told.patients[0], "lab.albumin")) == 1


@pytest.mark.parametrize(
    "field", ["patient", "kidney", "conditions", "medications", "labs", "skin", "imaging"]
)
def test_a_field_of_the_wrong_shape_is_one_item_set_aside(tmp_path: Path, field: str) -> None:
    told = settled(tmp_path, CASE | {field: 7})
    assert told.ledger.reasons()["wrong_shape"] == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("id: [unclosed", "broken_yaml"),
        ("", "wrong_shape"),
        ("- a\n- b\n", "wrong_shape"),
        ("just words", "wrong_shape"),
        ("when: 2026-99-99\nid: x", "broken_yaml"),
        ("[" * 20_000, "broken_yaml"),
    ],
)
def test_a_file_that_is_no_case_is_set_aside_whole(tmp_path: Path, text: str, reason: str) -> None:
    told = settled(tmp_path, text)
    assert told.patients == ()
    assert told.ledger.reasons() == {reason: 1}


def test_a_file_that_refers_to_itself_a_million_times_over_is_read_at_once(
    tmp_path: Path,
) -> None:
    levels = [f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 9)}]" for n in range(12)]
    text = "\n".join(["a0: &a0 [x]", *levels, "conditions: *a12", "id: case-1"])
    reasons = settled(tmp_path, text).ledger.reasons()
    assert reasons == {"unknown_field": 13, "wrong_shape": 9}


def test_a_file_that_is_not_utf8_is_set_aside_whole(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_bytes(b"id: \xff\xfe\xfa\n")
    sink = MemorySink()
    sink.opened(path.name)
    read_vignette(path, sink, load_vocabulary())
    assert sink.settle().ledger.reasons() == {"not_utf8": 1}


def test_a_case_without_an_id_is_named_by_its_file(tmp_path: Path) -> None:
    case = {k: v for k, v in CASE.items() if k != "id"}
    assert record(tmp_path, case).person.person_id == "case-1"


@pytest.mark.skipif(not PUBLISHED.is_dir(), reason="no published cases beside it")
def test_of_the_published_cases_at_most_three_items_in_a_hundred_are_set_aside() -> None:
    sink = MemorySink()
    for path in sorted(PUBLISHED.glob("*.yaml")):
        sink.opened(path.name)
        read_vignette(path, sink, load_vocabulary())
    told = sink.settle()
    lost = told.totals.set_aside - told.ledger.reasons()["withheld"]
    assert len(told.patients) == len(list(PUBLISHED.glob("*.yaml")))
    assert lost <= 0.03 * told.totals.items_in


def test_every_word_of_the_published_vocabulary_has_a_meaning_here() -> None:
    words = load_vocabulary().vignette_words
    assert all(
        meaning.concept or meaning.body_site or meaning.interpretation or meaning.set_aside
        for field in words.values()
        for meaning in field.values()
    )
