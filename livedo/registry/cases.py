"""Every case of a record, by every definition, at a million people.

Only people of whom the rules could possibly say yes are decoded (`candidates`). A level is
first met on the first day on which its rule answers yes from what was known by the end of that
day; asked are the days on which a defining fact became known, and the day of the report.
"""

from __future__ import annotations

import msgspec

from livedo.registry.case import Case
from livedo.registry.cohort import Step


class Candidates(msgspec.Struct, frozen=True):
    """How many people had to be judged, and which rules let everybody in."""

    people: int
    of: int
    open_rules: tuple[str, ...] = ()


class CasesFound(msgspec.Struct, frozen=True, kw_only=True):
    """The cases in the order of their ids, and what became of everybody else."""

    cases: tuple[Case, ...]
    candidates: Candidates
    attrition: tuple[Step, ...]
