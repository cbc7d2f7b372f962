"""The application: routes behind gates, and what every answer carries."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from livedo import __version__
from livedo.surfaces.hooks.router import hooks_router
from livedo.surfaces.hooks.service import HookService
from livedo.surfaces.report import Ledger
from livedo.surfaces.report_work import ledger_in_words
from livedo.surfaces.web.access import Access
from livedo.surfaces.web.assessing import Assessor
from livedo.surfaces.web.centre import Centre
from livedo.surfaces.web.gate import refuse_ungated
from livedo.surfaces.web.guarding import access_of, stand_guard
from livedo.surfaces.web.health import Health
from livedo.surfaces.web.measuring import Measured, templates_of
from livedo.surfaces.web.metrics import Metrics
from livedo.surfaces.web.metrics_token import metrics_token
from livedo.surfaces.web.preferences import Preferences
from livedo.surfaces.web.refreshing import Refresher
from livedo.surfaces.web.register_desk import Register
from livedo.surfaces.web.routes import (
    attention,
    audit,
    claims,
    decisions,
    examine,
    fhir,
    lesions,
    operations,
    patients,
    referral,
    register,
    register_adding,
    register_forms,
    register_overview,
    register_readings,
    rounds,
    rules,
    sign_in,
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
    register_adding.router,
    register_overview.router,
    register.router,
    register_forms.router,
    register_readings.router,
    referral.router,
    patients.router,
    attention.router,
    decisions.router,
    rules.router,
    claims.router,
    fhir.router,
    operations.router,
    audit.router,
    sign_in.router,
    static.router,
)


def create_app(
    service: Service,
    ward: Ward,
    default_reader: Preferences,
    hooks: HookService | None = None,
    access: Access | None = None,
) -> FastAPI:
    """The application of one service, with its CDS Hooks where there are any.

    Without `access` only an invented record is served.

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
        lifespan=while_it_runs,
    )
    app.state.service = service
    app.state.ward = ward
    app.state.assessor = Assessor(service)
    app.state.default_reader = default_reader
    app.state.shelves = Shelves(service)
    app.state.register = Register(service, ward)
    app.state.centre = Centre(service, ward)
    app.state.centre.take_up()
    app.state.ledger = functools.cache(lambda lang: ledger_of(service, lang))
    for router in ROUTERS:
        # Not include_router: that would make its own copy of each route, beside the guard.
        app.router.routes.extend(router.routes)
    app.state.hooks = hooks
    if hooks is not None:
        app.router.routes.extend(hooks_router(hooks).routes)
    refuse_ungated(app)
    app.state.health = Health(service)
    app.state.metrics = Metrics(templates_of(app), service.knowledge.rules)
    app.state.metrics_token = metrics_token()
    app.state.access = access_of(service, access)
    stand_guard(app, app.state.access)
    app.state.health.add("audit", app.state.access.log.check)
    # Around the wall, so that what is refused there is counted too.
    app.add_middleware(Measured, metrics=app.state.metrics)
    return app


@asynccontextmanager
async def while_it_runs(app: FastAPI) -> AsyncIterator[None]:
    """Keeps the list fresh while the service runs, and lets go of the store when it ends."""
    refresher = Refresher(app.state.service, app.state.ward, app.state.centre.take_up)
    refresher.start()
    yield
    refresher.stop()
    if app.state.hooks is not None:
        app.state.hooks.feedback.flush()
    app.state.service.close()
    app.state.access.close()


def ledger_of(service: Service, lang: str) -> Ledger:
    """What was set aside when the record was read, in words."""
    return ledger_in_words(service.record, words(lang))
