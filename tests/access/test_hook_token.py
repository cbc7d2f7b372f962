"""A record system is believed only with a token that is right in every part."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from livedo.access.hook_token import TokenRefused
from livedo.instants import SECOND
from tests.access.bad_tokens import BAD
from tests.access.tokens import (
    ISSUER,
    NOW,
    URL,
    Memory,
    claims,
    elliptic,
    header,
    rsa,
    signed,
    tokens,
)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_token_is_refused(tmp_path: Path, name: str) -> None:
    authorization, reason = BAD[name]
    memory = Memory()
    with pytest.raises(TokenRefused) as caught:
        tokens(tmp_path, memory).caller(authorization, URL, NOW)
    assert caught.value.reason.startswith(reason)
    assert memory.used == {}


def test_there_are_more_than_twenty_five_kinds_of_bad_tokens() -> None:
    assert len(BAD) >= 25


@pytest.mark.parametrize(
    ("head", "key"),
    [
        ({"alg": "ES384", "kid": "ec-1"}, elliptic("ec-1")),
        ({"alg": "ES256", "kid": "ec-256"}, elliptic("ec-256", "P-256")),
        ({"alg": "RS384", "kid": "rsa-1"}, rsa("rsa-1")),
        ({"alg": "RS256", "kid": "rsa-1"}, rsa("rsa-1")),
    ],
    ids=lambda value: value["alg"] if isinstance(value, dict) else "",
)
def test_a_good_token_names_its_record_system(
    tmp_path: Path, head: dict[str, str], key: object
) -> None:
    caller = tokens(tmp_path).caller(f"Bearer {signed(header(**head), claims(), key)}", URL, NOW)
    assert (caller.name, caller.issuer, caller.tenant) == ("records", ISSUER, None)


def test_the_audience_may_be_a_list_of_one(tmp_path: Path) -> None:
    token = signed(header(), claims(aud=[URL]))
    assert tokens(tmp_path).caller(f"Bearer {token}", URL, NOW).name == "records"


def test_a_token_counts_once_and_is_remembered_until_it_expires(tmp_path: Path) -> None:
    memory = Memory()
    checker = tokens(tmp_path, memory)
    authorization = f"Bearer {signed(header(), claims())}"
    checker.caller(authorization, URL, NOW)
    with pytest.raises(TokenRefused, match="used before"):
        checker.caller(authorization, URL, NOW + SECOND)
    assert list(memory.used.values()) == [NOW + 295 * SECOND]


def test_the_same_jti_of_another_issuer_is_another_token(tmp_path: Path) -> None:
    memory = Memory()
    checker = tokens(tmp_path, memory)
    checker.caller(f"Bearer {signed(header(), claims())}", URL, NOW)
    other = signed(
        header(kid="other-1"), claims(iss="https://other.example.org"), elliptic("other-1")
    )
    assert checker.caller(f"Bearer {other}", URL, NOW).name == "other"
    assert len(memory.used) == 2


def test_of_two_parallel_uses_of_a_token_one_wins(tmp_path: Path) -> None:
    lock, memory = threading.Lock(), Memory()

    def use(digest: str, expires_at: int) -> bool:
        with lock:
            return memory(digest, expires_at)

    checker = tokens(tmp_path, use)  # type: ignore[arg-type]
    authorization = f"Bearer {signed(header(), claims())}"
    won: list[bool] = []

    def call() -> None:
        try:
            checker.caller(authorization, URL, NOW)
            won.append(True)
        except TokenRefused:
            won.append(False)

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False] * 7 + [True]


def test_an_unknown_tenant_is_refused_where_tenants_are_listed(tmp_path: Path) -> None:
    checker = tokens(tmp_path, tenants=("birkesoe",))
    for tenant in ("elsewhere", None):
        with pytest.raises(TokenRefused, match="tenant"):
            checker.caller(f"Bearer {signed(header(), claims(tenant=tenant))}", URL, NOW)
    good = signed(header(), claims(tenant="birkesoe"))
    assert checker.caller(f"Bearer {good}", URL, NOW).tenant == "birkesoe"


def test_a_clock_that_runs_ahead_is_borne_only_as_far_as_the_settings_say(tmp_path: Path) -> None:
    seconds = NOW // SECOND
    checker = tokens(tmp_path, clock_skew_seconds=10)
    checker.caller(f"Bearer {signed(header(), claims(iat=seconds + 10))}", URL, NOW)
    with pytest.raises(TokenRefused, match="future"):
        checker.caller(f"Bearer {signed(header(), claims(iat=seconds + 11, jti='2'))}", URL, NOW)
    with pytest.raises(TokenRefused, match="expired"):
        checker.caller(f"Bearer {signed(header(), claims(exp=seconds, jti='3'))}", URL, NOW)


def test_the_reason_never_holds_what_the_caller_sent(tmp_path: Path) -> None:
    for authorization, _ in BAD.values():
        with pytest.raises(TokenRefused) as caught:
            tokens(tmp_path).caller(authorization, URL, NOW)
        assert "evil" not in caught.value.reason + caught.value.issuer
