"""Shares, rates, times and quantiles that may leave: worked out of shown counts alone.

None is "nothing to divide by"; HIDDEN is "a count behind it is hidden".
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from livedo.registry.small_numbers import HIDDEN, Amount, Count, Policy


def share(cases: Count, people: Count) -> Amount | None:
    """Cases of people, 0 to 1. Hidden if either is, also no case among a hidden few.

    None where there are no people. Of rounded counts it is never above 1.
    """
    if cases is HIDDEN or people is HIDDEN:
        return HIDDEN
    return cases / people if people else None


def rate(cases: Count, person_years: Amount) -> Amount | None:
    """Cases a person-year; hidden if either is, None where nobody was watched."""
    if cases is HIDDEN or person_years is HIDDEN:
        return HIDDEN
    return cases / person_years if person_years else None


def shown_person_years(person_years: float, people: Count, policy: Policy) -> Amount:
    """Person-years to the nearest multiple of `round_to`; `people` is their shown number.

    Hidden where the people are, and where so little time was watched that it would be rounded
    to nothing: the time of a few people nearly counts them.
    """
    if not policy.is_on:
        return person_years
    if people is HIDDEN:
        return HIDDEN
    if people == 0:
        return 0.0
    if person_years <= policy.hide_to:
        return HIDDEN
    return float(policy.rounded(person_years))


def shown_quantile(values: Sequence[float], at: float, policy: Policy) -> Amount | None:
    """A quantile of one value a person, to whole steps of 1; None where there are no values.

    Hidden unless more than `hide_to` people lie on either side of it, whatever their shown number
    stands for: a median needs 18 people (shown as 20), a quartile 33 (shown as 35). Judged by the
    true number, a quartile beside a 30 would say that they are 32. The smallest and the largest
    value never leave: each is one person's.
    """
    if not values:
        return None
    ranked = sorted(values)
    place = at * (len(ranked) - 1)
    low, high = ranked[math.floor(place)], ranked[math.ceil(place)]
    value = low + (high - low) * (place - math.floor(place))
    if not policy.is_on:
        return value
    return float(round(value)) if may_leave(len(ranked), at, policy) else HIDDEN


def may_leave(people: int, at: float, policy: Policy) -> bool:
    """Whether a quantile of so many people speaks for enough of them on either side.

    The smallest number decides that is shown as theirs is, so that the answer tells no more.
    """
    least, _ = policy.behind(policy.rounded(people))
    return min(math.floor(least * at), math.floor(least * (1 - at))) > policy.hide_to
