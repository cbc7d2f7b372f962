"""One person's history, date by date: what changed and why.

Each line uses only what could be known at its moment; a month stays a month.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from livedo.act.facts_in_words import FactWords
from livedo.act.moments import Moments, Step
from livedo.act.page import load_page
from livedo.act.precedence import standing
from livedo.act.quantities_in_words import as_units
from livedo.act.reasons import facts_by_reference
from livedo.act.result import Replay, ReplayLine
from livedo.act.rows import Engine, Rows
from livedo.act.turns import Told, Turns, alarms
from livedo.record.tables import Instant, PatientRecord

Progress = Callable[[int, int | None], None]

TEXTS_A_LINE = 6


def replay(
    record: PatientRecord,
    engine: Engine,
    as_of: Instant,
    lang: str = "en",
    units: str = "si",
    *,
    time_zone: str = "UTC",
    progress: Progress | None = None,
) -> Replay:
    """The dated lines of one person's history up to `as_of`."""
    words = FactWords(engine.knowledge, lang, as_units(units), time_zone)
    return Historian(engine, words).history(record, as_of, progress)


class Historian:
    """Replays one person after the other."""

    def __init__(self, engine: Engine, words: FactWords) -> None:
        self.words = words
        self.rows = Rows(engine, words)
        also = ((alarm.rule, alarm.unless) for alarm in alarms(self.rows.book))
        alarm_rules = (rule for pair in also for rule in pair if rule is not None)
        self._asked = tuple(dict.fromkeys((*self.rows.book.screening, *alarm_rules)))
        levels = load_page().certainty
        self._suspicion = frozenset(level.id for level in levels if level.is_suspicion)
        self._possible = frozenset(level.id for level in levels)

    def history(
        self, record: PatientRecord, as_of: Instant, progress: Progress | None = None
    ) -> Replay:
        """The lines of one person."""
        moments = Moments(record, as_of, self.words.dates, lambda at: self._step(record, at))
        turns = Turns(self.rows, record, facts_by_reference(record))
        steps: list[Step | None] = [None]
        lines = []
        first: dict[str, Instant] = {}
        for count, now in enumerate(moments.steps(), start=1):
            line = self._line(steps[-1], now, turns, moments)
            if line is not None:
                lines.append(line)
            first.setdefault(now.place.certainty, now.at)
            steps = [now]
            if progress is not None:
                progress(count, None)
        return self._replay(record, as_of, lines, moments, first)

    def _step(self, record: PatientRecord, at: Instant) -> Step:
        judgement = self.rows.engine.judge(record, at, self._asked)
        return Step(at, judgement, standing(judgement, self.rows.book))

    def _replay(
        self,
        record: PatientRecord,
        as_of: Instant,
        lines: list[ReplayLine],
        moments: Moments,
        first: dict[str, Instant],
    ) -> Replay:
        suspicion = _earliest(first, self._suspicion)
        return Replay(
            person_id=record.person.person_id,
            title=self.rows.title(record.person, as_of),
            lang=self.words.lang,
            knowledge=self.words.knowledge.version,
            lines=tuple(lines),
            first_suspicion_at=suspicion,
            first_suspicion_on="" if suspicion is None else moments.text(suspicion),
            summary=tuple(self._summary(moments, suspicion, _earliest(first, self._possible))),
            moments=len(moments.known),
            folded=moments.folded,
        )

    def _line(
        self, before: Step | None, now: Step, turns: Turns, moments: Moments
    ) -> ReplayLine | None:
        told = turns.between(before, now)
        is_state_new = before is None or before.place.state != now.place.state
        if not told and not is_state_new and not self._is_surer(before, now):
            return None
        shown = told[:TEXTS_A_LINE]
        return ReplayLine(
            at=now.at,
            on=moments.text(now.at),
            state=now.place.state,
            state_text=self.rows.state_text(now.place.state),
            certainty_text=self.words.text(f"certainty.{now.place.certainty}"),
            is_state_new=is_state_new,
            signs=tuple(one.mark for one in shown),
            texts=self._texts(shown, len(told)),
            rules=tuple(one.rule for one in told),
            claims=tuple(dict.fromkeys(claim for one in shown for claim in one.claims)),
            by_time_alone=moments.is_by_time_alone(now.at),
        )

    def _texts(self, shown: list[Told], count: int) -> tuple[str, ...]:
        texts = [one.text for one in shown]
        more = count - len(shown)
        if more > 0:
            texts[-1] = self.words.text("and_more", what=texts[-1], count=more)
        return tuple(texts)

    def _is_surer(self, before: Step | None, now: Step) -> bool:
        """Whether the word for certainty changed, and one of the two held a suspicion."""
        was = before.place.certainty if before is not None else ""
        words = {was, now.place.certainty}
        return len(words) > 1 and not words.isdisjoint(self._possible)

    def _summary(
        self, moments: Moments, suspicion: Instant | None, possible: Instant | None
    ) -> Iterator[str]:
        if suspicion is not None:
            yield self.words.text("replay.first_suspicion", on=moments.text(suspicion))
        elif possible is not None:
            yield self.words.text("replay.first_possible", on=moments.text(possible))
        else:
            yield self.words.text("replay.no_suspicion")
        yield self.words.text("replay.known_later")


def _earliest(first: dict[str, Instant], words: frozenset[str]) -> Instant | None:
    return min((at for word, at in first.items() if word in words), default=None)
