"""Somebody signs in with the hospital's provider, and nobody else gets in."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from livedo.access.settings import SignIn
from tests.access.tokens import claims, encoded, rsa
from tests.web.guarded import BASE, PAGE, SIGN_IN, Hands, browser, events, guarded, settings
from tests.web.provider import NOW_SECONDS, SECRET, Provider, provider


@pytest.fixture
def hospital() -> Iterator[Provider]:
    with provider() as running:
        yield running


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVEDO_ACCESS_CLIENT_SECRET", SECRET)


def application(
    demo_app: FastAPI, hospital: Provider, now: Hands | None = None, **changes: object
) -> FastAPI:
    sign_in: SignIn = msgspec.structs.replace(SIGN_IN, issuer=hospital.url, **changes)
    return guarded(demo_app, settings(sign_in), now=now)


def come_back(client: TestClient, hospital: Provider, start: str = "/sign-in") -> dict[str, str]:
    """What the browser brings back from the provider."""
    away = client.get(start)
    while away.headers["location"].startswith("/"):
        away = client.get(away.headers["location"])
    return hospital.authorise(away.headers["location"])


def sign_in(client: TestClient, hospital: Provider) -> object:
    return client.get("/sign-in/done", params=come_back(client, hospital))


def test_a_nurse_signs_in_and_comes_to_the_page_she_wanted(
    demo_app: FastAPI, hospital: Provider
) -> None:
    app = application(demo_app, hospital)
    client = browser(app)
    brought = come_back(client, hospital, "/worklist?group=1&lang=da")
    done = client.get("/sign-in/done", params=brought)
    assert (done.status_code, done.headers["location"]) == (303, "/worklist?group=1&lang=da")
    assert client.get("/worklist").status_code == 200
    assert [(e.action, e.who, e.roles) for e in events(app)] == [
        ("signed in", "nurse-17", ("clinician",)),
        ("worklist shown", "nurse-17", ("clinician",)),
    ]


def test_no_token_is_kept_in_the_cookie_and_it_is_for_this_service_only(
    demo_app: FastAPI, hospital: Provider
) -> None:
    client = browser(application(demo_app, hospital))
    done = sign_in(client, hospital)
    set_cookie = done.headers["set-cookie"]  # type: ignore[attr-defined]
    assert "httponly" in set_cookie
    assert "samesite=lax" in set_cookie
    kept = encoded_session(client)
    assert b"token" not in kept.lower()
    assert b"verifier" not in kept


def encoded_session(client: TestClient) -> bytes:
    import base64

    raw = client.cookies["livedo_session"].split(".")[0]
    return base64.b64decode(raw + "=" * (-len(raw) % 4))


WRONG: dict[str, dict[str, object]] = {
    "wrong nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "wrong issuer": {"iss": "http://127.0.0.1:1"},
    "for another client": {"aud": "other"},
    "for several clients": {"aud": ["livedo", "other"]},
    "expired": {"exp": NOW_SECONDS - 61},
    "issued in the future": {"iat": NOW_SECONDS + 3600},
    "no expiry": {"exp": None},
    "no subject": {"sub": None},
    "empty subject": {"sub": ""},
    "subject a list": {"sub": ["nurse-17"]},
}


@pytest.mark.parametrize("name", WRONG)
def test_an_identity_token_that_is_wrong_in_one_claim_is_refused(
    demo_app: FastAPI, hospital: Provider, name: str
) -> None:
    app = application(demo_app, hospital)
    hospital.claims = WRONG[name]
    refused(app, hospital)


def refused(app: FastAPI, hospital: Provider) -> None:
    client = browser(app)
    answer = sign_in(client, hospital)
    assert answer.status_code == 403  # type: ignore[attr-defined]
    assert "The sign-in did not succeed" in answer.text  # type: ignore[attr-defined]
    assert client.get("/worklist").status_code == 303
    (event,) = events(app)
    assert (event.action, event.outcome) == ("not shown", "refused")


@pytest.mark.parametrize("kind", ["unsigned", "none", "HS256", "absent", "another key", "text"])
def test_an_identity_token_without_the_provider_s_signature_is_refused(
    demo_app: FastAPI, hospital: Provider, kind: str
) -> None:
    body = encoded(claims(iss=hospital.url, sub="nurse-17", aud="livedo"))
    tokens = {
        "unsigned": f"{encoded({'alg': 'RS256', 'kid': 'provider-1'})}.{body}.",
        "none": f"{encoded({'alg': 'none'})}.{body}.",
        "HS256": f"{encoded({'alg': 'HS256', 'kid': 'provider-1'})}.{body}.AAAA",
        "absent": "",
        "text": "no token",
    }
    hospital.id_token = tokens.get(kind)
    if kind == "another key":
        hospital.sign_with = rsa("provider-2")
    refused(application(demo_app, hospital), hospital)


def test_who_has_no_role_is_told_so_and_sees_nothing(demo_app: FastAPI, hospital: Provider) -> None:
    app = application(demo_app, hospital)
    hospital.claims = {"groups": ["porters"]}
    client = browser(app)
    answer = sign_in(client, hospital)
    assert answer.status_code == 403  # type: ignore[attr-defined]
    assert "no role in Livedo" in answer.text  # type: ignore[attr-defined]
    assert client.get("/worklist").status_code == 303
    assert events(app)[0].detail == "status 403: sign-in: no role"


def test_a_state_that_this_browser_did_not_send_is_refused(
    demo_app: FastAPI, hospital: Provider
) -> None:
    app = application(demo_app, hospital)
    brought = come_back(browser(app), hospital)
    answer = browser(app).get("/sign-in/done", params=brought)
    assert answer.status_code == 403
    assert "/token" not in hospital.asked


def test_an_error_of_the_provider_is_not_repeated_to_the_browser(
    demo_app: FastAPI, hospital: Provider
) -> None:
    client = browser(application(demo_app, hospital))
    client.get("/sign-in")
    answer = client.get(
        "/sign-in/done", params={"error": "access_denied", "error_description": "<b>Kirsten</b>"}
    )
    assert answer.status_code == 403
    assert "Kirsten" not in answer.text


@pytest.mark.parametrize(
    "description",
    [
        {"issuer": "http://127.0.0.1:1"},
        {"token_endpoint": "http://169.254.169.254/token"},
        {"jwks_uri": "https://evil.example.org/keys"},
        {"authorization_endpoint": "https://evil.example.org/"},
        {"jwks_uri": None},
    ],
)
def test_endpoints_on_hosts_that_the_settings_do_not_name_are_never_asked(
    demo_app: FastAPI, hospital: Provider, description: dict[str, object]
) -> None:
    hospital.description = description
    answer = browser(application(demo_app, hospital)).get("/sign-in")
    assert answer.status_code == 503
    assert "cannot be reached" in answer.text
    assert hospital.asked == ["/.well-known/openid-configuration"]


def test_a_session_ends_when_nobody_used_it_and_in_any_case_after_the_day(
    demo_app: FastAPI, hospital: Provider
) -> None:
    now = Hands()
    app = application(demo_app, hospital, now)
    client = browser(app)
    sign_in(client, hospital)
    for _ in range(20):
        now.forward(29 * 60)
        assert client.get("/worklist").status_code == 200
    now.forward(29 * 60)
    assert client.get("/worklist").status_code == 303
    hospital.now_seconds = now.at // 1_000_000
    sign_in(client, hospital)
    assert client.get("/worklist").status_code == 200
    now.forward(31 * 60)
    assert client.get("/worklist").status_code == 303


def test_after_signing_out_a_copy_of_the_cookie_does_not_count(
    demo_app: FastAPI, hospital: Provider
) -> None:
    app = application(demo_app, hospital)
    client = browser(app, "clinician")
    copied = client.cookies["livedo_session"]
    out = client.post("/sign-out")
    assert (out.status_code, out.headers["location"]) == (303, "/signed-out")
    assert "You are signed out" in client.get("/signed-out").text
    assert client.get("/worklist").status_code == 303
    thief = TestClient(app, base_url=BASE, headers=PAGE, follow_redirects=False)
    thief.cookies.set("livedo_session", copied)
    assert thief.get("/worklist").status_code == 303


@pytest.mark.parametrize(
    "place", ["//evil.example.org", "/\\evil.example.org", "https://evil.example.org", "/æ"]
)
def test_the_way_back_leads_nowhere_else(place: str) -> None:
    from livedo.surfaces.web.sessions import is_own_path

    assert not is_own_path(place)
    assert is_own_path("/worklist?group=1")
