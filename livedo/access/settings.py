"""Sign-in and CDS clients as the settings file says: the table `[access]` of `livedo.toml`.

Secrets are read from the environment or from a file of their own, never from the settings file.
"""

from __future__ import annotations

import ipaddress
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from livedo.access.roles import Role
from livedo.config import settings_file, unreadable
from livedo.errors import AccessUnsafe, SettingInvalid

TABLE = "access"
SECRET_VARIABLE = "LIVEDO_ACCESS_CLIENT_SECRET"
BASE_URL_VARIABLE = "LIVEDO_ACCESS_BASE_URL"
LONGEST_TOKEN_SECONDS = 3600
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}", re.ASCII)


class SignIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The OpenID Connect provider: who it is and which claim holds the roles.

    `other_hosts` are hosts beside that of the issuer which its own description may name
    for its endpoints. `allow_private_address` is for a provider inside the hospital.
    """

    issuer: str
    client_id: str
    roles_claim: str
    roles: dict[str, Role]
    client_secret_file: str | None = None
    scopes: tuple[str, ...] = ("openid",)
    other_hosts: tuple[str, ...] = ()
    allow_private_address: bool = False
    allow_http_on_loopback: bool = False


class CdsClient(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A record system that may call CDS Hooks. Its keys are in a file or at one address."""

    name: str
    issuer: str
    jwks_file: str | None = None
    jwks_url: str | None = None
    tenants: tuple[str, ...] = ()
    longest_token_seconds: int = LONGEST_TOKEN_SECONDS
    clock_skew_seconds: int = 0
    allow_private_address: bool = False
    allow_http_on_loopback: bool = False


class Limits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much one caller and all callers together may ask for."""

    user_per_second: float = 10
    user_at_once: int = 60
    client_per_second: float = 200
    client_at_once: int = 400
    address_per_second: float = 20
    address_at_once: int = 120
    in_flight: int = 64
    form_bytes: int = 262_144
    body_bytes: int = 8_388_608
    body_seconds: float = 20


class AccessSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything under `[access]`. Without `sign_in` only the demonstration can be served."""

    base_url: str | None = None
    sign_in: SignIn | None = None
    cds_client: tuple[CdsClient, ...] = ()
    limits: Limits = Limits()
    idle_minutes: int = 30
    session_hours: int = 10

    @property
    def is_secure(self) -> bool:
        """Whether people reach the service over https, so that cookies are sent only there."""
        return (self.base_url or "").startswith("https://")


def read_access(environment: Mapping[str, str] | None = None) -> AccessSettings:
    """The settings of access. Raises SettingInvalid for what cannot be used, with its place."""
    environment = os.environ if environment is None else environment
    path = settings_file(environment)
    table = table_of(path)
    if url := environment.get(BASE_URL_VARIABLE):
        table = {**table, "base_url": url}
    try:
        settings = msgspec.convert(table, AccessSettings)
    except msgspec.ValidationError as error:
        raise wrong(str(error), path) from error
    check(settings, path)
    return settings


def table_of(path: Path) -> dict[str, object]:
    """The table of the settings file; empty where there is no file or no table."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise unreadable(path, "The settings file cannot be read") from error
    table = content.get(TABLE, {})
    if not isinstance(table, dict):
        raise wrong(f"{TABLE} is a table: write [{TABLE}]", path)
    return table


def wrong(what: str, path: Path) -> SettingInvalid:
    """The error for a setting of access that cannot be used."""
    return SettingInvalid(
        f"The settings of access cannot be used: {what}",
        where=f"{path}: [{TABLE}]",
        still_works="the demonstration and every command that reads no settings of access",
        next_step="docs/how-to/sign-in.md shows a whole example",
    )


def check(settings: AccessSettings, path: Path) -> None:
    """Refuses what has the right shape and still cannot be used."""
    for name, url in addresses(settings):
        if mistake := mistake_in(url):
            raise wrong(f"{name} {mistake}", path)
    if settings.idle_minutes < 1 or settings.session_hours < 1:
        raise wrong("idle_minutes and session_hours begin at 1", path)
    if settings.sign_in and not settings.base_url:
        raise wrong("base_url is needed for sign-in: the address people type", path)
    if settings.sign_in and not settings.sign_in.roles:
        raise wrong("sign_in.roles names no value of the claim, so nobody could enter", path)
    check_clients(settings, path)


def check_clients(settings: AccessSettings, path: Path) -> None:
    """Every CDS client has a name and an issuer of its own, and keys in one place."""
    clients = settings.cds_client
    if clients and not settings.base_url:
        raise wrong("base_url is needed for CDS clients: their tokens name it", path)
    for what in ("name", "issuer"):
        values = [getattr(client, what) for client in clients]
        if len(set(values)) < len(values):
            raise wrong(f"two CDS clients have the same {what}", path)
    for client in clients:
        if not _NAME.fullmatch(client.name):
            raise wrong("the name of a CDS client is small letters, digits, - and _", path)
        if (client.jwks_file is None) == (client.jwks_url is None):
            raise wrong(f"{client.name}: give jwks_file or jwks_url, one of them", path)
        if not 1 <= client.longest_token_seconds <= LONGEST_TOKEN_SECONDS:
            raise wrong(f"{client.name}: longest_token_seconds is 1 to 3600", path)
        if not 0 <= client.clock_skew_seconds <= 60:
            raise wrong(f"{client.name}: clock_skew_seconds is 0 to 60", path)


def addresses(settings: AccessSettings) -> list[tuple[str, str]]:
    """Every address in the settings that must be one, with the name of its setting."""
    found = [("base_url", settings.base_url)]
    if settings.sign_in:
        found.append(("sign_in.issuer", settings.sign_in.issuer))
    found += [(f"{client.name}: jwks_url", client.jwks_url) for client in settings.cds_client]
    return [(name, url) for name, url in found if url is not None]


def mistake_in(url: str) -> str | None:
    """Why an address cannot be used, or None: https, or http on this machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is not an address"
    if parts.scheme not in {"https", "http"} or not host or parts.query or parts.fragment:
        return "is an address such as https://livedo.example.org"
    if parts.username is not None:
        return "holds no user name"
    if parts.scheme == "http" and not is_loopback(host):
        return "begins with https:// unless it is this machine"
    return None


def is_loopback(host: str) -> bool:
    """Whether a host is this machine alone."""
    if host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def client_secret(sign_in: SignIn, environment: Mapping[str, str] | None = None) -> str | None:
    """The secret of the client, from the environment or from its own file; None if public."""
    environment = os.environ if environment is None else environment
    if secret := environment.get(SECRET_VARIABLE):
        return secret
    if sign_in.client_secret_file is None:
        return None
    path = Path(sign_in.client_secret_file)
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingInvalid(
            "The file with the client secret cannot be read",
            where=str(path),
            next_step=f"give the right file, or set {SECRET_VARIABLE}",
        ) from error


def refuse_unsafe(host: str, is_demo: bool, settings: AccessSettings) -> None:
    """Refuses to serve where somebody who has not signed in could see a patient.

    Raises:
        AccessUnsafe: a real record without sign-in, or the demonstration for other machines.
    """
    if settings.sign_in is not None and not is_demo:
        if not is_loopback(host) and not settings.is_secure:
            raise unsafe("The service would be reached by other machines without https", host)
        return
    if is_demo and is_loopback(host):
        return
    if is_demo:
        raise unsafe("The demonstration has no sign-in and is for this machine alone", host)
    raise unsafe("A record is served only to people who have signed in", host)


def unsafe(what: str, host: str) -> AccessUnsafe:
    """The error for an address that must not be served."""
    return AccessUnsafe(
        what,
        where=f"address {host}",
        still_works="livedo serve --demo on 127.0.0.1, with an invented dialysis unit",
        next_step="configure sign-in and an https base_url as docs/how-to/sign-in.md shows",
    )
