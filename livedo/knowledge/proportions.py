"""The exact interval of a proportion, by Clopper and Pearson.

The bounds are the shares at which the binomial tail that the counts lie in equals
half of what the level leaves; the tail is the regularised incomplete beta function.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

STEPS = 60
"""Halvings of the search; a double has 53 binary digits."""


def clopper_pearson(events: int, of: int, level: float) -> tuple[float, float]:
    """The exact interval of `events` out of `of` at a level such as 0.95.

    Raises:
        ValueError: the counts or the level make no sense.
    """
    if not (0 <= events <= of and of > 0 and 0 < level < 1):
        raise ValueError(f"{events} of {of} at level {level}")
    tail = (1 - level) / 2
    low = 0.0 if events == 0 else _root(lambda p: _chance(range(events, of + 1), of, p), tail)
    high = 1.0 if events == of else 1 - _mirrored(events, of, tail)
    return low, high


def _mirrored(events: int, of: int, tail: float) -> float:
    """The lower bound of the other outcome: its events are what is left."""
    others = of - events
    return _root(lambda p: _chance(range(others, of + 1), of, p), tail)


def _chance(counts: Iterable[int], of: int, p: float) -> float:
    """The binomial probability of these counts."""
    if p in (0.0, 1.0):
        return float((of if p else 0) in counts)
    return math.fsum(
        math.exp(
            math.lgamma(of + 1)
            - math.lgamma(count + 1)
            - math.lgamma(of - count + 1)
            + count * math.log(p)
            + (of - count) * math.log1p(-p)
        )
        for count in counts
    )


def _root(rising: Callable[[float], float], target: float) -> float:
    """Where a rising function of a share reaches the target."""
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        if rising(middle) < target:
            low = middle
        else:
            high = middle
    return (low + high) / 2
