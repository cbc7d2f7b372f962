"""The application: routes behind gates, and what every answer carries."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from livedo import __version__
from livedo.surfaces.report import Ledger
from livedo.surfaces.report_work import ledger_in_words
from livedo.surfaces.web.gate import refuse_ungated
from livedo.surfaces.web.preferences import Preferences
from livedo.surfaces.web.routes import patients, static, worklist
from livedo.surfaces.web.service import Service
from livedo.surfaces.web.ward import Ward
from livedo.surfaces.words import words

ROUTERS = (worklist.router, patients.router, static.router)

HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def create_app(service: Service, ward: Ward, default_reader: Preferences) -> FastAPI:
    """The application of one service.

    Raises:
        RuntimeError: a route has no gate.
    """
    app = FastAPI(
        title="Livedo", version=__version__, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.state.service = service
    app.state.ward = ward
    app.state.default_reader = default_reader
    app.state.ledger = functools.cache(lambda lang: ledger_of(service, lang))
    for router in ROUTERS:
        app.include_router(router)
    refuse_ungated(app)
    app.middleware("http")(with_headers)
    return app


def ledger_of(service: Service, lang: str) -> Ledger:
    """What was set aside when the record was read, in words."""
    return ledger_in_words(service.record, words(lang))


async def with_headers(
    request: Request, answer: Callable[[Request], Awaitable[Response]]
) -> Response:
    """A strict content policy: nothing but our own files, and one style element a page."""
    request.state.nonce = secrets.token_urlsafe(12)
    response = await answer(request)
    response.headers.update(HEADERS)
    response.headers["Content-Security-Policy"] = content_policy(request.state.nonce)
    return response


def content_policy(nonce: str) -> str:
    """Where a page may load from: here, and nowhere else."""
    return (
        "default-src 'none'; "
        f"style-src 'self' 'nonce-{nonce}'; script-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
