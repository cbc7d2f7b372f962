"""One pass over everybody of a screening: what the look of the list depends on.

Only counts, widths and a few ids are kept, so that memory does not grow with a country.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from livedo.act.result import GroupSummary, PatientResult, Screening
from livedo.surfaces import signs
from livedo.surfaces.terminal import columns

MOST_IDS = 200


@dataclass
class Survey:
    """Widest texts of the people who are listed, and counts of the others."""

    widths: Counter[str] = field(default_factory=Counter)
    is_compared: bool = False
    first: str | None = None
    outside: Counter[str] = field(default_factory=Counter)
    apart: list[str] = field(default_factory=list)
    apart_count: int = 0

    def take_listed(self, result: PatientResult) -> None:
        """Somebody with something due."""
        self.first = self.first or result.person_id
        self.is_compared = self.is_compared or result.direction is not None
        for name, text in cells(result).items():
            self.widths[name] = max(self.widths[name], columns(text))

    def take_other(self, result: PatientResult) -> None:
        """Somebody with nothing due."""
        if result.state == "outside":
            self.outside[result.outside_reason or ""] += 1
        elif result.group == "other_wound":
            self.apart_count += 1
            if len(self.apart) < MOST_IDS:
                self.apart.append(result.person_id)


def survey(screening: Screening) -> Survey:
    """Everybody once."""
    found = Survey()
    due = {group.id for group in screening.groups if group.is_due}
    for result in screening.patients:
        if result.group in due:
            found.take_listed(result)
        else:
            found.take_other(result)
    return found


def listed(screening: Screening) -> Iterator[tuple[GroupSummary, Iterator[PatientResult]]]:
    """Each group with something due and its people, in order; to be read as it comes."""
    groups = {group.id: group for group in screening.groups if group.is_due}
    for name, people in groupby(screening.patients, key=lambda result: result.group):
        if name in groups:
            yield groups[name], people


def cells(result: PatientResult) -> dict[str, str]:
    """The short texts of one person, by column."""
    return {
        "id": result.person_id,
        "who": who(result),
        "state": result.state_text,
        "change": change(result),
        "palpated": result.palpation.text,
        "next": result.next[0].text if result.next else "",
    }


def who(result: PatientResult) -> str:
    """Sex and age in the narrowest form the reader's language has."""
    return " ".join(part for part in (result.sex_text, str(result.age or "")) if part)


def change(result: PatientResult) -> str:
    """An arrow and the word."""
    if result.direction is None:
        return ""
    return f"{signs.DIRECTION_SIGNS[result.direction]} {result.direction_text}"
