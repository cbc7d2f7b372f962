"""Drugs: their classes, their names in text, and what they become by another route."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import msgspec

from livedo.knowledge.concepts import Concept, Kind
from livedo.knowledge.files import read_folder
from livedo.knowledge.routes import Routes
from livedo.knowledge.words import PhraseBook, meanings


class DrugCode(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code read together with its name. `prefix`: everything below it counts too."""

    code: str
    name: str
    prefix: bool = False
    where: str = "A"


class NotMember(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code inside a class that is not one of it, and why."""

    code: str
    why: str


class Drug(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A drug or a class of drugs as its file gives it.

    `role`, `why`, `needs` and the other texts tell a reviewer how rules may use
    it. `elemental_calcium_fraction` is grams of calcium in a gram of the salt.
    """

    id: str
    en: str
    da: str
    short_en: str = ""
    short_da: str = ""
    parents: tuple[str, ...] = ()
    in_class: bool = True
    words: tuple[str, ...] = ()
    first_words: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    forms: dict[str, str] = {}
    atc: tuple[DrugCode, ...] = ()
    rxnorm: tuple[DrugCode, ...] = ()
    not_atc: tuple[NotMember, ...] = ()
    elemental_calcium_fraction: float | None = None
    role: str | None = None
    role_by_route: dict[str, str] = {}
    why: str | None = None
    because: tuple[str, ...] = ()
    thresholds: tuple[str, ...] = ()
    not_members: str | None = None
    needs: str | None = None
    effects: str | None = None
    do_not: str | None = None
    caveat: str | None = None
    rule_hint: str | None = None
    alternatives: str | None = None
    group: str | None = None
    structure: str | None = None
    note: str | None = None


class DrugFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file: a class with its members, or the words and sources all share."""

    class_: Drug | None = msgspec.field(default=None, name="class")
    members: tuple[Drug, ...] = ()
    sources: dict[str, str] = {}
    ignore_words: tuple[str, ...] = ()


class Drugs:
    """Drugs by id and by the words that name them."""

    def __init__(self, files: list[DrugFile], routes: Routes) -> None:
        self.by_id: dict[str, Drug] = {}
        self.concepts: tuple[Concept, ...] = tuple(self._gather(files))
        self.sources = {key: text for file in files for key, text in file.sources.items()}
        self._routes = routes
        self._book = self._phrases([word for file in files for word in file.ignore_words])
        self.in_text = lru_cache(maxsize=65_536)(self._in_text)

    def by_form(self, ids: tuple[str, ...], text: str, route: str | None) -> tuple[str, ...]:
        """What these drugs are when given by this route, or in the form the words name."""
        if not any(self.by_id[id].forms for id in ids if id in self.by_id):
            return ids
        forms = self._routes.forms(route or self._routes.in_text(text))
        return tuple(dict.fromkeys(self._form(id, forms) for id in ids))

    def _in_text(self, text: str, route: str | None = None) -> tuple[str, ...]:
        """Every drug the words name, in their order; empty if none is ours."""
        found = tuple(id for id in meanings(self._book.find(text)) if id)
        return self.by_form(found, text, route)

    def _form(self, id: str, forms: tuple[str, ...]) -> str:
        known = self.by_id[id].forms if id in self.by_id else {}
        return next((known[form] for form in forms if form in known), id)

    def _gather(self, files: list[DrugFile]) -> Iterator[Concept]:
        for file in files:
            if file.class_:
                yield self._remember(file.class_, "drug_class" if file.members else "drug", None)
            for member in file.members:
                above = file.class_.id if file.class_ and member.in_class else None
                yield self._remember(member, "drug", above)

    def _remember(self, drug: Drug, kind: Kind, above: str | None) -> Concept:
        self.by_id[drug.id] = drug
        return Concept(
            id=drug.id,
            domain="drug",
            kind=kind,
            en=drug.en,
            da=drug.da,
            short_en=drug.short_en or drug.en,
            short_da=drug.short_da or drug.da,
            parents=((above,) if above else ()) + drug.parents,
            note=drug.note,
        )

    def _phrases(self, ignored: list[str]) -> PhraseBook[str]:
        phrases = dict.fromkeys(ignored, "")
        first_words: dict[str, str] = {}
        for drug in self.by_id.values():
            phrases.update(dict.fromkeys((*drug.words, *drug.brands), drug.id))
            first_words.update(dict.fromkeys(drug.first_words, drug.id))
        return PhraseBook(phrases, first_words)


def read_drugs(routes: Routes) -> Drugs:
    """The drugs of `knowledge/drugs`."""
    return Drugs(read_folder("drugs", DrugFile), routes)
