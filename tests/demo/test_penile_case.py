"""The published case report, judged date by date as it could be known then."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from livedo.act.replay import replay
from livedo.act.result import Replay
from livedo.assess.answer import Judgement
from livedo.assess.engine_python import PythonEngine
from livedo.demo.unit import penile_case
from livedo.instants import from_iso, parse_fhir_instant
from livedo.knowledge.load import load_knowledge
from livedo.record.tables import Fact, PatientRecord
from livedo.sources.fhir import FhirReader
from livedo.sources.files import source_files
from livedo.sources.memory import MemorySink
from livedo.surfaces.judging import history_engine

ZONE = ZoneInfo("Europe/Copenhagen")


@pytest.fixture(scope="module")
def patient() -> PatientRecord:
    sink = MemorySink()
    reader = FhirReader(sink, load_knowledge().vocabulary, ZONE)
    for file in source_files(Path(str(files("livedo.demo") / "cases" / "penile.json"))):
        reader.read(file)
    reader.finish()
    (patient,) = sink.settle().patients
    return patient


def judged(patient: PatientRecord, day: str) -> Judgement:
    return PythonEngine(load_knowledge()).judge(patient, from_iso(day, ZONE))


def status(patient: PatientRecord, day: str, rule: str) -> str:
    return str(judged(patient, day).answers[rule].status.value)


def drug(patient: PatientRecord, concept: str) -> Fact:
    (fact,) = (fact for fact in patient.facts if fact.concept == concept)
    return fact


def test_nothing_is_suspected_before_the_first_visit(patient: PatientRecord) -> None:
    assert status(patient, "2007-11-30", "suspicion/suspected") != "yes"


def test_the_half_year_of_pain_before_is_not_known_before_the_first_visit(
    patient: PatientRecord,
) -> None:
    visit = parse_fhir_instant("2007-12", ZONE)[0]
    assert all(fact.known_at >= visit for fact in patient.facts if "pain" in fact.concept)


def test_suspicion_is_raised_at_the_first_visit(patient: PatientRecord) -> None:
    assert status(patient, "2007-12-31", "suspicion/suspected") == "yes"


def test_warfarin_is_flagged_at_the_first_visit(patient: PatientRecord) -> None:
    assert status(patient, "2007-12-31", "danger/vka_in_use") == "yes"


def test_no_one_says_that_warfarin_was_begun_within_the_last_month(patient: PatientRecord) -> None:
    assert status(patient, "2007-12-31", "danger/vka_prescribed_within_31_days") == "unknown"


def test_the_steroid_cream_is_noted_as_topical_and_is_not_the_exposure_studied(
    patient: PatientRecord,
) -> None:
    assert drug(patient, "drug.clobetasol").route == "topical"
    assert status(patient, "2008-01-31", "risk/topical_corticosteroid") == "yes"
    assert status(patient, "2008-02-29", "risk/systemic_corticosteroid") != "yes"


def test_the_punch_biopsy_does_not_end_the_suspicion(patient: PatientRecord) -> None:
    assert status(patient, "2008-02-29", "suspicion/biopsy_with_subcutis") == "unknown"
    assert status(patient, "2008-02-29", "suspicion/suspected") == "yes"


def test_the_necrosis_of_january_makes_it_ulcerated(patient: PatientRecord) -> None:
    assert status(patient, "2007-12-31", "state/ulcerated") != "yes"
    assert status(patient, "2008-01-31", "state/ulcerated") == "yes"


def test_the_referral_diagnosis_is_kept_as_unconfirmed(patient: PatientRecord) -> None:
    assert drug(patient, "condition.balanitis").status == "provisional"


@pytest.fixture(scope="module")
def history(patient: PatientRecord) -> Replay:
    return replay(
        patient, history_engine(), from_iso("2008-12-31", ZONE), time_zone="Europe/Copenhagen"
    )


def told(history: Replay, on: str) -> str:
    (line,) = (line for line in history.lines if line.on == on)
    return "\n".join(line.texts)


def test_the_replay_begins_the_suspicion_at_the_first_visit(history: Replay) -> None:
    assert history.first_suspicion_on == "Dec 2007"
    assert "warfarin" in told(history, "Dec 2007")
    assert "Penile pain or necrosis" in told(history, "Dec 2007")


def test_the_replay_notes_the_cream_and_the_biopsy_without_fat(history: Replay) -> None:
    assert "clobetasol on the skin" in told(history, "Jan 2008")
    assert "does not name subcutaneous fat" in told(history, "Jan 2008")


def test_the_replay_says_when_the_lesion_has_gone_too_long_without_a_name(
    history: Replay,
) -> None:
    opened = [line for line in history.lines if "workup/lesion_without_a_name" in line.rules]
    assert [line.on for line in opened] == ["Feb 2008"]
    assert "!" in opened[0].signs


def test_no_day_is_written_that_the_review_does_not_give() -> None:
    dates = [
        value
        for entry in penile_case()["entry"]
        for key, value in entry["resource"].items()
        if isinstance(value, str) and ("Date" in key or key == "authoredOn")
    ]
    assert dates
    assert all(len(date) <= len("2008-01") for date in dates)


def test_every_entry_says_which_resource_it_is_and_is_plain_json() -> None:
    text = json.dumps(penile_case(), allow_nan=False)
    assert json.loads(text) == penile_case()
    assert all(e["fullUrl"].endswith(e["resource"]["id"]) for e in penile_case()["entry"])
