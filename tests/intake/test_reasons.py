"""Every reason of the ledger has words for people, in both languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import livedo
from livedo.knowledge.load import load_knowledge
from livedo.sources.fhir_meaning import StatusMeaning, fhir_meaning
from livedo.sources.intake import FATES, UNKNOWN_PATIENT

SOURCES = Path(livedo.__file__ or "").parent / "sources"
REASONS_STAND_IN = (
    "faults",
    "fhir",
    "fhir_drugs",
    "fhir_item",
    "fhir_people",
    "fhir_results",
    "fhir_times",
    "fhir_values",
    "tabular",
)
NO_REASON = {"{titer}", "yes", "urn", "?", "urn:livedo:concept"}


def constants() -> Iterator[str]:
    """Texts of one lower-case word that modules of the readers give a name in capitals."""
    for name in REASONS_STAND_IN:
        for node in ast.parse((SOURCES / f"{name}.py").read_text("utf-8")).body:
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.targets[0], ast.Name)
                and node.targets[0].id.isupper()
                and not node.targets[0].id.startswith("_")
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                yield node.value.value


def of_statuses() -> Iterator[str]:
    meaning = fhir_meaning()
    for name in meaning.__struct_fields__:
        found = getattr(meaning, name)
        if isinstance(found, StatusMeaning):
            yield from found.set_aside.values()


@pytest.mark.parametrize("language", ["en", "da"])
def test_every_reason_has_words(language: str) -> None:
    reasons = {*constants(), *of_statuses(), *FATES.values(), UNKNOWN_PATIENT} - NO_REASON
    wording = load_knowledge().wording(language)
    assert len(reasons) > 25
    assert sorted(r for r in reasons if f"set_aside.{r}" not in wording) == []
