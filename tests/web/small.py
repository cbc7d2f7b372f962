"""A few routes of every kind behind the real guard: what a careless route would do."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from livedo.errors import PersonUnknown, StoreBusy
from livedo.surfaces.web.access import Access, EventsInMemory, TokensInMemory
from livedo.surfaces.web.gate import Allow, Open, User
from livedo.surfaces.web.guarding import stand_guard
from livedo.surfaces.web.preferences import Preferences
from tests.web.guarded import KEY, Hands, settings

NAME = "Kirsten Canary"

router = APIRouter()
Reads = Annotated[User, Depends(Allow("viewer", "clinician", patient_data=True))]
Enters = Annotated[User, Depends(Allow("clinician", patient_data=True))]
Runs = Annotated[User, Depends(Allow("admin"))]
Client = Annotated[User, Depends(Allow("hooks", patient_data=True))]
Anybody = Annotated[None, Depends(Open("nothing is said here"))]


class Body(msgspec.Struct):
    """What a program sends."""

    number: int


@router.get("/seen/{link}")
def seen(request: Request, link: str, user: Reads) -> Response:
    request.state.audit.record("patient shown", link)
    return PlainTextResponse(f"{NAME} {user.name}")


@router.get("/forgotten")
def forgotten(user: Reads) -> Response:
    return PlainTextResponse(NAME)


@router.get("/streamed")
def streamed(user: Reads) -> Response:
    return StreamingResponse(iter([NAME, NAME]))


@router.get("/twice")
def twice(request: Request, user: Reads) -> Response:
    request.state.audit.record("patient shown")
    request.state.audit.record("patient shown")
    return PlainTextResponse(NAME)


@router.get("/raises")
def raises(user: Reads) -> Response:
    raise ValueError(NAME)


@router.get("/raises-late")
def raises_late(request: Request, user: Reads) -> Response:
    request.state.audit.record("patient shown")
    raise KeyError(NAME)


@router.get("/nobody/{name}")
def nobody(name: str, user: Reads) -> Response:
    raise PersonUnknown(f"{name} {NAME}")


@router.get("/busy")
def busy(user: Reads) -> Response:
    raise StoreBusy(NAME)


@router.post("/enter")
async def enter(request: Request, user: Enters) -> Response:
    async with request.form() as form:
        request.state.audit.record("entered")
        return PlainTextResponse(str(form.get("note", "")))


@router.post("/number")
async def number(request: Request, body: dict[str, int], user: Enters) -> Response:
    request.state.audit.record("entered")
    return PlainTextResponse(str(sum(body.values())))


@router.get("/figures")
def figures(user: Runs) -> Response:
    return PlainTextResponse("figures")


@router.get("/open")
def anybody(_: Anybody) -> Response:
    return PlainTextResponse("open")


@router.get("/waits")
async def waits(request: Request, _: Anybody) -> Response:
    await request.app.state.door.wait()
    return PlainTextResponse("came through")


@router.post("/cds-services/livedo-patient-view")
async def hook(request: Request, user: Client) -> Response:
    request.state.audit.record("hook answered")
    return Response(await request.body(), media_type="application/json")


def small(used: Any = None, *, is_demo: bool = False, log: Any = None) -> FastAPI:
    """The application of these routes."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.default_reader = Preferences()
    app.state.door = asyncio.Event()
    app.router.routes.extend(router.routes)
    now = Hands()
    app.state.access = Access(
        used or settings(),
        log=log or EventsInMemory(),
        now=now,
        link_of=lambda person: f"p{abs(hash(person)) % 10**9}",
        use_token=TokensInMemory(),
        session_secret=KEY,
        is_demo=is_demo,
    )
    app.state.now = now
    stand_guard(app, app.state.access)
    return app
