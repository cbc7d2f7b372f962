"""`latest` and `last_n`: the newest results within a window, compared.

A window of N days ends at the moment of judgement and begins just after the
moment N days before. Where dates leave open which result is the newest, every
candidate is compared: if all agree that is the answer, else it is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from livedo.assess.answer import Status
from livedo.assess.compare import Verdict, comparison_of, fact_test, shown_value
from livedo.assess.evaluator import Evaluator
from livedo.assess.evidence import Outcome, decided, missing, oldest_first, undecided
from livedo.assess.groups import Group
from livedo.assess.logic import NO, UNKNOWN, YES
from livedo.assess.selection import Selection, is_confirmed
from livedo.assess.terms import Terms
from livedo.assess.timeline import BEGINNING, Timeline
from livedo.instants import DAY
from livedo.knowledge.schema import LastN, Latest
from livedo.record.tables import Fact, Instant


class Result(msgspec.Struct, frozen=True, gc=False):
    """A fact that is, or may be, one of the results asked about."""

    fact: Fact
    match: Status


def window_start(timeline: Timeline, within_days: int | None) -> Instant:
    """The moment after which a fact is inside the window."""
    return BEGINNING if within_days is None else timeline.as_of - within_days * DAY


def results_for(selection: Selection, timeline: Timeline, group: Group | None) -> Sequence[Fact]:
    """What was said about the concept, yes and no, oldest first.

    A "no" that speaks for less than what is asked is not an answer to it.
    """
    said = timeline.said(selection.concept)
    if said is not None and (group is None or group.kind != "sample"):
        return said
    by_moment: dict[Instant, list[Fact]] = {}
    for fact in selection.denied(timeline):
        by_moment.setdefault(fact.start_at, []).append(fact)
    # What was denied at one moment speaks together.
    speaking = [f for together in by_moment.values() for f in selection.denial(together, group)]
    return sorted((*selection.told(timeline), *speaking), key=oldest_first)


def newest_candidates(
    facts: Sequence[Fact], selection: Selection, group: Group | None, since: Instant, ties: bool
) -> tuple[list[Fact], bool]:
    """The facts of the window that could be its newest, and whether one surely is there.

    `ties` keeps facts of the very same moment side by side; otherwise the
    highest fact id counts as the newest.
    """
    found: list[Fact] = []
    sure_from = since
    takes_all = selection.takes_all(group)
    for fact in reversed(facts):
        if fact.start_at <= sure_from and not (
            ties and found and fact.start_at == sure_from != since
        ):
            break
        match = YES if takes_all else _matches(selection, fact, group)
        if match is NO:
            continue
        found.append(fact)
        if match is YES and fact.start_from > sure_from:
            sure_from = fact.start_from
    return found, sure_from > since


def _matches(selection: Selection, fact: Fact, group: Group | None) -> Status:
    """Whether the fact is about what is asked; a "no" kept so far speaks for all of it."""
    if fact.present == "no" and is_confirmed(fact):
        return YES
    return selection.match(fact, group)


def latest(condition: Latest, terms: Terms) -> Evaluator:
    """The newest result within the window, compared."""
    selection = Selection(condition.latest, condition.where, terms)
    judge = fact_test(condition, condition.latest, terms)
    is_presence = comparison_of(condition) == "present"
    within_days = condition.within_days

    def evaluate(timeline: Timeline, group: Group | None) -> Outcome:
        facts = results_for(selection, timeline, group)
        if not facts:
            return nothing_found(selection, timeline, group)
        since = window_start(timeline, within_days)
        candidates, is_sure = newest_candidates(facts, selection, group, since, is_presence)
        if not candidates:
            return nothing_found(selection, timeline, group)
        status = judge(candidates[0]).status
        if status is UNKNOWN or not is_sure or not _agree(candidates, judge, status):
            return _open(selection, candidates, judge, group)
        return decided(status, candidates, (), shown_value(candidates[0]), selection.concept)

    return evaluate


def _agree(facts: Sequence[Fact], judge: Callable[[Fact], Verdict], status: Status) -> bool:
    return len(facts) == 1 or all(judge(fact).status is status for fact in facts[1:])


def _open(
    selection: Selection,
    facts: Sequence[Fact],
    judge: Callable[[Fact], Verdict],
    group: Group | None,
) -> Outcome:
    verdicts = [judge(fact) for fact in facts]
    whys = [verdict.why for verdict in verdicts if verdict.status is UNKNOWN]
    whys += [
        selection.why_open(fact, group)
        for fact in facts
        if _matches(selection, fact, group) is UNKNOWN
    ]
    return undecided(selection.concept, whys[0] if whys else "date_uncertain", facts)


def nothing_found(selection: Selection, timeline: Timeline, group: Group | None) -> Outcome:
    """No fact in the window: too old, about another place, or never measured."""
    told = selection.told(timeline)
    denied = selection.denied(timeline)
    if not told and not denied:
        return selection.never_measured
    matching = [fact for fact in told if selection.match(fact, group) is not NO]
    speaking = selection.denial(denied, group)
    if matching or speaking:
        newest = max((*matching, *speaking), key=oldest_first)
        return missing(selection.concept, "too_old", newest)
    elsewhere = max((*told, *denied), key=oldest_first)
    return missing(selection.concept, "place_uncertain", elsewhere)


def last_n(condition: LastN, terms: Terms) -> Evaluator:
    """At least `k` of the newest results compare as said."""
    selection = Selection(condition.of_concept, condition.where, terms)
    judge = fact_test(condition, condition.of_concept, terms)
    within_days, size, k = condition.within_days, condition.last_n, condition.k

    def evaluate(timeline: Timeline, group: Group | None) -> Outcome:
        since = window_start(timeline, within_days)
        facts = results_for(selection, timeline, group)
        newest = _newest(facts, selection, group, since, size)
        if not newest:
            return nothing_found(selection, timeline, group)
        verdicts = [judge(result.fact) for result in newest]
        sure = [_is_certain(result, newest, since, size) for result in newest]
        status = _count(verdicts, sure, newest, since, k, size)
        return _counted(status, selection, newest, verdicts, sure, size)

    return evaluate


def _newest(
    facts: Sequence[Fact], selection: Selection, group: Group | None, since: Instant, size: int
) -> list[Result]:
    """Every fact of the window that could be among the newest `size`, newest first."""
    found: list[Result] = []
    certain_from: list[Instant] = []
    for fact in reversed(facts):
        if fact.start_at <= since:
            break
        if len(certain_from) >= size and _count_since(certain_from, fact.start_at) >= size:
            break
        match = _matches(selection, fact, group)
        if match is NO:
            continue
        found.append(Result(fact, match))
        if _is_surely_inside(found[-1], since):
            certain_from.append(fact.start_from)
    return found


def _count_since(moments: Sequence[Instant], since: Instant) -> int:
    return sum([moment >= since for moment in moments])


def _is_surely_inside(result: Result, since: Instant) -> bool:
    return result.match is YES and result.fact.start_from > since


def _is_certain(result: Result, results: Sequence[Result], since: Instant, size: int) -> bool:
    """Whether the result is among the newest `size` however the dates fall."""
    if not _is_surely_inside(result, since):
        return False
    fact = result.fact
    newer = sum(
        other.fact.start_at > fact.start_from
        or (other.fact.start_at == fact.start_from and other.fact.fact_id > fact.fact_id)
        for other in results
        if other is not result
    )
    return newer < size


def _count(
    verdicts: Sequence[Verdict],
    sure: Sequence[bool],
    results: Sequence[Result],
    since: Instant,
    k: int,
    size: int,
) -> Status:
    """Yes if at least `k` hold whichever of the open ones are counted, no if fewer must."""
    open_places = size - sum(sure)
    loose = [v.status for v, is_sure in zip(verdicts, sure, strict=True) if not is_sure]
    filled = sum(
        _is_surely_inside(r, since) for r, is_sure in zip(results, sure, strict=True) if not is_sure
    )
    filled = min(open_places, filled)
    held = [v.status for v, is_sure in zip(verdicts, sure, strict=True) if is_sure]
    least = held.count(YES) + max(0, filled - sum(s is not YES for s in loose))
    most = (
        len(held) - held.count(NO) + open_places - max(0, filled - sum(s is not NO for s in loose))
    )
    if least >= k:
        return YES
    return NO if most < k else UNKNOWN


def _counted(
    status: Status,
    selection: Selection,
    results: Sequence[Result],
    verdicts: Sequence[Verdict],
    sure: Sequence[bool],
    size: int,
) -> Outcome:
    facts = [result.fact for result in results]
    if status is UNKNOWN:
        whys = [v.why for v in verdicts if v.status is UNKNOWN]
        few = "few_results" if len(facts) < size else "date_uncertain"
        return undecided(selection.concept, whys[0] if whys else few, facts)
    deciding = [f for f, v in zip(facts, verdicts, strict=True) if v.status is status]
    newest = deciding[0] if deciding else facts[0]
    return decided(status, deciding or facts, (), shown_value(newest), selection.concept)
