"""The life table and its curves, against textbooks, lifelines and statsmodels."""

from __future__ import annotations

import math
import os
import warnings
from fractions import Fraction
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

if os.environ.get("CI") != "true":
    pytest.importorskip("lifelines")

import numpy as np
from lifelines import AalenJohansenFitter, KaplanMeierFitter
from lifelines.datasets import load_stanford_heart_transplants
from lifelines.utils import median_survival_times
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

from livedo.knowledge.outcomes import load_outcomes
from livedo.registry.curves import Curve, curves
from livedo.registry.estimate import NO_FIGURE, Estimate, Method
from livedo.registry.life_table import LifeTable, Spell, life_table

EXAMPLES = int(os.environ.get("LIVEDO_EXAMPLES", "200"))
often = settings(max_examples=EXAMPLES)
beside_lifelines = settings(max_examples=EXAMPLES // 4)
"""lifelines takes tens of milliseconds a fit."""
CAUSES = ("disease", "other", "unknown")


def standard_error(found: Estimate) -> float:
    """The standard error behind a log(-log) interval."""
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    wide = math.log(-math.log(found.low)) - math.log(-math.log(found.high))
    return wide / 2 / 1.959963984540054 * found.value * -math.log(found.value)


def died(days: list[int], cause: str = "disease") -> list[Spell]:
    return [Spell(0, day, cause) for day in days]


def alive(days: list[int]) -> list[Spell]:
    return [Spell(0, day) for day in days]


# Weeks in remission on 6-mercaptopurine, 21 children: Freireich et al, Blood 1963;21:699-716.
# Estimates and Greenwood errors as printed in Klein and Moeschberger, Survival Analysis (2003),
# table 4.1.
SIX_MP = died([6, 6, 6, 7, 10, 13, 16, 22, 23]) + alive(
    [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
)
SIX_MP_PRINTED = {
    6: (21, 0.857, 0.076),
    7: (17, 0.807, 0.087),
    10: (15, 0.753, 0.096),
    13: (12, 0.690, 0.107),
    16: (11, 0.627, 0.114),
    22: (7, 0.538, 0.128),
    23: (6, 0.448, 0.135),
}


@pytest.mark.parametrize("week", SIX_MP_PRINTED)
def test_the_children_on_six_mp_stay_in_remission_as_the_textbook_prints(week: int) -> None:
    table = life_table(SIX_MP, CAUSES)
    at_risk, share, error = SIX_MP_PRINTED[week]
    found = curves(table).survival.on(week)
    assert table.at_risk_on(week) == at_risk
    assert found.value == pytest.approx(share, abs=6e-4)
    assert standard_error(found) == pytest.approx(error, abs=6e-4)


def test_half_of_the_children_on_six_mp_relapsed_by_week_23() -> None:
    # Interval 13 to open: R survival, conf.type "log-log", and lifelines below.
    found = curves(life_table(SIX_MP, CAUSES)).survival.quantile(0.5)
    assert (found.value, found.low, found.high) == (23, 13, None)
    fitted = KaplanMeierFitter().fit(
        [spell.last for spell in SIX_MP], [spell.cause is not None for spell in SIX_MP]
    )
    assert found.value == fitted.median_survival_time_
    limits = median_survival_times(fitted.confidence_interval_survival_function_)
    assert [float(limit) for limit in limits.iloc[0]] == [13, math.inf]


# 38 people with acute lymphoblastic leukaemia after transplant of bone marrow (Klein and
# Moeschberger, section 1.3): days to relapse ("disease") or to death in remission ("other"). The
# disease-free survival and its errors are those that statsmodels ships (bmt_results.csv).
MARROW = (
    died([383, 104, 609, 662, 230, 129, 74, 122, 192, 109, 55, 110])
    + died([418, 276, 172, 487, 194, 526, 122, 86, 466, 1, 107, 332], "other")
    + alive([2081, 1602, 1496, 1462, 1433, 1377, 1330, 996, 226, 1199, 1111, 530, 1182, 1167])
)


@pytest.mark.parametrize(
    ("day", "share", "error"),
    [
        (1, 0.97368, 0.025967),
        (86, 0.89474, 0.049784),
        (110, 0.78947, 0.066135),
        (122, 0.73684, 0.071434),
        (172, 0.68421, 0.075405),
    ],
)
def test_people_after_a_transplant_fare_as_printed(day: int, share: float, error: float) -> None:
    found = curves(life_table(MARROW, CAUSES)).survival.on(day)
    assert found.value == pytest.approx(share, abs=6e-6)
    assert standard_error(found) == pytest.approx(error, abs=6e-6)


def test_relapse_and_death_after_a_transplant_are_statsmodels_although_some_share_a_day() -> None:
    # Day 122: one relapse and one death in remission.
    found = curves(life_table(MARROW, CAUSES)).incidence
    status = [0 if spell.cause is None else 1 + CAUSES.index(spell.cause) for spell in MARROW]
    theirs = CumIncidenceRight([spell.last for spell in MARROW], status)
    for cause, shares, errors in zip(CAUSES, theirs.cinc, theirs.cinc_se, strict=False):
        for time, share, error in zip(theirs.times, shares, errors, strict=True):
            assert found[cause].on(int(time)).value == pytest.approx(share, abs=1e-12)
            if share:
                assert standard_error(found[cause].on(int(time))) == pytest.approx(error, abs=1e-8)


# A published check of cumulative incidence with three causes and many ties: estimates of R's
# cmprsk, standard errors of Stata's stcompet, as statsmodels prints them (test_survfunc.py).
R_AND_STATA = (
    died([1, 1, 2])
    + died([4, 4, 4], "other")
    + died([6, 6, 7], "unknown")
    + alive([8, 9, 9, 9, 1, 2, 2, 4, 4])
)
R_AND_STATA_PRINTED = {
    "disease": {
        1: (0.11111111, 0.07407407),
        2: (0.17037037, 0.08976251),
        9: (0.17037037, 0.08976251),
    },
    "other": {4: (0.20740741, 0.10610391), 8: (0.20740741, 0.10610391)},
    "unknown": {6: (0.17777778, 0.11196147), 7: (0.26666667, 0.12787781)},
}


@pytest.mark.parametrize("cause", CAUSES)
def test_three_causes_of_death_have_the_incidence_of_r_and_the_error_of_stata(cause: str) -> None:
    curve = curves(life_table(R_AND_STATA, CAUSES)).incidence[cause]
    for day, (share, error) in R_AND_STATA_PRINTED[cause].items():
        assert curve.on(day).value == pytest.approx(share, abs=1e-8)
        assert standard_error(curve.on(day)) == pytest.approx(error, abs=1e-8)


# Late entry: 30 people, ages at entry and at death (1) or end of watching (0), Klein and
# Moeschberger, exercise 4.7.
ENTRY = (58, 58, 59, 60, 60, 61, 61, 62, 62, 62, 63, 63, 64, 66, 66)
ENTRY += (67, 67, 67, 68, 69, 69, 69, 70, 70, 70, 71, 72, 72, 73, 73)
EXIT = (60, 63, 69, 62, 65, 72, 69, 73, 66, 65, 68, 74, 71, 68, 69)
EXIT += (70, 77, 69, 72, 79, 72, 70, 76, 71, 78, 79, 76, 73, 80, 74)
DEAD = (1, 1, 0, 1, 1, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1)


def test_people_who_enter_late_count_only_while_they_are_watched() -> None:
    people = list(zip(ENTRY, EXIT, DEAD, strict=True))
    table = life_table(
        [Spell(entry + 1, exit, "other" if dead else None) for entry, exit, dead in people], CAUSES
    )
    assert (table.at_risk_on(60), table.at_risk_on(62)) == (3, 6)
    found, worked = curves(table).survival, Fraction(1)
    for age in sorted({exit for _, exit, dead in people if dead}):
        watched = sum(entry < age <= exit for entry, exit, _ in people)
        worked *= 1 - Fraction(sum(exit == age and dead for _, exit, dead in people), watched)
        assert table.at_risk_on(age) == watched
        assert found.on(age).value == pytest.approx(float(worked), abs=1e-12)


def test_the_late_entry_check_of_r_that_statsmodels_prints() -> None:
    # R: survfit(coxph(Surv(entry, times, event) ~ 1), type = "kaplan-meier").
    times = (1, 3, 3, 5, 5, 7, 7, 8, 8, 9, 10, 10)
    status = (1, 1, 0, 1, 1, 1, 0, 0, 1, 1, 0, 1)
    entry = (0, 1, 1, 2, 2, 2, 3, 4, 4, 4, 4, 0)
    rows = zip(entry, times, status, strict=True)
    table = life_table([Spell(e + 1, t, "other" if s else None) for e, t, s in rows], CAUSES)
    found = curves(table).survival
    printed = {1: 0.5, 3: 0.4167, 5: 0.3241, 7: 0.2778, 8: 0.2222, 9: 0.1481, 10: 0.0741}
    for time, share in printed.items():
        assert found.on(time).value == pytest.approx(share, abs=1e-4)


@pytest.mark.parametrize(("transplanted", "people"), [(0, 103), (1, 69)])
def test_time_before_and_after_a_new_heart_agrees_with_statsmodels(
    transplanted: int, people: int
) -> None:
    # Stanford heart transplants (Crowley and Hu, JASA 1977;72:27-36), the data whose naive grouping
    # made immortal time known. lifelines ships them as stretches; a few begin or end at half a day.
    rows = load_stanford_heart_transplants().query(f"transplant == {transplanted}")
    start, stop = (rows["start"] * 10).astype(int), (rows["stop"] * 10).astype(int)
    spells = [
        Spell(first + 1, last, "other" if died else None)
        for first, last, died in zip(start, stop, rows["event"], strict=True)
    ]
    found = curves(life_table(spells, CAUSES)).survival
    theirs = SurvfuncRight(stop, rows["event"], entry=start)
    assert len(spells) == people
    for time, share in zip(theirs.surv_times, theirs.surv_prob, strict=True):
        assert found.on(int(time)).value == pytest.approx(share, abs=1e-12)


def test_those_who_die_before_others_are_seen_do_not_pull_the_curve_to_zero_for_good() -> None:
    table = life_table([Spell(0, 3, "other"), Spell(5, 9, "other"), Spell(6, 20)], CAUSES)
    found = curves(table).survival
    assert found.begins_at == 5
    assert found.on(4) == NO_FIGURE
    assert found.on(9).value == pytest.approx(0.5)


def test_every_method_of_an_interval_has_words_and_a_source() -> None:
    named = {method.id: method.source for method in load_outcomes().methods}
    assert set(named) == set(get_args(Method))
    assert all(source for id, source in named.items() if id != "none")


def test_nobody_at_all_is_no_figure() -> None:
    found = curves(life_table([], CAUSES))
    assert found.survival.on(0) == NO_FIGURE
    assert found.survival.quantile(0.5) == NO_FIGURE
    assert found.incidence["disease"].on(100) == NO_FIGURE


def test_after_the_last_person_watched_alive_there_is_no_figure() -> None:
    found = curves(life_table([Spell(0, 5, "other"), Spell(0, 9)], CAUSES)).survival
    assert found.on(9).value == pytest.approx(0.5)
    assert found.on(10) == NO_FIGURE


def test_when_everybody_has_died_survival_stays_at_zero() -> None:
    found = curves(life_table(died([5, 9]), CAUSES))
    assert found.survival.on(400).value == 0.0
    assert found.incidence["disease"].on(400).value == 1.0


def test_before_the_first_death_the_limit_is_the_exact_one() -> None:
    found = curves(life_table(died([50]) + alive([60] * 19), CAUSES))
    assert found.survival.on(49).low == pytest.approx(0.025 ** (1 / 20))
    assert found.incidence["other"].on(55).high == pytest.approx(1 - 0.025 ** (1 / 20))


def test_many_who_enter_late_do_not_narrow_the_limit_of_the_time_before() -> None:
    people = [Spell(0, 400)] + [Spell(300, 400)] * 50
    found = curves(life_table(people, CAUSES)).survival.on(365)
    assert found.low == pytest.approx(0.025)


def test_more_events_than_people_in_a_rounded_table_are_everybody_and_stay_so() -> None:
    rounded = LifeTable(
        times=(30, 60, 90),
        at_risk=(5, 5, 10),
        events_by_cause={"disease": (10, 10, 5)},
        censored=(0, 0, 0),
        entered=(5, 0, 0),
    )
    assert [step.value for step in curves(rounded).survival.steps] == [0.0, 0.0, 0.0]


def test_a_rounded_table_still_gives_a_curve() -> None:
    rounded = LifeTable(
        times=(0, 30, 60),
        at_risk=(20, 5, 0),
        events_by_cause={"disease": (10, 10, 0), "other": (0, 0, 5)},
        censored=(5, 0, 0),
        entered=(20, 0, 0),
    )
    found = curves(rounded)
    assert [step.value for step in found.survival.steps] == pytest.approx([0.5, 0.0, 0.0])
    assert found.incidence["disease"].on(60).value == pytest.approx(1.0)


@st.composite
def spells(draw: st.DrawFn, late: bool = True) -> list[Spell]:
    def one() -> Spell:
        first = draw(st.integers(0, 12)) if late else 0
        last = draw(st.integers(first, 15))
        return Spell(first, last, draw(st.sampled_from([None, *CAUSES])))

    return [one() for _ in range(draw(st.integers(1, 40)))]


def values(curve: Curve) -> list[float]:
    return [step.value for step in curve.steps if step.value is not None]


@often
@given(people=spells())
def test_survival_only_falls_causes_only_rise_and_together_they_are_everybody(
    people: list[Spell],
) -> None:
    found = curves(life_table(people, CAUSES))
    assert all(a >= b for a, b in pairwise(values(found.survival)))
    for curve in found.incidence.values():
        assert all(a <= b + 1e-15 for a, b in pairwise(values(curve)))
    for row, step in enumerate(found.survival.steps):
        parts = [curve.steps[row].value or 0.0 for curve in found.incidence.values()]
        assert (step.value or 0.0) + sum(parts) == pytest.approx(1.0, abs=1e-12)


@often
@given(people=spells())
def test_every_limit_is_between_none_and_all_and_around_its_figure(people: list[Spell]) -> None:
    found = curves(life_table(people, CAUSES))
    for curve in (found.survival, *found.incidence.values()):
        for step in curve.steps:
            assert step.low is not None
            assert step.high is not None
            assert step.value is not None
            assert 0 <= step.low <= step.value <= step.high <= 1


@often
@given(people=spells(), data=st.data())
def test_the_order_of_people_changes_nothing(people: list[Spell], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(people))
    assert life_table(shuffled, CAUSES) == life_table(people, CAUSES)
    assert curves(life_table(shuffled, CAUSES)) == curves(life_table(people, CAUSES))


@often
@given(people=spells())
def test_who_enters_is_watched_until_he_dies_or_is_lost(people: list[Spell]) -> None:
    table = life_table(people, CAUSES)
    for day in range(-1, 17):
        assert table.at_risk_on(day) == sum(spell.first <= day <= spell.last for spell in people)
    watched = sum(spell.last - spell.first + 1 for spell in people)
    assert table.person_years * 365.25 == pytest.approx(watched)
    assert table.spells == sum(table.events) + sum(table.censored)


@beside_lifelines
@given(people=spells())
def test_late_entry_agrees_with_lifelines_and_statsmodels(people: list[Spell]) -> None:
    table = life_table(people, CAUSES)
    found = curves(table).survival
    last = [spell.last for spell in people]
    assume(all(table.at_risk_on(day) for day in range(table.times[0], max(last))))  # theirs stops
    assume(found.begins_at == table.times[0])  # there the libraries stay at zero
    entry = [spell.first - 1 for spell in people]
    dead = [spell.cause is not None for spell in people]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = KaplanMeierFitter().fit(last, dead, entry=entry)
        others = SurvfuncRight(np.add(last, 2), dead, entry=np.add(entry, 2))
    for time, share in zip(others.surv_times, others.surv_prob, strict=True):
        assert found.on(int(time) - 2).value == pytest.approx(share, abs=1e-9)
    for day in sorted(set(last)):
        assert found.on(day).value == pytest.approx(float(theirs.predict(day)), abs=1e-9)
        limits = theirs.confidence_interval_survival_function_.loc[day]
        if found.on(day).method == "log-log":
            assert [found.on(day).low, found.on(day).high] == pytest.approx(list(limits), abs=1e-9)


@often
@given(people=spells(late=False))
def test_causes_agree_with_statsmodels_ties_and_all(people: list[Spell]) -> None:
    found = curves(life_table(people, CAUSES))
    status = [0 if spell.cause is None else 1 + CAUSES.index(spell.cause) for spell in people]
    if 3 not in status or min(spell.last for spell in people) == 0:
        return  # it knows as many causes as the highest number, and no time of 0
    with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = CumIncidenceRight([spell.last for spell in people], status)
    for k, cause in enumerate(CAUSES):
        for row, time in enumerate(theirs.times):
            here = found.incidence[cause].on(int(time))
            assert here.value == pytest.approx(theirs.cinc[k][row], abs=1e-12)
            if here.method == "log-log" and np.isfinite(theirs.cinc_se[k][row]):
                assert standard_error(here) == pytest.approx(theirs.cinc_se[k][row], abs=1e-7)


@beside_lifelines
@given(
    last=st.lists(st.integers(1, 400), unique=True, min_size=2, max_size=30),
    data=st.data(),
)
def test_causes_and_their_limits_agree_with_lifelines_where_nobody_dies_together(
    last: list[int], data: st.DataObject
) -> None:
    causes = [data.draw(st.sampled_from([None, "disease", "other"])) for _ in last]
    people = [Spell(0, day, cause) for day, cause in zip(last, causes, strict=True)]
    found = curves(life_table(people, CAUSES)).incidence["disease"]
    status = [0 if c is None else 1 + CAUSES.index(c) for c in causes]
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = AalenJohansenFitter().fit(last, status, event_of_interest=1)
    for day in last:
        here = found.on(day)
        assert here.value == pytest.approx(float(theirs.predict(day)), abs=1e-12)
        limits = theirs.confidence_interval_.loc[day]
        if here.method == "log-log" and np.isfinite(limits).all():
            assert [here.low, here.high] == pytest.approx(sorted(limits), abs=1e-9)
