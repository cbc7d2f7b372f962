"""When each case is to be seen again, and who was not.

The schedule counts months from the day of diagnosis (`knowledge/registry/follow_up.yaml`). A
diagnosis known only as a month or a year makes a window as long as that: a visit is overdue only
when it would be, whatever the day was.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

import msgspec

from livedo.errors import DateInvalid
from livedo.knowledge.register_quality import FollowUpPlan, PlannedVisit, load_follow_up_plan
from livedo.registry.case import Day, Span
from livedo.registry.dates import date_of, day_of
from livedo.registry.form import CaseForm, span_of

Status = Literal["done", "upcoming", "due", "overdue", "missed", "ended"]
EndedBy = Literal["", "death", "withdrawal"]


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One planned visit of one case.

    upcoming: its window has not begun. due: it has. overdue: it is over and nobody was seen.
    missed: overdue, and the window of the next one has begun, or the person has died since.
    ended: no longer expected.
    """

    id: str
    due: Span
    opens: Day
    closes: Day
    status: Status
    seen: Span | None = None
    ended_by: EndedBy = ""

    def overdue_days(self, as_of: Day) -> int:
        """Days since the window closed; 0 where it is not overdue."""
        return as_of - self.closes if self.status in ("overdue", "missed") else 0


class Followed(msgspec.Struct, frozen=True, kw_only=True):
    """One case and its visits; without a day of diagnosis there is no schedule, and no visit."""

    person_id: str
    diagnosed: Span | None
    ended_by: EndedBy = ""
    visits: tuple[Visit, ...] = ()

    @property
    def overdue(self) -> Visit | None:
        """The visit that somebody should now see to."""
        return next((visit for visit in self.visits if visit.status == "overdue"), None)

    @property
    def due(self) -> tuple[Visit, ...]:
        """Visits whose window is open and that were not made."""
        return tuple(visit for visit in self.visits if visit.status == "due")


class VisitCount(msgspec.Struct, frozen=True, kw_only=True):
    """One visit over all cases: seen, of those who should have been seen by now."""

    id: str
    done: int
    expected: int


def followed(case: CaseForm, as_of: Day, plan: FollowUpPlan | None = None) -> Followed:
    """The visits of one case as of a day."""
    diagnosed = _span(case.text("case", "diagnosed_on"))
    ended_by = _ended_by(case)
    if diagnosed is None:
        return Followed(person_id=case.person_id, diagnosed=None, ended_by=ended_by)
    visits = _visits(case, diagnosed, as_of, plan or load_follow_up_plan(), ended_by)
    return Followed(
        person_id=case.person_id, diagnosed=diagnosed, ended_by=ended_by, visits=tuple(visits)
    )


def overdue(cases: Iterable[Followed]) -> list[Followed]:
    """Everybody with an overdue visit: whoever waits longest first, then by id."""
    waiting = [(case.overdue.closes, case.person_id, case) for case in cases if case.overdue]
    return [case for *_, case in sorted(waiting, key=lambda one: one[:2])]


def visit_counts(
    cases: Iterable[Followed], plan: FollowUpPlan | None = None
) -> tuple[VisitCount, ...]:
    """How many visits were made, of those whose window is over and those made before."""
    done: dict[str, int] = {}
    expected: dict[str, int] = {}
    for visit in (visit for case in cases for visit in case.visits):
        is_done = visit.status == "done"
        done[visit.id] = done.get(visit.id, 0) + is_done
        is_expected = is_done or visit.status in ("overdue", "missed")
        expected[visit.id] = expected.get(visit.id, 0) + is_expected
    ids = [visit.id for visit in (plan or load_follow_up_plan()).visits]
    return tuple(
        VisitCount(id=id, done=done.get(id, 0), expected=expected.get(id, 0)) for id in ids
    )


def _visits(
    case: CaseForm, diagnosed: Span, as_of: Day, plan: FollowUpPlan, ended_by: EndedBy
) -> Iterator[Visit]:
    died = _span(case.text("outcome", "died_on"))
    windows = [_window(planned, diagnosed) for planned in plan.visits]
    seen = _seen(case, as_of)
    for number, (planned, (due, opens, closes)) in enumerate(
        zip(plan.visits, windows, strict=True)
    ):
        # Whatever the day of diagnosis was, the window of the next visit has begun then.
        following = windows[number + 1 : number + 2]
        next_opens = following[0][0].last - plan.visits[number + 1].opens if following else None
        made = _made(seen, planned, opens, closes)
        status = "done" if made else _status(opens, closes, next_opens, as_of)
        if not made and ended_by and _is_ended(ended_by, died, closes):
            status = "ended"
        elif ended_by == "death" and status == "overdue":
            status = "missed"
        yield Visit(
            id=planned.id,
            due=due,
            opens=opens,
            closes=closes,
            status=status,
            seen=made,
            ended_by=ended_by if status == "ended" else "",
        )


def _window(planned: PlannedVisit, diagnosed: Span) -> tuple[Span, Day, Day]:
    first = months_after(diagnosed.first, planned.months)
    last = months_after(diagnosed.last, planned.months)
    return Span(first, last), first - planned.opens, last + planned.closes


def months_after(day: Day, months: int) -> Day:
    """The same day of a later month, or its last day."""
    start = date_of(day)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return day_of(date(year, month + 1, min(start.day, last)))


def _status(opens: Day, closes: Day, next_opens: Day | None, as_of: Day) -> Status:
    if as_of < opens:
        return "upcoming"
    if as_of <= closes:
        return "due"
    return "missed" if next_opens is not None and as_of >= next_opens else "overdue"


def _is_ended(ended_by: EndedBy, died: Span | None, closes: Day) -> bool:
    """Whether a visit is no longer expected: its window was not over when the person died."""
    return ended_by == "withdrawal" or died is None or closes >= died.first


def _ended_by(case: CaseForm) -> EndedBy:
    is_dead = case.text("outcome", "is_dead") == "yes" or _span(case.text("outcome", "died_on"))
    if is_dead:
        return "death"
    return "withdrawal" if case.text("case", "in_register") == "no" else ""


def _seen(case: CaseForm, as_of: Day) -> list[tuple[str, Span]]:
    """Every visit that was made: which one it was said to be, and when."""
    found = []
    for number in case.instances("follow_up"):
        seen = _span(case.text("follow_up", "seen_on", number))
        if seen is not None and seen.first <= as_of:
            found.append((case.text("follow_up", "visit", number), seen))
    return sorted(found, key=lambda one: (one[1].first, one[1].last))


def _made(
    seen: list[tuple[str, Span]], planned: PlannedVisit, opens: Day, closes: Day
) -> Span | None:
    """The visit that was said to be this one, or without a word fell into its window."""
    named = (span for visit, span in seen if visit == planned.id)
    unnamed = (
        span
        for visit, span in seen
        if visit in ("", "unknown") and span.first <= closes and span.last >= opens
    )
    return next(named, None) or next(unnamed, None)


def _span(text: str) -> Span | None:
    try:
        return span_of(text)
    except DateInvalid:
        return None
