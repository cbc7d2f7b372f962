"""Who has calciphylaxis in the invented nation, and what the four definitions make of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from livedo.assess.answer import Status
from livedo.assess.engine_python import PythonEngine
from livedo.demo.nation.courses import Course
from livedo.demo.nation.nation import Nation
from livedo.knowledge.definitions import load_definitions
from livedo.knowledge.load import load_knowledge
from livedo.record.store import Record, open_record
from livedo.record.tables import PatientRecord
from livedo.surfaces.nation_demo import write_nation

PEOPLE, CASES = 2_000, 50_000.0
WINDOW = (date(2021, 1, 1) - date(1970, 1, 1)).days
MOMENTS = ("sign.", "histology.", "decision.", "procedure.skin", "condition.calcium")

Told = dict[str, tuple[Course, int | None, int]]


@pytest.fixture(scope="module")
def nation() -> Nation:
    return Nation(PEOPLE, CASES)


@pytest.fixture(scope="module")
def told(nation: Nation) -> Told:
    return {
        id: (one, died, until) for id, one, died, until in nation.courses_of(nation.person_ids())
    }


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    place: Path = tmp_path_factory.mktemp("courses") / "record"
    write_nation(place, PEOPLE, cases_per_million=CASES, processes=1)
    return open_record(place)


@pytest.fixture(scope="module")
def engine() -> PythonEngine:
    return PythonEngine(load_knowledge(), kinds=("certainty", "suspicion"))


def _reached(engine: PythonEngine, patient: PatientRecord) -> set[tuple[str, str]]:
    """The levels of every definition met at any moment at which something came to be known."""
    facts = [one for one in patient.facts if one.concept.startswith(MOMENTS)]
    found = set()
    for moment in sorted({one.known_at for one in facts}):
        answers = engine.judge(patient, moment).answers
        found |= {
            (definition.id, level.id)
            for definition in load_definitions()
            for level in definition.levels
            if answers[level.rule].status is Status.YES
        }
    return found


@pytest.fixture(scope="module")
def reached(engine: PythonEngine, record: Record, told: Told) -> dict[str, set[tuple[str, str]]]:
    return {id: _reached(engine, record.patient(id)) for id in told}


def _within(told: Told) -> set[str]:
    """Those whose course began within the window; of the others the record knows a diagnosis."""
    return {id for id, (one, _, _) in told.items() if one.first >= WINDOW}


def test_the_share_asked_for_has_a_course(told: Told) -> None:
    assert 0.7 * CASES < len(_within(told)) / PEOPLE * 1e6 < 1.3 * CASES


def test_some_had_it_before_the_window_began_and_lived(told: Told) -> None:
    earlier = [one for id, one in told.items() if id not in _within(told)]
    assert 0 < len(earlier) < len(told) / 4
    assert all(died is None or died >= WINDOW for _, died, _ in earlier)


def test_nearly_every_course_is_suspected_by_our_definition(
    reached: dict[str, set[tuple[str, str]]], told: Told
) -> None:
    within = _within(told)
    suspected = [id for id in within if ("ours", "suspected") in reached[id]]
    assert 0.9 * len(within) < len(suspected)


def test_the_four_definitions_count_differently(
    reached: dict[str, set[tuple[str, str]]],
) -> None:
    met = Counter(name for levels in reached.values() for name in {name for name, _ in levels})
    assert met["ours"] > 1.5 * met["tiered"] > 3 * met["billing_codes"] > 0
    assert 0 < met["japanese"] < met["billing_codes"]


def test_every_level_is_met_by_somebody(reached: dict[str, set[tuple[str, str]]]) -> None:
    met = Counter(level for levels in reached.values() for level in levels)
    every = {(one.id, level.id) for one in load_definitions() for level in one.levels}
    assert set(met) == every
    assert met["ours", "suspected"] > met["ours", "probable"] > met["ours", "confirmed"]


def test_only_who_was_worked_up_is_more_than_suspected(
    reached: dict[str, set[tuple[str, str]]], told: Told
) -> None:
    sure = {("ours", "probable"), ("ours", "confirmed"), ("tiered", "clinical")}
    nobody = [id for id, (one, _, _) in told.items() if one.decided is None]
    assert len(nobody) > len(told) / 6
    assert not any(reached[id] & sure for id in nobody)


def test_wounds_of_other_causes_are_no_case(
    engine: PythonEngine, record: Record, told: Told
) -> None:
    found = Counter(name for one in _others(record, told) for name, _ in _reached(engine, one))
    assert found["ours"] == found["tiered"] == found["japanese"] == 0


def _others(record: Record, told: Told) -> Iterator[PatientRecord]:
    for patient in record.patients():
        is_told = patient.person.person_id in told
        has_sign = any(f.concept.startswith("sign.") and f.present == "yes" for f in patient.facts)
        if has_sign and not is_told:
            yield patient


def test_women_are_struck_more_often_than_men(told: Told, record: Record) -> None:
    sexes = Counter(record.patient(id).person.sex for id in told)
    assert 1.2 < sexes["female"] / sexes["male"] < 6


def test_places_mix_and_the_penis_is_a_mans(told: Told, record: Record) -> None:
    places = Counter(one.lesions[0].place_class for one, _, _ in told.values())
    assert places["proximal"] > places["distal"] > places["penile"] > 0
    for id, (one, _, _) in told.items():
        if any(lesion.place_class == "penile" for lesion in one.lesions):
            assert record.patient(id).person.sex == "male"


def test_a_course_runs_in_the_order_in_which_things_can_happen(told: Told) -> None:
    for course, died, until in told.values():
        assert course.first <= course.contact <= until
        for day in (course.decided, course.sepsis, course.died_of_it):
            assert day is None or course.contact <= day <= until
        if course.died_of_it is not None:
            assert died == course.died_of_it
        for lesion in course.lesions:
            assert lesion.first >= course.first
            assert lesion.ulcer is None or lesion.ulcer >= lesion.first
            assert lesion.healed is None or lesion.healed >= (lesion.ulcer or lesion.first)


def test_some_ulcerate_some_heal_some_die_of_it_and_some_of_something_else(told: Told) -> None:
    courses = [one for one, _, _ in told.values()]
    ulcerated = [any(lesion.ulcer is not None for lesion in one.lesions) for one in courses]
    assert 0.35 < sum(ulcerated) / len(courses) < 0.75
    assert any(one.lesions[0].healed is not None for one in courses)
    deaths = [(one.died_of_it, died) for one, died, _ in told.values() if died is not None]
    of_it = sum(day is not None for day, _ in deaths)
    assert 0.2 * len(deaths) < of_it < 0.9 * len(deaths)
