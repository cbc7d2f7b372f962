"""The reviewer's checks: every mistake of every file at once, each with its place and a hint."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from livedo.assess.engine_python import PythonEngine
from livedo.knowledge.check import Mistake, check_all, unreviewed
from livedo.knowledge.load import SHIPPED, load_knowledge
from livedo.knowledge.mistakes import closest
from livedo.knowledge.positions import read_yaml

FOLDERS = Path(__file__).parent / "folders"


def as_text(mistakes: Iterable[Mistake]) -> str:
    return "".join(f"{mistake}\n" for mistake in mistakes)


@pytest.mark.parametrize("language", ["en", "da"])
def test_every_mistake_of_every_file_is_named_at_once_with_its_place(language: str) -> None:
    found = as_text(check_all(FOLDERS / "broken", language=language))
    assert found == (FOLDERS / f"broken.{language}.txt").read_text(encoding="utf-8")


def test_the_broken_folder_holds_many_kinds_of_mistakes() -> None:
    codes = {mistake.code for mistake in check_all(FOLDERS / "broken")}
    assert len(codes) > 30


def test_every_kind_of_mistake_has_a_folder_that_shows_it() -> None:
    words = load_knowledge().wording("en")
    keys = [key.split(".") for key in words.entries if key.startswith("mistakes.")]
    codes = {key[1] for key in keys if len(key) == 2} - {"did_you_mean", "not_reviewed"}
    shown = {mistake.code for mistake in check_all(FOLDERS / "broken")}
    shown |= {mistake.code for mistake in check_all(FOLDERS / "weak", engine_for=PythonEngine)}
    shown |= {mistake.code for mistake in check_all(FOLDERS / "unloadable")}
    assert codes - shown == {"not_utf8"}


def test_a_number_that_no_case_would_miss_is_named_with_what_could_change() -> None:
    mistakes = check_all(FOLDERS / "weak", engine_for=PythonEngine)
    weak = [mistake for mistake in mistakes if mistake.code == "threshold_not_tested"]
    assert [mistake.file for mistake in weak] == ["rules/risk/weakly_tested.yaml"]
    assert "5.5 mg/dL -> 5.6 mg/dL; 5.5 mg/dL -> 5.4 mg/dL; above -> at_least" in weak[0].message


def test_a_case_that_fails_is_named_with_what_the_rule_answered() -> None:
    mistakes = check_all(FOLDERS / "weak", engine_for=PythonEngine)
    failing = [mistake.message for mistake in mistakes if mistake.code == "case_fails"]
    assert len(failing) == 2
    assert "expected no, the rule answers unknown" in failing[0]
    assert "lab.inr is not among what is missing (drug.warfarin)" in failing[1]


def test_without_an_engine_cases_are_read_but_not_run() -> None:
    assert check_all(FOLDERS / "weak") == []


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    shutil.copytree(FOLDERS / "weak", tmp_path, dirs_exist_ok=True)
    rule = tmp_path / "rules" / "risk" / "failing.yaml"
    rule.write_bytes(rule.read_bytes().replace(b"in use?", "på plads?".encode("latin-1")))
    assert [mistake.code for mistake in check_all(tmp_path)] == ["not_utf8"]


def test_the_shipped_knowledge_has_no_mistakes() -> None:
    assert as_text(check_all(SHIPPED, engine_for=PythonEngine)) == ""


def test_rules_that_nobody_reviewed_are_counted_not_refused() -> None:
    knowledge = load_knowledge()
    waiting = unreviewed(knowledge)
    assert set(waiting) <= set(knowledge.rules)
    assert all(knowledge.rules[name].review.by is None for name in waiting)


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("lab.phosfate", "lab.phosphate"),
        ("condition.ulcer", "sign.ulcer"),
        ("drug.warfarine", "drug.warfarin"),
        ("xyz", None),
    ],
)
def test_a_misspelt_name_is_answered_with_the_nearest_one(wrong: str, meant: str | None) -> None:
    known = ("lab.phosphate", "lab.phosphate_urine", "sign.ulcer", "drug.warfarin")
    assert closest(wrong, known) == meant


def test_yes_no_and_on_are_words_and_dates_are_texts() -> None:
    plain = read_yaml("{is: no, on: 2026-02-01, expect: yes, present: true, n: 3, x: 5.5}")
    assert plain == {
        "is": "no",
        "on": "2026-02-01",
        "expect": "yes",
        "present": True,
        "n": 3,
        "x": 5.5,
    }
