"""A desk at which tests keep the register: clerks with names, and the forms they send."""

from __future__ import annotations

import re
import uuid
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from livedo.surfaces.web.register_desk import Register
from tests.web.guarded import browser


def clerk(app: FastAPI, name: str = "clerk-1", *roles: str) -> TestClient:
    """A browser in which a clerk is signed in; she follows where she is sent."""
    client = browser(app, *(roles or ("clinician",)), name=name)
    client.follow_redirects = True
    return client


def proposed(app: FastAPI) -> str:
    """A person whom the record proposes and about whom nobody has entered anything."""
    register: Register = app.state.register
    return next(case.person_id for case in register.cases() if case.place == "proposed")


def untouched(app: FastAPI) -> str:
    """A person of the record about whom nobody has entered anything."""
    register: Register = app.state.register
    line = next(x for x in register.ward.lines() if register.case(x.person_id).place == "none")
    return line.person_id


def link_of(app: FastAPI, person_id: str) -> str:
    """The address of a person."""
    return str(app.state.service.link_of(person_id))


def shown_in(text: str) -> dict[str, str]:
    """What a browser would send back of the form of a page, were nothing changed."""
    form = re.search(r'<form class="entry.*?</form>', text, re.S)
    assert form is not None
    sent: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form[0]):
        name, value = attribute(tag, "name"), attribute(tag, "value")
        if attribute(tag, "type") in ("radio", "checkbox") and " checked" not in tag:
            continue
        sent[name] = value
    for name, content in re.findall(
        r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form[0], re.S
    ):
        chosen = re.search(r'<option value="([^"]*)" selected', content)
        sent[name] = chosen[1] if chosen else ""
    texts = re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form[0], re.S)
    return sent | dict(texts)


def attribute(tag: str, name: str) -> str:
    """One attribute of a tag; empty where it has none."""
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""


def fill(
    client: TestClient, link: str, form: str, do: str = "save", instance: str = "1", **typed: str
) -> Any:
    """Opens a form, types into some of its fields, and sends it."""
    address = f"/register/{link}/forms/{form}"
    page = client.get(address, params={"instance": instance})
    assert page.status_code == 200
    sent = shown_in(page.text)
    sent |= {name.replace("__", "-"): value for name, value in typed.items()}
    return client.post(address, data={**sent, "do": do})


def read(client: TestClient, link: str, verdict: str, reading: str = "single", **more: str) -> Any:
    """Says what a reader makes of a case."""
    said = {"entry_id": uuid.uuid4().hex, "reading": reading, "verdict": verdict, **more}
    return client.post(f"/register/{link}/reading", data=said)
