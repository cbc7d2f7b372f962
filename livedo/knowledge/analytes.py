"""Units of measure from their files: `knowledge/units` as a table that converts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from livedo.errors import KnowledgeInvalid
from livedo.knowledge.concepts import ConceptTree
from livedo.knowledge.files import KNOWLEDGE_FOLDER, read_file
from livedo.quantity import Analyte, Scale, UnitTable


class UnitEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One unit as its file gives it. Factors may be written as a fraction, "5/9"."""

    one_canonical_is: float | str = 1
    one_is: float | str = 1
    zero_at: float = 0.0
    decimals: int = 2


class AnalyteEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One analyte as its file gives it."""

    canonical: str
    conventional: str | None
    units: dict[str, UnitEntry]
    factors_from: str
    possible: tuple[float, float] | None = None
    unit_optional: bool = False


class AnalyteFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file of analytes and of doses."""

    analytes: dict[str, AnalyteEntry]
    doses: dict[str, AnalyteEntry]


class SpellingFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file of spellings: the way used here, and the ways met."""

    spellings: dict[str, tuple[str, ...]]


def read_units(tree: ConceptTree) -> UnitTable:
    """The table of units; doses are spread to every drug below their entry."""
    folder = KNOWLEDGE_FOLDER / "units"
    file = read_file(folder / "analytes.yaml", AnalyteFile)
    spellings = read_file(folder / "spellings.yaml", SpellingFile)
    analytes = [_analyte(id, entry) for id, entry in file.analytes.items()]
    doses = [a for a in _doses(tree, file.doses) if a.concept not in file.analytes]
    return UnitTable([*analytes, *doses], _variants(spellings, [*analytes, *doses]))


def _doses(tree: ConceptTree, entries: Mapping[str, AnalyteEntry]) -> Iterator[Analyte]:
    for id, concept in tree.by_id.items():
        if concept.domain == "drug":
            nearest = next((a for a in tree.ancestors(id) if a in entries), "drug")
            yield _analyte(id, entries[nearest])


def _analyte(concept: str, entry: AnalyteEntry) -> Analyte:
    if entry.canonical not in entry.units:
        raise KnowledgeInvalid(f"The canonical unit of {concept} is not among its units.")
    low, high = entry.possible or (None, None)
    return Analyte(
        concept=concept,
        canonical=entry.canonical,
        conventional=entry.conventional,
        scales={unit: _scale(unit, given) for unit, given in entry.units.items()},
        low=low,
        high=high,
        is_unit_optional=entry.unit_optional,
    )


def _scale(unit: str, given: UnitEntry) -> Scale:
    above, below = _fraction(given.one_is)
    inverse_above, inverse_below = _fraction(given.one_canonical_is)
    return Scale(
        unit=unit,
        times=above * inverse_below,
        divided_by=below * inverse_above,
        zero_at=given.zero_at,
        decimals=given.decimals,
    )


def _fraction(factor: float | str) -> tuple[float, float]:
    if isinstance(factor, str):
        above, _, below = factor.partition("/")
        return float(above), float(below or 1)
    return float(factor), 1.0


def _variants(file: SpellingFile, analytes: list[Analyte]) -> dict[str, str]:
    known = {unit: unit for analyte in analytes for unit in analyte.scales}
    for unit, written in file.spellings.items():
        known[unit] = unit
        known.update(dict.fromkeys(written, unit))
    return known
