"""What a register clerk types is read as it was meant, or refused with a sentence."""

from __future__ import annotations

from datetime import date

import pytest

pytest.importorskip("fastapi")

from livedo.knowledge.register import Field, FieldType
from livedo.knowledge.schema import Text
from livedo.surfaces.web.register_answers import (
    AnswerRefused,
    Typed,
    read_answer,
    shown_in_field,
)
from livedo.surfaces.words import words

TODAY = date(2026, 11, 20)


def field(type: FieldType, **more: object) -> Field:
    """One question."""
    return Field(id="asked", label=Text("Asked", "Spurgt"), type=type, **more)  # type: ignore[arg-type]


def read(asked: Field, text: str, lang: str = "en", **typed: object) -> str:
    """What is kept of a text."""
    told = Typed(text=text, **typed)  # type: ignore[arg-type]
    return read_answer(asked, told, [("thigh", "Thigh")], words(lang), TODAY)


def refused(asked: Field, text: str, lang: str = "en", **typed: object) -> str:
    """Why a text is refused."""
    with pytest.raises(AnswerRefused) as refusal:
        read(asked, text, lang, **typed)
    assert words(lang).text(f"register.mistake.{refusal.value.key}", **refusal.value.values)
    return refusal.value.key


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("2026", "2026"),
        ("2026-03", "2026-03"),
        ("2026-3-4", "2026-03-04"),
        ("14.3.2026", "2026-03-14"),
        ("14/3/2026", "2026-03-14"),
        ("3.2026", "2026-03"),
        (" 14-03-2026 ", "2026-03-14"),
        ("", ""),
        ("unknown", "unknown"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "da"])
def test_a_date_is_kept_as_exact_as_it_is_known(typed: str, kept: str, lang: str) -> None:
    assert read(field("date"), typed, lang) == kept


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("2026-13", "date"),
        ("2026-02-30", "date"),
        ("0.2026", "date"),
        ("March", "date"),
        ("26-03-14", "date"),
        ("0000", "date"),
        ("1850", "too_early"),
        ("2026-11-21", "future"),
        ("2027", "future"),
        ("12.2026", "future"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "da"])
def test_what_is_no_date_or_lies_ahead_is_refused(typed: str, why: str, lang: str) -> None:
    assert refused(field("date"), typed, lang) == why


@pytest.mark.parametrize("kept", ["2026", "2026-03", "2026-03-04", "1999-12-31", ""])
@pytest.mark.parametrize("lang", ["en", "da"])
def test_a_date_shown_in_a_field_is_read_back_as_it_was(kept: str, lang: str) -> None:
    assert read(field("date"), shown_in_field(field("date"), kept, words(lang)), lang) == kept


def test_a_danish_date_is_shown_in_the_danish_way() -> None:
    assert shown_in_field(field("date"), "2026-03-04", words("da")) == "4.3.2026"
    assert shown_in_field(field("date"), "2026-03-04", words("en")) == "2026-03-04"


@pytest.mark.parametrize(
    ("typed", "lang", "kept"),
    [
        ("1.2", "en", "1.2"),
        ("1,2", "da", "1.2"),
        ("1,2", "en", "1.2"),
        ("1.2", "da", "1.2"),
        ("1,234", "da", "1.234"),
        ("7", "en", "7"),
    ],
)
def test_a_number_is_kept_with_a_decimal_point(typed: str, lang: str, kept: str) -> None:
    assert read(field("number"), typed, lang) == kept


def test_a_number_that_means_a_thousand_in_one_language_is_not_guessed() -> None:
    assert refused(field("number"), "1.200", "da") == "mark"
    assert refused(field("number"), "1,200", "en") == "mark"


def test_a_number_out_of_range_is_told_its_range_with_the_unit() -> None:
    asked = field("number", unit="mmol/L", range=(0.5, 2.5))
    with pytest.raises(AnswerRefused) as refusal:
        read(asked, "12", "da")
    told = words("da").text("register.mistake.range", **refusal.value.values)
    assert told == "Det skal være fra 0,5 til 2,5 mmol/L."


def test_only_a_whole_number_counts_where_things_are_counted() -> None:
    assert refused(field("whole"), "3.5") == "whole"
    assert refused(field("whole"), "three") == "number"
    assert read(field("whole"), "3") == "3"


def test_no_answer_is_not_unknown_and_unknown_is_an_answer() -> None:
    asked = field("yes_no")
    assert [read(asked, text) for text in ("", "unknown", "no")] == ["", "unknown", "no"]
    assert read(field("date"), "", is_unknown=True) == "unknown"
    assert read(field("date"), "2026-03", is_unknown=True, was="2026-03") == "unknown"
    assert refused(field("date"), "2026-04", is_unknown=True, was="2026-03") == "both"


def test_only_what_is_offered_can_be_chosen() -> None:
    assert read(field("choice"), "thigh") == "thigh"
    assert refused(field("choice"), "moon") == "choice"
    assert refused(field("yes_no"), "maybe") == "choice"
