"""How a reader wants to read: language, units of measure, appearance.

What stands in the address wins, so that a link shows everybody the same; then what this
browser chose before, then the settings of the service.
"""

from __future__ import annotations

from typing import Literal, cast

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from livedo.surfaces.words import Words, words

Look = Literal["system", "light", "dark"]

COOKIE = "livedo_reads"
CHOICES: dict[str, tuple[str, ...]] = {
    "lang": ("en", "da"),
    "units": ("si", "conventional"),
    "look": ("system", "light", "dark"),
}
YEAR_SECONDS = 31_536_000


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """The choices of one reader."""

    lang: str = "en"
    units: str = "si"
    look: Look = "system"

    @property
    def words(self) -> Words:
        """The texts in the reader's language."""
        return words(self.lang)


def preferences_of(request: Request, default: Preferences) -> Preferences:
    """Address, then cookie, then the service's own."""
    kept = dict(zip(CHOICES, request.cookies.get(COOKIE, "").split("."), strict=False))
    chosen: dict[str, str] = {}
    for name, allowed in CHOICES.items():
        asked = (request.query_params.get(name), kept.get(name), getattr(default, name))
        chosen[name] = next(value for value in asked if value in allowed)
    return Preferences(lang=chosen["lang"], units=chosen["units"], look=cast(Look, chosen["look"]))


def remember(request: Request, response: Response, reader: Preferences) -> None:
    """Keeps a choice made in the address for the next pages of this browser."""
    if any(name in request.query_params for name in CHOICES):
        value = ".".join(getattr(reader, name) for name in CHOICES)
        response.set_cookie(
            COOKIE,
            value,
            max_age=YEAR_SECONDS,
            samesite="lax",
            httponly=True,
            secure=request.url.scheme == "https",
        )
