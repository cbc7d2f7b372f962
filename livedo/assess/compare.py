"""Comparing values that are intervals, or words where no number was given.

True for the whole interval is yes, true for none of it is no, else unknown.
The words `normal` and `low` answer no to "above"; `high` answers yes only where
the rule says `or_word: high`, since high for a laboratory need not be high for
the rule. Below is the mirror image.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from livedo.assess.answer import Status
from livedo.assess.logic import NO, UNKNOWN, YES, either, opposite
from livedo.assess.selection import is_confirmed
from livedo.assess.terms import Terms
from livedo.errors import KnowledgeInvalid
from livedo.knowledge.schema import Comparison
from livedo.quantity import exceeds, reaches
from livedo.record.tables import Fact

Bound = float | None
Interval = tuple[Bound, Bound]
"""Lowest and highest possible value; None is an open end."""

Test = Callable[[Fact], Status]
IntervalTest = Callable[[Interval], Status]

COMPARISONS = (
    "above",
    "at_least",
    "below",
    "at_most",
    "between",
    "outside",
    "above_upper_limit",
    "below_upper_limit",
    "below_lower_limit",
    "outside_reference",
    "interpreted",
    "present",
)
"""The fields of which a comparison names exactly one."""


class Verdict(NamedTuple):
    """How one fact compares, and if it does not tell, why."""

    status: Status
    why: str = ""


_HOLDS, _FAILS = Verdict(YES), Verdict(NO)
_UNCONFIRMED = Verdict(UNKNOWN, "not_confirmed")
_WITHOUT_REFERENCE = Verdict(UNKNOWN, "no_reference")
_UNCERTAIN = Verdict(UNKNOWN, "value_uncertain")


def comparison_of(condition: Comparison) -> str:
    """The one comparison a condition makes."""
    named = [name for name in COMPARISONS if getattr(condition, name) is not None]
    if len(named) != 1:
        raise KnowledgeInvalid(
            f"A condition must make exactly one comparison, not {len(named)}.",
            next_step="Name one of: " + ", ".join(COMPARISONS) + ".",
        )
    return named[0]


# Intervals


def is_above(interval: Interval, limit: float) -> Status:
    """Whether the value is above the limit."""
    low, high = interval
    if low is not None and exceeds(low, limit):
        return YES
    return NO if high is not None and not exceeds(high, limit) else UNKNOWN


def is_below(interval: Interval, limit: float) -> Status:
    """Whether the value is below the limit."""
    low, high = interval
    if high is not None and exceeds(limit, high):
        return YES
    return NO if low is not None and not exceeds(limit, low) else UNKNOWN


def reaches_limit(interval: Interval, limit: float) -> Status:
    """Whether the value is at or above the limit."""
    low, high = interval
    if low is not None and reaches(low, limit):
        return YES
    return NO if high is not None and not reaches(high, limit) else UNKNOWN


def stays_within_limit(interval: Interval, limit: float) -> Status:
    """Whether the value is at or below the limit."""
    low, high = interval
    if high is not None and reaches(limit, high):
        return YES
    return NO if low is not None and not reaches(limit, low) else UNKNOWN


_ORDER: dict[str, Callable[[Interval, float], Status]] = {
    "above": is_above,
    "at_least": reaches_limit,
    "below": is_below,
    "at_most": stays_within_limit,
}


def interval_test(condition: Comparison, limit_of: Callable[[str], float]) -> IntervalTest:
    """The comparison of a computed number; `limit_of` reads a threshold."""
    name = comparison_of(condition)
    if name in _ORDER:
        compare, limit = _ORDER[name], limit_of(getattr(condition, name))
        return lambda interval: compare(interval, limit)
    if name not in ("between", "outside"):
        raise KnowledgeInvalid(f"A computed number cannot be compared by {name}.")
    low, high = (limit_of(text) for text in getattr(condition, name))
    if name == "outside":
        return lambda interval: is_outside(interval, low, high)
    return lambda interval: opposite(is_outside(interval, low, high))


def is_outside(interval: Interval, low: float, high: float) -> Status:
    """Whether the value is below the one or above the other limit."""
    return either(is_below(interval, low), is_above(interval, high))


# Facts


def fact_test(condition: Comparison, concept: str, terms: Terms) -> Callable[[Fact], Verdict]:
    """The comparison of one fact, thresholds converted once."""
    name = comparison_of(condition)
    compare = _BUILDERS[name](condition, concept, terms)
    needs_reference = name in _AGAINST_REFERENCE

    def judge(fact: Fact) -> Verdict:
        if not is_confirmed(fact):
            return _UNCONFIRMED
        status = compare(fact)
        if status is UNKNOWN:
            lacks = needs_reference and fact.ref_low is None and fact.ref_high is None
            return _WITHOUT_REFERENCE if lacks else _UNCERTAIN
        return _HOLDS if status is YES else _FAILS

    return judge


_UPWARDS = frozenset({"above", "at_least"})


def _ordered(condition: Comparison, concept: str, terms: Terms) -> Test:
    name = comparison_of(condition)
    by_number = interval_test(condition, lambda text: terms.threshold(concept, text))
    by_word = _word_of_order(name, condition.or_word)
    return _number_or_word(by_number, by_word)


def _word_of_order(name: str, or_word: str | None) -> Callable[[str], Status]:
    if name in _UPWARDS:
        return lambda word: _upwards(word, or_word)
    if name in ("below", "at_most"):
        return lambda word: _downwards(word, or_word)
    if name == "outside":
        return lambda word: either(_upwards(word, or_word), _downwards(word, or_word))
    return lambda word: opposite(either(_upwards(word, or_word), _downwards(word, or_word)))


def _upwards(word: str, or_word: str | None) -> Status:
    if word in ("normal", "low"):
        return NO
    return YES if word == "high" and or_word == "high" else UNKNOWN


def _downwards(word: str, or_word: str | None) -> Status:
    if word in ("normal", "high"):
        return NO
    return YES if word == "low" and or_word == "low" else UNKNOWN


def _number_or_word(by_number: IntervalTest, by_word: Callable[[str], Status]) -> Test:
    def test(fact: Fact) -> Status:
        if fact.low is not None or fact.high is not None:
            return by_number((fact.low, fact.high))
        return UNKNOWN if fact.interpretation is None else by_word(fact.interpretation)

    return test


def _has_number(fact: Fact) -> bool:
    return fact.low is not None or fact.high is not None


def _above_upper(condition: Comparison, concept: str, terms: Terms) -> Test:
    factor, or_word = condition.above_upper_limit or 1.0, condition.or_word

    def test(fact: Fact) -> Status:
        if _has_number(fact) and fact.ref_high is not None:
            return is_above((fact.low, fact.high), factor * fact.ref_high)
        if fact.interpretation in ("normal", "low"):
            return NO if factor >= 1 else UNKNOWN
        is_enough = factor <= 1 or or_word == "high"
        return YES if fact.interpretation == "high" and is_enough else UNKNOWN

    return test


def _below_upper(condition: Comparison, concept: str, terms: Terms) -> Test:
    factor = condition.below_upper_limit or 1.0

    def test(fact: Fact) -> Status:
        if _has_number(fact) and fact.ref_high is not None:
            return is_below((fact.low, fact.high), factor * fact.ref_high)
        if fact.interpretation in ("normal", "low"):
            # At a factor of one, a normal value may lie on the limit itself.
            return YES if factor > 1 or (fact.interpretation == "low" and factor == 1) else UNKNOWN
        return NO if fact.interpretation == "high" and factor <= 1 else UNKNOWN

    return test


def _below_lower(condition: Comparison, concept: str, terms: Terms) -> Test:
    factor, or_word = condition.below_lower_limit or 1.0, condition.or_word

    def test(fact: Fact) -> Status:
        if _has_number(fact) and fact.ref_low is not None:
            return is_below((fact.low, fact.high), factor * fact.ref_low)
        if fact.interpretation in ("normal", "high"):
            return NO if factor <= 1 else UNKNOWN
        is_enough = factor >= 1 or or_word == "low"
        return YES if fact.interpretation == "low" and is_enough else UNKNOWN

    return test


def _outside_reference(condition: Comparison, concept: str, terms: Terms) -> Test:
    is_asked = condition.outside_reference

    def test(fact: Fact) -> Status:
        status = reference_status(fact)
        return status if is_asked else opposite(status)

    return test


def reference_status(fact: Fact) -> Status:
    """Whether a result lies outside its own reference interval, by number or by word."""
    if _has_number(fact) and (fact.ref_low is not None or fact.ref_high is not None):
        return _outside_limits((fact.low, fact.high), fact.ref_low, fact.ref_high)
    if fact.interpretation in ("high", "low", "abnormal"):
        return YES
    return NO if fact.interpretation == "normal" else UNKNOWN


def _outside_limits(interval: Interval, low: Bound, high: Bound) -> Status:
    """A limit the laboratory does not state is none."""
    below = NO if low is None else is_below(interval, low)
    above = NO if high is None else is_above(interval, high)
    return either(below, above)


def _interpreted(condition: Comparison, concept: str, terms: Terms) -> Test:
    asked = frozenset(condition.interpreted or ())

    def test(fact: Fact) -> Status:
        if fact.present == "no":
            return NO
        word = fact.interpretation or word_of_number(fact)
        if word is None:
            return UNKNOWN
        return is_meant(word, asked)

    return test


_ABNORMAL = frozenset({"high", "low", "positive"})


def is_meant(word: str, asked: frozenset[str]) -> Status:
    """Whether a result given as one word answers to the words asked for.

    High, low and positive are abnormal; abnormal alone may be any of them.
    """
    if word in asked or (word in _ABNORMAL and "abnormal" in asked):
        return YES
    return UNKNOWN if word == "abnormal" and asked & _ABNORMAL else NO


def word_of_number(fact: Fact) -> str | None:
    """High, low or normal, where the number and its reference interval decide it."""
    interval = (fact.low, fact.high)
    if not _has_number(fact):
        return None
    if fact.ref_high is not None and is_above(interval, fact.ref_high) is YES:
        return "high"
    if fact.ref_low is not None and is_below(interval, fact.ref_low) is YES:
        return "low"
    has_reference = fact.ref_low is not None or fact.ref_high is not None
    return "normal" if has_reference and reference_status(fact) is NO else None


def _present(condition: Comparison, concept: str, terms: Terms) -> Test:
    is_asked = condition.present

    def test(fact: Fact) -> Status:
        status = NO if fact.present == "no" else YES
        return status if is_asked else opposite(status)

    return test


_BUILDERS: dict[str, Callable[[Comparison, str, Terms], Test]] = {
    "above": _ordered,
    "at_least": _ordered,
    "below": _ordered,
    "at_most": _ordered,
    "between": _ordered,
    "outside": _ordered,
    "above_upper_limit": _above_upper,
    "below_upper_limit": _below_upper,
    "below_lower_limit": _below_lower,
    "outside_reference": _outside_reference,
    "interpreted": _interpreted,
    "present": _present,
}
_AGAINST_REFERENCE = frozenset(
    {"above_upper_limit", "below_upper_limit", "below_lower_limit", "outside_reference"}
)


def shown_value(fact: Fact) -> float | None:
    """The number of a fact to show: its lower end, or its upper if that is all there is."""
    return fact.low if fact.low is not None else fact.high
