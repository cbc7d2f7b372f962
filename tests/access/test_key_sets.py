"""Keys come from the configured place and from nowhere else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from livedo.access import key_sets
from livedo.access.hook_token import HookTokens, TokenRefused
from livedo.access.key_sets import HOUR, MINUTE, KeySet, fetch, is_public, keys_of
from livedo.access.settings import AccessSettings, CdsClient
from livedo.errors import ProviderUnreachable
from livedo.instants import DAY
from tests.access.tokens import (
    BASE,
    ISSUER,
    NOW,
    URL,
    Memory,
    claims,
    elliptic,
    header,
    key_set,
    rsa,
    signed,
)
from tests.access.trap import Trap, trap


@pytest.fixture
def server() -> Iterator[Trap]:
    with trap() as running:
        yield running


def checker(jwks_url: str, **changes: object) -> HookTokens:
    client = CdsClient(name="records", issuer=ISSUER, jwks_url=jwks_url, **changes)  # type: ignore[arg-type]
    return HookTokens(AccessSettings(base_url=BASE, cds_client=(client,)), Memory())


def good(**head: str) -> str:
    return f"Bearer {signed(header(**head), claims())}"


def test_keys_are_fetched_from_the_configured_address(server: Trap) -> None:
    server.answers["/keys"] = (200, {}, key_set(elliptic("ec-1")).encode())
    url = f"{server.url}/keys"
    found = checker(url, allow_http_on_loopback=True).caller(good(jku=url), URL, NOW)
    assert (found.name, server.asked) == ("records", ["/keys"])


@pytest.mark.parametrize("field", ["jku", "x5u", "iss", "kid"])
def test_an_address_in_a_token_is_never_asked(
    server: Trap, field: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text(key_set(elliptic("ec-1")))
    client = CdsClient(name="records", issuer=ISSUER, jwks_file=str(keys))
    tokens = HookTokens(AccessSettings(base_url=BASE, cds_client=(client,)), Memory())
    trapped = f"{server.url}/{field}"
    head = header(**({field: trapped} if field != "iss" else {}))
    body = claims(**({"iss": trapped} if field == "iss" else {}))
    with pytest.raises(TokenRefused):
        tokens.caller(f"Bearer {signed(head, body)}", URL, NOW)
    assert server.asked == []


def test_a_private_address_is_refused_even_when_it_is_configured_unless_allowed(
    server: Trap,
) -> None:
    with pytest.raises(ProviderUnreachable, match="private address"):
        fetch(server.url.replace("http:", "https:"))
    with pytest.raises(ProviderUnreachable, match="not https"):
        fetch(server.url)
    assert server.asked == []


def test_a_redirect_is_not_followed(server: Trap) -> None:
    server.answers["/keys"] = (302, {"Location": f"{server.url}/trap"}, b"")
    with pytest.raises(TokenRefused, match="key not known"):
        checker(f"{server.url}/keys", allow_http_on_loopback=True).caller(good(), URL, NOW)
    assert server.asked == ["/keys"]


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b'{"keys": 7}', b"x" * 70_000, b"[" * 60_000, b'{"keys": [{"kid": "ec-1"}]}'],
    ids=["broken", "list", "number", "large", "deep", "no key"],
)
def test_a_hostile_key_set_gives_no_key(server: Trap, body: bytes) -> None:
    server.answers["/keys"] = (200, {}, body)
    with pytest.raises(TokenRefused, match="key not known"):
        checker(f"{server.url}/keys", allow_http_on_loopback=True).caller(good(), URL, NOW)


def test_a_name_that_means_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(0, 0, 0, "", ("93.184.216.34", 443)), (0, 0, 0, "", ("10.0.0.5", 443))]
    monkeypatch.setattr(key_sets.socket, "getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(ProviderUnreachable, match="private address"):
        fetch("https://records.example.org/keys")


@pytest.mark.parametrize(
    ("number", "public"),
    [
        ("93.184.216.34", True),
        ("10.1.2.3", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("2606:2800:220:1::1", True),
    ],
)
def test_which_addresses_are_public(number: str, public: bool) -> None:
    assert is_public(number) is public


def test_an_unknown_key_is_looked_up_at_most_once_a_minute() -> None:
    reads: list[int] = []

    def read() -> bytes:
        reads.append(1)
        return key_set(elliptic("ec-1")).encode()

    keys = KeySet(read)
    for step in range(100):
        assert keys.key(f"unknown-{step}", NOW + step) is None
    assert keys.key("ec-1", NOW) is not None
    assert len(reads) == 1
    keys.key("unknown", NOW + MINUTE)
    assert len(reads) == 2


def test_a_withdrawn_key_goes_within_the_hour_and_an_unreachable_set_is_kept_for_a_day() -> None:
    answers = [key_set(elliptic("ec-1")), key_set(elliptic("ec-2"))]

    def read() -> bytes:
        if not answers:
            raise ProviderUnreachable("gone")
        return answers.pop(0).encode()

    keys = KeySet(read)
    assert keys.key("ec-1", NOW) is not None
    assert keys.key("ec-1", NOW + HOUR + 1) is None
    assert keys.key("ec-2", NOW + 3 * HOUR) is not None
    assert keys.key("ec-2", NOW + 2 * DAY) is None


def test_private_and_symmetric_and_encryption_keys_in_a_set_are_left_out() -> None:
    private = elliptic("ec-1").as_dict(private=True)
    for_encryption = {**rsa("rsa-1").as_dict(private=False), "use": "enc"}
    symmetric = {"kty": "oct", "kid": "o", "k": "AAAA"}
    document = {"keys": [private, for_encryption, symmetric, "text", {"kty": "RSA", "kid": "x"}]}
    assert keys_of(json.dumps(document).encode()) == {}
