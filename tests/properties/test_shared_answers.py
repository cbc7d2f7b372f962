"""One engine for many patients says what a new engine for each would say."""

from __future__ import annotations

import pytest

from livedo.assess.engine_python import PythonEngine
from livedo.demo.unit import write_unit
from livedo.instants import DAY
from livedo.knowledge.load import load_knowledge
from livedo.record.build import read_in_memory
from livedo.record.tables import Instant, PatientRecord

EVERY_NTH = 9


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> list[PatientRecord]:
    folder = tmp_path_factory.mktemp("unit")
    write_unit(folder)
    found = read_in_memory(folder, zone="Europe/Copenhagen")
    return list(found.patients)[::EVERY_NTH]


def newest(people: list[PatientRecord]) -> Instant:
    return max(fact.known_at for person in people for fact in person.facts)


def test_no_patient_changes_another_patients_answers(people: list[PatientRecord]) -> None:
    shared = PythonEngine(load_knowledge())
    for as_of in (newest(people), newest(people) - 200 * DAY):
        for person in people:
            alone = PythonEngine(load_knowledge()).judge(person, as_of)
            assert shared.judge(person, as_of) == alone
