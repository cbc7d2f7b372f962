"""What may leave: the policy, and hidden as a value of its own."""

from __future__ import annotations

from enum import Enum

import msgspec


class Hidden(Enum):
    """A count that is not shown. It is neither 0 nor missing."""

    HIDDEN = "hidden"


HIDDEN = Hidden.HIDDEN
Count = int | Hidden
"""A count that may leave: rounded, or hidden."""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """Which counts are hidden and how the rest are rounded.

    `shown_by` and `reason` are given only when somebody switched the control off.
    """

    hide_to: int = 7
    round_to: int = 5
    shown_by: str = ""
    reason: str = ""

    @property
    def is_on(self) -> bool:
        """Whether small numbers are hidden."""
        return not self.shown_by
