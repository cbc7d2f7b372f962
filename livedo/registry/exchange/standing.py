"""What was entered into the forms of one case and stands: text, by whom, when."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from livedo.decisions.entries import CaseReport, Entry, standing
from livedo.instants import Instant

Place = tuple[str, int]
"""A form and which of several: the second lesion."""


class Said(msgspec.Struct, frozen=True):
    """What somebody said of one field. An empty text takes back what was said before."""

    text: str
    by: str
    at: Instant


class Instance(msgspec.Struct, frozen=True):
    """One form, or one of several, as it was entered.

    `removed` says who left it out and when; None while it counts. What was said of it until then
    stays here, so that an export loses nothing. `begun` is who opened it, where
    nothing was said of any field.
    """

    said: dict[str, Said]
    removed: Said | None = None
    begun: Said | None = None


class _Growing:
    """An instance while its entries are followed, oldest first."""

    def __init__(self) -> None:
        self.said: dict[str, Said] = {}
        self.newest: Said | None = None
        self.is_removed = False

    def take(self, entry: Entry, report: CaseReport) -> None:
        if self.is_removed and not report.is_removed:
            # Whoever takes an instance up again begins with an empty one.
            self.said = {}
        for field, text in report.values:
            self.said[field] = Said(text, entry.entered_by, entry.entered_at)
        self.is_removed = report.is_removed
        self.newest = Said("", entry.entered_by, entry.entered_at)

    def done(self) -> Instance:
        removed = self.newest if self.is_removed else None
        begun = None if self.said or self.is_removed else self.newest
        return Instance(self.said, removed, begun)


def entered(entries: Iterable[Entry]) -> dict[Place, Instance]:
    """Everything entered about one case that stands, by form and instance."""
    growing: dict[Place, _Growing] = {}
    for entry in sorted(standing(entries), key=lambda one: (one.entered_at, one.sequence)):
        if isinstance(entry.body, CaseReport):
            place = (entry.body.form, entry.body.instance)
            growing.setdefault(place, _Growing()).take(entry, entry.body)
    return {place: growing[place].done() for place in sorted(growing)}


def entered_by_person(entries: Iterable[Entry]) -> dict[str, dict[Place, Instance]]:
    """The same for everybody, from the entries of a whole store."""
    by_person: dict[str, list[Entry]] = {}
    for entry in standing(entries):
        if entry.person_id is not None and entry.kind == "case_report":
            by_person.setdefault(entry.person_id, []).append(entry)
    return {person: entered(by_person[person]) for person in sorted(by_person)}
