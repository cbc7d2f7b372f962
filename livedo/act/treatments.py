"""Which drugs acted on an analyte, and when: spans below the figure of its values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import msgspec

from livedo.act.page import load_page
from livedo.act.result import DrugLine, LabLine, TreatmentSpan
from livedo.instants import DAY
from livedo.knowledge.vocabulary import Vocabulary
from livedo.record.tables import Instant

MOST_SPANS = 5
SHOWN_DAYS = 365


def with_treatments(
    labs: Iterable[LabLine], drugs: Sequence[DrugLine], vocabulary: Vocabulary, as_of: Instant
) -> tuple[LabLine, ...]:
    """The laboratory lines with the drugs that act on each."""
    acting = {row.concept: row.acted_on_by for row in load_page().labs}
    recent = [d for d in drugs if d.to_at is None or d.to_at > as_of - SHOWN_DAYS * DAY]
    return tuple(
        msgspec.structs.replace(
            line, treatments=tuple(_spans(acting.get(line.concept, ()), recent, vocabulary))
        )
        for line in labs
    )


def _spans(
    classes: Collection[str], drugs: Sequence[DrugLine], vocabulary: Vocabulary
) -> list[TreatmentSpan]:
    """The weightiest drugs first, so that none of them is left out."""
    acting = [
        drug for drug in drugs if not set(classes).isdisjoint(vocabulary.ancestors(drug.concept))
    ]
    kept = acting[:MOST_SPANS]
    return [
        TreatmentSpan(
            concept=drug.concept,
            label=drug.label,
            from_at=drug.from_at,
            to_at=drug.to_at,
            is_unknown=drug.is_active == "unknown",
            weight=drug.weight,
        )
        for drug in sorted(kept, key=lambda drug: (drug.from_at, drug.label))
    ]
