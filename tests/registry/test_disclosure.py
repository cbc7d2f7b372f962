"""What leaves tells nobody a small count, not even somebody who adds up all tables.

LIVEDO_TABLES=10000 attacks as many tables as the release asks for; a commit does with 300.
"""

from __future__ import annotations

import os
import random

import pytest

if os.environ.get("CI") != "true":
    pytest.importorskip("scipy")

from livedo.errors import DisclosureRefused
from livedo.registry.disclosure import Sum, nested, protect
from livedo.registry.small_numbers import HIDDEN, Count, Policy
from tests.registry.counted import everything, known_of, possible, tables

TABLES = int(os.environ.get("LIVEDO_TABLES", "300"))
POLICY = Policy()


def is_right(count: int, shown: Count) -> bool:
    """Whether what is shown of a count is what the rules say, hidden or not."""
    if count == 0:
        return shown == 0
    if 1 <= count <= 7:
        return shown is HIDDEN
    return shown is HIDDEN or (
        isinstance(shown, int) and shown % 5 == 0 and abs(shown - count) <= 2
    )


def test_nobody_can_work_out_a_hidden_count_by_adding_and_subtracting_all_tables() -> None:
    for cells, sums in tables(TABLES):
        shown = protect(cells, sums, POLICY)
        assert all(is_right(count, shown[id]) for id, count in cells.items()), (cells, shown)
        truth = everything(cells, sums)
        known = {id: known_of(shown[id]) if id in cells else (0, 10_000) for id in truth}
        secret = [id for id in truth if shown.get(id) is HIDDEN]
        secret += [id for id in truth if id not in cells and 1 <= truth[id] <= 7]
        for id in secret:
            assert len(possible(id, truth[id], known, sums)) == 3, (id, cells, sums, shown)


def test_the_order_in_which_counts_and_sums_are_given_changes_nothing() -> None:
    lots = random.Random(1)
    for cells, sums in tables(60):
        first = protect(cells, sums, POLICY)
        ids, turned = list(cells), [Sum(s.total, s.parts[::-1]) for s in sums]
        lots.shuffle(ids)
        lots.shuffle(turned)
        assert protect({id: cells[id] for id in ids}, turned, POLICY) == first


def test_with_the_control_off_every_count_is_exact() -> None:
    off = Policy(shown_by="dr-berg", reason="own unit, own patients")
    for cells, sums in tables(30):
        assert protect(cells, sums, off) == cells


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, 0),
        (1, HIDDEN),
        (7, HIDDEN),
        (8, 10),
        (9, 10),
        (12, 10),
        (13, 15),
        (242, 240),
        (243, 245),
    ],
)
def test_one_count_on_its_own(count: int, shown: Count) -> None:
    assert protect({"people": count}, [], POLICY) == {"people": shown}


def test_the_last_of_three_centres_is_not_what_the_other_two_leave() -> None:
    """17 people, 8 and 8 elsewhere: shown as 15, 10 and 10, the third could only be one person."""
    cells = {"all": 17, "north": 8, "south": 8, "west": 1}
    shown = protect(cells, [Sum("all", ("north", "south", "west"))], POLICY)
    assert shown["west"] is HIDDEN
    assert [shown[id] for id in ("all", "north", "south")].count(HIDDEN) == 1


def test_two_sevens_are_not_told_by_a_total_of_fourteen() -> None:
    """Who knows that both are small knows from 13 to 17 that they are 6 or 7, and no more."""
    shown = protect({"all": 14, "f": 7, "m": 7}, [Sum("all", ("f", "m"))], POLICY)
    assert shown == {"all": 15, "f": HIDDEN, "m": HIDDEN}


def test_who_is_suspected_and_not_probable_is_a_count_of_its_own() -> None:
    cells = {"suspected": 12, "probable": 11, "none": 0}
    assert protect(cells, [nested("suspected", "probable")], POLICY) == {
        "suspected": 10,
        "probable": 10,
        "none": 0,
    }


def test_a_centre_may_hide_more() -> None:
    policy = Policy(hide_to=10, round_to=10)
    assert protect({"a": 10, "b": 11, "c": 14, "d": 25}, [], policy) == {
        "a": HIDDEN,
        "b": 20,
        "c": 20,
        "d": 30,
    }


@pytest.mark.parametrize("less", [{"hide_to": 4}, {"round_to": 1}, {"narrowest": 1}])
def test_a_centre_may_not_hide_less(less: dict[str, int]) -> None:
    with pytest.raises(DisclosureRefused, match="may be"):
        Policy(**less)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cells", "sums"),
    [
        ({"a": -1}, []),
        ({"all": 3, "f": 1, "m": 1}, [Sum("all", ("f", "m"))]),
        ({"all": 3}, [Sum("all", ("f", "m"))]),
        ({"all": 3, "f": 3}, [Sum("all", ("f", "f"))]),
        ({"all": 3, "f": 4}, [nested("all", "f")]),
    ],
)
def test_counts_that_cannot_be_are_refused_and_not_named(
    cells: dict[str, int], sums: list[Sum]
) -> None:
    with pytest.raises(ValueError, match=r"count|add up") as raised:
        protect(cells, sums, POLICY)
    assert not any(character.isdigit() for character in str(raised.value))
