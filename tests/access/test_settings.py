"""Settings of access: what is refused, and where the service may listen."""

from __future__ import annotations

from pathlib import Path

import pytest

from livedo.access.settings import (
    AccessSettings,
    SignIn,
    client_secret,
    is_loopback,
    read_access,
    refuse_unsafe,
)
from livedo.config import read_settings
from livedo.errors import AccessUnsafe, SettingInvalid

WHOLE = """
lang = "da"

[access]
base_url = "https://livedo.example.org"
idle_minutes = 20

[access.sign_in]
issuer = "https://login.example.org/realms/hospital"
client_id = "livedo"
client_secret_file = "/etc/livedo/secret"
roles_claim = "realm_access.roles"
roles = {dialysis-nurse = "clinician", "livedo admin" = "admin"}

[[access.cds_client]]
name = "records"
issuer = "https://records.example.org"
jwks_url = "https://records.example.org/keys"
tenants = ["birkesoe"]

[access.limits]
in_flight = 8
"""
SIGN_IN = SignIn(
    issuer="https://login.example.org",
    client_id="livedo",
    roles_claim="groups",
    roles={"nurses": "clinician"},
)


def read(folder: Path, text: str, **environment: str) -> AccessSettings:
    path = folder / "livedo.toml"
    path.write_text(text)
    return read_access({"LIVEDO_CONFIG": str(path), **environment})


def test_a_whole_example_is_read_beside_the_other_settings(tmp_path: Path) -> None:
    found = read(tmp_path, WHOLE)
    assert found.sign_in is not None
    assert found.sign_in.roles == {"dialysis-nurse": "clinician", "livedo admin": "admin"}
    assert found.cds_client[0].tenants == ("birkesoe",)
    assert (found.limits.in_flight, found.idle_minutes, found.is_secure) == (8, 20, True)
    assert read_settings({"LIVEDO_CONFIG": str(tmp_path / "livedo.toml")})["lang"].value == "da"


def test_without_a_file_there_is_no_sign_in(tmp_path: Path) -> None:
    assert read_access({"LIVEDO_CONFIG": str(tmp_path / "none.toml")}) == AccessSettings()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("idle_minutes", "idle_minute"),
        ('"clinician"', '"doctor"'),
        ("https://livedo", "http://livedo"),
        ("https://login", "ftp://login"),
        ("https://records.example.org/keys", "https://me:word@records.example.org/keys"),
        ("jwks_url", "jwks"),
        ('jwks_url = "https://records.example.org/keys"', ""),
        ('base_url = "https://livedo.example.org"', ""),
        ("idle_minutes = 20", "idle_minutes = 0"),
        ('"records"', '"../records"'),
        ('tenants = ["birkesoe"]', "clock_skew_seconds = 600"),
        ('tenants = ["birkesoe"]', "longest_token_seconds = 86400"),
        ("client_secret_file", "client_secret"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(tmp_path: Path, old: str, new: str) -> None:
    assert old in WHOLE
    with pytest.raises(SettingInvalid) as caught:
        read(tmp_path, WHOLE.replace(old, new, 1))
    assert "livedo.toml" in caught.value.where
    assert caught.value.next_step


def test_the_secret_is_read_from_the_environment_or_its_own_file(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("from-file\n")
    sign_in = SignIn(
        issuer="https://login.example.org",
        client_id="livedo",
        roles_claim="groups",
        roles={"nurses": "clinician"},
        client_secret_file=str(path),
    )
    assert client_secret(sign_in, {}) == "from-file"
    assert client_secret(sign_in, {"LIVEDO_ACCESS_CLIENT_SECRET": "from-env"}) == "from-env"
    assert client_secret(SIGN_IN, {}) is None


@pytest.mark.parametrize(
    ("host", "is_demo", "settings"),
    [
        ("0.0.0.0", True, AccessSettings()),
        ("192.168.1.4", True, AccessSettings()),
        ("", True, AccessSettings()),
        ("127.0.0.1.example.org", True, AccessSettings()),
        ("0.0.0.0", False, AccessSettings()),
        ("127.0.0.1", False, AccessSettings()),
        ("0.0.0.0", False, AccessSettings(base_url="http://127.0.0.1:8080", sign_in=SIGN_IN)),
        ("0.0.0.0", True, AccessSettings(base_url="https://l.example.org", sign_in=SIGN_IN)),
    ],
)
def test_an_unsafe_address_is_refused(host: str, is_demo: bool, settings: AccessSettings) -> None:
    with pytest.raises(AccessUnsafe) as caught:
        refuse_unsafe(host, is_demo, settings)
    assert "sign-in.md" in caught.value.next_step


@pytest.mark.parametrize(
    ("host", "is_demo", "settings"),
    [
        ("127.0.0.1", True, AccessSettings()),
        ("localhost", True, AccessSettings()),
        ("::1", True, AccessSettings()),
        ("127.0.0.1", False, AccessSettings(base_url="http://localhost:8080", sign_in=SIGN_IN)),
        ("0.0.0.0", False, AccessSettings(base_url="https://l.example.org", sign_in=SIGN_IN)),
    ],
)
def test_a_safe_address_is_served(host: str, is_demo: bool, settings: AccessSettings) -> None:
    refuse_unsafe(host, is_demo, settings)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.8.9.1", True), ("[::1]", True), ("LOCALHOST", True), ("0.0.0.0", False), ("", False)],
)
def test_which_hosts_are_this_machine_alone(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
