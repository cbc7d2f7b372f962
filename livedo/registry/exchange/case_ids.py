"""Case numbers: opaque, keyed, the same in every export of one store."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

SECRET = "registry"
"""The store's secret from which case numbers are made."""

DIGITS = 20
REFERENCE = "ref-"
"""How a hidden reference to the record begins."""


def case_id(key: bytes, person_id: str) -> str:
    """The number of a case. It begins with a letter, so that no spreadsheet takes it for one."""
    return f"c{_digest(key, person_id)}"


def hidden_reference(key: bytes, text: str) -> str:
    """A reference to something of the record, which may hold an id of the source, told by no id."""
    return f"{REFERENCE}{_digest(key, f'{REFERENCE}{text}')}"


def _digest(key: bytes, text: str) -> str:
    digest = hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return digest.hexdigest()[:DIGITS]


def people_by_case_id(key: bytes, person_ids: Iterable[str]) -> dict[str, str]:
    """Who each number is, found by making the number of everybody again."""
    return {case_id(key, person_id): person_id for person_id in person_ids}
