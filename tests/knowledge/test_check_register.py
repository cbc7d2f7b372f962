"""The case report form: one wrong word in it is a mistake with its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from livedo.knowledge.check_references import known_names
from livedo.knowledge.check_register import DEFINITIONS, FILE, check_register
from livedo.knowledge.load import SHIPPED, load_knowledge
from livedo.knowledge.mistakes import Document, Mistake, Report
from livedo.knowledge.positions import read_yaml

KNOWLEDGE = load_knowledge()
KNOWN = known_names(KNOWLEDGE, KNOWLEDGE.rules)
SHIPPED_FORM = (SHIPPED / FILE).read_text(encoding="utf-8")
Plain = dict[str, Any]


def mistakes(text: str) -> list[Mistake]:
    report = Report(KNOWLEDGE.wording("en"))
    documents = {
        FILE: Document(FILE, text),
        DEFINITIONS: Document.read(SHIPPED, SHIPPED / DEFINITIONS),
    }
    check_register(documents, KNOWN, report)
    return report.mistakes


def test_the_shipped_form_has_no_mistake() -> None:
    assert mistakes(SHIPPED_FORM) == []


def form(plain: Plain, id: str) -> Plain:
    return next(one for one in plain["forms"] if one["id"] == id)


def field(plain: Plain, form_id: str, id: str) -> Plain:
    return next(one for one in form(plain, form_id)["fields"] if one["id"] == id)


def set_(place: Callable[[Plain], Plain], key: str, value: Any) -> Callable[[Plain], None]:
    def change(plain: Plain) -> None:
        place(plain)[key] = value

    return change


def on(form_id: str, id: str) -> Callable[[Plain], Plain]:
    return lambda plain: field(plain, form_id, id)


BREAKS: dict[str, tuple[Callable[[Plain], None], str]] = {
    "a claim that is none": (set_(on("case", "kind"), "because", ["EPI-99"]), "unknown_claim"),
    "no reason to ask": (set_(on("case", "kind"), "because", []), "missing_field"),
    "a concept that is none": (
        set_(lambda p: field(p, "person", "diabetes")["prefill"], "of", ["condition.horn"]),
        "unknown_concept",
    ),
    "a lesion sign that is none": (
        set_(lambda p: form(p, "lesion")["prefill"], "of", ["sign.horn"]),
        "unknown_concept",
    ),
    "a drug that is none": (
        set_(lambda p: field(p, "drug", "drug_class")["choices"][0], "of", ["drug.horn"]),
        "unknown_concept",
    ),
    "a level that is none": (
        set_(lambda p: field(p, "case", "tier")["choices"][0], "of", ["ours/horn"]),
        "register_level",
    ),
    "a class of body sites that is none": (
        set_(lambda p: field(p, "lesion", "site_class")["choices"][0], "of", ["horn"]),
        "unknown_body_site",
    ),
    "a word of an item where a person is asked": (
        set_(lambda p: field(p, "person", "sex")["prefill"], "how", "item_on"),
        "not_one_of",
    ),
    "a word that is none": (
        set_(lambda p: field(p, "person", "sex")["prefill"], "how", "guess"),
        "wrong_shape",
    ),
    "two fields of one id": (set_(on("person", "sex"), "id", "height"), "repeated_id"),
    "two choices of one id": (
        set_(lambda p: field(p, "person", "sex")["choices"][0], "id", "male"),
        "repeated_id",
    ),
    "unknown as a choice": (
        set_(lambda p: field(p, "person", "sex")["choices"][0], "id", "unknown"),
        "register_unknown",
    ),
    "a choice without choices": (set_(on("person", "sex"), "choices", []), "register_choices"),
    "a date with choices": (
        set_(on("case", "tier_on"), "choices_from", "sides"),
        "register_choices",
    ),
    "a range upside down": (set_(on("person", "height"), "range", [250, 90]), "register_range"),
    "a number without a range": (set_(on("person", "height"), "range", None), "register_range"),
    "limits outside the range": (
        set_(lambda p: field(p, "pain", "scale")["choices"][0], "limits", {"value": [0, 1000]}),
        "register_range",
    ),
    "a sensitive field that is filled in": (
        set_(on("person", "ethnicity"), "prefill", {"how": "sex"}),
        "register_sensitive",
    ),
    "a form filled once for each of many": (
        set_(lambda p: form(p, "person"), "prefill", {"how": "tests"}),
        "register_repeats",
    ),
    "no word for unknown": (
        lambda plain: plain["words"].pop("unknown"),
        "register_word",
    ),
    "a field of another name": (
        set_(lambda p: field(p, "kidney", "modality_since")["prefill"], "field", "horn"),
        "unknown_field",
    ),
    "a type that is none": (set_(on("person", "height"), "type", "horn"), "wrong_shape"),
}


@pytest.mark.parametrize("what", BREAKS)
def test_a_mistake_in_the_form_is_found(what: str) -> None:
    change, code = BREAKS[what]
    plain = read_yaml(SHIPPED_FORM)
    change(plain)
    found = mistakes(yaml.safe_dump(plain, allow_unicode=True))
    assert code in {mistake.code for mistake in found}
    assert all(mistake.file == FILE and mistake.line > 0 for mistake in found)


def test_a_mistake_names_its_line_and_what_was_probably_meant() -> None:
    line = next(n for n, text in enumerate(SHIPPED_FORM.split("\n"), 1) if "[OUT-02]" in text)
    (mistake,) = mistakes(SHIPPED_FORM.replace("[OUT-02]", "[OUT-99]", 1))
    assert mistake.line == line
    assert mistake.code == "unknown_claim"
    assert "OUT-0" in mistake.hint


def test_a_claim_that_is_none_is_found_in_the_files_beside_it_too() -> None:
    report = Report(KNOWLEDGE.wording("en"))
    beside = Document(
        "registry/published.yaml", "figures:\n  - {id: x, because: [EPI-01, EPI-99]}\n"
    )
    check_register({beside.file: beside}, KNOWN, report)
    assert [(m.line, m.code) for m in report.mistakes] == [(2, "unknown_claim")]
