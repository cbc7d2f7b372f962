"""Whether the service can do its work: the record opens, and the store keeps what is entered.

A check is asked anew only every few seconds, so that asking often costs nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from livedo import __version__
from livedo.errors import LivedoError
from livedo.instants import SECOND
from livedo.record.manifest import read_manifest
from livedo.record.tables import Instant
from livedo.surfaces.web.service import Service

Check = Callable[[], None]
"""Raises LivedoError or OSError where a part does not work."""

KEPT = 5 * SECOND
PROBE = "health:{}"


class Health:
    """The parts of one service and whether they work."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._lock = threading.Lock()
        self._asked_at: Instant | None = None
        self._failing: tuple[str, ...] = ()
        self._checks: dict[str, Check] = {"record": self._record, "store": self._store}

    def add(self, part: str, check: Check) -> None:
        """One more part: `audit` where there is a log."""
        self._checks[part] = check

    def failing(self) -> tuple[str, ...]:
        """The parts that do not work."""
        now = self.service.clock.now()
        with self._lock:
            if self._asked_at is None or not 0 <= now - self._asked_at < KEPT:
                self._asked_at = now
                self._failing = tuple(p for p, check in self._checks.items() if _fails(check))
            return self._failing

    def document(self) -> dict[str, object]:
        """What is told to everybody who asks."""
        failing = self.failing()
        return {
            "status": "failing" if failing else "ok",
            "failing": list(failing),
            "version": __version__,
            "knowledge": self.service.knowledge.version,
        }

    def _record(self) -> None:
        read_manifest(self.service.record.path)

    def _store(self) -> None:
        """Writes, since only a write tells of a full disk; what is written is gone at the next."""
        now = self.service.clock.now()
        self.service.store.use_token(PROBE.format(now), now, now)


def _fails(check: Check) -> bool:
    try:
        check()
    except (LivedoError, OSError):
        return True
    return False
