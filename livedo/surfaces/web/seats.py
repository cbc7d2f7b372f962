"""Who sits where and when, and the filter for it in the address: unit, shift, today's chairs."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

import msgspec
from starlette.requests import Request

from livedo.instants import iso_date, zone_named
from livedo.knowledge.rosters import load_roster_words
from livedo.sources.roster import Seat
from livedo.surfaces.web.service import Service

LAST = 99


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """A shift that the filter offers."""

    id: str
    label: str
    count: int
    is_today: bool


class SeatFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which chairs the address asks for."""

    unit: str = ""
    shift: str = ""
    """The days, or the days and the time: `mwf`, `tts-morning`, `home`."""
    today: bool = False

    @property
    def is_open(self) -> bool:
        """Whether everybody's chair belongs to it."""
        return not (self.unit or self.shift or self.today)

    def takes(self, service: Service, person_id: str) -> bool:
        """Whether a person sits where the address asks for."""
        if self.is_open:
            return True
        seat = service.roster.seat_of(person_id)
        is_here = not self.unit or service.unit_of(person_id) == self.unit
        is_then = not self.shift or self.shift in (seat.days, shift_id(seat))
        return is_here and is_then and (not self.today or comes_on(seat, weekday_of(service)))

    def query(self) -> dict[str, str]:
        """The filter as it stands in the address."""
        told = {"unit": self.unit, "shift": self.shift, "today": "1" if self.today else ""}
        return {name: value for name, value in told.items() if value}


def seat_filter_of(request: Request, service: Service) -> SeatFilter:
    """The filter in the address; what it does not know it leaves out."""
    asked = request.query_params
    return seat_filter(asked.get("unit", ""), asked.get("shift", ""), asked.get("today"), service)


def seat_filter(unit: str, shift: str, today: str | None, service: Service) -> SeatFilter:
    """A filter from plain words; what nobody's seat says is left out."""
    days = shift.partition("-")[0]
    is_known = load_roster_words().days_named(days) is not None
    return SeatFilter(
        unit=unit if unit in service.units else "",
        shift=shift if is_known and service.roster else "",
        today=today == "1" and bool(service.roster),
    )


def shift_id(seat: Seat) -> str:
    """The days and the time of a seat, for the address."""
    return "-".join(filter(None, (seat.days, seat.time)))


def shift_label(seat: Seat, lang: str) -> str:
    """The shift in words; as the roster writes it where its days were not recognised."""
    words = load_roster_words()
    days, time = words.days_named(seat.days), words.time_named(seat.time)
    if days is None:
        return seat.shift or ""
    told = [getattr(part.label, lang) for part in (days, time) if part is not None]
    return ", ".join(told)


def weekday_of(service: Service) -> int:
    """The day of the week where the patients are; Monday is 0."""
    return date.fromisoformat(today_of(service)).weekday()


def today_of(service: Service) -> str:
    """The local date of the service's clock."""
    return iso_date(service.clock.now(), zone_named(service.time_zone))


def comes_on(seat: Seat, weekday: int) -> bool:
    """Whether somebody sits in this seat on a day of the week."""
    days = load_roster_words().days_named(seat.days)
    return days is not None and weekday in days.weekdays


@functools.lru_cache(maxsize=20_000)
def seat_order(seat: Seat, unit: str, weekday: int) -> tuple[object, ...]:
    """The order of a nurse's morning: today's shifts first, unit by unit, chair by chair."""
    words = load_roster_words()
    days = [one.id for one in words.days]
    times = [one.id for one in words.times]
    return (
        not comes_on(seat, weekday),
        days.index(seat.days) if seat.days in days else LAST,
        times.index(seat.time) if seat.time in times else LAST,
        unit,
        seat.shift or "",
        natural(seat.chair or ""),
    )


def natural(text: str) -> tuple[tuple[int, str], ...]:
    """A text with its numbers as numbers, so that chair 9 comes before chair 10."""
    parts = re.findall(r"[0-9]+|[^0-9]+", text)
    return tuple((int(part), "") if part.isdigit() else (LAST**4, part) for part in parts)


def shifts_offered(service: Service, people: Iterable[str], lang: str) -> list[Shift]:
    """The shifts of the roster in the order of the morning, with how many of these people."""
    weekday = weekday_of(service)
    seats = list(_seats(service, people))
    counts = Counter(shift_id(seat) for seat in seats)
    first = {shift_id(seat): seat for seat in reversed(seats)}
    ordered = sorted(first.values(), key=lambda seat: seat_order(seat, "", weekday))
    return [
        Shift(
            id=shift_id(seat),
            label=shift_label(seat, lang),
            count=counts[shift_id(seat)],
            is_today=comes_on(seat, weekday),
        )
        for seat in ordered
    ]


def _seats(service: Service, people: Iterable[str]) -> Iterator[Seat]:
    for person_id in people:
        seat = service.roster.seat_of(person_id)
        if seat.days is not None:
            yield msgspec.structs.replace(seat, chair=None, dialysis_unit=None)


def units_offered(service: Service, people: Iterable[str]) -> list[tuple[str, int]]:
    """The dialysis units, or the centres where there is no roster, with how many people."""
    seats = service.roster.seats
    told = (person_id for person_id in people if not seats or person_id in seats)
    counts = Counter(filter(None, (service.unit_of(person_id) for person_id in told)))
    return sorted(counts.items())
