"""The canonical tables: the shape of a row, nothing else.

Instants are integers: microseconds since 1970-01-01T00:00:00 UTC. An imprecise
date is an interval of instants: `start_from` is the earliest and `start_at` the
latest moment the fact can have begun, `end_from` and `end_at` likewise for its
end. A fact without an end is ongoing as far as the record knows.
Values are intervals too: exact means `low == high`; `low is None` and
`high is None` are open ends; both None means no number was given.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

Instant = int
"""Microseconds since the epoch, UTC."""

Present = Literal["yes", "no", "unknown"]

FACT_ORDER = ("person_id", "concept", "start_at", "fact_id")

DRAFT = "draft"
"""Status of what somebody is about to prescribe, and the domain whose observed span says
that every draft is known. No rule sees such a fact unless it asks for drafts."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One person of one source. `died_on` is the latest instant of the day of death."""

    person_id: str
    sex: Literal["female", "male", "other", "unknown"] = "unknown"
    born_on: Instant | None = None
    born_on_latest: Instant | None = None
    died_on: Instant | None = None
    is_dead: bool = False
    centre_id: str | None = None


class Fact(msgspec.Struct, frozen=True, gc=False):
    """One dated statement about one person, in the canonical unit of its concept.

    Write the fields by name. The readers of many rows give them in this order, which
    is four times as fast.
    """

    fact_id: int
    person_id: str
    concept: str
    start_from: Instant
    start_at: Instant
    known_at: Instant
    present: Present = "yes"
    low: float | None = None
    high: float | None = None
    ref_low: float | None = None
    ref_high: float | None = None
    interpretation: str | None = None
    end_from: Instant | None = None
    end_at: Instant | None = None
    is_known_at_assumed: bool = False
    status: str | None = None
    body_site: str | None = None
    side: str | None = None
    route: str | None = None
    dose_per_day: float | None = None
    dose_unit: str | None = None
    lesion_id: str | None = None
    matched_by: Literal["code", "text", "structure"] = "code"
    is_query: bool = False
    """Plausible, yet far from the person's own series: shown with a mark."""
    source: str = ""
    source_id: str = ""
    original: str | None = None
    """Value, unit and words as the source gave them, for display."""


class Observed(msgspec.Struct, frozen=True, kw_only=True):
    """A span for which a source speaks about one domain of one person."""

    person_id: str
    domain: str
    from_at: Instant
    to_at: Instant
    with_history: bool = False


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """A text about one person. Notes are kept and shown, not judged."""

    note_id: str
    person_id: str
    written_at: Instant
    known_at: Instant
    language: str
    kind: str
    text: str


class SetAside(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the ledger: an item, or a part of a used item, that was not used.

    `reason` is an id of `knowledge/wording` (`set_aside.<reason>`). `path` names
    the place inside the item and never holds a value. `is_part` marks a part lost
    from an item that was otherwise used.
    """

    source: str
    item: str
    path: str
    reason: str
    count: int = 1
    is_part: bool = False


class PatientRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the record holds on one person. `facts` are in FACT_ORDER."""

    person: Person
    facts: tuple[Fact, ...] = ()
    observed: tuple[Observed, ...] = ()
    notes: tuple[Note, ...] = ()

    def by_concept(self) -> Iterator[tuple[str, list[Fact]]]:
        """Runs of facts of one concept, in order."""
        run: list[Fact] = []
        for fact in self.facts:
            if run and run[-1].concept != fact.concept:
                yield run[-1].concept, run
                run = []
            run.append(fact)
        if run:
            yield run[-1].concept, run
