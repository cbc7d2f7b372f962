"""Everybody's place on the worklist, judged once and kept: a page only words the rows it shows.

The list is judged at one moment, which every page prints. Somebody about whom something was
entered since is judged anew at the moment of the entry, and only they.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from livedo.act.attention import Attention, attention_of
from livedo.act.facts_in_words import FactWords
from livedo.act.judging import Progress, Task, row_of
from livedo.act.quantities_in_words import as_units
from livedo.act.result import (
    Direction,
    GroupSummary,
    PalpationDue,
    PatientResult,
    RecordSummary,
    Screening,
)
from livedo.act.rows import LAST_DUE_GROUP, Rows
from livedo.act.runs import EarlierRun
from livedo.act.worklist import compared_with, screen
from livedo.decisions.entries import Entry, by_person, standing
from livedo.record.tables import Fact, Instant, PatientRecord
from livedo.surfaces.web.preferences import CHOICES, Preferences
from livedo.surfaces.web.service import Service

DANGER = "danger_now"
MOST_ROWS_HELD = 20_000
FIRST_ROWS = 100


class Line(msgspec.Struct, frozen=True):
    """Where one person stands: enough to order, count and filter, and no words."""

    precedence: int
    state_rank: int
    person_id: str
    group: str
    state: str
    outside_reason: str | None
    direction: Direction | None
    palpation: str
    days_over: int
    is_in_danger: bool
    rules: tuple[str, ...] = ()
    """The rules that speak for the person."""
    days_to_palpation: int | None = None
    """Until the next palpation is due; None when nobody can tell or it is over already."""
    certainty: str = ""
    """The word for how sure it is, by our definition."""

    @property
    def rank(self) -> tuple[int, int, str]:
        """The documented order."""
        return (self.precedence, self.state_rank, self.person_id)


def line_of(result: PatientResult) -> Line:
    """The line of a worded row."""
    due: PalpationDue = result.palpation
    return Line(
        result.precedence,
        result.state_rank,
        result.person_id,
        result.group,
        result.state,
        result.outside_reason,
        result.direction,
        due.status,
        due.days_over,
        result.is_in_danger,
        tuple(reason.rule for reason in result.reasons),
        days_to(due),
        result.certainty or "",
    )


def days_to(due: PalpationDue) -> int | None:
    """How many days are left until the next palpation."""
    if due.status != "done" or due.interval_days is None or due.days_since is None:
        return None
    return due.interval_days - due.days_since


WITH_ATTENTION = ("acknowledged", "snoozed", "dismissed", "undone")


def attended(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """The standing entries about lines of the worklist, by person."""
    return {person_id: standing(own) for person_id, own in by_person(entries).items()}


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """One judging of everybody."""

    as_of: Instant
    run: str
    record: RecordSummary
    compared_with: str | None
    failed: tuple[str, ...]


class Ward:
    """The worklist of the service."""

    def __init__(
        self,
        service: Service,
        reader: Preferences,
        *,
        changed_since: str | None = None,
        processes: int = 1,
    ) -> None:
        self.service = service
        self.reader = reader
        self.changed_since = changed_since
        self.processes = processes
        self._lock = threading.RLock()
        self._rows: dict[tuple[str, str, str], PatientResult] = {}
        self._makers: dict[tuple[str, str], Rows] = {}
        self._lines: dict[str, Line] = {}
        self._ordered: list[Line] | None = None
        self._attended: dict[str, list[Entry]] = {}
        self._facts: dict[str, tuple[Fact, ...]] = {}
        self._earlier: EarlierRun | None = None
        self._before: Instant | None = None
        self.judged: Judged | None = None
        self._seen = 0
        self._erasures = service.store.erasure_count()
        service.when_entered(lambda _: self.catch_up())

    # -- judging -------------------------------------------------------------------------

    def judge_everybody(self, progress: Progress | None = None) -> None:
        """Judges everybody now; until it is done the pages show the list before."""
        service, record = self.service, self.service.record
        self._seen = service.store.newest_sequence()
        screening = screen(
            record,
            service.engine,
            service.clock.now(),
            changed_since=self.changed_since,
            processes=self.processes,
            lang=self.reader.lang,
            units=self.reader.units,
            progress=progress,
        )
        self._take(screening)
        for person_id in self._entered_about():
            self.judge(person_id)
        self.catch_up()

    def word_the_first(self) -> None:
        """The first page in every language and unit of measure, before somebody waits for it."""
        for lang in CHOICES["lang"]:
            for units in CHOICES["units"]:
                for line in self.lines()[:FIRST_ROWS]:
                    self.row(line.person_id, Preferences(lang=lang, units=units))

    def _entered_about(self) -> set[str]:
        """People of the list whose facts are not those of the record alone."""
        entries = self.service.store.of_kind("examination", "decision")
        return {e.person_id for e in standing(entries) if e.person_id in self._lines}

    def _take(self, screening: Screening) -> None:
        service = self.service
        earlier, before = compared_with(
            service.record, self.changed_since, screening.record.time_zone
        )
        results = {result.person_id: result for result in screening.patients}
        with self._lock:
            self._earlier, self._before = earlier, before
            self._rows.clear()
            self._makers.clear()
            self._lines = {id: line_of(result) for id, result in results.items()}
            self._ordered = None
            self._attended = attended(service.store.of_kind(*WITH_ATTENTION))
            self._facts.clear()
            service.judged_at = screening.as_of
            due = (r for r in results.values() if r.precedence <= LAST_DUE_GROUP)
            for result in due:
                self._keep(self.reader, result)
            self.judged = Judged(
                as_of=screening.as_of,
                run=screening.run,
                record=screening.record,
                compared_with=screening.compared_with,
                failed=screening.failed,
            )

    def judge(self, person_id: str) -> None:
        """Judges one person anew, after something was entered about them."""
        result = self._made(person_id, self.reader)
        with self._lock:
            for key in [key for key in self._rows if key[2] == person_id]:
                del self._rows[key]
            self._keep(self.reader, result)
            self._lines[person_id] = line_of(result)
            self._attended[person_id] = self.service.entered(person_id)
            self._facts.pop(person_id, None)
            self._ordered = None

    def catch_up(self) -> None:
        """Judges anew whoever something was entered about since, by this process or another."""
        store = self.service.store
        self._forget_erased()
        if store.newest_sequence() == self._seen:
            return
        with self._lock:
            entries = store.since(self._seen)
            self._seen = max((entry.sequence for entry in entries), default=self._seen)
        people = {entry.person_id for entry in entries}
        for person_id in sorted(id for id in people if id in self._lines):
            self.judge(person_id)

    def _forget_erased(self) -> None:
        """Judges anew whoever something was erased about; nothing of it stays in memory."""
        erasures = self.service.store.erasure_count()
        if erasures == self._erasures:
            return
        with self._lock:
            self._erasures = erasures
            held = list(self._attended.items())
        for person_id, entries in held:
            if person_id in self._lines and self.service.entered(person_id) != entries:
                self.judge(person_id)

    @property
    def is_of_another_day(self) -> bool:
        """Whether the list was judged on an earlier local day than today."""
        days = self.words(self.reader).dates.local_day
        return days(self.now.as_of) != days(self.service.clock.now())

    # -- reading -------------------------------------------------------------------------

    def attention(self, line: Line) -> Attention | None:
        """What somebody did with a line and still holds now."""
        entries = self._attended.get(line.person_id)
        if not entries:
            return None
        facts = self._facts_of(line.person_id)
        now, is_danger = self.service.clock.now(), line.group == DANGER
        return attention_of(entries, line.rules, now, facts, is_danger=is_danger)

    def _facts_of(self, person_id: str) -> tuple[Fact, ...]:
        """What is known of somebody whose line was attended to, read once a judging."""
        found = self._facts.get(person_id)
        if found is None:
            found = self._facts[person_id] = self.service.patient(person_id).facts
        return found

    @property
    def as_of(self) -> Instant:
        """The moment at which everybody was judged."""
        return self.now.as_of

    @property
    def now(self) -> Judged:
        """The judging that the pages show."""
        if self.judged is None:
            self.judge_everybody()
        assert self.judged is not None
        return self.judged

    def lines(self) -> Sequence[Line]:
        """Everybody, in the documented order."""
        self.catch_up()
        with self._lock:
            if self._ordered is None:
                self._ordered = sorted(self._lines.values(), key=lambda line: line.rank)
            return self._ordered

    def line(self, person_id: str) -> Line | None:
        """Where a person stands."""
        self.catch_up()
        return self._lines.get(person_id)

    def row(self, person_id: str, reader: Preferences) -> PatientResult:
        """One person's row in the reader's words."""
        with self._lock:
            found = self._rows.get((reader.lang, reader.units, person_id))
        if found is None:
            found = self._made(person_id, reader)
            with self._lock:
                self._keep(reader, found)
        return found

    def _keep(self, reader: Preferences, result: PatientResult) -> None:
        if len(self._rows) >= MOST_ROWS_HELD:
            self._rows.clear()
        self._rows[reader.lang, reader.units, result.person_id] = result

    def _made(self, person_id: str, reader: Preferences) -> PatientResult:
        service = self.service
        moment = service.moment_of(person_id)
        task = Task(moment, reader.lang, reader.units, service.time_zone, self._before)
        with service.lock:
            return row_of(self._maker(reader), service.patient(person_id), task, self._earlier)

    def judged_as(self, record: PatientRecord, reader: Preferences) -> PatientResult:
        """One person's row as these facts would have it, at the moment of their judging."""
        service = self.service
        moment = service.moment_of(record.person.person_id)
        task = Task(moment, reader.lang, reader.units, service.time_zone, None)
        with service.lock:
            return row_of(self._maker(reader), record, task, None)

    def _maker(self, reader: Preferences) -> Rows:
        key = (reader.lang, reader.units)
        if key not in self._makers:
            units = as_units(reader.units)
            service = self.service
            words = FactWords(service.knowledge, reader.lang, units, service.time_zone)
            self._makers[key] = Rows(service.engine, words)
        return self._makers[key]

    def words(self, reader: Preferences) -> FactWords:
        """How dates and facts are worded for a reader."""
        with self._lock:
            return self._maker(reader).words

    def groups(self, reader: Preferences, lines: Iterable[Line]) -> list[GroupSummary]:
        """The groups of the worklist in order, with how many of these people stand in each."""
        counts = Counter(line.group for line in lines)
        return [
            GroupSummary(
                id=group.id,
                number=group.order,
                title=getattr(group.title, reader.lang),
                note=getattr(group.hint, reader.lang),
                count=counts[group.id],
                is_due=group.order <= LAST_DUE_GROUP,
            )
            for group in self.service.knowledge.groups
        ]
