"""ClinicalImpression: the sentence, what speaks for it, what does not, and what cannot be told.

Only what was found is a finding. What speaks against and what is not known are notes, since a
program that counts findings would count them as found.
"""

from __future__ import annotations

from collections.abc import Iterator

from livedo.act.result import CertaintyLine, Explanation, ExplanationLine
from livedo.surfaces.fhir_out.elements import Element, coding, concept, notes, plain, some
from livedo.surfaces.fhir_out.frame import Frame
from livedo.surfaces.fhir_out.risk import basis_of
from livedo.surfaces.fhir_out.sources import Sources


def clinical_impression(frame: Frame, told: Explanation, sources: Sources) -> Element:
    """What the page of the person says first, as a ClinicalImpression that nobody has concluded."""
    remarks = list(_remarks(frame, told))
    body: Element = {
        **frame.identified("ClinicalImpression"),
        "status": "in-progress",
        "description": frame.words.text("fhir_out.judged_on", as_of=frame.as_of_text),
        "subject": frame.patient(told.result.person_id),
        "effectiveDateTime": frame.as_of,
        "date": frame.as_of,
        "summary": plain(told.sentence),
        **some("finding", list(_findings(frame, told))),
        "supportingInfo": [frame.to("RiskAssessment"), *basis_of(told.result, sources)],
        **notes(remarks, frame.author, frame.as_of),
    }
    return frame.resource("ClinicalImpression", body, said=[told.sentence, *remarks])


def _findings(frame: Frame, told: Explanation) -> Iterator[Element]:
    for line in told.why:
        yield _finding(frame, line)
    for certainty in told.certainty:
        if certainty.answer == "yes":
            text = _certainty(frame, certainty)
            yield {"itemCodeableConcept": concept(text, _rule(frame, certainty.rule))}


def _finding(frame: Frame, line: ExplanationLine) -> Element:
    basis = "; ".join(plain(fact.text) for fact in line.facts if plain(fact.text))
    return {"itemCodeableConcept": concept(line.text, _rule(frame, line.rule))} | (
        {"basis": basis} if basis else {}
    )


def _rule(frame: Frame, rule: str) -> Element:
    return coding(frame.systems.rule, rule)


def _certainty(frame: Frame, line: CertaintyLine) -> str:
    return frame.words.text("fhir_out.note.certainty", definition=line.definition, text=line.text)


def _remarks(frame: Frame, told: Explanation) -> Iterator[str]:
    """Certainty by each definition, why not, cannot tell, and what the page always says."""
    for certainty in told.certainty:
        yield _certainty(frame, certainty)
    for line in told.why_not:
        yield frame.words.text("fhir_out.note.why_not", text=line.text)
    yield told.why_not_note
    for line in told.cannot_tell:
        yield frame.words.text("fhir_out.note.cannot_tell", text=line.text)
    yield told.review
    yield told.closing
