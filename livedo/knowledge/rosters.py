"""How a roster is written: the names of its columns, the days and times of a shift."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import msgspec

from livedo.knowledge.files import KNOWLEDGE_FOLDER, read_file
from livedo.knowledge.schema import Text


class Days(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The days on which a shift comes. Monday is 0."""

    id: str
    label: Text
    weekdays: tuple[int, ...]
    words: tuple[str, ...]


class TimeOfDay(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The part of the day in which a shift comes, in the order of the day."""

    id: str
    label: Text
    words: tuple[str, ...]


class RosterWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of `knowledge/roster.yaml`."""

    columns: Mapping[str, tuple[str, ...]]
    days: tuple[Days, ...]
    times: tuple[TimeOfDay, ...]
    delimiters: tuple[str, ...]
    most_bytes: int

    def days_named(self, id: str | None) -> Days | None:
        """The days of this id."""
        return next((days for days in self.days if days.id == id), None)

    def time_named(self, id: str | None) -> TimeOfDay | None:
        """The time of day of this id."""
        return next((time for time in self.times if time.id == id), None)


@functools.cache
def load_roster_words() -> RosterWords:
    """The shipped words, read once a process."""
    return read_file(KNOWLEDGE_FOLDER / "roster.yaml", RosterWords)
