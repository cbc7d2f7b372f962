"""A whole register is kept at once, by the same rules as one entry."""

from __future__ import annotations

import pytest

from livedo.decisions.entries import standing
from livedo.decisions.store import MANY, DecisionStore
from livedo.errors import EntryInvalid
from tests.decisions.entered import NOON, entered, undoing

REGISTER = [entered(f"e{n}", person=f"p{n % 7}") for n in range(MANY * 11)]


def test_many_entries_are_numbered_in_the_order_given(store: DecisionStore) -> None:
    added = store.add(REGISTER)
    assert [entry.entry_id for entry in added] == [entry.entry_id for entry in REGISTER]
    assert [entry.sequence for entry in added] == sorted(entry.sequence for entry in added)
    assert store.since(0) == added


def test_many_entries_asked_for_twice_are_kept_once(store: DecisionStore) -> None:
    first = store.add(REGISTER[:MANY])
    again = store.add([*REGISTER[: MANY + 3], REGISTER[MANY]])
    assert again[:MANY] == first
    assert again[-1] == again[MANY]
    assert len(store.since(0)) == MANY + 3


def test_an_id_used_for_something_else_keeps_none_of_many(store: DecisionStore) -> None:
    store.add([entered("e3", person="another")])
    with pytest.raises(EntryInvalid):
        store.add(REGISTER)
    assert len(store.since(0)) == 1


def test_an_entry_and_its_undoing_can_come_together_among_many(store: DecisionStore) -> None:
    added = store.add([*REGISTER[:MANY], undoing("u1", "e1", person="p1")])
    assert "e1" not in {entry.entry_id for entry in standing(added)}


def test_undoing_what_another_person_entered_keeps_none_of_many(store: DecisionStore) -> None:
    with pytest.raises(EntryInvalid):
        store.add([*REGISTER[:MANY], undoing("u1", "e1", person="p2")])
    assert store.since(0) == []


def test_what_was_erased_does_not_come_back_among_many(store: DecisionStore) -> None:
    store.add(REGISTER[:MANY])
    store.forget("p2", by="office", reason="asked", at=NOON + 1)
    with pytest.raises(EntryInvalid):
        store.add([entered(f"x{n}", person=f"p{n % 7}") for n in range(MANY)])
    assert store.of_person("p2") == []
