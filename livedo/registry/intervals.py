"""Shares, rates and their ratios with exact intervals of 95 %.

A figure that has nothing under it (nobody, no time) is no figure: `NO_FIGURE`, never zero, never
an error. Nothing of anybody is 0 with an upper limit; everybody is 1 with a lower one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import msgspec
import numpy as np
from scipy.optimize import brentq
from scipy.stats import gamma, norm
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    proportion_confint,
    score_test_proportions_2indep,
)
from statsmodels.stats.rates import confint_poisson

from livedo.registry.estimate import NO_FIGURE, Estimate

LEVEL = 0.95
ALPHA = 1 - LEVEL
_FAR = 12.0
"""A ratio of e to the twelfth, 160,000, is as good as infinite."""


class Stratum(msgspec.Struct, frozen=True, kw_only=True):
    """One age group: its cases, its person-years, and how many of the standard population it is."""

    cases: int
    person_years: float
    standard: float


def share(cases: int, people: int) -> Estimate:
    """A share of people, exact (Clopper and Pearson 1934); 0.041 is 4.1 %.

    Raises ValueError for fewer than none, or more cases than people.
    """
    if not 0 <= cases <= people:
        raise ValueError("a share needs 0 <= cases <= people")
    if not people:
        return NO_FIGURE
    low, high = proportion_confint(cases, people, alpha=ALPHA, method="beta")
    return Estimate(
        value=cases / people, low=float(low), high=float(high), method="clopper-pearson"
    )


def rate(cases: int, person_years: float, per: float = 1.0) -> Estimate:
    """Cases per so many person-years, exact (Garwood 1936, gamma form of the limits)."""
    if cases < 0 or person_years < 0:
        raise ValueError("a rate needs counts and person-years of zero or more")
    if not person_years:
        return NO_FIGURE
    low, high = confint_poisson(cases, person_years, method="exact-c", alpha=ALPHA)
    lower = float(low) if cases else 0.0
    return Estimate(
        value=cases / person_years * per,
        low=lower * per,
        high=float(high) * per,
        method="exact-poisson",
    )


def standardised_rate(strata: Sequence[Stratum], per: float = 1.0) -> Estimate:
    """The rate these age groups would give if they were as large as in the standard population.

    Gamma interval of Fay and Feuer (Stat Med 1997;16:791-801), which holds at least 95 % also for
    few cases, and for none. Not to be used: where an age group of the standard has no
    person-years here (no figure is given) or its count is hidden; between rates standardised to
    different populations; for groups whose rates differ one way at young and the other way at old
    ages; where one person can be several cases. From rounded counts it carries the rounding.
    """
    weights = _weights(strata)
    if weights is None:
        return NO_FIGURE
    cases = [stratum.cases for stratum in strata]
    value = math.fsum(w * x for w, x in zip(weights, cases, strict=True))
    variance = math.fsum(w * w * x for w, x in zip(weights, cases, strict=True))
    most = max(weights)
    upper_value, upper_variance = value + most, variance + most**2
    return Estimate(
        value=value * per,
        low=_gamma_limit(ALPHA / 2, value, variance) * per,
        high=_gamma_limit(1 - ALPHA / 2, upper_value, upper_variance) * per,
        method="fay-feuer-gamma",
    )


def _weights(strata: Sequence[Stratum]) -> list[float] | None:
    """The share of each age group in the standard, over its person-years; None if one has none."""
    counted = math.fsum(stratum.standard for stratum in strata)
    if not counted or any(s.standard and not s.person_years for s in strata):
        return None
    return [s.standard / counted / s.person_years if s.standard else 0.0 for s in strata]


def _gamma_limit(part: float, mean: float, variance: float) -> float:
    if not variance:
        return 0.0
    return float(gamma.ppf(part, mean**2 / variance, scale=variance / mean))


def ratio_of_rates(
    cases: int, person_years: float, other_cases: int, other_person_years: float
) -> Estimate:
    """One rate over another, women over men; exact, given how many cases there are together.

    Of all the cases, how many fall on the first group is binomial; its Clopper-Pearson limits turn
    into limits of the ratio (Przyborowski and Wilenski 1940). No value where the other group has no
    case; the lower limit then still says what is excluded.
    """
    together = cases + other_cases
    if not together or not person_years or not other_person_years:
        return NO_FIGURE
    part = share(cases, together)
    turn = other_person_years / person_years
    low, high = _odds(part.low), _odds(part.high)
    return Estimate(
        value=cases / other_cases * turn if other_cases else None,
        low=None if low is None else low * turn,
        high=None if high is None else high * turn,
        method="exact-conditional",
    )


def _odds(part: float | None) -> float | None:
    return None if part is None or part >= 1 else part / (1 - part)


def ratio_of_shares(cases: int, people: int, other_cases: int, other_people: int) -> Estimate:
    """One share over another, with the score interval (Miettinen and Nurminen 1985)."""
    if not people or not other_people or not cases + other_cases:
        return NO_FIGURE
    if cases == people and other_cases == other_people:
        return _both_everybody(people, other_people)
    value = (cases / people) / (other_cases / other_people) if other_cases else None
    low, high = _score(cases, people, other_cases, other_people)
    return Estimate(
        value=value,
        low=(low or 0.0) if cases else 0.0,
        high=None if not other_cases else high,
        method="score",
    )


def _score(
    cases: int, people: int, other_cases: int, other_people: int
) -> tuple[float | None, float | None]:
    counts = (cases, people, other_cases, other_people)
    if cases == people or other_cases == other_people:
        return _score_from_test(counts)
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = confint_proportions_2indep(
            *counts, compare="ratio", method="score", alpha=ALPHA
        )
    return float(low), float(high)


def _score_from_test(counts: tuple[int, int, int, int]) -> tuple[float | None, float | None]:
    """The ratios that the score test just does not reject.

    statsmodels 0.15 gives its limits in closed form, which is wrong where one share is 100 %:
    8 of 8 against 7 of 37 gets 3.00 as its lower limit, a ratio that its own test rejects.
    """
    cases, people, other_cases, other_people = counts

    def beyond(log_ratio: float) -> float:
        test = score_test_proportions_2indep(*counts, value=math.exp(log_ratio), compare="ratio")
        return float(test.statistic) ** 2 - float(norm.ppf(1 - ALPHA / 2)) ** 2

    middle = -_FAR if not cases else _FAR
    if cases and other_cases:
        middle = math.log(cases / people * other_people / other_cases)
    low = _crossing(beyond, middle - _FAR, middle) if cases else None
    high = _crossing(beyond, middle + _FAR, middle) if other_cases else None
    return low, high


def _crossing(beyond: Callable[[float], float], far: float, middle: float) -> float | None:
    """None where so few were counted that no ratio is excluded on this side."""
    if beyond(far) <= 0 or beyond(middle) >= 0:
        return None
    return math.exp(float(brentq(beyond, min(far, middle), max(far, middle))))


def _both_everybody(people: int, other_people: int) -> Estimate:
    """Where everybody is a case in both: at least the lower limit of one share, at most over it."""
    low, other = share(people, people).low, share(other_people, other_people).low
    return Estimate(value=1.0, low=low, high=1 / other if other else None, method="clopper-pearson")
