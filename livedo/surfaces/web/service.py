"""What the pages ask: one record, one engine, one store of entries, one clock."""

from __future__ import annotations

import functools
import hashlib
import hmac
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import cast

from livedo.act.result import Explanation
from livedo.assess.engine_python import PythonEngine
from livedo.decisions.entries import Body, Entry, Kind, NewEntry, Undone, kind_of, standing
from livedo.decisions.facts import with_entries
from livedo.decisions.store import DecisionStore
from livedo.errors import PersonUnknown
from livedo.knowledge.load import Knowledge
from livedo.record.store import Record, open_record
from livedo.record.tables import Instant, PatientRecord
from livedo.sources.roster import Roster, read_roster
from livedo.surfaces.web.clock import Clock
from livedo.surfaces.web.explainers import Explainers
from livedo.surfaces.web.gate import User
from livedo.surfaces.web.preferences import Preferences

LINK_DIGITS = 20
NO_ROSTER = Roster()
LINKS = "links"
"""The store's secret from which the addresses of people are made."""


class Service:
    """One dialysis programme, as the pages see it. Safe for several threads."""

    def __init__(
        self,
        record: Record,
        knowledge: Knowledge,
        clock: Clock,
        store: DecisionStore,
        roster_path: Path | None = None,
    ) -> None:
        self.record = record
        self.roster_path = roster_path
        self.roster = NO_ROSTER
        if roster_path is not None:
            self.roster = read_roster(roster_path, record.person_ids())
        self.clock = clock
        self.store = store
        self.lock = threading.RLock()
        """Held while a patient is read or judged: the files and the engine have one reader."""
        self._link_key = store.secret(LINKS)
        self._when_entered: list[Callable[[str], None]] = []
        self.judged_at = clock.now()
        self.knowledge_changed(knowledge)

    def close(self) -> None:
        """Lets go of the store."""
        self.store.close()

    def knowledge_changed(self, knowledge: Knowledge) -> None:
        """Judges by this knowledge from now on."""
        with self.lock:
            self.knowledge = knowledge
            self.engine = PythonEngine(knowledge)
            self._explainers = Explainers(knowledge, self.engine, self.time_zone)

    def record_changed(self) -> bool:
        """Opens the record anew if it was replaced since, and says whether it was."""
        newest = open_record(self.record.path)
        if newest.manifest == self.record.manifest:
            return False
        with self.lock:
            self.record = newest
            for name in ("_people", "_centres", "units", "one_of_each_seat"):
                self.__dict__.pop(name, None)
            if self.roster_path is not None:
                self.roster = read_roster(self.roster_path, newest.person_ids())
        return True

    @property
    def time_zone(self) -> str:
        """Where the patients are."""
        return self.record.manifest.time_zone

    @property
    def is_invented(self) -> bool:
        """Whether every person of the record is invented."""
        return self.record.manifest.is_invented

    # -- people --------------------------------------------------------------------------

    @functools.cached_property
    def _people(self) -> dict[str, str]:
        return {self.link_of(person_id): person_id for person_id in self.record.person_ids()}

    def link_of(self, person_id: str) -> str:
        """The address of a person: stable, and it tells nothing."""
        digest = hmac.new(self._link_key, person_id.encode(), hashlib.sha256)
        return digest.hexdigest()[:LINK_DIGITS]

    def person_of(self, link: str) -> str:
        """The person at an address.

        Raises:
            PersonUnknown: nobody has this address.
        """
        try:
            return self._people[link]
        except KeyError:
            raise PersonUnknown(
                "Nobody in this record has this address",
                still_works="the worklist names everybody who is listed",
                next_step="open the patient from the worklist",
            ) from None

    def person_ids(self) -> Iterable[str]:
        """Everybody in the record."""
        return self._people.values()

    @functools.cached_property
    def _centres(self) -> dict[str, str | None]:
        return self.record.centre_ids()

    @functools.cached_property
    def units(self) -> frozenset[str]:
        """The dialysis units of the roster; without one, the centres of the record."""
        return frozenset(filter(None, (self.unit_of(id) for id in self.person_ids())))

    @functools.cached_property
    def one_of_each_seat(self) -> tuple[str, ...]:
        """One person of each unit and shift: enough to offer them as a choice."""
        found: dict[tuple[str | None, ...], str] = {}
        for person_id in self.person_ids():
            seat = self.roster.seat_of(person_id)
            found.setdefault((self.unit_of(person_id), seat.days, seat.time), person_id)
        return tuple(found.values())

    def unit_of(self, person_id: str) -> str:
        """The dialysis unit of a person, or the centre where the roster names none."""
        unit = self.roster.seat_of(person_id).dialysis_unit
        return unit or self._centres.get(person_id) or ""

    def patient(self, person_id: str) -> PatientRecord:
        """Everything known of a person: the record and what was entered."""
        with self.lock:
            record = self.record.patient(person_id)
        entries = self.entries(person_id)
        vocabulary = self.knowledge.vocabulary
        return with_entries(record, entries, vocabulary, time_zone=self.time_zone)

    def moment_of(self, person_id: str) -> Instant:
        """The moment at which a person is judged: that of the worklist, or of what was entered
        about them since."""
        entries = self.entries(person_id)
        return max((self.judged_at, *(entry.entered_at for entry in entries)))

    # -- what people enter ---------------------------------------------------------------

    def when_entered(self, told: Callable[[str], None]) -> None:
        """Asks to be told of each person about whom something was entered or undone."""
        self._when_entered.append(told)

    def entries(self, person_id: str) -> list[Entry]:
        """Everything entered about a person, oldest first, undone entries too."""
        return self.store.of_person(person_id)

    def entered(self, person_id: str) -> list[Entry]:
        """What was entered about a person and stands, oldest first."""
        return standing(self.entries(person_id))

    def enter(self, person_id: str, body: Body, user: User, entry_id: str) -> Entry:
        """Keeps what somebody entered about a person; it counts in the next answer.

        The page gives each form its `entry_id`, so that a double tap or a form sent again
        is the entry that is kept already. The same form sent with other content (the browser
        went back to it) is an entry of its own.

        Raises:
            EntryInvalid: something impossible; nothing was kept.
        """
        return self._keep(person_id, body, user, entry_id, None)

    def undo(self, person_id: str, undoes: str, user: User, entry_id: str) -> Entry:
        """Sets an entry about a person aside; both stay in the history.

        Raises:
            EntryInvalid: there is no such entry about this person.
        """
        return self._keep(person_id, Undone(), user, entry_id, undoes)

    def _keep(
        self, person_id: str, body: Body, user: User, entry_id: str, undoes: str | None
    ) -> Entry:
        with self.lock:
            entries = self.entries(person_id)
            kept = same_again(entries, entry_id, body, undoes)
            if kept is None:
                newest = max((entry.entered_at for entry in entries), default=0)
                entry = NewEntry(
                    entry_id=own_id(entries, entry_id),
                    person_id=person_id,
                    kind=cast(Kind, kind_of(body)),
                    # Of two entries the later one counts, within one second too.
                    entered_at=max(self.clock.now(), newest + 1),
                    entered_by=user.label or user.name,
                    body=body,
                    undoes=undoes,
                )
                (kept,) = self.store.add([entry])
        for told in self._when_entered:
            told(person_id)
        return kept

    # -- answers -------------------------------------------------------------------------

    def explanation(
        self, person_id: str, reader: Preferences, as_of: Instant | None = None
    ) -> Explanation:
        """Everything about one person, in the reader's words."""
        moment = self.moment_of(person_id) if as_of is None else as_of
        with self.lock:
            return self._explainers.of(reader).explanation(self.patient(person_id), moment)

    def months(self, lang: str) -> Sequence[str]:
        """The short names of the months."""
        wording = self.knowledge.wording(lang)
        return [wording.text(f"act.month.{number}") for number in range(1, 13)]


def _of_form(entries: Iterable[Entry], entry_id: str) -> list[Entry]:
    """What one form has become so far: its first entry, and those after the browser went back."""
    return [e for e in entries if e.entry_id.partition("~")[0] == entry_id]


def same_again(
    entries: Sequence[Entry], entry_id: str, body: Body, undoes: str | None
) -> Entry | None:
    """The entry that this form has made already, if it says the same and still stands."""
    made = _of_form(entries, entry_id)
    undone = {entry.undoes for entry in entries}
    if made and made[-1].entry_id not in undone:
        is_same = made[-1].body == body and made[-1].undoes == undoes
        return made[-1] if is_same else None
    return None


def own_id(entries: Sequence[Entry], entry_id: str) -> str:
    """The id of the form, or one made from it where the form has made an entry before."""
    made = _of_form(entries, entry_id)
    return f"{entry_id}~{len(made)}" if made else entry_id
