"""Two readers read a case alone; then what they agree on counts, or what they settle together.

The same reader twice is one reader, and the newest reading counts. Nobody sees what another reader
said before both have read. Agreement is measured on readings made alone: a reading that was
entered, or corrected, when both were there already is counted beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from livedo.decisions.entries import Adjudication, Entry, standing
from livedo.instants import Instant

READERS = 2
Stage = Literal["unread", "one_reading", "agreed", "disagreed", "consensus"]


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What one reader says, or with an empty reader what was settled together."""

    reader: str
    verdict: str
    cause_of_death: str | None
    comment: str
    at: Instant
    entry_id: str


class Readings(msgspec.Struct, frozen=True, kw_only=True):
    """Every reading of one case.

    `first` and `second` are the two readers by whom it was read first, as they say now;
    `further` are readings of others. `alone` are the two as they said before either could see
    the other's: one that was made later is None.
    """

    person_id: str
    first: Reading | None = None
    second: Reading | None = None
    further: tuple[Reading, ...] = ()
    consensus: Reading | None = None
    alone: tuple[Reading | None, Reading | None] = (None, None)
    both_at: Instant | None = None
    """When the second reader had read."""

    @property
    def stage(self) -> Stage:
        """How far it is."""
        if self.consensus is not None:
            return "consensus"
        if self.first is None:
            return "unread"
        if self.second is None:
            return "one_reading"
        return "agreed" if is_agreed(self.first, self.second) else "disagreed"

    @property
    def settled(self) -> Reading | None:
        """What counts: the consensus, else what both say; None while neither is there."""
        if self.stage == "agreed" and self.first and self.second:
            cause = self.first.cause_of_death or self.second.cause_of_death
            return msgspec.structs.replace(self.first, cause_of_death=cause)
        return self.consensus


def is_agreed(one: Reading, other: Reading) -> bool:
    """Whether two readers say the same; a cause of death counts where both gave one."""
    causes = {one.cause_of_death, other.cause_of_death} - {None}
    return one.verdict == other.verdict and len(causes) < READERS


def readings_of(person_id: str, entries: Iterable[Entry]) -> Readings:
    """The readings of one case; undone entries may be among them."""
    every = [one for one in entries if one.person_id == person_id]
    stands = sorted(standing(every), key=_in_time)
    single = _of_reading(stands, "single")
    readers = _readers(every, single)
    both_at = _both_at(every, readers)
    newest = {one.reader: one for one in single}
    two = [newest[reader] for reader in readers[:READERS]]
    settled = _of_reading(stands, "consensus")
    return Readings(
        person_id=person_id,
        first=two[0] if two else None,
        second=two[1] if len(two) == READERS else None,
        further=tuple(newest[reader] for reader in readers[READERS:]),
        consensus=msgspec.structs.replace(settled[-1], reader="") if settled else None,
        alone=_alone(single, readers, both_at),
        both_at=both_at,
    )


def readings(entries: Iterable[Entry]) -> list[Readings]:
    """The readings of every case that anybody read, in the order of their ids."""
    by_person: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.person_id is not None and entry.kind in ("adjudication", "undone"):
            by_person.setdefault(entry.person_id, []).append(entry)
    found = (readings_of(person_id, by_person[person_id]) for person_id in sorted(by_person))
    return [one for one in found if one.first or one.consensus]


def visible_to(user: str, found: Readings) -> tuple[Reading, ...]:
    """What a user may see: their own reading; all of them once both readers have read."""
    every = [one for one in (found.first, found.second, *found.further) if one is not None]
    if found.second is not None:
        return (*every, *([found.consensus] if found.consensus else []))
    return tuple(one for one in every if one.reader == user)


def may_read(user: str, found: Readings) -> bool:
    """Whether a user may still read this case alone: not once the two readings can be seen."""
    return found.second is None


def may_settle(found: Readings) -> bool:
    """Whether there is something to settle: two readings that differ."""
    return found.stage in ("disagreed", "consensus") and found.second is not None


def _in_time(entry: Entry) -> tuple[Instant, int]:
    return entry.entered_at, entry.sequence


def _of_reading(entries: Sequence[Entry], reading: str) -> list[Reading]:
    return [
        Reading(
            reader=entry.entered_by,
            verdict=entry.body.verdict,
            cause_of_death=entry.body.cause_of_death,
            comment=entry.body.comment,
            at=entry.entered_at,
            entry_id=entry.entry_id,
        )
        for entry in entries
        if isinstance(entry.body, Adjudication) and entry.body.reading == reading
    ]


def _firsts(every: Sequence[Entry]) -> dict[str, Instant]:
    """When each reader read first, undone readings too: what was seen cannot be unseen."""
    firsts: dict[str, Instant] = {}
    for one in _of_reading(sorted(every, key=_in_time), "single"):
        firsts.setdefault(one.reader, one.at)
    return firsts


def _readers(every: Sequence[Entry], single: Sequence[Reading]) -> list[str]:
    """Readers whose reading stands, by when they first read."""
    firsts = _firsts(every)
    return sorted({one.reader for one in single}, key=lambda reader: (firsts[reader], reader))


def _both_at(every: Sequence[Entry], readers: Sequence[str]) -> Instant | None:
    firsts: Mapping[str, Instant] = _firsts(every)
    return firsts[readers[1]] if len(readers) >= READERS else None


def _alone(
    single: Sequence[Reading], readers: Sequence[str], both_at: Instant | None
) -> tuple[Reading | None, Reading | None]:
    if both_at is None:
        return None, None
    before = {one.reader: one for one in single if one.at <= both_at}
    return before.get(readers[0]), before.get(readers[1])
