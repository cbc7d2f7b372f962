"""What guards the service: settings, audit log, tokens, and the secret of the sessions."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from livedo.access.hook_token import HookTokens, UseToken
from livedo.access.limits import Buckets
from livedo.access.settings import AccessSettings, client_secret
from livedo.access.sign_in import Provider
from livedo.audit.events import Event, Line, line_of
from livedo.audit.log import open_log
from livedo.decisions.store import DecisionStore
from livedo.instants import Instant

MOST_REMEMBERED = 10_000
SESSIONS = "session"
"""The store's secret with which the cookies of people who signed in are signed."""


class Log(Protocol):
    """Where events go. It answers when they cannot be lost any more, or raises."""

    async def write_soon(self, event: Event) -> int:
        """Keeps an event and returns its number."""

    def newest(self, most: int) -> list[Line]:
        """The newest lines, oldest first."""

    def check(self) -> None:
        """Raises LivedoError where it could not be written to."""

    def close(self) -> None:
        """Lets go of what it writes to."""


class EventsInMemory:
    """The log of an invented unit that nobody has to answer for: the newest events."""

    def __init__(self) -> None:
        self.events: deque[Event] = deque(maxlen=MOST_REMEMBERED)

    async def write_soon(self, event: Event) -> int:
        """Keeps an event until the program ends."""
        self.events.append(event)
        return len(self.events)

    def newest(self, most: int) -> list[Line]:
        """The newest events, oldest first."""
        return [line_of(event, number) for number, event in enumerate(self.events, 1)][-most:]

    def check(self) -> None:
        """Memory can always be written to."""

    def close(self) -> None:
        """Holds nothing that must be let go."""


class TokensInMemory:
    """Tokens used since the program began, for an invented unit."""

    def __init__(self) -> None:
        self._used: OrderedDict[str, Instant] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, digest: str, expires_at: Instant) -> bool:
        """True the first time only."""
        with self._lock:
            is_first = digest not in self._used
            self._used[digest] = expires_at
            if len(self._used) > MOST_REMEMBERED:
                self._used.popitem(last=False)
            return is_first


class Access:
    """Who may come in, and where it is written down.

    `link_of` gives the opaque address of a person; `now` is the time of the service.
    """

    def __init__(
        self,
        settings: AccessSettings,
        *,
        log: Log,
        now: Callable[[], Instant],
        link_of: Callable[[str], str],
        use_token: UseToken,
        session_secret: bytes,
        is_demo: bool = False,
    ) -> None:
        self.settings = settings
        self.log = log
        self.now = now
        self.link_of = link_of
        self.tokens = HookTokens(settings, use_token)
        self.provider = (
            None
            if settings.sign_in is None
            else Provider(settings.sign_in, client_secret(settings.sign_in), now)
        )
        self.session_secret = session_secret
        self.is_demo = is_demo
        self.close = log.close
        self.buckets = Buckets()
        self._signed_out: OrderedDict[str, None] = OrderedDict()

    def sign_out(self, session_id: str) -> None:
        """Remembers that a session was signed out of, so that a copy of it does not count."""
        self._signed_out[session_id] = None
        if len(self._signed_out) > MOST_REMEMBERED:
            self._signed_out.popitem(last=False)

    def is_signed_out(self, session_id: object) -> bool:
        """Whether somebody has signed out of this session."""
        return session_id in self._signed_out


def demo_access(
    now: Callable[[], Instant], link_of: Callable[[str], str], log: Log | None = None
) -> Access:
    """The access of the invented unit: nobody signs in; without a log, events end with the
    program."""
    return Access(
        AccessSettings(),
        log=EventsInMemory() if log is None else log,
        now=now,
        link_of=link_of,
        use_token=TokensInMemory(),
        session_secret=secrets.token_bytes(32),
        is_demo=True,
    )


def hospital_access(
    settings: AccessSettings,
    audit: Path,
    now: Callable[[], Instant],
    link_of: Callable[[str], str],
    store: DecisionStore,
) -> Access:
    """The access of a record of people: its settings, and an audit log on the disk.

    Raises:
        AuditUnwritable: the log cannot be opened.
        AuditChanged: it is not as it was left.
    """
    return Access(
        settings,
        log=open_log(audit, now=now()),
        now=now,
        link_of=link_of,
        use_token=store.use_token,
        session_secret=store.secret(SESSIONS),
    )
