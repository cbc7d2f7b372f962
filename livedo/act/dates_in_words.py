"""Dates as people write them, in one language and one time zone.

An imprecise date is shown as imprecise: a month stays a month.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from livedo.knowledge.wording import Wording
from livedo.record.tables import Instant

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHORT_FOR_DAYS = 300
"""A date without its year is clear for less than a year; beyond this the year is shown."""

_OPEN_FROM_YEARS = 10
"""Where a date may lie in more years than this, only its end says anything."""


class DateWords:
    """Writes dates. Days are cached: a programme's record holds few of them."""

    def __init__(self, wording: Wording, time_zone: str = "UTC") -> None:
        self._wording = wording
        self._zone = ZoneInfo(time_zone)
        self._months = tuple(wording.text(f"act.month.{n}") for n in range(1, 13))
        self._days: dict[Instant, date] = {}

    def local_day(self, instant: Instant) -> date:
        """The day of an instant where the patients are."""
        day = self._days.get(instant)
        if day is None:
            day = self._local(instant).date()
            self._days[instant] = day
        return day

    def days_between(self, earlier: Instant, later: Instant) -> int:
        """Whole local days from one instant to another."""
        return (self.local_day(later) - self.local_day(earlier)).days

    def full(self, instant: Instant) -> str:
        """18 Nov 2026."""
        return self._day_text(self.local_day(instant), with_year=True)

    def short(self, instant: Instant, as_of: Instant) -> str:
        """18 Nov, or with its year when it lies far from the moment of judgement."""
        recent = self.is_recent(instant, as_of)
        return self._day_text(self.local_day(instant), with_year=not recent)

    def is_recent(self, instant: Instant, as_of: Instant) -> bool:
        """Whether a date is clear without its year."""
        return abs(self.days_between(instant, as_of)) <= _SHORT_FOR_DAYS

    def moment(self, instant: Instant) -> str:
        """20 Nov 2026 06:00; the end of a day is the day alone."""
        local = self._local(instant)
        day = self._day_text(local.date(), with_year=True)
        if (local.hour, local.minute) in {(23, 59), (0, 0)}:
            return day
        return self._wording.text("act.date.moment", day=day, hour=local.hour, minute=local.minute)

    def month(self, instant: Instant) -> str:
        """Nov 2026."""
        day = self.local_day(instant)
        return self._month_text(day)

    def span(self, earliest: Instant, latest: Instant, as_of: Instant | None = None) -> str:
        """One date that may be imprecise: a day, a month, a year, or from one day to another."""
        first, last = self.local_day(earliest), self.local_day(latest)
        if first == last:
            return self.full(latest) if as_of is None else self.short(latest, as_of)
        if _fills_years(first, last):
            return str(first.year) if first.year == last.year else f"{first.year}–{last.year}"
        if _fills_month(first, last):
            return self._month_text(first)
        if last.year - first.year > _OPEN_FROM_YEARS:
            end = self._day_text(last, with_year=True)
            return self._wording.text("act.date.before", end=end)
        return self._wording.text(
            "act.date.between",
            start=self._day_text(first, with_year=first.year != last.year),
            end=self._day_text(last, with_year=True),
        )

    def _month_text(self, day: date) -> str:
        return self._wording.text(
            "act.date.month", month=self._months[day.month - 1], year=day.year
        )

    def _day_text(self, day: date, *, with_year: bool) -> str:
        key = "act.date.day" if with_year else "act.date.day_short"
        month = self._months[day.month - 1]
        return self._wording.text(key, day=day.day, month=month, year=day.year)

    def _local(self, instant: Instant) -> datetime:
        return (_EPOCH + timedelta(microseconds=instant)).astimezone(self._zone)


def _fills_years(first: date, last: date) -> bool:
    return (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)


def _fills_month(first: date, last: date) -> bool:
    next_day = last + timedelta(days=1)
    return (
        first.day == 1
        and next_day.day == 1
        and (first.year, first.month)
        == (
            last.year,
            last.month,
        )
    )
