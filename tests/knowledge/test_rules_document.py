"""The page on writing rules keeps its promises: its examples work and nothing is left out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from livedo.assess.engine_python import PythonEngine
from livedo.knowledge import casefile, schema
from livedo.knowledge.cases import run_case
from livedo.knowledge.load import load_knowledge
from livedo.knowledge.positions import read_yaml
from livedo.knowledge.tree import parse_rule

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "reference" / "rules.md").read_text(encoding="utf-8")
EXAMPLES = [read_yaml(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]
NAMED = set(re.findall(r"`([^`\s:]+):?[^`]*`", PAGE)) | set(re.findall(r"[a-z_]+", PAGE))


def example(field: str) -> Any:
    return next(plain for plain in EXAMPLES if plain and field in plain)


def test_the_example_of_a_rule_is_a_rule_and_its_cases_pass() -> None:
    knowledge = load_knowledge()
    rule = parse_rule(example("when"))
    changed = knowledge.with_rules({rule.id: rule})
    file = casefile.parse_case_file(example("cases"))
    results = [run_case(PythonEngine(changed), changed, rule.id, case) for case in file.cases]
    assert [result.why for result in results] == ["", "", ""]
    assert {case.expect for case in file.cases} == {"yes", "no", "unknown"}


@pytest.mark.parametrize(
    "struct",
    [
        schema.Rule,
        schema.Comparison,
        schema.Where,
        casefile.CaseFile,
        casefile.Case,
        casefile.FactGiven,
        casefile.ObservedGiven,
        casefile.PersonGiven,
    ],
)
def test_every_field_is_explained(struct: type[msgspec.Struct]) -> None:
    fields = {field.encode_name for field in msgspec.structs.fields(struct)}
    assert fields - NAMED == set()


def test_every_kind_of_condition_and_every_kind_of_rule_is_named() -> None:
    assert set(schema.KINDS) <= NAMED
    assert set(load_knowledge().kinds) <= NAMED
