"""Lesions and body sites: which facts are about one and the same.

Our reading. A numbered lesion is told by its number. A fact without a number
belongs to the only lesion recorded at the same body site and side; where two
lesions share that place it may belong to either. Facts without a number at one
place, no numbered lesion there, are about one lesion. The same place is the
same body site and the same side as written; a side given once and missing once
leaves it open. A fact that names no place could belong anywhere. Lesions that
nobody has recorded are not invented.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from livedo.assess.answer import Status
from livedo.assess.logic import NO, UNKNOWN, YES
from livedo.record.tables import Fact

Kind = Literal["lesion", "body_site", "sample"]
Place = tuple[str, str | None]
"""A body site and a side."""


def place_of(fact: Fact) -> Place | None:
    """Where the fact is, as far as it says."""
    return None if fact.body_site is None else (fact.body_site, fact.side)


def same_place(first: Place, second: Place) -> Status:
    """Whether two places are the same body site and side."""
    if first[0] != second[0]:
        return NO
    sides = {first[1], second[1]}
    if len(sides) == 1:
        return YES
    return UNKNOWN if None in sides or "both" in sides else NO


class Group(msgspec.Struct, frozen=True, gc=False):
    """One lesion or one body site of a person.

    `own` are the places where a fact without a number surely belongs to it.
    """

    kind: Kind
    lesion_id: str | None
    places: frozenset[Place]
    own: frozenset[Place]

    def holds(self, fact: Fact) -> Status:
        """Whether the fact is about this lesion or body site."""
        place = place_of(fact)
        if self.kind == "lesion" and fact.lesion_id is not None:
            if self.lesion_id is not None:
                return YES if fact.lesion_id == self.lesion_id else NO
            return UNKNOWN if place is None or self._may_be_at(place) else NO
        if place is None:
            return UNKNOWN
        if place in self.own:
            return YES
        return UNKNOWN if not self.places or self._may_be_at(place) else NO

    def _may_be_at(self, place: Place) -> bool:
        return any(same_place(place, mine) is not NO for mine in self.places)

    def is_denied_by(self, fact: Fact) -> bool:
        """Whether a "no" speaks for this lesion or body site."""
        if fact.lesion_id is not None:
            return self.kind == "lesion" and fact.lesion_id == self.lesion_id
        if fact.body_site is None:
            return True
        return bool(self.places) and all(_covers(fact, place) for place in self.places)


def _covers(fact: Fact, place: Place) -> bool:
    return fact.body_site == place[0] and fact.side in (None, "both", place[1])


def groups_among(facts: Iterable[Fact], kind: Kind) -> tuple[Group, ...]:
    """Every lesion or body site that these facts are about, in a fixed order."""
    if kind == "body_site":
        return _place_groups({place for place in map(place_of, facts) if place}, kind)
    numbered: dict[str, set[Place]] = {}
    loose: set[Place] = set()
    for fact in facts:
        place = place_of(fact)
        if fact.lesion_id is not None:
            numbered.setdefault(fact.lesion_id, set()).update({place} if place else ())
        elif place is not None:
            loose.add(place)
    taken = [place for places in numbered.values() for place in places]
    lesions = tuple(
        Group(
            kind, lesion_id, frozenset(places), frozenset(p for p in places if taken.count(p) == 1)
        )
        for lesion_id, places in sorted(numbered.items())
    )
    return lesions + _place_groups(loose.difference(taken), kind)


def _place_groups(places: set[Place], kind: Kind) -> tuple[Group, ...]:
    ordered = sorted(places, key=lambda place: (place[0], place[1] or ""))
    return tuple(Group(kind, None, frozenset({place}), frozenset({place})) for place in ordered)


def same_group(first: Fact, second: Fact, kind: Kind) -> Status:
    """Whether two facts are about the same lesion or body site."""
    if kind == "lesion" and first.lesion_id is not None and second.lesion_id is not None:
        return YES if first.lesion_id == second.lesion_id else NO
    here, there = place_of(first), place_of(second)
    if here is None or there is None:
        return UNKNOWN
    same = same_place(here, there)
    is_half_numbered = (first.lesion_id is None) is not (second.lesion_id is None)
    if kind == "lesion" and same is YES and is_half_numbered:
        return UNKNOWN
    return same
