"""The case register: who is in it, who is proposed, one case, and taking back what was entered."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from livedo.decisions.entries import CaseReport
from livedo.knowledge.register import load_case_report_form
from livedo.registry.form import OUTSIDE
from livedo.surfaces.web.audited import event
from livedo.surfaces.web.gate import Allow, User
from livedo.surfaces.web.pages import page, reader_of
from livedo.surfaces.web.register_desk import KINDS, Case, Register
from livedo.surfaces.web.register_history import history, is_of, may_undo, saved_line
from livedo.surfaces.web.register_rows import Part, Rows
from livedo.surfaces.web.register_visits import next_visit, visit_label, visit_lines
from livedo.surfaces.web.routes.rounds import page_of

router = APIRouter()

ROWS_A_PAGE = 50
SHOWN = ("all", "in_register", "proposed", "withdrawn")
DUE = ("", "overdue", "due")
READ = ("", "unread", "differ", "done")

Reads = Annotated[User, Depends(Allow("viewer", "clinician", patient_data=True))]
Enters = Annotated[User, Depends(Allow("clinician", patient_data=True))]


def register_of(request: Request) -> Register:
    """The register behind the application."""
    register: Register = request.app.state.register
    return register


def reader_name(user: User) -> str:
    """How a user signs what they enter."""
    return user.label or user.name


# -- the list ------------------------------------------------------------------------------


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """What the address asks for."""

    show: str = "all"
    read: str = ""
    due: str = ""

    def takes(self, register: Register, case: Case) -> bool:
        """Whether a case belongs to the list asked for."""
        is_here = case.place == self.show or (self.show == "all" and case.place != "withdrawn")
        is_read = not self.read or read_word(case) == self.read
        return is_here and is_read and (not self.due or self._is_due(register, case))

    def _is_due(self, register: Register, case: Case) -> bool:
        if case.place != "in_register":
            return False
        visit = next_visit(register.followed(case.person_id))
        return visit is not None and visit.status == self.due


def read_word(case: Case) -> str:
    """How far the reading is, as the filter has it."""
    stage = case.readings.stage
    return {"agreed": "done", "consensus": "done", "disagreed": "differ"}.get(stage, "unread")


def filter_of(request: Request) -> Filter:
    """The filter in the address; what it does not know it leaves out."""
    asked = request.query_params
    show, read, due = (asked.get(name, "") for name in ("show", "read", "due"))
    return Filter(
        show=show if show in SHOWN else "all",
        read=read if read in READ else "",
        due=due if due in DUE else "",
    )


class CaseRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the list, in words."""

    case: Case
    who: str
    state_text: str
    certainty_text: str
    diagnosed: str
    is_diagnosed_by_record: bool
    answered: int
    asked: int
    name: str
    tenths: int
    """How much is answered, for the small bar."""
    visit: str
    """The next one, and when it is due."""
    visit_status: str


@router.get("/register")
def register_page(request: Request, user: Reads) -> Response:
    """The list as people read it."""
    register, reader = register_of(request), reader_of(request)
    event(request, "register shown")
    asked, cases = filter_of(request), register.cases()
    wanted = [case for case in cases if asked.takes(register, case)]
    pages = max(1, -(-len(wanted) // ROWS_A_PAGE))
    number = page_of(request, pages)
    rows = Rows(register, reader)
    shown = wanted[(number - 1) * ROWS_A_PAGE : number * ROWS_A_PAGE]
    context = {
        "filter": asked,
        "rows": [case_row(rows, case) for case in shown],
        "counts": counts_of(cases),
        "number": number,
        "pages": pages,
        "may_enter": user.may("clinician"),
        "new_id": new_id,
    }
    title = reader.words.text("register.title")
    return page(request, "register", title, user, context)


def counts_of(cases: Sequence[Case]) -> dict[str, int]:
    """How many stand where, and how far their reading is."""
    places = Counter(str(case.place) for case in cases)
    read = Counter(read_word(case) for case in cases if case.place == "in_register")
    return {**places, **read, "all": sum(places.values()) - places["withdrawn"]}


def case_row(rows: Rows, case: Case) -> CaseRow:
    """One case in words."""
    register = rows.register
    summary = register.summary(case.person_id)
    is_listed = not register.is_outside(case.person_id)
    person = register.ward.row(case.person_id, rows.reader) if is_listed else None
    diagnosed = summary.diagnosed
    is_in = case.place == "in_register"
    visit = next_visit(register.followed(case.person_id)) if is_in else None
    return CaseRow(
        case=case,
        who="" if person is None else person.title.partition(", ")[2],
        state_text="" if person is None else person.state_text,
        certainty_text="" if person is None else person.certainty_text,
        diagnosed="" if diagnosed is None else rows.said(diagnosed_field(), diagnosed.text),
        is_diagnosed_by_record=diagnosed is not None and diagnosed.origin == "record",
        answered=summary.answered,
        asked=summary.asked,
        name=rows.name(case.person_id),
        visit="" if visit is None else f"{visit_label(rows, visit.id)}: {rows.span(visit.due)}",
        visit_status="" if visit is None else visit.status,
        tenths=10 * summary.answered // max(1, summary.asked),
    )


def diagnosed_field() -> Any:
    """The field of the day of diagnosis."""
    form = load_case_report_form().form("case")
    field = None if form is None else form.field("diagnosed_on")
    assert field is not None
    return field


def new_id() -> str:
    """The id of an entry that a form may make."""
    return uuid.uuid4().hex


# -- one case ------------------------------------------------------------------------------


@router.get("/register/{link}")
def case_page(request: Request, link: str, user: Reads) -> Response:
    """One case with all its forms."""
    return show_case(request, register_of(request).person_of(link), user)


def show_case(request: Request, person_id: str, user: User, refused: str = "") -> Response:
    """The page of a case; with a sentence where something was not done."""
    event(request, "case shown", person_id)
    register, reader = register_of(request), reader_of(request)
    rows = Rows(register, reader)
    context = {
        **about(request, person_id, user),
        "groups": grouped(rows, person_id),
        "history": list(history(rows, person_id, reader_name(user))),
        "certainty": certainty(request, person_id),
        "refused": refused,
        "summary": register.summary(person_id),
        "visits": visit_lines(rows, register.followed(person_id)),
        "rows": rows,
    }
    status = 422 if refused else 200
    moment = register.service.moment_of(person_id)
    return page(
        request, "register_case", context["heading"], user, context, as_of=moment, status=status
    )


def grouped(rows: Rows, person_id: str) -> list[tuple[Any, list[Part]]]:
    """Every form in order, with its instances where it repeats."""
    parts = list(rows.parts(person_id))
    forms = load_case_report_form().forms
    return [(form, [part for part in parts if part.form is form]) for form in forms]


def about(request: Request, person_id: str, user: User) -> dict[str, Any]:
    """What every page of a case says of it."""
    register, reader = register_of(request), reader_of(request)
    case = register.case(person_id)
    is_outside = register.is_outside(person_id)
    name = person_id.removeprefix(OUTSIDE)
    key = "heading" if case.number is not None else f"heading_{case.place}"
    rows = Rows(register, reader)
    return {
        "case": case,
        "link": case.link,
        "exported_as": register.exported_as(person_id),
        "person": None if is_outside else register.ward.row(person_id, reader),
        "heading": reader.words.text(f"register.{key}", number=case.number, person=name),
        "may_enter": user.may("clinician"),
        "new_id": new_id,
        "saved": saved_line(
            rows, person_id, request.query_params.get("saved", ""), reader_name(user)
        ),
    }


def certainty(request: Request, person_id: str) -> Sequence[Any]:
    """What each definition says; nothing of somebody in no record."""
    register = register_of(request)
    if register.is_outside(person_id):
        return ()
    return register.service.explanation(person_id, reader_of(request)).certainty


@router.post("/register/{link}/undo")
def undo(
    request: Request,
    link: str,
    user: Enters,
    entry_id: Annotated[str, Form(max_length=64)],
    undoes: Annotated[str, Form(max_length=200)],
) -> Response:
    """Takes back what a form has made; it stays in the history."""
    register = register_of(request)
    person_id = register.person_of(link)
    service, readings = register.service, register.readings(person_id)
    with service.lock:
        mine = [one for one in service.entries(person_id) if is_of(one.entry_id, undoes)]
        kept = {one.entry_id for one in service.entered(person_id)}
        left = [one for one in mine if one.entry_id in kept]
        is_ours = all(may_undo(one, readings, reader_name(user)) for one in left)
        if not mine or not is_ours or any(one.kind not in KINDS for one in mine):
            refused = reader_of(request).words.text("register.mistake.undo")
            return show_case(request, person_id, user, refused)
        for number, one in enumerate(left):
            own_id = entry_id if number == 0 else f"{entry_id}.{number}"
            service.undo(person_id, one.entry_id, user, own_id)
    event(request, "entry undone", person_id)
    first = mine[0].body
    return to_case(link, undoes, first.form if isinstance(first, CaseReport) else "")


def to_case(link: str, saved: str, anchor: str = "") -> Response:
    """Back to the page of the case, at the form that was filled in."""
    query = f"?{urlencode({'saved': saved})}" if saved else ""
    return RedirectResponse(f"/register/{link}{query}{'#' + anchor if anchor else ''}", 303)
