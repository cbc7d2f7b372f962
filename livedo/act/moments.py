"""The moments of a history at which an answer can change: a fact known, or a window closed."""

from __future__ import annotations

from collections.abc import Iterator

from livedo.act.dates_in_words import DateWords
from livedo.assess.outlook import Validity
from livedo.record.tables import Instant, PatientRecord

MOST_MOMENTS = 600
MOST_FACTS_JUDGED = 3_000_000
"""The work one replay may do: facts times moments. Beyond it, moments are folded."""


class Moments:
    """The moments of one person's history, in order; those of one local day are one."""

    def __init__(self, record: PatientRecord, until: Instant, dates: DateWords) -> None:
        self.record = record
        self.until = until
        self.dates = dates
        self.known = self._days()
        self.budget = max(1, min(MOST_MOMENTS, MOST_FACTS_JUDGED // max(1, len(record.facts))))
        self.folded = 0

    def _days(self) -> list[Instant]:
        """The last moment of each local day on which something became known."""
        newest: dict[object, Instant] = {}
        for fact in self.record.facts:
            if fact.known_at <= self.until:
                day = self.dates.local_day(fact.known_at)
                newest[day] = max(newest.get(day, fact.known_at), fact.known_at)
        return sorted(newest.values())

    def each(self, validity: Validity) -> Iterator[Instant]:
        """Every moment to judge at; windows that close between are taken as far as work allows."""
        known = self._folded(self.known)
        left = self.budget - len(known)
        for at, moment in enumerate(known):
            yield moment
            end = known[at + 1] if at + 1 < len(known) else self.until + 1
            for closing in self._closings(moment, end, validity):
                if left <= 0:
                    self.folded += 1
                    break
                left -= 1
                yield closing

    def _closings(self, start: Instant, end: Instant, validity: Validity) -> Iterator[Instant]:
        """Moments between two known ones at which time alone can change an answer."""
        moment = start
        while True:
            upcoming = validity.good_until(self.record, moment)
            if upcoming is None or upcoming >= end:
                return
            moment = upcoming
            yield moment

    def _folded(self, known: list[Instant]) -> list[Instant]:
        """At most the budget of moments, the last always among them."""
        if len(known) <= self.budget:
            return known
        step = -(-len(known) // self.budget)
        kept = known[::-1][::step][::-1]
        self.folded += len(known) - len(kept)
        return kept

    def text(self, moment: Instant) -> str:
        """The date of a moment as precisely as what became known then: "Dec 2007"."""
        begins = [
            fact.start_from
            for fact in self.record.facts
            if fact.known_at == fact.start_at == moment and fact.start_from < moment
        ]
        return self.dates.span(max(begins), moment) if begins else self.dates.full(moment)
