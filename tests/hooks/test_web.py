"""The addresses: what a record system sends and gets over HTTP."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator

import msgspec
import pytest

pytest.importorskip("fastapi")

from fastapi import FastAPI
from starlette.testclient import TestClient

from livedo.surfaces.hooks.router import Crowd, hooks_router
from livedo.surfaces.hooks.service import HookService
from livedo.surfaces.hooks.settings import HookSettings
from livedo.surfaces.web.gate import DEMO, Allow, Open, gates_of, refuse_ungated, routes_of
from tests.contracts.schemas import assert_valid
from tests.hooks.calls import BASE, Noon, call, dialysis, drafted, prefetch, service

ORIGIN = "https://ehr.example"
BODY = call("order-sign", prefetch(dialysis()), [drafted("Marevan")])


class Audit:
    """Remembers what was recorded."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str | None, str]] = []

    def record(self, action: str, person_id: str | None = None, detail: str = "") -> None:
        self.events.append((action, person_id, detail))


def app_of(hooks: HookService, audit: Audit | None = None) -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(hooks_router(hooks))
    refuse_ungated(app)

    @app.middleware("http")
    async def with_audit(request, answer):
        request.state.user = DEMO
        if audit is not None:
            request.state.audit = audit
        return await answer(request)

    return app


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(app_of(service(origins=(ORIGIN,), most_bytes=500_000))) as client:
        yield client


def test_discovery_is_there_for_everybody(client):
    response = client.get("/cds-services")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert_valid("discovery", response.json())


def test_a_call_is_answered_with_cards(client):
    response = client.post("/cds-services/livedo-order-sign", json=BODY)
    assert response.status_code == 200
    assert_valid("response", response.json())
    assert response.json()["cards"][0]["summary"].startswith("Warfarin (on dialysis)")
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("accept", "start"),
    [
        ("da", "Warfarin (i dialyse)"),
        ("da-DK, en;q=0.5", "Warfarin (i dialyse)"),
        ("sv, da;q=0.7", "Warfarin (i dialyse)"),
        ("en-GB", "Warfarin (on dialysis)"),
        ("de", "Warfarin (on dialysis)"),
        ("", "Warfarin (on dialysis)"),
    ],
)
def test_the_language_is_what_the_caller_accepts_else_the_configured_one(client, accept, start):
    headers = {"Accept-Language": accept}
    response = client.post("/cds-services/livedo-order-sign", json=BODY, headers=headers)
    assert response.json()["cards"][0]["summary"].startswith(start)


def test_refusals_have_their_status_and_no_value(client):
    far = client.post("/cds-services/livedo-order-sign", content=b"{Zebrafink")
    assert far.status_code == 400
    assert far.json()["error"] == "not_json"
    assert "Zebrafink" not in far.text
    assert client.post("/cds-services/none", json=BODY).status_code == 404
    too_little = call("order-sign", {}, [drafted("Marevan")])
    assert client.post("/cds-services/livedo-order-sign", json=too_little).status_code == 412
    assert client.post("/cds-services/livedo-order-sign", content=b"x" * 600_000).status_code == 413
    assert client.post("/cds-services/livedo-order-sign", json=BODY).status_code == 200


def test_feedback_is_taken_and_a_bad_one_refused(client):
    card = client.post("/cds-services/livedo-order-sign", json=BODY).json()["cards"][0]["uuid"]
    item = {"card": card, "outcome": "overridden", "outcomeTimestamp": "2026-11-20T12:01:00Z"}
    address = "/cds-services/livedo-order-sign/feedback"
    assert client.post(address, json={"feedback": [item]}).status_code == 200
    assert client.post(address, json={"feedback": [{}]}).status_code == 422


def test_a_browser_of_a_named_record_system_may_call_and_no_other(client):
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    named = client.options("/cds-services/livedo-order-sign", headers=asked)
    assert named.status_code == 204
    assert named.headers["access-control-allow-origin"] == ORIGIN
    assert "POST" in named.headers["access-control-allow-methods"]
    assert "Authorization" in named.headers["access-control-allow-headers"]
    other = client.options(
        "/cds-services/livedo-order-sign", headers={"Origin": "https://evil.example"}
    )
    assert "access-control-allow-origin" not in other.headers
    answered = client.post("/cds-services/livedo-order-sign", json=BODY, headers={"Origin": ORIGIN})
    assert answered.headers["access-control-allow-origin"] == ORIGIN
    assert answered.headers["vary"] == "Origin"
    assert client.options("/cds-services").status_code == 204


def test_every_address_has_its_gate():
    app = app_of(service())
    gates = {
        (route.path, method): next(gates_of(route))
        for route in routes_of(app.routes)
        for method in getattr(route, "methods", ())
        if "cds-services" in route.path
    }
    call_gate = gates["/cds-services/{service_id}", "POST"]
    assert isinstance(call_gate, Allow)
    assert call_gate.roles == {"hooks"}
    assert call_gate.patient_data
    feedback_gate = gates["/cds-services/{service_id}/feedback", "POST"]
    assert isinstance(feedback_gate, Allow)
    assert not feedback_gate.patient_data
    assert isinstance(gates["/cds-services", "GET"], Open)


def test_a_call_leaves_one_event_without_values():
    audit = Audit()
    with TestClient(app_of(service(), audit)) as client:
        client.post("/cds-services/livedo-order-sign", json=BODY)
        client.post("/cds-services/livedo-order-sign", content=b"{")
        client.get("/cds-services")
    assert audit.events == [
        ("call answered", "p-1", "livedo-order-sign: 1"),
        ("call refused", None, "not_json"),
    ]


def test_more_calls_than_can_be_answered_are_told_so_at_once():
    import asyncio

    from livedo.surfaces.hooks.requests import HookRefused

    async def crowded() -> int:
        crowd = Crowd(most=0)
        try:
            await crowd.answer(lambda: None)
        except HookRefused as refusal:
            return refusal.status
        return 200

    assert asyncio.run(crowded()) == 503


def test_many_callers_at_once_each_get_their_own_answer():
    """The rules and the words are shared between threads; an answer never is."""
    from concurrent.futures import ThreadPoolExecutor

    using = service()
    drugs = {"Marevan": "Warfarin", "Alfacalcidol": "Alfacalcidol", "Zoledronic acid": "Zoledronic"}

    def ask(number: int) -> bool:
        text, name = list(drugs.items())[number % 3]
        lang = "da" if number % 2 else "en"
        body = call("order-sign", prefetch(dialysis()), [drafted(text)], instance=f"i-{number}")
        found = using.call("livedo-order-sign", json.dumps(body).encode(), lang)
        (card,) = found.cards
        return card.summary.startswith(name[:6]) and ("(i dialyse)" in card.summary) == (
            lang == "da"
        )

    with ThreadPoolExecutor(8) as callers:
        assert all(callers.map(ask, range(120)))
    assert sum(counts.shown for counts in using.feedback_counts()) == 120


def test_a_token_for_the_fhir_server_is_neither_used_nor_kept(caplog):
    token = {
        "access_token": "Zebrafink-token",
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "patient/*.read",
        "subject": "livedo",
    }
    body = {**BODY, "fhirServer": "https://ehr.example/fhir", "fhirAuthorization": token}
    assert_valid("request", body)
    with TestClient(app_of(service())) as client:
        response = client.post("/cds-services/livedo-order-sign", json=body)
    assert "Zebrafink" not in response.text
    assert "Zebrafink" not in caplog.text


def test_the_hooks_of_the_demo_link_to_the_page_of_the_person(tmp_path):
    from livedo.surfaces.hooks.joined import JoinedHooks

    class Installation:
        def __init__(self, store):
            from livedo.knowledge.load import load_knowledge

            self.knowledge, self.clock, self.store = load_knowledge(), Noon(), store

        def link_of(self, person_id):
            return uuid.uuid5(uuid.NAMESPACE_OID, person_id).hex[:20]

        def person_ids(self):
            return ["p-1"]

    from livedo.decisions.entries import Area, Examination, NewEntry
    from livedo.decisions.store import open_store
    from livedo.instants import from_iso

    with open_store(f"sqlite:///{tmp_path / 'd.sqlite'}") as store:
        area = Area(
            body_site="abdomen", side="left", result="finding", signs=("sign.subcutaneous_nodule",)
        )
        store.add(
            [
                NewEntry(
                    entry_id=str(uuid.uuid4()),
                    person_id="p-1",
                    kind="examination",
                    entered_at=from_iso("2026-11-20T09:00:00Z"),
                    entered_by="nurse",
                    body=Examination(areas=(area,)),
                )
            ]
        )
        joined = JoinedHooks(Installation(store), HookSettings(base_url=BASE, is_same_source=True))
        body = call("patient-view", prefetch(dialysis()))
        (card,) = joined.call("livedo-patient-view", json.dumps(body).encode()).cards
        assert "Nodule felt left abdomen 20 Nov" in card.summary
        assert card.links[0].url.startswith(f"{BASE}/patients/")
        assert "p-1" not in msgspec.json.encode(card).decode()
        other = JoinedHooks(Installation(store), HookSettings(base_url=BASE))
        (card,) = other.call("livedo-patient-view", json.dumps(body).encode()).cards
        assert "Nodule" not in card.summary
        assert not card.links


def test_a_limit_that_a_steward_changed_counts_at_the_next_call(tmp_path):
    from livedo.decisions.store import open_store
    from livedo.knowledge.load import load_knowledge
    from livedo.surfaces.hooks.joined import JoinedHooks

    class Installation:
        knowledge, clock = load_knowledge(), Noon()

        def link_of(self, person_id):
            return ""

        def person_ids(self):
            return []

    with open_store(f"sqlite:///{tmp_path / 'd.sqlite'}") as store:
        installation = Installation()
        installation.store = store
        joined = JoinedHooks(installation, HookSettings(base_url=BASE))
        first = joined.knowledge
        changed = first.with_rules(dict(first.rules))
        installation.knowledge = changed
        joined.call("livedo-order-sign", json.dumps(BODY).encode())
        assert joined.knowledge is changed
        assert joined.engine.knowledge is changed
