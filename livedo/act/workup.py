"""What is done, stale and missing of the work-up, and what has gone on too long without a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from livedo.act.biopsy_decision import BiopsyDecisions
from livedo.act.consultation import Consultation
from livedo.act.parts import Alarm, Done, Workup, WorkupLine
from livedo.act.phrases import phrases
from livedo.act.rows import Rows
from livedo.act.workup_data import AlarmRule, Item, NoteRule, Panel, load_workup
from livedo.assess.answer import Status
from livedo.record.tables import Fact


class Workups:
    """Words the work-up."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.book = rows.book
        self.words = rows.words
        self.data = load_workup()
        self.biopsies = BiopsyDecisions(rows)

    def workup(self, case: Consultation) -> Workup:
        """The work-up of one person; nothing for those who died or moved."""
        if any(case.is_yes(rule) for rule in self.data.hidden_when):
            return Workup()
        lines = tuple(self._lines(case))
        return Workup(
            lines=lines,
            summary=self._summary(lines),
            biopsy=self.biopsies.decision(case),
            alarms=tuple(self._alarms(case)),
        )

    def _lines(self, case: Consultation) -> Iterator[WorkupLine]:
        for panel in self.data.panels:
            if not _is_open(panel, case):
                continue
            for item in panel.items:
                is_asked = item.when is None or case.is_yes(item.when)
                if is_asked and item.rule in self.book.rules:
                    yield self._line(panel, item, case)

    def _line(self, panel: Panel, item: Item, case: Consultation) -> WorkupLine:
        fact = self._fact(item.rule, case)
        status = self._status(item.rule, fact, case)
        note = self._note(item, status, fact, case)
        answer = case.answer(item.rule)
        return WorkupLine(
            id=item.id,
            panel=panel.id,
            panel_text=self._text(f"panel.{panel.id}"),
            text=self.rows.reasons.title(item.rule),
            status=status,
            is_readable=note is None or not note.unreadable,
            result="" if fact is None else self._result(item.rule, fact, case),
            on="" if fact is None else self.words.when(fact, case.as_of),
            age_days=self._age(fact, case),
            decided_at=None if fact is None else fact.start_at,
            note="" if note is None else self._text(f"note.{note.text}"),
            rule=item.rule,
            evidence=answer.evidence or (() if fact is None else (f"fact:{fact.fact_id}",)),
            claims=self.book.rules[item.rule].because,
        )

    def _fact(self, rule: str, case: Consultation) -> Fact | None:
        """The newest result: the one that decided, else the newest that is too old."""
        if case.is_unknown(rule):
            old = [one.last or "" for one in case.answer(rule).missing if one.why == "too_old"]
            found = [case.facts[ref] for ref in old if ref in case.facts]
        else:
            found = case.deciding(rule)
        return max(found, key=lambda fact: (fact.start_at, fact.fact_id), default=None)

    def _status(self, rule: str, fact: Fact | None, case: Consultation) -> Done:
        """A recorded "not found" is a result too; the silence of a source is none."""
        if case.is_unknown(rule):
            return "missing" if fact is None else "stale"
        return "done" if case.is_yes(rule) or fact is not None else "missing"

    def _result(self, rule: str, fact: Fact, case: Consultation) -> str:
        is_alone = len(self.book.concepts[rule]) == 1
        value = self.words.value(fact) if fact.present == "yes" else ""
        if not value:
            return self.words.phrase(fact, case.as_of)
        return value if is_alone else self.words.finding(fact)

    def _age(self, fact: Fact | None, case: Consultation) -> int | None:
        return None if fact is None else self.words.dates.days_between(fact.start_at, case.as_of)

    def _note(
        self, item: Item, status: Done, fact: Fact | None, case: Consultation
    ) -> NoteRule | None:
        """The first remark that fits."""
        fitting = (note for note in item.notes if status in note.at)
        return next((note for note in fitting if _holds(note, fact, case)), None)

    def _summary(self, lines: tuple[WorkupLine, ...]) -> str:
        if not lines:
            return ""
        count = Counter(line.status for line in lines)
        numbers = {status: count[status] for status in ("done", "stale", "missing")}
        return self._text("summary", all=len(lines), **numbers)

    def _alarms(self, case: Consultation) -> Iterator[Alarm]:
        for alarm in self.data.alarms:
            is_named = alarm.unless is not None and case.is_yes(alarm.unless)
            if case.is_yes(alarm.rule) and not is_named:
                yield self._alarm(alarm, case)

    def _alarm(self, alarm: AlarmRule, case: Consultation) -> Alarm:
        answer = case.answer(alarm.rule)
        own = [f for f in case.deciding(alarm.rule) if self.rows.reasons.is_own(alarm.rule, f)]
        what = ", ".join(phrases(own, case.as_of, self.words))
        return Alarm(
            id=alarm.id,
            text=self._text(f"alarm.{alarm.id}", what=what),
            rule=alarm.rule,
            evidence=answer.evidence,
            claims=self.book.rules[alarm.rule].because,
        )

    def _text(self, key: str, **values: object) -> str:
        return self.words.wording.text(f"workup.{key}", **values)


def _is_open(panel: Panel, case: Consultation) -> bool:
    """A suspicion that cannot be decided opens a panel too, where the panel says so."""
    return any(case.is_yes(rule) for rule in panel.opens_when) or any(
        case.is_unknown(rule) for rule in panel.opens_when_unknown
    )


def _holds(note: NoteRule, fact: Fact | None, case: Consultation) -> bool:
    if note.rule is None:
        return True
    if case.status(note.rule) is not Status(note.answers):
        return False
    rests_on = case.answer(note.rule).evidence
    return not note.newest or (fact is not None and f"fact:{fact.fact_id}" in rests_on)
