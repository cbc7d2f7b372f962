"""What a change of a threshold would do to a record, before anybody saves it.

Only the rules whose number changes are judged for everybody; whoever gets another answer
there is judged in full, before and after, to see the place in the worklist.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from livedo.act.precedence import Standing, standing
from livedo.act.rows import Engine
from livedo.act.rule_book import RuleBook
from livedo.assess.answer import Judgement
from livedo.knowledge.load import Knowledge
from livedo.knowledge.overrides import is_protected, shipped, touched_by
from livedo.record.tables import Instant, PatientRecord


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """So many people get another answer to a rule."""

    rule: str
    was: str
    now: str
    people: int


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """So many people stand elsewhere: in another group of the worklist, or another state."""

    was: str
    now: str
    people: int


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """How many people a change of thresholds touches, and how. Counts, unless ids were asked."""

    people: int
    """How many were judged."""
    changed: int
    """How many get another answer to a rule whose number changes."""
    moved: int
    """How many stand in another group of the worklist."""
    turns: tuple[Turn, ...] = ()
    """The rules whose number changes first, then those that ask them."""
    groups: tuple[Move, ...] = ()
    states: tuple[Move, ...] = ()
    not_judged: int = 0
    person_ids: tuple[str, ...] = ()
    """Whose answers change; only if ids were asked for."""


def effect_of(
    people: Iterable[PatientRecord],
    before: Engine,
    after: Engine,
    as_of: Instant,
    *,
    with_ids: bool = False,
) -> Effect:
    """What other thresholds would change for these people at one moment.

    Args:
        before, after: engines of the same knowledge with different overrides, both holding
            every rule.
        with_ids: whether to name the people, for a reader who may see patients.
    """
    count = _Count(before, after, as_of)
    for record in people:
        count.add(record)
    return count.effect(with_ids=with_ids)


class _Count:
    """Adds up the differences, one person after the other."""

    def __init__(self, before: Engine, after: Engine, as_of: Instant) -> None:
        self.before, self.after, self.as_of = before, after, as_of
        self.book = RuleBook(shipped(before.knowledge))
        self.changed_rules = changed_rules(before.knowledge, after.knowledge)
        asking = touched_by(shipped(before.knowledge), self.changed_rules)
        self.shown = [
            *self.changed_rules,
            *sorted(id for id in asking.difference(self.changed_rules) if self._is_shown(id)),
        ]
        self.judged = frozenset((*self.book.screening, *self.shown))
        self.turns: Counter[tuple[str, str, str]] = Counter()
        self.groups: Counter[tuple[str, str]] = Counter()
        self.states: Counter[tuple[str, str]] = Counter()
        self.people = self.not_judged = 0
        self.ids: list[str] = []

    def _is_shown(self, rule_id: str) -> bool:
        return not is_protected(rule_id, self.before.knowledge)

    def add(self, record: PatientRecord) -> None:
        self.people += 1
        try:
            if self._is_touched(record):
                self._compare(record)
        except Exception:
            # One person who cannot be judged must not hide what happens to the others.
            self.not_judged += 1

    def _is_touched(self, record: PatientRecord) -> bool:
        if not self.changed_rules:
            return False
        first, second = (
            engine.judge(record, self.as_of, self.changed_rules).answers
            for engine in (self.before, self.after)
        )
        return any(first[id].status is not second[id].status for id in self.changed_rules)

    def _compare(self, record: PatientRecord) -> None:
        was, now = (
            engine.judge(record, self.as_of, self.judged) for engine in (self.before, self.after)
        )
        self.ids.append(record.person.person_id)
        for rule_id in self.shown:
            first, second = was.answers[rule_id].status.value, now.answers[rule_id].status.value
            if first != second:
                self.turns[rule_id, first, second] += 1
        stood, stands = self._standing(was), self._standing(now)
        if stood.group != stands.group:
            self.groups[stood.group, stands.group] += 1
        if stood.state != stands.state:
            self.states[stood.state, stands.state] += 1

    def _standing(self, judgement: Judgement) -> Standing:
        answers = {id: judgement.answers[id] for id in self.book.screening}
        return standing(msgspec.structs.replace(judgement, answers=answers), self.book)

    def effect(self, *, with_ids: bool) -> Effect:
        order = {id: number for number, id in enumerate(self.shown)}
        turns = sorted(self.turns.items(), key=lambda item: (order[item[0][0]], item[0]))
        return Effect(
            people=self.people,
            changed=len(self.ids),
            moved=sum(self.groups.values()),
            turns=tuple(
                Turn(rule=rule, was=was, now=now, people=n) for (rule, was, now), n in turns
            ),
            groups=_moves(self.groups),
            states=_moves(self.states),
            not_judged=self.not_judged,
            person_ids=tuple(sorted(self.ids)) if with_ids else (),
        )


def _moves(counted: Counter[tuple[str, str]]) -> tuple[Move, ...]:
    return tuple(Move(was=was, now=now, people=n) for (was, now), n in sorted(counted.items()))


def changed_rules(before: Knowledge, after: Knowledge) -> tuple[str, ...]:
    """The rules that have another number in one of two versions of the same knowledge."""
    numbers = [
        {(each.rule, each.field): each.value for each in knowledge.overrides}
        for knowledge in (before, after)
    ]
    first, second = numbers
    keys = first.keys() | second.keys()
    return tuple(sorted({key[0] for key in keys if first.get(key) != second.get(key)}))
