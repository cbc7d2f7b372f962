"""What somebody does with a line of the worklist: seen, put aside, dismissed; and undo."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from livedo.act.attention import load_attention
from livedo.decisions.entries import Acknowledged, Body, Dismissed, Snoozed
from livedo.errors import EntryInvalid
from livedo.instants import DAY
from livedo.record.tables import Instant
from livedo.surfaces.web.gate import Allow, User
from livedo.surfaces.web.pages import service_of
from livedo.surfaces.web.preferences import Preferences
from livedo.surfaces.web.ward import DANGER, Line, Ward

router = APIRouter()

Enters = Annotated[User, Depends(Allow("clinician", patient_data=True))]

LONGEST_COMMENT = 500


@router.post("/patients/{link}/attention")
def attend(
    request: Request,
    link: str,
    user: Enters,
    how: Annotated[str, Form()],
    entry_id: Annotated[str, Form()],
    days: Annotated[int, Form()] = 0,
    reason: Annotated[str, Form()] = "",
    comment: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "/worklist",
) -> Response:
    """Keeps what was done with the line, and returns to where it was done."""
    service, ward = service_of(request), ward_of(request)
    person_id = service.person_of(link)
    line = ward.line(person_id)
    if line is None:
        raise refused("This patient is not on the worklist")
    words = comment.strip()[:LONGEST_COMMENT]
    body = body_of(how, line, days, reason, words, service.clock.now())
    request.state.audit.record(how, person_id)
    service.enter(person_id, body, user, entry_id)
    return RedirectResponse(place_of(back, link), status_code=303)


@router.post("/patients/{link}/undo")
def undo(
    request: Request,
    link: str,
    user: Enters,
    undoes: Annotated[str, Form()],
    entry_id: Annotated[str, Form()],
    back: Annotated[str, Form()] = "/worklist",
) -> Response:
    """Sets an entry about this patient aside; both stay in the history."""
    service = service_of(request)
    person_id = service.person_of(link)
    request.state.audit.record("undone", person_id)
    service.undo(person_id, undoes, user, entry_id)
    return RedirectResponse(place_of(back, link), status_code=303)


def ward_of(request: Request) -> Ward:
    """The worklist behind the application."""
    ward: Ward = request.app.state.ward
    return ward


def body_of(how: str, line: Line, days: int, reason: str, comment: str, now: Instant) -> Body:
    """What is to be kept.

    Raises:
        EntryInvalid: the choice is not one that the page offers.
    """
    part = load_attention()
    if how == "acknowledged":
        return Acknowledged(rules=line.rules)
    if how == "snoozed":
        if days not in part.snooze.offered(is_danger=line.group == DANGER):
            raise refused("A line is put aside for one of the offered numbers of days")
        return Snoozed(until=now + days * DAY, reason=comment, rules=line.rules)
    chosen = part.dismissal(reason)
    if how != "dismissed" or chosen is None:
        raise refused("A line is dismissed for one of the offered reasons")
    if chosen.asks_for_words and not comment:
        raise refused("This reason asks for a few words")
    return Dismissed(rules=line.rules, reason=reason, comment=comment)


def refused(what: str) -> EntryInvalid:
    """The error for an entry that was not kept."""
    return EntryInvalid(
        what, still_works="nothing was changed", next_step="go back and choose again"
    )


def place_of(back: str, link: str) -> str:
    """Where to return: a page of our own, at the patient's row."""
    is_ours = back.startswith("/") and not back.startswith("//") and "\\" not in back
    return f"{back if is_ours else '/worklist'}#p-{link}"


def forms_context(reader: Preferences) -> dict[str, Any]:
    """What the forms of a row need."""
    part = load_attention()
    return {
        "snooze": part.snooze,
        "danger_group": DANGER,
        "dismissals": [(reason.id, getattr(reason, reader.lang)) for reason in part.dismissals],
        "dismissal_words": {reason.id: getattr(reason, reader.lang) for reason in part.dismissals},
        "new_id": lambda: str(uuid.uuid4()),
    }
