"""Chance that gives the same bytes on every machine.

Only sums and products of uniform numbers are used: logarithms and exponentials
may differ in the last digit between mathematics libraries.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """One stream of chance, named by a text, independent of every other."""

    def __init__(self, *names: str) -> None:
        self._random = random.Random("/".join(names))

    def happens(self, share: float) -> bool:
        return self._random.random() < share

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self._random.random()

    def normal(self, mean: float, sd: float) -> float:
        """About normal: twelve uniform numbers have variance one.

        They are added one by one: the built-in sum rounds otherwise since Python 3.12.
        """
        total = -6.0
        for _ in range(12):
            total += self._random.random()
        return mean + sd * total

    def skewed(self, low: float, usual: float, high: float) -> float:
        """Most near `usual`, few near the far end: two draws, the lower share weighted."""
        if self.happens(0.5):
            return self.between(low, usual)
        return usual + (high - usual) * self._random.random() * self._random.random()

    def one_of(self, choices: Sequence[T]) -> T:
        return choices[int(self._random.random() * len(choices))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        left = list(items)
        return [left.pop(int(self._random.random() * len(left))) for _ in range(len(items))]

    def day(self, first: date, last: date) -> date:
        return first + timedelta(days=int(self._random.random() * ((last - first).days + 1)))
