"""A figure with its interval, and the name of the method that gave it."""

from __future__ import annotations

from typing import Literal

import msgspec

Method = Literal[
    "clopper-pearson",
    "exact-poisson",
    "fay-feuer-gamma",
    "exact-conditional",
    "score",
    "log-log",
    "exact-none-seen",
    "carried-forward",
    "brookmeyer-crowley",
    "order-statistics",
    "none",
]
"""What each is: `outcomes.yaml`, `methods`."""


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """A figure and its 95 % interval. None is "no figure", never zero; no NaN, no infinity.

    `value` None: nothing to divide by, or not reached. `low` or `high` None: that side is open.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    method: Method = "none"


NO_FIGURE = Estimate(value=None)
