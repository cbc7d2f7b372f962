"""Who is to be seen again, who was, and who is waited for."""

from __future__ import annotations

from datetime import date

import pytest

from livedo.decisions.entries import NewEntry
from livedo.instants import DAY
from livedo.knowledge.register import load_case_report_form
from livedo.knowledge.register_quality import load_follow_up_plan
from livedo.registry.dates import day_of
from livedo.registry.follow_up import Followed, followed, months_after, overdue, visit_counts
from livedo.registry.form import filled, outside_the_record
from tests.registry.exchanged import numbered, report

DIAGNOSED = "2026-01-31"
LATER = day_of(date(2040, 1, 1)) * DAY


def day(text: str) -> int:
    return day_of(date.fromisoformat(text))


def case(
    *entries: NewEntry, as_of: str, diagnosed: str = DIAGNOSED, person: str = "anemone"
) -> Followed:
    told = report("case", ("diagnosed_on", diagnosed), person=person)
    form = filled(outside_the_record(person), numbered([told, *entries]), LATER)
    return followed(form, day(as_of))


def visit(number: int, which: str, seen: str) -> NewEntry:
    return report("follow_up", ("visit", which), ("seen_on", seen), instance=number)


def outcome(*values: tuple[str, str]) -> NewEntry:
    return report("outcome", *values)


def status(found: Followed, id: str) -> str:
    return next(one.status for one in found.visits if one.id == id)


@pytest.mark.parametrize(
    ("as_of", "said"),
    [
        ("2026-02-13", "upcoming"),
        ("2026-02-14", "due"),
        ("2026-03-14", "due"),
        ("2026-03-15", "overdue"),
        ("2026-04-08", "overdue"),
        ("2026-04-09", "missed"),
    ],
)
def test_a_visit_is_due_in_its_window_and_overdue_until_the_next_one_begins(
    as_of: str, said: str
) -> None:
    assert status(case(as_of=as_of), "m1") == said


def test_a_month_after_the_last_of_january_is_the_last_of_february() -> None:
    assert months_after(day("2026-01-31"), 1) == day("2026-02-28")
    assert months_after(day("2024-01-31"), 1) == day("2024-02-29")
    assert months_after(day("2026-12-15"), 1) == day("2027-01-15")


def test_a_visit_that_was_made_is_done_even_late() -> None:
    found = case(visit(1, "m1", "2026-04-30"), as_of="2026-05-01")
    assert status(found, "m1") == "done"


def test_a_visit_without_a_name_counts_where_it_falls() -> None:
    found = case(visit(1, "", "2026-03-01"), as_of="2026-05-01")
    assert (status(found, "m1"), status(found, "m3")) == ("done", "due")


def test_a_visit_between_the_planned_ones_is_none_of_them() -> None:
    found = case(visit(1, "unscheduled", "2026-03-01"), as_of="2026-03-20")
    assert status(found, "m1") == "overdue"


def test_a_diagnosis_known_as_a_month_is_never_overdue_too_early() -> None:
    assert status(case(as_of="2026-03-14", diagnosed="2026-01"), "m1") == "due"
    assert status(case(as_of="2026-03-15", diagnosed="2026-01"), "m1") == "overdue"
    assert status(case(as_of="2026-01-18", diagnosed="2026-01"), "m1") == "due"


def test_nobody_waits_for_the_dead() -> None:
    died = outcome(("is_dead", "yes"), ("died_on", "2026-03-20"))
    found = case(died, as_of="2026-06-01")
    assert [(one.id, one.status) for one in found.visits[:3]] == [
        ("m1", "missed"),
        ("m3", "ended"),
        ("m6", "ended"),
    ]
    assert overdue([found]) == []
    assert {one.ended_by for one in found.visits if one.status == "ended"} == {"death"}


def test_a_death_on_an_unknown_day_ends_what_was_not_made() -> None:
    found = case(outcome(("is_dead", "yes")), visit(1, "m1", "2026-02-28"), as_of="2026-06-01")
    assert {one.status for one in found.visits} == {"done", "ended"}


def test_nobody_waits_for_whoever_was_withdrawn() -> None:
    found = case(report("case", ("in_register", "no")), as_of="2026-03-20")
    assert {one.status for one in found.visits} == {"ended"}
    assert found.ended_by == "withdrawal"


def test_without_a_day_of_diagnosis_there_is_no_schedule() -> None:
    found = case(as_of="2026-03-20", diagnosed="unknown")
    assert (found.diagnosed, found.visits) == (None, ())


def test_whoever_waits_longest_stands_first() -> None:
    late = case(as_of="2026-03-25", diagnosed="2026-01-31", person="a")
    later = case(as_of="2026-03-25", diagnosed="2026-01-20", person="b")
    fine = case(as_of="2026-03-25", diagnosed="2026-03-20", person="c")
    assert [one.person_id for one in overdue([late, later, fine])] == ["b", "a"]


def test_days_over_count_from_the_end_of_the_window() -> None:
    visit = case(as_of="2026-03-20").overdue
    assert visit is not None
    assert visit.overdue_days(day("2026-03-20")) == 6


def test_visits_made_are_counted_of_those_that_should_have_been() -> None:
    cases = [case(as_of="2026-03-20"), case(visit(1, "m1", "2026-02-28"), as_of="2026-03-20")]
    first, second, *_ = visit_counts(cases)
    assert (first.id, first.done, first.expected) == ("m1", 1, 2)
    assert (second.done, second.expected) == (0, 0)


def test_the_schedule_and_the_form_name_the_same_visits() -> None:
    field = load_case_report_form().field("follow_up", "visit")
    assert field is not None
    planned = [one.id for one in load_follow_up_plan().visits]
    assert planned == [choice.id for choice in field.choices if choice.id != "unscheduled"]
