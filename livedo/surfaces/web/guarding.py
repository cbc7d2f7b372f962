"""Puts guard, sessions and wall around an application."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import Response

from livedo.access.settings import unsafe
from livedo.surfaces.web.access import Access, demo_access
from livedo.surfaces.web.guard import guard
from livedo.surfaces.web.refusals import Refused, answer, nearest
from livedo.surfaces.web.service import Service
from livedo.surfaces.web.sessions import COOKIE, SECURE_COOKIE
from livedo.surfaces.web.wall import Wall


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
