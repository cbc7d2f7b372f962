"""How many people of the invented unit are called for, and whether the four are among them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from livedo.assess.answer import Judgement, Status
from livedo.assess.engine_python import PythonEngine
from livedo.demo.settings import load_settings
from livedo.demo.unit import truth, write_unit
from livedo.knowledge.load import load_knowledge
from livedo.record.declared import declared_spans
from livedo.sources.fhir import FhirReader
from livedo.sources.files import source_files
from livedo.sources.memory import MemorySink, Settled

ABOVE_WORKUP = ("danger_now", "possible_early_disease", "unsafe_prescription")
MOST_CALLED_FOR = 20


def settled(folder: Path, zone: ZoneInfo) -> Settled:
    write_unit(folder)
    sink = MemorySink()
    reader = FhirReader(sink, load_knowledge().vocabulary, zone)
    for file in source_files(folder):
        reader.read(file)
    reader.finish()
    observed = str(files("livedo.demo") / "observed.yaml")
    return sink.settle(declared_spans([observed], zone))


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Settled:
    return settled(tmp_path_factory.mktemp("unit"), ZoneInfo(load_settings().unit.zone))


@pytest.fixture(scope="module")
def judgements(unit: Settled) -> Mapping[str, Judgement]:
    engine = PythonEngine(load_knowledge())
    as_of = unit.newest_known_at
    assert as_of is not None
    return {p.person.person_id: engine.judge(p, as_of) for p in unit.patients}


def groups(judgement: Judgement) -> set[str]:
    return {
        rule.partition("/")[2]
        for rule, answer in judgement.answers.items()
        if rule.startswith("worklist/") and answer.status is Status.YES
    }


def test_at_most_twenty_of_two_hundred_stand_above_work_up_missing(
    judgements: Mapping[str, Judgement],
) -> None:
    called_for = [p for p, j in judgements.items() if not groups(j).isdisjoint(ABOVE_WORKUP)]
    assert len(judgements) == 200
    assert len(called_for) <= MOST_CALLED_FOR


def test_none_of_the_four_true_cases_is_missed(judgements: Mapping[str, Judgement]) -> None:
    cases = {p: course for p, course in truth().items() if course.startswith("cases/")}
    found = {p: groups(judgements[p]) for p in cases}
    assert all(g & {"danger_now", "possible_early_disease"} for g in found.values()), found


@pytest.mark.parametrize(
    ("course", "state"),
    [
        ("cases/subclinical_nodules", "state/subclinical"),
        ("cases/painful_plaque", "state/lesion"),
        ("cases/ulcerated_on_warfarin", "state/ulcerated"),
        ("cases/penile", "state/ulcerated"),
    ],
)
def test_each_true_case_is_at_its_own_stage(
    judgements: Mapping[str, Judgement], course: str, state: str
) -> None:
    (person_id,) = (p for p, told in truth().items() if told == course)
    assert judgements[person_id].answers[state].status is Status.YES


def test_what_cannot_be_used_is_in_the_ledger_with_its_reason(unit: Settled) -> None:
    assert {
        "broken_json",
        "duplicate",
        "entered_in_error",
        "future_date",
        "impossible_value",
        "no_subject",
        "unknown_code",
        "unknown_unit",
    } <= unit.ledger.reasons().keys()
    assert unit.totals.items_in == unit.totals.used + unit.totals.set_aside
