"""The shipped numbers of the disclosure control, with their sources."""

from __future__ import annotations

import functools

import msgspec

from livedo.knowledge.files import KNOWLEDGE_FOLDER, read_file
from livedo.knowledge.schema import Text


class Limit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One number, what it means, and between which numbers a centre may put its own."""

    value: int
    means: Text
    adjustable: tuple[int, int]
    source: str


class Disclosure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of `knowledge/registry/disclosure.yaml`."""

    version: int
    hide_to: Limit
    round_to: Limit
    narrowest: Limit
    curve_step_days: Limit

    def limit(self, name: str) -> Limit:
        """The limit of this name."""
        found: Limit = getattr(self, name)
        return found


@functools.cache
def load_disclosure() -> Disclosure:
    """The shipped numbers, read once a process."""
    return read_file(KNOWLEDGE_FOLDER / "registry" / "disclosure.yaml", Disclosure)
