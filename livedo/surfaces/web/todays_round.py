"""Today's round of one person: how each place was left, and what is still open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo

import msgspec

from livedo.decisions.entries import Area, Entry, Examination
from livedo.instants import iso_date
from livedo.knowledge.skin_round import SIDES, Place, load_skin_round
from livedo.knowledge.vocabulary import Vocabulary
from livedo.record.tables import Fact, Instant, PatientRecord


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """How one place was left, by whom and when."""

    area: Area
    entry: Entry


class TodaysRound(msgspec.Struct, frozen=True, kw_only=True):
    """One person's round of one local day."""

    left: Mapping[Place, Left]
    known: Mapping[Place, Instant]
    """Places with a lesion that nobody has found clear since, and when it was last found."""
    places: tuple[Place, ...]
    """The places of a whole round, in order."""

    @property
    def rest(self) -> tuple[Place, ...]:
        """Places that one tap may call clear: not looked at today and without a known lesion.

        A known lesion is never called clear together with other places.
        """
        return tuple(p for p in self.places if p not in self.left and p not in self.known)

    @property
    def to_look_at(self) -> tuple[Place, ...]:
        """Places with a known lesion that nobody looked at today."""
        return tuple(p for p in self.places if p in self.known and p not in self.left)

    @property
    def examined(self) -> tuple[Place, ...]:
        """Places of the round examined today."""
        return tuple(p for p in self.places if p in self.left and self.left[p].area.is_examined)

    @property
    def not_examined(self) -> tuple[Place, ...]:
        """Places declined or that could not be examined: unknown, and still on the list."""
        return tuple(p for p, left in self.left.items() if not left.area.is_examined)

    @property
    def is_whole(self) -> bool:
        """Whether every place of the round was examined today."""
        return len(self.examined) == len(self.places)

    def next_after(self, place: Place | None) -> Place | None:
        """The next place in order that nobody has looked at today."""
        at = self.places.index(place) + 1 if place in self.places else 0
        in_order = (*self.places[at:], *self.places[:at])
        return next((p for p in in_order if p not in self.left), None)


def todays_round(
    record: PatientRecord,
    entries: Sequence[Entry],
    vocabulary: Vocabulary,
    day: str,
    zone: tzinfo,
) -> TodaysRound:
    """The round of a local day, from the entries that stand."""
    skin_round = load_skin_round()
    return TodaysRound(
        left=left_on(entries, day, zone),
        known=known_lesions(record.facts, frozenset(vocabulary.descendants(skin_round.lesion))),
        places=skin_round.places(),
    )


def left_on(entries: Iterable[Entry], day: str, zone: tzinfo) -> dict[Place, Left]:
    """How each place was left on a day; the newest entry about a place counts."""
    found: dict[Place, Left] = {}
    for entry in entries:
        body = entry.body
        if isinstance(body, Examination) and iso_date(entry.entered_at, zone) == day:
            for area in body.areas:
                for place in places_of(area.body_site, area.side):
                    found[place] = Left(area=area, entry=entry)
    return found


def places_of(body_site: str, side: str | None) -> Iterator[Place]:
    """The places that a body site with its side stands for; no side may be either."""
    if body_site in load_skin_round().without_side:
        yield body_site, None
    elif side in SIDES:
        yield body_site, side
    else:
        yield from ((body_site, one) for one in SIDES)


def known_lesions(facts: Iterable[Fact], skin: frozenset[str]) -> dict[Place, Instant]:
    """Where something was found that was not found absent since."""
    found: dict[Place, Instant] = {}
    clear: dict[Place | None, Instant] = {}
    whole = load_skin_round().lesion
    for fact in facts:
        if fact.concept not in skin:
            continue
        if fact.present == "yes" and fact.body_site is not None:
            for place in places_of(fact.body_site, fact.side):
                found[place] = max(found.get(place, fact.start_at), fact.start_at)
        elif fact.present == "no" and fact.concept == whole:
            denied = [None] if fact.body_site is None else places_of(fact.body_site, fact.side)
            for gone in denied:
                clear[gone] = max(clear.get(gone, fact.start_at), fact.start_at)
    everywhere = clear.get(None, -1)
    return {p: at for p, at in found.items() if at > max(clear.get(p, -1), everywhere)}
