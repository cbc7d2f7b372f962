"""Every number in a rule: what it measures, where it stands, and its value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from livedo.errors import UnknownUnit
from livedo.knowledge import schema
from livedo.knowledge.schema import Condition
from livedo.knowledge.tree import LIMIT_FACTORS, QUANTITIES, Node, Path, kind_of
from livedo.quantity import DAYS_IN_YEAR, UnitTable, equals, span_in_days

_WINDOWS = ("within_days", "pair_within_days", "gap_days", "recent_days", "at_least_days")
_RANGE = re.compile(r"(-?[0-9.]+?)\.\.(-?[0-9.]+)(?:\s+(\S.*))?")
_SQUARED = re.compile(r"(?<=[A-Za-z])2")


class Measure(Enum):
    """What a number in a rule measures."""

    QUANTITY = "quantity"
    DIFFERENCE = "difference"
    PRODUCT = "product"
    DOSE = "dose"
    PERCENT = "percent"
    FACTOR = "factor"
    SPAN = "span"
    AGE = "age"
    COUNT = "count"
    WINDOW = "window"

    @property
    def is_threshold(self) -> bool:
        """Whether a source must state the number, or its absence be admitted."""
        return self not in {Measure.COUNT, Measure.WINDOW}


class Number(NamedTuple):
    """One number of a rule. `concepts` are what it is compared with: two for a product."""

    text: str
    field: str
    measure: Measure
    concepts: tuple[str, ...]
    path: Path


class Range(NamedTuple):
    """What a number may be set to, each end with its unit of measure."""

    low: str
    high: str


def range_of(text: str) -> Range | None:
    """The ends of a range such as `1.13..2.0 mmol/L`; None if it is not one."""
    ends = _RANGE.fullmatch(text)
    if ends is None:
        return None
    low, high, unit = ends.groups()
    return Range(f"{low} {unit}", f"{high} {unit}") if unit else Range(low, high)


def names_of(number: Number) -> Iterator[str]:
    """The names of a number, the fullest first: drug.warfarin.dose.above, dose.above, above."""
    short = f"dose.{number.field}" if number.measure is Measure.DOSE else number.field
    yield from (f"{concept}.{short}" for concept in number.concepts)
    yield from dict.fromkeys((short, number.field))


def numbers_of(node: Node) -> Iterator[Number]:
    """The numbers of one condition, not of those below it."""
    condition, path = node
    yield from _compared(condition, path)
    yield from _doses(condition, path)
    for field in _WINDOWS:
        days = getattr(condition, field, None)
        if days is not None:
            yield Number(str(days), field, Measure.WINDOW, concepts_at(condition), (*path, field))


def concepts_at(condition: Condition) -> tuple[str, ...]:
    """The concepts that a condition compares."""
    match condition:
        case schema.LastN(of_concept=concept):
            return (concept,)
        case schema.Product(product=pair):
            return pair
        case schema.Latest() | schema.Change() | schema.Duration() | schema.Active():
            return (str(getattr(condition, kind_of(condition))),)
        case schema.Ever() | schema.Recent():
            return (str(getattr(condition, kind_of(condition))),)
    return ()


def measure_of(condition: Condition) -> Measure:
    """What the comparison of a condition measures."""
    match condition:
        case schema.Change(by="relative"):
            return Measure.PERCENT
        case schema.Change():
            return Measure.DIFFERENCE
        case schema.Product():
            return Measure.PRODUCT
        case schema.Duration():
            return Measure.SPAN
        case schema.PersonIs():
            return Measure.AGE
        case schema.AtLeast():
            return Measure.COUNT
    return Measure.QUANTITY


def _compared(condition: Condition, path: Path) -> Iterator[Number]:
    measure, concepts = measure_of(condition), concepts_at(condition)
    for field in QUANTITIES:
        value = getattr(condition, field, None)
        if isinstance(value, tuple):
            for i, end in enumerate(value):
                yield Number(str(end), field, measure, concepts, (*path, field, i))
        elif value is not None:
            yield Number(str(value), field, measure, concepts, (*path, field))
    for field in LIMIT_FACTORS:
        factor = getattr(condition, field, None)
        if factor is not None:
            yield Number(str(factor), field, Measure.FACTOR, concepts, (*path, field))
    if isinstance(condition, schema.LastN):
        yield Number(str(condition.k), "k", Measure.COUNT, concepts, (*path, "k"))


def _doses(condition: Condition, path: Path) -> Iterator[Number]:
    for concept, where, steps in _narrowed(condition):
        if where is None or where.dose is None:
            continue
        for field in ("above", "at_least"):
            text = getattr(where.dose, field)
            if text is not None:
                at = (*path, *steps, "where", "dose", field)
                yield Number(text, field, Measure.DOSE, (concept,), at)


def _narrowed(condition: Condition) -> Iterator[tuple[str, schema.Where | None, Path]]:
    match condition:
        case schema.During():
            yield condition.during.concept, condition.during.where, ("during",)
            yield condition.holding.concept, condition.holding.where, ("holding",)
        case schema.Before():
            yield condition.before.concept, condition.before.where, ("before",)
            yield condition.of.concept, condition.of.where, ("of",)
        case _:
            where = getattr(condition, "where", None)
            if where is not None:
                yield concepts_at(condition)[0], where, ()


def amount(number: Number, units: UnitTable, text: str | None = None) -> float:
    """The number, or another one in its place, on the scale on which it is compared.

    Raises:
        UnknownUnit: the unit of measure does not fit what is measured.
    """
    written = text or number.text
    if number.measure is Measure.SPAN:
        return span_in_days(written)
    value, unit = units.parse(written)
    match number.measure:
        case Measure.QUANTITY | Measure.DOSE:
            return units.to_canonical(number.concepts[0], value, unit)
        case Measure.DIFFERENCE:
            return units.difference_to_canonical(number.concepts[0], value, unit)
        case Measure.PRODUCT:
            root = _SQUARED.sub("", unit)
            for concept in number.concepts:
                value *= units.difference_to_canonical(concept, 1.0, root)
        case Measure.AGE if not equals(span_in_days(written), value * DAYS_IN_YEAR):
            raise UnknownUnit("An age is written in years.")
        case Measure.PERCENT if unit != "%":
            raise UnknownUnit("A relative change is written in per cent.")
    return value
