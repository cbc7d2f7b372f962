"""What was entered, as facts beside those of the record, so that it counts at once.

Which answer means which concept is data: `knowledge/skin_round.yaml`.

What is said here and what is left unsaid:

- A clear place denies any lesion there and nowhere else; the whole skin is never
  denied by a round. A sign that was not tapped is not denied.
- Declined, could not examine, "not seen" and "not sure" give no fact. Silence
  about skin is unknown already, and a placed "unknown" would be the newest word
  about a concept and so hide a known ulcer at another place.
- Only the wound words of the file deny anything, and only what they exclude.
- No wound area is given. What is measured at the chair is the visible change,
  which reaches beyond the ulcer; and length times width is larger than the area
  that planimetry gives, so that a change of method would read as growth.
- The worst pain of a local day stands beside the pain of each lesion: a later,
  milder place must not make severe pain look gone.
- A palpation is a whole round: every place of the class, both sides, on one
  local day, each clear or with a finding. A partly done round is none.
- An undone entry gives nothing, for earlier moments too (see `standing`).
- What is written into the case register, and how a case is adjudicated, gives no
  fact: a register reads care and is not read by it. What was found in the skin is
  entered in a skin round.
- What is judged as of a moment uses only entries made by then: every fact is
  known when it was entered, and rests on no later entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

import msgspec

from livedo.decisions.entries import Area, Decision, Entry, Examination, standing
from livedo.instants import iso_date, zone_named
from livedo.knowledge.skin_round import SIDES, PainScale, Place, SkinRound, load_skin_round
from livedo.record.tables import FACT_ORDER, Fact, PatientRecord, Present
from livedo.sources.intake import stable_id

if TYPE_CHECKING:
    from livedo.knowledge.vocabulary import Vocabulary

SOURCE = "livedo:decisions"

_OF_THE_DAY = 1 << 62
"""Set in the id of a fact about the whole day: of two results of one moment, the engine
takes the one with the highest id as the newest."""


def with_entries(
    record: PatientRecord,
    entries: Sequence[Entry],
    vocabulary: Vocabulary,
    *,
    time_zone: str = "UTC",
) -> PatientRecord:
    """The record with the facts of what was entered about this person, in FACT_ORDER.

    No fact of the record is changed or left out.

    Args:
        time_zone: where the patients are; says which entries are of one day.
    """
    entered = entered_facts(entries, record.person.person_id, vocabulary, time_zone=time_zone)
    if not entered:
        return record
    facts = sorted((*record.facts, *entered), key=_in_order)
    return msgspec.structs.replace(record, facts=tuple(facts))


def entered_facts(
    entries: Iterable[Entry], person_id: str, vocabulary: Vocabulary, *, time_zone: str = "UTC"
) -> list[Fact]:
    """The facts of one person's standing entries, in the order of entering."""
    own = [entry for entry in standing(entries) if entry.person_id == person_id]
    own.sort(key=lambda entry: (entry.entered_at, entry.sequence))
    reading = Reading(load_skin_round(), vocabulary, zone_named(time_zone))
    return list(reading.facts(own))


def _in_order(fact: Fact) -> tuple[Any, ...]:
    return tuple(getattr(fact, column) for column in FACT_ORDER)


class Reading:
    """Turns entries of one person into facts, by the file of the skin round."""

    def __init__(self, skin_round: SkinRound, vocabulary: Vocabulary, zone: tzinfo) -> None:
        self.round = skin_round
        self.units = vocabulary.units
        self.zone = zone
        sites = vocabulary.body_sites_of(skin_round.palpation.body_site_class)
        self.whole_round = frozenset((site, side) for site in sites for side in SIDES)

    def facts(self, entries: Sequence[Entry]) -> Iterator[Fact]:
        """The facts of entries that stand, oldest first."""
        days: dict[str, Day] = {}
        for entry in entries:
            if isinstance(entry.body, Examination):
                day = days.setdefault(iso_date(entry.entered_at, self.zone), Day())
                yield from self._of_examination(entry, entry.body, day)
            elif isinstance(entry.body, Decision):
                yield _fact(entry, "decision", entry.body.concept, entry.body.present)

    def _of_examination(self, entry: Entry, examination: Examination, day: Day) -> Iterator[Fact]:
        for number, area in enumerate(examination.areas):
            place = Told(entry, area, str(number))
            if area.result == "clear":
                yield place.fact(self.round.lesion, "no")
            elif area.result == "finding":
                yield from self._of_finding(place)
        yield from self._worst_pain(entry, examination, day)
        yield from self._palpation(entry, examination, day)

    def _of_finding(self, place: Told) -> Iterator[Fact]:
        area = place.area
        found = dict.fromkeys(area.signs)
        if area.ulcer == "yes":
            found[self.round.ulcer.concept] = None
        if self._is_felt_wider(area):
            found[self.round.extent.felt_wider] = None
        for concept in found or (self.round.lesion,):
            yield place.fact(concept, "yes")
        if area.ulcer == "no":
            yield place.fact(self.round.ulcer.concept, "no")
        yield from self._extents(place)
        yield from self._pain(place)
        yield from self._wound(place)

    def _is_felt_wider(self, area: Area) -> bool:
        return bool(area.seen_cm and area.felt_cm and max(area.felt_cm) > max(area.seen_cm))

    def _extents(self, place: Told) -> Iterator[Fact]:
        """The larger dimension counts; both stand in `original`."""
        extent = self.round.extent
        for measured, cm in ((extent.seen, place.area.seen_cm), (extent.felt, place.area.felt_cm)):
            if cm is not None:
                size = self.units.to_canonical(measured.concept, max(cm), extent.unit)
                told = f"{cm[0]:g} × {cm[1]:g} {extent.unit}"
                yield place.fact(measured.concept, "yes", low=size, high=size, original=told)

    def _pain(self, place: Told) -> Iterator[Fact]:
        """The word that the rules read, and the number on its own scale."""
        number, scale = place.area.pain, self.round.pain.scale(place.area.pain_scale)
        if number is None:
            return
        told = f"{number} ({place.area.pain_scale})"
        if scale is None:
            # A scale that the knowledge no longer holds: that pain was told is kept, not graded.
            yield place.fact(self.round.pain.concept, "unknown", original=told)
            return
        if number == scale.lowest:
            yield place.fact(self.round.pain.concept, "no", original=told)
        else:
            word = scale.word(number)
            yield place.fact(self.round.pain.concept, "yes", interpretation=word, original=told)
        yield place.fact(scale.concept, "yes", low=number, high=number, original=told)

    def _wound(self, place: Told) -> Iterator[Fact]:
        word = self.round.wound.words.get(place.area.wound or "")
        if word is not None:
            told = place.area.wound
            for concept in word.found:
                yield place.fact(concept, "yes", original=told)
            for concept in word.denied:
                yield place.fact(concept, "no", original=told)

    def _worst_pain(self, entry: Entry, examination: Examination, day: Day) -> Iterator[Fact]:
        for scale in self.round.pain.scales:
            numbers = _pains(examination, scale)
            if numbers:
                worst = day.worst[scale.id] = max(*numbers, day.worst.get(scale.id, scale.lowest))
                fact = _fact(
                    entry, "worst", scale.concept, "yes",
                    low=worst, high=worst, original=f"{worst} ({scale.id})",
                )  # fmt: skip
                yield msgspec.structs.replace(fact, fact_id=fact.fact_id | _OF_THE_DAY)

    def _palpation(self, entry: Entry, examination: Examination, day: Day) -> Iterator[Fact]:
        for area in examination.areas:
            if area.is_examined:
                day.examined.update(_places(area))
        if not day.is_palpated and self.whole_round <= day.examined:
            day.is_palpated = True
            yield _fact(entry, "palpation", self.round.palpation.done, "yes")


class Day:
    """What one local day of examinations has come to so far."""

    def __init__(self) -> None:
        self.examined: set[Place] = set()
        self.worst: dict[str, int] = {}
        self.is_palpated = False


class Told(msgspec.Struct, frozen=True):
    """One place of one examination, as the facts of it need it."""

    entry: Entry
    area: Area
    number: str

    def fact(self, concept: str, present: Present, **more: Any) -> Fact:
        """One thing said about this place."""
        return _fact(
            self.entry,
            self.number,
            concept,
            present,
            body_site=self.area.body_site,
            side=self.area.side,
            # A clear place names no lesion: it speaks for all that may be there.
            lesion_id=self.area.lesion_id if self.area.result == "finding" else None,
            **more,
        )


def _fact(entry: Entry, part: str, concept: str, present: Present, **more: Any) -> Fact:
    """A fact of the moment it was entered, with an id that is the same on every machine."""
    at = entry.entered_at
    return Fact(
        fact_id=stable_id(SOURCE, entry.entry_id, part, concept) & ~_OF_THE_DAY,
        person_id=str(entry.person_id),
        concept=concept,
        start_from=at,
        start_at=at,
        end_from=at,
        end_at=at,
        known_at=at,
        present=present,
        matched_by="structure",
        source=SOURCE,
        source_id=entry.entry_id,
        **more,
    )


def _pains(examination: Examination, scale: PainScale) -> list[int]:
    return [
        area.pain
        for area in examination.areas
        if area.result == "finding" and area.pain is not None and area.pain_scale == scale.id
    ]


def _places(area: Area) -> Iterator[Place]:
    """The places an area stands for; both sides are two."""
    sides = SIDES if area.side == "both" else (area.side,)
    for side in sides:
        yield area.body_site, side
