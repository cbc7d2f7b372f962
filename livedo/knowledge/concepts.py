"""The one vocabulary: what a fact can be about, its names and its parents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

from livedo.errors import KnowledgeInvalid, UnknownConcept
from livedo.knowledge.files import read_folder

Kind = Literal["quantity", "finding", "state", "event", "drug", "drug_class"]


class Concept(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a fact can be about.

    `kind` says how its facts behave: a quantity has a number and a unit of
    measure, a finding was looked for on a day, a state lasts, an event happened.
    """

    id: str
    domain: str
    kind: Kind
    en: str
    da: str
    short_en: str
    short_da: str
    parents: tuple[str, ...] = ()
    note: str | None = None

    def name(self, lang: str) -> str:
        """The full name in this language."""
        return self.da if lang == "da" else self.en

    def short(self, lang: str) -> str:
        """The name that fits the head of a column."""
        return self.short_da if lang == "da" else self.short_en


class ConceptEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A concept as its file gives it."""

    en: str
    da: str
    short_en: str = ""
    short_da: str = ""
    kind: Kind | None = None
    parents: tuple[str, ...] = ()
    note: str | None = None


class ConceptFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of concepts of one domain."""

    domain: str
    kind: Kind
    concepts: dict[str, ConceptEntry]


class ConceptTree:
    """Concepts by id, with what stands above and below each."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self.by_id: Mapping[str, Concept] = MappingProxyType({c.id: c for c in concepts})
        self._ancestors = {id: self._climb(id, ()) for id in self.by_id}
        below: dict[str, list[str]] = {id: [] for id in self.by_id}
        for id, above in self._ancestors.items():
            for ancestor in above:
                below[ancestor].append(id)
        self._descendants = {id: tuple(ids) for id, ids in below.items()}

    def concept(self, id: str) -> Concept:
        """The concept of this id; raises UnknownConcept."""
        try:
            return self.by_id[id]
        except KeyError:
            raise UnknownConcept(
                f"The knowledge holds no concept '{id}'.",
                next_step="List the concepts with: livedo knowledge list",
            ) from None

    def ancestors(self, id: str) -> tuple[str, ...]:
        """The concept itself first, then everything above it."""
        return self._ancestors[self.concept(id).id]

    def descendants(self, id: str) -> tuple[str, ...]:
        """The concept itself and everything below it."""
        return self._descendants[self.concept(id).id]

    def _climb(self, id: str, path: tuple[str, ...]) -> tuple[str, ...]:
        if id in path:
            raise KnowledgeInvalid(f"Parents go round in a circle: {' > '.join((*path, id))}.")
        if id not in self.by_id:
            raise KnowledgeInvalid(f"{path[-1]} names a parent '{id}' that is not a concept.")
        found = dict.fromkeys((id,))
        for parent in self.by_id[id].parents:
            found.update(dict.fromkeys(self._climb(parent, (*path, id))))
        return tuple(found)


def read_concepts() -> list[Concept]:
    """The concepts of `knowledge/concepts`; drugs have files of their own."""
    return [
        _concept(id, file, entry)
        for file in read_folder("concepts", ConceptFile)
        for id, entry in file.concepts.items()
    ]


def _concept(id: str, file: ConceptFile, entry: ConceptEntry) -> Concept:
    if id.partition(".")[0] != file.domain:
        raise KnowledgeInvalid(f"Concept {id} stands in the file of domain {file.domain}.")
    return Concept(
        id=id,
        domain=file.domain,
        kind=entry.kind or file.kind,
        en=entry.en,
        da=entry.da,
        short_en=entry.short_en or entry.en,
        short_da=entry.short_da or entry.da,
        parents=entry.parents,
        note=entry.note,
    )
