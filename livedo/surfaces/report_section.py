"""One patient of the report: the figures, and how much detail the page has room for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from livedo.act.result import Explanation, LabLine
from livedo.record.tables import Instant
from livedo.surfaces.body_map import BodyMap, body_map
from livedo.surfaces.charts import DrugChart, LabChart, drug_chart, lab_chart
from livedo.surfaces.words import Words

CHARTS_A_PATIENT = 9


@dataclass(frozen=True)
class Section:
    """One patient of the page. A compact section leaves out the deciding facts,
    figures of what is in order, and the table of drugs; never a statement."""

    explanation: Explanation
    anchor: str
    charts: tuple[LabChart, ...]
    labs_in_order: tuple[str, ...]
    labs_missing: tuple[str, ...]
    drug_chart: DrugChart | None
    body: BodyMap | None
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
    is_compact: bool = False,
    **place: Any,
) -> Section:
    """The figures of one patient."""
    decimal = words.text("number.decimal")
    measured = [lab for lab in explanation.labs if lab.points]
    drawn = [lab for lab in measured if not is_compact or needs_a_figure(lab)][:CHARTS_A_PATIENT]
    in_order = [lab for lab in measured if lab not in drawn]
    has_map = not is_compact or bool(explanation.skin)
    return Section(
        explanation=explanation,
        charts=tuple(lab_chart(lab, as_of, months, decimal) for lab in drawn),
        labs_in_order=tuple(value_text(lab, explanation.units) for lab in in_order),
        labs_missing=tuple(missing_text(lab) for lab in explanation.labs if not lab.points),
        body=body_map(explanation.skin, explanation.palpation) if has_map else None,
        drug_chart=drug_chart(explanation.drugs, as_of, months) if explanation.drugs else None,
        is_compact=is_compact,
        **place,
    )


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
