"""The documents that other tools rely on, against reviewed files.

After a change that is meant: LIVEDO_REWRITE_EXPECTED=1 pytest tests/act/test_documents.py
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from livedo.act.document import explanation_document, patient_document
from livedo.act.explanation import explain
from livedo.act.worklist import screen
from tests.act.people import as_of, small_engine, with_painful_plaque

EXPECTED = Path(__file__).parent / "expected"
VERSION = re.compile(r"(knowledge|viden) [0-9a-f]{12}\b")


def compare(name: str, document: dict[str, Any]) -> None:
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    text = VERSION.sub(r"\1 ...", text)
    path = EXPECTED / name
    if os.environ.get("LIVEDO_REWRITE_EXPECTED"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_one_line_of_a_screening_is_as_reviewed() -> None:
    (result,) = screen([with_painful_plaque()], small_engine(), as_of()).patients
    compare("screening_line.json", patient_document(result))


@pytest.mark.parametrize("lang", ["en", "da"])
def test_one_explanation_is_as_reviewed(lang: str) -> None:
    explanation = explain(with_painful_plaque(), small_engine(), as_of(), lang)
    document = explanation_document(explanation)
    compare(f"explanation.{lang}.json", without_texts_of_others(document))


def without_texts_of_others(document: dict[str, Any]) -> dict[str, Any]:
    """The version changes with any file; literature and rules are worded elsewhere."""
    shown = document["explanation"]
    shown["knowledge"] = "..."
    shown["claims"] = [claim["id"] for claim in shown["claims"]]
    for section in ("danger", "why", "why_not", "cannot_tell"):
        for line in shown[section]:
            assert line.pop("reading") or section in {"why_not", "cannot_tell"}
    return document


def test_every_part_of_the_contract_is_there_even_when_it_is_empty() -> None:
    document = explanation_document(explain(with_painful_plaque(), small_engine(), as_of()))
    for part in ("workup", "differential", "plan", "safety"):
        assert isinstance(document[part], list)
    assert document["palpation"]["due"]["status"] == "done"
