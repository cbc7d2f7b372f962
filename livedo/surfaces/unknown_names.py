"""The error for a name that the knowledge does not hold, with the names it may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from livedo.errors import UnknownConcept

NEAR = 3


def unknown(
    name: str, known: Iterable[str], listing: str = "livedo knowledge list"
) -> UnknownConcept:
    """The error; `listing` is the command that lists the names there are."""
    near = difflib.get_close_matches(name, list(known), n=NEAR)
    return UnknownConcept(
        f"The knowledge holds nothing named {name}",
        next_step=f"did you mean {', '.join(near)}?" if near else listing,
    )
