"""Three truth values

The logic is Kleene's.
"""

import itertools

import pytest

from livedo.assess.answer import Status
from livedo.assess.logic import NO, UNKNOWN, YES, all_of, any_of, at_least, both, either, opposite

Y, N, U = YES, NO, UNKNOWN


def test_not(spec):
    """`not` turns yes into no and no into yes. Unknown stays unknown."""
    assert [opposite(status) for status in (Y, N, U)] == [N, Y, U]


def test_all(spec):
    """`all` is no as soon as one part is no, yes if every part is yes, else unknown."""
    table = {
        (Y, Y): Y, (Y, N): N, (Y, U): U,
        (N, Y): N, (N, N): N, (N, U): N,
        (U, Y): U, (U, N): N, (U, U): U,
    }  # fmt: skip
    spec.truth_table("all", both)
    assert {pair: both(*pair) for pair in table} == table
    assert {pair: all_of(pair) for pair in table} == table


def test_any(spec):
    """`any` is yes as soon as one part is yes, no if every part is no, else unknown."""
    table = {
        (Y, Y): Y, (Y, N): Y, (Y, U): Y,
        (N, Y): Y, (N, N): N, (N, U): U,
        (U, Y): Y, (U, N): U, (U, U): U,
    }  # fmt: skip
    spec.truth_table("any", either)
    assert {pair: either(*pair) for pair in table} == table
    assert {pair: any_of(pair) for pair in table} == table


def test_at_least(spec):
    """`at_least` is yes once so many parts are yes, and no once so many cannot be."""
    assert at_least(2, (Y, Y, U)) is Y
    assert at_least(2, (Y, U, N)) is U
    assert at_least(2, (Y, N, N)) is N
    assert at_least(2, (U, N, N)) is N


@pytest.mark.parametrize("parts", list(itertools.product((Y, N, U), repeat=3)))
def test_all_and_any_are_at_least_every_and_at_least_one(parts: tuple[Status, ...]):
    assert all_of(parts) is at_least(3, parts)
    assert any_of(parts) is at_least(1, parts)
