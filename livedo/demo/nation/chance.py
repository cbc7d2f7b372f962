"""Chance for many people at once: a number for each person and question, whoever else is asked.

Each number is a hash of the seed, the question, the person and a count, so that neither the order
nor the size of a batch, nor the number of processes, changes it. Only sums, products and
comparisons are used: logarithms may differ in the last digit between machines.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
Number = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Bits = npt.NDArray[np.uint64]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST = np.uint64(0xBF58476D1CE4E5B9)
SECOND = np.uint64(0x94D049BB133111EB)
SIXTEEN_BITS = np.uint64(0xFFFF)


class Chance:
    """One seed. `people` are numbers of people; `count` tells repeated questions apart."""

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def _bits(self, question: str, people: Whole, count: Whole | int = 0) -> Bits:
        name = f"{self._seed}/{question}".encode()
        key = np.uint64(int.from_bytes(blake2b(name, digest_size=8).digest(), "big"))
        first = _mixed(people.astype(np.uint64) * GOLDEN + key)
        return _mixed(first + np.asarray(count, np.uint64) * FIRST)

    def uniform(self, question: str, people: Whole, count: Whole | int = 0) -> Number:
        """From 0 to just below 1."""
        bits = self._bits(question, people, count) >> np.uint64(11)
        return np.asarray(bits * 2.0**-53, np.float64)

    def happens(self, question: str, people: Whole, share: float | Number) -> Flags:
        """Whether it happens to each."""
        return np.asarray(self.uniform(question, people) < share)

    def normal(self, question: str, people: Whole, count: Whole | int = 0) -> Number:
        """About normal, mean 0 and variance 1: four parts of one number, added up."""
        bits = self._bits(question, people, count)
        total = np.zeros(len(bits), np.int64)
        for shift in (0, 16, 32, 48):
            total += ((bits >> np.uint64(shift)) & SIXTEEN_BITS).astype(np.int64)
        return (total / 65536.0 - 2.0) * 1.7320508075688772

    def of_quantiles(
        self, question: str, people: Whole, between: Sequence[float], count: Whole | int = 0
    ) -> Number:
        """A value between evenly spaced quantiles."""
        values = np.asarray(between, np.float64)
        place = self.uniform(question, people, count) * (len(values) - 1)
        step = np.minimum(place.astype(np.int64), len(values) - 2)
        low = values[step]
        return np.asarray(low + (values[step + 1] - low) * (place - step))

    def one_of(
        self, question: str, people: Whole, ends: Sequence[float], count: Whole | int = 0
    ) -> Whole:
        """Which of several, whose shares end there."""
        drawn = self.uniform(question, people, count)
        found = np.searchsorted(np.asarray(ends), drawn, side="right")
        return np.minimum(found, len(ends) - 1).astype(np.int64)


def _mixed(bits: Bits) -> Bits:
    """Every bit of the result depends on every bit given (the finish of SplitMix64)."""
    bits = (bits ^ (bits >> np.uint64(30))) * FIRST
    bits = (bits ^ (bits >> np.uint64(27))) * SECOND
    return np.asarray(bits ^ (bits >> np.uint64(31)))
