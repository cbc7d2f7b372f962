"""Standard populations, to compare rates of populations that differ in age."""

from __future__ import annotations

import functools

import msgspec

from livedo.knowledge.files import KNOWLEDGE_FOLDER, read_file
from livedo.knowledge.schema import Text

INTERNAL = "internal"
"""The standard whose weights are the person-time of the cohort itself."""


class StandardPopulation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """People by band of age; empty for the internal one."""

    id: str
    label: Text
    source: str
    bands: dict[str, int]


@functools.cache
def load_standard_populations() -> dict[str, StandardPopulation]:
    """The shipped standards by id, read once a process."""
    several = tuple[StandardPopulation, ...]
    found = read_file(KNOWLEDGE_FOLDER / "registry" / "standard_populations.yaml", several)
    return {one.id: one for one in found}
