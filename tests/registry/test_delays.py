"""Delays of diagnosis, time to closure, and how long before an ulcer the first alert came."""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

if os.environ.get("CI") != "true":
    pytest.importorskip("lifelines")

from scipy import stats

from livedo.registry.case import Case
from livedo.registry.delays import (
    DEATH,
    REACHED,
    AlertsBeforeUlcer,
    Delay,
    DelayId,
    alerts_before_ulcer,
    delay,
    quantiles,
)
from livedo.registry.estimate import NO_FIGURE
from livedo.registry.intervals import share
from livedo.registry.survival import outcome, reasons
from tests.registry.invented import DIAGNOSED, cases, dead, on, person

often = settings(max_examples=int(os.environ.get("LIVEDO_EXAMPLES", "200")))
DELAYS: tuple[DelayId, ...] = (
    "sign_to_diagnosis",
    "contact_to_diagnosis",
    "alert_to_diagnosis",
    "alert_to_ulcer",
    "diagnosis_to_closure",
)


def days(found: Delay) -> list[int]:
    rows = zip(found.table.times, found.table.events_by_cause[REACHED], strict=True)
    return [day for day, count in rows for _ in range(count)]


def lead(**changes: object) -> Case:
    plain: dict[str, object] = {
        "first_alert": DIAGNOSED - 50,
        "ulcerated_at_diagnosis": "no",
    }
    return person(**{**plain, **changes})  # type: ignore[arg-type]


def test_the_delay_is_the_days_from_the_first_sign_to_diagnosis() -> None:
    found = delay(
        "sign_to_diagnosis", [person("a", first_sign=on(-33)), person("b", first_sign=on(-5))]
    )
    assert days(found) == [5, 33]


def test_the_first_contact_has_its_own_delay() -> None:
    case = person(first_sign=on(-33), first_contact=on(-7))
    assert days(delay("contact_to_diagnosis", [case])) == [7]


def test_a_sign_dated_after_diagnosis_is_kept_and_counted() -> None:
    found = delay("sign_to_diagnosis", [person(first_sign=on(12))])
    assert (days(found), found.before) == ([-12], 1)


def test_a_sign_in_the_month_of_diagnosis_is_never_after_it() -> None:
    found = delay("sign_to_diagnosis", [person(first_sign=on(-5, 30))])
    assert (days(found), found.before, found.same_day) == ([0], 0, 1)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"first_sign": None}, "start_undated"),
        ({"first_sign": on(-400, 364)}, "start_imprecise"),
        ({"first_sign": on(-9), "diagnosed": None}, "end_undated"),
        ({"first_sign": on(-400), "diagnosed": on(0, 364)}, "end_imprecise"),
    ],
)
def test_a_delay_without_two_usable_dates_is_set_aside(
    changes: dict[str, object], reason: str
) -> None:
    found = delay("sign_to_diagnosis", [person(**changes)])
    assert reasons(found.set_aside) == {reason: 1}
    assert found.used == 0


def test_the_quartiles_are_the_first_days_by_which_so_many_were_diagnosed() -> None:
    people = [person(f"p{n}", first_sign=on(-n)) for n in range(1, 101)]
    found = quantiles(delay("sign_to_diagnosis", people).table, (0.25, 0.5, 0.75))
    assert [part.value for part in found.values()] == [25, 50, 75]
    # Ranks 40 and 61 of 100: the table of exact intervals of the median (Conover 1999).
    assert (found[0.5].low, found[0.5].high) == (40, 61)
    covered = stats.binom.cdf(60, 100, 0.5) - stats.binom.cdf(39, 100, 0.5)
    assert covered >= 0.95


def test_three_people_have_a_median_but_no_interval() -> None:
    people = [person(f"p{n}", first_sign=on(-n)) for n in (3, 8, 90)]
    found = quantiles(delay("sign_to_diagnosis", people).table, (0.5,))[0.5]
    assert (found.value, found.low, found.high) == (8, None, None)


def test_nobody_has_no_median() -> None:
    assert quantiles(delay("sign_to_diagnosis", []).table, (0.5,)) == {0.5: NO_FIGURE}


def test_an_alert_a_month_before_diagnosis_leads_by_thirty_days() -> None:
    found = delay("alert_to_diagnosis", [person(first_alert=DIAGNOSED - 30)])
    assert (days(found), found.before) == ([30], 0)


def test_an_alert_after_diagnosis_is_a_negative_lead_that_stays() -> None:
    found = delay("alert_to_diagnosis", [person(first_alert=DIAGNOSED + 9)])
    assert (days(found), found.before) == ([-9], 1)


def test_a_diagnosis_without_any_alert_is_missed_and_not_set_aside() -> None:
    found = delay("alert_to_diagnosis", [person()])
    assert (found.missed, found.used, found.set_aside) == (1, 0, ())


def test_an_alert_and_no_ulcer_yet_is_watched_to_the_last_day_known() -> None:
    found = delay("alert_to_ulcer", [lead(until=200)])
    assert (found.table.times[-1], found.table.censored[-1]) == (250, 1)


def test_a_death_before_any_ulcer_competes_with_it() -> None:
    case = lead(is_dead=True, died=on(60), cause_of_death="other")
    found = delay("alert_to_ulcer", [case])
    assert (found.table.total(DEATH), found.table.times[-1]) == (1, 110)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ulcerated_at_diagnosis": "yes"}, "end_undated"),
        ({"ulcerated_at_diagnosis": "unknown"}, "ulcer_unknown"),
        ({"first_alert": None}, "never_alerted"),
        ({"first_ulcer": on(0, 364)}, "end_imprecise"),
        ({"is_dead": True}, "death_undated"),
        ({"is_dead": True, "died": on(0, 364)}, "death_imprecise"),
        ({"until": -60}, "not_followed"),
    ],
)
def test_a_lead_that_cannot_be_known_is_set_aside(changes: dict[str, object], reason: str) -> None:
    assert reasons(delay("alert_to_ulcer", [lead(**changes)]).set_aside) == {reason: 1}


def test_alerts_before_on_and_after_the_ulcer_and_ulcers_without_one() -> None:
    people = [
        lead(person_id="early", first_ulcer=on(10)),
        lead(person_id="same", first_ulcer=on(-50)),
        lead(person_id="late", first_ulcer=on(-90)),
        lead(person_id="missed", first_alert=None, first_ulcer=on(10)),
        lead(person_id="not yet"),
    ]
    found = alerts_before_ulcer(people)
    assert found == AlertsBeforeUlcer(before=1, same_day=1, after=1, missed=1)
    assert share(found.before, found.ulcers).value == 0.25
    assert days(delay("alert_to_ulcer", people)) == [-40, 0, 60]


def test_the_median_lead_counts_those_still_without_an_ulcer() -> None:
    # Ulcers 10, 20 and 30 days after the alert, three without one so far: half by day 30.
    people = [lead(person_id=f"u{n}", first_ulcer=on(n - 50)) for n in (10, 20, 30)]
    people += [lead(person_id=f"w{n}", until=500) for n in range(3)]
    found = quantiles(delay("alert_to_ulcer", people).table, (0.25, 0.5, 0.75))
    assert [part.value for part in found.values()] == [20, 30, None]


def test_a_negative_lead_pulls_the_median_down() -> None:
    people = [lead(person_id=f"u{n}", first_ulcer=on(n - 50)) for n in (-20, -10, 30)]
    found = quantiles(delay("alert_to_ulcer", people).table, (0.5,))[0.5]
    assert found.value == -10


def test_healing_competes_with_death() -> None:
    people = [person("h", healed=on(50)), dead("d", 80), person("w")]
    found = delay("diagnosis_to_closure", people)
    assert (found.table.total(REACHED), found.table.total(DEATH)) == (1, 1)
    year = outcome(found.table).at[3].incidence[REACHED]
    assert year.value == pytest.approx(1 / 3)


def test_healing_after_the_last_day_known_has_not_happened_yet() -> None:
    assert delay("diagnosis_to_closure", [person(healed=on(900), until=300)]).table.events[-1] == 0


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"healed": on(-1)}, "closure_before_diagnosis"),
        ({"healed": on(10, 364)}, "closure_imprecise"),
        ({"healed": on(10), "followed_from": DIAGNOSED + 30}, "closed_before_known"),
        ({"diagnosed": None}, "diagnosis_undated"),
    ],
)
def test_a_closure_that_cannot_be_timed_is_set_aside(
    changes: dict[str, object], reason: str
) -> None:
    found = delay("diagnosis_to_closure", [person(**changes)])
    assert reasons(found.set_aside) == {reason: 1}


@often
@given(people=cases(), id=st.sampled_from(DELAYS), data=st.data())
def test_everybody_is_used_missed_or_set_aside_and_order_changes_nothing(
    people: list[Case], id: DelayId, data: st.DataObject
) -> None:
    found = delay(id, people)
    assert found.used + found.missed + len(found.set_aside) == found.people == len(people)
    assert sum(reasons(found.set_aside).values()) == len(found.set_aside)
    assert delay(id, data.draw(st.permutations(people))) == found


@often
@given(people=cases(), id=st.sampled_from(DELAYS))
def test_quartiles_are_in_order_and_within_their_intervals(people: list[Case], id: DelayId) -> None:
    found = quantiles(delay(id, people).table, (0.25, 0.5, 0.75)).values()
    reached = [part.value for part in found if part.value is not None]
    assert reached == sorted(reached)
    for part in found:
        limits = [one for one in (part.low, part.value, part.high) if one is not None]
        assert limits == sorted(limits)
