"""The tables of the case report form for the manual: `docs/reference/register.md`.

Write them with: python -m livedo.registry.form_page docs/reference/register.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from livedo.knowledge.register import CaseReportForm, Field, Form, load_case_report_form
from livedo.registry import items
from livedo.registry.answers import ANSWERS
from livedo.registry.choice_answers import CHOICE_ANSWERS
from livedo.registry.item_answers import ITEM_ANSWERS

MARK = (
    "<!-- Made from the form: python -m livedo.registry.form_page docs/reference/register.md -->\n"
)

_OPEN = {"date": "date", "text": "text", "yes_no": "yes, no"}
_LISTS = {
    "body_sites": "a body site",
    "sides": "a side",
    "routes": "a route",
    "units": "a unit of measure",
    "concepts": "a concept of domain",
}


def tables(form: CaseReportForm) -> str:
    """Every field of every form, and every word of `how`."""
    return "\n".join([*_fields(form), *_words()]) + "\n"


def _fields(form: CaseReportForm) -> Iterator[str]:
    yield "## The fields\n"
    yield "`*`: counts in the report of completeness. Every field may be answered `unknown` too.\n"
    for one in form.forms:
        yield f"### {one.title.en} / {one.title.da}: `{one.id}`\n"
        yield _asked(one)
        yield "| Field | Asked | Danish | Answer | From the record | Because |"
        yield "|---|---|---|---|---|---|"
        yield from (_row(field) for field in one.fields)
        yield ""


def _asked(form: Form) -> str:
    if form.prefill is not None:
        return f"Asked once for each of `{form.prefill.how}`.\n"
    return "Repeats.\n" if form.repeats else "Asked once.\n"


def _row(field: Field) -> str:
    mark = "*" if field.is_required else ""
    how = f"`{field.prefill.how}`" if field.prefill is not None else _why_not(field)
    cells = (
        f"`{field.id}`{mark}",
        field.label.en,
        field.label.da,
        _answer(field),
        how,
        ", ".join(field.because),
    )
    return f"| {' | '.join(cells)} |"


def _why_not(field: Field) -> str:
    return "never: sensitive" if field.is_sensitive else ""


def _answer(field: Field) -> str:
    if field.choices:
        return ", ".join(choice.id for choice in field.choices)
    if field.choices_from:
        return " ".join(filter(None, (_LISTS[field.choices_from], field.concepts_in)))
    if field.range is None:
        return _OPEN[field.type]
    low, high = (f"{number:.0f}" if number % 1 == 0 else f"{number:g}" for number in field.range)
    whole = "whole, " if field.type == "whole" else ""
    return f"{whole}{low} to {high} {field.unit or ''}".rstrip()


def _words() -> Iterator[str]:
    yield "## What the record is asked\n"
    yield "The words of `how`, a closed set. Where the record does not say there is no answer.\n"
    for title, answers in (
        ("about the person", {**ANSWERS, **CHOICE_ANSWERS}),
        ("about one lesion, drug, result or test", ITEM_ANSWERS),
        ("once for each", items.MAKERS),
    ):
        yield f"| {title[0].upper()}{title[1:]} | Means |"
        yield "|---|---|"
        yield from _meanings(answers)
        yield ""


def _meanings(answers: Mapping[str, object]) -> Iterator[str]:
    for word in sorted(answers):
        line = (answers[word].__doc__ or "").strip().partition("\n")[0]
        yield f"| `{word}` | {line} |"


def main() -> None:
    """Writes the tables below the mark of a page."""
    page = Path(sys.argv[1])
    head = page.read_text(encoding="utf-8").partition(MARK)[0]
    page.write_text(f"{head}{MARK}\n{tables(load_case_report_form())}", encoding="utf-8")


if __name__ == "__main__":
    main()
