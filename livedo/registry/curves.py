"""The curves of a life table: survival, and what people died of as competing risks.

Survival is the product-limit estimate (Kaplan and Meier 1958) with Greenwood's variance and
intervals on the log(-log) scale; a cause's cumulative incidence is the Aalen-Johansen estimate,
`sum of S(before t) * events of the cause / at risk`, with the variance of its limit by the delta
method (Marubini and Valsecchi 1995, chapter 10; Collett, Modelling Survival Data in Medical
Research, third edition, page 411) and intervals on the same scale. At every time survival and all
incidences add up to one. Late entry is in the numbers at risk (Klein and Moeschberger 2003,
section 4.6).
"""

from __future__ import annotations

import bisect
import math
from typing import Any, Literal

import msgspec
import numpy as np
from scipy.stats import norm

from livedo.registry.case import Day
from livedo.registry.estimate import NO_FIGURE, Estimate
from livedo.registry.life_table import LifeTable

LEVEL = 0.95
ALPHA = 1 - LEVEL
_Z = float(norm.ppf(1 - ALPHA / 2))
_TINY = 1e-12
"""What rounding of sums may leave of zero, or take from one."""

_SIDES: tuple[Literal["value", "low", "high"], ...] = ("value", "low", "high")
Numbers = np.ndarray[Any, np.dtype[Any]]


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """A step function of days: `steps[k]` from `times[k]` on, that day included.

    A curve of people who all came late says nothing of the time before: it holds for those who
    were still without the event at `begins_at`. After `ends_at` nobody is watched and there is no
    figure; `ends_at` None: it is known for ever, since nobody is left.
    """

    kind: Literal["survival", "incidence"]
    times: tuple[Day, ...]
    steps: tuple[Estimate, ...]
    begins_at: Day
    ends_at: Day | None

    def on(self, day: Day) -> Estimate:
        """The value at the end of a day, with its interval."""
        if not self.times or day < self.begins_at:
            return NO_FIGURE
        if self.ends_at is not None and day > self.ends_at:
            return NO_FIGURE
        return self.steps[bisect.bisect_right(self.times, day) - 1]

    def quantile(self, share: float) -> Estimate:
        """The first day by which a share has had the event, None where it is not reached.

        The interval inverts the curve's own (Brookmeyer and Crowley 1982); days.
        """
        reached = [self._reached(share, of) for of in _SIDES]
        value, low, high = reached if self.kind == "survival" else (reached[0], *reached[:0:-1])
        if value is None and low is None:
            return NO_FIGURE
        return Estimate(value=value, low=low, high=high, method="brookmeyer-crowley")

    def _reached(self, share: float, of: Literal["value", "low", "high"]) -> Day | None:
        for day, step in zip(self.times, self.steps, strict=True):
            height = getattr(step, of)
            had = height if self.kind == "incidence" else 1 - height
            if had >= share - _TINY:
                return day
        return None


class Curves(msgspec.Struct, frozen=True, kw_only=True):
    """Survival of all causes, and beside it, never merged with it, the incidence of each cause."""

    survival: Curve
    incidence: dict[str, Curve]


def curves(table: LifeTable) -> Curves:
    """Survival and each cause's cumulative incidence, from one life table.

    Works on rounded tables too: more events than people at risk count as everybody. Where the
    watched all die and others are first watched later, the product would stay at zero
    although people are seen alive; the curve then begins after that day.
    """
    steps = _Steps(table)
    return Curves(
        survival=steps.survival(),
        incidence={cause: steps.incidence(cause) for cause in table.events_by_cause},
    )


class _Steps:
    """The numbers that all curves of one table share, as columns."""

    def __init__(self, table: LifeTable) -> None:
        rows = slice(_first_row(table), None)
        self.times = table.times[rows]
        self.n = np.array(table.at_risk[rows], dtype=float)
        counted = np.array(table.events[rows], dtype=float)
        self.d = np.minimum(counted, self.n)
        self._kept = _divided(self.d, counted)
        self._events = {
            cause: table.events_by_cause[cause][rows] for cause in table.events_by_cause
        }
        self.s = np.cumprod(1 - _divided(self.d, self.n))
        self.s_before = np.concatenate([[1.0], self.s[:-1]]) if len(self.s) else self.s
        self.fewest = np.minimum.accumulate(self.n)
        self.greenwood = _divided(self.d, self.n * (self.n - self.d))

    def survival(self) -> Curve:
        spread = np.sqrt(np.cumsum(self.greenwood)) * self.s
        return self._curve("survival", self.s, spread)

    def incidence(self, cause: str) -> Curve:
        d = np.array(self._events[cause], dtype=float) * self._kept
        added = self.s_before * _divided(d, self.n)
        f = np.cumsum(added)
        first = _spread_of_later(f, self.greenwood)
        second = np.cumsum(self.s_before**2 * _divided(d * (self.n - d), self.n**3))
        third_by_row = self.s_before * _divided(d, self.n**2)
        third = f * np.cumsum(third_by_row) - np.cumsum(third_by_row * f)
        variance = np.maximum(first + second - 2 * third, 0)
        return self._curve("incidence", f, np.sqrt(variance))

    def _curve(self, kind: Literal["survival", "incidence"], value: Numbers, se: Numbers) -> Curve:
        value = np.where(value < _TINY, 0.0, np.where(value > 1 - _TINY, 1.0, value))
        is_over = len(self.s) > 0 and self.s[-1] < _TINY
        return Curve(
            kind=kind,
            times=self.times,
            steps=tuple(_intervals(kind, value, se, self.fewest)),
            begins_at=self.times[0] if self.times else 0,
            ends_at=None if is_over else (self.times[-1] if self.times else 0),
        )


def _first_row(table: LifeTable) -> int:
    """The row after the last on which all who were watched died though others came later."""
    later = np.cumsum(table.entered[::-1])[::-1] if table.entered else np.array([])
    rows = zip(table.at_risk, table.events, strict=True)
    emptied = [
        row
        for row, (n, d) in enumerate(rows)
        if d >= n > 0 and row + 1 < len(later) and later[row + 1] > 0
    ]
    return emptied[-1] + 1 if emptied else 0


def _spread_of_later(f: Numbers, weight: Numbers) -> Numbers:
    """Sum over rows i up to k of (f[k] - f[i])² * weight[i], for every k in one pass."""
    whole, by_f, by_square = (np.cumsum(weight * f**power) for power in (0, 1, 2))
    spread: Numbers = f**2 * whole - 2 * f * by_f + by_square
    return spread


def _intervals(
    kind: Literal["survival", "incidence"], values: Numbers, spread: Numbers, fewest: Numbers
) -> list[Estimate]:
    """Intervals on the log(-log) scale, which stay within zero and one.

    That scale has no 0 and no 1. Until the first event the limit is the exact one for none among
    the fewest watched at any time so far; where nobody is left, the last limit stays.
    """
    found: list[Estimate] = []
    unseen = 1.0 if kind == "survival" else 0.0
    for value, se, n in zip(_floats(values), _floats(spread), _floats(fewest), strict=True):
        if value == unseen:
            found.append(_none_seen(kind, value, n))
        elif value in (0.0, 1.0):
            found.append(_carried(kind, value, found))
        else:
            found.append(_log_log(value, se))
    return found


def _log_log(value: float, se: float) -> Estimate:
    width = _Z * se / (value * abs(math.log(value)))
    low, high = value ** math.exp(width), value ** math.exp(-width)
    return Estimate(value=value, low=low, high=high, method="log-log")


def _none_seen(kind: str, value: float, n: float) -> Estimate:
    """The exact (Clopper-Pearson) limit of none among n."""
    still = (ALPHA / 2) ** (1 / n) if n >= 1 else 0.0
    low, high = (still, 1.0) if kind == "survival" else (0.0, 1 - still)
    return Estimate(value=value, low=low, high=high, method="exact-none-seen")


def _carried(kind: str, value: float, before: list[Estimate]) -> Estimate:
    last = before[-1] if before else Estimate(value=None, low=0.0, high=1.0)
    low, high = (0.0, last.high) if kind == "survival" else (last.low, 1.0)
    return Estimate(value=value, low=low, high=high, method="carried-forward")


def _divided(over: Numbers, under: Numbers) -> Numbers:
    """Division in which what has nothing under it adds nothing."""
    none: Numbers = np.zeros_like(over, dtype=float)
    return np.divide(over, under, out=none, where=under > 0)


def _floats(numbers: Numbers) -> tuple[float, ...]:
    return tuple(float(number) for number in numbers)
