"""DetectedIssue: each danger in today's prescriptions, with its evidence and no mitigation."""

from __future__ import annotations

from livedo.act.result import Explanation, ExplanationLine
from livedo.surfaces.fhir_out.elements import Element, coding, concept, plain, some
from livedo.surfaces.fhir_out.frame import Frame
from livedo.surfaces.fhir_out.settings import fhir_out
from livedo.surfaces.fhir_out.sources import Sources


def detected_issues(frame: Frame, told: Explanation, sources: Sources) -> list[Element]:
    """The dangers in the order of the page."""
    return [_issue(frame, line, told, sources) for line in told.danger]


def _issue(frame: Frame, line: ExplanationLine, told: Explanation, sources: Sources) -> Element:
    said = [line.text, *_next_steps(frame, line, told), line.note, line.review]
    detail = "\n".join(plain(text) for text in said if text)
    body: Element = {
        **frame.identified("DetectedIssue", line.rule),
        "status": "preliminary",
        "code": concept(line.text, coding(frame.systems.rule, line.rule)),
        "severity": fhir_out().severity.of(line.rule),
        "patient": frame.patient(told.result.person_id),
        "identifiedDateTime": frame.as_of,
        "author": frame.to("Device"),
        **some("implicated", sources.of_drugs(line.facts)),
        **some("evidence", _evidence(frame, line, sources)),
        "detail": detail,
    }
    return frame.resource("DetectedIssue", body, line.rule, said)


def _next_steps(frame: Frame, line: ExplanationLine, told: Explanation) -> list[str]:
    """What people could do about it: the questions that come first are part of the warning."""
    return [
        frame.words.text("fhir_out.next", text=step.text)
        for step in told.result.next
        if line.rule in step.rules
    ]


def _evidence(frame: Frame, line: ExplanationLine, sources: Sources) -> list[Element]:
    found = sources.references(fact.ref for fact in line.facts)
    decided = frame.words.text("fhir_out.reason", rule=line.rule)
    code = concept(decided, coding(frame.systems.rule, line.rule))
    return [{"code": [code], "detail": found}] if found else []
