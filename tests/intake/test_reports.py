"""Reports and imaging studies."""

from __future__ import annotations

from typing import Any

from tests.intake.made import (
    OURS,
    about,
    coded,
    finding,
    only_fact,
    patient,
    quantity,
    read_of_eva,
    reasons,
    settled,
)


def report(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "DiagnosticReport",
        "id": "r1",
        "status": "final",
        "code": coded(OURS, "procedure.skin_biopsy", "Skin biopsy"),
        "subject": about(),
        "effectiveDateTime": "2026-03-01T10:00:00Z",
        "issued": "2026-03-05T10:00:00Z",
    } | more


def test_a_report_of_a_biopsy_says_that_it_was_done() -> None:
    assert only_fact(report()).concept == "procedure.skin_biopsy"


def test_the_conclusion_is_a_finding_and_its_words_are_a_note() -> None:
    concluded = [coded(OURS, "histology.media_calcification")]
    _, eva = read_of_eva(report(conclusionCode=concluded, conclusion="Media calcification."))
    assert [f.concept for f in eva.facts] == [
        "histology.media_calcification",
        "procedure.skin_biopsy",
    ]
    assert [note.text for note in eva.notes] == ["Media calcification."]


def test_a_diagnosis_that_a_report_concludes_is_not_yet_confirmed() -> None:
    concluded = [coded(OURS, "condition.calciphylaxis")]
    _, eva = read_of_eva(report(conclusionCode=concluded))
    statuses = {f.concept: f.status for f in eva.facts}
    assert statuses["condition.calciphylaxis"] == "unconfirmed"


def test_results_inside_a_report_take_its_subject_and_dates() -> None:
    inside = {
        "resourceType": "Observation",
        "id": "inside",
        "status": "final",
        "code": coded(OURS, "lab.phosphate"),
        "valueQuantity": quantity(1.8, "mmol/L"),
    }
    found, eva = read_of_eva(report(contained=[inside], result=[{"reference": "#inside"}]))
    assert [f.concept for f in eva.facts] == ["lab.phosphate", "procedure.skin_biopsy"]
    assert found.totals.items_in == 3
    assert eva.facts[0].source_id == "DiagnosticReport/r1#Observation/inside"


def test_a_report_that_names_nothing_we_know_is_set_aside() -> None:
    unknown = coded("urn:local", "4711", "Something")
    assert reasons(report(code=unknown)) == {"unknown_code": 1}
    assert reasons(report(status="cancelled")) == {"not_carried_out": 1}


def test_a_note_about_a_person_nobody_described_is_set_aside() -> None:
    unknown = coded("urn:local", "4711", "Something")
    made = report(code=unknown, conclusion="Words.", subject=about("ghost"))
    assert settled(patient(), made).ledger.reasons() == {"unknown_patient": 1}


def test_an_imaging_study_says_that_it_was_made() -> None:
    study = {
        "resourceType": "ImagingStudy",
        "id": "i1",
        "status": "available",
        "subject": about(),
        "started": "2026-03-01T10:00:00Z",
        "procedureCode": [coded(OURS, "procedure.bone_scan")],
    }
    assert only_fact(study).concept == "procedure.bone_scan"
    assert reasons(study | {"procedureCode": []}) == {"no_code": 1}


def test_a_finding_of_an_image_keeps_its_place() -> None:
    fact = only_fact(finding("imaging.soft_tissue_calcification", bodySite={"text": "thigh"}))
    assert (fact.present, fact.body_site) == ("yes", "thigh")
