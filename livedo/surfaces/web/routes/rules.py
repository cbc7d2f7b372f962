"""Rules in plain words, their invented patients and sources, and a centre's own numbers."""

from __future__ import annotations

import difflib
import uuid
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from livedo import instants
from livedo.act.effect import Effect
from livedo.errors import OverrideRefused
from livedo.knowledge.load import Knowledge
from livedo.knowledge.overrides import Override
from livedo.knowledge.overrides_in_words import (
    adjustable_of,
    refusal_text,
    value_text,
)
from livedo.surfaces.rule_pages import RulePage, RulePages, RuleRow
from livedo.surfaces.web.centre import Past, author_of
from livedo.surfaces.web.gate import Allow, User
from livedo.surfaces.web.pages import as_json, page, reader_of, service_of
from livedo.surfaces.web.shelves import centre_of, rule_pages_of

router = APIRouter()

Reads = Annotated[User, Depends(Allow("viewer", "clinician", "steward", "admin"))]
Changes = Annotated[User, Depends(Allow("steward"))]
SeesWho = Annotated[User, Depends(Allow("viewer", "clinician", patient_data=True))]

MOST_NAMED = 200
NEAR = 3
FIELDS_KEPT = 2_000
"""Characters of a field of the form that are read."""


# --- the list


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """What the address asks to be listed."""

    text: str = ""
    kind: str = ""
    adjustable: bool = False
    changed: bool = False

    def takes(self, row: RuleRow) -> bool:
        """Whether a rule belongs to the list asked for."""
        if self.kind and row.kind != self.kind:
            return False
        if (self.adjustable and not row.is_adjustable) or (self.changed and not row.is_changed):
            return False
        return all(word in row.sought for word in self.text.casefold().split())


def search_of(request: Request) -> Search:
    """The search in the address."""
    asked = request.query_params
    return Search(
        text=asked.get("q", "")[:200].strip(),
        kind=asked.get("kind", "")[:40],
        adjustable=asked.get("adjustable") == "1",
        changed=asked.get("changed") == "1",
    )


@router.get("/rules.json")
def rules_json(request: Request, user: Reads) -> Response:
    """The rules of this search, for programs."""
    shelf, search = rule_pages_of(request), search_of(request)
    rows = [row for row in shelf.rows if search.takes(row)]
    return as_json(
        {
            "knowledge": shelf.knowledge.version,
            "total": len(shelf.rows),
            "rules": [row_document(row) for row in rows],
        }
    )


def row_document(row: RuleRow) -> dict[str, Any]:
    """One rule of the list for programs."""
    plain: dict[str, Any] = msgspec.to_builtins(row)
    del plain["sought"]
    return {**plain, "link": f"/rules/{row.id}"}


@router.get("/rules")
def rules(request: Request, user: Reads) -> Response:
    """Every rule, or those of a search."""
    shelf, search = rule_pages_of(request), search_of(request)
    rows = [row for row in shelf.rows if search.takes(row)]
    by_kind: dict[str, list[RuleRow]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row)
    context = {
        "search": search,
        "total": len(shelf.rows),
        "shown": len(rows),
        "by_kind": by_kind,
        "kinds": list(dict.fromkeys(row.kind for row in shelf.rows)),
        "kind_title": shelf.kind_title,
        "adjustable": sum(row.is_adjustable for row in shelf.rows),
        "changed": sum(row.is_changed for row in shelf.rows),
        "reviewed": sum(row.is_reviewed for row in shelf.rows),
        "twin": twin(request, "/rules.json"),
    }
    return page(request, "rules", words_of(request, "title"), user, context)


# --- one rule


@router.get("/rules/{kind}/{name}.json")
def rule_json(request: Request, kind: str, name: str, user: Reads) -> Response:
    """One rule, for programs."""
    found = rule_pages_of(request).page(f"{kind}/{name}")
    if found is None:
        return as_json({"error": words_of(request, "missing")}, 404)
    centre = centre_of(request)
    document = {
        **msgspec.to_builtins(found),
        "history": [past_document(past) for past in centre.history(found.id)],
    }
    if user.may("steward"):
        document["figures"] = msgspec.to_builtins(centre.figures(found.id))
    return as_json(document)


def past_document(past: Past) -> dict[str, Any]:
    """One change of a number for programs."""
    withdrawn = past.withdrawn_at
    return {
        "entry_id": past.entry_id,
        **msgspec.to_builtins(past.override),
        "at": instants.iso(past.at),
        "in_force": past.in_force and past.refusal is None,
        "withdrawn_by": past.withdrawn_by,
        "withdrawn_at": None if withdrawn is None else instants.iso(withdrawn),
    }


@router.get("/rules/{kind}/{name}")
def rule(request: Request, kind: str, name: str, user: Reads) -> Response:
    """One rule in plain words."""
    return rule_page(request, f"{kind}/{name}", user)


def rule_page(
    request: Request,
    rule_id: str,
    user: User,
    *,
    wanted: Override | None = None,
    refusal: str = "",
) -> Response:
    """The page of a rule; with a refused change, the form as it was filled in."""
    shelf, centre = rule_pages_of(request), centre_of(request)
    found = shelf.page(rule_id)
    if found is None:
        return no_such_rule(request, rule_id, user)
    context = {
        "rule": found,
        "pasts": [past_view(past, found, shelf) for past in centre.history(rule_id)],
        "figures": centre.figures(rule_id) if user.may("steward") else None,
        "may_change": user.may("steward"),
        "wanted": wanted,
        "refusal": refusal,
        "saved": request.query_params.get("saved") == "1",
        "new_id": lambda: str(uuid.uuid4()),
        "dates": request.app.state.ward.words(reader_of(request)).dates,
        "twin": f"/rules/{rule_id}.json",
    }
    status = 422 if refusal else 200
    return page(request, "rule", found.title, user, context, status=status)


def past_view(past: Past, found: RulePage, shelf: RulePages) -> dict[str, Any]:
    """One change of a number in words."""
    override = past.override
    numbers = {number.field: number for number in found.numbers}
    known = numbers.get(override.field)
    value = override.value
    if known is not None and value:
        number = adjustable_of(found.id, override.field, shelf.knowledge).number
        try:
            value = value_text(number, value, shelf.clauses)
        except (ValueError, OverrideRefused):
            value = override.value
    return {
        "past": past,
        "name": override.field if known is None else known.name,
        "value": value,
        "refusal": ""
        if past.refusal is None
        else refusal_text(past.refusal, shelf.base, shelf.lang),
    }


def no_such_rule(request: Request, rule_id: str, user: User) -> Response:
    """The page for an address that no rule has."""
    shelf = rule_pages_of(request)
    near = difflib.get_close_matches(rule_id, shelf.base.rules, n=NEAR)
    title = words_of(request, "missing")
    context = {"near": shelf.links(near), "text": words_of(request, "missing_text")}
    return page(request, "not_found", title, user, context, status=404)


# --- a centre's own number: filled in, seen, saved, withdrawn


@router.post("/rules/{kind}/{name}/preview")
def preview(
    request: Request,
    kind: str,
    name: str,
    user: Changes,
    field: Annotated[str, Form()],
    value: Annotated[str, Form()] = "",
    unit: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """What a number would change; nothing is saved."""
    wanted = wanted_of(request, f"{kind}/{name}", user, field, value, unit, reason)
    return effect_page(request, wanted, user)


@router.get("/rules/{kind}/{name}/change")
@router.get("/rules/{kind}/{name}/preview")
def back_to_rule(request: Request, kind: str, name: str, user: Reads) -> Response:
    """A form that was not sent, or another language chosen on its page: back to the rule."""
    is_rule = rule_pages_of(request).page(f"{kind}/{name}") is not None
    return RedirectResponse(f"/rules/{kind}/{name}#numbers" if is_rule else "/rules", 303)


@router.post("/rules/{kind}/{name}/change")
def change(
    request: Request,
    kind: str,
    name: str,
    user: Changes,
    entry_id: Annotated[str, Form()],
    field: Annotated[str, Form()],
    value: Annotated[str, Form()] = "",
    unit: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Keeps a number and judges everybody by it."""
    wanted = wanted_of(request, f"{kind}/{name}", user, field, value, unit, reason)
    centre = centre_of(request)
    refusal = centre.refusal_of(wanted)
    if refusal is not None:
        return refused(request, wanted, user)
    centre.save(wanted, user, entry_id)
    request.state.audit.record("number of a rule changed", None, wanted.rule)
    return RedirectResponse(f"/rules/{kind}/{name}?saved=1#history", status_code=303)


@router.post("/rules/{kind}/{name}/withdraw")
def withdraw(
    request: Request,
    kind: str,
    name: str,
    user: Changes,
    undoes: Annotated[str, Form()],
    entry_id: Annotated[str, Form()],
) -> Response:
    """Undoes a change; both stay in the history."""
    centre_of(request).withdraw(f"{kind}/{name}", undoes, user, entry_id)
    request.state.audit.record("change of a rule withdrawn", None, f"{kind}/{name}")
    return RedirectResponse(f"/rules/{kind}/{name}?saved=1#history", status_code=303)


def wanted_of(
    request: Request, rule_id: str, user: User, field: str, value: str, unit: str, reason: str
) -> Override:
    """The number that the form asks for. In Danish a comma is the decimal sign."""
    figure = value.strip()[:FIELDS_KEPT]
    if reader_of(request).lang == "da" and figure.count(",") == 1 and "." not in figure:
        figure = figure.replace(",", ".")
    has_unit = any(letter.isalpha() or letter == "%" for letter in figure)
    return Override(
        rule=rule_id,
        field=field[:FIELDS_KEPT],
        value=figure if has_unit or not unit else f"{figure} {unit[:FIELDS_KEPT]}",
        reason=" ".join(reason.split())[:FIELDS_KEPT],
        by=author_of(user),
        on=instants.iso_date(service_of(request).clock.now()),
    )


def refused(request: Request, wanted: Override, user: User) -> Response:
    """The page of the rule with the form as it was, and why the number cannot be used."""
    refusal = centre_of(request).refusal_of(wanted)
    shelf = rule_pages_of(request)
    text = "" if refusal is None else refusal_text(refusal, shelf.base, shelf.lang)
    return rule_page(request, wanted.rule, user, wanted=wanted, refusal=text)


def effect_page(request: Request, wanted: Override, user: User) -> Response:
    """What would change, and the button that saves it."""
    centre, shelf = centre_of(request), rule_pages_of(request)
    if centre.refusal_of(wanted) is not None:
        return refused(request, wanted, user)
    knowledge = centre.proposed(wanted)
    effect = centre.effect(knowledge)
    found = shelf.page(wanted.rule)
    assert found is not None
    number = next(number for number in found.numbers if number.field == wanted.field)
    context = {
        "rule": found,
        "number": number,
        "wanted": wanted,
        "value": new_value(wanted, knowledge, shelf),
        "who": who_address(wanted) if user.may("viewer", "clinician") else "",
        "new_id": lambda: str(uuid.uuid4()),
        **effect_words(request, effect, shelf),
    }
    return page(request, "rule_effect", words_of(request, "preview.title"), user, context)


def new_value(wanted: Override, knowledge: Knowledge, shelf: RulePages) -> str:
    """The number asked for, as people write it."""
    kept = next(o for o in knowledge.overrides if (o.rule, o.field) == (wanted.rule, wanted.field))
    number = adjustable_of(wanted.rule, wanted.field, shelf.knowledge).number
    return value_text(number, kept.value, shelf.clauses)


def who_address(wanted: Override) -> str:
    """Where those who may see patients find whose answers would change."""
    return f"/rules/{wanted.rule}/effect?" + urlencode(
        {"field": wanted.field, "value": wanted.value}
    )


def effect_words(request: Request, effect: Effect, shelf: RulePages) -> dict[str, Any]:
    """An effect with the titles of its rules, groups and states."""
    reader, knowledge = reader_of(request), shelf.base
    groups = {group.id: getattr(group.title, reader.lang) for group in knowledge.groups}
    states = {state.id: getattr(state, reader.lang) for state in knowledge.states}
    titles = {id: getattr(rule.title, reader.lang) for id, rule in knowledge.rules.items()}
    return {"effect": effect, "group_title": groups, "state_title": states, "rule_title": titles}


@router.get("/rules/{kind}/{name}/effect.json")
def effect_json(
    request: Request, kind: str, name: str, user: SeesWho, field: str, value: str
) -> Response:
    """Whose answers a number would change, for programs."""
    effect = named_effect(request, f"{kind}/{name}", field, value, user)
    service = service_of(request)
    if effect is None:
        return as_json({"error": words_of(request, "change.refused")}, 422)
    links = [f"/patients/{service.link_of(person_id)}" for person_id in effect.person_ids]
    return as_json({**msgspec.to_builtins(effect), "links": links})


@router.get("/rules/{kind}/{name}/effect")
def effect(
    request: Request, kind: str, name: str, user: SeesWho, field: str = "", value: str = ""
) -> Response:
    """Whose answers a number would change, for those who may see patients."""
    rule_id = f"{kind}/{name}"
    shelf, service = rule_pages_of(request), service_of(request)
    wanted = hypothetical(rule_id, field, value, user)
    effect = named_effect(request, rule_id, field, value, user)
    if effect is None:
        return refused(request, wanted, user)
    people = [
        (person_id, f"/patients/{service.link_of(person_id)}")
        for person_id in effect.person_ids[:MOST_NAMED]
    ]
    found = shelf.page(rule_id)
    assert found is not None
    context = {
        "rule": found,
        "number": next(number for number in found.numbers if number.field == field),
        "value": new_value(wanted, centre_of(request).proposed(wanted), shelf),
        "people": people,
        "more": len(effect.person_ids) - len(people),
        "twin": twin(request, f"/rules/{rule_id}/effect.json"),
        **effect_words(request, effect, shelf),
    }
    return page(request, "rule_people", words_of(request, "preview.title"), user, context)


def named_effect(
    request: Request, rule_id: str, field: str, value: str, user: User
) -> Effect | None:
    """Whose answers a number would change; None if it cannot be used."""
    centre = centre_of(request)
    wanted = hypothetical(rule_id, field, value, user)
    if centre.refusal_of(wanted) is not None:
        return None
    effect = centre.effect(centre.proposed(wanted), with_ids=True)
    request.state.audit.record("effect of a number shown", None, rule_id)
    return effect


def hypothetical(rule_id: str, field: str, value: str, user: User) -> Override:
    """A number that somebody only asks about."""
    return Override(
        rule=rule_id, field=field[:FIELDS_KEPT], value=value[:FIELDS_KEPT],
        reason="-", by=author_of(user), on="2000-01-01",
    )  # fmt: skip


# --- small things


def words_of(request: Request, key: str) -> str:
    """A text of these pages in the reader's language."""
    return reader_of(request).words.text(f"rules_page.{key}")


def twin(request: Request, path: str) -> str:
    """The address of the JSON twin of this view."""
    query = request.url.query
    return f"{path}?{query}" if query else path
