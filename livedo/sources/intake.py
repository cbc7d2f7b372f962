"""The ledger: every item is used, or set aside with a reason, and the sum is exact.

An item is one resource, or one component of an Observation that has several, or
one file that could not be read. A reader announces each resource with `begin`,
says how many items it took in, and then either gives facts and calls `used`, or
calls `set_aside`. What becomes of a resource that turns out to be an older
version, a duplicate, or about a person nobody knows is settled when all sources
are read: `livedo.sources.memory` for a few patients, `livedo.record.store` for many.
"""

from __future__ import annotations

import bisect
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Protocol

import msgspec

from livedo.errors import Unexpected
from livedo.record.tables import Fact, Instant, Note, Observed, Person, SetAside

NEWEST: Instant = 2**62
"""Stands for the newest known moment of the source until all of it has been read."""

STAND_INS = ("start_at", "end_from", "end_at", "known_at")
"""The dates that NEWEST may stand in."""

NO_VERSION = -1
LINES_KEPT = 1000
"""So many lines a file and reason name their item; the rest are counted by kind of item."""

KEY, CONTENT, UPDATED_AT, NUMBER, USED = range(5)
FIELDS = 5

KEPT, DUPLICATE, SUPERSEDED = 0, 1, 2
FATES = {DUPLICATE: "duplicate", SUPERSEDED: "superseded"}
UNKNOWN_PATIENT = "unknown_patient"


PAST_ENDS = ("condition", "procedure", "dialysis", "exposure")


def ends_in_the_past(concept: str) -> bool:
    """Whether a stated end is history. An order's end is a plan and says nothing of today."""
    return concept.partition(".")[0] in PAST_ENDS


def stable_id(*parts: str) -> int:
    """A positive 63-bit number that is the same on every machine and in every run."""
    joined = "\x1f".join(parts)
    content = joined.encode() if joined.isascii() else joined.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(content, digest_size=8).digest(), "big") >> 1


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """A span declared by whoever runs the read, for every person of the source."""

    domain: str
    from_at: Instant
    to_at: Instant
    with_history: bool = False

    def of(self, person_id: str) -> Observed:
        """The same span for one person."""
        return Observed(
            person_id=person_id,
            domain=self.domain,
            from_at=self.from_at,
            to_at=self.to_at,
            with_history=self.with_history,
        )


ResultRow = tuple[
    int,
    int,
    int,
    int,
    str,
    str,
    Instant,
    Instant,
    Instant,
    float | None,
    float | None,
    float | None,
    float | None,
    str | None,
    bool,
    str | None,
    str,
    str | None,
]
"""A plain result: the four parts of its version, then RESULT_FIELDS of its fact."""

RESULT_FIELDS = (
    "person_id",
    "concept",
    "start_from",
    "start_at",
    "known_at",
    "low",
    "high",
    "ref_low",
    "ref_high",
    "interpretation",
    "is_known_at_assumed",
    "status",
    "source_id",
    "original",
)
"""The fields of a fact in which plain results differ. Their key is the id of the fact,
they hold at a point, and everything else is as a Fact has it by default."""


class Sink(Protocol):
    """Where a reader puts what it reads."""

    def opened(self, source: str) -> None:
        """The resources that follow come from this file."""

    def begin(
        self, key: int, content: int, updated_at: int = NO_VERSION, number: int = NO_VERSION
    ) -> None:
        """What follows belongs to one resource: `key` is its identity, `content` a hash of it."""

    def took_in(self, count: int = 1) -> None:
        """So many items were met."""

    def used(self, count: int = 1) -> None:
        """So many items of the present resource yielded at least one row."""

    def results(self, rows: Sequence[ResultRow], source_name: str) -> None:
        """Many resources in one go, each of one item, used, with one plain result."""

    def set_aside(self, line: SetAside) -> None:
        """An item, or with `is_part` a part of a used item, yields no row."""

    def person(self, person: Person) -> None:
        """A person of the source."""

    def fact(self, fact: Fact) -> None:
        """A fact of the present resource."""

    def observed(self, observed: Observed) -> None:
        """A span for which the source says that it speaks."""

    def note(self, note: Note) -> None:
        """A text about a person."""

    def unreadable(self, person_id: str, domain: str) -> None:
        """An item of this domain could not be read, so that silence means nothing there."""


class Ledger:
    """Counts of items, and one line for each group of items set aside alike."""

    def __init__(self) -> None:
        self.total_in = 0
        self.lines: Counter[SetAside] = Counter()
        self._named: Counter[tuple[str, str, bool]] = Counter()

    def set_aside(self, line: SetAside) -> None:
        """Counts a line; beyond LINES_KEPT of one file and reason it no longer names the item."""
        bare = line if line.count == 1 else msgspec.structs.replace(line, count=1)
        if bare not in self.lines:
            group = (line.source, line.reason, line.is_part)
            self._named[group] += 1
            if self._named[group] > LINES_KEPT:
                bare = msgspec.structs.replace(bare, item=line.item.partition("/")[0], path="")
        self.lines[bare] += line.count

    def reasons(self) -> dict[str, int]:
        """Items set aside, by reason."""
        return self._by_reason(is_part=False)

    def parts_lost(self) -> dict[str, int]:
        """Parts lost from items that were used, by reason."""
        return self._by_reason(is_part=True)

    def _by_reason(self, *, is_part: bool) -> dict[str, int]:
        found: Counter[str] = Counter()
        for line, count in self.lines.items():
            if line.is_part is is_part:
                found[line.reason] += count
        return dict(sorted(found.items()))

    def sorted_lines(self) -> Iterator[SetAside]:
        """Every line with its count, in a fixed order."""
        for line in sorted(self.lines, key=_line_order):
            yield msgspec.structs.replace(line, count=self.lines[line])

    def totals(self, used: int) -> Totals:
        """The sum; raises Unexpected where a reader forgot an item."""
        aside = sum(self.reasons().values())
        if self.total_in != used + aside:
            raise Unexpected(
                f"Items read ({self.total_in}) differ from items used ({used}) "
                f"and set aside ({aside}).",
                still_works="Nothing was written; an earlier record is intact.",
                next_step="Please report this: it is a fault of Livedo, not of the data.",
            )
        return Totals(items_in=self.total_in, used=used, set_aside=aside)


def _line_order(line: SetAside) -> tuple[str, bool, str, str, str]:
    return (line.source, line.is_part, line.reason, line.item, line.path)


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """items_in = used + set_aside, always."""

    items_in: int
    used: int
    set_aside: int


class Versions:
    """Identity and content of every resource, in the order read.

    One array holds all of it, FIELDS numbers a resource: ten million resources
    are ten million times forty bytes and nothing more.
    """

    def __init__(self) -> None:
        self.numbers = array("q")
        self._files: list[tuple[int, str]] = []

    def __len__(self) -> int:
        return len(self.numbers) // FIELDS

    def column(self, field: int) -> Sequence[int]:
        """One field of every resource: KEY, CONTENT, UPDATED_AT, NUMBER or USED."""
        return self.numbers[field::FIELDS]

    def use(self, count: int) -> None:
        """So many items of the last resource were used."""
        self.numbers[-1] += count

    def opened(self, source: str) -> None:
        """The resources that follow come from this file."""
        self._files.append((len(self), source))

    def file_of(self, ordinal: int) -> str:
        """The file a resource came from."""
        place = bisect.bisect_right(self._files, (ordinal, chr(0x10FFFF))) - 1
        return self._files[place][1] if place >= 0 else ""

    def begin(self, key: int, content: int, updated_at: int, number: int) -> None:
        """Opens the next resource."""
        self.numbers.extend((key, content, updated_at, number, 0))

    def add(self, versions: Sequence[Sequence[int]]) -> None:
        """Many resources at once, column by column, each with one item used."""
        count = len(versions[0])
        block = array("q", bytes(8 * FIELDS * count))
        for field, column in enumerate((*versions, [1] * count)):
            block[field::FIELDS] = array("q", column)
        self.numbers.extend(block)

    def fates(self) -> bytearray:
        """For each resource: kept, duplicate or superseded."""
        fates = bytearray(len(self))
        versions: dict[int, list[tuple[int, int, int, int]]] = {}
        columns = [self.column(field) for field in (KEY, UPDATED_AT, NUMBER, CONTENT)]
        for ordinal, (key, *when, content) in enumerate(zip(*columns, strict=True)):
            versions.setdefault(key, []).append((when[0], when[1], ordinal, content))
        for found in versions.values():
            if len(found) > 1:
                judge_versions(fates, found)
        return fates


def judge_versions(fates: bytearray, versions: Iterable[tuple[int, ...]]) -> None:
    """Marks all but the newest version of one resource.

    Each version is (last updated, version number, ordinal, content). Among copies
    of the newest content the first one read is kept.
    """
    ranked = sorted(versions)
    newest_content = ranked[-1][3]
    copies = sorted(ordinal for _, _, ordinal, content in ranked if content == newest_content)
    for _, _, ordinal, content in ranked:
        fates[ordinal] = DUPLICATE if content == newest_content else SUPERSEDED
    fates[copies[0]] = KEPT
