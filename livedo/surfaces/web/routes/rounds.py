"""The list of the skin round: who is due and overdue, by dialysis unit and shift."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from livedo import instants
from livedo.surfaces.report_context import round_words
from livedo.surfaces.survey import who
from livedo.surfaces.web.audited import event
from livedo.surfaces.web.gate import Allow, User
from livedo.surfaces.web.pages import as_json, page, reader_of, service_of
from livedo.surfaces.web.round_list import (
    Rounds,
    by_shift,
    due_of,
    in_round,
    round_filter_of,
    row_document,
)
from livedo.surfaces.web.saved import saved_of
from livedo.surfaces.web.seats import shifts_offered, units_offered
from livedo.surfaces.web.ward import Ward

router = APIRouter()

ROWS_A_PAGE = 120

Reads = Annotated[User, Depends(Allow("viewer", "clinician", patient_data=True))]


@router.get("/round.json")
def round_json(request: Request, user: Reads) -> Response:
    """The list of this filter, for programs."""
    shown = shown_of(request)
    service = service_of(request)
    event(request, "round shown")
    return as_json(
        {
            "as_of": instants.iso(service.judged_at),
            "day": shown["day"],
            "has_roster": bool(service.roster),
            "counts": shown["counts"],
            "total": shown["total"],
            "page": shown["number"],
            "patients": [row_document(row) for row in shown["rows"]],
        }
    )


@router.get("/round")
def round_page(request: Request, user: Reads) -> Response:
    """The list as a nurse reads it."""
    context = shown_of(request)
    event(request, "round shown")
    title = reader_of(request).words.text("round.title")
    return page(request, "round", title, user, {"may_enter": user.may("clinician"), **context})


def shown_of(request: Request) -> dict[str, Any]:
    """The people of this filter and this page, with the counts of everybody."""
    ward: Ward = request.app.state.ward
    service, reader = service_of(request), reader_of(request)
    asked = round_filter_of(request, service)
    lines = in_round(ward)
    here = [line for line in lines if asked.seats.takes(service, line.person_id)]
    wanted = [line for line in here if asked.takes(service, line)]
    pages = max(1, -(-len(wanted) // ROWS_A_PAGE))
    number = page_of(request, pages)
    rounds = Rounds(ward, reader)
    first = (number - 1) * ROWS_A_PAGE
    rows = [rounds.row(line) for line in wanted[first : first + ROWS_A_PAGE]]
    counts = Counter(due_of(line) for line in here)
    people = [line.person_id for line in lines]
    return {
        "filter": asked,
        "query": asked.query(),
        "rows": rows,
        "groups": by_shift(rows),
        "total": len(wanted),
        "everybody": len(here),
        "counts": {due: counts[due] for due in ("overdue", "never", "soon", "later")},
        "number": number,
        "pages": pages,
        "day": rounds.day,
        "today_text": rounds.words.dates.full(service.clock.now()),
        "roster": service.roster,
        "units": units_offered(service, people),
        "shifts": shifts_offered(service, people, reader.lang),
        "saved": saved_of(request, rounds),
        "who": who,
        "round_words": lambda found: round_words(found, reader.words),
        "new_id": lambda: uuid.uuid4().hex,
    }


def page_of(request: Request, pages: int) -> int:
    """The page asked for, within those there are."""
    asked = request.query_params.get("page", "1")
    return min(int(asked), pages) if asked.isdecimal() and int(asked[:6]) > 0 else 1
