"""Case numbers: opaque, keyed, the same in every export of one store."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

SECRET = "registry"
"""The store's secret from which case numbers are made."""

DIGITS = 20


def case_id(key: bytes, person_id: str) -> str:
    """The number of a case. It begins with a letter, so that no spreadsheet takes it for one."""
    digest = hmac.new(key, person_id.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return f"c{digest.hexdigest()[:DIGITS]}"


def people_by_case_id(key: bytes, person_ids: Iterable[str]) -> dict[str, str]:
    """Who each number is, found by making the number of everybody again."""
    return {case_id(key, person_id): person_id for person_id in person_ids}
