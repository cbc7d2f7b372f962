"""What a centre's own number changes in the invented unit: the people between, nobody else."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from livedo.act.effect import effect_of
from livedo.act.explanation import explain
from livedo.act.option_files import load_safety
from livedo.act.worklist import screen
from livedo.assess.engine_python import PythonEngine
from livedo.instants import DAY
from livedo.knowledge.load import load_knowledge
from livedo.knowledge.overrides import (
    Override,
    adjustables,
    is_protected,
    protected_from,
    touched_by,
    with_overrides,
)
from livedo.record.store import Record, open_record
from livedo.surfaces.cli import cli
from tests.act.people import as_of, patient

KNOWLEDGE = load_knowledge()
ENGINE = PythonEngine(KNOWLEDGE)
PROTECTED = [id for id in KNOWLEDGE.rules if is_protected(id, KNOWLEDGE)]
REACHING_DANGER = [
    each
    for rule in KNOWLEDGE.rules.values()
    for each in adjustables(rule)
    if protected_from(rule.id, KNOWLEDGE)
]
PHOSPHATE = Override(
    rule="risk/high_phosphate",
    field="above",
    value="1.9 mmol/L",
    reason="The regional guideline begins here",
    by="Nora Steward",
    on="2026-11-20",
)
OLD_LIMIT, NEW_LIMIT, WINDOW = 1.776, 1.9, 90


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Record:
    """The record of the invented unit."""
    folder = tmp_path_factory.mktemp("effect") / "unit"
    result = CliRunner().invoke(cli, ["demo", "--into", str(folder)])
    assert result.exit_code == 0, result.stderr
    return open_record(folder / "record")


def with_numbers(*overrides: Override) -> PythonEngine:
    """The reference engine of a centre."""
    return PythonEngine(with_overrides(KNOWLEDGE, overrides))


def moment(unit: Record) -> int:
    """The newest moment of the record."""
    assert unit.newest_known_at is not None
    return unit.newest_known_at


def between(unit: Record) -> list[str]:
    """Whose newest phosphate of 90 days is a number above the old limit, not above the new."""
    found = []
    for person in unit.patients():
        known = [
            fact
            for fact in person.facts
            if fact.concept == "lab.phosphate"
            and fact.known_at <= moment(unit)
            and fact.start_at > moment(unit) - WINDOW * DAY
        ]
        if known:
            newest = max(known, key=lambda fact: (fact.start_at, fact.fact_id))
            if newest.low is not None and OLD_LIMIT < newest.low <= NEW_LIMIT:
                found.append(person.person.person_id)
    return sorted(found)


def test_another_phosphate_limit_moves_exactly_the_people_between(unit: Record) -> None:
    effect = effect_of(
        unit.patients(), ENGINE, with_numbers(PHOSPHATE), moment(unit), with_ids=True
    )
    assert effect.people == 200
    assert list(effect.person_ids) == between(unit)
    assert effect.changed == len(between(unit)) > 0
    assert effect.turns[0].rule == "risk/high_phosphate"
    assert sum(t.people for t in effect.turns if t.rule == "risk/high_phosphate") == effect.changed


def test_nobody_else_gets_another_answer_to_any_rule(unit: Record) -> None:
    after, moving = with_numbers(PHOSPHATE), set(between(unit))
    asking = touched_by(KNOWLEDGE, ["risk/high_phosphate"])
    for person in unit.patients():
        first = ENGINE.judge(person, moment(unit)).answers
        second = after.judge(person, moment(unit), list(KNOWLEDGE.rules)).answers
        turned = {id for id in first if first[id].status is not second[id].status}
        assert turned <= asking
        assert bool(turned) is (person.person.person_id in moving)


@pytest.mark.parametrize("end", ["low", "high"])
@pytest.mark.parametrize("offered", REACHING_DANGER, ids=lambda each: f"{each.rule} {each.field}")
def test_no_override_changes_a_danger_or_a_safety_check(
    unit: Record, offered: Any, end: str
) -> None:
    own = msgspec.structs.replace(
        PHOSPHATE, rule=offered.rule, field=offered.field, value=getattr(offered.bounds, end)
    )
    after = with_numbers(own)
    asking = protected_from(offered.rule, KNOWLEDGE)
    for person in unit.patients_of_bucket(0):
        first = ENGINE.judge(person, moment(unit), asking).answers
        second = after.judge(person, moment(unit), asking).answers
        assert {id: answer.status for id, answer in first.items()} == {
            id: answer.status for id, answer in second.items()
        }


def test_a_danger_that_a_higher_limit_would_have_silenced_still_speaks() -> None:
    person = patient(
        "B-001",
        {"concept": "dialysis.haemodialysis", "from": "2019-02-01"},
        {"concept": "drug.alfacalcidol", "from": "2026-01-01"},
        {"concept": "lab.phosphate", "value": "1.85 mmol/L", "on": "2026-11-02"},
    )
    explanation = explain(person, with_numbers(PHOSPHATE), as_of())
    dangers = [line.rule for line in explanation.danger]
    assert "danger/active_vitamin_d_with_high_minerals" in dangers
    assert "risk/high_phosphate" not in [line.rule for line in explanation.why]


def test_a_shorter_interval_of_palpation_shows_who_moves_to_which_group(unit: Record) -> None:
    own = msgspec.structs.replace(
        PHOSPHATE, rule="surveillance/palpated_recently", field="within_days", value="14"
    )
    effect = effect_of(unit.patients(), ENGINE, with_numbers(own), moment(unit))
    assert effect.moved == sum(move.people for move in effect.groups) > 0
    assert {move.now for move in effect.groups} == {"palpation_overdue"}
    assert effect.person_ids == ()
    before, after = (
        screen(unit, engine, moment(unit), keep_run=False) for engine in (ENGINE, with_numbers(own))
    )
    counts = [{g.id: g.count for g in each.groups}["palpation_overdue"] for each in (before, after)]
    assert counts[1] - counts[0] == effect.moved


def test_without_a_change_nothing_changes(unit: Record) -> None:
    effect = effect_of(unit.patients(), ENGINE, ENGINE, moment(unit))
    assert (effect.people, effect.changed, effect.moved, effect.turns) == (200, 0, 0, ())


def test_several_processes_judge_with_the_same_numbers(
    unit: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("livedo.act.worklist.FEWEST_FOR_PROCESSES", 1)
    engine = with_numbers(PHOSPHATE)
    one, two = (
        screen(unit, engine, moment(unit), processes=number, keep_run=False) for number in (1, 2)
    )
    assert list(one.patients) == list(two.patients)
    assert one.knowledge == two.knowledge != KNOWLEDGE.version


@pytest.mark.parametrize(("lang", "said"), [("en", "Changed by this centre"), ("da", "Ændret af")])
def test_the_line_of_the_changed_rule_names_its_author(lang: str, said: str) -> None:
    person = patient(
        "B-002",
        {"concept": "dialysis.haemodialysis", "from": "2019-02-01"},
        {"concept": "lab.phosphate", "value": "2.4 mmol/L", "on": "2026-11-02"},
    )
    explanation = explain(person, with_numbers(PHOSPHATE), as_of(), lang)
    (line,) = [line for line in explanation.why if line.rule == "risk/high_phosphate"]
    assert line.override.startswith(said)
    assert "Nora Steward" in line.override
    assert [each.rule for each in explanation.overrides] == ["risk/high_phosphate"]
    others = [line for line in explanation.why if line.rule != "risk/high_phosphate"]
    assert {line.override for line in others} <= {""}
    assert "shipped/" not in msgspec.json.encode(explanation).decode()


def test_no_check_of_a_plan_rests_on_a_number_that_a_centre_can_change() -> None:
    """A check that did would have to be of a kind that no centre can change."""
    adjustable = [id for id, rule in KNOWLEDGE.rules.items() if rule.adjustable]
    touched = touched_by(KNOWLEDGE, adjustable)
    checks = load_safety().checks
    asked = {id for check in checks for id in (check.contraindicated_when, check.absent_when) if id}
    assert asked <= set(KNOWLEDGE.rules)
    assert {id for id in asked & touched if id not in PROTECTED} == set()


def test_every_rule_about_what_is_ordered_is_of_a_kind_that_no_centre_can_change() -> None:
    kinds = KNOWLEDGE.kinds
    assert not any(kinds[id].is_adjustable for id in ("danger", "safety", "recorded"))
    assert "order" not in kinds or not kinds["order"].is_adjustable
