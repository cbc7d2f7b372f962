"""The two readers of a case: each alone, neither seeing the other until both have read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from livedo.decisions.entries import Adjudication, Entry

READERS = 2

Stage = Literal["none", "one", "differ", "agree", "consensus"]


class Readings(msgspec.Struct, frozen=True, kw_only=True):
    """What has been read of one case so far."""

    singles: tuple[Entry, ...] = ()
    """The newest reading of each reader, in the order in which they first read."""
    consensus: Entry | None = None

    @property
    def is_open(self) -> bool:
        """Whether both have read, so that each may see the other."""
        return len(self.singles) >= READERS

    @property
    def stage(self) -> Stage:
        """How far the reading of this case is."""
        if not self.is_open:
            return "one" if self.singles else "none"
        if self.consensus is not None:
            return "consensus"
        return "agree" if self._say_the_same() else "differ"

    @property
    def result(self) -> Adjudication | None:
        """What counts: the consensus, or what both say."""
        if self.stage == "consensus" and self.consensus is not None:
            return said(self.consensus)
        if self.stage != "agree":
            return None
        told = [said(entry) for entry in self.singles]
        # One may have read before the person died, and was not asked for the cause.
        return next((one for one in told if one.cause_of_death is not None), told[0])

    def _say_the_same(self) -> bool:
        told = [said(entry) for entry in self.singles]
        causes = {one.cause_of_death for one in told} - {None}
        return len({one.verdict for one in told}) == 1 and len(causes) <= 1

    def of(self, reader: str) -> Entry | None:
        """What this reader says."""
        return next((entry for entry in self.singles if entry.entered_by == reader), None)

    def may_read(self, reader: str) -> bool:
        """Whether this reader may still say what they think, or think again: before both have."""
        return not self.is_open

    def may_see(self, entry: Entry, reader: str) -> bool:
        """Whether a reading may be shown to somebody."""
        return self.is_open or entry.entered_by == reader


def said(entry: Entry) -> Adjudication:
    """The body of a reading."""
    assert isinstance(entry.body, Adjudication)
    return entry.body


def readings_of(standing: Iterable[Entry]) -> Readings:
    """The readings among the entries about one person that stand, oldest first."""
    singles: dict[str, Entry] = {}
    consensus: Entry | None = None
    for entry in standing:
        if not isinstance(entry.body, Adjudication):
            continue
        if entry.body.reading == "consensus":
            consensus = entry
        else:
            singles[entry.entered_by] = entry
    return Readings(singles=tuple(singles.values()), consensus=consensus)
