"""What the pages ask: one record, one engine, one store of entries, one clock."""

from __future__ import annotations

import functools
import hashlib
import hmac
import threading
from collections.abc import Iterable, Sequence

from livedo.act.explanation import Explainer
from livedo.act.facts_in_words import FactWords
from livedo.act.quantities_in_words import as_units
from livedo.act.result import Explanation
from livedo.assess.engine_python import PythonEngine
from livedo.errors import PersonUnknown
from livedo.knowledge.load import Knowledge
from livedo.record.store import Record
from livedo.record.tables import Instant, PatientRecord
from livedo.surfaces.web.clock import Clock
from livedo.surfaces.web.preferences import Preferences

LINK_DIGITS = 20


class Service:
    """One dialysis programme, as the pages see it. Safe for several threads."""

    def __init__(self, record: Record, knowledge: Knowledge, clock: Clock, link_key: bytes) -> None:
        self.record = record
        self.clock = clock
        self.lock = threading.RLock()
        """Held while a patient is read or judged: the files and the engine have one reader."""
        self._link_key = link_key
        self.judged_at = clock.now()
        self.knowledge_changed(knowledge)

    def knowledge_changed(self, knowledge: Knowledge) -> None:
        """Judges by this knowledge from now on."""
        with self.lock:
            self.knowledge = knowledge
            self.engine = PythonEngine(knowledge)
            self._explainers: dict[tuple[str, str], Explainer] = {}

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

    def patient(self, person_id: str) -> PatientRecord:
        """Everything known of a person: the record and what was entered."""
        with self.lock:
            return self.record.patient(person_id)

    def moment_of(self, person_id: str) -> Instant:
        """The moment at which a person is judged: that of the worklist, or of what was entered
        about them since."""
        return self.judged_at

    # -- answers -------------------------------------------------------------------------

    def explanation(
        self, person_id: str, reader: Preferences, as_of: Instant | None = None
    ) -> Explanation:
        """Everything about one person, in the reader's words."""
        moment = self.moment_of(person_id) if as_of is None else as_of
        with self.lock:
            return self._explainer(reader).explanation(self.patient(person_id), moment)

    def _explainer(self, reader: Preferences) -> Explainer:
        key = (reader.lang, reader.units)
        if key not in self._explainers:
            units = as_units(reader.units, beside=True)
            words = FactWords(self.knowledge, reader.lang, units, self.time_zone)
            self._explainers[key] = Explainer(self.engine, words, reader.units)
        return self._explainers[key]

    def months(self, lang: str) -> Sequence[str]:
        """The short names of the months."""
        wording = self.knowledge.wording(lang)
        return [wording.text(f"act.month.{number}") for number in range(1, 13)]
