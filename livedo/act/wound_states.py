"""The state of the wound in words: what was seen at the newest look, with its date."""

from __future__ import annotations

import functools

import msgspec

from livedo.act.consultation import Consultation
from livedo.act.facts_in_words import FactWords, capitalised
from livedo.knowledge.files import read_file
from livedo.knowledge.load import SHIPPED


class State(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One state and its rule."""

    id: str
    rule: str


class WoundStates(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of `knowledge/wound_states.yaml`."""

    shown_when: tuple[str, ...]
    states: tuple[State, ...]


@functools.cache
def load_wound_states() -> WoundStates:
    """The shipped states, read once a process."""
    return read_file(SHIPPED / "wound_states.yaml", WoundStates)


def wound_state(case: Consultation, words: FactWords) -> str:
    """Every state recorded, or that none is known; nothing where there is no wound."""
    plan = load_wound_states()
    known = [state for state in plan.states if case.is_yes(state.rule)]
    if known:
        return capitalised("; ".join(_told(state, case, words) for state in known))
    is_open = any(case.is_yes(rule) for rule in plan.shown_when)
    return words.wording.text("wound_state.unknown") if is_open else ""


def _told(state: State, case: Consultation, words: FactWords) -> str:
    newest = max(case.deciding(state.rule), key=lambda fact: (fact.start_at, fact.fact_id))
    on = words.when(newest, case.as_of)
    return words.wording.text(f"wound_state.{state.id}", on=on)
