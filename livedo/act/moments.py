"""The moments of a history at which an answer can change: a fact known, or a window closed.

Facts are taken day by day. Between two of them the answers are compared at both
ends; where they differ, time alone changed them, and the day is searched for.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator
from typing import NamedTuple

from livedo.act.dates_in_words import DateWords
from livedo.act.precedence import Standing
from livedo.assess.answer import Judgement, Status
from livedo.instants import DAY
from livedo.record.tables import Instant, PatientRecord

MOST_MOMENTS = 2_000
MOST_FACTS_JUDGED = 3_000_000
"""The work one replay may do: facts times moments judged. Beyond it, moments are folded."""


class Step(NamedTuple):
    """What was answered at one moment."""

    at: Instant
    judgement: Judgement
    place: Standing

    def says_the_same(self, other: Step) -> bool:
        """Whether state, certainty and every yes and unknown are the same."""
        if (self.place.state, self.place.certainty) != (other.place.state, other.place.certainty):
            return False
        return self.place.yes == other.place.yes and self._lost(other) == ()

    def _lost(self, other: Step) -> tuple[str, ...]:
        """Rules that said yes here and can no longer be told there."""
        answers = other.judgement.answers
        return tuple(id for id in self.place.yes if answers[id].status is Status.UNKNOWN)


class Moments:
    """Walks through one person's history."""

    def __init__(
        self,
        record: PatientRecord,
        until: Instant,
        dates: DateWords,
        judge: Callable[[Instant], Step],
    ) -> None:
        self.record = record
        self.until = until
        self.dates = dates
        self._judge = judge
        self._left = max(1, min(MOST_MOMENTS, MOST_FACTS_JUDGED // max(1, len(record.facts))))
        self.folded = 0
        every = sorted({f.known_at for f in record.facts if f.known_at <= until})
        self._every = every
        self.known = self._folded(self._days())
        self._known = frozenset(self.known)

    def _days(self) -> list[Instant]:
        """The last moment of each local day on which something became known."""
        return list({self.dates.local_day(moment): moment for moment in self._every}.values())

    def _folded(self, days: list[Instant]) -> list[Instant]:
        """At most so many moments as the work allows, the last always among them."""
        if len(days) <= self._left:
            return days
        step = -(-len(days) // self._left)
        kept = days[::-1][::step][::-1]
        self.folded = len(days) - len(kept)
        return kept

    def steps(self) -> Iterator[Step]:
        """Every moment at which something became known or time alone changed an answer."""
        self._left -= len(self.known)
        for moment in self.known:
            now = self._judge(moment)
            yield now
            yield from self._by_time(now, self._nothing_new_until(moment))

    def _nothing_new_until(self, moment: Instant) -> Instant:
        """The last moment before anything else became known."""
        following = bisect.bisect_right(self._every, moment)
        return self._every[following] - 1 if following < len(self._every) else self.until

    def _by_time(self, now: Step, end: Instant) -> Iterator[Step]:
        """What time alone changes up to a moment at which nothing new is known yet."""
        while end - now.at >= DAY:
            if self._left <= 0:
                self.folded += 1
                return
            last = self._spend(end)
            if now.says_the_same(last):
                return
            now = self._first_change(now, last)
            yield now

    def _first_change(self, start: Step, last: Step) -> Step:
        """The first day whose answers differ from those at the start."""
        same, changed = 0, -(-(last.at - start.at) // DAY)
        found = last
        while changed - same > 1 and self._left > 0:
            middle = (same + changed) // 2
            step = self._spend(start.at + middle * DAY)
            if start.says_the_same(step):
                same = middle
            else:
                changed, found = middle, step
        return found

    def _spend(self, moment: Instant) -> Step:
        self._left -= 1
        return self._judge(moment)

    def is_by_time_alone(self, moment: Instant) -> bool:
        """Whether nothing became known at this moment."""
        return moment not in self._known

    def text(self, moment: Instant) -> str:
        """The date of a moment as precisely as what became known then: "Dec 2007"."""
        begins = [
            fact.start_from
            for fact in self.record.facts
            if fact.known_at == fact.start_at == moment and fact.start_from < moment
        ]
        return self.dates.span(max(begins), moment) if begins else self.dates.full(moment)
