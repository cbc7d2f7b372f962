"""A rule with one number moved by a step, to see whether its cases would notice."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from livedo.knowledge.numbers import Measure, Number, numbers_of
from livedo.knowledge.schema import Rule
from livedo.knowledge.tree import Path, RuleMalformed, parse_rule, walk

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_SWAPS = {"above": "at_least", "at_least": "above", "below": "at_most", "at_most": "below"}
_COUNTED_IN_STEPS = {Measure.SPAN, Measure.COUNT, Measure.FACTOR}
"""Lengths, counts and factors are hardly ever met exactly: including the limit is no test there."""


class Mutant(NamedTuple):
    """A changed rule. `change` says what was done to which number."""

    rule: Rule
    number: Number
    change: str


def mutants_of(rule: Rule, plain: Mapping[str, Any]) -> Iterator[Mutant]:
    """Each number one step up, one step down, and its limit included or excluded."""
    for node in walk(rule.when):
        for number in numbers_of(node):
            if number.measure is not Measure.WINDOW:
                yield from _of_number(plain, number)


def _of_number(plain: Mapping[str, Any], number: Number) -> Iterator[Mutant]:
    for direction in (1, -1):
        moved = moved_by_a_step(number.text, direction)
        yield from _mutant(plain, number, number.path, moved, f"{number.text} -> {moved}")
    other = _SWAPS.get(str(number.path[-1]))
    if other is not None and number.measure not in _COUNTED_IN_STEPS:
        swapped = (*number.path[:-1], other)
        yield from _mutant(plain, number, swapped, number.text, f"{number.path[-1]} -> {other}")


def moved_by_a_step(text: str, direction: int) -> str:
    """The quantity with its last written digit one higher or lower."""
    match = _NUMBER.search(text)
    if match is None:
        return text
    number = Decimal(match.group())
    step = Decimal(1).scaleb(int(number.as_tuple().exponent))
    return f"{text[: match.start()]}{number + direction * step}{text[match.end() :]}"


def _mutant(
    plain: Mapping[str, Any], number: Number, path: Path, text: str, change: str
) -> Iterator[Mutant]:
    """The mutant, unless the rule would no longer be one."""
    changed: Any = copy.deepcopy(plain)
    place = changed
    for step in path[:-1]:
        place = place[step]
    if path != number.path:
        del place[number.path[-1]]
    is_text = number.measure not in {Measure.COUNT, Measure.FACTOR}
    place[path[-1]] = text if is_text else (float(text) if "." in text else int(text))
    try:
        yield Mutant(parse_rule(changed), number, change)
    except RuleMalformed:
        return
