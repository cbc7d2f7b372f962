"""Why bytes could not be read as a resource. No message ever repeats the content."""

from __future__ import annotations

import re

import msgspec

BROKEN_JSON = "broken_json"
NOT_UTF8 = "not_utf8"
TOO_DEEP = "too_deep"
WRONG_SHAPE = "wrong_shape"
IMPOSSIBLE = "impossible_value"

UNDECODABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What the decoder raises on content that is not a resource."""

_NOT_A_NUMBER = re.compile(rb"[:\[,]\s*[+-]?(?:NaN|Infinity|inf|nan)\b")
_PATH = re.compile(r"at `(\$[^`]*)`")


def fault_of(error: Exception, content: bytes) -> tuple[str, str]:
    """The reason for the ledger, and the place inside the item."""
    if isinstance(error, RecursionError):
        return TOO_DEEP, ""
    if isinstance(error, UnicodeDecodeError):
        return NOT_UTF8, ""
    if isinstance(error, msgspec.ValidationError):
        found = _PATH.search(str(error))
        path = re.sub(r"\[(?!\d+\]|\.\.\.\])[^\]]*\]", "[...]", found[1]) if found else ""
        return (IMPOSSIBLE if "out of range" in str(error) else WRONG_SHAPE), path
    if _NOT_A_NUMBER.search(content):
        return IMPOSSIBLE, ""
    return (BROKEN_JSON if _is_utf8(content) else NOT_UTF8), ""


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
