"""The referral summary of one patient, and the leaflet for patients: pages to print."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from livedo.act.parts import Referral
from livedo.knowledge.teaching import load_leaflet, told
from livedo.surfaces.leaflet_text import sources, statements
from livedo.surfaces.web.gate import Allow, User
from livedo.surfaces.web.pages import as_json, page, reader_of, service_of
from livedo.surfaces.words import Words

router = APIRouter()

Reads = Annotated[User, Depends(Allow("viewer", "clinician", patient_data=True))]
Signed = Annotated[User, Depends(Allow("viewer", "clinician", "steward", "admin"))]


def summary_of(request: Request, link: str) -> tuple[str, Referral | None]:
    """The person at an address, and what a referral says; None where nothing is suspected."""
    service = service_of(request)
    person_id = service.person_of(link)
    request.state.audit.record("referral shown", person_id)
    return person_id, service.explanation(person_id, reader_of(request)).plan.referral


@router.get("/patients/{link}/referral.json")
def referral_json(request: Request, link: str, user: Reads) -> Response:
    """The summary, for programs."""
    person_id, summary = summary_of(request, link)
    told_of = None if summary is None else msgspec.to_builtins(summary)
    return as_json({"person_id": person_id, "referral": told_of})


@router.get("/patients/{link}/referral")
def referral(request: Request, link: str, user: Reads) -> Response:
    """The summary on one sheet, without a name."""
    person_id, summary = summary_of(request, link)
    title = reader_of(request).words.text("web.referral.title", person_id=person_id)
    return page(request, "referral", title, user, {"link": link, "summary": summary})


def sections_of(words: Words) -> list[tuple[str, str, str]]:
    """Id, heading and text of each part of the leaflet."""
    return [
        (section.id, told(section.title, words.lang), section.text(words.lang))
        for section in load_leaflet()
    ]


@router.get("/leaflet.json")
def leaflet_json(request: Request, user: Signed) -> Response:
    """The leaflet, for programs."""
    words = reader_of(request).words
    parts = [{"id": id, "title": title, "text": text} for id, title, text in sections_of(words)]
    return as_json({"lang": words.lang, "sections": parts, "statements": statements()})


@router.get("/leaflet")
def leaflet(request: Request, user: Signed) -> Response:
    """For patients and families, on one sheet."""
    words = reader_of(request).words
    context = {
        "sections": sections_of(words),
        "sources": sources(),
        "statements": statements(),
    }
    return page(request, "leaflet", words.text("leaflet.title"), user, context)
