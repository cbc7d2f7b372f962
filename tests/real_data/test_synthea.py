"""The public FHIR sample made with Synthea, where it lies beside the repository."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from livedo.record.build import read
from livedo.record.store import Record, open_record

SAMPLE = Path(__file__).resolve().parents[3] / "shared" / "data" / "fhir-synthea"

pytestmark = pytest.mark.skipif(not SAMPLE.exists(), reason="the sample is not here")


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    into = tmp_path_factory.mktemp("synthea") / "record"
    read(SAMPLE, into)
    return open_record(into)


def test_every_line_is_an_item_and_every_item_is_accounted_for(record: Record) -> None:
    lines = sum(path.read_bytes().count(b"\n") for path in SAMPLE.glob("*.ndjson"))
    totals = record.manifest.totals
    assert totals.items_in == lines == totals.used + totals.set_aside


def test_only_codes_that_are_none_of_ours_are_set_aside(record: Record) -> None:
    assert set(record.manifest.reasons) == {"unknown_code"}


def test_all_13_people_are_there_and_the_dead_are_dead(record: Record) -> None:
    people = [patient.person for patient in record.patients()]
    assert len(people) == 13
    assert all(person.is_dead == (person.died_on is not None) for person in people)


def test_the_one_person_on_dialysis_has_end_stage_disease_and_a_transplant(record: Record) -> None:
    on_dialysis = [
        {fact.concept for fact in patient.facts}
        for patient in record.patients()
        if any(fact.concept.startswith("dialysis.") for fact in patient.facts)
    ]
    assert any("condition.eskd" in concepts for concepts in on_dialysis)


def test_every_order_is_a_drug_by_code_or_by_name(record: Record) -> None:
    drugs = Counter(
        fact.matched_by
        for patient in record.patients()
        for fact in patient.facts
        if fact.concept.startswith("drug.")
    )
    assert sum(drugs.values()) >= 1745


def test_an_order_stopped_without_a_date_ended_by_the_newest_known_moment(record: Record) -> None:
    stopped = [
        fact
        for patient in record.patients()
        for fact in patient.facts
        if fact.concept.startswith("drug.") and fact.status == "stopped"
    ]
    assert stopped
    assert {fact.end_at for fact in stopped} == {record.newest_known_at}
