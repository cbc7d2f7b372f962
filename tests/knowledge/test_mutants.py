"""Moving a number by a step: what the check does to see whether a case would notice."""

from __future__ import annotations

from typing import Any

import pytest

from livedo.knowledge.mutants import moved_by_a_step, mutants_of
from livedo.knowledge.tree import parse_rule


def changes(when: dict[str, Any]) -> list[str]:
    plain = {
        "id": "risk/a",
        "title": {"en": "A", "da": "A"},
        "asks": {"en": "A?", "da": "A?"},
        "when": when,
    }
    return [mutant.change for mutant in mutants_of(parse_rule(plain), plain)]


@pytest.mark.parametrize(
    ("text", "up", "down"),
    [
        ("5.5 mg/dL", "5.6 mg/dL", "5.4 mg/dL"),
        ("300 pg/mL", "301 pg/mL", "299 pg/mL"),
        ("-3 g/L", "-2 g/L", "-4 g/L"),
        ("0.99 mg/dL", "1.00 mg/dL", "0.98 mg/dL"),
        ("5 years", "6 years", "4 years"),
    ],
)
def test_a_step_is_one_of_the_last_written_digit(text: str, up: str, down: str) -> None:
    assert (moved_by_a_step(text, 1), moved_by_a_step(text, -1)) == (up, down)


def test_a_limit_is_moved_both_ways_and_included_or_excluded() -> None:
    assert changes({"latest": "lab.phosphate", "within_days": 90, "above": "5.5 mg/dL"}) == [
        "5.5 mg/dL -> 5.6 mg/dL",
        "5.5 mg/dL -> 5.4 mg/dL",
        "above -> at_least",
    ]


def test_both_ends_of_an_interval_are_moved() -> None:
    found = changes({"latest": "lab.phosphate", "between": ["1.1 mmol/L", "1.8 mmol/L"]})
    assert [change.split(" ->")[0] for change in found] == ["1.1 mmol/L"] * 2 + ["1.8 mmol/L"] * 2


def test_counts_and_doses_are_moved_too() -> None:
    counted = {"at_least": 2, "of": [{"person": "dead"}, {"person": "dead"}]}
    assert changes(counted) == ["2 -> 3", "2 -> 1"]
    dosed = {"active": "drug.calcitriol", "where": {"dose": {"above": "0.5 ug/d"}}}
    assert changes(dosed) == ["0.5 ug/d -> 0.6 ug/d", "0.5 ug/d -> 0.4 ug/d", "above -> at_least"]


def test_windows_are_left_as_they_are() -> None:
    assert changes({"recent": "condition.sepsis", "within_days": 30}) == []
