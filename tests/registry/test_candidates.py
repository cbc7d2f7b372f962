"""Nobody whom a rule could mean is ever left out before it is asked."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any as Anything

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

if os.environ.get("CI") != "true":
    pytest.importorskip("numpy")

from livedo.assess.answer import Status
from livedo.assess.engine_python import PythonEngine
from livedo.demo.unit import write_unit
from livedo.knowledge.definitions import load_definitions
from livedo.knowledge.load import load_knowledge
from livedo.knowledge.schema import Condition, Ever, Not
from livedo.knowledge.vocabulary import load_vocabulary
from livedo.record.build import read
from livedo.record.store import Record, open_record
from livedo.record.tables import PatientRecord
from livedo.registry.candidates import ALWAYS, NEVER, Needs, Prefilter, needs_of
from tests.properties.invented import AS_OF, asking, cases, rule
from tests.registry.programme import end_of, fact, livedo, on, person, written

EXAMPLES = int(os.environ.get("LIVEDO_EXAMPLES", "200"))
LEVELS = tuple(level.rule for one in load_definitions() for level in one.levels)


def needs(**conditions: Condition) -> tuple[Needs, PythonEngine]:
    """What conditions need, as rules `risk/<name>`, and the engine that judges them."""
    rules = {f"risk/{name}": rule(f"risk/{name}", when) for name, when in conditions.items()}
    vocabulary = load_vocabulary()
    knowledge: Anything = SimpleNamespace(rules=rules, vocabulary=vocabulary, version="needs")
    return Needs(needs_of(rules, rules, vocabulary)), PythonEngine(knowledge)


@settings(max_examples=EXAMPLES)
@given(case=cases, second=asking)
def test_a_yes_is_never_given_to_somebody_without_what_the_rule_needs(
    case: tuple[Condition, PatientRecord], second: Condition
) -> None:
    first, patient = case
    told, engine = needs(first=first, second=second)
    possible = told.possible_from(patient.facts)
    answers = engine.judge(patient, AS_OF).answers
    for rule_id, since in possible.items():
        assert answers[rule_id].status is not Status.YES or since <= AS_OF


@settings(max_examples=EXAMPLES)
@given(case=cases, ago=st.integers(0, 100))
def test_a_yes_is_never_given_before_the_day_on_which_it_became_possible(
    case: tuple[Condition, PatientRecord], ago: int
) -> None:
    first, patient = case
    told, engine = needs(first=first)
    moment = AS_OF - ago * 86_400_000_000
    answer = engine.judge(patient, moment).answers["risk/first"]
    since = told.possible_from(patient.facts)["risk/first"]
    assert answer.status is not Status.YES or since <= moment


def test_a_rule_that_is_met_by_absence_lets_everybody_in() -> None:
    told, _ = needs(first=Not(not_=Ever(ever="sign.livedo")))
    assert told.open_rules == ("risk/first",)
    assert told.possible_from(()) == {"risk/first": ALWAYS}


def test_without_any_fact_a_finding_is_not_possible() -> None:
    told, _ = needs(first=Ever(ever="sign.livedo"))
    assert told.open_rules == ()
    assert told.possible_from(()) == {"risk/first": NEVER}


def test_no_shipped_definition_lets_everybody_in() -> None:
    knowledge = load_knowledge()
    assert Prefilter(knowledge.rules, LEVELS, knowledge.vocabulary).open_rules == ()


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Record:
    folder = tmp_path_factory.mktemp("unit")
    write_unit(folder / "fhir")
    read([folder / "fhir"], folder / "record", zone="Europe/Copenhagen")
    return open_record(folder / "record")


def test_everybody_of_the_invented_unit_who_meets_a_level_is_a_candidate(unit: Record) -> None:
    knowledge = load_knowledge()
    as_of = unit.newest_known_at or 0
    filter_ = Prefilter(knowledge.rules, LEVELS, knowledge.vocabulary)
    found = {p for n in range(unit.bucket_count()) for p in filter_.of_bucket(unit, n, as_of)}
    engine = PythonEngine(knowledge, kinds=(), also=LEVELS)
    yes = {
        one.person.person_id
        for one in unit.patients()
        if any(a.status is Status.YES for a in engine.judge(one, as_of, LEVELS).answers.values())
    }
    assert yes <= found
    assert len(found) < len(unit) / 2


def test_facts_in_columns_and_one_by_one_tell_the_same_candidates(tmp_path: Path) -> None:
    people = [
        person("a", on("a", "2021-03-01"), livedo("a", "2022-01-05")),
        person("b", on("b", "2021-03-01"), livedo("b", "2022-01-05", present="no")),
        person("c", on("c", "2021-03-01"), livedo("c", "2022-01-05", known="2023-06-01")),
        person(
            "d", on("d", "2021-03-01"), fact("d", "sign.ulcer", "2022-01-05", body_site="penis")
        ),
        person("e", on("e", "2021-03-01"), fact("e", "sign.ulcer", "2022-01-05", body_site="toe")),
    ]
    record, as_of, knowledge = written(tmp_path, people), end_of("2022-12-31"), load_knowledge()
    filter_ = Prefilter(knowledge.rules, LEVELS, knowledge.vocabulary)
    found = {p for n in range(record.bucket_count()) for p in filter_.of_bucket(record, n, as_of)}
    one_by_one = {
        one.person.person_id
        for one in record.patients()
        if min(filter_.needs.possible_from(one.facts).values()) <= as_of
    }
    assert found == one_by_one == {"a", "d"}


SKIN = (
    "sign.livedo",
    "sign.plaque",
    "sign.induration",
    "sign.purpura",
    "sign.subcutaneous_nodule",
    "sign.ulcer",
    "sign.eschar",
    "sign.necrosis",
    "sign.lesion_pain",
    "sign.lesion_pain",
    "sign.penile_pain",
)
TOLD = (
    "condition.ckd5d",
    "condition.calcium_metabolism_disorder_other",
    "condition.balanitis",
    "procedure.skin_biopsy",
    "decision.alternatives_excluded",
    "histology.media_calcification",
    "histology.thrombus",
    "histology.subcutis_present",
    "imaging.net_like_calcification",
    "dialysis.haemodialysis",
    "wound.not_healing",
)


@st.composite
def patients(draw: st.DrawFn) -> PatientRecord:
    """Somebody with findings that the shipped definitions ask about, more often yes than not."""
    count = draw(st.integers(2, 12))
    told = [
        fact(
            "p",
            draw(st.sampled_from((*SKIN * 2, *TOLD))),
            f"2022-0{draw(st.integers(1, 3))}-1{draw(st.integers(0, 9))}",
            is_point=draw(st.booleans()),
            present=draw(st.sampled_from(("yes", "yes", "yes", "no", "unknown"))),
            interpretation=draw(st.sampled_from((None, "moderate", "severe"))),
            body_site=draw(st.sampled_from((None, "thigh", "lower_leg", "penis"))),
            lesion_id=draw(st.sampled_from((None, "L1", "L2"))),
        )
        for _ in range(count)
    ]
    told += [on("p", "2021-02-01")] * draw(st.booleans())
    return person("p", *told, sex=draw(st.sampled_from(("female", "male", "unknown"))))


@functools.cache
def shipped() -> tuple[PythonEngine, Needs]:
    """The shipped definitions: the engine that judges them and what they need."""
    knowledge = load_knowledge()
    told = Needs(needs_of(knowledge.rules, LEVELS, knowledge.vocabulary))
    return PythonEngine(knowledge, kinds=(), also=LEVELS), told


@settings(max_examples=EXAMPLES)
@given(patients())
def test_the_shipped_definitions_say_yes_only_where_they_could(patient: PatientRecord) -> None:
    engine, told = shipped()
    as_of = end_of("2022-04-01")
    possible = told.possible_from(patient.facts)
    answers = engine.judge(patient, as_of, LEVELS).answers
    for rule_id in LEVELS:
        assert answers[rule_id].status is not Status.YES or possible[rule_id] <= as_of
