"""The diagnoses as data: every name exists, every statement is sourced or marked as reasoned."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from livedo.act.consultation import Consultation
from livedo.act.facts_in_words import FactWords
from livedo.act.precedence import Standing
from livedo.act.reasons import facts_by_reference
from livedo.act.rows import Rows
from livedo.act.weighing import Scales
from livedo.assess.engine_python import PythonEngine
from livedo.knowledge.casefile import Case
from livedo.knowledge.cases import load_cases
from livedo.knowledge.differential import (
    Diagnosis,
    Sourced,
    load_diagnoses,
    load_order,
    load_pairs,
    load_readings,
)
from livedo.knowledge.invented import patient_from_case
from livedo.knowledge.load import load_knowledge

VOCABULARY = Path(__file__).parents[3] / "shared" / "vignettes" / "VOCABULARY.md"

REVIEW_NAMES_BEFORE_ULCERS = {
    "cellulitis",
    "panniculitis",
    "scleroderma-skin",
    "metastatic-calcinosis-cutis",
    "nsf",
}
REVIEW_NAMES_WITH_ULCERS = {
    "peripheral-arterial-gangrene",
    "diabetic-foot-ulcer",
    "cholesterol-embolism",
    "septic-embolism",
    "purpura-fulminans",
    "warfarin-necrosis",
    "antiphospholipid-syndrome",
    "anca-vasculitis",
    "cryoglobulinaemic-vasculitis",
    "polyarteritis-nodosa",
}

OWN = [diagnosis for diagnosis in load_diagnoses() if diagnosis.reports_as is None]


def sourced() -> Iterator[Sourced]:
    for diagnosis in load_diagnoses():
        yield from (*diagnosis.for_, *diagnosis.against, *diagnosis.settled_by)
    pairs = load_pairs()
    yield from (separation for pair in pairs.pairs for separation in pair.separates)
    yield from pairs.cannot_be_told_apart_without_histology
    yield from pairs.never_against_calciphylaxis


def test_every_finding_and_picture_is_a_rule() -> None:
    rules = load_knowledge().rules
    named = {w.finding for d in load_diagnoses() for w in (*d.for_, *d.against)}
    named |= {d.picture for d in load_diagnoses() if d.picture is not None}
    assert named - rules.keys() == set()


def test_every_finding_rule_is_used_by_a_diagnosis_or_another_rule() -> None:
    rules = load_knowledge().rules
    named = {w.finding for d in load_diagnoses() for w in (*d.for_, *d.against)}
    named |= {d.picture for d in load_diagnoses() if d.picture is not None}
    needed = {below for name in named for below in load_knowledge().needed_by(name)}
    assert {id for id, rule in rules.items() if rule.kind == "finding"} - needed == set()


def test_every_statement_has_a_source_or_says_that_it_is_reasoned() -> None:
    claims, readings = load_knowledge().claims, load_readings()
    for one in sourced():
        assert one.because or one.source or one.reasoned
        assert set(one.because) <= claims.keys()
        assert set(one.source) <= readings.keys()


def test_every_diagnosis_that_the_review_names_is_there() -> None:
    ids = {diagnosis.id for diagnosis in OWN}
    assert ids >= REVIEW_NAMES_BEFORE_ULCERS | REVIEW_NAMES_WITH_ULCERS


def test_a_diagnosis_named_before_ulcers_is_not_kept_for_ulcers() -> None:
    stages = {diagnosis.id: diagnosis.stage for diagnosis in OWN}
    assert all(stages[id] != "ulcerated" for id in REVIEW_NAMES_BEFORE_ULCERS)
    assert all(stages[id] != "non-ulcerated" for id in REVIEW_NAMES_WITH_ULCERS)


@pytest.mark.skipif(not VOCABULARY.exists(), reason="the published cases are not here")
def test_every_diagnosis_of_the_published_cases_is_there() -> None:
    section = VOCABULARY.read_text("utf-8").partition("## truth.diagnosis")[2].partition("##")[0]
    told = {word.strip() for word in section.strip().split(",")}
    assert told - {diagnosis.id for diagnosis in OWN} == set()


def test_every_diagnosis_has_a_picture_a_test_and_something_against_it() -> None:
    for diagnosis in OWN:
        assert diagnosis.picture, diagnosis.id
        assert diagnosis.settled_by, diagnosis.id
        assert diagnosis.against, diagnosis.id


def test_a_confused_name_is_a_diagnosis() -> None:
    ids = {diagnosis.id for diagnosis in load_diagnoses()}
    named = {name for d in load_diagnoses() for name in d.confused_with}
    named |= {name for pair in load_pairs().pairs for name in pair.with_}
    assert named - ids == set()


def test_every_way_to_look_fast_is_worded_in_both_languages() -> None:
    for lang in ("en", "da"):
        wording = load_knowledge().wording(lang)
        for diagnosis in OWN:
            assert f"differential.urgency.{diagnosis.how_fast.class_}" in wording


def test_every_frequency_has_a_place() -> None:
    known = load_order().frequency
    assert {d.in_a_dialysis_unit.word for d in load_diagnoses()} <= set(known)


class TypicalPatients:
    """Patients made from the cases of the rules: each has the picture of one diagnosis."""

    def __init__(self) -> None:
        knowledge = load_knowledge()
        self.engine = PythonEngine(knowledge)
        self.vocabulary = knowledge.vocabulary
        self.scales = Scales(Rows(self.engine, FactWords(knowledge)).book, load_diagnoses())
        self.cases = load_cases(knowledge.folder)

    def case(self, diagnosis: Diagnosis) -> Case:
        """What makes each of its weightier findings hold that needs no test."""
        wanted = [
            weight.finding
            for weight in diagnosis.for_
            if weight.grade != "weak" and self.scales.look(weight.finding) != "test"
        ]
        holding = [
            next(case for case in self.cases[id].cases if case.expect == "yes")
            for id in (str(diagnosis.picture), *wanted)
        ]
        facts = [fact for case in holding for fact in case.facts if fact.present != "no"]
        return msgspec.structs.replace(
            holding[0],
            facts=tuple(dict.fromkeys(facts)),
            person=next((c.person for c in holding if c.person.born), holding[0].person),
            observed=(),
            as_of="2026-03-01",
        )

    def order(self, diagnosis: Diagnosis) -> list[str]:
        record, as_of = patient_from_case(self.case(diagnosis), self.vocabulary)
        judgement = self.engine.judge(record, as_of)
        place = Standing(
            state="in_programme",
            state_rank=6,
            outside_reason=None,
            group="nothing_due",
            precedence=7,
            certainty="cannot_tell",
        )
        case = Consultation(record, judgement, place, facts_by_reference(record))
        return [one.diagnosis.id for one in self.scales.standings(case)]


@pytest.fixture(scope="module")
def typical() -> TypicalPatients:
    return TypicalPatients()


@pytest.mark.parametrize("diagnosis", OWN, ids=lambda one: str(one.id))
def test_who_has_its_picture_and_its_weightier_findings_has_it_within_three(
    diagnosis: Diagnosis, typical: TypicalPatients
) -> None:
    order = typical.order(diagnosis)
    assert diagnosis.id in order[:3], order[:5]
    assert order[0] == "calciphylaxis" or diagnosis.id != "calciphylaxis"


@pytest.mark.parametrize(
    "diagnosis", [one for one in OWN if one.id != "calciphylaxis"], ids=lambda one: str(one.id)
)
def test_who_has_the_picture_of_another_diagnosis_does_not_get_calciphylaxis_first(
    diagnosis: Diagnosis, typical: TypicalPatients
) -> None:
    assert typical.order(diagnosis)[0] != "calciphylaxis"
