"""What outcomes are counted by: times, groups, causes, and why a case is set aside."""

from __future__ import annotations

import functools
from typing import Literal

import msgspec

from livedo.knowledge.files import KNOWLEDGE_FOLDER, read_file
from livedo.knowledge.register import Choice
from livedo.knowledge.schema import Text

By = Literal["everybody", "site", "ulcerated_at_diagnosis", "ulcer_so_far"]


class Time(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many days after the start at which figures are given."""

    id: str
    days: int
    label: Text


class Grouping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way to divide people. `by` is one of a closed set."""

    id: str
    by: By
    label: Text
    values: tuple[Choice, ...]
    changes_over_time: bool = False
    because: tuple[str, ...] = ()


class Least(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Below which sizes a curve is not drawn."""

    people: int
    share_at_risk: float


class Delay(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One stretch of time between two events of a case."""

    id: str
    label: Text
    because: tuple[str, ...] = ()


class NamedMethod(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an interval was made, and who described it."""

    id: str
    label: Text
    source: str


class Outcomes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of `knowledge/registry/outcomes.yaml`."""

    version: int
    midpoint_within_days: int
    times: tuple[Time, ...]
    headline: tuple[str, ...]
    because: tuple[str, ...]
    least: Least
    causes: tuple[Choice, ...]
    groupings: tuple[Grouping, ...]
    set_aside: tuple[Choice, ...]
    delays: tuple[Delay, ...]
    quantiles: tuple[float, ...]
    methods: tuple[NamedMethod, ...]

    def grouping(self, id: str) -> Grouping:
        """The grouping of this id; KeyError when there is none."""
        for grouping in self.groupings:
            if grouping.id == id:
                return grouping
        raise KeyError(id)


@functools.cache
def load_outcomes() -> Outcomes:
    """The shipped file, read once a process."""
    return read_file(KNOWLEDGE_FOLDER / "registry" / "outcomes.yaml", Outcomes)
