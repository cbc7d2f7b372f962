"""Pages about the knowledge, made once a version, language and choice of units."""

from __future__ import annotations

import threading
from typing import Any

from starlette.requests import Request

from livedo.act.facts_in_words import FactWords
from livedo.act.quantities_in_words import as_units
from livedo.surfaces.claim_pages import ClaimPages
from livedo.surfaces.rule_pages import RulePages
from livedo.surfaces.web.centre import Centre
from livedo.surfaces.web.pages import reader_of
from livedo.surfaces.web.preferences import Preferences
from livedo.surfaces.web.service import Service


class Shelves:
    """The pages of the knowledge that the service judges by now."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._lock = threading.Lock()
        self._made: dict[tuple[str, str, str, str], Any] = {}
        self._version = ""

    def rules(self, reader: Preferences) -> RulePages:
        """The pages about rules, for one reader."""
        made: RulePages = self._of("rules", reader)
        return made

    def claims(self, reader: Preferences) -> ClaimPages:
        """The pages about statements, for one reader."""
        made: ClaimPages = self._of("claims", reader)
        return made

    def _of(self, what: str, reader: Preferences) -> Any:
        service = self.service
        with service.lock:
            knowledge, engine = service.knowledge, service.engine
        key = (what, knowledge.version, reader.lang, reader.units)
        with self._lock:
            if self._version != knowledge.version:
                # What a centre changed is on these pages: none of an older version is kept.
                self._version = knowledge.version
                self._made.clear()
            if key not in self._made:
                units = as_units(reader.units, beside=True)
                words = FactWords(knowledge, reader.lang, units, service.time_zone)
                self._made[key] = (
                    RulePages(engine, knowledge, words)
                    if what == "rules"
                    else ClaimPages(knowledge, words)
                )
            return self._made[key]


def shelves_of(request: Request) -> Shelves:
    """The pages about the knowledge."""
    shelves: Shelves = request.app.state.shelves
    return shelves


def rule_pages_of(request: Request) -> RulePages:
    """The pages about rules, for this reader."""
    return shelves_of(request).rules(reader_of(request))


def claim_pages_of(request: Request) -> ClaimPages:
    """The pages about statements, for this reader."""
    return shelves_of(request).claims(reader_of(request))


def centre_of(request: Request) -> Centre:
    """The centre's own numbers."""
    centre: Centre = request.app.state.centre
    return centre
