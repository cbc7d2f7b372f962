"""Quantities: a number, its unit of measure and the analyte it belongs to.

This module holds the mechanics only. Which units an analyte may carry, with
which factor, is data (`livedo/knowledge/units`). Amount and mass convert only
where the analyte says how; every other pair is refused, never guessed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

import msgspec

from livedo.errors import UnknownUnit

RELATIVE_TOLERANCE = 1e-9
DAYS_IN_YEAR = 365.25

_NUMBER = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*)", re.DOTALL)
_TITRE = re.compile(r"1\s*:\s*(\d+)")
_SPAN_DAYS = {
    "d": 1.0,
    "day": 1.0,
    "days": 1.0,
    "wk": 7.0,
    "week": 7.0,
    "weeks": 7.0,
    "mo": DAYS_IN_YEAR / 12,
    "month": DAYS_IN_YEAR / 12,
    "months": DAYS_IN_YEAR / 12,
    "a": DAYS_IN_YEAR,
    "year": DAYS_IN_YEAR,
    "years": DAYS_IN_YEAR,
    "h": 1 / 24,
    "hour": 1 / 24,
    "hours": 1 / 24,
}


def equals(a: float, b: float) -> bool:
    """Whether two computed numbers are the same within the tolerance."""
    return math.isclose(a, b, rel_tol=RELATIVE_TOLERANCE, abs_tol=0.0)


def exceeds(a: float, b: float) -> bool:
    """Whether `a` is above `b` by more than the tolerance."""
    return a > b and not equals(a, b)


def reaches(a: float, b: float) -> bool:
    """Whether `a` is at or above `b`, the tolerance counting as reached."""
    return a >= b or equals(a, b)


def span_in_days(text: str | float) -> float:
    """Days in a span such as "5 years", "26 weeks" or a bare number of days."""
    if isinstance(text, int | float):
        return float(text)
    match = _NUMBER.fullmatch(text.strip())
    unit = match.group(2).strip() if match else ""
    if match is None or (unit and unit not in _SPAN_DAYS):
        raise UnknownUnit(
            f"'{text}' is not a span of time.",
            next_step='Write days, weeks, months or years, for example "5 years".',
        )
    return float(match.group(1)) * _SPAN_DAYS[unit or "d"]


class Scale(msgspec.Struct, frozen=True, kw_only=True):
    """How one unit of measure relates to the canonical unit of its analyte:
    canonical = (value - zero_at) * times / divided_by."""

    unit: str
    times: float = 1.0
    divided_by: float = 1.0
    zero_at: float = 0.0
    decimals: int = 2

    def to_canonical(self, value: float) -> float:
        """The value in the canonical unit."""
        return (value - self.zero_at) * self.times / self.divided_by

    def from_canonical(self, value: float) -> float:
        """The canonical value in this unit."""
        return value * self.divided_by / self.times + self.zero_at


class Analyte(msgspec.Struct, frozen=True, kw_only=True):
    """The units one concept may carry. `low` and `high` bound what is possible
    in a living person, in the canonical unit; they are not a reference interval."""

    concept: str
    canonical: str
    conventional: str | None
    scales: Mapping[str, Scale]
    low: float | None = None
    high: float | None = None
    is_unit_optional: bool = False
    """True for scores and ratios, where a number without a unit is unambiguous."""


class Spellings:
    """Ways to write a unit of measure, and the one way used here."""

    def __init__(self, variants: Mapping[str, str]) -> None:
        self._exact = dict(variants)
        folded: dict[str, set[str]] = {}
        for written, unit in variants.items():
            folded.setdefault(_plain(written).casefold(), set()).add(unit)
        # A spelling that two units share once case is ignored decides nothing.
        self._folded = {key: units.pop() for key, units in folded.items() if len(units) == 1}
        self.normal = lru_cache(maxsize=4096)(self._normal)

    def _normal(self, unit: str) -> str:
        stripped = unit.strip()
        found = self._exact.get(stripped) or self._exact.get(_plain(stripped))
        return found or self._folded.get(_plain(stripped).casefold(), stripped)


def _plain(unit: str) -> str:
    for sign, letter in (("µ", "u"), ("μ", "u"), ("²", "2"), ("⁹", "9"), ("·", "."), ("×", "x")):
        unit = unit.replace(sign, letter)
    return "".join(unit.split())


class UnitTable:
    """Every analyte's units of measure; converts, parses, and knows what is impossible."""

    def __init__(self, analytes: Iterable[Analyte], spellings: Mapping[str, str]) -> None:
        self._analytes = {analyte.concept: analyte for analyte in analytes}
        self._spellings = Spellings(spellings)
        self._scales: dict[tuple[str, str | None], Scale] = {}

    def __contains__(self, concept: object) -> bool:
        return concept in self._analytes

    def concepts(self) -> tuple[str, ...]:
        """Every concept that has a unit of measure."""
        return tuple(self._analytes)

    def spelling(self, unit: str) -> str:
        """The one way this unit of measure is written here; unknown units stay as they are."""
        return self._spellings.normal(unit)

    def canonical(self, concept: str) -> str:
        """The unit in which values of this concept are kept (SI)."""
        return self._analyte(concept).canonical

    def conventional(self, concept: str) -> str | None:
        """The customary other unit of this concept, if there is one."""
        return self._analyte(concept).conventional

    def units_of(self, concept: str) -> tuple[str, ...]:
        """Every unit accepted for this concept."""
        return tuple(self._analyte(concept).scales)

    def decimals(self, concept: str, unit: str) -> int:
        """How many decimals a value in this unit is shown with."""
        return self.scale(concept, unit).decimals

    def plausible(self, concept: str) -> tuple[float | None, float | None] | None:
        """The bounds of what is possible, in the canonical unit, if any are set."""
        analyte = self._analytes.get(concept)
        if analyte is None or (analyte.low is None and analyte.high is None):
            return None
        return analyte.low, analyte.high

    def is_plausible(self, concept: str, canonical_value: float) -> bool:
        """Whether a value in the canonical unit is possible at all."""
        if not math.isfinite(canonical_value):
            return False
        low, high = self.plausible(concept) or (None, None)
        return (low is None or reaches(canonical_value, low)) and (
            high is None or reaches(high, canonical_value)
        )

    def scale(self, concept: str, unit: str | None) -> Scale:
        """How this unit relates to the canonical unit of the concept.

        Raises:
            UnknownUnit: the concept does not accept the unit, or the unit is missing.
        """
        known = self._scales.get((concept, unit))
        if known is None:
            known = self._find_scale(concept, unit)
            if len(self._scales) < 65_536:
                self._scales[concept, unit] = known
        return known

    def to_canonical(self, concept: str, value: float, unit: str | None) -> float:
        """The value in the canonical unit of the concept; raises UnknownUnit."""
        return self.scale(concept, unit).to_canonical(value)

    def from_canonical(self, concept: str, value: float, unit: str) -> float:
        """A canonical value in another accepted unit of the concept; raises UnknownUnit."""
        return self.scale(concept, unit).from_canonical(value)

    def difference_to_canonical(self, concept: str, value: float, unit: str) -> float:
        """A difference between two values in the canonical unit; where a scale has
        a zero of its own (temperature, HbA1c) the zero does not count."""
        scale = self.scale(concept, unit)
        return value * scale.times / scale.divided_by

    def parse(self, text: str) -> tuple[float, str]:
        """The number and the unit of measure of a text such as "5.5 mg/dL" or "1:320"."""
        titre = _TITRE.fullmatch(text.strip())
        if titre:
            return float(titre.group(1)), "{titer}"
        match = _NUMBER.fullmatch(text.strip())
        if match is None:
            raise UnknownUnit(
                "A quantity must be a number and a unit of measure.",
                next_step='Write it like "5.5 mg/dL".',
            )
        return float(match.group(1)), self.spelling(match.group(2) or "1")

    def _analyte(self, concept: str) -> Analyte:
        analyte = self._analytes.get(concept)
        if analyte is None:
            raise UnknownUnit(
                f"{concept} is not a quantity: no unit of measure is known for it.",
                next_step="Add it to livedo/knowledge/units, with a source for each factor.",
            )
        return analyte

    def _find_scale(self, concept: str, unit: str | None) -> Scale:
        analyte = self._analyte(concept)
        if unit is None or not unit.strip():
            if analyte.is_unit_optional:
                return analyte.scales[analyte.canonical]
            raise _refusal(analyte, "without a unit of measure")
        found = analyte.scales.get(self.spelling(unit))
        if found is None:
            raise _refusal(analyte, f"in '{unit[:40]}'")
        return found


def _refusal(analyte: Analyte, how: str) -> UnknownUnit:
    return UnknownUnit(
        f"{analyte.concept} cannot be read {how}.",
        still_works="The item is set aside; nothing was converted or guessed.",
        next_step=f"Accepted here: {', '.join(analyte.scales)}.",
    )
