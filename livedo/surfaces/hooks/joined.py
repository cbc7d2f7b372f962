"""The hooks joined to an installation: its people, what was entered, its store of feedback."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec

from livedo.decisions.entries import Entry, NewEntry
from livedo.decisions.entries import Feedback as FeedbackBody
from livedo.decisions.facts import with_entries
from livedo.knowledge.load import Knowledge
from livedo.record.tables import PatientRecord
from livedo.surfaces.hooks.feedback import Outcome
from livedo.surfaces.hooks.service import Answered, Clock, HookService
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


class Installation(Protocol):
    """What the hooks need of the service behind the pages."""

    @property
    def knowledge(self) -> Knowledge:
        """The knowledge in force, with what a steward changed."""

    @property
    def clock(self) -> Clock:
        """The time of the server."""

    @property
    def store(self) -> Store:
        """What people entered."""

    def link_of(self, person_id: str) -> str:
        """The address of a person: stable, and it tells nothing."""

    def person_ids(self) -> Iterable[str]:
        """Everybody in the record."""


class JoinedHooks(HookService):
    """The hooks of an installation; a change of its knowledge counts at the next call.

    What was entered about a person counts, and cards link to a page, only where the
    settings say that the record system's patients are the people of the record.
    """

    def __init__(self, installation: Installation, settings: HookSettings) -> None:
        self._installation = installation
        self._changing = threading.Lock()
        super().__init__(
            settings,
            installation.clock,
            knowledge=installation.knowledge,
            page_of=self._page,
            entered=self._with_entered,
            outcomes=StoredOutcomes(installation.store),
        )

    def call(self, service_id: str, body: bytes, lang: str | None = None) -> Answered:
        """The answer to one call, by the knowledge in force."""
        if self._installation.knowledge is not self.knowledge:
            with self._changing:
                if self._installation.knowledge is not self.knowledge:
                    self.knowledge_changed(self._installation.knowledge)
        return super().call(service_id, body, lang)

    @functools.cached_property
    def _people(self) -> frozenset[str]:
        return frozenset(self._installation.person_ids())

    def _page(self, person_id: str) -> str | None:
        if not self.settings.base_url or person_id not in self._people:
            return None
        return f"{self.settings.base_url}/patients/{self._installation.link_of(person_id)}"

    def _with_entered(self, record: PatientRecord) -> PatientRecord:
        entries = self._installation.store.of_person(record.person.person_id)
        if not entries:
            return record
        zone = self.settings.time_zone
        return with_entries(record, entries, self.knowledge.vocabulary, time_zone=zone)
