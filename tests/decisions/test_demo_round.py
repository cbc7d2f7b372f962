"""The nurse's round in the invented unit: the worklist follows what she enters."""

from __future__ import annotations

from pathlib import Path

import pytest

from livedo.assess.engine_python import PythonEngine
from livedo.decisions.facts import with_entries
from livedo.decisions.store import open_store
from livedo.instants import DAY, Instant
from livedo.knowledge.load import load_knowledge
from livedo.record.store import Record, open_record
from livedo.surfaces.demonstration import RECORD, SOURCES, read_demo, write_sources
from livedo.surfaces.options import Reader
from tests.decisions.entered import PLAQUE, clear_round, examined

READER = Reader(lang="en", units="si", color="never")
KNOWLEDGE = load_knowledge()
ENGINE = PythonEngine(KNOWLEDGE)
OVERDUE, EARLY, AT_RISK = (
    "worklist/palpation_overdue",
    "worklist/possible_early_disease",
    "state/at_risk",
)


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Record:
    """The record of the invented unit."""
    folder = tmp_path_factory.mktemp("unit")
    write_sources(folder / SOURCES, READER)
    read_demo(folder, READER)
    return open_record(folder / RECORD)


@pytest.fixture
def tomorrow(unit: Record) -> Instant:
    """The day after the newest thing known."""
    assert unit.newest_known_at is not None
    return unit.newest_known_at + DAY


def answers(unit: Record, address: str, person_id: str, at: Instant) -> dict[str, str]:
    """What the rules say of a person, from the record and the store together."""
    with open_store(address) as store:
        entries = store.of_person(person_id)
    zone = unit.manifest.time_zone
    patient = with_entries(unit.patient(person_id), entries, KNOWLEDGE.vocabulary, time_zone=zone)
    return {rule: str(one.status) for rule, one in ENGINE.judge(patient, at).answers.items()}


def people_with(unit: Record, at: Instant, **wanted: str) -> list[str]:
    """Everybody of whom the rules say this."""
    rules = {"overdue": OVERDUE, "early": EARLY, "at_risk": AT_RISK}
    found = []
    for patient in unit.patients():
        judged = ENGINE.judge(patient, at, list(rules.values())).answers
        if all(str(judged[rules[name]].status) == status for name, status in wanted.items()):
            found.append(patient.person.person_id)
    return found


def test_the_round_ends_what_was_overdue_and_finds_what_is_early(
    unit: Record, tomorrow: Instant, tmp_path: Path
) -> None:
    address = f"sqlite:///{tmp_path / 'decisions.sqlite'}"
    overdue = people_with(unit, tomorrow, overdue="yes", early="no")
    found = people_with(unit, tomorrow, at_risk="yes", early="no")
    assert len(overdue) >= 5
    assert len(found) >= 5
    with open_store(address) as store:
        store.add([clear_round(f"r-{one}", person=one, at=tomorrow) for one in overdue])
        store.add([examined(f"f-{one}", PLAQUE, person=one, at=tomorrow) for one in found])
    for one in overdue:
        assert answers(unit, address, one, tomorrow)[OVERDUE] == "no"
    for one in found:
        assert answers(unit, address, one, tomorrow)[EARLY] == "yes"


def test_a_day_before_the_round_nothing_of_it_is_known(
    unit: Record, tomorrow: Instant, tmp_path: Path
) -> None:
    address = f"sqlite:///{tmp_path / 'decisions.sqlite'}"
    (one, *_) = people_with(unit, tomorrow - 1, overdue="yes")
    before = answers(unit, address, one, tomorrow - 1)
    with open_store(address) as store:
        store.add([clear_round("r", person=one, at=tomorrow)])
    assert answers(unit, address, one, tomorrow - 1) == before
