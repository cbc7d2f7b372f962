"""Small numbers shown after all: by whom, why, and in the audit log before anything is seen."""

from __future__ import annotations

from livedo.audit.events import Event
from livedo.audit.log import AuditLog
from livedo.errors import DisclosureRefused
from livedo.instants import Instant
from livedo.registry.small_numbers import Policy

SHOWN = "small numbers shown"
"""The action of the event."""


def switched_off(policy: Policy, log: AuditLog | None, at: Instant) -> int | None:
    """Writes who answers for small numbers and why; call it before anything is counted.

    Returns the number of the line, or None where the control is on and nothing is written.

    Raises:
        DisclosureRefused: the control is off and there is no log.
        AuditUnwritable: the event could not be written; nothing may be shown.
    """
    if policy.is_on:
        return None
    if log is None:
        raise DisclosureRefused(
            "Small numbers are shown only where an audit log keeps who asked for it and why",
            still_works="the report with small numbers hidden",
            next_step="name the audit log",
        )
    event = Event(at=at, who=policy.shown_by.strip(), action=SHOWN, detail=policy.reason.strip())
    return log.write(event)
