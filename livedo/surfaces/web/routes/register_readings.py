"""The reading of a case: two readers, each alone; where they differ, what they agree on later."""

from __future__ import annotations

from typing import Annotated, get_args

import msgspec
from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import Response

from livedo.decisions.entries import Adjudication, CauseOfDeath, Verdict
from livedo.errors import EntryInvalid
from livedo.registry.adjudication import Reading, Readings, may_read, may_settle, visible_to
from livedo.surfaces.web.audited import event
from livedo.surfaces.web.gate import DEMO, Allow, User
from livedo.surfaces.web.pages import page, reader_of
from livedo.surfaces.web.refusals import Refused
from livedo.surfaces.web.register_desk import Register
from livedo.surfaces.web.register_history import told_reading
from livedo.surfaces.web.register_rows import Rows
from livedo.surfaces.web.routes.register import about, grouped, reader_name, register_of, to_case

router = APIRouter()

VERDICTS: tuple[str, ...] = get_args(Verdict)
CAUSES: tuple[str, ...] = get_args(CauseOfDeath)
SINGLE, CONSENSUS = "single", "consensus"

Reads = Annotated[User, Depends(Allow("viewer", "clinician", patient_data=True))]
Enters = Annotated[User, Depends(Allow("clinician", patient_data=True))]


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What was chosen so far."""

    verdict: str = ""
    cause: str = ""
    comment: str = ""


@router.get("/register/{link}/reading")
def reading_page(request: Request, link: str, user: Reads) -> Response:
    """What has been said of a case, as far as this reader may see it, and the form to say more."""
    return show_reading(request, register_of(request).person_of(link), user)


def show_reading(
    request: Request, person_id: str, user: User, refused: str = "", draft: Draft | None = None
) -> Response:
    """The page of the reading, with what was chosen still there where it was refused."""
    event(request, "case reading shown", person_id)
    register, reader = register_of(request), reader_of(request)
    readings = register.readings(person_id)
    rows = Rows(register, reader)
    seen = [one for one in visible_to(reader_name(user), readings) if one.reader]
    own = next((one for one in seen if one.reader == reader_name(user)), None)
    words = reader.words
    around = about(request, person_id, user)
    context = {
        **around,
        "readings": readings,
        "own": own,
        "lines": [
            (one.reader, rows.words.dates.moment(one.at), told_reading(rows, one)) for one in seen
        ],
        "agreed": told_reading(rows, readings.settled) if readings.settled else (),
        "kind": kind_open(readings),
        "settled_by": settled_by(register, readings),
        "is_demo": user.name == DEMO.name,
        "is_dead": register.is_dead(person_id),
        "verdicts": [(id, words.text(f"register.verdict.{id}")) for id in VERDICTS],
        "causes": [(id, words.text(f"register.cause.{id}")) for id in CAUSES],
        "draft": draft or draft_of(own if kind_open(readings) == SINGLE else None),
        "refused": words.text(f"register.mistake.{refused}") if refused else "",
        "groups": grouped(rows, person_id),
        "title_of": rows.title,
    }
    title = words.text("register.reading.title", case=around["heading"])
    moment = register.service.moment_of(person_id)
    status = 422 if refused else 200
    return page(request, "register_reading", title, user, context, as_of=moment, status=status)


def kind_open(readings: Readings) -> str:
    """Which reading can be entered now: a single one, a consensus, or none where both agree."""
    if may_read("", readings):
        return SINGLE
    return CONSENSUS if may_settle(readings) else ""


def settled_by(register: Register, readings: Readings) -> str:
    """Who entered what was settled; empty where nothing was."""
    if readings.consensus is None:
        return ""
    entries = register.service.entries(readings.person_id)
    kept = readings.consensus.entry_id
    return next((entry.entered_by for entry in entries if entry.entry_id == kept), "")


def draft_of(body: Reading | None) -> Draft:
    """What a reader said before, to think again."""
    if body is None:
        return Draft()
    return Draft(verdict=body.verdict, cause=body.cause_of_death or "", comment=body.comment)


@router.post("/register/{link}/reading")
def read(
    request: Request,
    link: str,
    user: Enters,
    entry_id: Annotated[str, Form(max_length=64)],
    reading: Annotated[str, Form()],
    verdict: Annotated[str, Form()] = "",
    cause: Annotated[str, Form()] = "",
    comment: Annotated[str, Form()] = "",
) -> Response:
    """Keeps what a reader says of a case."""
    register = register_of(request)
    person_id = register.person_of(link)
    draft = Draft(verdict=verdict, cause=cause, comment=comment.strip())
    with register.service.lock:
        entries = register.service.entries(person_id)
        is_again = any(entry.entry_id == entry_id for entry in entries)
        readings = register.readings(person_id)
        refused = why_not(draft, reading, readings, register.is_dead(person_id))
        if is_again and refused == "both_read":
            refused = ""
        try:
            if refused:
                return show_reading(request, person_id, user, refused, draft)
            entry = register.service.enter(person_id, body_of(draft, reading), user, entry_id)
        except EntryInvalid:
            return show_reading(request, person_id, user, "comment", draft)
    event(request, "case read", person_id)
    return to_case(f"{link}/reading", entry.entry_id)


def why_not(draft: Draft, reading: str, readings: Readings, is_dead: bool) -> str:
    """Why a reading cannot be kept: a key of `register.mistake`; empty where it can."""
    if reading not in (SINGLE, CONSENSUS):
        raise Refused(422)
    if reading != kind_open(readings):
        return "both_read"
    if draft.verdict not in VERDICTS:
        return "verdict"
    if draft.cause not in (CAUSES if is_dead else ("", *CAUSES)):
        return "cause"
    return ""


def body_of(draft: Draft, reading: str) -> Adjudication:
    """The reading as it is kept."""
    return msgspec.convert(
        {
            "kind": "adjudication",
            "reading": reading,
            "verdict": draft.verdict,
            "cause_of_death": draft.cause or None,
            "comment": draft.comment,
        },
        Adjudication,
    )
