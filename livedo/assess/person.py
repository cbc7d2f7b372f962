"""`person`: age in whole years, sex, and being dead at the moment of judgement."""

from __future__ import annotations

from livedo.assess.answer import Status
from livedo.assess.compare import Interval, is_above, is_below, reaches_limit
from livedo.assess.evaluator import Evaluator
from livedo.assess.evidence import Outcome, decided, missing
from livedo.assess.groups import Group
from livedo.assess.logic import NO, UNKNOWN, YES, all_of, opposite
from livedo.assess.terms import Terms
from livedo.assess.timeline import Timeline
from livedo.instants import to_datetime
from livedo.knowledge.schema import PersonIs
from livedo.record.tables import Instant


def person(condition: PersonIs, terms: Terms) -> Evaluator:
    """Age, sex or being dead."""
    if condition.person == "age":
        return _age(condition, terms)
    if condition.person == "sex":
        return _sex(condition)
    return _dead(condition)


def whole_years(born_at: Instant, at: Instant) -> int:
    """Birthdays passed between two moments; before birth none."""
    born, now = to_datetime(born_at), to_datetime(at)
    had_birthday = (now.month, now.day, now.time()) >= (born.month, born.day, born.time())
    return max(0, now.year - born.year - (0 if had_birthday else 1))


def _age(condition: PersonIs, terms: Terms) -> Evaluator:
    limits = {
        name: (compare, terms.number(text))
        for name, compare in (
            ("above", is_above),
            ("at_least", reaches_limit),
            ("below", is_below),
        )
        if (text := getattr(condition, name)) is not None
    }

    def evaluate(timeline: Timeline, group: Group | None) -> Outcome:
        interval = _age_interval(timeline)
        if interval is None:
            return missing("person.age", "never_measured")
        status = all_of(compare(interval, limit) for compare, limit in limits.values())
        if status is UNKNOWN:
            return missing("person.age", "date_uncertain")
        return decided(status, (), (), interval[0])

    return evaluate


def _age_interval(timeline: Timeline) -> Interval | None:
    born_on = timeline.person.born_on
    if born_on is None:
        return None
    latest = timeline.person.born_on_latest
    youngest = whole_years(born_on if latest is None else latest, timeline.as_of)
    return float(youngest), float(whole_years(born_on, timeline.as_of))


def _sex(condition: PersonIs) -> Evaluator:
    asked = condition.is_

    def evaluate(timeline: Timeline, group: Group | None) -> Outcome:
        sex = timeline.person.sex
        if sex == "unknown":
            return missing("person.sex", "never_measured")
        return decided(YES if sex == asked else NO)

    return evaluate


def _dead(condition: PersonIs) -> Evaluator:
    is_negated = condition.is_ == "no"

    def evaluate(timeline: Timeline, group: Group | None) -> Outcome:
        status = is_dead(timeline)
        if status is UNKNOWN:
            return missing("person.dead", "date_uncertain")
        return decided(opposite(status) if is_negated else status)

    return evaluate


def is_dead(timeline: Timeline) -> Status:
    """Dead at the moment of judgement.

    Where the record knows of the death but not of its date, it lies after the
    newest thing known about the person; before that the answer is open.
    """
    who = timeline.person
    if not who.is_dead:
        return NO
    if who.died_on is not None:
        return YES if who.died_on <= timeline.as_of else NO
    newest = max((fact.known_at for fact in timeline.record.facts), default=timeline.as_of)
    return YES if timeline.as_of >= newest else UNKNOWN
