"""Judges people who are in no record, beside the pages and never in their way.

The pages have an engine of their own, so that a large document does not hold up a page; and only
a few documents are worked on at once, so that a flood of them is refused quickly.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from livedo.act.result import Explanation
from livedo.assess.engine_python import PythonEngine
from livedo.record.tables import Instant, PatientRecord
from livedo.surfaces.web.document_refusals import Refusal
from livedo.surfaces.web.explainers import Explainers
from livedo.surfaces.web.preferences import Preferences
from livedo.surfaces.web.service import Service

MOST_AT_ONCE = 8


class Assessor:
    """Judges documents by the knowledge that the service has at that moment."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._lock = threading.Lock()
        self._explainers: Explainers | None = None

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place among those worked on.

        Raises:
            Refusal: 503, all places are taken; nothing waits.
        """
        if not self._places.acquire(blocking=False):
            raise Refusal(
                503,
                f"{MOST_AT_ONCE} documents are being judged, and no more at once.",
                still_works="the pages",
                next_step="send it again in a few seconds",
            )
        try:
            yield
        finally:
            self._places.release()

    def explained(self, patient: PatientRecord, reader: Preferences, as_of: Instant) -> Explanation:
        """Everything about somebody, in the reader's words."""
        with self._lock:
            return self._current().of(reader).explanation(patient, as_of)

    def _current(self) -> Explainers:
        """Those of the knowledge that the service has now."""
        knowledge, time_zone = self.service.knowledge, self.service.time_zone
        if self._explainers is None or self._explainers.knowledge is not knowledge:
            self._explainers = Explainers(knowledge, PythonEngine(knowledge), time_zone)
        return self._explainers
