"""The palpation round: who is due, where, and what to protect."""

from __future__ import annotations

from livedo.act.explanation import explain
from livedo.act.result import PalpationPlan
from livedo.record.tables import PatientRecord
from tests.act.people import (
    LIVEDO,
    ON_DIALYSIS,
    PAIN,
    PLAQUE,
    as_of,
    engine,
    palpated,
    patient,
    with_clear_skin,
    with_painful_plaque,
)


def plan(person: PatientRecord) -> PalpationPlan:
    palpation = explain(person, engine(), as_of()).palpation
    assert palpation is not None
    return palpation


def marks(person: PatientRecord) -> list[str]:
    return [one.mark for one in plan(person).due.rounds]


def test_the_last_six_months_are_shown_with_the_newest_last() -> None:
    assert marks(with_painful_plaque()) == [
        "not_done",
        "not_done",
        "not_done",
        "not_done",
        "clear",
        "felt",
    ]


def test_a_palpation_without_a_recorded_result_is_unknown_not_clear() -> None:
    person = patient("B-040", ON_DIALYSIS, *palpated("2026-11-10", clear=False))
    assert marks(person)[-1] == "unknown"


def test_nothing_is_shown_before_the_person_joined() -> None:
    person = patient("B-041", {**ON_DIALYSIS, "from": "2026-09-15"}, *palpated("2026-10-10"))
    assert len(marks(person)) == 3


def test_a_month_whose_round_is_not_over_is_not_called_missed() -> None:
    person = patient("B-042", ON_DIALYSIS, *palpated("2026-10-30"))
    assert marks(person)[-1] == "clear"


def test_never_palpated_is_told_as_never() -> None:
    due = plan(patient("B-043", ON_DIALYSIS)).due
    assert (due.status, due.text) == ("never", "never")


def test_the_next_date_follows_from_the_interval_of_the_rules() -> None:
    due = plan(with_clear_skin(day="2026-11-10")).due
    assert (due.interval_days, due.due_on) == (28, "8 Dec 2026")


def test_a_whole_skin_found_clear_speaks_for_every_site() -> None:
    assert {site.status for site in plan(with_clear_skin()).sites} == {"clear"}


def test_a_site_that_was_not_named_stays_unknown() -> None:
    sites = {(s.body_site, s.side): s.status for s in plan(with_painful_plaque()).sites}
    assert sites["thigh", "left"] == "seen"
    assert sites["thigh", "right"] == "unknown"


def test_places_with_a_finding_are_protected() -> None:
    protected = {site.text for site in plan(with_painful_plaque()).protected}
    assert protected == {"left thigh", "right lower leg"}


def test_nothing_is_protected_once_the_whole_skin_is_clear() -> None:
    person = patient("B-044", ON_DIALYSIS, PLAQUE, PAIN, LIVEDO, *palpated("2026-11-19"))
    assert plan(person).protected == ()


def test_the_plan_says_that_clear_skin_excludes_nothing() -> None:
    assert "does not exclude" in plan(with_clear_skin()).text


def test_who_is_outside_is_in_no_round() -> None:
    assert plan(patient("B-045", ON_DIALYSIS, died="2026-05-01")).due.status == "not_in_round"
