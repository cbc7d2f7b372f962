"""Time on dialysis counted once, against counting it day by day."""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

if os.environ.get("CI") != "true":
    pytest.importorskip("numpy")

import numpy as np

from livedo.registry.time_on_dialysis import Spans, counted_once

EXAMPLES = int(os.environ.get("LIVEDO_EXAMPLES", "200"))
BRIDGE, UNNAMED = 3, 2

one_span = st.tuples(
    st.integers(0, 2), st.integers(0, 2), st.integers(-20, 20), st.integers(0, 15)
).map(lambda told: (told[0], told[1], told[2], told[2] + told[3]))
several = st.lists(one_span, max_size=8)


def spans_of(rows: list[tuple[int, int, int, int]]) -> Spans:
    return Spans(*np.array(rows, np.int64).reshape(len(rows), 4).T)


def day_by_day(rows: list[tuple[int, int, int, int]]) -> dict[tuple[int, int], int]:
    """The kind of each person's day: gaps bridged, the kind that began last, named before not."""
    joined: list[tuple[int, int, int, int]] = []
    for person, kind, first, last in sorted(rows):
        if joined and joined[-1][:2] == (person, kind) and first <= joined[-1][3] + BRIDGE:
            joined[-1] = (person, kind, joined[-1][2], max(joined[-1][3], last))
        else:
            joined.append((person, kind, first, last))
    found: dict[tuple[int, int], tuple[bool, int, int, int]] = {}
    for person, kind, first, last in joined:
        for day in range(first, last + 1):
            rank = (kind != UNNAMED, first, -kind, kind)
            found[person, day] = max(found.get((person, day), rank), rank)
    return {key: rank[3] for key, rank in found.items()}


@settings(max_examples=EXAMPLES)
@given(several)
def test_every_day_is_counted_once_and_under_the_right_kind(
    rows: list[tuple[int, int, int, int]],
) -> None:
    counted: dict[tuple[int, int], int] = {}
    for person, kind, first, last in zip(
        *counted_once(spans_of(rows), BRIDGE, UNNAMED), strict=True
    ):
        for day in range(int(first), int(last) + 1):
            assert (int(person), day) not in counted
            counted[int(person), day] = int(kind)
    assert counted == day_by_day(rows)


@settings(max_examples=EXAMPLES)
@given(several)
def test_spans_stand_in_the_order_of_people_and_days(
    rows: list[tuple[int, int, int, int]],
) -> None:
    found = counted_once(spans_of(rows), BRIDGE, UNNAMED)
    order = list(zip(found.person.tolist(), found.first.tolist(), strict=True))
    assert order == sorted(order)
