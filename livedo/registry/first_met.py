"""When a person first met each level of each definition, judged with what was known then.

Asked are the days on which a defining fact became known (`knowledge/registry/counting.yaml`),
each at its end, and the day of the report. So "first met" is the first of these days on which
the rule answers yes: a level that only a laboratory result brings about is found on the next
such day. Days before a yes is possible at all are passed over; a level once met is not asked
again. The first alert is told in the same way from the rules of the states.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

from livedo.assess.answer import Status
from livedo.assess.compile import concepts_in
from livedo.assess.engine_python import Knowing, PythonEngine, rules_of_kinds
from livedo.instants import Instant
from livedo.knowledge.counting import Counting
from livedo.knowledge.definitions import Definition
from livedo.record.tables import Fact, PatientRecord
from livedo.registry.candidates import NEVER, Needs, needs_of
from livedo.registry.case import Day, Reached


class DaysOfZone(Protocol):
    """What is needed of `LocalDays`."""

    def day(self, instant: int) -> int:
        """The local day of a moment."""

    def last_moment(self, day: int) -> int:
        """The last microsecond of a local day."""


class Met(msgspec.Struct, frozen=True, kw_only=True):
    """What one person met, and when."""

    reached: tuple[Reached, ...]
    first_alert: Day | None = None
    suspected: Day | None = None
    excluded: tuple[str, ...] = ()
    """Definitions that hear of a clinician's decision against the disease, made by the end."""


class FirstMet:
    """Judges people by the definitions; made once a process."""

    def __init__(
        self,
        knowledge: Knowing,
        definitions: Sequence[Definition],
        counting: Counting,
        days: DaysOfZone,
    ) -> None:
        self._definitions = definitions
        self._days = days
        self._alerts = tuple(f"state/{state}" for state in counting.alert_states)
        self._suspected = counting.suspected_by.rule
        levels = [level.rule for one in definitions for level in one.levels]
        self.level_rules = tuple(dict.fromkeys((*levels, self._suspected)))
        excluded = (one.excluded for one in definitions if one.excluded)
        asked = tuple(dict.fromkeys((*self.level_rules, *self._alerts, *excluded)))
        self._engine = PythonEngine(knowledge, kinds=(), also=asked)
        self._needs = Needs(needs_of(knowledge.rules, asked, knowledge.vocabulary))
        self._asked_about = _asked_about(knowledge, asked)
        self._domains = frozenset(counting.defining_domains)
        self._if_found = frozenset(counting.defining_if_found)

    def of(self, record: PatientRecord, as_of: Instant) -> Met | None:
        """What this person met by `as_of`; None if nothing."""
        record = self._asked_of(record, as_of)
        moments = list(self._moments(record.facts, as_of))
        possible = self._needs.possible_from(record.facts)
        first = self._first(record, moments, self.level_rules, possible)
        if not first:
            return None
        alert = self._first(record, moments, self._alerts, possible, one_is_enough=True)
        return Met(
            reached=tuple(self._reached(first)),
            first_alert=min(alert.values(), default=None),
            suspected=first.get(self._suspected),
            excluded=tuple(self._excluded(record, as_of)),
        )

    def _asked_of(self, record: PatientRecord, as_of: Instant) -> PatientRecord:
        """The record without what no rule asks about, and without what became known later."""
        facts = tuple(
            fact
            for fact in record.facts
            if fact.known_at <= as_of and fact.concept in self._asked_about
        )
        return PatientRecord(person=record.person, facts=facts, observed=record.observed)

    def _moments(self, facts: Sequence[Fact], as_of: Instant) -> Iterator[tuple[Day, Instant]]:
        """The days to be judged, each with its last moment, oldest first."""
        days = {self._days.day(fact.known_at) for fact in facts if self._is_defining(fact)}
        today = self._days.day(as_of)
        for day in sorted(days - {today}):
            yield day, self._days.last_moment(day)
        yield today, as_of

    def _is_defining(self, fact: Fact) -> bool:
        domain = fact.concept.partition(".")[0]
        return domain in self._domains or (domain in self._if_found and fact.present != "no")

    def _first(
        self,
        record: PatientRecord,
        moments: Sequence[tuple[Day, Instant]],
        rules: Collection[str],
        possible: Mapping[str, Instant],
        one_is_enough: bool = False,
    ) -> dict[str, Day]:
        """The first of the days on which each rule answers yes."""
        found: dict[str, Day] = {}
        open_ = [rule for rule in rules if possible[rule] < NEVER]
        for day, moment in moments:
            asked = [rule for rule in open_ if possible[rule] <= moment]
            if not asked:
                continue
            answers = self._engine.judge(record, moment, asked).answers
            yes = [rule for rule in asked if answers[rule].status is Status.YES]
            found.update(dict.fromkeys(yes, day))
            open_ = [rule for rule in open_ if rule not in found]
            if not open_ or (yes and one_is_enough):
                break
        return found

    def _reached(self, first: Mapping[str, Day]) -> Iterator[Reached]:
        for definition in self._definitions:
            for level in definition.levels:
                if level.rule in first:
                    yield Reached(definition.id, level.id, first[level.rule])

    def _excluded(self, record: PatientRecord, as_of: Instant) -> Iterator[str]:
        asked = {one.excluded for one in self._definitions if one.excluded}
        answers = self._engine.judge(record, as_of, asked).answers if asked else {}
        for one in self._definitions:
            if one.excluded and answers[one.excluded].status is Status.YES:
                yield one.id


def _asked_about(knowledge: Knowing, rules: Collection[str]) -> frozenset[str]:
    """Every concept whose facts the rules, or the rules they ask, can see."""
    needed = rules_of_kinds(knowledge.rules, (), rules)
    vocabulary = knowledge.vocabulary
    found: set[str] = set()
    for concept in concepts_in(rule.when for rule in needed.values()):
        found.add(concept)
        if concept in vocabulary.concepts:
            found.update((*vocabulary.descendants(concept), *vocabulary.ancestors(concept)))
    return frozenset(found)
