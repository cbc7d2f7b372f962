"""What a clinician decides about a patient and records, because no data can say it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from livedo.act.attention import shows_more
from livedo.decisions.entries import Decision, Entry
from livedo.surfaces.web.gate import Allow, User
from livedo.surfaces.web.pages import service_of
from livedo.surfaces.web.preferences import Preferences
from livedo.surfaces.web.routes.attention import refused
from livedo.surfaces.web.service import Service

router = APIRouter()

DOMAIN = "decision."

Enters = Annotated[User, Depends(Allow("clinician", patient_data=True))]


@router.post("/patients/{link}/decision")
def decide(
    request: Request,
    link: str,
    user: Enters,
    concept: Annotated[str, Form()],
    present: Annotated[str, Form()],
    entry_id: Annotated[str, Form()],
) -> Response:
    """Keeps a decision; the page shows at once what it changes."""
    service = service_of(request)
    person_id = service.person_of(link)
    if concept not in decisions_of(service) or present not in ("yes", "no"):
        raise refused("This decision is not one that the page offers")
    body = Decision(concept=concept, present="yes" if present == "yes" else "no")
    request.state.audit.record("decision recorded", person_id)
    service.enter(person_id, body, user, entry_id)
    return RedirectResponse(f"/patients/{link}#decisions", status_code=303)


def decisions_of(service: Service) -> list[str]:
    """The concepts that only a recorded decision answers."""
    concepts = service.knowledge.vocabulary.concepts
    return [concept for concept in concepts if concept.startswith(DOMAIN)]


def decisions_context(
    service: Service, person_id: str, reader: Preferences, dates: Any
) -> dict[str, Any]:
    """Each decision with the one that stands, if any, and whether more was found since."""
    concepts = service.knowledge.vocabulary.concepts
    newest: dict[str, Entry] = {}
    for entry in service.entered(person_id):
        if isinstance(entry.body, Decision):
            newest[entry.body.concept] = entry
    facts = service.patient(person_id).facts if newest else ()
    outrun = {id: shows_more(facts, entry.entered_at) for id, entry in newest.items()}
    return {
        "decisions": [
            (concept, concepts[concept].name(reader.lang), newest.get(concept))
            for concept in decisions_of(service)
        ],
        "found_since": outrun,
        "dates": dates,
    }
