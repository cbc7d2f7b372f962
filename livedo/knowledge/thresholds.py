"""The numbers that rules cite, each with its source and its limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import msgspec

from livedo.errors import KnowledgeInvalid
from livedo.knowledge.files import read_folder


class Stated(NamedTuple):
    """A number as a source states it."""

    value: float
    unit: str


class ThresholdValue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The number in both systems; `si` may be a number, a range or named numbers."""

    si: Any
    si_unit: str
    conventional: Any
    conventional_unit: str


class Suggested(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One number of a local suggestion."""

    value: float
    unit: str


class ThresholdSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the number was read."""

    title: str
    url: str | None
    year: int | None


class Threshold(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One number, or one small table, that a rule may cite.

    `is_local` marks a starting point without evidence that a centre may change;
    `not_for` says where it must not be used.
    """

    id: str
    concept: str
    meaning: str
    meaning_da: str
    direction: str
    value: ThresholdValue | None
    lookback_days: int | None
    source: ThresholdSource | None
    read: Literal["excerpt", "table", "page", "project", "none"]
    strength: str
    use: Literal["default", "alternative", "context", "definition", "stop"]
    is_local: bool = msgspec.field(name="local")
    not_for: str
    suggested: tuple[Suggested, ...] = ()
    suggest: str | None = None
    also: tuple[str, ...] = ()
    note: str | None = None
    evidence: tuple[str, ...] = ()

    def numbers(self) -> tuple[Stated, ...]:
        """Every number it states, in both systems, and those it suggests."""
        stated: list[Stated] = [Stated(each.value, each.unit) for each in self.suggested]
        if self.value:
            stated += _numbers(self.value.si, self.value.si_unit)
            stated += _numbers(self.value.conventional, self.value.conventional_unit)
        return tuple(dict.fromkeys(stated))


class ThresholdFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The thresholds of one group."""

    group: str
    thresholds: tuple[Threshold, ...]


@cache
def load_thresholds() -> Mapping[str, Threshold]:
    """Every threshold by id."""
    thresholds: dict[str, Threshold] = {}
    for file in read_folder("thresholds", ThresholdFile):
        for threshold in file.thresholds:
            if threshold.id in thresholds:
                raise KnowledgeInvalid(f"Threshold {threshold.id} is written twice.")
            thresholds[threshold.id] = threshold
    return MappingProxyType(thresholds)


def _numbers(value: Any, unit: str) -> Iterator[Stated]:
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield Stated(float(value), unit)
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _numbers(part, unit)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _numbers(part, unit)
