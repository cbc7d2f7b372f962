"""How people fare from diagnosis: who counts, from when, in which group, and who is set aside."""

from __future__ import annotations

import os
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

if os.environ.get("CI") != "true":
    pytest.importorskip("lifelines")

import numpy as np

from livedo.knowledge.outcomes import load_outcomes
from livedo.registry.case import Case, Reached, Span
from livedo.registry.estimate import NO_FIGURE
from livedo.registry.life_table import LifeTable, Spell, life_table
from livedo.registry.survival import Followed, SetAside, follow, grouped, outcome, reasons
from tests.registry.invented import DIAGNOSED, cases, dead, on, person

often = settings(max_examples=int(os.environ.get("LIVEDO_EXAMPLES", "200")))
GROUPINGS = [grouping.id for grouping in load_outcomes().groupings]


def everybody(people: list[Case]) -> LifeTable:
    return grouped(follow(people), "everybody").tables["everybody"]


def spell(case: Case) -> Spell:
    (watched,) = follow([case]).watched
    return watched.spell


def aside(case: Case) -> str:
    (one,) = follow([case]).set_aside
    return one.reason


def surviving(table: LifeTable, day: int) -> float:
    share = outcome(table).curves.survival.on(day).value
    assert share is not None
    return share


def test_a_death_on_the_day_of_diagnosis_counts() -> None:
    table = everybody([dead("a", 0), person("b")])
    assert table.at_risk_on(0) == 2
    assert surviving(table, 0) == 0.5


def test_somebody_followed_since_before_diagnosis_is_watched_from_day_0() -> None:
    assert spell(person()) == Spell(0, 1000)


def test_somebody_diagnosed_before_anybody_would_notice_his_death_enters_the_day_after_it() -> None:
    assert spell(person(followed_from=DIAGNOSED + 90)) == Spell(91, 1000)


def test_somebody_put_into_the_register_after_death_is_set_aside_and_not_dropped() -> None:
    found = follow([dead("a", 40, followed_from=DIAGNOSED + 200)])
    assert found.set_aside == (SetAside("a", "known_after_death"),)


def test_somebody_who_came_to_be_known_by_dying_is_set_aside() -> None:
    assert aside(dead("a", 40, followed_from=DIAGNOSED + 40)) == "known_after_death"


PROBABLE = ("ours", "probable")


def met(level: str, day: int) -> Reached:
    return Reached("ours", level, DIAGNOSED + day)


def test_whoever_met_the_definition_only_after_diagnosis_is_watched_from_the_day_after_that() -> (
    None
):
    case = person(reached=(met("probable", 60), met("suspected", 0)))
    (watched,) = follow([case], of=PROBABLE).watched
    assert watched.spell == Spell(61, 1000)


def test_a_surer_level_of_the_definition_counts_as_well() -> None:
    (watched,) = follow([person(reached=(met("confirmed", 0),))], of=PROBABLE).watched
    assert watched.spell == Spell(0, 1000)


def test_whoever_met_only_a_less_sure_level_is_set_aside() -> None:
    found = follow([person(reached=(met("suspected", 0),))], of=PROBABLE)
    assert reasons(found.set_aside) == {"definition_not_met": 1}


def test_the_days_until_a_biopsy_confirmed_it_do_not_count_as_survived() -> None:
    # The same risk of death every day; a biopsy confirms it 90 days after the first suspicion.
    deaths = np.random.default_rng(3).geometric(1 / 300, 6000).tolist()
    people = [
        dead(f"p{n:04}", death, until=5000, reached=(met("confirmed", 90), met("suspected", 0)))
        for n, death in enumerate(deaths)
        if death > 90  # whoever died before was never confirmed
    ]
    followed = follow(people, of=("ours", "confirmed"))
    table = grouped(followed, "everybody").tables["everybody"]
    year = outcome(table).curves.survival
    assert surviving(everybody(people), 365) > (1 - 1 / 300) ** 365 + 0.08
    assert year.begins_at == 91
    assert year.on(365).value == pytest.approx((1 - 1 / 300) ** 275, abs=0.02)


def test_dead_without_a_date_is_set_aside_and_counted() -> None:
    found = follow([person("a", is_dead=True), person("b")])
    assert reasons(found.set_aside) == {"death_undated": 1}
    assert found.people == 2


def test_a_death_known_by_its_month_counts_in_the_middle_of_it() -> None:
    assert spell(person(is_dead=True, died=on(100, 30))) == Spell(0, 115, "unknown")


def test_a_death_known_by_its_year_is_set_aside() -> None:
    assert aside(person(is_dead=True, died=on(100, 364))) == "death_imprecise"


def test_a_diagnosis_known_by_its_month_counts_from_the_middle_of_it() -> None:
    assert spell(person(diagnosed=on(0, 30))) == Spell(0, 985)


def test_a_diagnosis_this_month_is_not_later_than_the_report() -> None:
    assert spell(person(diagnosed=on(0, 30), until=10)) == Spell(0, 0)


@pytest.mark.parametrize(
    ("diagnosed", "reason"), [(None, "diagnosis_undated"), (on(0, 364), "diagnosis_imprecise")]
)
def test_without_a_usable_day_of_diagnosis_nobody_is_counted(
    diagnosed: Span | None, reason: str
) -> None:
    assert aside(person(diagnosed=diagnosed)) == reason


def test_diagnosed_and_dead_in_the_same_month_never_has_less_than_no_days() -> None:
    case = person(diagnosed=on(0, 30), is_dead=True, died=on(3))
    assert spell(case) == Spell(0, 0, "unknown")


def test_a_diagnosis_made_after_death_is_set_aside() -> None:
    assert aside(dead("a", -1)) == "death_before_diagnosis"


def test_a_death_after_the_last_day_known_is_not_yet_a_death() -> None:
    assert spell(dead("a", 900, until=300)) == Spell(0, 300)


def test_a_death_this_month_is_not_later_than_the_report() -> None:
    case = person(until=10, is_dead=True, died=on(0, 30), cause_of_death="other")
    assert spell(case) == Spell(0, 10, "other")


def test_disease_other_and_unknown_deaths_stay_apart() -> None:
    table = everybody(
        [dead("a", 10), dead("b", 20, "other"), dead("c", 30, "unknown"), person("d")]
    )
    found = outcome(table)
    assert found.deaths_by_cause == {"disease": 1, "other": 1, "unknown": 1}
    year = next(at for at in found.at if at.time == "m12")
    assert year.mortality.value == pytest.approx(0.75)
    assert {cause: part.value for cause, part in year.incidence.items()} == pytest.approx(
        {"disease": 0.25, "other": 0.25, "unknown": 0.25}
    )


def test_a_competing_death_is_no_censoring() -> None:
    people = [dead(f"o{n}", 10, "other") for n in range(5)] + [dead(f"d{n}", 20) for n in range(5)]
    found = outcome(everybody(people)).curves.incidence["disease"].on(30).value
    assert found == pytest.approx(0.5)  # Kaplan-Meier with the others censored says 1.0


def test_mortality_turns_the_limits_of_survival_over() -> None:
    found = outcome(everybody([dead(f"d{n}", 100) for n in range(4)] + [person("a")])).at[3]
    assert found.survival.low is not None
    assert found.mortality.high == pytest.approx(1 - found.survival.low)
    assert (found.time, found.days, found.at_risk) == ("m12", 365, 1)


def test_the_rate_of_death_has_person_years_under_it() -> None:
    found = outcome(everybody([person(until=364), dead("a", 364)]))
    assert found.person_years == pytest.approx(2 * 365 / 365.25)


def test_a_group_of_nine_gets_its_numbers_but_neither_a_median_nor_a_drawn_curve() -> None:
    few = outcome(everybody([dead(f"d{n}", n) for n in range(9)]))
    ten = outcome(everybody([dead(f"d{n}", n) for n in range(10)]))
    assert (few.median, few.drawn_to) == (NO_FIGURE, None)
    assert few.at[1].survival.value == 0.0
    assert (ten.median.value, ten.drawn_to) == (4, 9)


def test_people_are_grouped_by_where_the_lesions_sat_and_unknown_is_a_group() -> None:
    found = grouped(follow([person("a", site="penile"), person("b")]), "site")
    assert {group: table.spells for group, table in found.tables.items()} == {
        "proximal": 0,
        "distal": 0,
        "penile": 1,
        "other": 0,
        "unknown": 1,
    }


def ulcer_groups(case: Case) -> dict[str, tuple[int, int, int]]:
    tables = grouped(follow([case]), "ulcer_so_far").tables
    return {
        group: (table.times[0], table.times[-1], sum(table.events))
        for group, table in tables.items()
        if table.times
    }


def test_time_before_the_first_ulcer_counts_as_not_ulcerated() -> None:
    case = dead("a", 300, ulcerated_at_diagnosis="no", first_ulcer=on(100))
    assert ulcer_groups(case) == {"not_yet": (0, 100, 0), "ulcerated": (101, 300, 1)}


def test_a_death_on_the_day_of_the_first_ulcer_counts_before_it() -> None:
    case = dead("a", 100, ulcerated_at_diagnosis="no", first_ulcer=on(100))
    assert ulcer_groups(case) == {"not_yet": (0, 100, 1)}


def test_somebody_who_came_to_be_known_after_the_ulcer_counts_as_ulcerated_only() -> None:
    case = person(followed_from=DIAGNOSED + 200, ulcerated_at_diagnosis="no", first_ulcer=on(100))
    assert ulcer_groups(case) == {"ulcerated": (201, 1000, 0)}


@pytest.mark.parametrize(
    ("changes", "group"),
    [
        ({"ulcerated_at_diagnosis": "yes"}, "ulcerated"),
        ({"ulcerated_at_diagnosis": "no"}, "not_yet"),
        ({"ulcerated_at_diagnosis": "unknown"}, "unknown"),
        ({"ulcerated_at_diagnosis": "unknown", "first_ulcer": on(-5)}, "ulcerated"),
    ],
)
def test_without_a_later_ulcer_people_stay_in_one_group(
    changes: dict[str, object], group: str
) -> None:
    assert ulcer_groups(person(**changes)) == {group: (0, 1000, 0)}


def test_an_ulcer_known_by_its_year_sets_aside_from_that_figure_alone() -> None:
    followed = follow([person("a", ulcerated_at_diagnosis="no", first_ulcer=on(50, 364))])
    assert reasons(grouped(followed, "ulcer_so_far").set_aside) == {"ulcer_imprecise": 1}
    assert grouped(followed, "site").set_aside == ()


def alike(people: int) -> list[Case]:
    """People whose risk of death is the same every day, ulcer or not; half would get an ulcer."""
    random = np.random.default_rng(20261125)
    deaths = random.geometric(1 / 500, people)
    ulcers = random.integers(1, 1000, people)
    found = []
    for number, (death, ulcer) in enumerate(zip(deaths.tolist(), ulcers.tolist(), strict=True)):
        first_ulcer = on(ulcer) if ulcer < min(death, 730) else None
        case = person(
            f"p{number:05}", until=730, ulcerated_at_diagnosis="no", first_ulcer=first_ulcer
        )
        if death <= 730:
            case = dead(case.person_id, death, ulcerated_at_diagnosis="no", first_ulcer=first_ulcer)
        found.append(case)
    return found


def test_where_nothing_differs_ever_ulcerated_seems_to_protect_and_ours_does_not() -> None:
    people = alike(6000)
    watched = follow(people).watched
    ever = [one.spell for one in watched if one.case.first_ulcer]
    never = [one.spell for one in watched if not one.case.first_ulcer]
    naive = [surviving(life_table(group, ("disease",)), 365) for group in (ever, never)]
    assert naive[0] - naive[1] > 0.25  # seems to save one in four within a year

    tables = grouped(follow(people), "ulcer_so_far").tables
    ours = [surviving(tables[group], 365) for group in ("ulcerated", "not_yet")]
    assert ours[0] - ours[1] == pytest.approx(0, abs=0.05)
    assert ours[1] == pytest.approx((1 - 1 / 500) ** 365, abs=0.02)


def test_where_half_came_to_be_known_late_counting_them_from_diagnosis_flatters_and_ours_not() -> (
    None
):
    random = np.random.default_rng(5)
    people = []
    for number, death in enumerate(random.geometric(1 / 300, 6000).tolist()):
        entry = DIAGNOSED + (200 if number % 2 else -10)
        if number % 2 and death <= 200:
            continue  # nobody ever heard of them
        people.append(dead(f"p{number:05}", death, until=5000, followed_from=entry))
    truth = (1 - 1 / 300) ** 365
    naive = np.mean([case.died.first - DIAGNOSED > 365 for case in people if case.died])
    assert naive - truth > 0.08
    assert surviving(everybody(people), 365) == pytest.approx(truth, abs=0.02)


def test_an_alert_sixty_days_earlier_lengthens_only_a_survival_counted_from_it() -> None:
    deaths = np.random.default_rng(9).geometric(1 / 200, 500).tolist()
    people = [
        dead(f"p{n:03}", death, until=9000, first_alert=DIAGNOSED - 60)
        for n, death in enumerate(deaths)
    ]
    from_alert = life_table([Spell(0, death + 60, "disease") for death in deaths], ("disease",))
    earlier, later = (outcome(table).median.value for table in (everybody(people), from_alert))
    assert earlier is not None
    assert later == earlier + 60


def accounted(followed: Followed, people: list[Case]) -> None:
    used = {one.case.person_id for one in followed.watched}
    lost = {one.person_id for one in followed.set_aside}
    assert used | lost == {case.person_id for case in people}
    assert len(followed.watched) + len(followed.set_aside) == followed.people == len(people)


@often
@given(people=cases())
def test_everybody_read_is_used_or_set_aside_for_a_reason_that_has_words(
    people: list[Case],
) -> None:
    followed = follow(people)
    accounted(followed, people)
    assert sum(reasons(followed.set_aside).values()) == len(followed.set_aside)


@often
@given(people=cases(), data=st.data())
def test_the_order_of_cases_changes_nothing(people: list[Case], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(people))
    assert follow(shuffled) == follow(people)


@often
@given(people=cases())
def test_the_groups_together_are_everybody_on_every_day(people: list[Case]) -> None:
    followed = follow(people)
    for grouping in GROUPINGS:
        found = grouped(followed, grouping)
        lost = {one.person_id for one in found.set_aside}
        rest = [case for case in people if case.person_id not in lost]
        whole = everybody(rest)
        tables = found.tables.values()
        for day in range(0, 1001, 50):
            assert sum(table.at_risk_on(day) for table in tables) == whole.at_risk_on(day)
        for cause in ("disease", "other", "unknown"):
            assert sum(table.total(cause) for table in tables) == whole.total(cause)


@often
@given(people=cases())
def test_dates_in_any_disorder_give_figures_and_never_a_crash(people: list[Case]) -> None:
    followed = follow(people)
    for grouping in GROUPINGS:
        for table in grouped(followed, grouping).tables.values():
            found = outcome(table)
            assert len(found.at) == len(load_outcomes().times)


def test_five_thousand_cases_take_less_than_two_seconds() -> None:
    people = alike(5000)
    start = time.process_time()
    followed = follow(people)
    for grouping in GROUPINGS:
        for table in grouped(followed, grouping).tables.values():
            outcome(table)
    assert time.process_time() - start < 2
