"""Which findings of the record are one lesion.

Findings with one `lesion_id` are one lesion. Findings without one are told apart by their
place, and in time by looks that found the place clear: what came back after a clear look is
another lesion. They belong to a named lesion of the same place, if no clear look lies between.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from livedo.instants import Instant
from livedo.knowledge.register import Items
from livedo.record.tables import Fact
from livedo.registry.reading import Reading, narrower

OF_A_LESION = ("sign", "wound", "body")
"""Domains whose facts can belong to one lesion."""

Place = tuple[str, str]
Groups = dict[tuple[str, ...], list[Fact]]
"""Facts of each lesion, by its keys."""


class Lesions:
    """The lesions of one person, as the form of lesions asks for them."""

    def __init__(self, asked: Items, reading: Reading) -> None:
        self.reading = reading
        self.signs = frozenset(narrower(reading.vocabulary, (*asked.of, *asked.or_of)))
        self.any_lesion = self.signs | frozenset(narrower(reading.vocabulary, asked.clear))
        self._clear = [f for f in reading.denied(asked.clear) if f.lesion_id is None]

    def groups(self) -> Groups:
        """Facts of each lesion, oldest first, by its keys; the first is its own."""
        named: dict[str, list[Fact]] = {}
        placed: dict[Place, list[Fact]] = {}
        for fact in self.reading.told_in(OF_A_LESION):
            if fact.lesion_id is not None:
                named.setdefault(fact.lesion_id, []).append(fact)
            elif fact.body_site is not None or fact.concept in self.signs:
                placed.setdefault(place_of(fact), []).append(fact)
        alone: Groups = {}
        joined = {id: list(facts) for id, facts in named.items()}
        for place, facts in placed.items():
            for number, run in enumerate(self._runs(place, facts)):
                owner = self._owner(place, run, named)
                if owner is not None:
                    joined[owner].extend(run)
                elif begun := self._begun(run):
                    alone[self._key(place, begun[0], number),] = begun
        return alone | {self._keys(id, facts): _in_order(facts) for id, facts in joined.items()}

    def _runs(self, place: Place, facts: Sequence[Fact]) -> Iterator[list[Fact]]:
        """What was found at a place, parted by looks that found it clear."""
        run: list[Fact] = []
        for fact in facts:
            if run and self._was_clear(place, run[-1].start_at, fact.start_from):
                yield run
                run = []
            run.append(fact)
        if run:
            yield run

    def _was_clear(self, place: Place, after: Instant, before: Instant) -> bool:
        return any(
            after < look.start_from and look.start_at < before and _speaks_for(look, place)
            for look in self._clear
        )

    def _owner(self, place: Place, run: Sequence[Fact], named: dict[str, list[Fact]]) -> str | None:
        """The named lesion of the place, the first known of several; none after a clear look."""
        known = [
            (min(fact.known_at for fact in mine), id)
            for id, facts in named.items()
            if (mine := [fact for fact in facts if place_of(fact) == place and fact.body_site])
            and not self._was_clear(place, run[-1].start_at, facts[0].start_from)
            and not self._was_clear(place, facts[-1].start_at, run[0].start_from)
        ]
        return min(known)[1] if known else None

    def _begun(self, run: list[Fact]) -> list[Fact]:
        """The run from its first lesion on: pain or oedema at a place begins none."""
        first = next((n for n, f in enumerate(run) if f.concept in self.any_lesion), len(run))
        return run[first:]

    def _key(self, place: Place, first: Fact, number: int) -> str:
        """The place; what came back there has the day of its coming back too."""
        day = (self.reading.start(first) or str(number),) if number else ()
        return "/".join((*place, *day))

    def _keys(self, id: str, facts: Sequence[Fact]) -> tuple[str, ...]:
        """The id of a lesion, and the places it was recorded at."""
        return tuple(dict.fromkeys((id, *("/".join(place_of(f)) for f in facts if f.body_site))))


def place_of(fact: Fact) -> Place:
    """Where a fact is about, as far as it says."""
    return (fact.body_site or "", fact.side or "")


def _speaks_for(look: Fact, place: Place) -> bool:
    """Whether a look that found nothing looked at this place too."""
    site, side = place
    if look.body_site is None:
        return look.side is None
    return look.body_site == site and look.side in (None, "both", side or None)


def _in_order(facts: Sequence[Fact]) -> list[Fact]:
    return sorted(facts, key=lambda fact: (fact.start_at, fact.start_from, fact.fact_id))
