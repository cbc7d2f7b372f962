"""Local days as numbers since 1970-01-01, and the instants at which they begin."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np

from livedo.demo.nation.chance import Whole
from livedo.instants import instant_of

EPOCH = date(1970, 1, 1)
NEVER = 10**6
"""A day that never comes."""
MINUTE = 60_000_000
YEAR = 365.25
_FIRST, _LAST = date(1915, 1, 1), date(2040, 1, 1)


def number_of(day: date) -> int:
    """The number of a day."""
    return (day - EPOCH).days


def day_of(number: int) -> date:
    """The day of a number."""
    return EPOCH + timedelta(days=number)


class Days:
    """The days of one time zone."""

    def __init__(self, zone: str) -> None:
        self._midnights, self._offset = _midnights(zone), number_of(_FIRST)

    def at(self, days: Whole | int, minutes: Whole | int = 0) -> Whole:
        """So many minutes after a day began."""
        began = self._midnights[np.asarray(days, np.int64) - self._offset]
        return np.asarray(began + np.asarray(minutes, np.int64) * MINUTE)

    def end(self, days: Whole | int) -> Whole:
        """The last microsecond of a day."""
        return np.asarray(self.at(np.asarray(days, np.int64) + 1) - 1)


@cache
def _midnights(name: str) -> Whole:
    zone = ZoneInfo(name)
    count = (_LAST - _FIRST).days
    days = (_FIRST + timedelta(days=number) for number in range(count))
    began = (instant_of(datetime(day.year, day.month, day.day, tzinfo=zone)) for day in days)
    return np.fromiter(began, np.int64, count)


def months(days: Whole) -> tuple[Whole, Whole]:
    """The first and the last day of the month each day lies in."""
    month = days.astype("datetime64[D]").astype("datetime64[M]")
    first = month.astype("datetime64[D]").astype(np.int64)
    return first, (month + 1).astype("datetime64[D]").astype(np.int64) - 1


def years(days: Whole) -> tuple[Whole, Whole]:
    """The first and the last day of the year each day lies in."""
    year = days.astype("datetime64[D]").astype("datetime64[Y]")
    first = year.astype("datetime64[D]").astype(np.int64)
    return first, (year + 1).astype("datetime64[D]").astype(np.int64) - 1
