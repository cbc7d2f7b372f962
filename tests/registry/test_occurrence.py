"""Prevalence and incidence of programmes small enough to count on paper."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

if os.environ.get("CI") != "true":
    pytest.importorskip("numpy")

from livedo.errors import SettingInvalid
from livedo.record.tables import PatientRecord
from livedo.registry.case import Case, Reached, Span
from livedo.registry.occurrence import Occurrence, Row, full_years, occurrence_of
from tests.registry.programme import case, cohort, days_between, fact, number, on, person

YEARS = (2021, 2022, 2023)


def counted(
    folder: Path,
    people: Sequence[PatientRecord],
    cases: Sequence[Case] = (),
    years: Sequence[int] = YEARS,
    as_of: str = "2023-12-31",
) -> Occurrence:
    return occurrence_of(cohort(folder, people, as_of), cases, years)


def row(found: Occurrence, id: str) -> Row:
    return next(one for one in found.rows if one.id == id)


def incidence(found: Occurrence, group: str, level: str = "ours.suspected") -> Row:
    period = found.years[0] if len(found.years) == 1 else f"{found.years[0]}-{found.years[-1]}"
    return row(found, f"incidence.{level}.{period}.{group}")


def test_person_days_of_a_year_are_those_from_the_first_dialysis_to_its_end(tmp_path: Path) -> None:
    found = counted(tmp_path, [person("a", on("a", "2022-12-01"))])
    assert incidence(found, "year.2021").person_days == 0
    assert incidence(found, "year.2022").person_days == 31
    assert incidence(found, "year.2023").person_days == 365
    assert incidence(found, "overall.all").person_days == 31 + 365


def test_a_death_in_the_middle_of_a_year_ends_the_time(tmp_path: Path) -> None:
    found = counted(tmp_path, [person("a", on("a", "2022-01-01"), died="2022-06-30")])
    assert incidence(found, "year.2022").person_days == days_between("2022-01-01", "2022-06-30")
    assert incidence(found, "year.2023").person_days == 0


def test_a_change_of_modality_shares_the_days_between_the_two(tmp_path: Path) -> None:
    facts = on("a", "2022-01-01", how="peritoneal"), on("a", "2022-04-11")
    found = counted(tmp_path, [person("a", *facts)], years=(2022,))
    assert incidence(found, "modality.peritoneal").person_days == 100
    assert incidence(found, "modality.haemodialysis").person_days == 265


def test_time_ends_on_the_day_of_the_first_case_and_the_case_counts_once(tmp_path: Path) -> None:
    people = [person("a", on("a", "2022-01-01")), person("b", on("b", "2022-01-01"))]
    found = counted(tmp_path, people, [case("a", "2022-01-31")], years=(2022,))
    whole = incidence(found, "overall.all")
    assert (whole.cases, whole.people, whole.person_days) == (1, 2, 31 + 365)
    # Under a level that nobody met, everybody is watched to the end.
    assert incidence(found, "overall.all", "ours.confirmed").person_days == 2 * 365


def test_each_level_stands_on_the_day_it_was_first_met_itself(tmp_path: Path) -> None:
    reached = (
        Reached("ours", "confirmed", number("2022-03-01")),
        Reached("ours", "suspected", number("2022-02-01")),
    )
    one = case("a", "2022-02-01", reached=reached)
    found = counted(tmp_path, [person("a", on("a", "2022-01-01"))], [one], years=(2022,))
    assert incidence(found, "overall.all").person_days == 32
    assert incidence(found, "overall.all", "ours.confirmed").person_days == 60


def test_whoever_was_on_dialysis_before_is_not_new_in_the_first_ninety_days(
    tmp_path: Path,
) -> None:
    people = [person(p, on(p, "2015-01-01")) for p in ("early", "late", "never")]
    cases = [case("early", "2021-03-31"), case("late", "2021-04-01")]
    found = counted(tmp_path, people, cases, years=(2021,))
    # The 91st day of 2021 is 1 April; one day of "late" and 275 of "never" count.
    assert incidence(found, "overall.all").cases == 1
    assert incidence(found, "overall.all").person_days == 1 + 275
    told = next(one for one in found.counted if one.id == "counted.ours.suspected")
    assert (told.reached, told.new, told.prevalent) == (2, 1, 1)


def test_whoever_begins_dialysis_while_watched_is_new_from_the_first_day(tmp_path: Path) -> None:
    found = counted(tmp_path, [person("a", on("a", "2021-06-01"))], [case("a", "2021-06-03")])
    assert incidence(found, "overall.all").cases == 1
    assert incidence(found, "overall.all").person_days == 3


def test_a_case_met_before_the_period_gives_neither_case_nor_time(tmp_path: Path) -> None:
    people = [person("a", on("a", "2021-02-01"))]
    found = counted(tmp_path, people, [case("a", "2021-05-01")], years=(2022, 2023))
    assert incidence(found, "overall.all").cases == 0
    assert incidence(found, "overall.all").person_days == 0
    assert found.counted[2].before_period == 1


def test_a_case_soon_after_the_last_dialysis_is_one_of_dialysis_and_a_later_one_is_apart(
    tmp_path: Path,
) -> None:
    people = [person(p, on(p, "2021-02-01", "2021-12-31")) for p in ("soon", "later")]
    cases = [case("soon", "2022-01-30"), case("later", "2022-03-01")]
    found = counted(tmp_path, people, cases)
    assert incidence(found, "overall.all").cases == 1
    assert dict(found.outside_dialysis)["outside_dialysis.ours.suspected"] == 1


def test_a_case_that_was_never_on_dialysis_is_in_no_rate(tmp_path: Path) -> None:
    people = [person("a", on("a", "2021-02-01")), person("outside")]
    found = counted(tmp_path, people, [case("outside", "2022-02-01")])
    assert incidence(found, "overall.all").cases == 0
    assert dict(found.outside_dialysis)["outside_dialysis.ours.suspected"] == 1
    assert row(found, "point_prevalence.ours.suspected.2023-12-31.overall.all").people == 1


def test_age_is_that_on_the_day_and_a_birthday_moves_the_days_on(tmp_path: Path) -> None:
    one = person("a", on("a", "2022-01-01"), born="1957-07-01")
    found = counted(tmp_path, [one], years=(2022,))
    assert incidence(found, "age_group.45-64").person_days == 181
    assert incidence(found, "age_group.65-74").person_days == 184


def test_born_on_29_february_is_a_year_older_on_1_march(tmp_path: Path) -> None:
    one = person(
        "a", on("a", "2022-01-01"), born="1956-02-29", watched=("2021-01-01", "2022-12-31")
    )
    found = counted(tmp_path, [one], years=(2022,), as_of="2022-12-31")
    assert {s.age_band: s.person_days for s in found.strata if _is_everybody(s)} == {
        "65-69": 365,
    }
    young = person("b", on("b", "2021-01-01"), born="1956-02-29")
    found = counted(tmp_path / "b", [young], years=(2021,))
    assert {s.age_band: s.person_days for s in found.strata if _is_everybody(s)} == {
        "60-64": 59,
        "65-69": 306,
    }


def _is_everybody(stratum: object) -> bool:
    told = (getattr(stratum, name) for name in ("definition", "level", "sex"))
    return tuple(told) == ("ours", "suspected", "all")


def test_point_prevalence_counts_the_living_on_dialysis_on_the_last_day(tmp_path: Path) -> None:
    people = [
        person("with", on("with", "2021-02-01")),
        person("healed", on("healed", "2021-02-01")),
        person("dead", on("dead", "2021-02-01"), died="2022-12-30"),
        person("later", on("later", "2021-02-01")),
    ]
    healed = Span(number("2022-11-01"), number("2022-11-01"))
    cases = [
        case("with", "2022-03-01"),
        case("healed", "2022-03-01", healed=healed),
        case("dead", "2022-03-01", died=Span(number("2022-12-30"), number("2022-12-30"))),
        case("later", "2023-01-01"),
    ]
    found = counted(tmp_path, people, cases)
    day = row(found, "point_prevalence.ours.suspected.2022-12-31.overall.all")
    assert (day.cases, day.people) == (1, 3)
    year = row(found, "period_prevalence.ours.suspected.2022.overall.all")
    assert (year.cases, year.people) == (3, 4)
    later = row(found, "period_prevalence.ours.suspected.2023.overall.all")
    assert (later.cases, later.people) == (2, 3)


def test_in_a_period_each_person_stands_under_the_last_kind_of_dialysis(tmp_path: Path) -> None:
    facts = on("a", "2021-02-01", how="peritoneal"), on("a", "2022-07-01")
    found = counted(tmp_path, [person("a", *facts)])
    stem = "period_prevalence.ours.suspected.2021-2023"
    assert row(found, f"{stem}.modality.haemodialysis").people == 1
    ids = {one.id for one in found.rows}
    assert f"{stem}.modality.peritoneal" not in ids


def test_unknown_sex_birth_and_centre_are_groups_of_their_own(tmp_path: Path) -> None:
    people = [
        person("a", on("a", "2022-01-01"), sex="unknown", born=None, centre=None),
        person("b", on("b", "2022-01-01")),
    ]
    found = counted(tmp_path, people, [case("a", "2022-02-01")], years=(2022,))
    for group in ("sex.unknown", "age_group.unknown", "centre.unknown"):
        assert (incidence(found, group).cases, incidence(found, group).person_days) == (1, 32)


def test_women_and_men_stand_side_by_side(tmp_path: Path) -> None:
    people = [
        person("w", on("w", "2022-01-01")),
        person("m", on("m", "2022-01-01"), sex="male"),
    ]
    found = counted(tmp_path, people, [case("w", "2022-01-31")], years=(2022,))
    ratio = next(one for one in found.sex_ratios if one.level == "suspected")
    assert (ratio.women_days, ratio.men_days) == (31, 365)
    assert (found.cells()[ratio.women_id], found.cells()[ratio.men_id]) == (1, 0)


def test_suspected_and_not_worked_up_by_the_end_of_the_year(tmp_path: Path) -> None:
    people = [person(p, on(p, "2021-02-01")) for p in ("open", "later", "soon")]
    day = number("2022-03-01")
    end = number("2023-12-31")
    cases = [
        case("open", "2022-03-01", suspected=day, suspected_not_worked_up=Span(day, end)),
        case(
            "later",
            "2022-03-01",
            suspected=day,
            suspected_not_worked_up=Span(day, number("2023-02-01")),
        ),
        case("soon", "2022-03-01", suspected=day),
    ]
    found = counted(tmp_path, people, cases)
    assert dict(found.suspected)["suspected.2022.all"] == 3
    assert dict(found.not_worked_up)["suspected.2022.not_worked_up"] == 2
    assert dict(found.not_worked_up)["suspected.2023.not_worked_up"] == 0


def test_somebody_of_whom_only_the_register_knows_is_in_no_count(tmp_path: Path) -> None:
    found = counted(
        tmp_path, [person("a", on("a", "2022-01-01"))], [case("register:x", "2022-02-01")]
    )
    assert incidence(found, "overall.all").cases == 0


@pytest.fixture
def mixed(tmp_path: Path) -> Occurrence:
    """Two centres, both sexes, both kinds of dialysis, deaths, transplants, cases of two levels."""
    people, cases = [], []
    for n in range(40):
        name = f"p{n:02}"
        facts = [
            on(name, f"202{n % 3}-0{1 + n % 9}-11", how=("peritoneal", "haemodialysis")[n % 2])
        ]
        if n % 5 == 0:
            facts.append(on(name, "2022-05-05"))
        if n % 7 == 0:
            facts.append(
                fact(name, "procedure.kidney_transplantation", "2022-08-08", is_point=True)
            )
        people.append(
            person(
                name,
                *facts,
                sex=("female", "male", "unknown")[n % 3],
                born=None if n % 11 == 0 else f"19{30 + n}-02-03",
                died="2023-03-03" if n % 6 == 0 else None,
                centre=("north", "south", None)[n % 3],
            )
        )
        if n % 4 == 0:
            met = (Reached("ours", "suspected", number(f"202{1 + n % 3}-06-{1 + n % 28:02}")),)
            if n % 8 == 0:
                met = (Reached("ours", "confirmed", met[0].on + 40), *met)
            cases.append(case(name, "2021-06-01", reached=met))
    return counted(tmp_path, people, cases)


def test_groups_add_up_to_everybody(mixed: Occurrence) -> None:
    cells = mixed.cells()
    complete = [(total, parts) for total, parts in mixed.sums if set(parts) <= cells.keys()]
    assert len(complete) > 50
    for total, parts in complete:
        assert cells[total] == sum(cells[part] for part in parts), total


def test_every_sum_leaves_at_most_one_count_to_be_worked_out(mixed: Occurrence) -> None:
    cells = mixed.cells()
    for total, parts in mixed.sums:
        assert total in cells
        implied = [part for part in parts if part not in cells]
        assert len(implied) <= 1
        assert cells[total] >= sum(cells[part] for part in parts if part in cells)


def test_days_of_the_groups_add_up_to_those_of_everybody(mixed: Occurrence) -> None:
    for level in ("ours.suspected", "ours.confirmed"):
        whole = incidence(mixed, "overall.all", level).person_days
        assert whole > 0
        for dimension in ("year", "centre", "sex", "modality", "age_group"):
            parts = [
                one.person_days
                for one in mixed.rows
                if one.measure == "incidence"
                and f"{one.definition}.{one.level}" == level
                and one.dimension == dimension
            ]
            assert sum(parts) == whole, dimension


def test_strata_add_up_to_everybody(mixed: Occurrence) -> None:
    whole = incidence(mixed, "overall.all")
    for sexes in (("all",), ("female", "male", "other", "unknown")):
        mine = [s for s in mixed.strata if (s.definition, s.level) == ("ours", "suspected")]
        mine = [s for s in mine if s.sex in sexes]
        assert sum(s.cases for s in mine) == whole.cases
        assert sum(s.person_days for s in mine) == whole.person_days


def test_what_became_of_every_case_adds_up(mixed: Occurrence) -> None:
    for one in mixed.counted:
        apart = one.before_period + one.prevalent + one.outside_dialysis + one.after_period
        assert one.reached == one.new + apart


def test_one_id_never_stands_for_two_counts(mixed: Occurrence) -> None:
    seen: dict[str, int] = {}
    for one in mixed.rows:
        for id, count in ((one.cases_id, one.cases), (one.people_id, one.people)):
            assert seen.setdefault(id, count) == count, id


def test_full_years_are_those_watched_from_the_first_to_the_last_day(tmp_path: Path) -> None:
    one = person("a", on("a", "2020-01-01"), watched=("2020-02-01", "2023-12-31"))
    assert full_years(cohort(tmp_path, [one])) == (2021, 2022, 2023)
    assert full_years(cohort(tmp_path / "b", [one], as_of="2023-12-30")) == (2021, 2022)


def test_years_with_a_gap_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingInvalid):
        counted(tmp_path, [person("a", on("a", "2020-01-01"))], years=(2021, 2023))
