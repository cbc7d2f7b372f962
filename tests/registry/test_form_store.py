"""Every field of the form comes back from the store as it was written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

if os.environ.get("CI") != "true":
    pytest.importorskip("sqlalchemy")
    pytest.importorskip("alembic")

from livedo.decisions.entries import CaseReport
from livedo.decisions.store import open_store
from livedo.knowledge.register import (
    UNKNOWN,
    Field,
    choices_of,
    is_valid,
    load_case_report_form,
)
from livedo.registry.form import filled
from tests.registry.reported import TODAY, entry, record

FORM = load_case_report_form()
FIELDS = [(form.id, field) for form in FORM.forms for field in form.fields]


def answers(field: Field) -> list[str]:
    """Answers of every shape that a field takes."""
    if field.type == "date":
        return ["2025", "2025-03", "2025-03-14", UNKNOWN]
    if field.type in ("number", "whole"):
        low, high = field.range or (0, 0)
        texts = [f"{low:.0f}", f"{high:.0f}", f"{low + 0.25:.2f}", UNKNOWN]
        return [text for text in texts if is_valid(field, text)]
    if field.type == "text":
        return ["Skejby, afd. C", "æ ø å\n2. linje", UNKNOWN]
    return [choice.id for choice in choices_of(field)][:6]


@pytest.mark.parametrize(("form", "field"), FIELDS, ids=[f"{f}.{x.id}" for f, x in FIELDS])
def test_an_answer_comes_back_word_for_word(form: str, field: Field) -> None:
    assert len(answers(field)) > 1
    assert all(is_valid(field, text) for text in answers(field))


def test_what_is_kept_is_what_the_form_says(tmp_path: Path) -> None:
    person = record()
    with open_store(f"sqlite:///{tmp_path / 'decisions.sqlite'}") as store:
        for n in range(max(len(answers(field)) for _, field in FIELDS)):
            told = [
                (form, field.id, answers(field)[n % len(answers(field))]) for form, field in FIELDS
            ]
            store.add([entry(CaseReport(form, 1, ((field, text),))) for form, field, text in told])
            form_now = filled(person, store.of_person("anemone"), TODAY)
            for form, field, text in told:
                value = form_now.value(form, field)
                assert value is not None, (form, field)
                assert (value.text, value.origin, value.by) == (text, "entered", "N. Nurse")
