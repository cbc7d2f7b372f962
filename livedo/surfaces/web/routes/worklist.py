"""The worklist: who needs a look today, filtered by the address."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from livedo import instants
from livedo.act.attention import Attention
from livedo.act.dates_in_words import DateWords
from livedo.act.own_numbers import override_lines
from livedo.act.result import GroupSummary, PatientResult, Screening
from livedo.errors import DateInvalid
from livedo.surfaces import signs
from livedo.surfaces.fhir_out import MEDIA_TYPE, encoded, worklist_bundle
from livedo.surfaces.report_context import apart_groups, round_words
from livedo.surfaces.screening import write_csv
from livedo.surfaces.survey import who
from livedo.surfaces.web.gate import Allow, User
from livedo.surfaces.web.pages import NO_STORE, PLACES, as_json, page, reader_of, service_of
from livedo.surfaces.web.preferences import Preferences
from livedo.surfaces.web.routes.attention import forms_context
from livedo.surfaces.web.seats import SeatFilter, seat_filter_of, shifts_offered, units_offered
from livedo.surfaces.web.service import Service
from livedo.surfaces.web.ward import Line, Ward

router = APIRouter()

ROWS_A_PAGE = 100
ALL, QUIET = "all", "none"

Reads = Annotated[User, Depends(Allow("viewer", "clinician", patient_data=True))]


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """What the address asks to be shown."""

    group: str = ALL
    changed: bool = False
    aside: bool = False
    """Only lines that somebody put aside or dismissed; they are left out otherwise."""
    page: int = 1
    seats: SeatFilter = SeatFilter()

    def takes(self, line: Line, due: frozenset[str], numbers: dict[str, str]) -> bool:
        """Whether a person belongs to the list asked for."""
        if self.group == QUIET:
            belongs = line.group not in due
        elif self.group == ALL:
            belongs = line.group in due
        else:
            belongs = numbers.get(line.group) == self.group
        return belongs and (not self.changed or line.direction not in (None, "same"))


def filter_of(request: Request, service: Service) -> Filter:
    """The filter in the address; what it does not know it leaves out."""
    asked = request.query_params
    group = asked.get("group", ALL)
    number = asked.get("page", "1")
    return Filter(
        group=group if group in {ALL, QUIET, "1", "2", "3", "4", "5"} else ALL,
        changed=asked.get("changed") == "1",
        aside=asked.get("aside") == "1",
        page=int(number) if number.isdecimal() and 0 < int(number) < 10_000 else 1,
        seats=seat_filter_of(request, service),
    )


@router.get("/", include_in_schema=False)
def home(
    user: Annotated[User, Depends(Allow("viewer", "clinician", "steward", "admin"))],
) -> Response:
    """The first page that this user may open: for most the worklist."""
    place = next(address for address, _, roles in PLACES if user.may(*roles))
    return RedirectResponse(place, status_code=303)


@router.get("/worklist.json")
def worklist_json(request: Request, user: Reads) -> Response:
    """The worklist of this filter, for programs."""
    request.state.audit.record("worklist shown")
    shown = shown_of(request)
    service = service_of(request)
    return as_json(
        {
            "as_of": instants.iso(shown["judged"].as_of),
            "knowledge": service.knowledge.version,
            "run": shown["judged"].run,
            "total": shown["total"],
            "page": shown["filter"].page,
            "patients": [
                {"link": f"/patients/{service.link_of(row.person_id)}", **row_document(row)}
                for rows in shown["rows"].values()
                for row in rows
            ],
        }
    )


@router.get("/worklist")
def worklist(request: Request, user: Reads) -> Response:
    """The worklist as people read it."""
    request.state.audit.record("worklist shown")
    reader = reader_of(request)
    context = shown_of(request)
    title = reader.words.text("page.title")
    return page(request, "worklist", title, user, context)


@router.get("/worklist.csv")
def worklist_csv(request: Request, user: Reads) -> Response:
    """Everybody of this filter as a table, one row a person."""
    request.state.audit.record("worklist exported", None, "csv")
    text = io.StringIO()
    write_csv(screening_of(request), text)
    return download(text.getvalue().encode(), "text/csv; charset=utf-8", "csv")


@router.get("/worklist/fhir")
def worklist_fhir(request: Request, user: Reads) -> Response:
    """Everybody of this filter who has something due, as a FHIR R4 Bundle."""
    request.state.audit.record("worklist exported", None, "fhir")
    made = worklist_bundle(screening_of(request), units=reader_of(request).units)
    return download(encoded(made), MEDIA_TYPE, "json")


def download(content: bytes, media_type: str, ending: str) -> Response:
    """A file; its name tells nothing of a patient."""
    name = f'attachment; filename="worklist.{ending}"'
    return Response(
        content, media_type=media_type, headers={**NO_STORE, "Content-Disposition": name}
    )


def screening_of(request: Request) -> Screening:
    """The people of this filter, on whatever page, as a screening."""
    ward: Ward = request.app.state.ward
    service, reader, shown = service_of(request), reader_of(request), shown_of(request)
    judged = shown["judged"]
    return Screening(
        as_of=judged.as_of,
        as_of_text=ward.words(reader).dates.moment(judged.as_of),
        knowledge=service.knowledge.version,
        run=judged.run,
        lang=reader.lang,
        record=judged.record,
        groups=tuple(shown["groups"]),
        state_counts={},
        patients=[ward.row(line.person_id, reader) for line in shown["wanted"]],
        compared_with=judged.compared_with,
        failed=judged.failed,
    )


def row_document(row: PatientResult) -> dict[str, Any]:
    """The document of the contract for one person."""
    from livedo.act.document import patient_document

    return patient_document(row)


def shown_of(request: Request) -> dict[str, Any]:
    """The people of this filter and this page, with the counts of everybody."""
    ward: Ward = request.app.state.ward
    service = service_of(request)
    reader, asked = reader_of(request), filter_of(request, service)
    everybody = [line for line in ward.lines() if asked.seats.takes(service, line.person_id)]
    aside = {id: one for id, one in attention(ward, everybody).items() if one.is_aside}
    lines = [line for line in everybody if (line.person_id in aside) == asked.aside]
    groups = ward.groups(reader, lines)
    due = frozenset(group.id for group in groups if group.is_due)
    numbers = {group.id: str(group.number) for group in groups}
    wanted = [line for line in lines if asked.takes(line, due, numbers)]
    first = (asked.page - 1) * ROWS_A_PAGE
    shown = [ward.row(line.person_id, reader) for line in wanted[first : first + ROWS_A_PAGE]]
    return {
        "filter": asked,
        "wanted": wanted,
        "units": units_offered(service, service.one_of_each_seat),
        "shifts": shifts_offered(service, service.one_of_each_seat, reader.lang),
        "roster": service.roster,
        "groups": groups,
        "due_groups": [group for group in groups if group.is_due],
        "shown_groups": [g for g in groups if any(row.group == g.id for row in shown)],
        "rows": by_group(groups, shown),
        "links": {row.person_id: f"/patients/{service.link_of(row.person_id)}" for row in shown},
        "total": len(wanted),
        "pages": -(-len(wanted) // ROWS_A_PAGE),
        "changed_count": sum(
            line.group in due and line.direction not in (None, "same") for line in lines
        ),
        "aside_count": len(aside),
        "attention": attention(ward, wanted[first : first + ROWS_A_PAGE]),
        "dates": ward.words(reader).dates,
        **forms_context(reader),
        **around_list(request, reader, groups, lines),
    }


def attention(ward: Ward, lines: Iterable[Line]) -> dict[str, Attention]:
    """What was done with these lines, by person."""
    found = ((line.person_id, ward.attention(line)) for line in lines)
    return {person_id: one for person_id, one in found if one is not None}


def by_group(
    groups: list[GroupSummary], rows: list[PatientResult]
) -> dict[str, list[PatientResult]]:
    """The rows of each group, in order."""
    return {group.id: [row for row in rows if row.group == group.id] for group in groups}


def around_list(
    request: Request, reader: Preferences, groups: list[GroupSummary], lines: Any
) -> dict[str, Any]:
    """Counts, data age and the words of the legend."""
    ward: Ward = request.app.state.ward
    service, judged = service_of(request), ward.now
    met = {line.state for line in lines}
    newest = judged.record.newest_known_at
    dates = ward.words(reader).dates
    return {
        "judged": judged,
        "record": judged.record,
        "newest_text": "" if newest is None else dates.short(newest, judged.as_of),
        "due": sum(group.count for group in groups if group.is_due),
        "quiet": sum(group.count for group in groups if group.id == "nothing_due"),
        "apart_groups": apart_groups(groups),
        "failed": len(judged.failed),
        "compared_with": (compared := compared_text(judged.compared_with, service, dates)),
        "change_head": change_head(compared, reader),
        "ledger": request.app.state.ledger(reader.lang),
        "overrides": override_lines(service.knowledge, reader.lang),
        "directions": signs.DIRECTION_SIGNS,
        "who": who,
        "round_words": lambda rounds: round_words(rounds, reader.words),
        "state_words": [
            (s.id, getattr(s, reader.lang)) for s in service.knowledge.states if s.id in met
        ],
    }


def compared_text(compared: str | None, service: Service, dates: DateWords) -> str:
    """What the list is compared with: a date in the reader's words, or the id of a run."""
    if compared is None:
        return ""
    try:
        return dates.full(instants.from_iso(compared, instants.zone_named(service.time_zone)))
    except DateInvalid:
        return compared


def change_head(compared: str | None, reader: Preferences) -> str:
    """The head of the column of changes; empty where nothing is compared."""
    return reader.words.text("page.head.change", run=compared) if compared else ""
