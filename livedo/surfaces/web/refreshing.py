"""The list is judged anew when a day begins and when the record was replaced."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from livedo.errors import LivedoError
from livedo.surfaces.web.service import Service
from livedo.surfaces.web.ward import Ward

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 60.0


class Refresher:
    """Looks every minute, in a thread; until it is done the pages show the list before."""

    def __init__(
        self, service: Service, ward: Ward, take_up: Callable[[], object] = lambda: None
    ) -> None:
        self.service = service
        self.ward = ward
        self.take_up = take_up
        """Takes up what a steward changed in another process."""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="livedo-refresh", daemon=True)

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def stop(self) -> None:
        """Ends with the look that is going on."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> bool:
        """Judges everybody anew if there is a reason, and says whether there was."""
        self.take_up()
        if not (self.service.record_changed() or self.ward.is_of_another_day):
            return False
        self.ward.judge_everybody()
        self.ward.word_the_first()
        return True

    def _run(self) -> None:
        while not self._stop.wait(LOOK_EVERY_SECONDS):
            try:
                self.look()
            except (LivedoError, OSError) as error:
                # The list before stays, with its moment on every page. The error may name a place
                # on this machine, so only its kind is logged.
                log.warning("the list could not be judged anew: %s", type(error).__name__)
