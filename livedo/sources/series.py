"""Marks results that are possible, yet far from the person's own series."""

from __future__ import annotations

import functools
import statistics
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path

import msgspec
import yaml

from livedo import knowledge
from livedo.record.tables import Fact

_FILE = Path(knowledge.__file__ or "").parent / "intake.yaml"


class FarFromOwnSeries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a result is so far from the person's middle value that it is marked."""

    min_results: int
    factor: float
    factor_of: Mapping[str, float]

    def factor_for(self, concept: str) -> float:
        """How many times the middle value a result of this concept may be."""
        return self.factor_of.get(concept, self.factor)


class Dates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which dates are possible in a record at all."""

    earliest_year: int
    latest_year: int
    clock_skew_hours: float


class IntakeLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of `knowledge/intake.yaml`."""

    far_from_own_series: FarFromOwnSeries
    dates: Dates


@functools.cache
def intake_limits() -> IntakeLimits:
    """What intake may believe about numbers and dates."""
    return msgspec.convert(yaml.safe_load(_FILE.read_text("utf-8")), IntakeLimits)


def has_series(concept: str) -> bool:
    """Whether results of this concept form a series of numbers."""
    return concept.startswith(("lab.", "body.", "dialysate."))


def far_values(concept: str, values: list[float]) -> tuple[float, float] | None:
    """The bounds within which values of this series are ordinary, if it is long enough."""
    limits = intake_limits().far_from_own_series
    if len(values) < limits.min_results:
        return None
    middle = statistics.median(values)
    if middle <= 0:
        return None
    factor = limits.factor_for(concept)
    return middle / factor, middle * factor


def mark_outliers(facts: Iterable[Fact]) -> Iterator[Fact]:
    """The facts of one person in order, those far from their own series marked."""
    for concept, run in groupby(facts, key=lambda fact: fact.concept):
        series = list(run)
        bounds = None
        if has_series(concept):
            bounds = far_values(concept, [f.low for f in series if is_exact(f) and f.low])
        for fact in series:
            if bounds and is_exact(fact) and not bounds[0] <= (fact.low or 0) <= bounds[1]:
                yield msgspec.structs.replace(fact, is_query=True)
            else:
                yield fact


def is_exact(fact: Fact) -> bool:
    """Whether the fact holds one number."""
    return fact.low is not None and fact.low == fact.high
