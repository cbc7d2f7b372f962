"""RiskAssessment: the state of one person and what it rests on.

Never a probability, not even in words: `prediction.outcome` is the state as it is found, so that
a program which shows nothing else still shows the truth.
"""

from __future__ import annotations

from collections.abc import Sequence

from livedo import __version__
from livedo.act.result import PatientResult
from livedo.surfaces.fhir_out.elements import Element, coding, concept, notes, plain, some
from livedo.surfaces.fhir_out.frame import Frame
from livedo.surfaces.fhir_out.sources import Sources


def risk_assessment(
    frame: Frame,
    result: PatientResult,
    sources: Sources,
    sentence: str,
    remarks: Sequence[str],
    part: str = "",
) -> Element:
    """The state of a person as a RiskAssessment, not yet seen by a clinician.

    Args:
        sentence: why, in one sentence.
        part: tells the assessments of one worklist apart.
    """
    state = concept(result.state_text, coding(frame.systems.state, result.state, result.state_text))
    body: Element = {
        **frame.identified("RiskAssessment", part),
        "status": "preliminary",
        "method": _method(frame),
        "code": concept(frame.words.text("fhir_out.assessment")),
        "subject": frame.patient(result.person_id),
        "occurrenceDateTime": frame.as_of,
        "performer": frame.to("Device"),
        **some("basis", basis_of(result, sources)),
        "prediction": [{"outcome": state} | _rationale(sentence)],
        **notes(remarks, frame.author, frame.as_of),
    }
    said = [frame.words.text("fhir_out.assessment"), result.state_text, sentence, *remarks]
    return frame.resource("RiskAssessment", body, part, said)


def basis_of(result: PatientResult, sources: Sources) -> list[Element]:
    """The sources of everything that speaks for the state, the state's own first."""
    speaking = [line for line in result.reasons if line.status == "yes"]
    return sources.references(ref for line in speaking for ref in line.evidence)


def _method(frame: Frame) -> Element:
    code = coding(frame.systems.method, "rules") | {"version": __version__}
    return concept(frame.words.text("fhir_out.method", knowledge=frame.knowledge), code)


def _rationale(sentence: str) -> Element:
    return {"rationale": plain(sentence)} if plain(sentence) else {}
