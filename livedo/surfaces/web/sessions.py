"""Who is signed in, as the signed cookie of the browser says. It never holds a token.

The cookie is signed by starlette's SessionMiddleware. How long it counts is decided here,
by the clock of the service: not longer than the settings say in all, nor idle.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Any

from starlette.types import Scope

from livedo.access.roles import ROLES, User
from livedo.instants import SECOND, Instant
from livedo.surfaces.web.access import Access

COOKIE, SECURE_COOKIE = "livedo_session", "__Host-livedo"
SEEN_EVERY = 60 * SECOND
CSRF, USER, SINCE, SEEN, ID = "csrf", "user", "since", "seen", "id"
NEXT = "next"
LONGEST_NEXT = 500
LONGEST_LABEL = 80


def session_of(scope: Scope) -> dict[str, Any]:
    """The session of a request; it is written back when it was changed."""
    session: dict[str, Any] = scope["session"]
    return session


def begin(session: dict[str, Any], user: User, now: Instant) -> None:
    """A new session for somebody who has just signed in; nothing of the old one is kept."""
    session.clear()
    session.update(
        {
            USER: [user.name, user.label[:LONGEST_LABEL], sorted(user.roles)],
            SINCE: now,
            SEEN: now,
            ID: secrets.token_urlsafe(12),
            CSRF: secrets.token_urlsafe(24),
        }
    )


def signed_in(
    session: dict[str, Any], access: Access, now: Instant, *, is_kept: bool = True
) -> User | None:
    """The user of a session that still counts; one that does not is emptied.

    With `is_kept` false the cookie is left as it is: a style sheet, which anybody may keep,
    must not carry one.
    """
    if USER not in session:
        return None
    user = user_in(session)
    limits = access.settings
    is_over = (
        user is None
        or now - session.get(SINCE, 0) > limits.session_hours * 3600 * SECOND
        or now - session.get(SEEN, 0) > limits.idle_minutes * 60 * SECOND
        or access.is_signed_out(session.get(ID))
    )
    if is_over:
        if is_kept:
            session.clear()
        return None
    if is_kept and now - session[SEEN] >= SEEN_EVERY:
        session[SEEN] = now
    return user


def user_in(session: dict[str, Any]) -> User | None:
    """The user that a session names, or None where it names none."""
    try:
        name, label, roles = session[USER]
    except (TypeError, ValueError):
        return None
    return User(name=name, label=label, roles=frozenset(roles) & frozenset(ROLES[:4]))


def end(session: dict[str, Any], access: Access) -> None:
    """Signs out: the cookie is emptied, and a copy of it does not count any more."""
    if session.get(ID):
        access.sign_out(session[ID])
    session.clear()


def csrf_of(session: dict[str, Any]) -> str:
    """The token that every form of this browser carries."""
    if CSRF not in session:
        session[CSRF] = secrets.token_urlsafe(24)
    token: str = session[CSRF]
    return token


def is_csrf(session: dict[str, Any], given: object) -> bool:
    """Whether a form carries the token of this browser."""
    token = session.get(CSRF)
    return (
        isinstance(token, str)
        and isinstance(given, str)
        and hmac.compare_digest(token.encode(), given.encode())
    )


def remember_next(session: dict[str, Any], path: str, query: str) -> None:
    """Where somebody wanted to go before signing in, kept in the cookie and not in an address."""
    place = f"{path}?{query}" if query else path
    if is_own_path(place):
        session[NEXT] = place


def is_own_path(place: str) -> bool:
    """Whether a text is a path of this service and leads nowhere else."""
    return (
        place.startswith("/")
        and not place.startswith(("//", "/\\"))
        and len(place) <= LONGEST_NEXT
        and place.isascii()
        and place.isprintable()
    )
