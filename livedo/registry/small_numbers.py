"""What may leave: the policy, and hidden as a value of its own."""

from __future__ import annotations

from enum import Enum

import msgspec

from livedo.errors import DisclosureRefused
from livedo.knowledge.disclosure import load_disclosure


class Hidden(Enum):
    """A count that is not shown. It is neither 0 nor missing."""

    HIDDEN = "hidden"


HIDDEN = Hidden.HIDDEN
Count = int | Hidden
"""A count that may leave: rounded, or hidden."""
Amount = float | Hidden
"""A share, a rate or a time that may leave, or hidden since a count behind it is."""


def _shipped(name: str) -> int:
    return msgspec.field(default_factory=lambda: load_disclosure().limit(name).value)


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """Which counts are hidden and how the rest are rounded.

    `shown_by` and `reason` are given only when somebody switched the control off.
    Raises DisclosureRefused when one of the two is missing, or a number hides less than the
    shipped one.
    """

    hide_to: int = _shipped("hide_to")
    """Counts of 1 to this are hidden."""
    round_to: int = _shipped("round_to")
    """All others are rounded to the nearest multiple."""
    narrowest: int = _shipped("narrowest")
    """At least so many values stay possible for a hidden count."""
    curve_step_days: int = _shipped("curve_step_days")
    """Curves move at multiples of so many days only."""
    shown_by: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        if bool(self.shown_by.strip()) != bool(self.reason.strip()):
            raise DisclosureRefused(
                "Small numbers are shown only with a person and a reason",
                where="a reason is missing" if self.shown_by.strip() else "a person is missing",
                still_works="the report with small numbers hidden",
                next_step="name who answers for it and why; both go into the audit log",
            )
        for name in ("hide_to", "round_to", "narrowest", "curve_step_days"):
            _refuse_outside(name, getattr(self, name))

    @property
    def is_on(self) -> bool:
        """Whether small numbers are hidden."""
        return not self.shown_by.strip()

    def is_small(self, count: int) -> bool:
        """Whether a true count is hidden for its own size."""
        return 0 < count <= self.hide_to

    def shown(self, count: int) -> Count:
        """A true count on its own as it may leave: 0 is 0, small is hidden, the rest rounded.

        It is hidden before it is rounded, and never rounded down into what is hidden.
        """
        if not self.is_on or count == 0:
            return count
        return HIDDEN if self.is_small(count) else self.rounded(count)

    def rounded(self, count: float) -> int:
        """To the nearest multiple, halves upwards, and never down to what is hidden."""
        nearest = int((2 * count + self.round_to) // (2 * self.round_to)) * self.round_to
        return max(nearest, self.least_shown)

    @property
    def least_shown(self) -> int:
        """The smallest number other than 0 that is ever shown."""
        return (self.hide_to // self.round_to + 1) * self.round_to

    def behind(self, shown: int) -> tuple[int, int]:
        """The smallest and the largest true count that are shown as this one."""
        if shown == 0:
            return (0, 0)
        below, above = self.round_to // 2, (self.round_to - 1) // 2
        low = self.hide_to + 1 if shown == self.least_shown else shown - below
        return (low, shown + above)


def _refuse_outside(name: str, value: int) -> None:
    low, high = load_disclosure().limit(name).adjustable
    if not low <= value <= high:
        raise DisclosureRefused(
            f"{name} = {value} cannot be used: it may be {low} to {high}",
            where=name,
            still_works="the report with the shipped numbers",
            next_step="a centre may hide more than is shipped, never less",
        )
