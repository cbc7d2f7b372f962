"""Invented events and logs that a test can break."""

from __future__ import annotations

from pathlib import Path

from livedo.audit.events import Event
from livedo.audit.log import AuditLog, open_log
from livedo.instants import SECOND, Instant, from_iso

NOW: Instant = from_iso("2026-11-20T08:00:00Z")


def seen(number: int = 1, **changes: object) -> Event:
    """A nurse opens the page of a patient."""
    plain: dict[str, object] = {
        "at": NOW + number * SECOND,
        "who": "nurse-17",
        "roles": ("clinician",),
        "action": "patient shown",
        "person": f"p{number:08d}",
        "route": "/patients/{link}",
        "request": f"r{number}",
    }
    return Event(**{**plain, **changes})  # type: ignore[arg-type]


def begun(path: Path) -> AuditLog:
    """A log open for writing."""
    return open_log(path, now=NOW)


def written(path: Path, events: int) -> Path:
    """A closed log with its first line and so many events."""
    with begun(path) as log:
        for future in [log.submit(seen(number)) for number in range(1, events + 1)]:
            future.result()
    return path
