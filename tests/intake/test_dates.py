"""Dates are intervals; what was not known yet is not used."""

from __future__ import annotations

import pytest

from livedo.errors import DateInvalid
from livedo.instants import from_iso, iso, iso_date, parse_fhir_instant, zone_named
from tests.intake.made import condition, observation, only_fact, quantity, reasons, result, when

COPENHAGEN = zone_named("Europe/Copenhagen")
UTC = zone_named("UTC")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", "2026-01-01T00:00:00Z", "2026-12-31T23:59:59.999999Z"),
        ("2024-02", "2024-02-01T00:00:00Z", "2024-02-29T23:59:59.999999Z"),
        ("2026-12-31", "2026-12-31T00:00:00Z", "2026-12-31T23:59:59.999999Z"),
        ("2026-11-20T06:00:00Z", "2026-11-20T06:00:00Z", "2026-11-20T06:00:00Z"),
        (
            "2026-11-20T06:00:00.5+01:00",
            "2026-11-20T05:00:00.500000Z",
            "2026-11-20T05:00:00.500000Z",
        ),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z", "2016-12-31T23:59:59Z"),
    ],
)
def test_a_date_means_an_interval_as_fine_as_it_is_written(
    text: str, first: str, last: str
) -> None:
    found = parse_fhir_instant(text, UTC)
    assert (iso(found[0]), iso(found[1])) == (first, last)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2026-13", "2026-02-30", "20260101", "2026-W01-1", "2026-01-01T25:00:00Z", "0000"],
)
def test_what_is_no_date_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(DateInvalid) as refused:
        parse_fhir_instant(text, UTC)
    assert not text or text not in str(refused.value).splitlines()[0]


def test_a_bare_date_is_a_local_day_also_when_the_clocks_change() -> None:
    first, last = parse_fhir_instant("2026-03-29", COPENHAGEN)
    assert iso(first) == "2026-03-28T23:00:00Z"
    assert iso(last) == "2026-03-29T21:59:59.999999Z"
    assert iso_date(last, COPENHAGEN) == "2026-03-29"


def test_as_of_a_date_means_the_end_of_that_day() -> None:
    assert iso(from_iso("2026-11-20", UTC)) == "2026-11-20T23:59:59.999999Z"


def test_a_result_is_known_when_it_is_issued() -> None:
    fact = only_fact(result(1.8, "mmol/L"))
    assert iso(fact.known_at) == "2026-03-02T12:00:00Z"
    assert not fact.is_known_at_assumed


def test_a_result_never_issued_is_assumed_known_when_taken() -> None:
    fact = only_fact(result(1.8, "mmol/L", issued=None))
    assert fact.known_at == fact.start_at
    assert fact.is_known_at_assumed


def test_the_day_a_resource_was_last_changed_is_not_when_it_was_known() -> None:
    meta = {"lastUpdated": "2026-06-01T00:00:00Z"}
    assert iso(only_fact(result(1.8, "mmol/L", meta=meta)).known_at) == "2026-03-02T12:00:00Z"


def test_a_diagnosis_is_known_when_it_is_recorded() -> None:
    fact = only_fact(condition(recordedDate="2012-05-05"))
    assert iso(fact.known_at) == "2012-05-05T23:59:59.999999Z"


def test_a_diagnosis_of_a_year_began_somewhere_in_it() -> None:
    fact = only_fact(condition(onsetDateTime="2010"))
    assert when(fact) == ("2010-01-01T00:00:00Z", "2010-12-31T23:59:59.999999Z")


def test_a_result_dated_after_it_was_issued_is_in_the_future() -> None:
    assert reasons(result(1.8, "mmol/L", effectiveDateTime="2027-03-02")) == {"future_date": 1}


def test_a_clock_that_runs_ahead_by_minutes_is_no_future() -> None:
    only_fact(result(1.8, "mmol/L", effectiveDateTime="2026-03-02T12:05:00Z"))


@pytest.mark.parametrize(
    ("date", "reason"),
    [
        ("1726-01-01", "impossible_date"),
        ("9999-12-31", "impossible_date"),
        ("yesterday", "unreadable_date"),
    ],
)
def test_a_date_that_cannot_be_is_set_aside(date: str, reason: str) -> None:
    assert reasons(result(1.8, "mmol/L", effectiveDateTime=date, issued=None)) == {reason: 1}


def test_a_result_without_any_date_is_set_aside() -> None:
    undated = result(1.8, "mmol/L", effectiveDateTime=None, issued=None)
    assert reasons(undated) == {"no_date": 1}


def test_a_result_of_a_period_lies_somewhere_in_it() -> None:
    period = {"start": "2026-03-01", "end": "2026-03-02"}
    fact = only_fact(
        observation(
            effectiveDateTime=None,
            effectivePeriod=period,
            valueQuantity=quantity(1.8, "mmol/L"),
            issued="2026-03-03T00:00:00Z",
        )
    )
    assert when(fact) == ("2026-03-01T00:00:00Z", "2026-03-02T23:59:59.999999Z")
    assert fact.end_at == fact.start_at


def test_an_end_in_the_year_9999_is_how_systems_write_no_end() -> None:
    assert only_fact(condition(abatementDateTime="9999-12-31")).end_at is None
