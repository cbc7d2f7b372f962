"""The roster: who dialyses in which dialysis unit, on which shift, in which chair.

Example:
    roster = read_roster(Path("roster.csv"), people=record.person_ids())
    roster.seat_of("p1").chair
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from livedo.errors import SourceUnreadable
from livedo.knowledge.rosters import RosterWords, load_roster_words

PERSON = "person_id"


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """Where and when one person dialyses, as far as the roster says."""

    dialysis_unit: str | None = None
    shift: str | None = None
    """As it was written."""
    days: str | None = None
    """Id of the days of the shift, if they were recognised."""
    time: str | None = None
    """Id of the time of day, if it was recognised."""
    chair: str | None = None


NOWHERE = Seat()


class Roster(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody's seat, and what of the file could not be used."""

    seats: Mapping[str, Seat] = {}
    columns: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    """People of the file whom the record does not know, in the order of the file."""
    repeated_lines: tuple[int, ...] = ()
    """Lines about somebody who has a line already; the first one counts."""
    broken_lines: tuple[int, ...] = ()
    """Lines without a person."""
    unread_shifts: int = 0
    """Shifts whose days were not recognised; shown as they are written."""

    def __bool__(self) -> bool:
        return bool(self.seats)

    def seat_of(self, person_id: str) -> Seat:
        """Where a person sits; nowhere where the roster does not say."""
        return self.seats.get(person_id, NOWHERE)


def read_roster(path: Path, people: Collection[str]) -> Roster:
    """The roster of a CSV file (comma, semicolon or tab; UTF-8).

    Raises:
        SourceUnreadable: the file cannot be read, or has no column of people. The message
            names lines and columns and never what stands in them.
    """
    words = load_roster_words()
    lines = _lines(path, words)
    reader = csv.reader(lines, delimiter=_delimiter(lines[0], words))
    try:
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error:
        raise _refused(path, "A line of the roster is not CSV.") from None
    places = _columns(path, rows[0][1], words)
    return _roster(rows[1:], places, frozenset(people), words)


def _lines(path: Path, words: RosterWords) -> list[str]:
    try:
        if path.stat().st_size > words.most_bytes:
            raise _refused(path, "The roster is too large to be one.")
        text = path.read_text(encoding="utf-8-sig")
    except OSError:
        raise _refused(path, "The roster cannot be opened.") from None
    except UnicodeDecodeError:
        raise _refused(path, "The roster is not text in UTF-8.") from None
    lines = text.splitlines(keepends=True)
    if not lines:
        raise _refused(path, "The roster is empty.")
    return lines


def _refused(path: Path, what: str) -> SourceUnreadable:
    return SourceUnreadable(
        what,
        where=str(path),
        still_works="everything else; without a roster the round is listed by centre",
        next_step="Write CSV with the columns person_id, dialysis_unit, shift, chair; "
        "only the first is needed. See docs/how-to/do-a-skin-round.md.",
    )


def _delimiter(head: str, words: RosterWords) -> str:
    return max(words.delimiters, key=head.count)


def _columns(path: Path, head: Sequence[str], words: RosterWords) -> dict[str, int]:
    """At which place each column stands."""
    meant = {plain(word): name for name, told in words.columns.items() for word in (name, *told)}
    places: dict[str, int] = {}
    for place, title in enumerate(head):
        name = meant.get(plain(title))
        if name is not None:
            places.setdefault(name, place)
    if PERSON not in places:
        raise _refused(path, "The roster has no column person_id.")
    return places


def plain(text: str) -> str:
    """A text without case and without what is neither letter nor digit."""
    return " ".join(re.findall(r"\w+", text.replace("_", " ").casefold()))


def _roster(
    rows: Sequence[tuple[int, list[str]]],
    places: Mapping[str, int],
    people: frozenset[str],
    words: RosterWords,
) -> Roster:
    seats: dict[str, Seat] = {}
    unknown: dict[str, None] = {}
    repeated: list[int] = []
    broken: list[int] = []
    for number, cells in _told(rows, places):
        person_id = cells[PERSON]
        if not person_id:
            broken.append(number)
        elif person_id not in people:
            unknown[person_id] = None
        elif person_id in seats:
            repeated.append(number)
        else:
            seats[person_id] = _seat(cells, words)
    return Roster(
        seats=seats,
        columns=tuple(sorted(places)),
        unknown=tuple(unknown),
        repeated_lines=tuple(repeated),
        broken_lines=tuple(broken),
        unread_shifts=sum(s.shift is not None and s.days is None for s in seats.values()),
    )


def _told(
    rows: Sequence[tuple[int, list[str]]], places: Mapping[str, int]
) -> Iterator[tuple[int, dict[str, str]]]:
    """The cells of each line by column; empty lines are none."""
    for number, row in rows:
        if any(cell.strip() for cell in row):
            yield (
                number,
                {name: row[at].strip() if at < len(row) else "" for name, at in places.items()},
            )


def _seat(cells: Mapping[str, str], words: RosterWords) -> Seat:
    shift = cells.get("shift") or None
    return Seat(
        dialysis_unit=cells.get("dialysis_unit") or None,
        shift=shift,
        days=_named(shift, [(days.id, days.words) for days in words.days]),
        time=_named(shift, [(time.id, time.words) for time in words.times]),
        chair=cells.get("chair") or None,
    )


def _named(text: str | None, known: Sequence[tuple[str, tuple[str, ...]]]) -> str | None:
    """The id whose words stand in a text, whole; the longest words count."""
    if text is None:
        return None
    told = f" {plain(text)} "
    found = [(len(word), id) for id, all_of in known for word in all_of if f" {word} " in told]
    return max(found)[1] if found else None
