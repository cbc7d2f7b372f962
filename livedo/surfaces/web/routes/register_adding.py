"""Adding a case who is in no record: under a pseudonym, outside of the dialysis programme."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import Response

from livedo.decisions.entries import CaseReport
from livedo.registry.form import OUTSIDE
from livedo.surfaces.web.audited import event
from livedo.surfaces.web.gate import Allow, User
from livedo.surfaces.web.pages import page, reader_of
from livedo.surfaces.web.register_desk import IN_REGISTER
from livedo.surfaces.web.routes.register import new_id, register_of, to_case

router = APIRouter()

PSEUDONYM = re.compile(r"[A-Za-z0-9ÆØÅæøå]+(?:-[A-Za-z0-9ÆØÅæøå]+)*")
CIVIL_NUMBER = re.compile(r"\d{6}-?\d{4}")
"""A Danish civil registration number, and everything of its length."""
LONGEST = 40

Enters = Annotated[User, Depends(Allow("clinician", patient_data=True))]


@router.get("/register/new")
def add_page(request: Request, user: Enters) -> Response:
    """The form that asks for the pseudonym."""
    return show(request, user)


def show(request: Request, user: User, name: str = "", refused: str = "") -> Response:
    """The page, with what was typed still there where it was refused."""
    event(request, "case adding shown")
    words = reader_of(request).words
    context = {
        "name": name,
        "refused": words.text(f"register.mistake.{refused}") if refused else "",
        "new_id": new_id,
    }
    title = words.text("register.add.title")
    return page(request, "register_add", title, user, context, status=422 if refused else 200)


@router.post("/register/new")
def add(
    request: Request,
    user: Enters,
    entry_id: Annotated[str, Form(max_length=64)],
    do: Annotated[str, Form()],
    name: Annotated[str, Form()] = "",
) -> Response:
    """Begins a case; what is known of it is entered in its forms."""
    register, name = register_of(request), name.strip()
    if len(name) > LONGEST or not PSEUDONYM.fullmatch(name) or CIVIL_NUMBER.fullmatch(name):
        return show(request, user, name, "name")
    person_id = OUTSIDE + name
    with register.service.lock:
        entries = register.service.entries(person_id)
        if entries and entries[0].entry_id != entry_id:
            return show(request, user, name, "name_taken")
        body = CaseReport(form="case", values=((IN_REGISTER, "yes"),))
        entry = register.service.enter(person_id, body, user, entry_id)
    event(request, "case added", person_id)
    return to_case(register.service.link_of(person_id), entry.entry_id)
