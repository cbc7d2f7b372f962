"""Moments and dates as whole microseconds since 1970-01-01T00:00:00 UTC.

A date without a time of day is a local day of a declared time zone, and so is an
interval: 2024-05-01 in Copenhagen runs from the first to the last microsecond of
that day there. A year or a month is an interval too. Nothing here calls the clock.
"""

from __future__ import annotations

import re
from datetime import MAXYEAR, UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from livedo.errors import DateInvalid

Instant = int

SECOND = 1_000_000
DAY = 86_400 * SECOND
YEAR_DAYS = 365.25

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1)
_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_DATE_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,9}))?(Z|z|[+-]\d{2}:\d{2})?",
    re.ASCII,
)


def instant_of(moment: datetime) -> Instant:
    """The instant of an aware moment."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds


def zone_named(name: str) -> ZoneInfo:
    """The time zone of that name, or a clear refusal."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise DateInvalid(
            "There is no time zone of that name.",
            where=f"time zone {name!r}",
            next_step="Give a name such as Europe/Copenhagen or UTC.",
        ) from None


def _refused(where: str = "") -> DateInvalid:
    return DateInvalid(
        "A date could not be read.",
        where=where,
        next_step="Write dates as 2026, 2026-11, 2026-11-20 or 2026-11-20T06:00:00Z.",
    )


def _following(year: int, month: int, day: int | None) -> date:
    """The day after a day, or the first day after a month."""
    if day is not None:
        return date(year, month, day) + timedelta(days=1)
    return date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)


def _midnight(day: date, zone: tzinfo) -> Instant:
    return instant_of(datetime(day.year, day.month, day.day, tzinfo=zone))


def _interval_of_days(match: re.Match[str], zone: tzinfo) -> tuple[Instant, Instant]:
    year = int(match[1])
    month = int(match[2]) if match[2] else None
    day = int(match[3]) if match[3] else None
    first = date(year, month or 1, day or 1)
    if first.year == MAXYEAR and (month or 12, day or 31) == (12, 31):
        # There is no day after the last one; systems write it for "no end".
        return _midnight(first, UTC), _midnight(date.max, UTC) + DAY - 1
    after = _following(year, month or 12, day)
    return _midnight(first, zone), _midnight(after, zone) - 1


def _exact(match: re.Match[str], zone: tzinfo) -> Instant:
    clock = match[2] if len(match[2]) == 8 else f"{match[2]}:00"
    # A leap second is written :60, which no Python datetime can hold.
    clock = clock[:6] + "59" if clock.endswith(":60") else clock
    moment = datetime.fromisoformat(f"{match[1]}T{clock}")
    offset = match[4]
    if offset is None:
        aware = moment.replace(tzinfo=zone)
    elif offset in "Zz":
        aware = moment.replace(tzinfo=UTC)
    else:
        aware = datetime.fromisoformat(f"{match[1]}T{clock}{offset}")
    fraction = int((match[3] or "0")[:6].ljust(6, "0"))
    return instant_of(aware) + fraction


def parse_fhir_instant(text: str, zone: tzinfo) -> tuple[Instant, Instant]:
    """The earliest and the latest instant that a FHIR date, dateTime or instant can mean.

    A time of day without an offset, which FHIR forbids and records hold, is
    local time of the zone. Raises DateInvalid on anything that is not a date.
    """
    text = text.strip()
    try:
        if match := _PARTIAL_DATE.fullmatch(text):
            return _interval_of_days(match, zone)
        if match := _DATE_TIME.fullmatch(text):
            exact = _exact(match, zone)
            return exact, exact
    except (ValueError, OverflowError):
        raise _refused() from None
    raise _refused()


def from_iso(text: str, zone: tzinfo = UTC) -> Instant:
    """The instant a person means by a date or a moment: a bare date is its last microsecond."""
    try:
        return parse_fhir_instant(text, zone)[1]
    except DateInvalid:
        raise _refused(repr(text)) from None


def start_from_iso(text: str, zone: tzinfo = UTC) -> Instant:
    """The first instant of a date, or the moment itself."""
    try:
        return parse_fhir_instant(text, zone)[0]
    except DateInvalid:
        raise _refused(repr(text)) from None


def to_datetime(instant: Instant) -> datetime:
    """Naive UTC."""
    return (_EPOCH + timedelta(microseconds=instant)).replace(tzinfo=None)


def iso_date(instant: Instant, zone: tzinfo | None = None) -> str:
    """The day, in the zone if one is given, else in UTC."""
    moment = _EPOCH + timedelta(microseconds=instant)
    return (moment.astimezone(zone) if zone else moment).date().isoformat()


def iso(instant: Instant) -> str:
    """The moment in UTC, to the second, or finer where the instant is finer."""
    return to_datetime(instant).isoformat() + "Z"
