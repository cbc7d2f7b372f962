"""Local days of whole columns are those of the calendar, also where clocks are changed."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

if os.environ.get("CI") != "true":
    pytest.importorskip("numpy")

import numpy as np

from livedo.instants import SECOND
from livedo.registry.local_days import LocalDays

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = 3600 * SECOND
ZONES = ("Europe/Copenhagen", "America/New_York", "Asia/Kolkata", "Africa/Casablanca", "UTC")


def by_calendar(zone: str, instant: int) -> int:
    there = (EPOCH + timedelta(microseconds=instant)).astimezone(ZoneInfo(zone))
    return (there.date() - date(1970, 1, 1)).days


@settings(max_examples=int(os.environ.get("LIVEDO_EXAMPLES", "200")))
@given(
    st.sampled_from(ZONES),
    st.lists(st.integers(-40 * 8766 * HOUR, 60 * 8766 * HOUR), min_size=1, max_size=5),
)
def test_a_column_of_moments_falls_on_the_days_of_the_calendar(
    zone: str, instants: list[int]
) -> None:
    days = LocalDays(zone)
    expected = [by_calendar(zone, instant) for instant in instants]
    assert days.of(np.array(instants, np.int64)).tolist() == expected
    assert [days.day(instant) for instant in instants] == expected


@pytest.mark.parametrize("zone", ZONES)
def test_every_hour_around_a_change_of_clocks_falls_on_its_day(zone: str) -> None:
    start = int((datetime(2024, 3, 1, tzinfo=UTC) - EPOCH).total_seconds()) * SECOND
    hours = [start + hour * HOUR for hour in range(24 * 60)]
    found = LocalDays(zone).of(np.array(hours, np.int64)).tolist()
    assert found == [by_calendar(zone, hour) for hour in hours]


@pytest.mark.parametrize("zone", ZONES)
def test_the_last_moment_of_a_day_is_just_before_the_next(zone: str) -> None:
    days = LocalDays(zone)
    for day in range(19_780, 19_830):
        last = days.last_moment(day)
        assert (by_calendar(zone, last), by_calendar(zone, last + 1)) == (day, day + 1)


def test_no_moments_are_no_days() -> None:
    assert len(LocalDays("UTC").of(np.zeros(0, np.int64))) == 0
