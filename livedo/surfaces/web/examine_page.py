"""What the page of one person's round shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from starlette.requests import Request

from livedo.act.facts_in_words import FactWords
from livedo.act.result import LesionLine
from livedo.act.statements import StatementWords
from livedo.decisions.entries import Entry, Examination
from livedo.knowledge.round_page import load_round_page
from livedo.knowledge.skin_round import Place, load_skin_round
from livedo.surfaces.body_map import radius
from livedo.surfaces.report_context import predilection_sites
from livedo.surfaces.web.after_saving import Change, Told, change_by, told
from livedo.surfaces.web.examining import RegionForm
from livedo.surfaces.web.lesion_lines import choice_of, lesions_at, lesions_of
from livedo.surfaces.web.pages import reader_of, service_of
from livedo.surfaces.web.preferences import Preferences
from livedo.surfaces.web.regions import DrawnRegion, Region, Regions, drawn_regions, regions_of
from livedo.surfaces.web.round_list import (
    RoundFilter,
    Rounds,
    in_round,
    named_places,
    round_filter,
)
from livedo.surfaces.web.saved import Saved, newest_examination, saved_entry, told_of
from livedo.surfaces.web.seats import shift_label
from livedo.surfaces.web.todays_round import TodaysRound
from livedo.surfaces.web.ward import Ward

SIGNS_TOLD = 2


class Button(msgspec.Struct, frozen=True, kw_only=True):
    """One region of the lists, with how it was left today."""

    region: Region
    mark: str
    """finding, clear, unknown, or open: nobody has looked today."""
    note: str


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """A finding on the drawing."""

    view: str
    x: float
    y: float
    is_net: bool
    seen: float | None
    felt: float | None


def regions_for(rounds: Rounds, person_id: str) -> Regions:
    """The regions offered to a person."""
    sex = rounds.service.patient(person_id).person.sex
    return regions_of(rounds.words, sex)


def context_of(
    request: Request,
    person_id: str,
    wanted: str | None,
    query: Mapping[str, str],
    form: RegionForm,
) -> dict[str, Any]:
    """Everything the template of the page is given."""
    ward: Ward = request.app.state.ward
    reader, service = reader_of(request), service_of(request)
    rounds = Rounds(ward, reader)
    today, regions = rounds.today(person_id), regions_for(rounds, person_id)
    lines = lesions_of(rounds, person_id)
    region = regions.by_id.get(wanted or "")
    if not wanted:
        region = regions.of_place(today.next_after(None))
    saved, change = what_was_saved(rounds, person_id, request, reader)
    filter = round_filter(dict(query), service)
    place = region.places[0] if region is not None and not region.is_group else None
    skin_round = load_skin_round()
    hints = [told(id, "note", reader) for id in load_round_page().wound_hints]
    entries = service.entered(person_id)
    return {
        "link": service.link_of(person_id),
        "person": ward.row(person_id, reader),
        "seat": service.roster.seat_of(person_id),
        "shift": shift_label(service.roster.seat_of(person_id), reader.lang),
        "round": skin_round,
        "regions": regions,
        "region": region,
        "wheres": [regions.of_place(p) for p in region.places] if region else [],
        "form": form,
        "today": today,
        "groups": button_groups(regions, today, lines, rounds.words),
        "drawn": list(drawn_regions(regions, predilection_sites())),
        "spots": list(spots(today, lines, regions)),
        "lesions": [(choice_of(x), x) for x in lesions_at(lines, place)] if place else [],
        "known_here": known_here(today, region, rounds.words),
        "rest_named": named_places(today.rest, rounds.words),
        "look_at_named": named_places(today.to_look_at, rounds.words),
        "left_open": named_places(today.not_examined, rounds.words),
        "saved": saved,
        "change": change,
        "hints": hints,
        "last": last_entered(newest_examination(entries), rounds),
        "query": filter.query(),
        "claims": claims_of((*hints, *(change.consequences if change else ())), rounds.words),
        **neighbours(rounds, person_id, filter),
        "now_text": rounds.words.dates.full(service.clock.now()),
        "text": lambda text: getattr(text, reader.lang),
    }


def known_here(today: TodaysRound, region: Region | None, words: FactWords) -> str:
    """When something was last found in a region that nobody has found gone since."""
    found = [today.known[p] for p in (region.places if region else ()) if p in today.known]
    return words.dates.full(max(found)) if found else ""


def what_was_saved(
    rounds: Rounds, person_id: str, request: Request, reader: Preferences
) -> tuple[Saved | None, Change | None]:
    """The entry that the address names, and what it changed while it stands."""
    entry_id = request.query_params.get("saved", "")
    saved = saved_entry(person_id, entry_id, rounds) if entry_id else None
    if saved is None or saved.is_undone:
        return saved, None
    entry = next(e for e in rounds.service.entered(person_id) if e.entry_id == entry_id)
    return saved, change_by(entry, person_id, rounds, reader)


def last_entered(entry: Entry | None, rounds: Rounds) -> tuple[str, str] | None:
    """What "undo last" would undo: its id and its words."""
    if entry is None or not isinstance(entry.body, Examination):
        return None
    told = told_of(entry.body.areas, rounds.words, rounds.reader.words)
    return entry.entry_id, "; ".join(told)


def claims_of(told: Iterable[Told], words: FactWords) -> dict[str, Any]:
    """The statements behind the consequences, with their places on the page."""
    named = [claim for one in told for claim in one.claims]
    lines = StatementWords(words).lines(named)
    return {"lines": lines, "linked": {line.id: f"c{n}" for n, line in enumerate(lines, 1)}}


def neighbours(rounds: Rounds, person_id: str, filter: RoundFilter) -> dict[str, Any]:
    """Who comes before and after in the round of this filter, and which place this one has."""
    everybody = in_round(rounds.ward)
    at = next((n for n, x in enumerate(everybody) if x.person_id == person_id), -1)
    wanted = [n for n, line in enumerate(everybody) if filter.takes(rounds.service, line)]
    before = max((n for n in wanted if n < at), default=None)
    after = min((n for n in wanted if n > at), default=None)
    return {
        "previous": None if before is None else rounds.row(everybody[before]),
        "following": None if after is None else rounds.row(everybody[after]),
        "place": (wanted.index(at) + 1, len(wanted)) if at in wanted else None,
    }


# -- regions in lists ------------------------------------------------------------------------


def button_groups(
    regions: Regions, today: TodaysRound, lines: tuple[LesionLine, ...], words: FactWords
) -> dict[str, list[Button]]:
    """The lists beside the drawing."""
    return {
        "round": [button(region, today, lines, words) for region in regions.round],
        "offered": [button(region, today, lines, words) for region in regions.offered],
    }


def button(
    region: Region, today: TodaysRound, lines: tuple[LesionLine, ...], words: FactWords
) -> Button:
    """One region with how it was left today, or what was found there before."""
    left = [today.left[place] for place in region.places if place in today.left]
    results = {one.area.result for one in left}
    if "finding" in results:
        signs = [sign for one in left for sign in one.area.signs][:SIGNS_TOLD]
        return Button(region=region, mark="finding", note=", ".join(map(words.name, signs)))
    if results & {"declined", "could_not"}:
        result = load_skin_round().results["declined" if "declined" in results else "could_not"]
        return Button(region=region, mark="unknown", note=getattr(result, words.lang).lower())
    if left and len(left) == len(region.places):
        return Button(region=region, mark="clear", note="")
    known = [line for place in region.places for line in lesions_at(lines, place)]
    is_known = any(place in today.known for place in region.places)
    note = f"{known[-1].seen or known[-1].felt} {known[-1].from_to}" if known and is_known else ""
    return Button(region=region, mark="open", note=note.strip())


# -- the drawing -----------------------------------------------------------------------------


def spots(today: TodaysRound, lines: tuple[LesionLine, ...], regions: Regions) -> Iterator[Spot]:
    """Known lesions and today's findings where they are drawn."""
    drawn = {
        place: part
        for part in reversed(list(drawn_regions(regions, frozenset())))
        for place in part.region.places
    }
    clear = {p for p, left in today.left.items() if left.area.result == "clear"}
    for line in lines:
        for place in drawn:
            if place not in clear and place in today.known and line in lesions_at((line,), place):
                yield _spot(line, drawn[place])


def _spot(line: LesionLine, part: DrawnRegion) -> Spot:
    sign = -1 if part.shape.is_mirrored else 1
    x, y = part.shape.region.at
    return Spot(
        view=part.shape.region.view,
        x=sign * x,
        y=y,
        is_net=line.is_net,
        seen=None if line.is_net else radius(line.seen_cm, 4.5) if line.seen else None,
        felt=radius(line.felt_cm, 8.0) if line.felt or not line.seen else None,
    )


# -- the twin --------------------------------------------------------------------------------


def document_of(request: Request, person_id: str) -> dict[str, Any]:
    """How far today's round is, for programs."""
    service = service_of(request)
    rounds = Rounds(request.app.state.ward, reader_of(request))
    today = rounds.today(person_id)

    def places(found: Iterable[Place]) -> list[dict[str, str | None]]:
        return [{"body_site": site, "side": side} for site, side in found]

    row = rounds.ward.row(person_id, rounds.reader)
    return {
        "link": f"/patients/{service.link_of(person_id)}/round",
        "person_id": person_id,
        "day": rounds.day,
        "state": row.state,
        "is_whole": today.is_whole,
        "not_yet": places((*today.to_look_at, *today.rest)),
        "known_lesions": places(today.known),
        "areas": [
            {**msgspec.to_builtins(left.area), "side": place[1],
             "entry_id": left.entry.entry_id, "entered_by": left.entry.entered_by}
            for place, left in today.left.items()
        ],
    }  # fmt: skip
