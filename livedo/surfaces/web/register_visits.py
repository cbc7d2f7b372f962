"""The planned visits of a case in words: which is next, which is overdue, which was made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from livedo.knowledge.register import load_case_report_form
from livedo.registry.follow_up import Followed, Visit
from livedo.surfaces.web.register_rows import Rows

NEXT = ("overdue", "due", "upcoming")
"""Visits that somebody still has to see to."""


class VisitLine(msgspec.Struct, frozen=True, kw_only=True):
    """One planned visit."""

    label: str
    due: str
    status: str
    status_text: str
    days_over: int


class CaseVisits(msgspec.Struct, frozen=True, kw_only=True):
    """One case with the visit that is next."""

    person_id: str
    link: str
    name: str
    number: int | None
    diagnosed: str
    next: VisitLine


def next_visit(followed: Followed) -> Visit | None:
    """The visit to see to: an overdue one before one that is due, and that before later ones."""
    found = (v for status in NEXT for v in followed.visits if v.status == status)
    return next(found, None)


def visit_line(rows: Rows, visit: Visit) -> VisitLine:
    """A visit in words."""
    today = rows.register.today
    text = rows.reader.words.text
    seen = "" if visit.seen is None else rows.span(visit.seen)
    return VisitLine(
        label=visit_label(rows, visit.id),
        due=rows.span(visit.due),
        status=visit.status,
        status_text=text(f"register.visit.{visit.status}", on=seen, closes=rows.day(visit.closes)),
        days_over=visit.overdue_days(today),
    )


def visit_label(rows: Rows, id: str) -> str:
    """What a visit is called: 3 months."""
    form = load_case_report_form().form("follow_up")
    field = None if form is None else form.field("visit")
    return id if field is None else dict(rows.choices(field)).get(id, id)


def visit_lines(rows: Rows, followed: Followed) -> list[VisitLine]:
    """Every planned visit of a case."""
    return [visit_line(rows, visit) for visit in followed.visits]


def to_see(rows: Rows, people: Iterable[str], status: str) -> list[CaseVisits]:
    """Every case whose next visit has this status, whoever waits longest first."""
    found = [(visit.closes, one.person_id, visit, one) for visit, one in _next(rows, people)]
    wanted = sorted((one for one in found if one[2].status == status), key=lambda one: one[:2])
    return [_case_visits(rows, visit, followed) for *_, visit, followed in wanted]


def _next(rows: Rows, people: Iterable[str]) -> Iterator[tuple[Visit, Followed]]:
    for person_id in people:
        followed = rows.register.followed(person_id)
        visit = next_visit(followed)
        if visit is not None:
            yield visit, followed


def _case_visits(rows: Rows, visit: Visit, followed: Followed) -> CaseVisits:
    case = rows.register.case(followed.person_id)
    return CaseVisits(
        person_id=case.person_id,
        link=case.link,
        name=rows.name(case.person_id),
        number=case.number,
        diagnosed="" if followed.diagnosed is None else rows.span(followed.diagnosed),
        next=visit_line(rows, visit),
    )


def without_schedule(rows: Rows, people: Iterable[str]) -> list[tuple[str, str]]:
    """Cases without a day of diagnosis, by link and name: they have no schedule."""
    found = [id for id in people if rows.register.followed(id).diagnosed is None]
    return [(rows.register.service.link_of(id), rows.name(id)) for id in found]
