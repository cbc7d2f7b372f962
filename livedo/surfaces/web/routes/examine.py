"""The skin round of one person: a region, what is there, and what follows at once."""

from __future__ import annotations

import uuid
from typing import Annotated, cast
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from livedo.decisions.entries import Examination, Result
from livedo.errors import EntryInvalid
from livedo.knowledge.skin_round import Place
from livedo.surfaces.web.audited import event
from livedo.surfaces.web.examine_page import context_of, document_of, regions_for
from livedo.surfaces.web.examining import (
    FormRefused,
    RegionForm,
    area_with_finding,
    area_without_finding,
)
from livedo.surfaces.web.gate import Allow, User
from livedo.surfaces.web.lesion_lines import lesion_id_of
from livedo.surfaces.web.pages import as_json, page, reader_of, service_of
from livedo.surfaces.web.regions import Region, place_id
from livedo.surfaces.web.round_list import Rounds, round_filter

router = APIRouter()

Reads = Annotated[User, Depends(Allow("viewer", "clinician", patient_data=True))]
Enters = Annotated[User, Depends(Allow("clinician", patient_data=True))]

REST, SAVE, NEXT, CLEAR = "rest", "save", "next", "clear"
WITHOUT_FINDING = frozenset({CLEAR, "declined", "could_not"})
FILTER = ("unit", "shift", "today", "show")


@router.get("/patients/{link}/round.json")
def examine_json(request: Request, link: str, user: Reads) -> Response:
    """How far today's round of this person is, for programs."""
    person_id = service_of(request).person_of(link)
    event(request, "skin round of a patient shown", person_id)
    return as_json(document_of(request, person_id))


@router.get("/patients/{link}/round")
def examine(request: Request, link: str, user: Reads) -> Response:
    """The page of one person's round, at the region of the address."""
    return shown(request, service_of(request).person_of(link), user)


def shown(
    request: Request,
    person_id: str,
    user: User,
    *,
    refused: str = "",
    form: RegionForm | None = None,
    region: str | None = None,
    query: dict[str, str] | None = None,
) -> Response:
    """The page, with what was tapped still there where it was refused."""
    event(request, "skin round of a patient shown", person_id)
    asked = request.query_params
    wanted = asked.get("region") if region is None else region
    told = dict(asked) if query is None else query
    context = context_of(request, person_id, wanted, told, form or RegionForm())
    is_unknown = bool(wanted) and context["region"] is None
    key = "refused.region" if is_unknown else refused
    words = reader_of(request).words
    context |= {
        "refused": words.text(f"round.{key}") if key else "",
        "may_enter": user.may("clinician"),
        "new_id": lambda: uuid.uuid4().hex,
    }
    status = 404 if is_unknown else 422 if refused else 200
    title = words.text("round.title_of", person=person_id)
    return page(
        request, "examine", title, user, context,
        as_of=service_of(request).moment_of(person_id), status=status,
    )  # fmt: skip


@router.post("/patients/{link}/round")
def save(
    request: Request,
    link: str,
    user: Enters,
    entry_id: Annotated[str, Form(max_length=64)],
    do: Annotated[str, Form()],
    region: Annotated[str, Form()] = "",
    sign: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies it
    seen_length: Annotated[str, Form()] = "",
    seen_width: Annotated[str, Form()] = "",
    felt_length: Annotated[str, Form()] = "",
    felt_width: Annotated[str, Form()] = "",
    pain: Annotated[str, Form()] = "",
    ulcer: Annotated[str, Form()] = "",
    wound: Annotated[str, Form()] = "",
    photo: Annotated[str, Form()] = "",
    lesion: Annotated[str, Form()] = "",
    gone: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "",
    unit: Annotated[str, Form()] = "",
    shift: Annotated[str, Form()] = "",
    today: Annotated[str, Form()] = "",
    show: Annotated[str, Form()] = "",
) -> Response:
    """Keeps what was found, judges the person anew, and shows what changed."""
    form = RegionForm(
        signs=tuple(sign), pain=pain, ulcer=ulcer, wound=wound, photo=photo,
        lesion=lesion, gone=gone, seen_length=seen_length, seen_width=seen_width,
        felt_length=felt_length, felt_width=felt_width,
    )  # fmt: skip
    person_id = service_of(request).person_of(link)
    query = kept_filter(request, {"unit": unit, "shift": shift, "today": today, "show": show})
    rounds = Rounds(request.app.state.ward, reader_of(request))
    try:
        examination, place = examination_of(rounds, person_id, region, do, form, entry_id)
        entry = rounds.service.enter(person_id, examination, user, entry_id)
    except FormRefused as error:
        return shown(
            request, person_id, user, refused=error.key, form=form, region=region, query=query
        )
    except EntryInvalid:
        return shown(
            request, person_id, user,
            refused="refused.entry", form=form, region=region, query=query,
        )  # fmt: skip
    event(request, "examination entered", person_id)
    if back == "list":
        return to_list(link, entry.entry_id, query)
    there = region
    if do == NEXT and place is not None:
        following = rounds.today(person_id).next_after(place)
        there = place_id(following) if following else region
    return to_page(link, there, entry.entry_id, query)


def kept_filter(request: Request, told: dict[str, str]) -> dict[str, str]:
    """The filter of the list, through the forms and back into the address."""
    return round_filter(told, service_of(request)).query()


def to_list(link: str, entry_id: str, query: dict[str, str]) -> Response:
    """Back to the row of the list."""
    told = urlencode({**query, "saved": entry_id, "of": link})
    return RedirectResponse(f"/round?{told}#p-{link}", status_code=303)


def to_page(link: str, region: str, entry_id: str, query: dict[str, str]) -> Response:
    """Back to the person's round."""
    told = urlencode({**({"region": region} if region else {}), **query, "saved": entry_id})
    return RedirectResponse(f"/patients/{link}/round?{told}", status_code=303)


def examination_of(
    rounds: Rounds, person_id: str, region_id: str, do: str, form: RegionForm, entry_id: str
) -> tuple[Examination, Place | None]:
    """What is to be kept, and the place it is about where it is one.

    Raises:
        FormRefused: it cannot be kept; nothing was.
    """
    if do == REST:
        return the_rest(rounds, person_id, entry_id), None
    region = regions_for(rounds, person_id).by_id.get(region_id)
    if region is None:
        raise FormRefused("refused.region")
    place = None if region.is_group else region.places[0]
    if do in WITHOUT_FINDING:
        if do == CLEAR and not form.gone and known_in(rounds, person_id, region):
            raise FormRefused("refused.known")
        result = cast(Result, do)
        areas = tuple(area_without_finding(one, form, result) for one in region.places)
        return Examination(areas), place
    if do not in (SAVE, NEXT):
        raise FormRefused("refused.choice")
    return the_finding(rounds, person_id, region, place, form, entry_id), place


def known_in(rounds: Rounds, person_id: str, region: Region) -> bool:
    """Whether something was found here that nobody has found gone since."""
    known = rounds.today(person_id).known
    return any(place in known for place in region.places)


def the_finding(
    rounds: Rounds, person_id: str, region: Region, place: Place | None, form: RegionForm,
    entry_id: str,
) -> Examination:  # fmt: skip
    """What was found in one place."""
    if place is None:
        raise FormRefused("refused.where")
    lesion_id = lesion_id_of(rounds, person_id, place, form.lesion, entry_id)
    vocabulary = rounds.service.knowledge.vocabulary
    return Examination((area_with_finding(place, form, vocabulary, lesion_id),))


def the_rest(rounds: Rounds, person_id: str, entry_id: str) -> Examination:
    """Every place of the round not looked at today, called clear by one tap."""
    for kept in rounds.service.entered(person_id):
        if kept.entry_id == entry_id and isinstance(kept.body, Examination):
            return kept.body
    rest = rounds.today(person_id).rest
    if not rest:
        raise FormRefused("refused.no_rest")
    none = RegionForm()
    return Examination(tuple(area_without_finding(place, none, "clear") for place in rest))


@router.post("/patients/{link}/round/undo")
def undo(
    request: Request,
    link: str,
    user: Enters,
    entry_id: Annotated[str, Form(max_length=64)],
    undoes: Annotated[str, Form(max_length=200)],
    back: Annotated[str, Form()] = "",
    region: Annotated[str, Form()] = "",
    unit: Annotated[str, Form()] = "",
    shift: Annotated[str, Form()] = "",
    today: Annotated[str, Form()] = "",
    show: Annotated[str, Form()] = "",
) -> Response:
    """Sets what was entered aside; both stay in the history."""
    service = service_of(request)
    person_id = service.person_of(link)
    query = kept_filter(request, {"unit": unit, "shift": shift, "today": today, "show": show})
    try:
        service.undo(person_id, undoes, user, entry_id)
    except EntryInvalid:
        return shown(request, person_id, user, refused="refused.undo", region=region, query=query)
    event(request, "entry undone", person_id)
    if back == "list":
        return to_list(link, undoes, query)
    return to_page(link, region, undoes, query)
