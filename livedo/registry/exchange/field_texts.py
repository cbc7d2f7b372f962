"""Whether a text can stand in a field. Reasons are ids of `wording/*/set_aside.yaml`."""

from __future__ import annotations

import re
from datetime import UTC

from livedo.errors import DateInvalid
from livedo.instants import parse_fhir_instant
from livedo.knowledge.register import Field
from livedo.knowledge.skin_round import load_skin_round
from livedo.registry.exchange.choices import choices_of

UNKNOWN = "unknown"
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_WHOLE = re.compile(r"-?\d+", re.ASCII)


def fault_of(field: Field, text: str) -> str:
    """Why the text cannot stand in the field; empty where it can."""
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        return "register_not_text"
    if len(text) > load_skin_round().text_at_most:
        return "register_too_long"
    if text in ("", UNKNOWN):
        return ""
    return _fault_of_type(field, text)


def _fault_of_type(field: Field, text: str) -> str:
    if field.type == "date":
        return "" if _is_date(text) else "register_not_a_date"
    if field.type in ("number", "whole"):
        return _fault_of_number(field, text)
    if field.type == "yes_no":
        return "" if text in ("yes", "no") else "register_not_a_choice"
    ids = {choice.id for choice in choices_of(field)}
    return "register_not_a_choice" if ids and text not in ids else ""


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        parse_fhir_instant(text, UTC)
    except DateInvalid:
        return False
    return True


def _fault_of_number(field: Field, text: str) -> str:
    if not (_WHOLE if field.type == "whole" else _NUMBER).fullmatch(text):
        return "register_not_a_number"
    low, high = field.range or (float("-inf"), float("inf"))
    return "" if low <= float(text) <= high else "register_outside_range"
