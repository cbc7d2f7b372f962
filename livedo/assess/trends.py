"""`change` and `product`: numbers computed from several results of a window.

Both need dates known to the day; a result dated to a month or a year that may
lie in the window leaves the answer unknown. A date known to the day counts as
the end of that day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from livedo.assess.compare import Interval, interval_test
from livedo.assess.evaluator import Evaluator
from livedo.assess.evidence import Outcome, decided, missing, undecided
from livedo.assess.groups import Group
from livedo.assess.logic import NO, UNKNOWN, YES
from livedo.assess.results import nothing_found, window_start
from livedo.assess.selection import Selection, is_confirmed
from livedo.assess.terms import Terms
from livedo.assess.timeline import Timeline
from livedo.instants import DAY
from livedo.knowledge.schema import Change, Product
from livedo.record.tables import Fact, Instant

SLOPE_DAYS = 30
FEWEST_FOR_SLOPE = 3

Series = Sequence[Fact]
Measure = Callable[[Series, Instant], Interval | None]
"""The change over a series, oldest first, given the middle of the window; None if too few."""


def change(condition: Change, terms: Terms) -> Evaluator:
    """A change over the window: of the halves' means, of newest to oldest, or the slope."""
    concept = condition.change
    selection = Selection(concept, condition.where, terms)
    measure = _MEASURES[condition.by]
    limit_of = _percent(terms) if condition.by == "relative" else _difference(terms, concept)
    test = interval_test(condition, limit_of)
    value_concept = None if condition.by == "relative" else concept
    half = condition.within_days * DAY // 2

    def evaluate(timeline: Timeline, group: Group | None) -> Outcome:
        since = window_start(timeline, condition.within_days)
        inside = [f for f in selection.told(timeline) if f.start_at > since]
        series = [f for f in inside if selection.match(f, group) is not NO]
        if not series:
            return nothing_found(selection, timeline, group)
        why = _why_unusable(selection, series, group)
        if why:
            return undecided(concept, why, series)
        measured = [measure(one, since + half) for one in _readings(series, since)]
        if any(interval is None for interval in measured):
            return undecided(concept, "few_results", series)
        statuses = {test(interval) for interval in measured if interval is not None}
        if len(statuses) > 1 or UNKNOWN in statuses:
            why = "date_uncertain" if len(statuses) > 1 else "value_uncertain"
            return undecided(concept, why, series)
        low = measured[0][0] if measured[0] else None
        return decided(statuses.pop(), series, (), low, value_concept)

    return evaluate


def _difference(terms: Terms, concept: str) -> Callable[[str], float]:
    return lambda text: terms.difference(concept, text)


def _percent(terms: Terms) -> Callable[[str], float]:
    return terms.number


def _why_unusable(selection: Selection, series: Series, group: Group | None) -> str:
    for fact in series:
        if not is_confirmed(fact) or selection.match(fact, group) is not YES:
            return selection.why_open(fact, group)
        if is_coarse(fact):
            return "date_uncertain"
    return ""


def is_coarse(fact: Fact) -> bool:
    """Whether the date is known less exactly than to the day."""
    return fact.start_at - fact.start_from > DAY


def _readings(series: Series, since: Instant) -> list[Series]:
    """The series with every way in which results on the first day may be in the window."""
    edge = sum(fact.start_from <= since for fact in series)
    return [series[skipped:] for skipped in range(edge + 1)]


def _absolute(series: Series, middle: Instant) -> Interval | None:
    early = [fact for fact in series if fact.start_at <= middle]
    late = [fact for fact in series if fact.start_at > middle]
    if not early or not late:
        return None
    early_low, early_high = _mean(early)
    late_low, late_high = _mean(late)
    return _minus(late_low, early_high), _minus(late_high, early_low)


def _minus(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first - second


def _mean(facts: Series) -> Interval:
    lows = [fact.low for fact in facts if fact.low is not None]
    highs = [fact.high for fact in facts if fact.high is not None]
    count = len(facts)
    return (
        sum(lows) / count if len(lows) == count else None,
        sum(highs) / count if len(highs) == count else None,
    )


def _relative(series: Series, middle: Instant) -> Interval | None:
    if len(series) < 2:
        return None
    oldest, newest = series[0], series[-1]
    return (_percent_of(newest.low, oldest.high), _percent_of(newest.high, oldest.low))


def _percent_of(newest: float | None, oldest: float | None) -> float | None:
    if newest is None or oldest is None or oldest <= 0:
        return None
    return (newest / oldest - 1) * 100


def _slope(series: Series, middle: Instant) -> Interval | None:
    if len(series) < FEWEST_FOR_SLOPE:
        return None
    days = [(fact.start_at - middle) / DAY for fact in series]
    mean = sum(days) / len(days)
    spread = sum((day - mean) ** 2 for day in days)
    if spread <= 0:
        return None
    weights = [(day - mean) / spread * SLOPE_DAYS for day in days]
    lows = [f.low if w > 0 else f.high for f, w in zip(series, weights, strict=True)]
    highs = [f.high if w > 0 else f.low for f, w in zip(series, weights, strict=True)]
    return _weighted(weights, lows), _weighted(weights, highs)


def _weighted(weights: Sequence[float], values: Sequence[float | None]) -> float | None:
    total = 0.0
    for weight, value in zip(weights, values, strict=True):
        if value is None:
            return None
        total += weight * value
    return total


_MEASURES: dict[str, Measure] = {"absolute": _absolute, "relative": _relative, "slope": _slope}


# Product


def product(condition: Product, terms: Terms) -> Evaluator:
    """The product of the newest two results of two analytes drawn close together."""
    first, second = (Selection(concept, None, terms) for concept in condition.product)
    test = interval_test(condition, lambda text: _product_limit(condition, text, terms))
    apart = condition.pair_within_days * DAY

    def evaluate(timeline: Timeline, group: Group | None) -> Outcome:
        since = window_start(timeline, condition.within_days)
        series = [_inside(one, timeline, since) for one in (first, second)]
        for selection, facts in zip((first, second), series, strict=True):
            if not facts:
                return nothing_found(selection, timeline, None)
            if any(is_coarse(fact) for fact in facts):
                return undecided(selection.concept, "date_uncertain", facts)
        pair = newest_pair(series[0], series[1], apart)
        if pair is None:
            older = min(series, key=lambda facts: facts[-1].start_at)[-1]
            return missing(older.concept, "too_old", older)
        return _multiplied(pair, since, test)

    return evaluate


def _inside(selection: Selection, timeline: Timeline, since: Instant) -> Series:
    return [fact for fact in selection.told(timeline) if fact.start_at > since]


def newest_pair(first: Series, second: Series, apart: int) -> tuple[Fact, Fact] | None:
    """The pair whose later member is newest, with the earlier member nearest to it."""
    found = [
        pair
        for one, other in ((first, second), (second, first))
        if (pair := _newest_pair_led_by(one, other, apart)) is not None
    ]
    return max(found, key=_pair_order, default=None)


def _pair_order(pair: tuple[Fact, Fact]) -> tuple[Instant, Instant, list[int]]:
    later, earlier = pair
    return later.start_at, earlier.start_at, sorted(fact.fact_id for fact in pair)


def _newest_pair_led_by(later: Series, earlier: Series, apart: int) -> tuple[Fact, Fact] | None:
    at = len(earlier) - 1
    for fact in reversed(later):
        while at >= 0 and earlier[at].start_at > fact.start_at:
            at -= 1
        if at < 0:
            return None
        if fact.start_at - earlier[at].start_at <= apart:
            return fact, earlier[at]
    return None


def _multiplied(
    pair: tuple[Fact, Fact], since: Instant, test: Callable[[Interval], object]
) -> Outcome:
    interval = (_times(pair[0].low, pair[1].low), _times(pair[0].high, pair[1].high))
    status = test(interval)
    why = "value_uncertain" if status is UNKNOWN else ""
    for fact in pair:
        if fact.start_from <= since:
            why = "date_uncertain"
        if not is_confirmed(fact):
            why = "not_confirmed"
    if why:
        return undecided(pair[0].concept, why, pair)
    return decided(YES if status is YES else NO, pair, (), interval[0])


def _times(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first * second


def _product_limit(condition: Product, text: str, terms: Terms) -> float:
    """The limit in the product of the two canonical units.

    "55 mg2/dL2" is read as 55 times one mg/dL of each analyte.
    """
    value, unit = terms.units.parse(text)
    single = re.sub(r"[()]|(?<=[A-Za-z)])(?:\*\*|\^)?[2²]", "", unit)
    for concept in condition.product:
        value *= terms.difference(concept, f"1 {single}")
    return value
