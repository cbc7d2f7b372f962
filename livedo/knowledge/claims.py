"""Statements of literature: the founding documents, and the evidence since.

Every rule names the claims behind it. Where later evidence confirms, refines or
contradicts a founding statement, `concerns` says which, so that a page can show
both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal, NamedTuple

import msgspec

from livedo.errors import KnowledgeInvalid
from livedo.knowledge.files import KNOWLEDGE_FOLDER, read_file, read_folder

Relation = Literal["confirms", "refines", "contradicts"]
Strength = Literal["RCT", "cohort", "case-control", "registry", "case-series", "expert"]


class Says(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A statement. Danish is missing only in the full text of later evidence."""

    en: str
    da: str | None = None


class Concern(NamedTuple):
    """What one item of later evidence does to one founding claim."""

    claim: str
    relation: Relation


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One statement of literature.

    `group` is the part of the product that carries a founding claim, or the topic
    of later evidence. `says` is the full statement, `short` the sentence shown
    beside another claim. `relation` is what later evidence does to the founding
    documents as a whole; `concerns` says it claim by claim.
    """

    id: str
    kind: Literal["founding", "later"]
    group: str
    says: Says
    short: Says
    source: str
    year: int
    strength: Strength
    places: tuple[str, ...] = ()
    drives: str | None = None
    topic: str | None = None
    url: str | None = None
    also_read: tuple[str, ...] = ()
    read: str | None = None
    relation: Relation | Literal["new"] | None = None
    concerns: tuple[Concern, ...] = ()
    effect: str | None = None
    population: str | None = None
    caveat: str | None = None
    product_note: str | None = None
    speaks_to: str | None = None
    """What the founding documents said on this point."""
    is_year_inferred: bool = False

    def text(self, lang: str) -> str:
        """The statement in this language; later evidence by its short sentence."""
        told = self.says if self.kind == "founding" else self.short
        return (told.da if lang == "da" else None) or told.en

    def relation_to(self, claim: str) -> Relation | None:
        """What this later evidence does to a founding claim, if anything."""
        return next((c.relation for c in self.concerns if c.claim == claim), None)


class Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A founding document."""

    title: str
    year: int
    strength: Strength
    en: str
    da: str


class DocumentFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file of founding documents by their letter."""

    documents: dict[str, Document]


class FoundingEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A founding claim as its file gives it."""

    id: str
    source: tuple[str, ...]
    says: Says
    drives: str


class FoundingFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Founding claims of one part of the product."""

    kind: Literal["founding"]
    group: str
    claims: tuple[FoundingEntry, ...]


class LaterSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where later evidence was read."""

    title: str
    url: str | None


class LaterEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An item of later evidence as its file gives it."""

    id: str
    topic: str
    short: Says
    says: Says
    year: int
    strength: Strength
    relation: Relation | Literal["new"]
    source: LaterSource
    read: Literal["excerpt", "table", "page"]
    concerns: dict[str, Relation] = {}
    effect: str | None = None
    population: str | None = None
    is_year_inferred: bool = False
    also_read: tuple[str, ...] = ()
    read_via: str | None = None
    speaks_to: str | None = None
    caveat: str | None = None
    product_note: str | None = None


class LaterFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Later evidence of one topic."""

    kind: Literal["later"]
    group: str
    claims: tuple[LaterEntry, ...]


@cache
def load_claims() -> Mapping[str, Claim]:
    """Every claim by id, the founding ones first."""
    claims: dict[str, Claim] = {}
    for claim in (*_founding(), *_later()):
        if claim.id in claims:
            raise KnowledgeInvalid(f"Claim {claim.id} is written twice.")
        claims[claim.id] = claim
    return MappingProxyType(claims)


@cache
def later_evidence() -> Mapping[str, tuple[Claim, ...]]:
    """For each founding claim, the later evidence about it, the strongest first."""
    order: tuple[Strength, ...] = (
        "RCT",
        "cohort",
        "case-control",
        "registry",
        "case-series",
        "expert",
    )
    about: dict[str, list[Claim]] = {}
    for claim in load_claims().values():
        for concern in claim.concerns:
            about.setdefault(concern.claim, []).append(claim)
    return {
        id: tuple(sorted(found, key=lambda c: (order.index(c.strength), -c.year, c.id)))
        for id, found in about.items()
    }


def _founding() -> Iterator[Claim]:
    documents = read_file(KNOWLEDGE_FOLDER / "claims" / "documents.yaml", DocumentFile).documents
    for file in read_folder("claims/founding", FoundingFile):
        for entry in file.claims:
            named = dict.fromkeys(place.partition(":")[0] for place in entry.source)
            newest = max((documents[letter] for letter in named), key=lambda d: d.year)
            yield Claim(
                id=entry.id,
                kind="founding",
                group=file.group,
                says=entry.says,
                short=entry.says,
                source="; ".join(documents[letter].title for letter in named),
                places=entry.source,
                year=newest.year,
                strength=newest.strength,
                drives=entry.drives,
            )


def _later() -> Iterator[Claim]:
    for file in read_folder("claims/later", LaterFile):
        for entry in file.claims:
            yield Claim(
                id=entry.id,
                kind="later",
                group=file.group,
                says=entry.says,
                short=entry.short,
                source=entry.source.title,
                url=entry.source.url,
                concerns=tuple(Concern(*pair) for pair in entry.concerns.items()),
                **{name: getattr(entry, name) for name in _SHARED},
            )


_SHARED = (
    "topic",
    "year",
    "strength",
    "relation",
    "read",
    "effect",
    "population",
    "is_year_inferred",
    "also_read",
    "speaks_to",
    "caveat",
    "product_note",
)
