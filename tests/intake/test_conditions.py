"""Diagnoses: confirmed, refuted, provisional, over, undated."""

from __future__ import annotations

import pytest

from livedo.instants import iso
from tests.intake.made import (
    SNOMED,
    coded,
    condition,
    facts,
    only_fact,
    procedure,
    read_of_eva,
    reasons,
    result,
    term,
    when,
)


def verified(code: str) -> dict[str, object]:
    return {"verificationStatus": term("condition-ver-status", code)}


def clinically(code: str) -> dict[str, object]:
    return {"clinicalStatus": term("condition-clinical", code)}


def test_an_active_diagnosis_has_no_end() -> None:
    fact = only_fact(condition())
    assert (fact.concept, fact.present, fact.status) == ("condition.diabetes", "yes", "confirmed")
    assert (fact.end_from, fact.end_at) == (None, None)


def test_a_refuted_diagnosis_is_no() -> None:
    assert only_fact(condition(**verified("refuted"))).present == "no"


@pytest.mark.parametrize("status", ["provisional", "differential", "unconfirmed"])
def test_a_diagnosis_that_is_only_considered_keeps_its_status(status: str) -> None:
    assert only_fact(condition(**verified(status))).status == status


def test_a_mistaken_entry_is_set_aside() -> None:
    assert reasons(condition(**verified("entered-in-error"))) == {"entered_in_error": 1}


def test_a_resolved_diagnosis_ends_when_it_abated() -> None:
    fact = only_fact(condition(**clinically("resolved"), abatementDateTime="2020-01-01T00:00:00Z"))
    assert fact.end_at is not None
    assert iso(fact.end_at) == "2020-01-01T00:00:00Z"


def test_a_resolved_diagnosis_without_an_end_ended_before_the_newest_known_moment() -> None:
    found, eva = read_of_eva(condition(**clinically("resolved")), result(1.8, "mmol/L"))
    fact = next(f for f in eva.facts if f.concept == "condition.diabetes")
    assert fact.end_from == fact.start_at
    assert fact.end_at == found.newest_known_at


def test_a_diagnosis_without_onset_began_when_it_was_recorded() -> None:
    fact = only_fact(condition(onsetDateTime=None, recordedDate="2015-02-02T08:00:00Z"))
    assert when(fact) == ("2015-02-02T08:00:00Z", "2015-02-02T08:00:00Z")


def test_an_onset_in_words_lies_anywhere_before_it_was_recorded() -> None:
    vague = condition(
        onsetDateTime=None, onsetString="in childhood", recordedDate="2015-02-02T08:00:00Z"
    )
    assert when(only_fact(vague)) == ("1900-01-01T00:00:00Z", "2015-02-02T08:00:00Z")


def test_an_undated_diagnosis_is_kept_and_lies_anywhere_up_to_the_newest_known_moment() -> None:
    found, eva = read_of_eva(condition(onsetDateTime=None), result(1.8, "mmol/L"))
    fact = next(f for f in eva.facts if f.concept == "condition.diabetes")
    assert fact.start_at == fact.known_at == found.newest_known_at
    assert fact.start_from < fact.start_at


def test_an_end_before_the_beginning_is_impossible() -> None:
    assert reasons(condition(abatementDateTime="2001-01-01")) == {"impossible_date": 1}


def test_a_diagnosis_at_two_places_is_two_facts_and_one_item() -> None:
    sites = [{"text": "left leg"}, {"text": "right leg"}]
    found, eva = read_of_eva(condition(coded(SNOMED, "128045006"), bodySite=sites))
    assert [(f.body_site, f.side) for f in sorted(eva.facts, key=lambda f: f.side or "")] == [
        ("leg", "left"),
        ("leg", "right"),
    ]
    assert found.totals.used == 2


def test_a_procedure_on_a_day_is_a_point() -> None:
    fact = only_fact(procedure())
    assert fact.start_from == fact.start_at == fact.end_from == fact.end_at


def test_a_procedure_in_progress_has_not_ended() -> None:
    ongoing = procedure(
        coded(SNOMED, "302497006"),
        status="in-progress",
        performedDateTime=None,
        performedPeriod={"start": "2024-01-01"},
    )
    fact = only_fact(ongoing)
    assert (fact.concept, fact.end_at) == ("dialysis.haemodialysis", None)


@pytest.mark.parametrize("status", ["not-done", "preparation", "entered-in-error"])
def test_a_procedure_that_was_not_done_is_no_exposure(status: str) -> None:
    assert facts(procedure(status=status)) == ()
