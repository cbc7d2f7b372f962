"""The vocabulary as one object: concepts, codes, drugs, units, body sites, routes.

Example:
    vocabulary = load_vocabulary()
    vocabulary.concept_for_code("http://loinc.org", "2777-1")     # "lab.phosphate"
    vocabulary.drugs_for_text("Prednisolone 0.5 % cream")         # a topical corticosteroid
    vocabulary.units.to_canonical("lab.phosphate", 5.5, "mg/dL")  # 1.776 mmol/L
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from typing import NamedTuple

from livedo.errors import KnowledgeInvalid
from livedo.knowledge.analytes import read_units
from livedo.knowledge.body_sites import BodySite, BodySites, Side, read_body_sites
from livedo.knowledge.codes import LIVEDO_SYSTEM, CodeTable, read_codes
from livedo.knowledge.concepts import Concept, ConceptTree, read_concepts
from livedo.knowledge.drugs import Drugs, read_drugs
from livedo.knowledge.routes import Route, Routes, read_routes
from livedo.knowledge.vignette_words import UNKNOWN_WORD, VignetteWord, read_vignette_words
from livedo.quantity import UnitTable

__all__ = [
    "LIVEDO_SYSTEM",
    "BodySite",
    "Concept",
    "DrugMatch",
    "Route",
    "VignetteWord",
    "Vocabulary",
    "load_vocabulary",
]


class DrugMatch(NamedTuple):
    """The drugs of one item, and whether a code or words named them."""

    concepts: tuple[str, ...]
    matched_by: str


class Vocabulary:
    """Everything that gives words, codes and units their meaning."""

    def __init__(
        self,
        tree: ConceptTree,
        codes: CodeTable,
        drugs: Drugs,
        units: UnitTable,
        places: tuple[BodySites, Routes],
    ) -> None:
        self.concepts: Mapping[str, Concept] = tree.by_id
        self.codes = codes
        self.drugs = drugs
        self.units = units
        self.sites, self._routes = places
        self.body_sites: Mapping[str, BodySite] = self.sites.by_id
        self.routes: Mapping[str, Route] = self._routes.by_id
        self._tree = tree

    def concept(self, id: str) -> Concept:
        """The concept of this id; raises UnknownConcept."""
        return self._tree.concept(id)

    def ancestors(self, id: str) -> tuple[str, ...]:
        """The concept itself first, then everything above it."""
        return self._tree.ancestors(id)

    def descendants(self, id: str) -> tuple[str, ...]:
        """The concept itself and everything below it."""
        return self._tree.descendants(id)

    def concepts_for_code(self, system: str, code: str) -> tuple[str, ...]:
        """Every concept of a code, without those that stand above another of them."""
        if system == LIVEDO_SYSTEM:
            return (code,) if code in self.concepts else ()
        found = self.codes.concepts(system, code)
        if len(found) < 2:
            return found
        above = {a for id in found for a in self.ancestors(id)[1:]}
        return tuple(dict.fromkeys(id for id in found if id not in above))

    def concept_for_code(self, system: str, code: str) -> str | None:
        """The first concept of a code, or None if the code is none of ours."""
        return next(iter(self.concepts_for_code(system, code)), None)

    def drugs_for_text(self, text: str, route: str | None = None) -> tuple[str, ...]:
        """Every drug the words name; a cream of a systemic drug is its topical concept."""
        return self.drugs.in_text(text, route)

    def drug_for_text(self, text: str, route: str | None = None) -> str | None:
        """The first drug the words name, or None if none is ours."""
        return next(iter(self.drugs.in_text(text, route)), None)

    def match_drug(
        self, codings: Iterable[tuple[str, str]], text: str = "", route: str | None = None
    ) -> DrugMatch | None:
        """The drugs of an item: by code, else by words; route and form decide what they are.

        A readable text that is none of ours is `drug.other`; without code and words
        there is no match, and the item breaks what the source says about drugs.
        """
        coded = tuple(c for system, code in codings for c in self.concepts_for_code(system, code))
        named = tuple(dict.fromkeys(id for id in coded if id.startswith("drug.")))
        if named:
            return DrugMatch(self.drugs.by_form(named, text, route), "code")
        found = self.drugs.in_text(text, route)
        if found:
            return DrugMatch(found, "text")
        return DrugMatch(("drug.other",), "text") if text.strip() else None

    def body_site_for_text(self, text: str) -> tuple[str, Side | None] | None:
        """The body site and side the words name."""
        return self.sites.in_text(text)

    def body_place_for_code(self, system: str, code: str) -> tuple[str, Side | None] | None:
        """The body site and side of a code: SNOMED CT, or our own system with the id."""
        if system == LIVEDO_SYSTEM:
            return (code, None) if code in self.body_sites else None
        return self.sites.by_code(code) if self.codes.system(system) == "snomed_ct" else None

    def body_site_for_code(self, system: str, code: str) -> str | None:
        """The body site of a code."""
        place = self.body_place_for_code(system, code)
        return place[0] if place else None

    def body_sites_of(self, site_or_class: str) -> tuple[str, ...]:
        """The body sites of a class such as proximal; a site stands for itself."""
        return self.sites.members(site_or_class)

    def route_for_text(self, text: str) -> str | None:
        """The route the words of a direction, form or product name."""
        return self._routes.in_text(text)

    def route_for_code(self, system: str, code: str) -> str | None:
        """The route of a code: SNOMED CT, or our own system with the id."""
        if system == LIVEDO_SYSTEM:
            return code if code in self.routes else None
        return self._routes.by_code(code) if self.codes.system(system) == "snomed_ct" else None

    @cached_property
    def vignette_words(self) -> Mapping[str, Mapping[str, VignetteWord]]:
        """The words of the case vignettes by field; read when first asked for."""
        return read_vignette_words()

    def vignette_concept(self, field: str, word: str) -> VignetteWord:
        """What a word in this field of a vignette means (fields: see `vignettes/words.yaml`)."""
        return self.vignette_words[field].get(str(word).lower(), UNKNOWN_WORD)


@cache
def load_vocabulary() -> Vocabulary:
    """The shipped vocabulary, read once."""
    routes = read_routes()
    drugs = read_drugs(routes)
    tree = ConceptTree(_unique([*read_concepts(), *drugs.concepts]))
    return Vocabulary(
        tree=tree,
        codes=read_codes(drugs),
        drugs=drugs,
        units=read_units(tree),
        places=(read_body_sites(), routes),
    )


def _unique(concepts: list[Concept]) -> list[Concept]:
    seen: set[str] = set()
    for concept in concepts:
        if concept.id in seen:
            raise KnowledgeInvalid(f"Concept {concept.id} is written twice.")
        seen.add(concept.id)
    return concepts
