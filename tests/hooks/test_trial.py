"""`livedo hooks try`: what was sent beside what is answered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from livedo.demo.calls import EXAMPLES, example_text
from livedo.surfaces.cli import cli
from tests.contracts.schemas import assert_valid
from tests.hooks.calls import call, dialysis, drafted, prefetch

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "examples" / "hooks"


def tried(*arguments: str, columns: str = "130"):
    return CliRunner().invoke(cli, ["hooks", "try", *arguments], env={"COLUMNS": columns})


@pytest.mark.parametrize("name", [*EXAMPLES])
def test_the_examples_of_the_manual_are_those_of_the_invented_unit(name):
    """Run livedo.demo.calls.example_text to make them anew."""
    path = FOLDER / f"{name}.json"
    assert path.read_text(encoding="utf-8") == example_text(name)
    body = json.loads(path.read_text(encoding="utf-8"))
    assert_valid("request", body)
    assert body["prefetch"]["patient"]["meta"]["tag"][0]["code"] == "HTEST"


@pytest.mark.parametrize("lang", ["en", "da"])
@pytest.mark.parametrize("name", [*EXAMPLES])
def test_a_wide_terminal_shows_both_sides_and_nothing_is_cut(name, lang):
    result = tried(str(FOLDER / f"{name}.json"), "--lang", lang)
    assert result.exit_code == 0, result.output
    assert all(len(line) <= 130 for line in result.output.splitlines())
    first = result.output.splitlines()[0]
    assert ("Answer" if lang == "en" else "Svar") in first
    assert "HTEST" not in result.output


def test_a_narrow_terminal_shows_the_answer_below():
    result = tried(str(FOLDER / "order-sign-warfarin.json"), columns="60")
    lines = result.output.splitlines()
    assert all(len(line) <= 60 for line in lines)
    assert lines[0].startswith("Sent")
    assert lines.index("Answer") > 10
    assert "WARNING  Warfarin (on dialysis): review the indication" in result.output


def test_what_was_set_aside_is_named(tmp_path):
    drafts = [drafted("Marevan"), {**drafted("Paracetamol", "d-2"), "status": "cancelled"}]
    file = tmp_path / "call.json"
    file.write_text(json.dumps(call("order-sign", prefetch(dialysis(), statements=...), drafts)))
    output = tried(str(file), columns="90").output
    assert "MedicationRequest/d-2: not judged (no longer about to be signed)" in output
    assert "statements: not sent" in output


def test_another_hook_can_be_tried_with_the_same_call():
    file = str(FOLDER / "order-sign-warfarin.json")
    shown = tried(file, "--hook", "patient-view", "--format", "json").output
    assert json.loads(shown)["hook"] == "patient-view"


def test_json_is_one_document_with_the_answer_as_it_would_be_sent():
    document = json.loads(tried(str(FOLDER / "order-sign-warfarin.json"), "--json").output)
    assert_valid("response", document["response"])
    assert document["rules"] == ["order/vitamin_k_antagonist"]
    assert document["in"] == document["used"] + sum(document["set_aside"].values())


def test_no_card_is_said_in_words(tmp_path):
    file = tmp_path / "call.json"
    file.write_text(json.dumps(call("order-sign", {}, [drafted("Paracetamol")])))
    output = tried(str(file)).output
    assert "No card" in output
    assert "no rule is about it" in output


@pytest.mark.parametrize(
    ("content", "status"),
    [("{", 50), ("[]", 50), ('{"hook": 7}', 50), ('{"hook": "other"}', 50), ("{}", 50)],
)
def test_a_file_that_is_no_call_is_refused_with_its_number(tmp_path, content, status):
    file = tmp_path / "call.json"
    file.write_text(content)
    result = tried(str(file))
    assert result.exit_code == status
    assert "LIV-501" in result.stderr


def test_a_file_that_is_not_there_says_so(tmp_path):
    result = tried(str(tmp_path / "none.json"))
    assert result.exit_code == 11
