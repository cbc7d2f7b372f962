"""Dates of the register as texts, spans of days and intervals of instants.

A text is as exact as the date is known: 2026, 2026-03 or 2026-03-14. Days are counted from
1970-01-01 in the time zone of the record.
"""

from __future__ import annotations

from datetime import date, timedelta, tzinfo

from livedo.errors import DateInvalid
from livedo.instants import Instant, from_iso, iso_date, start_from_iso
from livedo.knowledge.register import UNKNOWN, date_parts
from livedo.registry.case import Day, Span

_EPOCH = date(1970, 1, 1)


def span_of(text: str) -> Span | None:
    """The first and the last day that a text can mean; None where no date is said.

    Raises:
        DateInvalid: the text is neither a date nor blank nor `unknown`.
    """
    if text in ("", UNKNOWN):
        return None
    parts = date_parts(text)
    if parts is None:
        raise DateInvalid(
            "A date of the register could not be read.",
            next_step="Write dates as 2026, 2026-03 or 2026-03-14.",
        )
    year, month, day = parts
    first = date(year, month or 1, day or 1)
    return Span(day_of(first), day_of(_last(first, month, day)))


def text_of(span: Span) -> str:
    """The most exact text that holds the whole span; blank where it reaches over a year's end."""
    first, last = date_of(span.first), date_of(span.last)
    if first == last:
        return first.isoformat()
    if first.year != last.year:
        return ""
    return f"{first.year:04}-{first.month:02}" if first.month == last.month else f"{first.year:04}"


def text_of_instants(first: Instant, last: Instant, zone: tzinfo) -> str:
    """The text of a moment that lies between two instants, in days of the zone."""
    begins = iso_date(first, zone)
    if first == last:
        return begins
    ends = iso_date(last, zone)
    if begins == ends:
        return begins
    return text_of(Span(day_of(date.fromisoformat(begins)), day_of(date.fromisoformat(ends))))


def day_of_instant(at: Instant, zone: tzinfo) -> Day:
    """The local day of an instant."""
    return day_of(date.fromisoformat(iso_date(at, zone)))


def start_of_day(day: Day, zone: tzinfo) -> Instant:
    """The first instant of a local day."""
    return start_from_iso(date_of(day).isoformat(), zone)


def end_of_day(day: Day, zone: tzinfo) -> Instant:
    """The last instant of a local day."""
    return from_iso(date_of(day).isoformat(), zone)


def day_of(day: date) -> Day:
    """Days since 1970-01-01."""
    return (day - _EPOCH).days


def date_of(day: Day) -> date:
    """The date of a day."""
    return _EPOCH + timedelta(days=day)


def _last(first: date, month: int | None, day: int | None) -> date:
    if day is not None:
        return first
    if month is None:
        return date(first.year, 12, 31)
    return date(first.year, month, 28 + _days_left(first))


def _days_left(first: date) -> int:
    """How many days the month has beyond the 28th."""
    beyond = (first.replace(day=28) + timedelta(days=extra) for extra in (1, 2, 3))
    return sum(day.month == first.month for day in beyond)
