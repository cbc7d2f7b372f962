"""What turned from one moment of a history to the next, each thing told once.

A suspicion is told whenever it begins or ends. A risk factor that comes and goes
with every sample is told when it first holds and when it first can no longer be
told; a danger again when another drug brings it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from livedo.act.facts_in_words import is_lasting
from livedo.act.moments import Step
from livedo.act.page import Remark, load_page
from livedo.act.rows import Rows
from livedo.act.rule_book import RuleBook
from livedo.act.workup_data import AlarmRule, load_workup
from livedo.assess.answer import Answer, Status
from livedo.record.tables import Fact, Instant, PatientRecord

Mark = Literal["+", "-", "?", "!", "="]

CONTEXT = "context"
"""Grade of what is noted without being a reason."""


class Told(NamedTuple):
    """One text of a line."""

    mark: Mark
    text: str
    rule: str
    claims: tuple[str, ...]


class Turns:
    """Words what turned in one person's history, and remembers what was told."""

    def __init__(self, rows: Rows, record: PatientRecord, facts: Mapping[str, Fact]) -> None:
        self.rows = rows
        self.book = rows.book
        self.record = record
        self.facts = facts
        self._part = load_page().replay
        self._obvious = frozenset(load_page().obvious)
        self._alarms = {alarm.rule: alarm.unless for alarm in alarms(rows.book)}
        self._told: set[object] = set()

    def between(self, before: Step | None, now: Step) -> list[Told]:
        """What to tell of a moment, the most urgent first."""
        told = [*self._changes(before, now, self._obvious), *self._remarks(before, now)]
        is_state_new = before is None or before.place.state != now.place.state
        # What is true of nearly everybody is told only where it alone explains a new state.
        return told if told or not is_state_new else self._changes(before, now, frozenset())

    def _changes(self, before: Step | None, now: Step, but: frozenset[str]) -> list[Told]:
        told: list[Told] = []
        evidence: set[tuple[str, ...]] = set()
        turned = self._turned(before, now, but)
        for answer in sorted(turned, key=lambda a: self.book.rank(a.rule)):
            if answer.status is Status.YES and answer.evidence not in evidence:
                evidence.add(answer.evidence)
                told += self._begun(answer, now)
            elif answer.status is not Status.YES:
                told += self._ended(answer)
        told.sort(key=lambda one: one.mark in {"-", "?"})
        return told

    def _turned(self, before: Step | None, now: Step, but: frozenset[str]) -> Iterator[Answer]:
        """Rules of the kinds shown, with facts of their own, that began or ended to say yes."""
        was_yes = before.place.yes if before is not None else frozenset()
        for rule_id in sorted(now.place.yes ^ was_yes):
            if rule_id in but or not self._is_shown(rule_id, now):
                continue
            answer = now.judgement.answers[rule_id]
            saying = (
                answer
                if rule_id in now.place.yes or before is None
                else (before.judgement.answers[rule_id])
            )
            if self.rows.reasons.has_own(saying, self.facts):
                yield answer

    def _is_shown(self, rule_id: str, now: Step) -> bool:
        """Rules of the kinds shown, and delay alarms as long as nothing explains the delay."""
        if rule_id in self._alarms:
            return rule_id in now.place.yes and self._alarms[rule_id] not in now.place.yes
        return self.book.rules[rule_id].kind in self._part.shown

    def _begun(self, answer: Answer, now: Step) -> Iterator[Told]:
        rule = self.book.rules[answer.rule]
        if rule.kind != "suspicion" and self._is_told(self._key(answer)):
            return
        mark: Mark = "+"
        if rule.kind == "danger" or rule.id in self._alarms:
            mark = "!"
        elif rule.grade == CONTEXT:
            mark = "="
        text = self.rows.reasons.finding(answer, self.facts, now.judgement)
        yield Told(mark, text, rule.id, rule.because)

    def _key(self, answer: Answer) -> object:
        """A risk factor by its rule; a danger also by the drugs that bring it."""
        if self.book.rules[answer.rule].kind != "danger":
            return answer.rule
        drugs = (r for r in answer.evidence if r in self.facts and is_lasting(self.facts[r]))
        return answer.rule, frozenset(drugs)

    def _ended(self, answer: Answer) -> Iterator[Told]:
        rule = self.book.rules[answer.rule]
        title = self.rows.reasons.title(rule.id)
        if rule.grade == CONTEXT:
            return
        if answer.status is Status.UNKNOWN:
            if not self._is_told(("unknown", rule.id)):
                yield Told("?", title, rule.id, ())
        elif rule.kind == "suspicion":
            yield Told("-", title, rule.id, ())

    def _is_told(self, key: object) -> bool:
        """Whether this was told before; from now on it was."""
        if key in self._told:
            return True
        self._told.add(key)
        return False

    def _remarks(self, before: Step | None, now: Step) -> Iterator[Told]:
        since = None if before is None else before.at
        for remark in self._part.remarks:
            answer = now.judgement.answers.get(remark.unknown)
            is_open = answer is not None and answer.status is Status.UNKNOWN
            if is_open and self._is_first_recorded(remark, since, now.at):
                text = self.rows.words.text(f"replay.{remark.text}")
                yield Told("=", text, remark.unknown, remark.claims)

    def _is_first_recorded(self, remark: Remark, since: Instant | None, now: Instant) -> bool:
        known = (f.known_at for f in self.record.facts if _is_any(f.concept, remark.recorded))
        first = min(known, default=None)
        return first is not None and first <= now and (since is None or first > since)


def alarms(book: RuleBook) -> tuple[AlarmRule, ...]:
    """The delay alarms of the work-up that screening does not ask for."""
    known = (alarm for alarm in load_workup().alarms if alarm.rule in book.rules)
    return tuple(alarm for alarm in known if alarm.rule not in book.screening)


def _is_any(concept: str, wanted: tuple[str, ...]) -> bool:
    """Whether a concept is one of these, or of one of these domains."""
    return concept in wanted or concept.partition(".")[0] in wanted
