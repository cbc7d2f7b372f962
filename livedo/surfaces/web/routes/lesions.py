"""The history of a person's lesions: every look, its measures, and who entered it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from livedo import instants
from livedo.act.statements import StatementWords
from livedo.knowledge.round_page import load_round_page
from livedo.surfaces.figures.drawn import Locale
from livedo.surfaces.figures.lesion_chart import area_chart, lesion_chart
from livedo.surfaces.web.audited import event
from livedo.surfaces.web.gate import Allow, User
from livedo.surfaces.web.lesion_history import LesionHistory, histories, wound_scores
from livedo.surfaces.web.pages import as_json, page, reader_of, service_of
from livedo.surfaces.web.round_list import Rounds
from livedo.surfaces.web.saved import Saved, saved_entry

router = APIRouter()

Reads = Annotated[User, Depends(Allow("viewer", "clinician", patient_data=True))]


@router.get("/patients/{link}/lesions.json")
def lesions_json(request: Request, link: str, user: Reads) -> Response:
    """The history, for programs; undone entries are marked."""
    service = service_of(request)
    person_id = service.person_of(link)
    rounds = Rounds(request.app.state.ward, reader_of(request))
    event(request, "lesion history shown", person_id)
    return as_json(
        {
            "person_id": person_id,
            "as_of": instants.iso(service.moment_of(person_id)),
            "wound_scores": wound_scores(service.patient(person_id).facts, rounds),
            "lesions": [document(one) for one in histories(rounds, person_id)],
        }
    )


@router.get("/patients/{link}/lesions")
def lesions(request: Request, link: str, user: Reads) -> Response:
    """The history as people read it."""
    service, reader = service_of(request), reader_of(request)
    person_id = service.person_of(link)
    ward = request.app.state.ward
    rounds = Rounds(ward, reader)
    locale = Locale(reader.words.text("number.decimal"), tuple(service.months(reader.lang)))
    told = histories(rounds, person_id)
    facts = service.patient(person_id).facts
    score = load_round_page().wound_score
    claims = StatementWords(rounds.words).lines(score.because)
    event(request, "lesion history shown", person_id)
    title = reader.words.text("round.history.title", person=person_id)
    context: dict[str, Any] = {
        "link": link,
        "person": ward.row(person_id, reader),
        "histories": told,
        "charts": [lesion_chart(one.course, locale) for one in told],
        "area_charts": [area_chart(one.course, locale) for one in told],
        "entries": list(entries_of(rounds, person_id)),
        "scores": wound_scores(facts, rounds),
        "has_area": any(fact.concept == load_round_page().wound_area for fact in facts),
        "claims": claims,
        "linked": {line.id: f"c{n}" for n, line in enumerate(claims, 1)},
        "score_claims": score.because,
    }
    return page(request, "lesions", title, user, context, as_of=service.moment_of(person_id))


def entries_of(rounds: Rounds, person_id: str) -> Iterator[Saved]:
    """Every examination entered about a person, newest first, undone ones too."""
    for entry in reversed(rounds.service.entries(person_id)):
        told = saved_entry(person_id, entry.entry_id, rounds)
        if told is not None:
            yield told


def document(one: LesionHistory) -> dict[str, Any]:
    """One lesion for programs."""
    return {
        "lesion_id": one.line.lesion_id or None,
        "label": one.line.label,
        "body_site": one.line.body_site or None,
        "side": one.line.side or None,
        "first": one.line.first_on,
        "last": one.line.last_on,
        "seen_cm": [(instants.iso(m.at), m.value) for m in one.course.seen],
        "felt_cm": [(instants.iso(m.at), m.value) for m in one.course.felt],
        "pain": [(instants.iso(m.at), m.value) for m in one.course.pain],
        "area_cm2": [(instants.iso(m.at), m.value) for m in one.course.area],
        "looks": [{**msgspec.to_builtins(look), "at": instants.iso(look.at)} for look in one.looks],
    }
