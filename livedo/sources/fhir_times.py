"""Dates of resources as intervals of instants, and when a fact could be known."""

from __future__ import annotations

import functools
from datetime import tzinfo

import msgspec

from livedo.errors import DateInvalid
from livedo.instants import SECOND, parse_fhir_instant
from livedo.record.tables import Instant
from livedo.sources.fhir_types import Period
from livedo.sources.intake import NEWEST
from livedo.sources.series import intake_limits

NO_DATE = "no_date"
UNREADABLE_DATE = "unreadable_date"
IMPOSSIBLE_DATE = "impossible_date"
FUTURE_DATE = "future_date"

REMEMBERED = 200_000

Interval = tuple[Instant, Instant]


class Moment(msgspec.Struct, frozen=True, gc=False):
    """When something began and ended, and when it could be known."""

    start_from: Instant
    start_at: Instant
    end_from: Instant | None
    end_at: Instant | None
    known_at: Instant
    is_assumed: bool


class Times:
    """Reads dates of one source, whose bare dates are local days of one time zone."""

    def __init__(self, zone: tzinfo) -> None:
        limits = intake_limits().dates
        self._zone = zone
        self._earliest = parse_fhir_instant(f"{limits.earliest_year:04d}", zone)[0]
        self._latest = parse_fhir_instant(f"{limits.latest_year:04d}", zone)[1]
        self._skew = int(limits.clock_skew_hours * 3600 * SECOND)
        self.interval = functools.lru_cache(maxsize=REMEMBERED)(self._interval)
        self._points: dict[tuple[str | None, str | None], Moment | str] = {}
        self.earliest = self._earliest
        """Where a beginning nobody wrote down lies at the earliest."""

    def _interval(self, text: str) -> Interval | str:
        """The interval a date means, or the reason why it means none."""
        try:
            first, last = parse_fhir_instant(text, self._zone)
        except DateInvalid:
            return UNREADABLE_DATE
        if first < self._earliest or last > self._latest:
            return IMPOSSIBLE_DATE
        return first, last

    def end(self, text: str | None) -> Interval | str | None:
        """An end; one beyond every possible year is how systems write that there is none."""
        if not text:
            return None
        found = self.interval(text)
        if found == IMPOSSIBLE_DATE and parse_fhir_instant(text, self._zone)[1] > self._latest:
            return None
        return found

    def known(self, *texts: str | None) -> tuple[Instant, bool] | str:
        """The first date given, at its latest; (0, False) where none is."""
        for text in texts:
            if text:
                found = self.interval(text)
                return found if isinstance(found, str) else (found[1], True)
        return 0, False

    def point(self, text: str | None, period: Period | None, issued: str | None) -> Moment | str:
        """A result: it holds at a point, which lies somewhere within a period if one is given."""
        if period is not None:
            return self._point(text, period, issued)
        known = self._points.get((text, issued))
        if known is None:
            if len(self._points) >= REMEMBERED:
                self._points.clear()
            known = self._points[text, issued] = self._point(text, None, issued)
        return known

    def _point(self, text: str | None, period: Period | None, issued: str | None) -> Moment | str:
        stated = self.known(issued)
        if isinstance(stated, str):
            return stated
        start = self._somewhere(text, period)
        if start is None:
            if not stated[1]:
                return NO_DATE
            # A result without a day of its own is taken as of the moment it was issued.
            start = (stated[0], stated[0])
        if isinstance(start, str):
            return start
        first, last = start
        known_at, is_stated = stated
        if is_stated and first > known_at + self._skew:
            return FUTURE_DATE
        return Moment(first, last, last, last, known_at if is_stated else last, not is_stated)

    def _somewhere(self, text: str | None, period: Period | None) -> Interval | str | None:
        if text:
            return self.interval(text)
        if period is None or not (period.start or period.end):
            return None
        return self._between(period)

    def _between(self, period: Period) -> Interval | str:
        start = self.interval(period.start or period.end or "")
        end = self.interval(period.end or period.start or "")
        if isinstance(start, str):
            return start
        if isinstance(end, str):
            return end
        return (start[0], end[1]) if start[0] <= end[1] else IMPOSSIBLE_DATE

    def span(
        self,
        start: Interval | str | None,
        end: Interval | str | None,
        stated: str | None,
        *,
        is_over: bool,
    ) -> Moment | str:
        """Something that lasts. Over without a known end: it ended between its
        beginning and the newest known moment of the source."""
        known = self.known(stated)
        if isinstance(start, str):
            return start
        if isinstance(end, str):
            return end
        if isinstance(known, str):
            return known
        known_at, is_stated = known
        begun = start or self._unwritten(known_at if is_stated else None, end)
        if end is not None and end[1] < begun[0]:
            return IMPOSSIBLE_DATE
        if end is None and is_over:
            end = (begun[1], NEWEST)
        end_from, end_at = end or (None, None)
        moment = known_at if is_stated else begun[1]
        return Moment(begun[0], begun[1], end_from, end_at, moment, not is_stated)

    def _unwritten(self, known_at: Instant | None, end: Interval | None) -> Interval:
        """A beginning nobody wrote down: the day it was recorded; else it lies
        anywhere up to the end, or up to the newest known moment of the source."""
        if known_at is not None:
            return known_at, known_at
        return self.earliest, end[1] if end else NEWEST
