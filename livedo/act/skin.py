"""The skin, lesion by lesion: what is seen, what is felt, how painful."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_uppercase

from livedo.act.facts_in_words import FactWords
from livedo.act.page import load_page
from livedo.act.result import LesionLine, SiteLine
from livedo.record.tables import Fact, Instant, PatientRecord

Key = tuple[str, str, str]
"""Lesion id, body site, side."""


class SkinTable:
    """Makes the list of lesions for one patient after the other."""

    def __init__(self, words: FactWords) -> None:
        self.words = words
        self.part = load_page().skin
        vocabulary = words.knowledge.vocabulary
        self._skin = frozenset(vocabulary.descendants(self.part.any))
        self._extent = {self.part.seen_extent, self.part.felt_extent}
        self._proximal = frozenset(vocabulary.body_sites_of(self.part.worse_prognosis_class))

    def lines(
        self, record: PatientRecord, as_of: Instant, protected: Sequence[SiteLine]
    ) -> tuple[LesionLine, ...]:
        """One line a lesion, by first date."""
        lesions = self._lesions(record, as_of)
        ordered = sorted(lesions.items(), key=lambda item: (item[1][0].start_at, item[0]))
        spared = {(site.body_site, site.side) for site in protected}
        return tuple(
            self._line(_letter(at), key, facts, as_of, spared)
            for at, (key, facts) in enumerate(ordered)
        )

    def _lesions(self, record: PatientRecord, as_of: Instant) -> dict[Key, list[Fact]]:
        """Facts of each lesion, oldest first; places where nothing was ever found are left out."""
        wanted = self._skin | self._extent | frozenset(self.part.pain)
        found: dict[Key, list[Fact]] = {}
        for fact in record.facts:
            is_known = fact.known_at <= as_of and fact.start_from <= as_of
            if fact.concept in wanted and is_known and (fact.lesion_id or fact.body_site):
                found.setdefault(self._key(fact), []).append(fact)
        return {
            key: sorted(facts, key=lambda fact: (fact.start_at, fact.concept, fact.fact_id))
            for key, facts in found.items()
            if any(fact.concept in self._skin and fact.present == "yes" for fact in facts)
        }

    def _key(self, fact: Fact) -> Key:
        return (fact.lesion_id or "", fact.body_site or "", fact.side or "")

    def _line(
        self,
        label: str,
        key: Key,
        facts: Sequence[Fact],
        as_of: Instant,
        spared: set[tuple[str, str]],
    ) -> LesionLine:
        lesion_id, body_site, side = key
        newest = self._newest_of_each(facts)
        return LesionLine(
            lesion_id=lesion_id,
            label=label,
            body_site=body_site,
            side=side,
            site_text=self.words.site(body_site or None, side or None),
            seen=self._told(newest, self.part.seen, self.part.seen_extent),
            felt=self._told(newest, self.part.felt, self.part.felt_extent),
            pain=self._pain(newest),
            first_on=self.words.when(facts[0], as_of),
            last_on=self.words.when(facts[-1], as_of),
            is_proximal=body_site in self._proximal,
            is_protected=(body_site, side) in spared,
            facts=tuple(self.words.line(fact, as_of) for fact in facts),
            seen_cm=_centimetres(newest.get(self.part.seen_extent)),
            felt_cm=_centimetres(newest.get(self.part.felt_extent)),
            first_at=_first(facts, self._skin),
            is_net=self.part.net in newest and newest[self.part.net].present == "yes",
        )

    def _newest_of_each(self, facts: Sequence[Fact]) -> dict[str, Fact]:
        return {fact.concept: fact for fact in facts}

    def _told(self, newest: dict[str, Fact], concepts: Sequence[str], extent: str) -> str:
        """What was last found of these, with how far it reaches."""
        present = [c for c in concepts if c in newest and newest[c].present == "yes"]
        names = ", ".join(self.words.name(concept) for concept in present)
        size = newest.get(extent)
        amount = None if size is None else self.words.amount(size)
        if amount is None:
            return names or self._absent(newest, concepts)
        if not names:
            return amount.si
        return self.words.text("skin.extent_seen", what=names, extent=amount.si)

    def _absent(self, newest: dict[str, Fact], concepts: Sequence[str]) -> str:
        """ "Nothing" only where that was examined; otherwise it is left open."""
        if any(newest[c].present == "no" for c in concepts if c in newest):
            return self.words.text("skin.nothing")
        return ""

    def _pain(self, newest: dict[str, Fact]) -> str:
        for concept in self.part.pain:
            if concept in newest:
                return self.words.value(newest[concept]) or self._yes_no(newest[concept])
        return ""

    def _yes_no(self, fact: Fact) -> str:
        return self.words.text(f"present.{fact.present}")


def _first(facts: Sequence[Fact], skin: frozenset[str]) -> Instant | None:
    """When something was first found there."""
    found = (fact.start_at for fact in facts if fact.concept in skin and fact.present == "yes")
    return min(found, default=None)


def _centimetres(extent: Fact | None) -> float | None:
    """An extent in its canonical unit, which is centimetres; a mere bound is not drawn."""
    if extent is None or extent.low is None or extent.low != extent.high:
        return None
    return extent.low


def _letter(at: int) -> str:
    """A, B ... Z, then A2, B2 ..."""
    letter = ascii_uppercase[at % len(ascii_uppercase)]
    turn = at // len(ascii_uppercase)
    return letter if turn == 0 else f"{letter}{turn + 1}"
