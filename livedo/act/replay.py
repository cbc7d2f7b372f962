"""One person's history, date by date: what changed and why.

Each line uses only what could be known at its moment; a month stays a month.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from livedo.act.facts_in_words import FactWords
from livedo.act.moments import Moments
from livedo.act.page import Remark, load_page
from livedo.act.precedence import Standing, standing
from livedo.act.quantities_in_words import as_units
from livedo.act.reasons import facts_by_reference
from livedo.act.result import Replay, ReplayLine
from livedo.act.rows import Engine, Rows
from livedo.assess.answer import Answer, Judgement, Status
from livedo.assess.outlook import Validity
from livedo.assess.terms import Terms
from livedo.record.tables import Fact, Instant, PatientRecord

Progress = Callable[[int, int | None], None]
Mark = Literal["+", "-", "?", "!", "="]

TEXTS_A_LINE = 6
CONTEXT = "context"
"""Grade of what is noted without being a reason."""


class Told(NamedTuple):
    """One text of a line."""

    mark: Mark
    text: str
    rule: str
    claims: tuple[str, ...]


class Step(NamedTuple):
    """What was answered at one moment."""

    at: Instant
    judgement: Judgement
    place: Standing


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
        self.book = self.rows.book
        self.page = load_page()
        conditions = [self.book.rules[id].when for id in self.book.screening]
        self._validity = Validity(conditions, Terms(words.knowledge.vocabulary))
        self._suspicion = {level.id for level in self.page.certainty if level.is_suspicion}
        self._possible = {level.id for level in self.page.certainty}

    def history(
        self, record: PatientRecord, as_of: Instant, progress: Progress | None = None
    ) -> Replay:
        """The lines of one person."""
        moments = Moments(record, as_of, self.words.dates)
        facts = facts_by_reference(record)
        lines: list[ReplayLine] = []
        steps = 0
        first_suspicion: Instant | None = None
        first_possible: Instant | None = None
        for steps, (before, now) in enumerate(self._steps(record, moments), start=1):
            line = self._line(before, now, record, facts, moments)
            if line is not None:
                lines.append(line)
            if first_suspicion is None and now.place.certainty in self._suspicion:
                first_suspicion = now.at
            if first_possible is None and now.place.certainty in self._possible:
                first_possible = now.at
            if progress is not None:
                progress(steps, None)
        return self._replay(record, as_of, lines, moments, first_suspicion, first_possible, steps)

    def _replay(
        self,
        record: PatientRecord,
        as_of: Instant,
        lines: list[ReplayLine],
        moments: Moments,
        first_suspicion: Instant | None,
        first_possible: Instant | None,
        steps: int,
    ) -> Replay:
        on = "" if first_suspicion is None else moments.text(first_suspicion)
        return Replay(
            person_id=record.person.person_id,
            title=self.rows.title(record.person, as_of),
            lang=self.words.lang,
            knowledge=self.words.knowledge.version,
            lines=tuple(lines),
            first_suspicion_at=first_suspicion,
            first_suspicion_on=on,
            summary=tuple(self._summary(moments, first_suspicion, first_possible)),
            moments=steps,
            folded=moments.folded,
        )

    def _steps(
        self, record: PatientRecord, moments: Moments
    ) -> Iterator[tuple[Step | None, Step]]:
        before: Step | None = None
        for at in moments.each(self._validity):
            judgement = self.rows.judge(record, at)
            now = Step(at, judgement, standing(judgement, self.book))
            yield before, now
            before = now

    # -- one line ------------------------------------------------------------------------

    def _line(
        self,
        before: Step | None,
        now: Step,
        record: PatientRecord,
        facts: dict[str, Fact],
        moments: Moments,
    ) -> ReplayLine | None:
        told = [*self._changes(before, now, facts), *self._remarks(before, now, record)]
        is_state_new = before is None or before.place.state != now.place.state
        is_surer = before is None or before.place.certainty != now.place.certainty
        if not told and not is_state_new and not (is_surer and self._speaks(before, now)):
            return None
        shown = told[:TEXTS_A_LINE]
        texts = [one.text for one in shown]
        if len(told) > TEXTS_A_LINE:
            more = len(told) - TEXTS_A_LINE
            texts[-1] = self.words.text("and_more", what=texts[-1], count=more)
        return ReplayLine(
            at=now.at,
            on=moments.text(now.at),
            state=now.place.state,
            state_text=self.rows.state_text(now.place.state),
            certainty_text=self.words.text(f"certainty.{now.place.certainty}"),
            is_state_new=is_state_new,
            signs=tuple(one.mark for one in shown),
            texts=tuple(texts),
            rules=tuple(one.rule for one in told),
            claims=tuple(dict.fromkeys(claim for one in shown for claim in one.claims)),
            by_time_alone=not any(fact.known_at == now.at for fact in record.facts),
        )

    def _speaks(self, before: Step | None, now: Step) -> bool:
        """Whether one of the two moments held a suspicion: only then is its word worth a line."""
        words = {now.place.certainty, before.place.certainty if before else ""}
        return not words.isdisjoint(self._possible)

    def _changes(self, before: Step | None, now: Step, facts: dict[str, Fact]) -> Iterator[Told]:
        """Rules that turned: begun first, then those that ended or can no longer be told."""
        turned = sorted(self._turned(before, now, facts), key=lambda a: self.book.rank(a.rule))
        told: set[tuple[str, ...]] = set()
        for answer in turned:
            if answer.status is Status.YES and answer.evidence not in told:
                told.add(answer.evidence)
                yield self._begun(answer, now, facts)
        for answer in turned:
            if answer.status is not Status.YES:
                yield self._ended(answer)

    def _turned(
        self, before: Step | None, now: Step, facts: dict[str, Fact]
    ) -> Iterator[Answer]:
        """Rules of the kinds shown, with facts of their own, that began or ended to say yes."""
        for answer in now.judgement.answers.values():
            rule = self.book.rules[answer.rule]
            if rule.kind not in self.page.replay.shown or rule.id in self.page.obvious:
                continue
            was = None if before is None else before.judgement.answers[rule.id]
            is_yes = answer.status is Status.YES
            was_yes = was is not None and was.status is Status.YES
            if is_yes == was_yes:
                continue
            saying = answer if is_yes or was is None else was
            if self.rows.reasons.has_own(saying, facts):
                yield answer

    def _begun(self, answer: Answer, now: Step, facts: dict[str, Fact]) -> Told:
        rule = self.book.rules[answer.rule]
        mark: Mark = "+"
        if rule.kind == "danger":
            mark = "!"
        elif rule.grade == CONTEXT:
            mark = "="
        text = self.rows.reasons.finding(answer, facts, now.judgement)
        return Told(mark, text, rule.id, rule.because)

    def _ended(self, answer: Answer) -> Told:
        rule = self.book.rules[answer.rule]
        title = self.rows.reasons.title(rule.id)
        if answer.status is Status.UNKNOWN:
            return Told("?", title, rule.id, ())
        return Told("-", title, rule.id, ())

    def _remarks(self, before: Step | None, now: Step, record: PatientRecord) -> Iterator[Told]:
        since = before.at if before is not None else None
        for remark in self.page.replay.remarks:
            answer = now.judgement.answers.get(remark.unknown)
            is_open = answer is not None and answer.status is Status.UNKNOWN
            if is_open and self._is_first_recorded(remark, since, now.at, record):
                text = self.words.text(f"replay.{remark.text}")
                yield Told("=", text, remark.unknown, remark.claims)

    def _is_first_recorded(
        self, remark: Remark, since: Instant | None, now: Instant, record: PatientRecord
    ) -> bool:
        known = [f.known_at for f in record.facts if _is_any(f.concept, remark.recorded)]
        first = min(known, default=None)
        return first is not None and first <= now and (since is None or first > since)

    # -- summary -------------------------------------------------------------------------

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


def _is_any(concept: str, wanted: tuple[str, ...]) -> bool:
    """Whether a concept is one of these, or of one of these domains."""
    return concept in wanted or concept.partition(".")[0] in wanted
