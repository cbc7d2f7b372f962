"""Reads what was typed into one field of the case report form, and shows what is kept.

Kept are texts: dates as exact as they are known (2026, 2026-03, 2026-03-14), numbers with a
decimal point, choices by their ids, `unknown` as a word of its own, and nothing as no answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import msgspec

from livedo.knowledge.register import UNKNOWN, Field, load_case_report_form, why_not
from livedo.surfaces.words import Words

YES_NO = ("yes", "no", UNKNOWN)

_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_DANISH = re.compile(r"(?:(?:(\d{1,2})[./-])?(\d{1,2})[./-])?(\d{4})")
_NUMBER = re.compile(r"(-?\d{1,9})(?:([.,])(\d{1,6}))?")

Choices = Sequence[tuple[str, str]]
"""What a field offers: ids and their labels."""


class Typed(msgspec.Struct, frozen=True, kw_only=True):
    """What came from the browser for one field, as it came."""

    text: str = ""
    is_unknown: bool = False
    was: str = ""
    """What the page showed when it was opened, as kept."""


class AnswerRefused(Exception):
    """What was typed cannot be kept; `key` is a text of wording/*/register.yaml."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


def read_answer(field: Field, typed: Typed, choices: Choices, words: Words, today: date) -> str:
    """What was typed, as it is kept; empty where there is no answer.

    Raises:
        AnswerRefused: it is not an answer to this field.
    """
    text = " ".join(typed.text.split()) if field.type != "text" else typed.text.strip()
    if typed.is_unknown:
        if text and text != shown_in_field(field, typed.was, words):
            raise AnswerRefused("both")
        return UNKNOWN
    if not text:
        return ""
    if text.casefold() in (UNKNOWN, words.text("register.unknown").casefold()):
        return UNKNOWN
    return _READERS[field.type](field, text, choices, words, today)


def _date(field: Field, text: str, choices: Choices, words: Words, today: date) -> str:
    found = read_date(text)
    if found is None:
        raise AnswerRefused("date")
    year, month, day = found
    earliest = load_case_report_form().earliest_year
    if year < earliest:
        raise AnswerRefused("too_early", year=earliest)
    if date(year, month or 1, day or 1) > today:
        raise AnswerRefused("future", today=date_in_field(today.isoformat(), words))
    return "-".join(part for part in (f"{year:04}", two(month), two(day)) if part)


def two(number: int | None) -> str:
    """A month or a day with two digits; empty where it is not known."""
    return "" if number is None else f"{number:02}"


def read_date(text: str) -> tuple[int, int | None, int | None] | None:
    """Year, month and day, as far as they are told; None where it is no date."""
    if match := _ISO.fullmatch(text):
        parts = match.groups()
    elif match := _DANISH.fullmatch(text):
        parts = match.groups()[::-1]
    else:
        return None
    year, month, day = (None if part is None else int(part) for part in parts)
    assert year is not None
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return None
    return (year, month, day) if month != 0 and day != 0 else None


def _number(field: Field, text: str, choices: Choices, words: Words, today: date) -> str:
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise AnswerRefused("number")
    whole, mark, decimals = match.groups()
    if mark is not None and mark != words.text("number.decimal") and len(decimals) == 3:
        # "1.200" is a thousand and more in Danish, and hardly more than one in English.
        raise AnswerRefused("mark", example=f"{whole}{words.text('number.decimal')}5")
    if field.type == "whole" and mark is not None:
        raise AnswerRefused("whole")
    told = whole if mark is None else f"{whole}.{decimals}"
    if field.range is not None and not field.range[0] <= float(told) <= field.range[1]:
        lowest, highest = (number_in_field(f"{end:g}", words) for end in field.range)
        unit = f" {field.unit}" if field.unit else ""
        raise AnswerRefused("range", lowest=lowest, highest=highest, unit=unit)
    return told


def _choice(field: Field, text: str, choices: Choices, words: Words, today: date) -> str:
    if text not in [id for id, _ in choices]:
        raise AnswerRefused("choice")
    return text


def _yes_no(field: Field, text: str, choices: Choices, words: Words, today: date) -> str:
    if text not in YES_NO:
        raise AnswerRefused("choice")
    return text


def _text(field: Field, text: str, choices: Choices, words: Words, today: date) -> str:
    why = why_not(field, text)
    if why == "too_long":
        raise AnswerRefused("long", most=load_case_report_form().text_at_most)
    if why is not None:
        raise AnswerRefused("text")
    return text


_READERS = {
    "date": _date,
    "number": _number,
    "whole": _number,
    "choice": _choice,
    "yes_no": _yes_no,
    "text": _text,
}


def shown_in_field(field: Field, kept: str, words: Words) -> str:
    """What is kept, as it stands in a field to be typed into; unknown is ticked beside it."""
    if kept == UNKNOWN and field.type not in ("yes_no", "choice"):
        return ""
    if field.type == "date":
        return date_in_field(kept, words)
    return number_in_field(kept, words) if field.type == "number" else kept


def date_in_field(kept: str, words: Words) -> str:
    """A date as it is typed in this language: 2026-03-14, or 14.3.2026."""
    if words.lang != "da":
        return kept
    return ".".join(part.lstrip("0") for part in reversed(kept.split("-")))


def number_in_field(kept: str, words: Words) -> str:
    """A number with the decimal mark of this language."""
    return kept.replace(".", words.text("number.decimal"))
