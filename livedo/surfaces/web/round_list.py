"""Who is due for the skin round, in the order of a nurse's morning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import msgspec
from starlette.requests import Request

from livedo.act.facts_in_words import FactWords, capitalised
from livedo.act.result import LesionLine, PatientResult
from livedo.act.skin import SkinTable
from livedo.instants import zone_named
from livedo.knowledge.round_page import load_round_page
from livedo.knowledge.skin_round import Place
from livedo.record.tables import PatientRecord
from livedo.sources.roster import Seat
from livedo.surfaces.web.preferences import Preferences
from livedo.surfaces.web.seats import (
    SeatFilter,
    comes_on,
    seat_filter,
    seat_order,
    shift_label,
    today_of,
    weekday_of,
)
from livedo.surfaces.web.service import Service
from livedo.surfaces.web.todays_round import TodaysRound, places_of, todays_round
from livedo.surfaces.web.ward import Line, Ward

NOT_IN_ROUND = "not_in_round"
OVER = frozenset({"overdue", "never"})
LESIONS_TOLD = 2


class RoundFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What the address asks for."""

    seats: SeatFilter = SeatFilter()
    everybody: bool = False
    """Also those who are not due yet."""

    def takes(self, service: Service, line: Line) -> bool:
        """Whether a person belongs to the list asked for."""
        is_due = self.everybody or due_of(line) != "later"
        return is_due and self.seats.takes(service, line.person_id)

    def query(self) -> dict[str, str]:
        """The filter as it stands in the address."""
        return {**self.seats.query(), **({"show": "all"} if self.everybody else {})}


def round_filter_of(request: Request, service: Service) -> RoundFilter:
    """The filter in the address."""
    asked = request.query_params
    return round_filter(dict(asked), service)


def round_filter(asked: dict[str, str], service: Service) -> RoundFilter:
    """The filter from plain words."""
    seats = seat_filter(asked.get("unit", ""), asked.get("shift", ""), asked.get("today"), service)
    return RoundFilter(seats=seats, everybody=asked.get("show") == "all")


def due_of(line: Line) -> str:
    """overdue, never, soon, or later."""
    if line.palpation in OVER:
        return line.palpation
    left = line.days_to_palpation
    return "soon" if left is not None and left <= load_round_page().due_soon_days else "later"


def in_round(ward: Ward) -> list[Line]:
    """Everybody whom the round concerns, in the order of the morning."""
    service = ward.service
    weekday = weekday_of(service)

    def order(line: Line) -> tuple[object, ...]:
        seat = service.roster.seat_of(line.person_id)
        place = seat_order(seat, service.unit_of(line.person_id), weekday)
        # Without a chair the longest overdue come first.
        return (*place, -line.days_over, line.person_id)

    return sorted((x for x in ward.lines() if x.palpation != NOT_IN_ROUND), key=order)


class RoundRow(msgspec.Struct, frozen=True, kw_only=True):
    """One person of the list."""

    link: str
    person: PatientResult
    seat: Seat
    unit: str
    shift: str
    is_today: bool
    due: str
    last_found: str
    today: TodaysRound
    rest_named: str
    to_look_at_named: str
    not_examined_named: str


class Rounds:
    """Makes the rows of the list, in one reader's words."""

    def __init__(self, ward: Ward, reader: Preferences) -> None:
        self.ward = ward
        self.reader = reader
        self.service = ward.service
        self.words: FactWords = ward.words(reader)
        self._skin = SkinTable(self.words)
        self._weekday = weekday_of(self.service)
        self._zone = zone_named(self.service.time_zone)
        self.day = today_of(self.service)

    def today(self, person_id: str) -> TodaysRound:
        """What today's round has come to for a person."""
        return self._today(self.service.patient(person_id))

    def _today(self, record: PatientRecord) -> TodaysRound:
        entries = self.service.entered(record.person.person_id)
        vocabulary = self.service.knowledge.vocabulary
        return todays_round(record, entries, vocabulary, self.day, self._zone)

    def row(self, line: Line) -> RoundRow:
        """One person with chair, state, rounds and what today has come to."""
        service, person_id = self.service, line.person_id
        seat, record = service.roster.seat_of(person_id), service.patient(person_id)
        today = self._today(record)
        return RoundRow(
            link=service.link_of(person_id),
            person=self.ward.row(person_id, self.reader),
            seat=seat,
            unit=service.unit_of(person_id),
            shift=shift_label(seat, self.reader.lang),
            is_today=comes_on(seat, self._weekday),
            due=due_of(line),
            last_found=self.last_found(record, today),
            today=today,
            rest_named=self.named(today.rest),
            to_look_at_named=self.named(today.to_look_at),
            not_examined_named=self.named(today.not_examined),
        )

    def last_found(self, record: PatientRecord, today: TodaysRound) -> str:
        """The lesions known now in a short line, else what was found clear since.

        Empty where nothing was ever found.
        """
        moment = self.service.moment_of(record.person.person_id)
        lines = self._skin.lines(record, moment, ())
        known = [x for x in lines if today.known.keys() & set(places_of(x.body_site, x.side))]
        newest = sorted(known, key=lambda line: -(line.first_at or 0))[:LESIONS_TOLD]
        if newest:
            return capitalised("; ".join(map(_told, newest)))
        if not lines:
            return ""
        line = lines[-1]
        return capitalised(
            self.reader.words.text("round.clear_since", place=line.site_text, on=line.last_on)
        )

    def named(self, places: Iterable[Place]) -> str:
        """Places as people say them: both sides in one word where both are meant."""
        return named_places(places, self.words)


def _told(line: LesionLine) -> str:
    what = line.seen or line.felt
    return (
        f"{line.site_text}: {what}, {line.from_to}" if what else f"{line.site_text}, {line.from_to}"
    )


def named_places(places: Iterable[Place], words: FactWords) -> str:
    """The places by name; a body site with both its sides once."""
    told = list(places)
    both = {site for site, side in told if side == "left" and (site, "right") in told}
    named = (words.site(site, "both" if site in both else side) for site, side in told)
    return "; ".join(dict.fromkeys(named))


def by_shift(rows: Sequence[RoundRow]) -> list[tuple[str, str, bool, list[RoundRow]]]:
    """Rows under the heading of their shift and unit, in order."""
    return [
        (shift, unit, is_today, list(found))
        for (is_today, shift, unit), found in groupby(
            rows, key=lambda row: (row.is_today, row.shift, row.unit)
        )
    ]


def row_document(row: RoundRow) -> dict[str, Any]:
    """One row, for programs."""
    place = "{0[0]}:{0[1]}".format
    return {
        "link": f"/patients/{row.link}/round",
        "person_id": row.person.person_id,
        "state": row.person.state,
        "dialysis_unit": row.unit or None,
        "shift": row.seat.shift,
        "days": row.seat.days,
        "chair": row.seat.chair,
        "due": row.due,
        "days_over": row.person.palpation.days_over,
        "last_round": row.person.palpation.last_on,
        "rounds": [one.mark for one in row.person.palpation.rounds],
        "today": {
            "examined": [place(p) for p in row.today.examined],
            "declined_or_could_not": [place(p) for p in row.today.not_examined],
            "not_yet": [place(p) for p in (*row.today.to_look_at, *row.today.rest)],
        },
    }
