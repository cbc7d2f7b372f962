"""What the guard lets through, what it stops, and what the audit log then holds."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from livedo.access.settings import CdsClient
from livedo.audit.events import Event
from livedo.errors import AuditUnwritable
from livedo.surfaces.web.access import EventsInMemory
from livedo.surfaces.web.gate import refuse_ungated
from livedo.surfaces.web.refusals import WRONG_TOKEN
from tests.access.bad_tokens import BAD
from tests.access.tokens import NOW as TOKEN_NOW
from tests.access.tokens import claims, elliptic, header, key_set, rsa, signed
from tests.web.guarded import BASE, KEY, browser, cookie, events, settings
from tests.web.small import NAME, small

HOOK = "/cds-services/livedo-patient-view"


class NoLog(EventsInMemory):
    """A log on a full disk."""

    async def write_soon(self, event: Event) -> int:
        raise AuditUnwritable("The audit log cannot be written")


# -- one event before an answer leaves -----------------------------------------------------------


def test_who_saw_whom_stands_in_the_log_by_link_and_route() -> None:
    app = small()
    assert browser(app, "viewer").get("/seen/B-007").status_code == 200
    (event,) = events(app)
    assert (event.who, event.roles, event.action) == ("nurse-17", ("viewer",), "patient shown")
    assert (event.route, event.outcome) == ("/seen/{link}", "done")
    assert event.person
    assert "B-007" not in str(event)


@pytest.mark.parametrize("path", ["/forgotten", "/streamed", "/twice"])
def test_patient_data_without_exactly_one_event_do_not_leave(path: str) -> None:
    app = small()
    answer = browser(app, "viewer").get(path)
    assert answer.status_code == 500
    assert NAME not in answer.text
    assert len(events(app)) == 1
    assert events(app)[0].outcome == "failed"


@pytest.mark.parametrize("path", ["/seen/1", "/forgotten", "/raises", "/nobody/1"])
def test_nothing_leaves_when_the_log_cannot_be_written(path: str) -> None:
    answer = browser(small(log=NoLog()), "viewer").get(path)
    assert answer.status_code in (500, 503)
    assert NAME not in answer.text
    if path == "/seen/1":
        assert answer.status_code == 503
        assert "could not be logged" in answer.text


def test_the_event_is_written_before_the_answer_begins() -> None:
    order: list[str] = []

    class Slow(EventsInMemory):
        async def write_soon(self, event: Event) -> int:
            order.append("written")
            return 1

    app = small(log=Slow())
    inner = app.build_middleware_stack()

    async def watched(scope: object, receive: object, send: object) -> None:
        async def noted(message: dict[str, object]) -> None:
            order.append(str(message["type"]))
            await send(message)  # type: ignore[operator]

        await inner(scope, receive, noted)  # type: ignore[arg-type]

    app.middleware_stack = watched  # type: ignore[assignment]
    browser(app, "viewer").get("/seen/1")
    assert order[:2] == ["written", "http.response.start"]


@pytest.mark.parametrize(
    ("path", "status", "outcome"),
    [
        ("/raises", 500, "failed"),
        ("/raises-late", 500, "failed"),
        ("/nobody/x", 404, "refused"),
        ("/busy", 503, "failed"),
        ("/figures", 403, "refused"),
    ],
)
def test_an_error_has_one_event_and_tells_nothing(
    path: str, status: int, outcome: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    app = small()
    answer = browser(app, "viewer").get(path)
    assert answer.status_code == status
    assert NAME not in answer.text + caplog.text + str(events(app))
    (event,) = events(app)
    assert event.outcome == outcome


def test_an_error_is_logged_by_kind_and_place(caplog: pytest.LogCaptureFixture) -> None:
    browser(small(), "viewer").get("/raises")
    assert "/raises: ValueError at " in caplog.text


# -- roles ---------------------------------------------------------------------------------------


def test_a_stranger_is_sent_to_the_sign_in_and_a_program_is_told() -> None:
    app = small()
    page = browser(app).get("/seen/1")
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in")
    twin = browser(app).get("/seen/1", headers={"Accept": "application/json"})
    assert (twin.status_code, twin.json()["error"]["status"]) == (401, 401)
    assert events(app) == []


def test_a_stranger_learns_nothing_from_the_body_he_sends() -> None:
    client = browser(small())
    for body in (b"{", b"[]", b'{"a": 1}', b"x" * 10_000_000):
        kind = {"Content-Type": "application/json"}
        assert client.post("/number", content=body, headers=kind).status_code == 401


def test_a_cookie_that_was_made_elsewhere_does_not_count() -> None:
    app = small()
    user = ["nurse-17", "", ["clinician"]]
    now = app.state.now()
    session = {"user": user, "since": now, "seen": now, "id": "x", "csrf": "y"}
    for key, status in ((b"another key" * 3, 303), (KEY, 200)):
        client = browser(app)
        client.cookies.set("livedo_session", cookie(session, key))
        assert client.get("/seen/1").status_code == status


@pytest.mark.parametrize(
    "session",
    [{"user": 7}, {"user": ["a"]}, {"user": ["a", "", ["hooks"]]}, {"user": ["a", "", []]}],
)
def test_a_session_never_gives_a_role_that_people_do_not_have(session: dict[str, object]) -> None:
    app = small()
    client = browser(app)
    now = app.state.now()
    client.cookies.set("livedo_session", cookie({"since": now, "seen": now, "id": "x", **session}))
    assert client.get("/seen/1").status_code in (303, 403)
    assert client.post(HOOK).status_code == 401


def test_an_application_with_a_route_without_a_gate_is_not_built() -> None:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/bare")
    def bare() -> str:
        return "open by mistake"

    with pytest.raises(RuntimeError, match="/bare"):
        refuse_ungated(app)


def test_what_everybody_may_keep_never_carries_a_cookie() -> None:
    app = small()
    client = browser(app, "viewer")
    for wait in (0, 90, 3600 * 11):
        app.state.now.forward(wait)
        assert "set-cookie" not in client.get("/open").headers
        assert "set-cookie" not in browser(app).get("/open").headers


# -- what changes something ----------------------------------------------------------------------


def without_token(client: TestClient) -> TestClient:
    client.headers.pop("X-Livedo-Csrf")
    return client


def test_a_form_of_our_own_page_is_accepted_and_reaches_the_route_whole() -> None:
    client = browser(small(), "clinician")
    csrf = client.headers["X-Livedo-Csrf"]
    without_token(client)
    answer = client.post("/enter", data={"csrf": csrf, "note": "æble"}, headers={"Origin": BASE})
    assert (answer.status_code, answer.text) == (200, "æble")
    answer = client.post("/enter", files={"csrf": (None, csrf), "note": (None, "pære")})
    assert (answer.status_code, answer.text) == (200, "pære")


@pytest.mark.parametrize(
    ("csrf", "headers"),
    [
        (None, {}),
        ("", {}),
        ("wrong", {}),
        ("right", {"Origin": "https://evil.example.org"}),
        ("right", {"Origin": "null"}),
        ("right", {"Origin": "http://127.0.0.1.evil.example.org"}),
        ("right", {"Sec-Fetch-Site": "cross-site"}),
        ("right", {"Sec-Fetch-Site": "same-site"}),
    ],
)
def test_a_form_from_elsewhere_is_refused(csrf: str | None, headers: dict[str, str]) -> None:
    app = small()
    client = browser(app, "clinician")
    right = client.headers["X-Livedo-Csrf"]
    without_token(client)
    data = {"note": "x"} if csrf is None else {"csrf": right if csrf == "right" else csrf}
    answer = client.post("/enter", data=data, headers=headers)
    assert answer.status_code == 403
    assert "form was not accepted" in answer.text
    assert [event.action for event in events(app)] == ["not shown"]


def test_the_token_of_another_browser_is_refused() -> None:
    app = small()
    other = browser(app, "clinician").headers["X-Livedo-Csrf"]
    client = browser(app, "clinician")
    client.headers["X-Livedo-Csrf"] = other
    assert client.post("/enter", data={"note": "x"}).status_code == 403


@pytest.mark.parametrize(
    "body",
    [b"--x\r\n", b"\x00" * 100, b"--x\r\nContent-Disposition: form-data; name=csrf\r\n\r\n"],
)
def test_a_broken_form_is_refused_and_nothing_else_happens(body: bytes) -> None:
    client = without_token(browser(small(), "clinician"))
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    assert client.post("/enter", content=body, headers=kind).status_code in (400, 403)


def test_the_demonstration_asks_for_the_token_of_the_form_too() -> None:
    client = TestClient(small(is_demo=True), base_url=BASE)
    assert client.get("/seen/1").status_code == 200
    assert client.post("/enter", data={"note": "x"}).status_code == 403


# -- record systems ------------------------------------------------------------------------------


def hooks(folder: Path, **limits: object) -> FastAPI:
    path = folder / "keys.json"
    path.write_text(key_set(elliptic("ec-1"), elliptic("ec-256", "P-256"), rsa("rsa-1")))
    client = CdsClient(name="records", issuer="https://records.example.org", jwks_file=str(path))
    other = CdsClient(name="other", issuer="https://other.example.org", jwks_file=str(path))
    app = small(settings(clients=(client, other), **limits))
    app.state.now.at = TOKEN_NOW
    return app


def test_a_record_system_with_a_token_is_answered_once(tmp_path: Path) -> None:
    app = hooks(tmp_path)
    client = TestClient(app, base_url=BASE)
    token = f"Bearer {signed(header(), claims(aud=BASE + HOOK))}"
    answer = client.post(HOOK, json={"hook": "x"}, headers={"Authorization": token})
    assert (answer.status_code, answer.json()) == (200, {"hook": "x"})
    again = client.post(HOOK, json={"hook": "x"}, headers={"Authorization": token})
    assert again.status_code == 401
    assert [(e.who, e.roles, e.action, e.outcome) for e in events(app)] == [
        ("https://records.example.org", ("hooks",), "hook answered", "done"),
        ("https://records.example.org", (), "not shown", "refused"),
    ]


def test_every_bad_token_is_answered_with_the_same_bytes_and_one_event(tmp_path: Path) -> None:
    app = hooks(tmp_path)
    client = TestClient(app, base_url=BASE)
    for name, (authorization, _) in BAD.items():
        before = len(events(app))
        headers = {} if authorization is None else {"Authorization": authorization.encode()}
        answer = client.post(HOOK, content=b"{}", headers=headers)
        assert (answer.status_code, answer.content) == (401, WRONG_TOKEN), name
        kept = {k: v for k, v in answer.headers.items() if k not in VARYING}
        assert kept["www-authenticate"] == "Bearer", name
        new = events(app)[before:]
        assert [(e.action, e.outcome) for e in new] == [("not shown", "refused")], name


VARYING = {"x-request-id", "content-security-policy"}


def test_a_token_never_stands_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "livedo")
    app = hooks(tmp_path)
    client = TestClient(app, base_url=BASE)
    for authorization, _ in BAD.values():
        if authorization:
            client.post(HOOK, content=b"{}", headers={"Authorization": authorization.encode()})
    written = caplog.text + str(events(app))
    assert "eyJ" not in written
    assert "evil" not in written


def test_a_person_who_is_signed_in_is_no_record_system(tmp_path: Path) -> None:
    client = browser(hooks(tmp_path), "viewer", "clinician", "steward", "admin")
    assert client.post(HOOK, json={}).status_code == 401


def test_the_demonstration_answers_a_record_system_without_a_token_but_no_form_of_a_site() -> None:
    client = TestClient(small(is_demo=True), base_url=BASE)
    assert client.post(HOOK, json={"hook": "x"}).status_code == 200
    assert client.post(HOOK, json={}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post(HOOK, data={"hook": "x"}).status_code == 403


# -- hosts, limits, headers ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["evil.example.org", "127.0.0.1.evil.example.org", "a@127.0.0.1", "", "[::1", "x:y"]
)
def test_a_name_that_is_made_to_point_here_is_refused(host: str) -> None:
    answer = browser(small(), "viewer").get("/seen/1", headers={"Host": host})
    assert answer.status_code == 400
    assert NAME not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost", "[::1]:80", "LOCALHOST:1"])
def test_this_machine_by_its_own_names_is_answered(host: str) -> None:
    assert browser(small()).get("/open", headers={"Host": host}).status_code == 200


def test_a_body_that_is_too_large_is_refused_declared_or_not() -> None:
    client = browser(small(settings(form_bytes=1000)), "clinician")
    assert client.post("/enter", data={"note": "x" * 2000}).status_code == 413

    def pieces() -> object:
        for _ in range(20):
            yield b"x" * 100

    answer = client.post("/enter", content=pieces())
    assert answer.status_code == 413
    assert "too large" in answer.text


def test_who_asks_too_often_waits_and_others_do_not() -> None:
    app = small(settings(user_at_once=3, user_per_second=0.5))
    nurse, doctor = browser(app, "viewer"), browser(app, "viewer", name="doctor-2")
    assert [nurse.get("/seen/1").status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = nurse.get("/seen/1")
    assert answer.headers["retry-after"] == "2"
    assert doctor.get("/seen/1").status_code == 200
    app.state.now.forward(2)
    assert nurse.get("/seen/1").status_code == 200


def test_strangers_are_limited_by_address_before_their_token_is_looked_at(tmp_path: Path) -> None:
    app = hooks(tmp_path, client_at_once=5)
    client = TestClient(app, base_url=BASE)
    statuses = [client.post(HOOK).status_code for _ in range(7)]
    assert statuses == [401] * 5 + [429] * 2


def test_a_stranger_cannot_fill_the_log(tmp_path: Path) -> None:
    app = hooks(tmp_path, address_at_once=4, address_per_second=0.1)
    client = TestClient(app, base_url=BASE)
    wrong = {"Authorization": "Bearer wrong"}
    statuses = [client.post(HOOK, headers=wrong).status_code for _ in range(10)]
    assert statuses == [401] * 4 + [429] * 6
    assert len(events(app)) == 4
    assert {client.get("/seen/1").status_code for _ in range(10)} == {429}
    assert len(events(app)) == 4


def test_every_answer_carries_the_strict_headers_and_is_not_kept() -> None:
    client = browser(small(), "viewer")
    for path in ("/seen/1", "/open", "/nowhere", "/raises"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert len(headers["x-request-id"]) == 16


@pytest.mark.parametrize("lang", ["en", "da"])
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("PUT", "/open", 405), ("GET", "/figures", 403)],
)
def test_an_error_page_has_a_number_and_nothing_of_the_request(
    lang: str, method: str, path: str, status: int
) -> None:
    client = browser(small(), "viewer")
    client.cookies.set("livedo_reads", f"{lang}.si.system")
    answer = client.request(method, f"{path}?q=<script>{NAME}")
    assert answer.status_code == status
    assert f'<html lang="{lang}">' in answer.text
    assert answer.headers["x-request-id"] in answer.text
    assert NAME not in answer.text
    twin = client.request(method, path, headers={"Accept": "application/json"}).json()
    assert set(twin["error"]) == {"status", "what", "next", "request"}


def test_a_refusal_is_json_of_one_shape() -> None:
    answer = browser(small(), "clinician").post(
        "/number", content=b'{"a": "x"}', headers={"Accept": "application/json"}
    )
    assert answer.status_code == 422
    assert "x" not in json.loads(answer.text)["error"]["what"].split()
