"""The application: routes behind gates, and what every answer carries."""

from __future__ import annotations

import functools
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from livedo import __version__
from livedo.errors import EntryInvalid, LivedoError, OverrideRefused, PersonUnknown
from livedo.surfaces.hooks.router import hooks_router
from livedo.surfaces.hooks.service import HookService
from livedo.surfaces.report import Ledger
from livedo.surfaces.report_work import ledger_in_words
from livedo.surfaces.web.assessing import Assessor
from livedo.surfaces.web.centre import Centre
from livedo.surfaces.web.gate import refuse_ungated
from livedo.surfaces.web.health import Health
from livedo.surfaces.web.measuring import Measured, templates_of
from livedo.surfaces.web.metrics import Metrics
from livedo.surfaces.web.metrics_token import metrics_token
from livedo.surfaces.web.preferences import Preferences
from livedo.surfaces.web.refreshing import Refresher
from livedo.surfaces.web.routes import (
    attention,
    claims,
    decisions,
    examine,
    fhir,
    lesions,
    operations,
    patients,
    referral,
    rounds,
    rules,
    static,
    worklist,
)
from livedo.surfaces.web.service import Service
from livedo.surfaces.web.shelves import Shelves
from livedo.surfaces.web.ward import Ward
from livedo.surfaces.words import words

ROUTERS = (
    worklist.router,
    rounds.router,
    examine.router,
    lesions.router,
    referral.router,
    patients.router,
    attention.router,
    decisions.router,
    rules.router,
    claims.router,
    fhir.router,
    operations.router,
    static.router,
)

HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def create_app(
    service: Service,
    ward: Ward,
    default_reader: Preferences,
    hooks: HookService | None = None,
) -> FastAPI:
    """The application of one service, with its CDS Hooks where there are any.

    Raises:
        RuntimeError: a route has no gate.
    """
    app = FastAPI(
        title="Livedo",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=while_it_runs,
    )
    app.state.service = service
    app.state.ward = ward
    app.state.assessor = Assessor(service)
    app.state.default_reader = default_reader
    app.state.shelves = Shelves(service)
    app.state.centre = Centre(service, ward)
    app.state.centre.take_up()
    app.state.ledger = functools.cache(lambda lang: ledger_of(service, lang))
    for router in ROUTERS:
        app.include_router(router)
    app.state.hooks = hooks
    if hooks is not None:
        app.include_router(hooks_router(hooks))
    refuse_ungated(app)
    app.state.health = Health(service)
    app.state.metrics = Metrics(templates_of(app), service.knowledge.rules)
    app.state.metrics_token = metrics_token()
    app.middleware("http")(with_headers)
    app.add_middleware(Measured, metrics=app.state.metrics)
    app.exception_handler(LivedoError)(told)
    return app


@asynccontextmanager
async def while_it_runs(app: FastAPI) -> AsyncIterator[None]:
    """Keeps the list fresh while the service runs, and lets go of the store when it ends."""
    refresher = Refresher(app.state.service, app.state.ward)
    refresher.start()
    yield
    refresher.stop()
    if app.state.hooks is not None:
        app.state.hooks.feedback.flush()
    app.state.service.close()


def ledger_of(service: Service, lang: str) -> Ledger:
    """What was set aside when the record was read, in words."""
    return ledger_in_words(service.record, words(lang))


STATUS: dict[type[LivedoError], int] = {
    PersonUnknown: 404,
    EntryInvalid: 422,
    OverrideRefused: 422,
}


async def told(request: Request, error: Exception) -> Response:
    """What happened, in words; never a patient's value."""
    status = STATUS.get(type(error), 500) if isinstance(error, LivedoError) else 500
    return PlainTextResponse(str(error), status_code=status)


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
