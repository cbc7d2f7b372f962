"""The newest events of the audit log, for whoever answers for the service."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from livedo.audit.events import Line
from livedo.surfaces.web.access import Access
from livedo.surfaces.web.gate import Allow, User
from livedo.surfaces.web.pages import as_json, page, reader_of

router = APIRouter()

NEWEST = 500

Answers = Annotated[User, Depends(Allow("admin"))]


@router.get("/audit.json")
def audit_json(request: Request, user: Answers) -> Response:
    """The newest events, for programs."""
    return as_json({"events": events_of(request)})


@router.get("/audit")
def audit(request: Request, user: Answers) -> Response:
    """The newest events, the last one first."""
    title = reader_of(request).words.text("audit.page.title")
    return page(request, "audit", title, user, {"events": events_of(request), "most": NEWEST})


def events_of(request: Request) -> list[Line]:
    """The events that the address asks for, newest first. Looking at them is an event too."""
    access: Access = request.app.state.access
    request.state.audit.record("audit log shown")
    person, who = request.query_params.get("person"), request.query_params.get("who")
    found = [
        line
        for line in access.log.newest(NEWEST)
        if person in (None, "", line.person) and who in (None, "", line.who)
    ]
    return found[::-1]
