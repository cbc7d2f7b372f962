"""What the engine asks of the vocabulary: lineages, body sites, units of measure."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from livedo.errors import UnknownUnit
from livedo.quantity import UnitTable

if TYPE_CHECKING:
    from livedo.knowledge.vocabulary import Vocabulary


@functools.cache
def terms_of(vocabulary: Vocabulary) -> Terms:
    """The terms of a vocabulary, made once."""
    return Terms(vocabulary)


class Terms:
    """The vocabulary as the conditions need it while they are compiled."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self.units: UnitTable = vocabulary.units
        self.sites_below = functools.cache(self._sites_below)

    def lineage(self, concept: str) -> tuple[str, ...]:
        """The concept and every concept above it, in a fixed order."""
        if concept not in self._vocabulary.concepts:
            return (concept,)
        return tuple(sorted({concept, *self._vocabulary.ancestors(concept)}))

    @functools.cached_property
    def lineages(self) -> dict[str, tuple[str, ...]]:
        """The lineage of every concept."""
        return {concept: self.lineage(concept) for concept in self._vocabulary.concepts}

    def sites_above(self, site: str) -> tuple[str, ...]:
        """The classes of a body site."""
        known = self._vocabulary.body_sites.get(site)
        return tuple(known.classes) if known is not None else ()

    def _sites_below(self, asked: str) -> tuple[str, ...]:
        """The body sites that an id of a site or of a class stands for."""
        sites = self._vocabulary.body_sites
        found = {site for site, known in sites.items() if site == asked or asked in known.classes}
        return tuple(sorted(found)) or (asked,)

    def number(self, text: str) -> float:
        """The number of a threshold, whatever its unit of measure."""
        return self.units.parse(text)[0]

    def threshold(self, concept: str, text: str) -> float:
        """A threshold in the canonical unit of its concept; raises UnknownUnit."""
        return self.units.to_canonical(concept, *self._quantity(text))

    def difference(self, concept: str, text: str) -> float:
        """A difference between two values, in the canonical unit; raises UnknownUnit."""
        value, unit = self._quantity(text)
        if unit is None:
            unit = self.units.canonical(concept)
        return self.units.difference_to_canonical(concept, value, unit)

    def dose(self, concept: str, amount: float, unit: str) -> float | None:
        """A dose a day in the canonical unit of the drug; None if it cannot be converted."""
        try:
            return self.units.to_canonical(concept, amount, unit if "/" in unit else f"{unit}/d")
        except UnknownUnit:
            return None

    def _quantity(self, text: str) -> tuple[float, str | None]:
        """A score is written as a bare number."""
        try:
            return float(text), None
        except ValueError:
            return self.units.parse(text)
