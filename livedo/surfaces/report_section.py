"""One patient of the report: the figures, and how much detail the page has room for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from livedo.act.result import DrugLine, Explanation, LabLine
from livedo.instants import DAY
from livedo.record.tables import Instant, Observed
from livedo.surfaces.body_map import BodyMap, body_map
from livedo.surfaces.figures.drawn import Locale
from livedo.surfaces.figures.drug_chart import (
    DrugChart,
    DrugRow,
    drug_chart,
    taken_since,
    weightiest,
)
from livedo.surfaces.figures.lab_chart import YEAR_DAYS, LabChart, lab_chart
from livedo.surfaces.figures.mechanism import MechanismFigure, figure_of
from livedo.surfaces.words import Words

CHARTS_A_PATIENT = 12
DRUGS_A_CHART = 24
DRUG_DOMAIN = "drug"
"""The domain that a source declares when it speaks for drugs."""


@dataclass(frozen=True)
class Section:
    """One patient of the page. On a page of their own everything is shown; in the report of
    a unit figures are few, and a compact section leaves out deciding facts and the body map."""

    explanation: Explanation
    anchor: str
    charts: tuple[LabChart, ...]
    labs_outside: tuple[LabLine, ...]
    labs_in_order: tuple[str, ...]
    labs_missing: tuple[str, ...]
    drug_chart: DrugChart | None
    body: BodyMap | None
    mechanism: MechanismFigure | None = None
    place: str = ""
    group: str = ""
    is_alone: bool = False
    is_compact: bool = False

    @property
    def sites_unknown(self) -> list[str]:
        """Body sites to palpate, whose state is not known."""
        return self._sites("unknown")

    @property
    def sites_known(self) -> list[str]:
        """Body sites examined."""
        return self._sites("clear", "felt", "seen")

    def _sites(self, *wanted: str) -> list[str]:
        plan = self.explanation.palpation
        return [site.text for site in plan.sites if site.status in wanted] if plan else []


def section_of(
    explanation: Explanation,
    as_of: Instant,
    months: Sequence[str],
    words: Words,
    *,
    is_alone: bool = False,
    is_compact: bool = False,
    observed: Sequence[Observed] | None = None,
    **place: Any,
) -> Section:
    """The figures of one patient: all of them on a page of their own, few in the report."""
    locale = Locale(words.text("number.decimal"), tuple(months))
    measured = [lab for lab in explanation.labs if lab.points]
    drawn = measured[:CHARTS_A_PATIENT] if is_alone else []
    outside = () if is_alone else tuple(lab for lab in measured if needs_a_figure(lab))
    in_order = [lab for lab in measured if lab not in drawn and lab not in outside]
    has_map = bool(explanation.skin) if not is_alone else True
    return Section(
        explanation=explanation,
        charts=tuple(chart_of(lab, as_of, locale, words) for lab in drawn),
        labs_outside=outside,
        labs_in_order=tuple(value_text(lab, explanation.units) for lab in in_order),
        labs_missing=tuple(missing_text(lab) for lab in explanation.labs if not lab.points),
        body=body_map(explanation.skin, explanation.palpation)
        if has_map and not is_compact
        else None,
        drug_chart=timeline(explanation, as_of, locale, words, observed) if is_alone else None,
        mechanism=figure_of(explanation.mechanism) if is_alone else None,
        is_alone=is_alone,
        is_compact=is_compact,
        **place,
    )


def chart_of(lab: LabLine, as_of: Instant, locale: Locale, words: Words) -> LabChart:
    """The figure of one analyte, with words for months without a usable value."""
    age = words.whole(lab.age_days or 0)
    return lab_chart(lab, as_of, locale, words.text("page.too_old", n=age))


def timeline(
    explanation: Explanation,
    as_of: Instant,
    locale: Locale,
    words: Words,
    observed: Sequence[Observed] | None = None,
) -> DrugChart | None:
    """The figure of the drugs of twelve months, one row a drug."""
    rows: dict[tuple[str, str], list[DrugLine]] = {}
    for drug in taken_since(explanation.drugs, as_of - YEAR_DAYS * DAY):
        rows.setdefault((drug.concept, drug.label), []).append(drug)
    if not rows:
        return None
    told = [
        DrugRow(label, tuple(spans), word_of(spans, words)) for (_, label), spans in rows.items()
    ]
    silent = [] if observed is None else undeclared(observed, as_of - YEAR_DAYS * DAY, as_of)
    longest = max(silent, key=lambda span: span[1] - span[0], default=None)
    return drug_chart(
        told[:DRUGS_A_CHART],
        as_of,
        locale,
        first_lesion(explanation, words),
        [
            # Words stand at the longest only: short ones beside each other would run together.
            (*span, words.text("patient_page.drugs.undeclared") if span == longest else "")
            for span in silent
        ],
    )


def undeclared(
    observed: Sequence[Observed], start: Instant, end: Instant
) -> list[tuple[Instant, Instant]]:
    """Stretches of time of which no source says that it holds the drugs."""
    spans = sorted(
        (start if span.with_history else span.from_at, span.to_at)
        for span in observed
        if span.domain == DRUG_DOMAIN
    )
    found: list[tuple[Instant, Instant]] = []
    for begin, stop in [*spans, (end, end)]:
        # A day between two deliveries of one source is no gap.
        if begin - start > DAY:
            found.append((start, min(begin, end)))
        start = max(start, stop)
        if start >= end:
            break
    return found


def word_of(spans: Sequence[DrugLine], words: Words) -> str:
    """What is written at the right of a row: its weight, its end, or that nobody knows."""
    weight = weightiest(spans)
    said = [words.text(f"page.weight.{weight}")] if weight != "neutral" else []
    last = max(spans, key=lambda drug: drug.from_at)
    if any(drug.is_active == "unknown" for drug in spans):
        said.append(words.text("patient_page.drugs.unknown"))
    elif last.is_active == "no" and last.to_on:
        said.append(words.text("patient_page.drugs.ended", on=last.to_on))
    return ", ".join(said)


def first_lesion(explanation: Explanation, words: Words) -> tuple[Instant, str] | None:
    """When the first lesion was found."""
    found = [(lesion.first_at, lesion.first_on) for lesion in explanation.skin if lesion.first_at]
    if not found:
        return None
    at, on = min(found)
    return at, words.text("patient_page.drugs.first_lesion", on=on)


def needs_a_figure(lab: LabLine) -> bool:
    """Outside its target, or too old to use."""
    return lab.flag in {"above", "below", "unknown"}


def value_text(lab: LabLine, units: str) -> str:
    """An analyte in one line, in both units."""
    first, second = lab.latest_si, lab.latest_conventional
    if units == "conventional" and second:
        first, second = second, first
    return f"{lab.label} {first}" + (f" ({second})" if second else "") + f", {lab.latest_on}"


def missing_text(lab: LabLine) -> str:
    """An analyte without a result in the figure: what is known of it."""
    return f"{lab.label} ({lab.flag_text})" if lab.flag_text else lab.label
