"""ServiceRequest proposals: the missing work-up and a palpation that is due. Never a drug.

`intent` is proposal and `status` draft: whatever takes requests in must not act on one before a
person has made it their own. An active proposal could be taken for an order.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

from livedo.act.parts import WorkupLine
from livedo.act.result import Explanation, SiteLine
from livedo.knowledge.load import load_knowledge
from livedo.knowledge.tree import concepts_of
from livedo.surfaces.fhir_out.elements import Element, coding, concept, notes, some
from livedo.surfaces.fhir_out.frame import Frame
from livedo.surfaces.fhir_out.settings import fhir_out
from livedo.surfaces.fhir_out.sources import Sources

PALPATION = "palpation"


@functools.cache
def concept_asked(rule_id: str) -> str | None:
    """The one concept that a rule looks at; None where it looks at several or is not held."""
    rule = load_knowledge().rules.get(rule_id)
    asked = concepts_of(rule.when) if rule is not None else ()
    return asked[0] if len(asked) == 1 else None


@functools.cache
def verified_codings(id: str) -> tuple[tuple[str, str, str], ...]:
    """System, code and name for a concept: of each system that has one verified code for it.

    Where a system has several, they differ in specimen or unit of measure, and choosing one of
    them is for the laboratory.
    """
    table, systems = load_knowledge().vocabulary.codes, fhir_out().proposed.code_systems
    fitting: dict[str, list[tuple[str, str, str]]] = {}
    for system, code in table:
        if code.concept == id and not code.confidence and system in systems:
            entry = (table.systems[system].uris[0], code.code, code.name)
            fitting.setdefault(system, []).append(entry)
    return tuple(found[0] for _, found in sorted(fitting.items()) if len(found) == 1)


class Requests:
    """Words what is missing as proposals."""

    def __init__(self, frame: Frame, sources: Sources) -> None:
        self.frame = frame
        self.sources = sources
        self.proposed = fhir_out().proposed

    def of(self, told: Explanation) -> list[Element]:
        """The proposals for one person: palpation first, then the work-up as the page has it."""
        return [*self._palpation(told), *self._workup(told)]

    def _workup(self, told: Explanation) -> Iterator[Element]:
        for line in told.workup.lines:
            if line.status in self.proposed.workup:
                reason = self.frame.words.text("fhir_out.work_up", panel=line.panel_text)
                remarks = [self._last(line), line.note]
                more = some("reasonCode", [concept(reason)] if line.panel_text else [])
                yield self._request(told, line.id, self._code(line), more, remarks, line.evidence)

    def _last(self, line: WorkupLine) -> str:
        if line.status != "stale" or not line.result:
            return ""
        return self.frame.words.text("fhir_out.stale", result=line.result, on=line.on)

    def _code(self, line: WorkupLine) -> Element:
        asked, rule = concept_asked(line.rule), coding(self.frame.systems.rule, line.rule)
        if asked is None:
            return concept(line.text, rule)
        verified = [coding(*found) for found in verified_codings(asked)]
        return concept(line.text, rule, coding(self.frame.systems.concept, asked), *verified)

    def _palpation(self, told: Explanation) -> Iterator[Element]:
        plan = told.palpation
        if plan is None or plan.due.status not in self.proposed.palpation:
            return
        own = coding(self.frame.systems.concept, self.proposed.palpation_concept)
        code = concept(self.frame.words.text("fhir_out.palpation"), own)
        sites = some("bodySite", [self._site(site) for site in plan.sites])
        yield self._request(told, PALPATION, code, sites, [plan.text], ())

    def _site(self, site: SiteLine) -> Element:
        system = self.frame.systems.body_site
        sides = [coding(system, site.side)] if site.side in ("left", "right") else []
        return concept(site.text, coding(system, site.body_site), *sides)

    def _request(
        self,
        told: Explanation,
        part: str,
        code: Element,
        more: Element,
        remarks: list[str],
        evidence: tuple[str, ...],
    ) -> Element:
        frame = self.frame
        draft = frame.words.text("fhir_out.draft")
        info = [frame.to("RiskAssessment"), *self.sources.references(evidence)]
        body: Element = {
            **frame.identified("ServiceRequest", part),
            "status": "draft",
            "intent": "proposal",
            "code": code,
            "subject": frame.patient(told.result.person_id),
            "authoredOn": frame.as_of,
            "requester": frame.to("Device"),
            **more,
            "supportingInfo": info,
            **notes([*remarks, draft], frame.author, frame.as_of),
        }
        return frame.resource("ServiceRequest", body, part, [code["text"], *remarks, draft])
