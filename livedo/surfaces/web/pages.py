"""Renders a page, or its JSON twin, for one reader."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from livedo import instants
from livedo.record.tables import Instant
from livedo.surfaces.report_context import frame, templates
from livedo.surfaces.web.gate import User
from livedo.surfaces.web.preferences import CHOICES, Preferences, preferences_of, remember
from livedo.surfaces.web.service import Service
from livedo.surfaces.web.styles import assets

NO_STORE = {"Cache-Control": "no-store"}

PLACES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("/worklist", "worklist", ("viewer", "clinician")),
    ("/round", "round", ("viewer", "clinician")),
    ("/register", "register", ("viewer", "clinician")),
    ("/rules", "rules", ("viewer", "clinician", "steward", "admin")),
    ("/register/completeness", "completeness", ("steward",)),
    ("/audit", "audit", ("admin",)),
)
"""What the bar of every page offers: address, key of its name, roles that see it."""


def service_of(request: Request) -> Service:
    """The service behind the application."""
    service: Service = request.app.state.service
    return service


def reader_of(request: Request) -> Preferences:
    """How this reader wants to read."""
    return preferences_of(request, request.app.state.default_reader)


def page(
    request: Request,
    name: str,
    title: str,
    user: User | None,
    context: dict[str, Any],
    *,
    as_of: Instant | None = None,
    status: int = 200,
) -> Response:
    """A page from a template of `templates/web/`."""
    reader = reader_of(request)
    # An error page says nothing of the request, not even its address.
    request.state.is_told = status < 400
    text = (
        templates()
        .get_template(f"web/{name}.html.j2")
        .render({**around(request, reader, title, user, as_of), **context})
    )
    response = HTMLResponse(text, status_code=status, headers=NO_STORE)
    remember(request, response, reader)
    return response


def around(
    request: Request,
    reader: Preferences,
    title: str,
    user: User | None,
    as_of: Instant | None,
) -> dict[str, Any]:
    """What every page shows around its content."""
    service = service_of(request)
    moment = service.judged_at if as_of is None else as_of
    as_of_text = request.app.state.ward.words(reader).dates.moment(moment)
    return {
        **frame(reader.words, title, as_of_text, service.knowledge.version, service.is_invented),
        "reader": reader,
        "user": user,
        "places": PLACES,
        "path": request.url.path,
        "here": here(request.url.path),
        "nonce": getattr(request.state, "nonce", ""),
        "csrf": getattr(request.state, "csrf", ""),
        "style": assets()[f"style-{reader.look}.css"].address,
        "script": assets()["web.js"].address,
        "round_script": assets()["round.js"].address,
        "with_query": lambda **changed: with_query(request, **changed),
        "this_view": with_query(request, **{name: getattr(reader, name) for name in CHOICES}),
        "as_of_iso": instants.iso(moment),
    }


def here(path: str) -> str:
    """The place of the bar that a page belongs to: the nearest above it."""
    above = [place for place, *_ in PLACES if path == place or path.startswith(f"{place}/")]
    return max(above, key=len, default="")


def with_query(request: Request, **changed: str | None) -> str:
    """The address of this page with some choices changed; None takes one away."""
    if not getattr(request.state, "is_told", True):
        return f"?{urlencode({name: value for name, value in changed.items() if value})}"
    query = {**request.query_params, **changed}
    kept = {name: value for name, value in query.items() if value is not None}
    return f"{request.url.path}?{urlencode(kept)}" if kept else request.url.path


def as_json(document: Any, status: int = 200) -> Response:
    """A JSON twin."""
    return Response(
        msgspec.json.encode(document), status, headers=NO_STORE, media_type="application/json"
    )
