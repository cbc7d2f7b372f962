"""What time it is for the service; nothing else asks a clock."""

from __future__ import annotations

import time
from typing import Protocol

from livedo.record.tables import Instant

MICROSECONDS = 1_000_000


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> Instant:
        """The present moment, UTC."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> Instant:
        """The present moment, UTC, in whole seconds."""
        return time.time_ns() // 1_000_000_000 * MICROSECONDS


class DemoClock:
    """A clock that starts at the newest moment of an invented record, so that it never ages."""

    def __init__(self, start: Instant) -> None:
        self._start = start
        self._began = time.monotonic_ns()

    def now(self) -> Instant:
        """The start, and the whole seconds that have passed since."""
        passed = (time.monotonic_ns() - self._began) // 1_000_000_000
        return self._start + passed * MICROSECONDS
