"""Who is on dialysis, on which kind and for how long, worked out by hand."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

if os.environ.get("CI") != "true":
    pytest.importorskip("numpy")

from livedo.record import writer
from livedo.registry.cohort import MODALITIES, UNKNOWN_DAY, Cohort
from tests.registry.programme import cohort, declared, fact, number, on, person


def time_of(found: Cohort, person_id: str) -> list[tuple[str, int, int]]:
    """The spans of one person: kind, first and last day."""
    row = found.row_of[person_id]
    time = found.time
    return [
        (MODALITIES[kind], int(first), int(last))
        for who, kind, first, last in zip(
            time.person, time.modality, time.first, time.last, strict=True
        )
        if who == row
    ]


def test_a_person_still_on_dialysis_is_counted_up_to_the_day_of_the_report(tmp_path: Path) -> None:
    found = cohort(tmp_path, [person("a", on("a", "2021-03-01"))])
    assert time_of(found, "a") == [("haemodialysis", number("2021-03-01"), number("2023-12-31"))]


def test_time_before_anybody_watched_is_nobodys(tmp_path: Path) -> None:
    found = cohort(tmp_path, [person("a", on("a", "2015-03-01"))])
    assert time_of(found, "a") == [("haemodialysis", number("2021-01-01"), number("2023-12-31"))]
    assert found.on_dialysis_before[0]


def test_without_a_declared_span_a_person_is_watched_from_the_first_fact_known(
    tmp_path: Path,
) -> None:
    told = fact("a", "dialysis.haemodialysis", "2015-03-01", known="2022-05-05")
    found = cohort(tmp_path, [person("a", told, watched=None)])
    assert time_of(found, "a") == [("haemodialysis", number("2022-05-05"), number("2023-12-31"))]


def test_a_change_from_peritoneal_to_haemodialysis_counts_each_day_once(tmp_path: Path) -> None:
    facts = on("a", "2021-02-01", how="peritoneal"), on("a", "2022-07-01")
    found = cohort(tmp_path, [person("a", *facts)])
    assert time_of(found, "a") == [
        ("peritoneal", number("2021-02-01"), number("2022-06-30")),
        ("haemodialysis", number("2022-07-01"), number("2023-12-31")),
    ]


def test_a_week_of_haemodialysis_within_peritoneal_dialysis_is_cut_out_of_it(
    tmp_path: Path,
) -> None:
    facts = on("a", "2021-02-01", how="peritoneal"), on("a", "2021-05-01", "2021-05-07")
    assert time_of(cohort(tmp_path, [person("a", *facts)]), "a") == [
        ("peritoneal", number("2021-02-01"), number("2021-04-30")),
        ("haemodialysis", number("2021-05-01"), number("2021-05-07")),
        ("peritoneal", number("2021-05-08"), number("2023-12-31")),
    ]


def test_dialysis_of_an_unstated_kind_gives_way_to_a_named_one(tmp_path: Path) -> None:
    facts = on("a", "2021-02-01", "2021-02-28", how="any"), on("a", "2021-01-15", "2021-02-14")
    assert time_of(cohort(tmp_path, [person("a", *facts)]), "a") == [
        ("haemodialysis", number("2021-01-15"), number("2021-02-14")),
        ("unknown", number("2021-02-15"), number("2021-02-28")),
    ]


def test_sessions_a_few_days_apart_are_one_span_and_a_lone_one_is_its_day(tmp_path: Path) -> None:
    days = ("2021-02-01", "2021-02-03", "2021-03-05", "2021-06-01")
    facts = [fact("a", "dialysis.haemodialysis", day, is_point=True) for day in days]
    assert time_of(cohort(tmp_path, [person("a", *facts)]), "a") == [
        ("haemodialysis", number("2021-02-01"), number("2021-03-05")),
        ("haemodialysis", number("2021-06-01"), number("2021-06-01")),
    ]


def test_a_start_known_only_as_a_year_counts_at_its_middle(tmp_path: Path) -> None:
    found = cohort(tmp_path, [person("a", on("a", "2022"))])
    assert time_of(found, "a") == [("haemodialysis", number("2022-07-02"), number("2023-12-31"))]
    assert dict(found.notes)["imprecise_start"] == 1


def test_death_ends_the_time_on_its_day(tmp_path: Path) -> None:
    found = cohort(tmp_path, [person("a", on("a", "2021-03-01"), died="2022-06-10")])
    assert time_of(found, "a") == [("haemodialysis", number("2021-03-01"), number("2022-06-10"))]


def test_a_death_after_the_day_of_the_report_has_not_happened(tmp_path: Path) -> None:
    one = person("a", on("a", "2021-03-01"), died="2022-06-10")
    found = cohort(tmp_path, [one], as_of="2021-12-31")
    assert not found.is_dead[0]
    assert time_of(found, "a")[0][2] == number("2021-12-31")


def test_a_transplant_ends_dialysis_that_nobody_ended_and_a_failed_graft_begins_it_anew(
    tmp_path: Path,
) -> None:
    graft = fact("a", "procedure.kidney_transplantation", "2021-09-10", is_point=True)
    found = cohort(tmp_path, [person("a", on("a", "2021-03-01"), graft, on("a", "2023-04-01"))])
    assert time_of(found, "a") == [
        ("haemodialysis", number("2021-03-01"), number("2021-09-09")),
        ("haemodialysis", number("2023-04-01"), number("2023-12-31")),
    ]


def test_a_person_who_moved_away_is_counted_no_longer(tmp_path: Path) -> None:
    left = fact("a", "programme.moved", "2022-02-02", is_point=True)
    found = cohort(tmp_path, [person("a", on("a", "2021-03-01"), left)])
    assert time_of(found, "a")[0][2] == number("2022-02-01")


def test_what_became_known_after_the_day_of_the_report_is_not_used(tmp_path: Path) -> None:
    late = fact("a", "dialysis.haemodialysis", "2021-03-01", known="2023-06-01")
    assert time_of(cohort(tmp_path, [person("a", late)], as_of="2022-12-31"), "a") == []


def test_an_end_after_the_day_of_the_report_is_not_known_yet(tmp_path: Path) -> None:
    one = person("a", on("a", "2021-03-01", "2023-02-01"))
    found = cohort(tmp_path, [one], as_of="2022-12-31")
    assert time_of(found, "a")[0][2] == number("2022-12-31")


def test_dialysis_that_was_denied_or_only_considered_is_none(tmp_path: Path) -> None:
    denied = fact("a", "dialysis.haemodialysis", "2021-03-01", present="no")
    thought = fact("b", "dialysis.haemodialysis", "2021-03-01", status="provisional")
    found = cohort(tmp_path, [person("a", denied), person("b", thought)])
    assert len(found.time.person) == 0


def test_the_source_that_stops_speaking_ends_what_is_watched(tmp_path: Path) -> None:
    one = person("a", on("a", "2021-03-01"), watched=("2021-01-01", "2022-03-31"))
    assert time_of(cohort(tmp_path, [one]), "a")[0][2] == number("2022-03-31")


def test_a_source_that_speaks_for_drugs_says_nothing_of_dialysis(tmp_path: Path) -> None:
    one = person("a", on("a", "2022-03-01"), watched=None)
    drugs = declared("a", "2021-01-01", "2023-12-31", domain="drug")
    found = cohort(tmp_path, [msgspec.structs.replace(one, observed=(drugs,))])
    assert not found.is_declared[0]
    assert found.watched_from[0] == number("2022-03-01")


def test_the_attrition_accounts_for_everybody(tmp_path: Path) -> None:
    people = [
        person("a", on("a", "2021-03-01")),
        person("b"),
        person("c", on("c", "2015-03-01", "2018-01-01")),
    ]
    steps = {step.id: step for step in cohort(tmp_path, people).attrition}
    assert steps["in_record"].people == 3
    assert steps["ever_on_dialysis"].lost == (("never_on_dialysis", 1),)
    assert steps["on_dialysis_while_watched"].people == 1
    assert steps["on_dialysis_while_watched"].lost == (("only_before_watched", 1),)


def test_unknown_sex_birth_and_centre_are_kept_as_unknown(tmp_path: Path) -> None:
    one = person("a", on("a", "2021-03-01"), sex="unknown", born=None, centre=None)
    found = cohort(tmp_path, [one])
    assert (found.born[0], found.centre[0]) == (UNKNOWN_DAY, -1)
    assert dict(found.notes)["unknown_sex"] == dict(found.notes)["unknown_birth"] == 1


@pytest.mark.parametrize("facts_a_bucket", [1, 3])
def test_the_cohort_is_the_same_however_the_record_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, facts_a_bucket: int
) -> None:
    people = [
        person(f"p{n}", on(f"p{n}", f"2021-{n:02}-01"), centre="north" if n % 2 else "south")
        for n in range(1, 13)
    ]
    whole = cohort(tmp_path / "whole", people)
    monkeypatch.setattr(writer, "BUCKET_FACTS", facts_a_bucket)
    cut = cohort(tmp_path / "cut", people)
    assert cut.person_id == whole.person_id
    assert cut.attrition == whole.attrition
    assert [time_of(cut, p) for p in cut.person_id] == [time_of(whole, p) for p in cut.person_id]


def test_two_processes_find_what_one_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "BUCKET_FACTS", 3)
    people = [person(f"p{n}", on(f"p{n}", f"2021-{n:02}-01")) for n in range(1, 7)]
    one = cohort(tmp_path / "one", people)
    two = cohort(tmp_path / "two", people, processes=2)
    assert [time_of(one, p) for p in one.person_id] == [time_of(two, p) for p in two.person_id]


def test_how_much_time_hangs_on_imprecise_dates_is_said(tmp_path: Path) -> None:
    exact = person("a", on("a", "2022-01-01", "2022-12-31"))
    found = cohort(tmp_path / "1", [exact])
    assert found.bounds == (365, 365)
    by_month = person("b", on("b", "2022-02", "2022-12-31"))
    found = cohort(tmp_path / "2", [exact, by_month])
    # From 28 February and from 1 February.
    assert found.bounds == (365 + 307, 365 + 334)
