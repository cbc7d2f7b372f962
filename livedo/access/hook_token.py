"""The JSON Web Token with which a CDS client calls, checked as CDS Hooks 2.0 asks.

The order is that of the best practices: issuer, audience, expiry, tenant, signature, replay.
Whoever calls learns only that the token was refused; the reason goes to the audit log.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from msgspec import Struct

from livedo.access.key_sets import KeySet, key_set_of
from livedo.access.settings import AccessSettings, CdsClient
from livedo.instants import SECOND, Instant

ALGORITHMS = ("ES384", "RS384", "ES256", "RS256")
LARGEST_TOKEN = 8192
LONGEST_TEXT = 255
HEADER_FIELDS = frozenset({"alg", "kid", "typ", "jku", "x5t", "x5t#S256"})

UseToken = Callable[[str, Instant], bool]
"""Remembers the digest of a token until it expires; True the first time only."""


class TokenRefused(Exception):
    """A token that does not count. `reason` is for the audit log, never for the caller."""

    def __init__(self, reason: str, issuer: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.issuer = issuer


class Caller(Struct, frozen=True):
    """The CDS client that a token proves."""

    name: str
    issuer: str
    tenant: str | None


class HookTokens:
    """Checks tokens of the CDS clients in the settings. Safe to use from any thread."""

    def __init__(self, settings: AccessSettings, use_token: UseToken) -> None:
        self._clients = {client.issuer: client for client in settings.cds_client}
        self._keys = {client.issuer: key_set_of(client) for client in settings.cds_client}
        self._use_token = use_token

    def caller(self, authorization: str | None, url: str, now: Instant) -> Caller:
        """Who calls the service at that address, exactly. Raises TokenRefused."""
        token = bearer(authorization)
        header, claims = parts_of(token)
        client = self._clients.get(text(claims, "iss"))
        if client is None:
            raise TokenRefused("issuer not known")
        try:
            self._check(token, header, claims, client, url, now)
        except TokenRefused as error:
            raise TokenRefused(error.reason, client.issuer) from None
        tenant = claims.get("tenant")
        return Caller(client.name, client.issuer, tenant)

    def _check(
        self,
        token: bytes,
        header: dict[str, Any],
        claims: dict[str, Any],
        client: CdsClient,
        url: str,
        now: Instant,
    ) -> None:
        check_audience(claims, url)
        expires = check_times(claims, client, now)
        check_tenant(claims, client)
        jti = text(claims, "jti")
        check_header(header, client)
        check_signature(token, header, self._keys[client.issuer], now)
        digest = hashlib.sha256(f"{client.issuer}\0{jti}".encode()).hexdigest()
        if not self._use_token(digest, expires):
            raise TokenRefused("token used before")


def bearer(authorization: str | None) -> bytes:
    """The token of an Authorization header."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.casefold() != "bearer" or not token:
        raise TokenRefused("no token")
    if len(token) > LARGEST_TOKEN or not token.isascii():
        raise TokenRefused("token too large or not text")
    return token.encode("ascii")


def parts_of(token: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a compact signature, not yet believed."""
    pieces = token.split(b".")
    if len(pieces) != 3 or not all(pieces):
        raise TokenRefused("not one signed token")
    return json_object(pieces[0]), json_object(pieces[1])


def json_object(piece: bytes) -> dict[str, Any]:
    """A JSON object in base64url: one value a name, no numbers that JSON has not."""
    try:
        raw = base64.b64decode(piece + b"=" * (-len(piece) % 4), altchars=b"-_", validate=True)
        found = json.loads(raw, object_pairs_hook=once, parse_constant=no_constant)
    except (ValueError, binascii.Error, RecursionError) as error:
        raise TokenRefused("not a token") from error
    if not isinstance(found, dict):
        raise TokenRefused("not a token")
    return found


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names stand once, so that two readers cannot see two values."""
    if len({name for name, _ in pairs}) < len(pairs):
        raise TokenRefused("a name stands twice")
    return dict(pairs)


def no_constant(name: str) -> None:
    """Refuses NaN and infinities."""
    raise TokenRefused("a number that JSON has not")


def text(claims: Mapping[str, Any], name: str) -> str:
    """A claim that must be there and be a text of sensible length."""
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TEXT:
        raise TokenRefused(f"{name} missing or not a text")
    return value


def seconds(claims: Mapping[str, Any], name: str) -> int:
    """A claim that must be whole seconds since 1970."""
    value = claims.get(name)
    if type(value) is not int or not 0 <= value < 10**11:
        raise TokenRefused(f"{name} missing or not whole seconds")
    return value


def check_audience(claims: Mapping[str, Any], url: str) -> None:
    """The token is for exactly the address called, and for no other one."""
    if claims.get("aud") not in (url, [url]):
        raise TokenRefused("audience is not the address called")


def check_times(claims: Mapping[str, Any], client: CdsClient, now: Instant) -> Instant:
    """Not expired, not issued in the future, not valid for too long. The moment it expires."""
    expires, issued = seconds(claims, "exp"), seconds(claims, "iat")
    latest = now + client.clock_skew_seconds * SECOND
    if expires * SECOND <= now:
        raise TokenRefused("expired")
    if issued * SECOND > latest:
        raise TokenRefused("issued in the future")
    if "nbf" in claims and seconds(claims, "nbf") * SECOND > latest:
        raise TokenRefused("not valid yet")
    if not 0 < expires - issued <= client.longest_token_seconds:
        raise TokenRefused("valid for too long")
    return expires * SECOND


def check_tenant(claims: Mapping[str, Any], client: CdsClient) -> None:
    """Where the settings list tenants, the token names one of them."""
    if "tenant" in claims or client.tenants:
        tenant = text(claims, "tenant")
        if client.tenants and tenant not in client.tenants:
            raise TokenRefused("tenant not known")


def check_header(header: Mapping[str, Any], client: CdsClient) -> None:
    """An algorithm of the list, a key id, and no key or address that the caller brings along."""
    if header.get("alg") not in ALGORITHMS:
        raise TokenRefused("algorithm not allowed")
    if header.get("typ") != "JWT":
        raise TokenRefused("not of type JWT")
    text(header, "kid")
    if set(header) - HEADER_FIELDS:
        raise TokenRefused("header field not allowed")
    if "jku" in header and (client.jwks_url is None or header["jku"] != client.jwks_url):
        raise TokenRefused("jku is not the configured address")


def check_signature(token: bytes, header: Mapping[str, Any], keys: KeySet, now: Instant) -> None:
    """The signature is that of the key which the issuer has under this id."""
    key = keys.key(header["kid"], now)
    if key is None:
        raise TokenRefused("key not known")
    if key.get("alg") not in (None, header["alg"]):
        raise TokenRefused("key is for another algorithm")
    registry = jws.JWSRegistry(algorithms=[header["alg"]], strict_check_header=False)
    registry.max_header_length = LARGEST_TOKEN
    try:
        jws.deserialize_compact(token, key, registry=registry)
    except (JoseError, ValueError, TypeError) as error:
        raise TokenRefused("signature does not fit") from error
