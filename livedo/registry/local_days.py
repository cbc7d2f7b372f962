"""Instants to local days, whole columns at a time."""

from __future__ import annotations

import functools
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from livedo.instants import DAY, SECOND, instant_of, zone_named

Instants = npt.NDArray[np.int64]
DayColumn = npt.NDArray[np.int32]

HOUR = 3600 * SECOND
_HOURS = 24
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class LocalDays:
    """The local day of a moment in one time zone, to the hour in which a clock is changed."""

    def __init__(self, zone: str) -> None:
        self._zone = zone_named(zone)
        self._offsets = np.zeros(0, np.int64)
        self._first = 0

    def of(self, instants: Instants) -> DayColumn:
        """Days since 1970-01-01, local to the zone."""
        if not len(instants):
            return np.zeros(0, np.int32)
        hours = instants // HOUR
        self._reach(int(hours.min()) // _HOURS, int(hours.max()) // _HOURS)
        offsets = self._offsets[hours - self._first * _HOURS]
        return ((instants + offsets) // DAY).astype(np.int32)

    def day(self, instant: int) -> int:
        """The day of one moment."""
        return int((instant + _offset(self._zone, instant // HOUR)) // DAY)

    def last_moment(self, day: int) -> int:
        """The last microsecond of a day."""
        following = date(1970, 1, 1) + timedelta(days=day + 1)
        midnight = datetime(following.year, following.month, following.day, tzinfo=self._zone)
        return instant_of(midnight) - 1

    def _reach(self, first: int, last: int) -> None:
        """The offsets of every hour from the first to the last day."""
        known = len(self._offsets) // _HOURS
        if known and self._first <= first and last < self._first + known:
            return
        if known:
            first, last = min(first, self._first), max(last, self._first + known - 1)
        hours = np.arange(first * _HOURS, (last + 1) * _HOURS)
        borders = [*range(first * _HOURS, (last + 1) * _HOURS, _STEP), (last + 1) * _HOURS]
        offsets = np.empty(len(hours), np.int64)
        for begin, end in pairwise(borders):
            self._fill(offsets[begin - borders[0] : end - borders[0]], begin, end)
        self._offsets, self._first = offsets, first

    def _fill(self, offsets: Instants, begin: int, end: int) -> None:
        """The offsets of some hours; where a clock is changed among them, half and half."""
        start, stop = _offset(self._zone, begin), _offset(self._zone, end)
        if start == stop or end - begin == 1:
            offsets[:] = start
            return
        middle = (begin + end) // 2
        self._fill(offsets[: middle - begin], begin, middle)
        self._fill(offsets[middle - begin :], middle, end)


_STEP = 7 * _HOURS
"""No clock is changed and changed back within a week."""


@functools.cache
def days_of_zone(zone: str) -> LocalDays:
    """The days of this zone, made once a process; raises DateInvalid for a zone unknown."""
    return LocalDays(zone)


@functools.lru_cache(maxsize=100_000)
def _offset(zone: ZoneInfo, hour: int) -> int:
    """How far the local clock is ahead of UTC at the start of this hour, in microseconds."""
    there = (_EPOCH + timedelta(hours=int(hour))).astimezone(zone).utcoffset()
    return 0 if there is None else int(there / timedelta(microseconds=1))
