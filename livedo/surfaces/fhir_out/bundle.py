"""One person's assessment as a FHIR R4 (4.0.1) Bundle."""

from __future__ import annotations

import msgspec

from livedo.act.reasons import facts_by_reference
from livedo.act.result import Explanation
from livedo.record.build import InMemory
from livedo.record.tables import Instant, PatientRecord
from livedo.surfaces.fhir_out.elements import Element
from livedo.surfaces.fhir_out.frame import Frame
from livedo.surfaces.fhir_out.impression import clinical_impression
from livedo.surfaces.fhir_out.issues import detected_issues
from livedo.surfaces.fhir_out.outcome import operation_outcome
from livedo.surfaces.fhir_out.requests import Requests
from livedo.surfaces.fhir_out.risk import basis_of, risk_assessment
from livedo.surfaces.fhir_out.sources import Sources
from livedo.surfaces.words import words as words_of

MEDIA_TYPE = "application/fhir+json"


def assessment_bundle(
    told: Explanation,
    record: PatientRecord,
    as_of: Instant,
    *,
    is_invented: bool = False,
    read: InMemory | None = None,
) -> Element:
    """Everything said about one person, as a collection: the same input gives the same bytes.

    Args:
        as_of: the moment of judgement that the explanation was made for.
        read: what was read, if this answers documents that somebody sent; its ledger then goes
            along as an OperationOutcome.
    """
    frame = _frame(told, as_of, is_invented)
    sources = Sources(facts_by_reference(record), told.facts)
    said = [
        risk_assessment(frame, told.result, sources, told.sentence, [told.review, told.closing]),
        clinical_impression(frame, told, sources),
        *detected_issues(frame, told, sources),
        *Requests(frame, sources).of(told),
    ]
    activity = frame.words.text("fhir_out.activity")
    made = frame.provenance(said, basis_of(told.result, sources), activity)
    outcome = [operation_outcome(frame, read)] if read is not None else []
    return frame.collection([*said, frame.device(), made, *outcome])


def encoded(resource: Element, *, indent: int = 0) -> bytes:
    """A resource as JSON in UTF-8; on one line, or indented for people."""
    packed = msgspec.json.encode(resource)
    return msgspec.json.format(packed, indent=indent) if indent else packed


def _frame(told: Explanation, as_of: Instant, is_invented: bool) -> Frame:
    return Frame(
        words=words_of(told.lang),
        units=told.units,
        moment=as_of,
        as_of_text=told.data.as_of_text,
        knowledge=told.knowledge,
        is_invented=is_invented,
        about=told.result.person_id,
    )
