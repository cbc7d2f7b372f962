"""The yearly report as one self-contained page: no script, no request, no clock."""

from __future__ import annotations

from livedo.act.facts_in_words import FactWords
from livedo.act.result import ClaimLine
from livedo.act.statements import StatementWords
from livedo.knowledge.load import load_knowledge
from livedo.registry.yearly_parts import YearlyReport
from livedo.surfaces.registry_methods import methods_part
from livedo.surfaces.registry_parts import (
    head_part,
    occurrence_part,
    outcomes_part,
    people_part,
    register_part,
)
from livedo.surfaces.registry_words import NAME, as_of_text, registry_words
from livedo.surfaces.report_context import frame, own_style, templates

CARRYING = (f"{NAME}.", "registry_methods.")
"""Texts of the page; the statements of literature that they carry are listed at its end."""


def yearly_page(report: YearlyReport, lang: str, command: str) -> str:
    """The page in one language.

    Args:
        command: the line that repeats it.
    """
    words = registry_words(lang)
    first, last = report.years
    title = words.said("title_one" if first == last else "title", first=first, last=last)
    claims = claims_of(report, lang)
    as_of, made = as_of_text(report, words), report.made
    context = {
        **frame(words, title, as_of, made.knowledge, report.is_invented),
        "css": own_style("tokens.css", "page.css", "registry.css"),
        "body_shapes": (),
        "claims": claims,
        "linked": {claim.id: f"c{n}" for n, claim in enumerate(claims, start=1)},
        "command": command,
        **head_part(report, words),
        **people_part(report, words),
        **occurrence_part(report, words),
        **outcomes_part(report, words),
        **register_part(report, words),
        **methods_part(report, words),
    }
    return templates().get_template("registry_report.html.j2").render(context)


def claims_of(report: YearlyReport, lang: str) -> tuple[ClaimLine, ...]:
    """Every statement that the page names, in the order of their ids."""
    words = registry_words(lang)
    texts = [key for key in words.every_key() if key.startswith(CARRYING)]
    named = {id for key in texts for id in words.because(key)}
    named |= {item.claim for item in report.published}
    told = StatementWords(FactWords(load_knowledge(), lang)).lines(sorted(named))
    return tuple(sorted(told, key=lambda claim: claim.id))
