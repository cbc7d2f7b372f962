"""A number broken in a rule of any kind is noticed by the check: a case fails, or none would."""

from __future__ import annotations

import shutil

import pytest

from livedo.assess.engine_python import PythonEngine
from livedo.knowledge.check import Mistake, check_all
from livedo.knowledge.load import SHIPPED

BROKEN = {
    "plan/dry_eschar_now": ("present: true", "present: false"),
    "safety/kidney_caution": ("below: 35 mL/min", "below: 34 mL/min"),
    "workup/balanitis_not_healing": ("above: 14 days", "above: 16 days"),
    "finding/finger_pressure_below_60_mmhg": ('below: "60 mm', 'below: "59 mm'),
}
UNPROVEN = {
    "safety/low_calcium": ("value: 2.14 mmol/L", "value: 1.80 mmol/L"),
    "workup/lesion_without_a_name": ("on: 2026-01-18T00", "on: 2026-01-10T00"),
    "finding/high_lactate": ("value: 3 mmol/L", "value: 5 mmol/L"),
}
"""Cases moved away from the number that they stood beside."""


@pytest.fixture(scope="module")
def mistakes(tmp_path_factory: pytest.TempPathFactory) -> list[Mistake]:
    folder = tmp_path_factory.mktemp("broken") / "knowledge"
    shutil.copytree(SHIPPED, folder)
    for top, changes in (("rules", BROKEN), ("cases", UNPROVEN)):
        for rule, (was, now) in changes.items():
            path = folder / top / f"{rule}.yaml"
            text = path.read_text(encoding="utf-8")
            assert was in text, (rule, was)
            path.write_text(text.replace(was, now), encoding="utf-8")
    return check_all(folder, engine_for=PythonEngine)


@pytest.mark.parametrize("rule", sorted(BROKEN))
def test_a_broken_rule_fails_its_own_case(mistakes: list[Mistake], rule: str) -> None:
    assert (f"cases/{rule}.yaml", "case_fails") in {(m.file, m.code) for m in mistakes}


@pytest.mark.parametrize("rule", sorted(UNPROVEN))
def test_a_number_without_a_patient_beside_it_is_named(mistakes: list[Mistake], rule: str) -> None:
    assert (f"rules/{rule}.yaml", "threshold_not_tested") in {(m.file, m.code) for m in mistakes}
