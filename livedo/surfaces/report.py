"""The report: one self-contained HTML page, without a script and without a request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from livedo.act.result import Explanation, Screening
from livedo.record.tables import Instant, Observed
from livedo.surfaces.report_context import (
    claims_of,
    frame,
    rules_of,
    templates,
    vocabulary,
    worklist_context,
)
from livedo.surfaces.report_section import section_of
from livedo.surfaces.words import Words

LARGEST_PAGE = 950_000
"""Bytes. Where patients need more, the later ones are shown with less detail, and where even
that is too much, the last ones are left out and the page says so."""

Render = Callable[[int, bool], Markup]
"""A patient by number, compact or not, as HTML."""


@dataclass(frozen=True)
class Ledger:
    """What was set aside, in words, most frequent first, and how many parts were lost."""

    reasons: tuple[tuple[str, int], ...] = ()
    parts_lost: int = 0


def patient_page(
    explanation: Explanation,
    as_of: Instant,
    months: Sequence[str],
    words: Words,
    invented: bool,
    *,
    observed: Sequence[Observed] | None = None,
) -> str:
    """One patient as a page of their own.

    Args:
        observed: what the sources speak for, so that the drug timeline can show where they are
            silent; None where nobody knows.
    """
    section = section_of(
        explanation, as_of, months, words, anchor="patient", is_alone=True, observed=observed
    )
    title = explanation.result.person_id
    context = {
        **frame(words, title, explanation.data.as_of_text, explanation.knowledge, invented),
        **vocabulary(words, explanation.units, claims_of([explanation]), rules_of([explanation])),
        "section": section,
    }
    return templates().get_template("patient.html.j2").render(context)


def report_page(
    screening: Screening,
    explanations: Iterable[Explanation],
    ledger: Ledger,
    months: Sequence[str],
    words: Words,
    place: str,
) -> str:
    """The worklist and one section for each listed person, danger first."""
    told = list(explanations)
    units = told[0].units if told else "si"
    title, as_of_text = words.text("page.title"), screening.as_of_text
    invented = screening.record.is_invented
    context = {
        **frame(words, title, as_of_text, screening.knowledge, invented),
        **vocabulary(words, units, claims_of(told), rules_of(told)),
        **worklist_context(screening, words),
        "reasons": ledger.reasons,
        "parts_lost": ledger.parts_lost,
        "place": place,
        "anchors": {x.result.person_id: f"p{n}" for n, x in enumerate(told, start=1)},
    }
    return whole_page(context, len(told), renderer(told, screening, months, words, context))


def whole_page(context: dict[str, Any], people: int, render: Render) -> str:
    """The page with as many sections, and as much detail in them, as it can hold."""
    template = templates().get_template("report.html.j2")
    room = LARGEST_PAGE - len(template.render(context, sections=[], left_out=0).encode())
    fitting = fitted([render(number, False) for number in range(people)], room, render)
    kept = dict(list(context["anchors"].items())[: len(fitting)])
    left_out = people - len(fitting)
    return template.render({**context, "anchors": kept}, sections=fitting, left_out=left_out)


def fitted(sections: list[Markup], room: int, render: Render) -> list[Markup]:
    """The sections within so many bytes: first the last ones compact, then the last ones out."""
    used = sum(size(section) for section in sections)
    for number in reversed(range(len(sections))):
        if used <= room:
            return sections
        used -= size(sections[number])
        sections[number] = render(number, True)
        used += size(sections[number])
    while sections and used > room:
        used -= size(sections.pop())
    return sections


def size(section: Markup) -> int:
    """Bytes on the page."""
    return len(section.encode())


def renderer(
    told: list[Explanation],
    screening: Screening,
    months: Sequence[str],
    words: Words,
    context: dict[str, Any],
) -> Render:
    """Renders listed people by number."""
    template = templates().get_template("section.html.j2")
    titles = {group.id: group.title for group in screening.groups}
    total = words.whole(len(told))

    def render(number: int, is_compact: bool) -> Markup:
        explanation = told[number]
        section = section_of(
            explanation,
            screening.as_of,
            months,
            words,
            is_compact=is_compact,
            anchor=f"p{number + 1}",
            place=words.text("page.group_place", n=words.whole(number + 1), total=total),
            group=titles.get(explanation.result.group, ""),
        )
        return Markup(template.render(context, section=section))

    return render
