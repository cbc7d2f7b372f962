"""FHIR in and out: one person's Bundle judged on the spot, and a patient page as FHIR.

Nothing that is sent is kept.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from livedo import instants
from livedo.act.document import explanation_document
from livedo.errors import DateInvalid, SourceTooLarge, SourceUnreadable
from livedo.instants import zone_named
from livedo.record.build import InMemory
from livedo.record.bundle import read_bundles
from livedo.record.tables import Instant, PatientRecord
from livedo.surfaces.fhir_out import MEDIA_TYPE, assessment_bundle, encoded
from livedo.surfaces.web.assessing import Assessor
from livedo.surfaces.web.audited import event
from livedo.surfaces.web.bodies import json_body
from livedo.surfaces.web.document_refusals import Refusal, refused
from livedo.surfaces.web.gate import Allow, User
from livedo.surfaces.web.pages import NO_STORE, as_json, reader_of, service_of

router = APIRouter()

Reads = Annotated[User, Depends(Allow("viewer", "clinician", "hooks", patient_data=True))]

MOST_SPANS = 50


@router.post("/api/assess")
async def assess(request: Request, user: Reads) -> Response:
    """The assessment of the one person of a Bundle: JSON, or FHIR where Accept asks for it."""
    as_fhir = wants_fhir(request)
    try:
        body = await json_body(request)
        return await run_in_threadpool(assessed, request, body, as_fhir)
    except Refusal as error:
        return refused(error, error.status, as_fhir=as_fhir)
    except DateInvalid as error:
        return refused(error, 400, as_fhir=as_fhir)
    except SourceTooLarge as error:
        return refused(error, 413, as_fhir=as_fhir)
    except SourceUnreadable as error:
        return refused(error, 422, as_fhir=as_fhir)


@router.get("/patients/{link}/fhir")
def patient_fhir(request: Request, link: str, user: Reads) -> Response:
    """The patient page as a FHIR R4 Bundle."""
    service, reader = service_of(request), reader_of(request)
    person_id = service.person_of(link)
    record, moment = service.patient(person_id), service.moment_of(person_id)
    told = service.explanation(person_id, reader)
    made = assessment_bundle(told, record, moment, is_invented=service.is_invented)
    event(request, "patient as FHIR", person_id)
    return as_fhir_json(made)


def wants_fhir(request: Request) -> bool:
    """Whether the answer is to be FHIR rather than the JSON document of `livedo patient`."""
    return MEDIA_TYPE in request.headers.get("accept", "").casefold()


def as_fhir_json(resource: dict[str, Any]) -> Response:
    """A resource as an answer."""
    return Response(encoded(resource), 200, NO_STORE, MEDIA_TYPE)


def assessed(request: Request, body: bytes, as_fhir: bool) -> Response:
    """Reads what was sent, judges its one person, and forgets both."""
    assessor: Assessor = request.app.state.assessor
    time_zone = assessor.service.time_zone
    with assessor.place():
        read = read_bundles([body], observed=spans_of(request), zone=time_zone)
        person, moment = only_person(read), moment_of(request, read, time_zone)
        told = assessor.explained(person, reader_of(request), moment)
    request.app.state.metrics.judged("document")
    event(request, "assessment of a document", person.person.person_id)
    if as_fhir:
        made = assessment_bundle(told, person, moment, is_invented=read.is_invented, read=read)
        return as_fhir_json(made)
    return as_json({**explanation_document(told), "read": read_document(read, moment)})


def spans_of(request: Request) -> list[str]:
    """What the sender declares that its documents speak for, as with `--observed`."""
    spans = request.query_params.getlist("observed")
    if len(spans) > MOST_SPANS:
        raise Refusal(400, f"More than {MOST_SPANS} spans are declared.")
    return spans


def only_person(read: InMemory) -> PatientRecord:
    """The person a document is about: one a call, so that no answer is taken for another's."""
    if len(read.patients) == 1:
        return read.patients[0]
    found = len(read.patients)
    raise Refusal(
        422,
        f"The document describes {found} people; it has to describe one."
        if found
        else "The document describes nobody: no Patient could be read.",
        still_works="livedo read and livedo screen judge many people at once",
        next_step="send one Patient with the resources that name it as subject",
    )


def moment_of(request: Request, read: InMemory, time_zone: str) -> Instant:
    """The moment of judgement: as asked, else the newest thing known."""
    asked = request.query_params.get("as_of")
    if asked is not None:
        return instants.from_iso(asked, zone_named(time_zone))
    if read.newest_known_at is None:
        raise Refusal(
            422,
            "Nothing in the document carries a date, so that no moment of judgement can be chosen.",
            next_step="give as_of=DATE in the address",
        )
    return read.newest_known_at


def read_document(read: InMemory, moment: Instant) -> dict[str, object]:
    """What was read and what was set aside: nothing disappears."""
    return {**read.report.document(), "as_of": instants.iso(moment)}
