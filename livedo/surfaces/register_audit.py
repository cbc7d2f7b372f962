"""The audit log of the commands of the register: who took it out, who brought something in.

A log has one writer. The log of a running `livedo serve` is held by it, so that the commands keep
one of their own beside the record.
"""

from __future__ import annotations

import getpass
from pathlib import Path

from livedo.audit.events import Event
from livedo.audit.log import open_log
from livedo.instants import Instant


def register_log(record: Path) -> Path:
    """The log of the commands: beside the record, never inside."""
    folder = record.resolve()
    return folder.parent / f"{folder.name}-registry-audit.log"


def write_event(log: Path, *, at: Instant, who: str, action: str, detail: str) -> None:
    """Writes one event; what it is about may happen only after this.

    Raises:
        AuditUnwritable: it could not be written.
        AuditChanged: the log is not as it was written.
    """
    with open_log(log, now=at) as opened:
        opened.write(Event(at=at, who=who, action=action, detail=detail))


def account() -> str:
    """The account at the keyboard, where nobody gave a name."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown account"
