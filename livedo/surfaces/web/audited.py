"""Leaves an event of the audit log for a request that shows or enters patient data."""

from __future__ import annotations

from starlette.requests import Request


def event(request: Request, action: str, person_id: str | None = None) -> None:
    """Tells the guard around the route what was done, and about whom."""
    request.state.audit.record(action, person_id)
