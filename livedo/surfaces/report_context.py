"""What the templates of the report are given, besides the patients."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from livedo import __version__
from livedo.act.result import (
    ClaimLine,
    Explanation,
    ExplanationLine,
    GroupSummary,
    PalpationRound,
    PatientResult,
    Screening,
)
from livedo.knowledge.load import load_knowledge
from livedo.knowledge.vocabulary import load_vocabulary
from livedo.surfaces import signs
from livedo.surfaces.body_map import all_shapes, drawing
from livedo.surfaces.figures.lab_chart import LabChart
from livedo.surfaces.patient_text import says_more, span
from livedo.surfaces.report_section import Section
from livedo.surfaces.signs import spark
from livedo.surfaces.source_names import SOURCES_ON_A_LINE, sources_shown
from livedo.surfaces.survey import listed, survey, who
from livedo.surfaces.words import Words
from livedo.surfaces.worklist_text import is_today, outside_words

HERE = Path(__file__).resolve().parent
MOST_ROWS = 250
"""Rows of the worklist on one page; how many more there are is said below each group."""

LINES_SHOWN = 8
"""Reasons shown at once; the others open below them."""

EVIDENCE_SHOWN, TESTS_SHOWN = 5, 3
"""Lines for or against a diagnosis, and tests that would settle it, shown at once."""


@functools.cache
def templates() -> jinja2.Environment:
    """The templates, with every value escaped."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@functools.cache
def style_sheet() -> Markup:
    """The style of the report."""
    return own_style("tokens.css", "page.css")


def own_style(*names: str) -> Markup:
    """Style sheets without comments and indentation. They are our own files, not data."""
    both = "\n".join((HERE / "static" / name).read_text("utf-8") for name in names)
    bare = re.sub(r"/\*.*?\*/", "", both, flags=re.S)
    return Markup("\n".join(line.strip() for line in bare.splitlines() if line.strip()))


def css_text(text: str) -> Markup:
    """A text as a CSS string that cannot end the string or the style element."""
    kept = "".join(c if c.isalnum() or c in " .,:·-" else f"\\{ord(c):x} " for c in text)
    return Markup(f'"{kept}"')


def frame(
    words: Words, title: str, as_of_text: str, knowledge: str, invented: bool
) -> dict[str, Any]:
    """What every page shows around its content."""
    return {
        "lang": words.lang,
        "words": words,
        "css": style_sheet(),
        "drawing": drawing(),
        "body_shapes": all_shapes(predilection_sites()),
        "title": title,
        "as_of_text": as_of_text,
        "knowledge": knowledge,
        "version": __version__,
        "is_invented": invented,
        "print_title": css_text(f"Livedo · {title} · {as_of_text}"),
        "print_right": css_text(words.text("common.invented") if invented else ""),
        "print_page": css_text(words.text("page.page_of.page")),
        "print_of": css_text(words.text("page.page_of.of")),
    }


def vocabulary(
    words: Words, units: str, claims: Sequence[ClaimLine], rules: Sequence[ExplanationLine]
) -> dict[str, Any]:
    """What the macros need: small wording functions and the addresses of sources."""
    flipped = units == "conventional"
    in_dispute = frozenset(claim.id for claim in claims if claim.disagrees)
    return {
        "claims": claims,
        "linked": {claim.id: f"c{n}" for n, claim in enumerate(claims, start=1)},
        "rules": rules,
        "lines_shown": LINES_SHOWN,
        "evidence_shown": EVIDENCE_SHOWN,
        "tests_shown": TESTS_SHOWN,
        "rule_anchors": {line.rule: f"r{n}" for n, line in enumerate(rules, start=1)},
        "directions": signs.DIRECTION_SIGNS,
        "shown_claims": lambda ids: sources_shown(ids, in_dispute, SOURCES_ON_A_LINE),
        "who": who,
        "says_more": says_more,
        "span": lambda drug: span(drug, words),
        "is_today": lambda when: is_today(when, words),
        "round_words": lambda rounds: round_words(rounds, words),
        "body_said": lambda section: body_said(section, words),
        "spark": lambda lab: spark(lab.months, is_too_old=lab.is_too_old),
        "chart_said": lambda chart: chart_said(chart, words),
        "first_value": lambda lab: lab.latest_conventional if flipped else lab.latest_si,
        "second_value": lambda lab: lab.latest_si if flipped else lab.latest_conventional,
    }


def worklist_context(screening: Screening, words: Words) -> dict[str, Any]:
    """Everything the worklist shows."""
    found = survey(screening)
    due_groups = [group for group in screening.groups if group.is_due]
    rows = shown_rows(screening)
    more = found.apart_count - len(found.apart)
    apart = [*found.apart, words.count("worklist.and_more", more)] if more else found.apart
    return {
        "record": screening.record,
        "due": screening.due,
        "failed": len(screening.failed),
        "overrides": screening.overrides,
        "compared_with": screening.compared_with,
        "change_head": words.text("page.head.change", run=screening.compared_with or ""),
        "due_groups": due_groups,
        "rows": {group.id: rows.get(group.id, []) for group in due_groups},
        "more_rows": {g.id: g.count - len(rows.get(g.id, [])) for g in due_groups},
        "quiet": sum(group.count for group in screening.groups if group.id == "nothing_due"),
        "apart_groups": apart_groups(screening.groups),
        "apart": {
            **{group.id: [] for group in screening.groups},
            "other_wound": apart,
            "outside": outside_words(found.outside, words),
        },
        "state_words": state_words(screening),
    }


def shown_rows(screening: Screening) -> dict[str, list[PatientResult]]:
    """The first people of the list, by group: as many as a page can hold."""
    rows: dict[str, list[PatientResult]] = {}
    room = MOST_ROWS
    for group, people in listed(screening):
        rows[group.id] = list(itertools.islice(people, room))
        room -= len(rows[group.id])
    return rows


def apart_groups(groups: Iterable[GroupSummary]) -> list[GroupSummary]:
    """Groups that ask for nothing, apart from the quiet majority."""
    return [g for g in groups if not g.is_due and g.id != "nothing_due" and g.count]


def state_words(screening: Screening) -> list[tuple[str, str]]:
    """The states met in this worklist, highest first, with their words."""
    known = load_knowledge().states
    met = screening.state_counts
    return [(state.id, getattr(state, screening.lang)) for state in known if met.get(state.id)]


def claims_of(told: Iterable[Explanation]) -> list[ClaimLine]:
    """Every statement named on the page, once."""
    found = {claim.id: claim for explanation in told for claim in explanation.claims}
    return [found[claim] for claim in sorted(found)]


def rules_of(told: Iterable[Explanation]) -> list[ExplanationLine]:
    """Every rule that speaks on the page and can be read aloud, once."""
    found = {
        line.rule: line
        for x in told
        for line in (*x.danger, *x.why, *x.why_not, *x.cannot_tell)
        if line.reading
    }
    return [found[rule] for rule in sorted(found)]


def round_words(rounds: Iterable[PalpationRound], words: Words) -> str:
    """The palpation strip in words."""
    return ", ".join(words.text(f"page.round_said.{round_.mark}") for round_ in rounds)


def chart_said(chart: LabChart, words: Words) -> str:
    """A laboratory figure in words."""
    line = chart.line
    return words.text(
        "page.labs_said",
        label=line.label,
        n=words.whole(len(line.points)),
        first=line.points[0].on,
        last=line.points[-1].on,
        latest=line.latest_si,
        flag=line.flag_text,
    )


def body_said(section: Section, words: Words) -> str:
    """The body map in words."""
    marks = [
        words.text("page.body.mark", label=lesion.label, site=lesion.site_text)
        for lesion in section.explanation.skin
    ]
    unknown = ", ".join(section.sites_unknown)
    if unknown:
        marks.append(words.text("page.body.said_unknown", sites=unknown))
    return words.text("page.body.said", marks="; ".join(marks))


def predilection_sites() -> frozenset[str]:
    """Body sites where the disease likes to begin, as the vocabulary has them."""
    sites = load_vocabulary().body_sites
    return frozenset(name for name, site in sites.items() if "predilection" in site.classes)
