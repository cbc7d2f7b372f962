"""The application over the invented unit as a hospital would guard it: sign-in and roles."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import itsdangerous
from fastapi import FastAPI
from starlette.testclient import TestClient

from livedo.access.roles import User
from livedo.access.settings import AccessSettings, CdsClient, Limits, SignIn
from livedo.instants import SECOND, Instant
from livedo.surfaces.web import sessions
from livedo.surfaces.web.access import Access, EventsInMemory, Log, TokensInMemory
from livedo.surfaces.web.app import create_app
from livedo.surfaces.web.preferences import Preferences
from tests.web.provider import NOW_SECONDS

BASE = "http://127.0.0.1"
KEY = b"k" * 32
PAGE = {"Accept": "text/html"}
SIGN_IN = SignIn(
    issuer="http://127.0.0.1:9",
    client_id="livedo",
    roles_claim="groups",
    roles={"dialysis-nurses": "clinician", "kidney-doctors": "viewer", "it": "admin"},
    allow_http_on_loopback=True,
)


class Hands:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at: Instant = NOW_SECONDS * SECOND

    def __call__(self) -> Instant:
        return self.at

    def forward(self, seconds: int) -> None:
        self.at += seconds * SECOND


def settings(
    sign_in: SignIn | None = SIGN_IN, clients: tuple[CdsClient, ...] = (), **limits: Any
) -> AccessSettings:
    """A hospital's settings, with limits that a test would not meet by chance."""
    plain = {"user_at_once": 10_000, "address_at_once": 10_000, **limits}
    return AccessSettings(
        base_url=BASE, sign_in=sign_in, cds_client=clients, limits=Limits(**plain)
    )


def guarded(
    demo_app: FastAPI,
    used: AccessSettings | None = None,
    *,
    now: Callable[[], Instant] | None = None,
    log: Log | None = None,
) -> FastAPI:
    """A second application over the same record, with its own access."""
    service = demo_app.state.service
    access = Access(
        used or settings(),
        log=log or EventsInMemory(),
        now=now or Hands(),
        link_of=service.link_of,
        use_token=TokensInMemory(),
        session_secret=KEY,
    )
    hooks = demo_app.state.hooks
    return create_app(service, demo_app.state.ward, Preferences(), hooks, access)


def events(app: FastAPI) -> list[Any]:
    """What was written to the log of an application."""
    return list(app.state.access.log.events)


def browser(app: FastAPI, *roles: str, name: str = "nurse-17") -> TestClient:
    """A browser in which somebody with these roles is signed in; without roles nobody is."""
    client = TestClient(app, base_url=BASE, headers=PAGE, follow_redirects=False)
    if roles:
        sign_in(client, app, User(name=name, roles=frozenset(roles)))
    return client


def sign_in(client: TestClient, app: FastAPI, user: User) -> None:
    """Puts the cookie of a session into a browser."""
    session: dict[str, Any] = {}
    sessions.begin(session, user, app.state.access.now())
    client.cookies.set(sessions.COOKIE, cookie(session))
    client.headers["X-Livedo-Csrf"] = session[sessions.CSRF]


def cookie(session: dict[str, Any], key: bytes = KEY) -> str:
    """A session as its signed cookie."""
    data = b64encode(json.dumps(session).encode())
    return itsdangerous.TimestampSigner(key.hex()).sign(data).decode()
