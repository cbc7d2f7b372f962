"""The hooks joined to an installation: its people, what was entered, its store of feedback."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import msgspec

from livedo.decisions.entries import Entry, NewEntry
from livedo.decisions.entries import Feedback as FeedbackBody
from livedo.decisions.facts import with_entries
from livedo.knowledge.load import Knowledge
from livedo.record.tables import PatientRecord
from livedo.surfaces.hooks.feedback import Outcome
from livedo.surfaces.hooks.service import Clock, HookService
from livedo.surfaces.hooks.settings import HookSettings

ENTERED_BY = "hooks"


class Store(Protocol):
    """What the hooks need of the store of decisions."""

    def add(self, entries: Sequence[NewEntry]) -> list[Entry]:
        """Keeps entries; durable when it returns."""

    def of_person(self, person_id: str) -> list[Entry]:
        """What was entered about one person."""

    def of_kind(self, *kinds: str) -> list[Entry]:
        """Every entry of these kinds."""


class StoredOutcomes:
    """Outcomes of cards as entries of kind `feedback`."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def keep(self, outcomes: Sequence[Outcome]) -> None:
        """One transaction; an outcome kept before stays as it is."""
        self.store.add([_entry(outcome) for outcome in _once(outcomes)])

    def kept(self) -> Iterable[Outcome]:
        """Everything kept so far."""
        for entry in self.store.of_kind("feedback"):
            if isinstance(entry.body, FeedbackBody):
                yield Outcome(**msgspec.structs.asdict(entry.body))


def _once(outcomes: Sequence[Outcome]) -> Iterable[Outcome]:
    return {outcome.entry_id: outcome for outcome in outcomes}.values()


def _entry(outcome: Outcome) -> NewEntry:
    return NewEntry(
        entry_id=outcome.entry_id,
        person_id=None,
        kind="feedback",
        entered_at=outcome.at or 0,
        entered_by=ENTERED_BY,
        body=FeedbackBody(**msgspec.structs.asdict(outcome)),
    )


def joined_hooks(
    settings: HookSettings,
    knowledge: Knowledge,
    clock: Clock,
    store: Store,
    page_of: Callable[[str], str | None],
) -> HookService:
    """The hooks of an installation with a store.

    What was entered about a person counts, and cards link to a page, only where the
    settings say that the record system's patients are the people of the record.
    """

    def entered(record: PatientRecord) -> PatientRecord:
        entries = store.of_person(record.person.person_id)
        if not entries:
            return record
        zone = settings.time_zone
        return with_entries(record, entries, knowledge.vocabulary, time_zone=zone)

    return HookService(
        settings,
        clock,
        knowledge=knowledge,
        page_of=page_of,
        entered=entered,
        outcomes=StoredOutcomes(store),
    )
