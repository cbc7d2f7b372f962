"""Units of measure convert there and back, and never between things that differ."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livedo.errors import UnknownUnit
from livedo.knowledge.vocabulary import load_vocabulary
from livedo.quantity import equals, exceeds, reaches, span_in_days

UNITS = load_vocabulary().units
PAIRS = sorted((concept, unit) for concept in UNITS.concepts() for unit in UNITS.units_of(concept))
VALUES = st.floats(min_value=1e-6, max_value=1e9, allow_nan=False, allow_infinity=False)


@given(pair=st.sampled_from(PAIRS), value=VALUES)
def test_a_value_comes_back_the_same_from_the_canonical_unit(
    pair: tuple[str, str], value: float
) -> None:
    concept, unit = pair
    canonical = UNITS.to_canonical(concept, value, unit)
    zero = abs(UNITS.scale(concept, unit).zero_at)
    back = UNITS.from_canonical(concept, canonical, unit)
    assert math.isclose(back, value, rel_tol=1e-9, abs_tol=1e-9 * zero)


@given(pair=st.sampled_from(PAIRS), value=VALUES)
def test_a_value_never_exceeds_itself_after_conversion(pair: tuple[str, str], value: float) -> None:
    concept, unit = pair
    limit = UNITS.to_canonical(concept, value, unit)
    canonical = UNITS.to_canonical(concept, UNITS.from_canonical(concept, limit, unit), unit)
    assert not exceeds(canonical, limit)
    assert reaches(canonical, limit)


@given(pair=st.sampled_from(PAIRS), a=VALUES, b=VALUES)
def test_conversion_keeps_the_order_of_values(pair: tuple[str, str], a: float, b: float) -> None:
    concept, unit = pair
    low, high = sorted((a, b))
    assert reaches(UNITS.to_canonical(concept, high, unit), UNITS.to_canonical(concept, low, unit))


@given(pair=st.sampled_from(PAIRS), spelled=st.sampled_from(["", " ", "\t"]))
def test_spaces_around_a_unit_do_not_matter(pair: tuple[str, str], spelled: str) -> None:
    concept, unit = pair
    assert UNITS.scale(concept, f"{spelled}{unit}{spelled}") == UNITS.scale(concept, unit)


@given(unit=st.text(min_size=1, max_size=12))
def test_an_unknown_unit_is_refused_not_guessed(unit: str) -> None:
    accepted = UNITS.units_of("lab.phosphate")
    if UNITS.spelling(unit) in accepted:
        return
    with pytest.raises(UnknownUnit):
        UNITS.to_canonical("lab.phosphate", 1.0, unit)


@given(a=VALUES)
def test_a_number_equals_itself_within_rounding(a: float) -> None:
    assert equals(a, a * (1 + 1e-12))
    assert not exceeds(a * (1 + 1e-12), a)
    assert exceeds(a * (1 + 1e-6), a)


@given(days=st.integers(min_value=0, max_value=100_000))
def test_a_bare_number_of_days_is_a_span(days: int) -> None:
    assert span_in_days(days) == days
    assert span_in_days(f"{days} days") == days
