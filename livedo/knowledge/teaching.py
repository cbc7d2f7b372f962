"""What the product teaches: leaflet, names, state of the evidence, findings explained.

The texts are data below `knowledge/teaching/`; every one stands in both languages
and names the statements of literature behind it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from types import MappingProxyType

import msgspec

from livedo.knowledge.files import KNOWLEDGE_FOLDER, read_file
from livedo.knowledge.schema import Text

FOLDER = KNOWLEDGE_FOLDER / "teaching"


class Taught(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text in both languages, with the claims it rests on."""

    en: str
    da: str
    because: tuple[str, ...]

    def text(self, lang: str) -> str:
        """The text in this language."""
        return self.da if lang == "da" else self.en


class LeafletSection(Taught, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One section of the leaflet for patient and family."""

    id: str
    title: Text


class LeafletFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file of the leaflet."""

    sections: tuple[LeafletSection, ...]


class Term(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A word of the field, the other names it goes by, and what it means."""

    id: str
    term: Text
    definition: Text
    because: tuple[str, ...]
    synonyms: tuple[str, ...] = ()
    history: Text | None = None

    def names(self) -> Iterator[str]:
        """Every name that finds the term."""
        yield from (self.id, self.term.en, self.term.da, *self.synonyms)


class GlossaryFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file of the glossary."""

    terms: tuple[Term, ...]


class Proportion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Counts of which a text shows the share and its exact interval.

    `{share}`, `{low}` and `{high}` of the text are percentages with `digits` decimals.
    """

    events: int
    of: int
    level: float
    digits: int


class Statement(Taught, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The state of the evidence on one question: founding statements beside later ones."""

    id: str
    title: Text
    proportion: Proportion | None = None


class LiteratureFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file on the state of the evidence."""

    statements: tuple[Statement, ...]


class FindingsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the findings mean, by the id of their rule."""

    findings: dict[str, Taught]


@functools.cache
def load_leaflet() -> tuple[LeafletSection, ...]:
    """The sections of the leaflet, in the order in which they are read."""
    return read_file(FOLDER / "leaflet.yaml", LeafletFile).sections


@functools.cache
def load_glossary() -> Mapping[str, Term]:
    """The terms by their id."""
    terms = read_file(FOLDER / "glossary.yaml", GlossaryFile).terms
    return MappingProxyType({term.id: term for term in terms})


@functools.cache
def load_literature() -> Mapping[str, Statement]:
    """The state of the evidence, question by question."""
    statements = read_file(FOLDER / "literature.yaml", LiteratureFile).statements
    return MappingProxyType({statement.id: statement for statement in statements})


@functools.cache
def load_findings() -> Mapping[str, Taught]:
    """What each finding means and why it matters, by the id of its rule."""
    return MappingProxyType(read_file(FOLDER / "findings.yaml", FindingsFile).findings)


def told(text: Text, lang: str) -> str:
    """A text in this language."""
    return text.da if lang == "da" else text.en


def find_term(name: str) -> Term | None:
    """The term of that id, word or synonym, in either language and any letter case."""
    wanted = name.strip().casefold()
    for term in load_glossary().values():
        if wanted in {known.casefold() for known in term.names()}:
            return term
    return None
