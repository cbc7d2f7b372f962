"""What was entered about the cases of the invented nation can be kept, and is as patchy as life."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import pytest

from livedo.decisions.checks import check
from livedo.decisions.entries import Adjudication, CaseReport, NewEntry
from livedo.decisions.store import open_store
from livedo.demo.nation.register import load_register
from livedo.instants import from_iso, zone_named
from livedo.surfaces.nation_demo import entries_of_nation, write_register

PEOPLE, CASES = 2_000, 50_000.0


@pytest.fixture(scope="module")
def entries() -> list[NewEntry]:
    return list(entries_of_nation(PEOPLE, cases_per_million=CASES))


def _values(entries: list[NewEntry], form: str, field: str) -> list[str]:
    return [
        text
        for entry in entries
        if isinstance(entry.body, CaseReport) and entry.body.form == form
        for name, text in entry.body.values
        if name == field
    ]


def test_every_entry_can_be_kept_and_is_kept_in_order(
    entries: list[NewEntry], tmp_path: Path
) -> None:
    for entry in entries:
        check(entry)
    place = tmp_path / "register.sqlite"
    write_register(place, PEOPLE, cases_per_million=CASES)
    with open_store(f"sqlite:///{place}", make=False) as store:
        kept = store.since(0)
    assert [entry.entry_id for entry in kept] == [entry.entry_id for entry in entries]
    assert [entry.entered_at for entry in kept] == sorted(entry.entered_at for entry in entries)


def test_the_same_nation_gives_the_same_entries(entries: list[NewEntry]) -> None:
    assert entries == list(entries_of_nation(PEOPLE, cases_per_million=CASES))


def test_nothing_is_entered_after_the_last_day(entries: list[NewEntry]) -> None:
    until = from_iso("2025-12-31", zone_named("Europe/Copenhagen"))
    assert max(entry.entered_at for entry in entries) <= until


def test_dates_are_as_exact_as_people_remember(entries: list[NewEntry]) -> None:
    first = _values(entries, "case", "first_symptom_on")
    assert {len(text) for text in first if text != "unknown"} == {4, 7, 10}
    assert "unknown" in first
    forms = [one.body for one in entries if isinstance(one.body, CaseReport)]
    assert sum(body.form == "case" for body in forms) > len(first)


def test_two_readers_read_alone_and_agree_later_where_they_differed(
    entries: list[NewEntry],
) -> None:
    readings: defaultdict[str | None, list[Adjudication]] = defaultdict(list)
    for entry in entries:
        if isinstance(entry.body, Adjudication):
            readings[entry.person_id].append(entry.body)
    differed = 0
    for said in readings.values():
        singles = [one for one in said if one.reading == "single"]
        assert len(singles) == 2
        is_same = (singles[0].verdict, singles[0].cause_of_death) == (
            singles[1].verdict,
            singles[1].cause_of_death,
        )
        differed += not is_same
        assert not is_same or len(said) == 2
    assert 0.1 < differed / len(readings) < 0.6
    verdicts = Counter(one.verdict for said in readings.values() for one in said)
    assert set(verdicts) >= {"confirmed", "probable", "suspected", "not_calciphylaxis"}


def test_some_visits_are_told_of_and_some_that_fell_due_are_not(entries: list[NewEntry]) -> None:
    visits = Counter(_values(entries, "follow_up", "visit"))
    assert set(visits) <= set(load_register().visits)
    assert visits["m1"] > visits["m12"] > visits["m36"] > 0
    assert set(_values(entries, "follow_up", "is_alive")) == {"yes", "no"}


def test_causes_of_death_are_of_the_disease_of_something_else_or_unknown(
    entries: list[NewEntry],
) -> None:
    assert set(_values(entries, "outcome", "cause_of_death")) == {"disease", "other", "unknown"}
