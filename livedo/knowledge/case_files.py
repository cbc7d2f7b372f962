"""How case files are placed in time, and which of their parts are never told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache

import msgspec

from livedo.knowledge.files import KNOWLEDGE_FOLDER, read_file


class CaseFileReading(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The content of `knowledge/case_files.yaml`."""

    moment: datetime
    earliest_years_before: int
    withheld: tuple[str, ...]
    imaging_withheld_for: tuple[str, ...]
    imaging_withheld_with: tuple[str, ...]
    notes: Mapping[str, str]
    lesion: str
    lesion_age: str
    units: Mapping[str, str]
    sexes: Mapping[str, str]
    renal_tag: str
    sparse_tag: str
    contested: str


@cache
def load_case_file_reading() -> CaseFileReading:
    """The shipped conventions, read once."""
    return read_file(KNOWLEDGE_FOLDER / "case_files.yaml", CaseFileReading)
