"""The application: routes behind gates, and what every answer carries."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import Response

from livedo import __version__
from livedo.access.settings import unsafe
from livedo.surfaces.report import Ledger
from livedo.surfaces.report_work import ledger_in_words
from livedo.surfaces.web.access import Access, demo_access
from livedo.surfaces.web.gate import refuse_ungated
from livedo.surfaces.web.guard import guard
from livedo.surfaces.web.preferences import Preferences
from livedo.surfaces.web.refusals import Refused, answer, nearest
from livedo.surfaces.web.routes import attention, patients, sign_in, static, worklist
from livedo.surfaces.web.service import Service
from livedo.surfaces.web.sessions import COOKIE, SECURE_COOKIE
from livedo.surfaces.web.wall import Wall
from livedo.surfaces.web.ward import Ward
from livedo.surfaces.words import words

ROUTERS = (worklist.router, patients.router, attention.router, sign_in.router, static.router)


def create_app(
    service: Service, ward: Ward, default_reader: Preferences, access: Access | None = None
) -> FastAPI:
    """The application of one service. Without `access` only an invented record is served.

    Raises:
        RuntimeError: a route has no gate.
        AccessUnsafe: a real record without anything that guards it.
    """
    app = FastAPI(
        title="Livedo",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=closes_files,
    )
    app.state.service = service
    app.state.ward = ward
    app.state.default_reader = default_reader
    app.state.ledger = functools.cache(lambda lang: ledger_of(service, lang))
    for router in ROUTERS:
        # Not include_router: that would make its own copy of each route, beside the guard.
        app.router.routes.extend(router.routes)
    refuse_ungated(app)
    app.state.access = access_of(service, access)
    stand_guard(app, app.state.access)
    return app


def access_of(service: Service, access: Access | None) -> Access:
    """What guards the service: as given, or for an invented record that of the demo."""
    if access is not None:
        return access
    if not service.is_invented:
        raise unsafe("A record is served only to people who have signed in", "")
    return demo_access(service.clock.now, service.link_of)


def stand_guard(app: FastAPI, access: Access) -> None:
    """A guard around every route, sessions around all of them, the wall around everything."""
    guard(app, access)
    app.add_exception_handler(HTTPException, refused_by_framework)
    app.add_exception_handler(RequestValidationError, not_usable)
    is_secure = access.settings.is_secure
    app.add_middleware(
        SessionMiddleware,
        secret_key=access.session_secret.hex(),
        session_cookie=SECURE_COOKIE if is_secure else COOKIE,
        max_age=None,
        same_site="lax",
        https_only=is_secure,
    )
    app.add_middleware(Wall, access=access)


async def refused_by_framework(request: Request, error: Exception) -> Response:
    """An address or a method that no route has, or a body that is not what it says."""
    assert isinstance(error, HTTPException)
    return answer(request, Refused(nearest(error.status_code), headers=error.headers))


async def not_usable(request: Request, error: Exception) -> Response:
    """A request of the wrong shape. What it held is not repeated."""
    return answer(request, Refused(422))


@asynccontextmanager
async def closes_files(app: FastAPI) -> AsyncIterator[None]:
    """Lets go of the store and of the audit log when the service ends."""
    yield
    app.state.service.close()
    app.state.access.close()


def ledger_of(service: Service, lang: str) -> Ledger:
    """What was set aside when the record was read, in words."""
    return ledger_in_words(service.record, words(lang))
