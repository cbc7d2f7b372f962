"""What carries each statement of literature: a rule that runs, a text that is shown, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from livedo.assess.engine_python import PythonEngine
from livedo.knowledge.coverage import Coverage, coverage
from livedo.knowledge.load import Knowledge, load_knowledge

RULE = """\
id: {id}
title: {{en: T, da: T}}
asks: {{en: A?, da: A?}}
when: {{active: drug.warfarin}}
because: [{claim}]
"""
CASES = """\
rule: {id}
given: {{as_of: 2026-03-01}}
cases:
- {{name: in use, expect: yes, facts: [{{concept: drug.warfarin, from: 2026-01-01}}]}}
- {{name: not in use, expect: no, observed: [drug]}}
- {{name: nothing known, expect: {third}}}
"""


def add_rule(folder: Path, rule_id: str, claim: str, third: str = "unknown") -> None:
    for kind, text in (("rules", RULE), ("cases", CASES)):
        path = folder / kind / f"{rule_id}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(id=rule_id, claim=claim, third=third))


@pytest.fixture
def found(tmp_path: Path) -> dict[str, Coverage]:
    add_rule(tmp_path, "risk/warfarin", "risk.warfarin")
    add_rule(tmp_path, "risk/failing", "risk.female", third="no")
    add_rule(tmp_path, "draft/steroid", "risk.corticosteroid")
    (tmp_path / "next_steps.yaml").write_text(
        "- {id: eat, who: nurse, when: today, en: E, da: E, because: [prev.diet, risk.warfarin]}\n"
    )
    knowledge = Knowledge.from_folder(tmp_path)
    return {item.id: item for item in coverage(knowledge, PythonEngine(knowledge))}


def test_a_claim_behind_a_rule_with_three_passing_cases_is_executable(
    found: dict[str, Coverage],
) -> None:
    assert found["risk.warfarin"].status == "executable"
    assert found["risk.warfarin"].carried_by == ("risk/warfarin", "next_steps.eat")


def test_a_claim_behind_a_failing_rule_or_a_draft_is_missing(found: dict[str, Coverage]) -> None:
    assert found["risk.female"] == Coverage(
        id="risk.female", carried_by=("risk/failing",), status="missing"
    )
    assert found["risk.corticosteroid"].status == "missing"


def test_a_claim_that_only_a_text_names_is_shown(found: dict[str, Coverage]) -> None:
    assert found["prev.diet"] == Coverage(
        id="prev.diet", carried_by=("next_steps.eat",), status="shown"
    )


def test_a_claim_that_nothing_names_is_missing(found: dict[str, Coverage]) -> None:
    assert found["dx.nsf"] == Coverage(id="dx.nsf", carried_by=(), status="missing")


def test_the_four_systems_that_run_are_carried_by_rules() -> None:
    knowledge = load_knowledge()
    groups = {"risk", "prevention", "surveillance", "suspicion"}
    wanted = {c.id for c in knowledge.claims.values() if c.kind == "founding" and c.group in groups}
    status = {item.id: item.status for item in coverage(knowledge, PythonEngine(knowledge))}
    assert len(wanted) == 42
    assert {claim for claim in wanted if status[claim] != "executable"} == set()
