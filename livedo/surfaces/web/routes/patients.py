"""One patient: what is known, what is not, what to do next; with reasons and sources."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from livedo.act.document import explanation_document
from livedo.act.result import Explanation
from livedo.act.rows import LAST_DUE_GROUP
from livedo.surfaces.report_context import claims_of, rules_of, vocabulary
from livedo.surfaces.report_section import section_of
from livedo.surfaces.web.gate import Allow, User
from livedo.surfaces.web.pages import as_json, page, reader_of, service_of
from livedo.surfaces.web.preferences import Preferences
from livedo.surfaces.web.routes.attention import forms_context
from livedo.surfaces.web.routes.decisions import decisions_context
from livedo.surfaces.web.service import Service
from livedo.surfaces.web.ward import Ward

router = APIRouter()

Reads = Annotated[User, Depends(Allow("viewer", "clinician", patient_data=True))]


@router.get("/patients/{link}.json")
def patient_json(request: Request, link: str, user: Reads) -> Response:
    """The document of `livedo patient --format json`."""
    service = service_of(request)
    person_id = service.person_of(link)
    request.state.audit.record("patient shown", person_id)
    explanation = service.explanation(person_id, reader_of(request))
    return as_json(explanation_document(explanation))


@router.get("/patients/{link}")
def patient(request: Request, link: str, user: Reads) -> Response:
    """The patient page."""
    service, reader = service_of(request), reader_of(request)
    person_id = service.person_of(link)
    request.state.audit.record("patient shown", person_id)
    explanation = service.explanation(person_id, reader)
    context = {
        **patient_context(service, explanation, person_id, reader),
        **entered_context(request, person_id, reader),
    }
    request.app.state.metrics.judged("page")
    moment = service.moment_of(person_id)
    return page(request, "patient", person_id, user, {"link": link, **context}, as_of=moment)


def entered_context(request: Request, person_id: str, reader: Preferences) -> dict[str, Any]:
    """What was entered about the person, and the forms to enter more."""
    ward: Ward = request.app.state.ward
    line = ward.line(person_id)
    dates = ward.words(reader).dates
    return {
        **forms_context(reader),
        **decisions_context(service_of(request), person_id, reader, dates),
        "attention": None if line is None else ward.attention(line),
        "is_due": line is not None and line.precedence <= LAST_DUE_GROUP,
    }


def patient_context(
    service: Service, explanation: Explanation, person_id: str, reader: Preferences
) -> dict[str, Any]:
    """What the template of the report is given, for one person on a page of their own."""
    words = reader.words
    section = section_of(
        explanation,
        service.moment_of(person_id),
        service.months(reader.lang),
        words,
        anchor="patient",
        is_alone=True,
        observed=service.patient(person_id).observed,
    )
    told = [explanation]
    return {
        **vocabulary(words, reader.units, claims_of(told), rules_of(told)),
        "section": section,
    }
