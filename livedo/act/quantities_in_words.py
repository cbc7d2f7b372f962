"""Numbers with their unit of measure, as people of one language write them."""

from __future__ import annotations

from typing import Literal

import msgspec

from livedo.knowledge.wording import Wording
from livedo.quantity import UnitTable

Units = Literal["si", "conventional", "si_beside", "conventional_beside"]
"""One system of units, or one with the other beside it in brackets."""

TITRE = "{titer}"
DOSE_DECIMALS = 2


class Amount(msgspec.Struct, frozen=True, kw_only=True):
    """One value in both systems of units; `conventional` is empty where there is only one."""

    si: str
    conventional: str = ""

    def both(self, *, conventional_first: bool = False) -> str:
        """2.18 mmol/L (6.8 mg/dL), or the other way round."""
        if not self.conventional:
            return self.si
        first, second = self.si, self.conventional
        if conventional_first:
            first, second = second, first
        return f"{first} ({second})"


class QuantityWords:
    """Writes values of a concept in SI and in conventional units."""

    def __init__(self, units: UnitTable, wording: Wording) -> None:
        self._units = units
        self._wording = wording
        self._decimal_mark = wording.text("act.number.decimal")
        self._spelled: dict[str, str] = {}

    def number(self, value: float, decimals: int) -> str:
        """A number with so many decimals and the language's decimal mark."""
        rounded = f"{value:.{decimals}f}"
        if rounded.startswith("-") and not rounded.strip("-0."):
            rounded = rounded[1:]
        return rounded.replace(".", self._decimal_mark).replace("-", "−")

    def unit(self, unit: str) -> str:
        """A unit of measure as it is printed."""
        spelled = self._spelled.get(unit)
        if spelled is None:
            key = f"act.unit.{unit}"
            spelled = self._wording.text(key) if key in self._wording else unit
            self._spelled[unit] = spelled
        return spelled

    def canonical_unit(self, concept: str) -> str:
        """The printed SI unit of a concept; empty when it has none."""
        return self.unit(self._units.canonical(concept)) if concept in self._units else ""

    def conventional_unit(self, concept: str) -> str:
        """The printed conventional unit of a concept; empty when there is no other."""
        unit = self._other_unit(concept)
        return "" if unit is None else self.unit(unit)

    def conventional_value(self, concept: str, value: float) -> float | None:
        """A canonical value in the conventional unit."""
        unit = self._other_unit(concept)
        return None if unit is None else self._units.from_canonical(concept, value, unit)

    def amount(self, concept: str, low: float | None, high: float | None) -> Amount | None:
        """A value, or the bounds of one, in both systems; None when no number was given."""
        if low is None and high is None:
            return None
        if concept not in self._units:
            return Amount(si=self._interval(low, high, decimals=2, unit=""))
        canonical = self._units.canonical(concept)
        si = self._in_unit(concept, low, high, canonical)
        other = self._other_unit(concept)
        if other is None:
            return Amount(si=si)
        return Amount(si=si, conventional=self._in_unit(concept, low, high, other))

    def dose(self, concept: str, per_day: float) -> str:
        """A dose a day, without decimals that say nothing."""
        unit = self._units.canonical(concept) if concept in self._units else ""
        number = self.number(per_day, DOSE_DECIMALS).rstrip("0").rstrip(self._decimal_mark)
        return f"{number} {self.unit(unit)}".strip()

    def _other_unit(self, concept: str) -> str | None:
        if concept not in self._units:
            return None
        unit = self._units.conventional(concept)
        return None if unit == self._units.canonical(concept) else unit

    def _in_unit(self, concept: str, low: float | None, high: float | None, unit: str) -> str:
        def turned(value: float | None) -> float | None:
            return None if value is None else self._units.from_canonical(concept, value, unit)

        return self._interval(turned(low), turned(high), self._units.decimals(concept, unit), unit)

    def _interval(self, low: float | None, high: float | None, decimals: int, unit: str) -> str:
        if unit == TITRE:
            decimals = 0
        low_text = "" if low is None else self.number(low, decimals)
        high_text = "" if high is None else self.number(high, decimals)
        if low_text == high_text:
            text = low_text
        elif not high_text:
            text = f"> {low_text}"
        elif not low_text:
            text = f"< {high_text}"
        else:
            text = f"{low_text}–{high_text}"
        if unit == TITRE:
            return f"1:{text}"
        printed = self.unit(unit)
        return f"{text} {printed}" if printed else text


def as_units(text: str, *, beside: bool = False) -> Units:
    """The reader's choice of units of measure, with the other system beside it or not."""
    if text == "conventional":
        return "conventional_beside" if beside else "conventional"
    return "si_beside" if beside or text == "both" else "si"
