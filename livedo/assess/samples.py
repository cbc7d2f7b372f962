"""Tissue samples: which findings of microscopy were made in one and the same biopsy.

Our reading. Samples of different days are different samples. On one day there is one
sample, unless the findings name several lesions or places: then each lesion, and each
place without one, is a sample, and a finding that names neither could belong to any.
An imprecise date is one day only with findings dated just as imprecisely.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from livedo.assess.answer import Status
from livedo.assess.groups import Group, Place, place_of, same_place
from livedo.assess.logic import NO, UNKNOWN, YES
from livedo.instants import DAY
from livedo.record.tables import Fact

Days = tuple[int, int]
"""The first and the last day on which a sample may have been taken."""


def days_of(fact: Fact) -> Days:
    """The days on which the finding may have been made."""
    return fact.start_from // DAY, fact.start_at // DAY


class Sample(Group, frozen=True, gc=False):
    """One biopsy of a person. `is_alone`: no other is known of those days."""

    days: Days
    is_alone: bool

    def holds(self, fact: Fact) -> Status:
        """Whether the finding was made in this sample."""
        first, last = days_of(fact)
        if last < self.days[0] or first > self.days[1] or self._is_elsewhere(fact):
            return NO
        if (first, last) != self.days:
            return UNKNOWN
        return YES if self.is_alone or self._is_named_by(fact) else UNKNOWN

    def is_denied_by(self, fact: Fact) -> bool:
        """Whether a finding reported absent was looked for in this sample."""
        return self.holds(fact) is YES

    def _is_elsewhere(self, fact: Fact) -> bool:
        if fact.lesion_id is not None and self.lesion_id is not None:
            return fact.lesion_id != self.lesion_id
        place = place_of(fact)
        if place is None or not self.places:
            return False
        return all(same_place(place, mine) is NO for mine in self.places)

    def _is_named_by(self, fact: Fact) -> bool:
        if fact.lesion_id is not None or self.lesion_id is not None:
            return fact.lesion_id == self.lesion_id
        return place_of(fact) in self.places


def samples_among(facts: Iterable[Fact]) -> tuple[Sample, ...]:
    """Every sample that these findings were made in, the oldest first."""
    by_days: dict[Days, list[Fact]] = {}
    for fact in facts:
        by_days.setdefault(days_of(fact), []).append(fact)
    ordered = sorted(by_days.items(), key=lambda item: (item[0][1], item[0][0]))
    return tuple(sample for days, found in ordered for sample in _of_one_day(days, found))


def _of_one_day(days: Days, facts: Sequence[Fact]) -> Iterable[Sample]:
    lesions: dict[str, set[Place]] = {}
    loose: set[Place] = set()
    for fact in facts:
        place = place_of(fact)
        if fact.lesion_id is not None:
            lesions.setdefault(fact.lesion_id, set()).update({place} if place else ())
        elif place is not None:
            loose.add(place)
    places = loose.union(*lesions.values())
    if len(lesions) <= 1 and len(places) <= 1:
        return (_sample(days, next(iter(lesions), None), places, is_alone=True),)
    named = [_sample(days, lesion, lesions[lesion]) for lesion in sorted(lesions)]
    others = sorted(loose, key=lambda place: (place[0], place[1] or ""))
    return (*named, *(_sample(days, None, {place}) for place in others))


def _sample(
    days: Days, lesion_id: str | None, places: set[Place], *, is_alone: bool = False
) -> Sample:
    held = frozenset(places)
    return Sample("sample", lesion_id, held, held, days, is_alone)
