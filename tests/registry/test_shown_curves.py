"""A curve tells of nobody alone: not by a step, not by where it stands, not by who is at risk."""

from __future__ import annotations

import os
import random

import pytest

if os.environ.get("CI") != "true":
    pytest.importorskip("scipy")

from livedo.registry.disclosure import Sum, protect
from livedo.registry.life_table import LifeTable, Spell, life_table
from livedo.registry.shown_curves import (
    OF_ALL,
    curve_counts,
    protect_life_table,
    protect_life_tables,
    shown_curve,
)
from livedo.registry.small_numbers import HIDDEN, Policy
from tests.registry.counted import everything, known_of, possible

POLICY = Policy()
OF_MONTHS = Policy(curve_step_days=120)
CAUSES = ("disease", "other")


def spells(lots: random.Random, people: int, last: int = 1500) -> list[Spell]:
    found = []
    for _ in range(people):
        died, left = int(lots.expovariate(1 / 300)), int(lots.uniform(20, last))
        cause = lots.choice(CAUSES) if died < left else None
        found.append(Spell(0, min(died, left), cause))
    return found


def groups(lots: random.Random, sizes: tuple[int, ...], last: int) -> dict[str, LifeTable]:
    several = {f"g{k}": spells(lots, size, last) for k, size in enumerate(sizes)}
    together = [spell for each in several.values() for spell in each]
    return {group: life_table(each, CAUSES) for group, each in {**several, "all": together}.items()}


def steps(table: LifeTable) -> list[int]:
    return [n for counts in (*table.events_by_cause.values(), table.at_risk) for n in counts]


@pytest.mark.parametrize("seed", range(2))
def test_no_step_and_no_number_at_risk_is_that_of_a_few(seed: int) -> None:
    tables = groups(random.Random(seed), (90, 40, 12), 1500)
    shown = protect_life_tables(tables, [Sum("all", ("g0", "g1", "g2"))], POLICY)
    assert shown["all"] is not None
    for curve in shown.values():
        for table in (curve.of_all, curve.by_cause) if curve else ():
            assert all(day % 30 == 0 for day in table.times)
            assert all(n % 5 == 0 for n in steps(table))
            assert min(table.at_risk) >= 10
            rows = zip(table.at_risk, table.events, table.censored, strict=True)
            after = [n - events - left for n, events, left in rows]
            for row, entered in enumerate(table.entered[1:]):
                assert after[row] + entered == table.at_risk[row + 1]


@pytest.mark.parametrize("seed", range(2))
def test_nobody_works_out_a_death_by_subtracting_curves(seed: int) -> None:
    tables = groups(random.Random(seed), (20, 12), 240)
    cells, sums = curve_counts(tables, [Sum("all", ("g0", "g1"))], OF_MONTHS)
    shown = protect(cells, sums, OF_MONTHS)
    truth = everything(cells, sums)
    known = {id: known_of(shown[id]) if id in cells else (0, 10_000) for id in truth}
    secret = [id for id in truth if 1 <= truth[id] <= 7 or shown.get(id) is HIDDEN]
    assert secret
    for id in secret:
        assert len(possible(id, truth[id], known, sums)) == 3, id


def test_a_curve_says_only_what_the_protected_counts_say() -> None:
    tables = groups(random.Random(5), (60, 30), 900)
    cells, sums = curve_counts(tables, [Sum("all", ("g0", "g1"))], POLICY)
    shown = protect(cells, sums, POLICY)
    for group, table in tables.items():
        curve = shown_curve(group, table, shown, POLICY)
        empty = LifeTable(
            times=table.times,
            at_risk=(),
            events_by_cause=dict.fromkeys(CAUSES, ()),
            censored=(),
            entered=(),
        )
        assert curve is not None
        assert shown_curve(group, empty, shown, POLICY) == curve


def test_the_curve_ends_where_fewer_than_eight_are_left() -> None:
    table = life_table([Spell(0, 10 * k, None) for k in range(1, 31)], CAUSES)
    curve = protect_life_table(table, POLICY)
    assert curve is not None
    assert curve.of_all.at_risk[-1] == 10
    assert all(table.at_risk_on(day - 29) >= 8 for day in curve.of_all.times)


def test_seven_people_and_four_deaths_show_no_curve() -> None:
    lots = random.Random(2)
    assert protect_life_table(life_table(spells(lots, 7), CAUSES), POLICY) is None
    few = [Spell(0, 100, "disease")] * 4 + [Spell(0, 900)] * 30
    assert protect_life_table(life_table(few, CAUSES), POLICY) is None


def test_nobody_died_is_told_of_a_large_group() -> None:
    curve = protect_life_table(life_table([Spell(0, 900)] * 30, CAUSES), POLICY)
    assert curve is not None
    assert curve.of_all.total(OF_ALL) == 0


def test_a_cause_of_a_few_deaths_is_missing_and_its_deaths_are_among_all() -> None:
    died = [Spell(0, 40 * k, "disease") for k in range(1, 21)]
    rare = [Spell(0, 100 * k, "other") for k in range(1, 6)]
    curve = protect_life_table(life_table(died + rare + [Spell(0, 900)] * 30, CAUSES), POLICY)
    assert curve is not None
    assert "other" not in curve.by_cause.events_by_cause
    assert curve.of_all.total(OF_ALL) == 25


def test_with_the_control_off_the_table_is_as_counted() -> None:
    table = life_table(spells(random.Random(1), 5), CAUSES)
    off = Policy(shown_by="dr-berg", reason="own unit, own patients")
    curve = protect_life_table(table, off)
    assert curve is not None
    assert curve.by_cause == table
