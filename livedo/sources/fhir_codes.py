"""Codes, words and body sites of FHIR, turned into what the record calls them.

The same bytes come back thousands of times in an export, so every answer is
remembered by the bytes it was asked with.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec

from livedo.sources.fhir_meaning import FhirMeaning, Word, fhir_meaning
from livedo.sources.fhir_types import ABSENT, CodeableConcept, Coding, Identifier, Raw, Reference

if TYPE_CHECKING:
    from livedo.knowledge.vocabulary import Vocabulary

REMEMBERED = 100_000
NULL = b"null"
OTHER_DRUG = "drug.other"
_WORDS = re.compile(r"[^\W\d_]+", re.UNICODE)
T = TypeVar("T")


class Coded(msgspec.Struct, frozen=True):
    """What a CodeableConcept says.

    `concepts` are ids of the vocabulary, the most specific ones only. `label` is
    the first code as `system|code`, for the ledger; `text` the words for people.
    """

    concepts: tuple[str, ...] = ()
    matched_by: Literal["code", "text"] = "code"
    label: str = ""
    text: str | None = None
    codings: tuple[Coding, ...] = ()

    @property
    def is_readable(self) -> bool:
        """Whether it names anything at all, ours or not."""
        return bool(self.label) or self.text is not None


NOTHING = Coded()


class Place(msgspec.Struct, frozen=True):
    """A body site and its side; `lost` says that words were there that named none we know."""

    site: str | None = None
    side: str | None = None
    lost: bool = False


NOWHERE = Place()

_concept_decoder: msgspec.json.Decoder[CodeableConcept | None] = msgspec.json.Decoder(
    CodeableConcept | None
)
_identifiers_decoder: msgspec.json.Decoder[tuple[Identifier, ...] | None] = msgspec.json.Decoder(
    tuple[Identifier, ...] | None
)
_references_decoder: msgspec.json.Decoder[tuple[Reference, ...] | None] = msgspec.json.Decoder(
    tuple[Reference, ...] | None
)
_concepts_decoder: msgspec.json.Decoder[tuple[CodeableConcept, ...] | None] = msgspec.json.Decoder(
    tuple[CodeableConcept, ...] | None
)


def remembered(read: Callable[[bytes], T]) -> Callable[[bytes], T]:
    """The same function with a bounded memory of its answers."""
    return functools.lru_cache(maxsize=REMEMBERED)(read)


class Codes:
    """Reads coded parts of resources with one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.meaning: FhirMeaning = fhir_meaning()
        self.code = remembered(self._code)
        self._drugs: dict[tuple[bytes, str | None, str], Coded] = {}
        self.place = remembered(self._place)
        self.route = remembered(self._route)
        self.word = remembered(self._word)
        self.interpretation = remembered(self._interpretation)
        self.lesion = remembered(self._lesion)
        self.focus = remembered(self._focus)

    def _code(self, raw: bytes) -> Coded:
        return self.coded(_concept_decoder.decode(raw))

    def coded(self, concept: CodeableConcept | None) -> Coded:
        """The vocabulary's concepts for the codes; words are kept, not searched."""
        if concept is None:
            return NOTHING
        codings = tuple(c for c in concept.coding or () if c.code)
        found = [
            id
            for c in codings
            for id in self.vocabulary.concepts_for_code(c.system or "", c.code or "")
        ]
        return Coded(
            concepts=self._most_specific(found),
            label=_label(codings),
            text=self._words(concept),
            codings=codings,
        )

    def _most_specific(self, found: list[str]) -> tuple[str, ...]:
        ids = list(dict.fromkeys(found))
        above = {a for id in ids for a in self.vocabulary.ancestors(id) if a != id}
        return tuple(id for id in ids if id not in above)

    def _words(self, concept: CodeableConcept) -> str | None:
        said = [concept.text, *(c.display for c in concept.coding or ())]
        return next((t for t in said if t and not self.meaning.says_nothing(t)), None)

    def drug(self, raw: bytes, route: str | None = None, form: str = "") -> Coded:
        """A drug by its codes, else by an ingredient or brand named in its words.

        The route and the form can make it another drug: a cream is no tablet.
        """
        known = self._drugs.get((raw, route, form))
        if known is None:
            if len(self._drugs) >= REMEMBERED:
                self._drugs.clear()
            known = self.drug_of(_concept_decoder.decode(raw), route, form)
            self._drugs[raw, route, form] = known
        return known

    def drug_of(
        self, concept: CodeableConcept | None, route: str | None = None, form: str = ""
    ) -> Coded:
        """The drug of a decoded concept; `concepts` is empty where nothing names one."""
        coded = self.coded(concept)
        said = (concept.text, *(c.display for c in concept.coding or ())) if concept else ()
        words = dict.fromkeys(t for t in said if t and not self.meaning.says_nothing(t))
        text = "; ".join(words)
        codings = [(c.system or "", c.code or "") for c in coded.codings]
        said_of_form = f"{text}; {form}" if form and text else text
        match = self.vocabulary.match_drug(codings, said_of_form, route)
        if match is None and self._is_complete(coded):
            return msgspec.structs.replace(coded, concepts=(OTHER_DRUG,))
        if match is None:
            return msgspec.structs.replace(coded, concepts=())
        by: Literal["code", "text"] = "code" if match.matched_by == "code" else "text"
        return msgspec.structs.replace(coded, concepts=match.concepts, matched_by=by)

    def _is_complete(self, drug: Coded) -> bool:
        """Whether a full code of a system we cover says that it is certainly none of ours."""
        lengths = self.meaning.complete_drug_systems
        return any(len(c.code or "") == lengths.get(c.system or "") for c in drug.codings)

    def _place(self, raw: bytes) -> Place:
        return self.place_of(_concept_decoder.decode(raw))

    def place_of(self, concept: CodeableConcept | None) -> Place:
        """The body site and side, by code first, then by words; the side may stand apart."""
        if concept is None:
            return NOWHERE
        site, side = self._site_by_code(concept)
        words = [concept.text, *(c.display for c in concept.coding or ())]
        for text in words:
            if not text:
                continue
            named = self.vocabulary.body_site_for_text(text)
            site = site or (named[0] if named else None)
            side = side or (named[1] if named else None) or self.side_in(text)
        return Place(site=site, side=side, lost=site is None and any(words))

    def _site_by_code(self, concept: CodeableConcept) -> tuple[str | None, str | None]:
        site: str | None = None
        side: str | None = None
        for coding in concept.coding or ():
            side = side or self.meaning.side_codes.get(coding.system or "", {}).get(
                coding.code or ""
            )
            if coding.system == self.meaning.systems.body_site:
                site = site or (coding.code if coding.code in self.vocabulary.body_sites else None)
            elif coding.code:
                site = site or self.vocabulary.body_site_for_code(coding.system or "", coding.code)
        return site, side

    def side_in(self, text: str) -> str | None:
        """The side of the body that whole words of a text name; two different ones are both."""
        words = _WORDS.findall(text.casefold())
        named = {self.meaning.sides[word] for word in words if word in self.meaning.sides}
        return "both" if len(named) > 1 else next(iter(named), None)

    def _route(self, raw: bytes) -> str | None:
        concept = _concept_decoder.decode(raw)
        if concept is None:
            return None
        for coding in concept.coding or ():
            is_ours = coding.system == self.meaning.systems.route
            if is_ours and coding.code and coding.code in self.vocabulary.routes:
                return coding.code
            found: str | None = self.vocabulary.route_for_code(
                coding.system or "", coding.code or ""
            )
            if found:
                return found
        words = [concept.text, *(c.display for c in concept.coding or ())]
        return next((r for t in words if t and (r := self.route_in(t))), None)

    def route_in(self, text: str) -> str | None:
        """The route that words such as "oral tablet" name."""
        return self.vocabulary.route_for_text(text)

    def _word(self, raw: bytes) -> Word | None:
        concept = _concept_decoder.decode(raw)
        if concept is None:
            return None
        for coding in concept.coding or ():
            known = self.meaning.answer_codes.get(coding.system or "", {}).get(coding.code or "")
            if known is None and coding.system == self.meaning.systems.word and coding.code:
                known = self.meaning.word(coding.code)
            if known is not None:
                return known
        words = [concept.text, *(c.display for c in concept.coding or ())]
        return next((w for t in words if t and (w := self.meaning.word(t))), None)

    def _interpretation(self, raw: bytes) -> str | None:
        """The first interpretation we know, of the list an Observation carries."""
        for concept in _concepts_decoder.decode(raw) or ():
            for coding in concept.coding or ():
                known = self.meaning.interpretations.get(coding.code or "")
                if known:
                    return known
            word = self.meaning.word(concept.text) if concept.text else None
            if word and word.interpretation:
                return word.interpretation
        return None

    def _lesion(self, raw: bytes) -> str | None:
        """The lesion an identifier of our own system names."""
        for identifier in _identifiers_decoder.decode(raw) or ():
            if identifier.system == self.meaning.systems.lesion and identifier.value:
                return identifier.value
        return None

    def _focus(self, raw: bytes) -> str | None:
        """The lesion that the focus of an Observation names as a BodyStructure."""
        for reference in _references_decoder.decode(raw) or ():
            kind, _, name = (reference.reference or "").rpartition("/")
            if kind.rpartition("/")[2] == "BodyStructure" and name:
                return name
        return None


def _label(codings: tuple[Coding, ...]) -> str:
    return f"{codings[0].system or ''}|{codings[0].code}" if codings else ""


def given(raw: Raw) -> bytes:
    """The bytes of an undecoded part; empty if it is absent or null."""
    if raw is ABSENT:
        return b""
    content = bytes(raw)
    return b"" if content == NULL else content
