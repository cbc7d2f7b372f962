"""Curves from rounded counts stay near the true ones, however late the deaths can be shown."""

from __future__ import annotations

import math
import os

import msgspec
import pytest

if os.environ.get("CI") != "true":
    pytest.importorskip("lifelines", reason="needs the extra registry")

from livedo.registry.curves import curves
from livedo.registry.gathered_deaths import of_all, of_cause
from livedo.registry.life_table import LifeTable, Spell, life_table
from livedo.registry.shown_curves import OF_ALL, protect_life_table
from livedo.registry.small_numbers import Policy
from livedo.registry.yearly_outcomes import Drawn

CAUSES = ("disease", "other")


def people(count: int, pace: float) -> LifeTable:
    """People who die evenly at one pace, a third of them of something else; some are lost."""
    spells = []
    for n in range(count):
        died = int(-pace * math.log(1 - (n + 0.5) / count))
        lost = 200 + (n * 97) % 900
        cause = CAUSES[n % 3 == 0]
        spells.append(Spell(0, min(died, lost), cause if died <= lost else None))
    return life_table(spells, CAUSES)


@pytest.mark.parametrize(("count", "near"), [(400, 0.03), (150, 0.05), (60, 0.09)])
def test_survival_stays_near_the_true_curve(count: int, near: float) -> None:
    table = people(count, 600)
    shown = protect_life_table(table, Policy())
    assert shown is not None
    true, told = curves(table).survival, curves(of_all(shown)).survival
    for day in (180, 360, 540):
        a, b = true.on(day).value, told.on(day).value
        assert a is not None
        assert b == pytest.approx(a, abs=near)


@pytest.mark.parametrize("cause", CAUSES)
def test_the_share_that_died_of_one_cause_stays_near_the_true_share(cause: str) -> None:
    table = people(300, 500)
    shown = protect_life_table(table, Policy())
    assert shown is not None
    gathered = of_cause(shown, cause)
    assert gathered is not None
    true, told = curves(table).incidence[cause], curves(gathered).incidence[cause]
    for day in (360, 540):
        a, b = true.on(day).value, told.on(day).value
        assert a is not None
        assert b == pytest.approx(a, abs=0.05)


def test_deaths_shown_late_are_not_taken_for_the_death_of_everybody_left() -> None:
    # 20 people, 12 dead within half a year: hidden month by month, shown together at last.
    deaths = [Spell(0, 10 + 14 * n, "disease") for n in range(12)]
    alive = [Spell(0, 300 + n, None) for n in range(8)]
    table = life_table([*deaths, *alive], CAUSES)
    shown = protect_life_table(table, Policy())
    assert shown is not None
    told = curves(of_all(shown)).survival.on(210).value
    assert told is not None
    assert 0.2 < told < 0.6, "12 of 20 died"


def test_with_the_control_off_the_table_is_the_true_one() -> None:
    table = people(100, 400)
    shown = protect_life_table(table, Policy(shown_by="A. Registrar", reason="a test"))
    assert shown is not None
    assert shown.of_all.events_by_cause[OF_ALL] == table.events


def drawn(is_gathered: bool) -> Drawn:
    """Of 100 people 10 had died by day 90 and 20 more by day 270, as far as may be shown."""
    table = LifeTable(
        times=(0, 90, 270, 720),
        at_risk=(100, 100, 90, 70),
        events_by_cause={OF_ALL: (0, 10, 20, 0)},
        censored=(0, 0, 0, 70),
        entered=(100, 0, 0, 0),
    )
    return Drawn(
        table=table,
        steps=curves(table).survival,
        hidden=frozenset(),
        after=0,
        drawn_to=720,
        median=None,
        is_gathered=is_gathered,
    )


@pytest.mark.parametrize(
    ("day", "alive"), [(0, 1.0), (45, 0.95), (90, 0.9), (180, 0.8), (270, 0.7), (500, 0.7)]
)
def test_a_share_between_two_points_lies_on_the_straight_line_between_them(
    day: int, alive: float
) -> None:
    found = drawn(is_gathered=True).between(day)
    assert found is not None
    assert found.value == pytest.approx(alive)


def test_with_every_death_on_its_own_day_a_curve_keeps_its_steps() -> None:
    found = drawn(is_gathered=False).between(180)
    assert found is not None
    assert found.value == pytest.approx(0.9)


def test_a_share_by_which_too_few_had_died_is_not_read_off_a_line() -> None:
    hidden = msgspec.structs.replace(drawn(is_gathered=True), hidden=frozenset({90}))
    assert hidden.between(120) is None
