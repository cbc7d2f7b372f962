"""Style sheets and scripts as the browser gets them: files of our own, named by their content."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

import msgspec

FOLDER = Path(__file__).resolve().parents[1] / "static"
DARK = "@media (prefers-color-scheme: dark)"
SHEETS = ("tokens.css", "page.css", "web.css", "rules.css", "round.css", "register.css")
SCRIPTS = ("web.js", "round.js")
DIGEST = 10


class Asset(msgspec.Struct, frozen=True):
    """One file that a page loads."""

    name: str
    media_type: str
    content: bytes

    @property
    def address(self) -> str:
        """Where it is served: a change of content is a change of address."""
        digest = hashlib.sha256(self.content).hexdigest()[:DIGEST]
        stem, _, ending = self.name.rpartition(".")
        return f"/static/{stem}-{digest}.{ending}"


@functools.cache
def assets() -> dict[str, Asset]:
    """Every asset by name: one style sheet an appearance, and the scripts."""
    found = [style_sheet(look) for look in ("system", "light", "dark")]
    found += [Asset(name, "text/javascript", (FOLDER / name).read_bytes()) for name in SCRIPTS]
    return {asset.name: asset for asset in found}


@functools.cache
def by_address() -> dict[str, Asset]:
    """Every asset by its address."""
    return {asset.address: asset for asset in assets().values()}


def style_sheet(look: str) -> Asset:
    """The whole style for one appearance."""
    tokens, *others = ((FOLDER / name).read_text("utf-8") for name in SHEETS)
    text = "\n".join((tokens_for(tokens, look), *others))
    return Asset(f"style-{look}.css", "text/css", text.encode())


def tokens_for(tokens: str, look: str) -> str:
    """The tokens where the reader has chosen light or dark rather than leave it to the system.

    The dark block asks the system; chosen dark, it asks only for a screen, so that print
    stays light; chosen light, it is never true.
    """
    if look == "system":
        return tokens
    return tokens.replace(DARK, "@media screen" if look == "dark" else "@media not all")
