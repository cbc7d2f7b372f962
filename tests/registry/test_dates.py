"""Dates of the register: as exact as they are known, and no more."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livedo.errors import DateInvalid
from livedo.registry.case import Span
from livedo.registry.dates import date_of, day_of, span_of, text_of, text_of_instants
from tests.registry.reported import at

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-03-14", "2026-03-14", "2026-03-14"),
        ("2026-12", "2026-12-01", "2026-12-31"),
    ],
)
def test_a_date_is_every_day_that_it_can_mean(text: str, first: str, last: str) -> None:
    span = span_of(text)
    assert span is not None
    assert (date_of(span.first).isoformat(), date_of(span.last).isoformat()) == (first, last)
    assert span.is_exact is (first == last)
    assert text_of(span) == text


@pytest.mark.parametrize("text", ["", "unknown"])
def test_a_blank_and_unknown_are_no_days(text: str) -> None:
    assert span_of(text) is None


@pytest.mark.parametrize("text", ["2026-02-30", "14.03.2026", "2026-13", "spring", "26", "2026-3"])
def test_what_is_no_date_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(DateInvalid) as refused:
        span_of(text)
    assert text not in str(refused.value).replace("2026, 2026-03 or 2026-03-14", "")


@given(st.integers(-20_000, 30_000), st.integers(0, 800))
def test_the_text_of_a_span_never_claims_a_day_that_is_not_known(first: int, days: int) -> None:
    span = Span(first, first + days)
    text = text_of(span)
    if text:
        told = span_of(text)
        assert told is not None
        assert told.first <= span.first <= span.last <= told.last
    else:
        assert date_of(span.first).year < date_of(span.last).year


@given(st.dates())
def test_every_day_comes_back(day: date) -> None:
    assert date_of(day_of(day)) == day


def test_a_moment_belongs_to_the_day_of_the_patient() -> None:
    late = at("2026-03-14T23:30:00")
    assert text_of_instants(late, late, COPENHAGEN) == "2026-03-14"
    assert text_of_instants(late, late, ZoneInfo("Asia/Tokyo")) == "2026-03-15"
