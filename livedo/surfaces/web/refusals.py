"""What people and programs see when they do not get what they asked for.

A page for people in their language, the same as JSON for programs. It holds a number to name
to whoever runs the service, and nothing of the request.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from livedo.errors import (
    AuditUnwritable,
    DateInvalid,
    EntryInvalid,
    KnowledgeInvalid,
    LivedoError,
    OverrideRefused,
    PersonUnknown,
    ProviderUnreachable,
    StoreBusy,
    StoreUnwritable,
    UnknownConcept,
    UnknownUnit,
)
from livedo.surfaces.report_context import templates
from livedo.surfaces.web.preferences import preferences_of
from livedo.surfaces.web.styles import assets

STATUSES = (400, 401, 403, 404, 405, 408, 409, 413, 422, 429, 500, 503)
NO_STORE = {"Cache-Control": "no-store"}
WRONG_TOKEN = json.dumps({"error": {"status": 401}}).encode()

REFUSALS: tuple[tuple[type[LivedoError], int, str], ...] = (
    (PersonUnknown, 404, ""),
    (UnknownConcept, 404, ""),
    (DateInvalid, 422, ""),
    (EntryInvalid, 422, ""),
    (KnowledgeInvalid, 422, ""),
    (OverrideRefused, 422, ""),
    (UnknownUnit, 422, ""),
    (AuditUnwritable, 503, "audit"),
    (ProviderUnreachable, 503, "provider"),
    (StoreBusy, 503, ""),
    (StoreUnwritable, 503, "store"),
)


class Refused(Exception):
    """An answer that is not what was asked for, with a status of `STATUSES`.

    `key` names another text than that of the status, in `wording/*/refused.yaml`.
    """

    def __init__(
        self, status: int, key: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status)
        self.status = status
        self.key = key or f"s{status}"
        self.headers = dict(headers or {})
        self.reason = ""


def refused_by(error: LivedoError) -> Refused:
    """The refusal for one of our own errors."""
    found = ((status, key) for kind, status, key in REFUSALS if isinstance(error, kind))
    status, key = next(found, (500, ""))
    refused = Refused(status, key, {"Retry-After": "2"} if status == 503 else None)
    if isinstance(error, EntryInvalid | OverrideRefused):
        # They say what to do otherwise, and never what was entered.
        refused.reason = error.what
    return refused


def nearest(status: int) -> int:
    """The status among those with a page."""
    if status in STATUSES:
        return status
    return 400 if status < 500 else 500


def wants_page(request: Request) -> bool:
    """Whether a person looks, rather than a program."""
    path = request.url.path
    is_for_programs = path.endswith(".json") or path.startswith(("/cds-services", "/fhir"))
    return not is_for_programs and "text/html" in request.headers.get("accept", "")


def answer(request: Request, refused: Refused) -> Response:
    """The page, or its JSON twin."""
    headers = {**NO_STORE, **refused.headers}
    reader = preferences_of(request, request.app.state.default_reader)
    words = reader.words
    document: dict[str, object] = {
        "status": refused.status,
        "what": words.text(f"refused.{refused.key}.what"),
        "next": words.text(f"refused.{refused.key}.next"),
        "request": request.state.request_id,
    }
    if refused.reason:
        document["reason"] = refused.reason
    if not wants_page(request):
        return JSONResponse({"error": document}, refused.status, headers)
    text = (
        templates()
        .get_template("web/refused.html.j2")
        .render(
            error=document,
            lang=reader.lang,
            look=reader.look,
            words=words,
            style=assets()[f"style-{reader.look}.css"].address,
        )
    )
    return HTMLResponse(text, refused.status, headers)


def wrong_token() -> Response:
    """The same bytes for every token that does not count: nothing is to be learned from them."""
    return Response(
        WRONG_TOKEN,
        401,
        {**NO_STORE, "WWW-Authenticate": "Bearer"},
        media_type="application/json",
    )
