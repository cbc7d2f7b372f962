"""What the yearly report of the registry puts first, and how far back it looks."""

from __future__ import annotations

import functools

import msgspec

from livedo.knowledge.files import KNOWLEDGE_FOLDER, read_file


class MainDefinition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A level of a definition of `definitions.yaml`."""

    definition: str
    level: str


class Yearly(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of `knowledge/registry/yearly.yaml`."""

    version: int
    main: MainDefinition
    years: int
    libraries: tuple[str, ...]


@functools.cache
def load_yearly() -> Yearly:
    """The shipped choices, read once a process."""
    return read_file(KNOWLEDGE_FOLDER / "registry" / "yearly.yaml", Yearly)
