"""The counts behind the figures are named, and every sum among them adds up."""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings

if os.environ.get("CI") != "true":
    pytest.importorskip("lifelines")

from livedo.knowledge.outcomes import load_outcomes
from livedo.registry.case import Case
from livedo.registry.outcome_counts import OutcomeCounts, outcome_counts
from livedo.registry.survival import follow, grouped
from tests.registry.invented import DIAGNOSED, cases, dead, on, person

GROUPINGS = [grouping.id for grouping in load_outcomes().groupings]


def counted(people: list[Case]) -> OutcomeCounts:
    followed = follow(people)
    return outcome_counts(followed, [grouped(followed, id) for id in GROUPINGS])


def is_tied(counts: OutcomeCounts, *names: str) -> bool:
    return any(set(names) <= {total, *parts} for total, parts in counts.sums)


def test_deaths_and_people_at_risk_are_named_by_group_and_time() -> None:
    found = counted([dead("a", 100, site="penile"), person("b", site="distal", until=200)])
    assert found.cells["survival.site.penile.m6.died_of.disease"] == 1
    assert found.cells["survival.site.distal.m6.at_risk"] == 1
    assert found.cells["survival.everybody.everybody.m12.at_risk"] == 0


def test_who_subtracts_one_time_from_the_next_is_known_to() -> None:
    found = counted([dead("a", 100), person("b")])
    stem = "survival.everybody.everybody"
    assert is_tied(found, f"{stem}.m3.died", f"{stem}.m6.died")
    assert is_tied(found, f"{stem}.m3.at_risk", f"{stem}.m6.at_risk")


def test_numbers_at_risk_are_not_nested_where_somebody_enters_late() -> None:
    found = counted([person("a", followed_from=DIAGNOSED + 200), person("b")])
    stem = "survival.everybody.everybody"
    assert not is_tied(found, f"{stem}.m3.at_risk", f"{stem}.m6.at_risk")


def test_whoever_is_set_aside_by_one_grouping_alone_is_what_is_left_over() -> None:
    found = counted([person("a", ulcerated_at_diagnosis="no", first_ulcer=on(9, 364))])
    total = "survival.everybody.everybody.m6.at_risk"
    assert is_tied(found, total, f"{total} in no ulcer_so_far")


@settings(max_examples=int(os.environ.get("LIVEDO_EXAMPLES", "200")))
@given(people=cases())
def test_every_sum_adds_up_with_at_most_one_count_that_is_not_shown(people: list[Case]) -> None:
    found = counted(people)
    for total, parts in found.sums:
        unknown = [name for name in (total, *parts) if name not in found.cells]
        rest = found.cells.get(total, 0) - sum(found.cells.get(part, 0) for part in parts)
        assert len(unknown) <= 1
        assert rest >= 0
        assert rest == 0 or unknown
