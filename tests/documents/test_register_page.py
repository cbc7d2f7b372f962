"""The page of the case report form is made from the form, and is not old."""

from __future__ import annotations

from typing import get_args

from livedo.knowledge.register import HowField, HowItem, HowItems, load_case_report_form
from livedo.registry.answers import ANSWERS
from livedo.registry.choice_answers import CHOICE_ANSWERS
from livedo.registry.form_page import MARK, tables
from livedo.registry.item_answers import ITEM_ANSWERS
from livedo.registry.items import MAKERS
from tests.documents.pages import DOCS

PAGE = (DOCS / "reference" / "register.md").read_text(encoding="utf-8")


def test_the_page_lists_every_field_as_the_form_has_it() -> None:
    _, mark, made = PAGE.partition(MARK)
    assert mark
    assert made == f"\n{tables(load_case_report_form())}"


def test_every_word_that_the_form_may_use_has_one_answer_and_a_meaning() -> None:
    assert set(get_args(HowField)) == {*ANSWERS, *CHOICE_ANSWERS}
    assert set(get_args(HowItem)) == set(ITEM_ANSWERS)
    assert set(get_args(HowItems)) == set(MAKERS)
    for word in (*get_args(HowField), *get_args(HowItem), *get_args(HowItems)):
        assert f"| `{word}` | " in PAGE


def test_every_word_that_the_form_may_use_is_used() -> None:
    form = load_case_report_form()
    fields = {f.prefill.how for one in form.forms for f in one.fields if f.prefill}
    assert fields == {*get_args(HowField), *get_args(HowItem)}
    assert {one.prefill.how for one in form.forms if one.prefill} == set(get_args(HowItems))
