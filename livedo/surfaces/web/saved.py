"""What a page says after something was saved: what was recorded, by whom, and how to undo it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from starlette.requests import Request

from livedo.act.facts_in_words import FactWords, capitalised
from livedo.decisions.entries import Area, Entry, Examination, standing
from livedo.errors import PersonUnknown
from livedo.knowledge.skin_round import Place
from livedo.surfaces.web.round_list import Rounds, named_places
from livedo.surfaces.web.todays_round import places_of
from livedo.surfaces.words import Words

RESULTS = ("clear", "finding", "declined", "could_not")


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """An entry in words."""

    entry_id: str
    person_id: str
    link: str
    by: str
    at: str
    told: tuple[str, ...]
    """One line a result, each with its places by name."""
    is_undone: bool


def saved_of(request: Request, rounds: Rounds) -> Saved | None:
    """The entry that the address names, if this person has it."""
    entry_id, link = request.query_params.get("saved"), request.query_params.get("of")
    if not entry_id or not link:
        return None
    try:
        person_id = rounds.service.person_of(link)
    except PersonUnknown:
        return None
    return saved_entry(person_id, entry_id, rounds)


def saved_entry(person_id: str, entry_id: str, rounds: Rounds) -> Saved | None:
    """One entry about a person, in words."""
    entries = rounds.service.entries(person_id)
    entry = next((one for one in entries if one.entry_id == entry_id), None)
    if entry is None or not isinstance(entry.body, Examination):
        return None
    return Saved(
        entry_id=entry_id,
        person_id=person_id,
        link=rounds.service.link_of(person_id),
        by=entry.entered_by,
        at=rounds.words.dates.moment(entry.entered_at),
        told=told_of(entry.body.areas, rounds.words, rounds.reader.words),
        is_undone=entry not in standing(entries),
    )


def told_of(areas: Iterable[Area], words: FactWords, texts: Words) -> tuple[str, ...]:
    """What areas say, one line a result."""
    places: dict[str, list[Place]] = {}
    for area in areas:
        places.setdefault(area.result, []).extend(places_of(area.body_site, area.side))
    return tuple(
        f"{capitalised(named_places(places[result], words))}: "
        f"{texts.text(f'round.result.{result}')}"
        for result in RESULTS
        if result in places
    )


def newest_examination(entries: Iterable[Entry]) -> Entry | None:
    """The examination that "undo last" would undo."""
    found = [entry for entry in entries if isinstance(entry.body, Examination)]
    return found[-1] if found else None
