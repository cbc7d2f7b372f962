"""Exact intervals of proportions: against closed forms, and against what defines them."""

from __future__ import annotations

import math

import pytest

from livedo.knowledge.proportions import clopper_pearson


@pytest.mark.parametrize("of", [1, 10, 242])
def test_none_or_all_of_them_has_the_bound_of_the_closed_form(of: int) -> None:
    bound = 0.025 ** (1 / of)
    assert clopper_pearson(0, of, 0.95) == (0.0, pytest.approx(1 - bound))
    assert clopper_pearson(of, of, 0.95) == (pytest.approx(bound), 1.0)


def test_each_bound_leaves_half_of_the_rest_in_its_tail() -> None:
    low, high = clopper_pearson(10, 242, 0.95)
    assert at_most(9, 242, low) == pytest.approx(0.975)
    assert at_most(10, 242, high) == pytest.approx(0.025)


def at_most(events: int, of: int, p: float) -> float:
    return sum(math.comb(of, k) * p**k * (1 - p) ** (of - k) for k in range(events + 1))


def test_ten_of_242_haemodialysis_patients_could_be_two_to_seven_and_a_half_percent() -> None:
    low, high = clopper_pearson(10, 242, 0.95)
    assert (round(100 * low, 1), round(100 * high, 1)) == (2.0, 7.5)


@pytest.mark.parametrize(("events", "of", "level"), [(-1, 5, 0.95), (6, 5, 0.95), (0, 0, 0.95)])
def test_counts_that_make_no_sense_are_refused(events: int, of: int, level: float) -> None:
    with pytest.raises(ValueError, match="at level"):
        clopper_pearson(events, of, level)
