"""What the skin round asks at the chair, and what each answer means as facts."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from livedo.knowledge.files import KNOWLEDGE_FOLDER, read_file
from livedo.knowledge.schema import Text

if TYPE_CHECKING:
    from livedo.knowledge.vocabulary import Vocabulary

SIDES = ("left", "right")
Place = tuple[str, str | None]
"""A body site and its side; None where there is none."""


class Palpation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a whole round is a fact of, and which class of body sites it must have seen."""

    done: str
    body_site_class: str


class Offered(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body sites beyond the round, offered under one button."""

    id: str
    body_sites: tuple[str, ...]
    label: Text


class SignButton(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One sign that can be tapped."""

    concept: str
    label: Text


class Measured(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One extent, length and width."""

    concept: str
    label: Text
    hint: Text


class Extent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far a change reaches when seen and when felt."""

    seen: Measured
    felt: Measured
    unit: str
    felt_wider: str


class PainScale(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A scale, and from which of its numbers each word holds."""

    id: str
    concept: str
    lowest: int
    highest: int
    words: Mapping[str, int]
    threshold_from: str

    def word(self, number: int) -> str:
        """The word for a number: the one with the highest beginning that is reached."""
        reached = [(begins, word) for word, begins in self.words.items() if begins <= number]
        return max(reached)[1]


class Pain(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Pain in the lesion."""

    concept: str
    label: Text
    hint: Text
    unknown: Text
    scales: tuple[PainScale, ...]

    def scale(self, id: str) -> PainScale | None:
        """The scale of this name, if it is one of ours."""
        return next((scale for scale in self.scales if scale.id == id), None)


class Ulcer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether the skin is open."""

    concept: str
    label: Text
    answers: Mapping[str, Text]


class WoundWord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A word for the state of a wound, and what it affirms and denies."""

    label: Text
    found: tuple[str, ...]
    denied: tuple[str, ...]


class Wound(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The words for the state of a wound."""

    label: Text
    hint: Text
    words: Mapping[str, WoundWord]


class SkinRound(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of `knowledge/skin_round.yaml`."""

    palpation: Palpation
    order: tuple[str, ...]
    ask_and_offer: tuple[Offered, ...]
    ask_and_offer_label: Text
    ask_and_offer_hint: Text
    without_side: tuple[str, ...]
    results: Mapping[str, Text]
    lesion: str
    signs_label: Text
    signs: tuple[SignButton, ...]
    extent: Extent
    pain: Pain
    ulcer: Ulcer
    wound: Wound
    snooze_days_at_most: int
    text_at_most: int

    def places(self) -> tuple[Place, ...]:
        """Every place of a whole round in the order of the tablet, right before left."""
        return tuple((site, side) for site in self.order for side in reversed(SIDES))

    def places_of(self, body_site: str) -> tuple[Place, ...]:
        """A body site with each of its sides, or by itself."""
        if body_site in self.without_side:
            return ((body_site, None),)
        return tuple((body_site, side) for side in reversed(SIDES))

    def concepts(self) -> Iterator[str]:
        """Every concept that the round can state."""
        yield from (self.palpation.done, self.lesion, self.extent.felt_wider)
        yield from (sign.concept for sign in self.signs)
        yield from (self.extent.seen.concept, self.extent.felt.concept)
        yield from (self.pain.concept, *(scale.concept for scale in self.pain.scales))
        yield self.ulcer.concept
        for word in self.wound.words.values():
            yield from (*word.found, *word.denied)

    def body_sites(self) -> Iterator[str]:
        """Every body site that the file names."""
        yield from (*self.order, *self.without_side)
        for offered in self.ask_and_offer:
            yield from offered.body_sites


def mistakes(skin_round: SkinRound, vocabulary: Vocabulary) -> list[str]:
    """Names that the vocabulary does not hold, and sites of the class that the order leaves out."""
    found = [f"no concept {one}" for one in skin_round.concepts() if one not in vocabulary.concepts]
    known = vocabulary.body_sites
    found += [f"no body site {site}" for site in skin_round.body_sites() if site not in known]
    of_class = set(vocabulary.body_sites_of(skin_round.palpation.body_site_class))
    return found + [f"order: {site}" for site in sorted(of_class ^ set(skin_round.order))]


@functools.cache
def load_skin_round() -> SkinRound:
    """The shipped skin round, read once a process."""
    return read_file(KNOWLEDGE_FOLDER / "skin_round.yaml", SkinRound)
