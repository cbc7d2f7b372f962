"""Every rule answers its invented patients as a clinician expects: one test a patient."""

from __future__ import annotations

import functools

import pytest

from livedo.assess.engine_python import PythonEngine
from livedo.knowledge.casefile import Case
from livedo.knowledge.cases import load_cases, run_case
from livedo.knowledge.check import check_all
from livedo.knowledge.load import SHIPPED, load_knowledge

FILES = load_cases(SHIPPED)
CASES = [
    pytest.param(rule_id, case, id=f"{rule_id}: {case.name}")
    for rule_id, file in FILES.items()
    for case in file.cases
]


@functools.cache
def engine() -> PythonEngine:
    """The reference engine with the shipped rules."""
    return PythonEngine(load_knowledge())


@pytest.mark.parametrize(("rule_id", "case"), CASES)
def test_the_rule_answers_as_expected(rule_id: str, case: Case) -> None:
    result = run_case(engine(), load_knowledge(), rule_id, case)
    assert result.passed, result.why


def test_every_rule_has_invented_patients() -> None:
    assert set(load_knowledge().rules) == set(FILES)


def test_every_rule_can_be_compiled() -> None:
    assert engine().broken == {}


def test_the_knowledge_has_no_mistake_and_every_number_is_noticed() -> None:
    assert check_all(engine_for=PythonEngine) == []
