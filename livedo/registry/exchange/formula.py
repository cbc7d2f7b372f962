"""A text that begins like a formula is kept from being one in a spreadsheet, and given back whole.

A spreadsheet runs a cell that begins with = + - @ (or their full-width forms), a tab or a line
end; quotes of CSV do not prevent it. Such a cell gets an apostrophe in front, and so does one
that already has apostrophes before such a sign, so that taking one away is always right.
OWASP names the signs (CSV Injection; CWE-1236).
"""

from __future__ import annotations

import re

_SIGNS = "=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20"
_DANGEROUS = re.compile(f"'*\\s*[{_SIGNS}]")
_GUARDED = re.compile(f"'+\\s*[{_SIGNS}]")


def guarded(text: str) -> str:
    """The text as it may stand in a file that a spreadsheet opens."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def unguarded(text: str) -> str:
    """The text as it was before `guarded`."""
    return text[1:] if _GUARDED.match(text) else text
