"""The named definitions of calciphylaxis: whose levels, given by which rules."""

from __future__ import annotations

import functools

import msgspec

from livedo.knowledge.files import KNOWLEDGE_FOLDER, read_file


class Level(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One level of a definition and the rule that gives it."""

    id: str
    rule: str


class Definition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One named definition; `levels` holds the surest first."""

    id: str
    levels: tuple[Level, ...]
    parts: tuple[str, ...]
    """What it needs, asked in this order for the words of "not met" and "cannot tell"."""
    because: tuple[str, ...]
    is_ours: bool = False
    excluded: str = ""


@functools.cache
def load_definitions() -> tuple[Definition, ...]:
    """The shipped definitions, read once a process."""
    return read_file(KNOWLEDGE_FOLDER / "definitions.yaml", tuple[Definition, ...])
