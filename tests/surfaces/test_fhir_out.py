"""Results as FHIR R4: two independent libraries accept them, and they say no more than the page."""

from __future__ import annotations

import json
import os
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from livedo.act.explanation import explain
from livedo.act.result import Explanation
from livedo.act.worklist import screen
from livedo.knowledge.load import load_knowledge
from livedo.record.build import read_in_memory
from livedo.record.bundle import read_bundles
from livedo.record.store import open_record
from livedo.record.tables import PatientRecord
from livedo.surfaces.fhir_out import assessment_bundle, encoded, frame, worklist_bundle
from livedo.surfaces.fhir_out.requests import verified_codings
from livedo.surfaces.fhir_out.settings import fhir_out
from livedo.surfaces.judging import python_engine, screening_engine
from livedo.surfaces.words import words
from tests.intake.made import bundle, finding, patient, request, result
from tests.surfaces.conftest import run

if os.environ.get("CI") != "true":
    pytest.importorskip("fhirclient")
    pytest.importorskip("fhir.resources")

GOLDEN = Path(__file__).parent / "golden"
VIGNETTES = Path(__file__).resolve().parents[3] / "shared" / "vignettes"
SAID = ("RiskAssessment", "ClinicalImpression", "DetectedIssue", "ServiceRequest")
Resource = dict[str, Any]


def told(record: PatientRecord, moment: int, lang: str = "en") -> Explanation:
    return explain(record, python_engine(), moment, lang, time_zone="Europe/Copenhagen")


def of_record(place: Path, person_id: str, lang: str = "en") -> Resource:
    record = open_record(place)
    person, moment = record.patient(person_id), record.newest_known_at
    assert moment is not None
    return assessment_bundle(told(person, moment, lang), person, moment, is_invented=True)


def of_documents(*documents: bytes, **options: Any) -> Resource:
    """The assessment of the only person of some documents, with what was read."""
    read = read_bundles(documents, **options)
    (person,), moment = read.patients, read.newest_known_at
    assert moment is not None
    return assessment_bundle(told(person, moment), person, moment, read=read)


def resources(made: Resource, *kinds: str) -> list[Resource]:
    found = [entry["resource"] for entry in made["entry"]]
    return [one for one in found if not kinds or one["resourceType"] in kinds]


def validated(made: Resource) -> None:
    """Both libraries read it whole; what one of them does not know it refuses."""
    from fhir.resources.R4B.bundle import Bundle as PydanticBundle
    from fhirclient.models.bundle import Bundle as SmartBundle

    made = json.loads(encoded(made))
    assert SmartBundle(made, strict=True).as_json()["entry"]
    in_value_sets(PydanticBundle.model_validate(made))


def in_value_sets(model: Any) -> None:
    """Words of required value sets, and kinds of what is referred to, as the library lists them."""
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        parts = value if isinstance(value, list) else [value]
        said = field.json_schema_extra or {}
        words_allowed = {*said.get("enum_values", ())} - {"+"}
        kinds = {*said.get("enum_reference_types", ())}
        for part in parts:
            if hasattr(type(part), "model_fields"):
                in_value_sets(part)
            if words_allowed and part is not None:
                assert part in words_allowed, f"{name}: {part}"
            if kinds and "Resource" not in kinds and part is not None and part.type:
                assert part.type in kinds, f"{name}: {part.type}"


def everything(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every name with its value, at any depth."""
    yield key, value
    if isinstance(value, dict):
        for name, part in value.items():
            yield from everything(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from everything(part, key)


def references(made: Resource) -> set[str]:
    return {value for key, value in everything(made) if key == "reference" and value}


def proposals(made: Resource) -> dict[str, Resource]:
    return {one["code"]["text"]: one for one in resources(made, "ServiceRequest")}


@pytest.fixture(scope="module")
def everybody(record: Path) -> list[tuple[PatientRecord, Resource]]:
    """Everybody of the invented unit with their assessment."""
    from livedo.act.explanation import Explainer
    from livedo.act.facts_in_words import FactWords
    from livedo.act.quantities_in_words import as_units

    stored, engine = open_record(record), python_engine()
    moment = stored.newest_known_at
    assert moment is not None
    zone = stored.manifest.time_zone
    in_words = FactWords(engine.knowledge, "da", as_units("si", beside=True), zone)
    explainer = Explainer(engine, in_words)
    return [
        (one, assessment_bundle(explainer.explanation(one, moment), one, moment, is_invented=True))
        for one in stored.patients()
    ]


# -- everybody --------------------------------------------------------------------------


def test_everybody_of_the_unit_is_valid_fhir(
    everybody: list[tuple[PatientRecord, Resource]],
) -> None:
    assert len(everybody) == 200
    for _, made in everybody:
        validated(made)


@pytest.mark.skipif(not VIGNETTES.exists(), reason="the published cases are not here")
@pytest.mark.parametrize("lang", ["en", "da"])
def test_every_published_case_is_valid_fhir(lang: str) -> None:
    for place in sorted(VIGNETTES.glob("*.yaml")):
        read = read_in_memory(place)
        (person,), moment = read.patients, read.newest_known_at
        assert moment is not None
        validated(assessment_bundle(told(person, moment, lang), person, moment, read=read))


def test_nobody_is_given_a_probability_or_a_drug(
    everybody: list[tuple[PatientRecord, Resource]],
) -> None:
    never = {"probabilityDecimal", "probabilityRange", "qualitativeRisk", "relativeRisk"}
    for _, made in everybody:
        assert never.isdisjoint(key for key, _ in everything(made))
        kinds = {one["resourceType"] for one in resources(made)}
        assert kinds <= {*SAID, "Device", "Provenance"}
        for one in resources(made, "ServiceRequest"):
            assert (one["status"], one["intent"]) == ("draft", "proposal")
            codes = [coding["code"] for coding in one["code"]["coding"]]
            assert not any(code.startswith("drug.") for code in codes)


def test_what_is_referred_to_is_in_the_bundle_or_in_the_record(
    everybody: list[tuple[PatientRecord, Resource]],
) -> None:
    for person, made in everybody:
        own = {entry["fullUrl"] for entry in made["entry"]}
        known = {fact.source_id for fact in person.facts} | {f"Patient/{person.person.person_id}"}
        assert len(own) == len(made["entry"])
        assert references(made) <= own | known
        (provenance,) = resources(made, "Provenance")
        targets = {target["reference"] for target in provenance["target"]}
        assert targets == {f"urn:uuid:{one['id']}" for one in resources(made, *SAID)}


def test_every_code_is_ours_or_one_that_was_verified_for_the_same_concept(
    everybody: list[tuple[PatientRecord, Resource]],
) -> None:
    table = load_knowledge().vocabulary
    seen = set()
    for _, made in everybody:
        for one in resources(made, "ServiceRequest"):
            codings = one["code"]["coding"]
            ours = {c["code"] for c in codings if c["system"] == fhir_out().systems.concept}
            for coding in codings:
                if not coding["system"].startswith("urn:livedo:"):
                    found = table.concepts_for_code(coding["system"], coding["code"])
                    assert set(found) == ours
                    seen.add(coding["code"])
    assert seen, "no proposal carries a verified code"


def test_each_danger_of_the_page_is_an_issue_and_nothing_else_is(
    everybody: list[tuple[PatientRecord, Resource]],
) -> None:
    issues = [one for _, made in everybody for one in resources(made, "DetectedIssue")]
    assert issues
    assert all(one["code"]["coding"][0]["code"].startswith("danger/") for one in issues)
    assert all(one["evidence"] and "mitigation" not in one for one in issues)
    assert {one["severity"] for one in issues} == {"high", "moderate"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "believed"},
        {"subject": {"reference": "Device/eva", "type": "Device"}},
        {"probability": 0.9},
        {"subject": "Patient/eva"},
        {"basis": {"reference": "Observation/x"}},
        {"occurrenceDateTime": "19 November"},
    ],
)
def test_the_libraries_would_refuse_what_is_not_fhir(record: Path, wrong: Resource) -> None:
    from fhirclient.models.fhirabstractbase import FHIRValidationError

    made = of_record(record, "B-007")
    made["entry"][0]["resource"].update(wrong)

    with pytest.raises((AssertionError, FHIRValidationError)):
        validated(made)


# -- one person -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person_id", "lang"), [("B-152", "en"), ("B-152", "da"), ("case-penile", "en")]
)
def test_an_assessment_looks_so(
    record: Path, person_id: str, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "__version__", "VERSION")
    monkeypatch.setattr("livedo.surfaces.fhir_out.risk.__version__", "VERSION")
    stored = open_record(record)
    person, moment = stored.patient(person_id), stored.newest_known_at
    assert moment is not None
    said = msgspec.structs.replace(told(person, moment, lang), knowledge="KNOWLEDGE")
    made = encoded(assessment_bundle(said, person, moment, is_invented=True), indent=1) + b"\n"
    place = GOLDEN / f"assessment-{person_id}.{lang}.fhir.json"
    if os.environ.get("LIVEDO_GOLDEN") == "write":
        place.write_bytes(made)
    assert made == place.read_bytes()


def test_the_same_judgement_gives_the_same_bytes(record: Path) -> None:
    assert encoded(of_record(record, "B-152")) == encoded(of_record(record, "B-152"))


def test_ids_tell_languages_and_people_apart(record: Path) -> None:
    ids = {
        one["id"]
        for person in ("B-152", "B-044")
        for lang in ("en", "da")
        for one in resources(of_record(record, person, lang), "RiskAssessment", "Device")
    }
    assert len(ids) == 8


def test_nobody_reads_the_disease_as_an_outcome_of_someone_without_suspicion(
    record: Path,
) -> None:
    (one,) = resources(of_record(record, "B-007"), "RiskAssessment")
    (prediction,) = one["prediction"]
    assert prediction["outcome"]["text"] == "In the programme"
    assert prediction["rationale"] == "Not suspected from the data seen."


def test_warfarin_is_a_grave_issue_that_asks_for_the_three_reasons_first(record: Path) -> None:
    issues = resources(of_record(record, "B-152"), "DetectedIssue")
    (one,) = [i for i in issues if i["code"]["coding"][0]["code"] == "danger/vka_in_use"]
    assert one["severity"] == "high"
    assert [drug["reference"] for drug in one["implicated"]] == ["MedicationRequest/B-152-m0010"]
    for reason in ("mechanical heart valve", "antiphospholipid syndrome", "recent thrombosis"):
        assert reason in one["detail"]


def test_why_is_found_and_why_not_and_cannot_tell_are_notes(record: Path) -> None:
    (one,) = resources(of_record(record, "B-152"), "ClinicalImpression")
    found = {finding["itemCodeableConcept"]["text"] for finding in one["finding"]}
    noted = [note["text"] for note in one["note"]]
    assert any(text.startswith("Painful induration") for text in found)
    assert not any("No livedo" in text for text in found)
    assert any(text.startswith("Why not: No livedo") for text in noted)
    assert "Cannot tell: Blood culture not recorded" in noted
    assert sum(text.startswith(("Our definition:", "Japanese criteria:")) for text in noted) == 2


def test_missing_work_up_is_proposed_and_what_is_done_is_not(record: Path) -> None:
    asked = proposals(of_record(record, "B-152"))
    assert "PTH" in asked
    assert "Total calcium" not in asked


def test_an_overdue_palpation_is_proposed_with_its_body_sites(record: Path) -> None:
    asked = proposals(of_record(record, "B-172"))["Palpation of the predilection sites"]
    sites = [site["coding"][0]["code"] for site in asked["bodySite"]]
    assert "abdomen" in sites
    assert asked["code"]["coding"][0]["code"] == "procedure.skin_palpation"


def test_somebody_palpated_in_time_is_not_proposed_again(record: Path) -> None:
    assert "Palpation of the predilection sites" not in proposals(of_record(record, "B-007"))


def test_who_said_it_from_which_knowledge_and_when(record: Path) -> None:
    made = of_record(record, "B-007")
    (device,) = resources(made, "Device")
    (provenance,) = resources(made, "Provenance")
    assert [version["type"]["text"] for version in device["version"]] == ["software", "knowledge"]
    assert provenance["agent"][0]["who"]["reference"] == f"urn:uuid:{device['id']}"
    assert provenance["recorded"] == made["timestamp"] == "2026-11-19T10:20:00Z"
    assert provenance["entity"][0]["what"]["identifier"]["system"] == "urn:livedo:knowledge"


# -- documents sent ---------------------------------------------------------------------

NAMED = patient(
    name=[{"family": "Canaryfamily", "given": ["Canarygiven"]}],
    address=[{"line": ["Canarystreet 1"]}],
    telecom=[{"system": "phone", "value": "canary-5550100"}],
    identifier=[{"system": "urn:oid:1.2.208.176.1.2", "value": "canary-cpr"}],
    birthDate="1949-02-03",
)
PHOSPHATE = result(2.4, "mmol/L", id="high")
UNREAD = {"resourceType": "Encounter", "id": "e1"}


def packed(*parts: Resource) -> bytes:
    return msgspec.json.encode(bundle(*parts))


def test_nothing_that_identifies_is_copied() -> None:
    text = encoded(of_documents(packed(NAMED, PHOSPHATE, request()))).decode()
    assert "canary" not in text.casefold()
    assert "1949" not in text
    assert "Patient/eva" in text


def test_what_was_set_aside_is_told_with_its_reason() -> None:
    made = of_documents(packed(NAMED, PHOSPHATE, UNREAD, result(2, "bananas", id="odd")))
    validated(made)
    (outcome,) = resources(made, "OperationOutcome")
    first, *others = outcome["issue"]
    assert first["details"]["text"] == "4 items read: 2 used, 2 set aside."
    found = {one["details"]["coding"][0]["code"]: one for one in others}
    assert set(found) == {"resource_not_used", "unknown_unit"}
    assert found["resource_not_used"]["severity"] == "information"
    assert found["unknown_unit"]["severity"] == "warning"
    assert found["unknown_unit"]["diagnostics"].startswith("Observation/odd")
    assert "bananas" not in json.dumps(found)


def test_a_person_whose_id_is_no_fhir_id_is_named_by_identifier() -> None:
    read = read_bundles([packed(NAMED, PHOSPHATE)])
    person = read.patients[0]
    odd = msgspec.structs.replace(
        person, person=msgspec.structs.replace(person.person, person_id='<b onx="1">"; DROP')
    )
    moment = read.newest_known_at
    assert moment is not None
    made = assessment_bundle(told(odd, moment), odd, moment)
    validated(made)
    (one,) = resources(made, "RiskAssessment")
    assert one["subject"]["identifier"]["value"] == '<b onx="1">"; DROP'


HOSTILE = "<script>alert(1)</script>\x00\x07<img src=x onerror=alert(1)>\ud7ff\u202e&lt;"


def test_markup_in_every_text_is_shown_inert() -> None:
    parts = [
        NAMED | {"id": "eva"},
        result(2.4, "mmol/L", id="p1", note=[{"text": HOSTILE}]),
        request({"text": f"Warfarin {HOSTILE}"}, id="m1", dosageInstruction=[{"text": HOSTILE}]),
        finding("sign.ulcer", "f1", bodySite={"text": HOSTILE}),
        {"resourceType": HOSTILE, "id": "x"},
        result(2, HOSTILE, id="odd"),
        result(2.4, "mmol/L", {"coding": [{"system": HOSTILE, "code": HOSTILE}]}, id="code"),
    ]
    made = of_documents(packed(*parts))
    validated(made)
    for key, value in everything(made):
        if key == "div":
            tags = {one.tag.rpartition("}")[2] for one in ET.fromstring(value).iter()}
            assert tags <= {"div", "p"}
        if key == "note" and isinstance(value, dict):
            assert "<script" not in value["text"]
        if isinstance(value, str):
            assert "\x00" not in value


def test_our_own_reader_takes_an_assessment_apart_and_believes_none_of_it(record: Path) -> None:
    made = encoded(of_record(record, "B-044"))
    who = msgspec.json.encode(patient("B-044"))
    read = read_bundles([made, who])
    count = len(json.loads(made)["entry"])
    assert read.patients[0].facts == ()
    assert read.report.reasons == {"resource_not_used": count}
    assert read.report.totals.items_in == count + 1


# -- the command ------------------------------------------------------------------------


def test_the_command_writes_what_the_function_makes(record: Path, case_file: Path) -> None:
    shown = run("patient", record, "B-152", "--format", "fhir")
    assert shown.exit_code == 0, shown.stderr
    assert json.loads(shown.stdout) == of_record(record, "B-152")
    made = json.loads(run("patient", case_file, "--format", "fhir", "--lang", "da").stdout)
    validated(made)
    assert len(resources(made, "OperationOutcome")) == 1
    assert {one["language"] for one in resources(made)} == {"da"}


# -- the worklist -----------------------------------------------------------------------


def test_the_worklist_keeps_its_order_and_its_groups(record: Path) -> None:
    stored = open_record(record)
    assert stored.newest_known_at is not None
    screening = screen(stored, screening_engine(), stored.newest_known_at)
    made = worklist_bundle(screening)
    validated(made)
    (listed,) = resources(made, "List")
    urls = [row["item"]["reference"] for row in listed["entry"]]
    people = [
        one["subject"]["reference"].removeprefix("Patient/")
        for one in resources(made, "RiskAssessment")
    ]
    assert urls == [f"urn:uuid:{one['id']}" for one in resources(made, "RiskAssessment")]
    due = {group.id for group in screening.groups if group.is_due}
    assert people == [one.person_id for one in screening.patients if one.group in due]
    assert listed["entry"][0]["flag"]["coding"][0]["code"] == "danger_now"


# -- the data behind --------------------------------------------------------------------


def test_severities_name_rules_and_issues_name_reasons() -> None:
    rules, wording = load_knowledge().rules, words("en")
    assert set(fhir_out().severity.high) <= set(rules)
    known = load_knowledge().wording("en")
    named = {*fhir_out().issue.of, *fhir_out().issue.rightly}
    assert all(f"set_aside.{reason}" in known for reason in named)
    assert wording.text("fhir_out.author") == "Livedo"


def test_a_concept_with_several_codes_of_one_system_gets_none_of_them() -> None:
    systems = [system for system, _, _ in verified_codings("lab.calcium_total")]
    assert "http://loinc.org" not in systems
