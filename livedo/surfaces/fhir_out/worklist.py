"""The worklist as FHIR: the due people's RiskAssessments, and a List that keeps their order."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from livedo.act.result import PatientResult, Screening
from livedo.surfaces.fhir_out.elements import Element, coding, concept, notes, some
from livedo.surfaces.fhir_out.frame import Frame
from livedo.surfaces.fhir_out.risk import risk_assessment
from livedo.surfaces.fhir_out.sources import Sources
from livedo.surfaces.words import words as words_of

SourcesOf = Callable[[PatientResult], Sources]


def worklist_bundle(
    screening: Screening, *, units: str = "si", sources_of: SourcesOf | None = None
) -> Element:
    """Everybody who has something due, in order of precedence, as a collection.

    Args:
        sources_of: the facts of one person, so that evidence names FHIR resources; without it,
            evidence names the identifiers of facts.
    """
    frame = _frame(screening, units)
    due = list(_due(screening))
    made = [_assessment(frame, result, sources_of) for result in due]
    listed = _list(frame, screening, due)
    activity = frame.words.text("fhir_out.activity_list")
    provenance = frame.provenance([listed, *made], (), activity)
    return frame.collection([listed, *made, frame.device(), provenance])


def _due(screening: Screening) -> Iterator[PatientResult]:
    groups = {group.id for group in screening.groups if group.is_due}
    return (result for result in screening.patients if result.group in groups)


def _assessment(frame: Frame, result: PatientResult, sources_of: SourcesOf | None) -> Element:
    sources = sources_of(result) if sources_of is not None else Sources({})
    return risk_assessment(frame, result, sources, result.why, [], result.person_id)


def _list(frame: Frame, screening: Screening, due: list[PatientResult]) -> Element:
    words = frame.words
    title = words.text("fhir_out.list.title", as_of=screening.as_of_text)
    failed = len(screening.failed)
    remarks = [words.count("fhir_out.list.failed", failed)] if failed else []
    titles = {group.id: group.title for group in screening.groups}
    body: Element = {
        **frame.identified("List"),
        "status": "current",
        "mode": "snapshot",
        "title": title,
        "date": frame.as_of,
        "source": frame.to("Device"),
        "orderedBy": concept(words.text("fhir_out.list.order")),
        **notes(remarks, frame.author, frame.as_of),
        **some("entry", [_row(frame, result, titles) for result in due]),
    }
    groups = itertools.groupby(due, key=lambda result: result.group)
    counts = [f"{titles[group]}: {words.whole(len(list(people)))}" for group, people in groups]
    return frame.resource("List", body, said=[title, *counts, *remarks])


def _row(frame: Frame, result: PatientResult, titles: dict[str, str]) -> Element:
    group = coding(frame.systems.group, result.group)
    return {
        "flag": concept(titles[result.group], group),
        "item": frame.to("RiskAssessment", result.person_id),
    }


def _frame(screening: Screening, units: str) -> Frame:
    return Frame(
        words=words_of(screening.lang),
        units=units,
        moment=screening.as_of,
        as_of_text=screening.as_of_text,
        knowledge=screening.knowledge,
        is_invented=screening.record.is_invented,
        about=screening.run,
    )
