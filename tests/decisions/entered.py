"""Entries of invented people, short to write."""

from __future__ import annotations

from typing import Any

import msgspec

from livedo.decisions.entries import Acknowledged, Area, Body, Entry, Examination, NewEntry, Undone
from livedo.decisions.entries import kind_of as kind_of
from livedo.instants import DAY, Instant
from livedo.knowledge.skin_round import load_skin_round

NOON: Instant = 20_000 * DAY + DAY // 2


def entered(
    entry_id: str,
    body: Body | None = None,
    *,
    person: str | None = "anemone",
    at: Instant = NOON,
    undoes: str | None = None,
) -> NewEntry:
    """One entry of a nurse."""
    body = Acknowledged(("worklist/palpation_overdue",)) if body is None else body
    return NewEntry(
        entry_id=entry_id,
        person_id=person,
        kind=kind_of(body),  # type: ignore[arg-type]
        entered_at=at,
        entered_by="N. Nurse",
        body=body,
        undoes=undoes,
    )


def undoing(entry_id: str, undoes: str, **more: Any) -> NewEntry:
    """One entry that sets another aside."""
    return entered(entry_id, Undone(), undoes=undoes, **more)


def kept(*entries: NewEntry) -> list[Entry]:
    """The entries as a store would number them."""
    return [
        Entry(sequence=number, **{f: getattr(entry, f) for f in NewEntry.__struct_fields__})
        for number, entry in enumerate(entries, start=1)
    ]


def examined(entry_id: str, *areas: Area, **more: Any) -> NewEntry:
    """One examination of some places."""
    return entered(entry_id, Examination(areas), **more)


def clear_round(entry_id: str, **more: Any) -> NewEntry:
    """Every place of a whole round examined and clear: one tap."""
    places = load_skin_round().places()
    return examined(entry_id, *(Area(site, side, "clear") for site, side in places), **more)


PLAQUE = Area(
    "thigh",
    "left",
    "finding",
    signs=("sign.plaque", "sign.induration"),
    seen_cm=(6, 4),
    felt_cm=(11, 8),
    pain=7,
    ulcer="no",
)
"""A hard, painful plaque that reaches further when felt than when seen."""


def plaque(**more: Any) -> Area:
    """The same plaque with something told otherwise."""
    return msgspec.structs.replace(PLAQUE, **more)
