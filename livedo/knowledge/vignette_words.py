"""What the words of the published case vignettes mean in our vocabulary."""

from __future__ import annotations

from typing import Literal

import msgspec

from livedo.knowledge.files import KNOWLEDGE_FOLDER, read_file


class VignetteWord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One word. Without a concept, body site or interpretation, `set_aside` names
    the reason and `why` explains it."""

    concept: str | None = None
    present: Literal["yes", "no", "unknown"] = "yes"
    interpretation: str | None = None
    body_site: str | None = None
    within_days: int | None = None
    """What the word itself calls recent began at most so many days before; a reading of ours."""
    set_aside: str | None = None
    why: str | None = None


class VignetteFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The words by the field of the vignette they stand in."""

    conditions: dict[str, VignetteWord]
    medications: dict[str, VignetteWord]
    labs: dict[str, VignetteWord]
    findings: dict[str, VignetteWord]
    imaging: dict[str, VignetteWord]
    biopsy: dict[str, VignetteWord]
    exposures: dict[str, VignetteWord]
    sites: dict[str, VignetteWord]
    kidney_stage: dict[str, VignetteWord]
    dialysis: dict[str, VignetteWord]
    pain: dict[str, VignetteWord]
    symmetric: dict[str, VignetteWord]
    lab_values: dict[str, VignetteWord]


UNKNOWN_WORD = VignetteWord(set_aside="unknown_word", why="The word is not in our vocabulary.")


def read_vignette_words() -> dict[str, dict[str, VignetteWord]]:
    """The words of `knowledge/vignettes`, by field."""
    file = read_file(KNOWLEDGE_FOLDER / "vignettes" / "words.yaml", VignetteFile)
    return {field: getattr(file, field) for field in VignetteFile.__struct_fields__}
