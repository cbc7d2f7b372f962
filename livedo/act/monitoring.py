"""What is followed: what it was, is, and when next; and what worsens the course."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Literal

import msgspec

from livedo.act.consultation import Consultation
from livedo.act.facts_in_words import capitalised
from livedo.act.parts import Monitored, Weighed
from livedo.act.quantities_in_words import Amount
from livedo.act.reasons import ReasonWords
from livedo.act.rows import Rows
from livedo.assess.answer import Status
from livedo.instants import DAY
from livedo.knowledge.files import read_file
from livedo.knowledge.load import SHIPPED
from livedo.record.tables import Fact, Instant

Followed = Literal["followed", "due", "missing"]


class Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing to follow."""

    id: str
    kind: Literal["value", "finding", "event", "wound"]
    concepts: tuple[str, ...]
    every_days: int
    threshold_from: str = ""
    rule: str = ""
    shown_when: str = ""
    shown_unless_no: str = ""
    if_recorded: bool = False
    trend: bool = False
    note: bool = False
    fall_note: bool = False
    closed_by: str = ""
    because: tuple[str, ...] = ()


class Literature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A figure of whole cohorts."""

    id: str
    because: tuple[str, ...]


class PrognosisPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Factors, and the literature beside them."""

    factors: tuple[str, ...]
    literature: tuple[Literature, ...]


class MonitoringPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`knowledge/monitoring.yaml`."""

    full: tuple[str, ...]
    trends: tuple[str, ...]
    lines: tuple[Line, ...]
    compared_over_days: int
    prognosis: PrognosisPart


@functools.cache
def load_monitoring() -> MonitoringPart:
    """The shipped file, read once a process."""
    return read_file(SHIPPED / "monitoring.yaml", MonitoringPart)


class Monitorings:
    """Makes the list of what to follow for one person after the other."""

    def __init__(self, rows: Rows) -> None:
        self.words = rows.words
        self.part = load_monitoring()

    def lines(self, case: Consultation) -> tuple[Monitored, ...]:
        """Everything for a suspected or known disease, trends alone for people at risk."""
        if case.has_left:
            return ()
        is_full = any(case.is_yes(rule) for rule in self.part.full)
        if not is_full and not any(case.is_yes(rule) for rule in self.part.trends):
            return ()
        wanted = [line for line in self.part.lines if is_full or line.trend]
        return tuple(one for line in wanted for one in self._of(line, case))

    def _of(self, line: Line, case: Consultation) -> Iterator[Monitored]:
        facts = self._facts(line, case)
        if not self._is_shown(line, facts, case):
            return
        if line.kind == "wound":
            yield from self._wounds(line, facts, case)
        elif line.kind == "value":
            for series in by_lesion(facts) or [[]]:
                yield self._value(line, series, case)
        else:
            yield self._event(line, facts, case)

    def _is_shown(self, line: Line, facts: list[Fact], case: Consultation) -> bool:
        if line.if_recorded and facts:
            return True
        if line.shown_when or line.if_recorded:
            return bool(line.shown_when) and case.is_yes(line.shown_when)
        is_no = bool(line.shown_unless_no) and case.status(line.shown_unless_no) is Status.NO
        return bool(facts) or not is_no

    def _facts(self, line: Line, case: Consultation) -> list[Fact]:
        """What is known and had begun, oldest first."""
        vocabulary = self.words.knowledge.vocabulary
        below = [id for concept in line.concepts for id in vocabulary.descendants(concept)]
        found = [fact for fact in case.known(below) if fact.start_at <= case.as_of]
        return sorted(found, key=lambda fact: (fact.start_at, fact.fact_id))

    def _text(self, key: str, **values: object) -> str:
        return self.words.wording.text(f"care.monitoring.{key}", **values)

    def _value(self, line: Line, facts: list[Fact], case: Consultation) -> Monitored:
        valued = [fact for fact in facts if self.words.value(fact)]
        if not valued:
            return self._line(line, [], case, now="", was="", change="")
        newest = valued[-1]
        start = newest.start_at - self.part.compared_over_days * DAY
        earlier = [f for f in valued[:-1] if start <= f.start_at < newest.start_at]
        shown = [earlier[0], newest] if earlier else [newest]
        now, was = self._dated(newest, case), self._dated(earlier[0], case) if earlier else ""
        change = self._change(line, shown, case)
        return self._line(line, shown, case, now=now, was=was, change=change)

    def _dated(self, fact: Fact, case: Consultation) -> str:
        return f"{self.words.value(fact)}, {self.words.when(fact, case.as_of)}"

    def _change(self, line: Line, facts: Sequence[Fact], case: Consultation) -> str:
        if len(facts) == 1:
            return self._text("once")
        first, last = facts
        exact = [f.low for f in facts if f.low is not None and f.low == f.high and not f.is_query]
        if len(exact) < len(facts):
            return self._text("inexact")
        moved, on = exact[1] - exact[0], self.words.when(first, case.as_of)
        amount = self.words.quantities.amount(last.concept, abs(moved), abs(moved))
        key = "same" if not moved else "down" if moved < 0 else "up"
        text = self._text(key, on=on, amount=self._one_system(amount))
        return f"{text}. {self._text('fall_note')}" if line.fall_note and moved < 0 else text

    def _one_system(self, amount: Amount | None) -> str:
        """A difference in the reader's first system alone: rounded twice it would disagree."""
        if amount is None:
            return ""
        is_conventional = self.words.units.startswith("conventional")
        return amount.conventional if is_conventional and amount.conventional else amount.si

    def _event(self, line: Line, facts: list[Fact], case: Consultation) -> Monitored:
        if line.kind == "event":
            facts = [fact for fact in facts if fact.present == "yes"]
        if not facts:
            return self._line(line, [], case, now="", was="", change="")
        newest = facts[-1]
        same = [fact for fact in facts[:-1] if fact.concept == newest.concept]
        change = ""
        if line.kind == "finding" and same:
            is_same = (same[-1].present, same[-1].interpretation) == (
                newest.present,
                newest.interpretation,
            )
            change = self._text("same_finding" if is_same else "new_finding")
        was = self.words.phrase(same[-1], case.as_of) if same else ""
        now = self.words.phrase(newest, case.as_of)
        return self._line(line, [*same[-1:], newest], case, now=now, was=was, change=change)

    def _wounds(self, line: Line, facts: list[Fact], case: Consultation) -> Iterator[Monitored]:
        """One line an ulcer: since when, and whether the same wound was found healed."""
        healed = [f for f in case.known([line.closed_by]) if f.present == "yes"]
        for lesion in by_lesion([fact for fact in facts if fact.present == "yes"]):
            first, last = lesion[0], lesion[-1]
            ends = [
                f
                for f in healed
                if last.start_at <= f.start_at <= case.as_of
                and f.lesion_id == first.lesion_id
                and (f.lesion_id is not None or f.body_site == first.body_site)
            ]
            yield self._wound(line, first, last, ends[0] if ends else None, case)

    def _wound(
        self, line: Line, first: Fact, last: Fact, end: Fact | None, case: Consultation
    ) -> Monitored:
        was = self._text("first_ulcer", on=self.words.when(first, case.as_of))
        days = self.words.dates.days_between(first.start_at, end.start_at if end else case.as_of)
        if end is None:
            now = self._text("open", days=days)
            return self._line(line, [first, last], case, now=now, was=was, change="")
        now = self._text("closed", on=self.words.when(end, case.as_of), days=days)
        shown = self._line(line, [first, end], case, now=now, was=was, change="")
        return msgspec.structs.replace(shown, next=self._text("done_next"), status="followed")

    def _line(
        self, line: Line, facts: list[Fact], case: Consultation, *, now: str, was: str, change: str
    ) -> Monitored:
        status, due = self._status(line, facts, case.as_of)
        note = self._text(f"note.{line.id}") if line.note else ""
        return Monitored(
            id=line.id,
            text=self._title(line, facts),
            was=was,
            now=now,
            change=". ".join(part for part in (change, note) if part),
            next=due,
            status=status,
            rule=line.rule,
            evidence=tuple(dict.fromkeys(f"fact:{fact.fact_id}" for fact in facts)),
            claims=line.because,
        )

    def _title(self, line: Line, facts: list[Fact]) -> str:
        title = self._text(f"line.{line.id}")
        where = self.words.site(facts[-1].body_site, facts[-1].side) if facts else ""
        return self._text("at", what=title, where=where) if where else title

    def _status(self, line: Line, facts: list[Fact], as_of: Instant) -> tuple[Followed, str]:
        if not facts:
            return "missing", self._text("now")
        newest = facts[-1]
        is_lasting = line.kind == "event" and newest.end_at is None and newest.end_from is None
        last = newest.start_at if newest.end_at is None else min(newest.end_at, as_of)
        if is_lasting and newest.concept.startswith("drug."):
            last = as_of
        due = last + line.every_days * DAY
        if due < as_of:
            return "due", self._text("now")
        return "followed", self._text("next", on=self.words.dates.short(due, as_of))


def by_lesion(facts: Iterable[Fact]) -> list[list[Fact]]:
    """Facts of one wound together, in order of time; without a lesion the body site tells them."""

    def key(fact: Fact) -> tuple[str, str, str]:
        if fact.lesion_id is not None:
            return (fact.lesion_id, "", "")
        return ("", fact.body_site or "", fact.side or "")

    ordered = sorted(facts, key=lambda fact: (key(fact), fact.start_at, fact.fact_id))
    return [list(group) for _, group in groupby(ordered, key)]


class Prognoses:
    """What worsens the course of a person, and cohorts as literature; no figure for one."""

    def __init__(self, rows: Rows) -> None:
        self.words = rows.words
        self.book = rows.book
        self.reasons = ReasonWords(rows.book, rows.words)
        self.part = load_monitoring()

    def factors(self, case: Consultation) -> tuple[Weighed, ...]:
        """Factors that are here or cannot be told, then the literature."""
        is_shown = any(case.is_yes(rule) for rule in self.part.full)
        if case.has_left or not is_shown:
            return ()
        held = [id for id in self.part.prognosis.factors if id in self.book.rules]
        ids = [id for id in held if case.status(id) is not Status.NO]
        return (*(self._factor(id, case) for id in ids), *self._literature())

    def _factor(self, id: str, case: Consultation) -> Weighed:
        answer = case.answer(id)
        is_yes = answer.status is Status.YES
        unknown = self.words.wording.text("care.prognosis.unknown", title=self.reasons.title(id))
        text = self.reasons.finding(answer, case.facts, case.judgement) if is_yes else unknown
        return Weighed(
            id=id,
            text=capitalised(text),
            status="yes" if is_yes else "unknown",
            rule=id,
            evidence=answer.evidence,
            claims=self.book.rules[id].because,
        )

    def _literature(self) -> Iterator[Weighed]:
        for one in self.part.prognosis.literature:
            text = self.words.wording.text(f"care.prognosis.{one.id}")
            yield Weighed(id=one.id, text=text, is_here=False, claims=one.because)
