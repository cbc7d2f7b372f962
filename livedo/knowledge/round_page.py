"""What the pages of the skin round show: `knowledge/round_page.yaml`."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Literal

import msgspec

from livedo.knowledge.files import KNOWLEDGE_FOLDER, read_file


class Consequence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said at once where a rule answers yes because of what was saved."""

    id: str
    rule: str
    look: Literal["danger", "lesion", "note"]


class WoundScore(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The wound score shown if the record holds it."""

    concept: str
    because: tuple[str, ...]


class RoundPage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    due_soon_days: int
    sites_of_sex: Mapping[str, tuple[str, ...]]
    whole_of_group: tuple[str, ...]
    consequences: tuple[Consequence, ...]
    wound_hints: tuple[str, ...]
    wound_score: WoundScore
    wound_area: str

    def is_offered(self, body_site: str, sex: str) -> bool:
        """Whether a body site is asked of somebody of this sex."""
        if sex not in self.sites_of_sex:
            return True
        others = (sites for name, sites in self.sites_of_sex.items() if name != sex)
        return not any(body_site in sites for sites in others)


@functools.cache
def load_round_page() -> RoundPage:
    """The shipped file, read once a process."""
    return read_file(KNOWLEDGE_FOLDER / "round_page.yaml", RoundPage)
