"""An invented record system with its keys, and the tokens it signs."""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import json
import warnings
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OctKey, RSAKey

from livedo.access.hook_token import HookTokens
from livedo.access.settings import AccessSettings, CdsClient
from livedo.instants import SECOND, Instant, from_iso

NOW: Instant = from_iso("2026-11-20T08:00:00Z")
NOW_SECONDS = NOW // SECOND
BASE = "https://livedo.example.org"
URL = f"{BASE}/cds-services/livedo-patient-view"
ISSUER = "https://records.example.org"
OTHER_ISSUER = "https://other.example.org"
JKU = "https://records.example.org/keys"


@functools.cache
def rsa(name: str, bits: int = 2048) -> RSAKey:
    with warnings.catch_warnings():
        # One of the bad tokens is signed with a key that is too small.
        warnings.simplefilter("ignore", SecurityWarning)
        return RSAKey.generate_key(bits, {"kid": name, "use": "sig"})


@functools.cache
def elliptic(name: str, curve: str = "P-384") -> ECKey:
    return ECKey.generate_key(curve, {"kid": name, "use": "sig"})


def key_set(*keys: RSAKey | ECKey | OctKey) -> str:
    """A JWK Set of public keys as text."""
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys]})


def claims(**changes: Any) -> dict[str, Any]:
    """The claims of a good token; None takes one out."""
    plain = {
        "iss": ISSUER,
        "sub": ISSUER,
        "aud": URL,
        "iat": NOW_SECONDS - 5,
        "exp": NOW_SECONDS + 295,
        "jti": "0b2f7c6e-1",
    }
    return {name: value for name, value in {**plain, **changes}.items() if value is not None}


def header(**changes: Any) -> dict[str, Any]:
    """The header of a good token; None takes a field out."""
    plain = {"alg": "ES384", "typ": "JWT", "kid": "ec-1"}
    return {name: value for name, value in {**plain, **changes}.items() if value is not None}


def encoded(value: object) -> str:
    """JSON, or bytes as they are, in base64url."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(
    head: dict[str, Any] | bytes, body: dict[str, Any] | bytes, key: Any = None, alg: str = ""
) -> str:
    """A token signed by hand, so that it can be wrong in any way."""
    key = elliptic("ec-1") if key is None else key
    known = head.get("alg", "ES384") if isinstance(head, dict) else "ES384"
    algorithm = jws.JWSRegistry.algorithms[alg or known]
    message = f"{encoded(head)}.{encoded(body)}"
    if isinstance(key, bytes):
        return f"{message}.{encoded(hmac.digest(key, message.encode(), hashlib.sha256))}"
    return f"{message}.{encoded(algorithm.sign(message.encode(), key))}"


class Memory:
    """Tokens used, as the decisions store remembers them."""

    def __init__(self) -> None:
        self.used: dict[str, Instant] = {}

    def __call__(self, digest: str, expires_at: Instant) -> bool:
        is_first = digest not in self.used
        self.used.setdefault(digest, expires_at)
        return is_first


def settings(folder: Path, **changes: Any) -> AccessSettings:
    """Two record systems, each with keys of its own."""
    ours, theirs = folder / "records.json", folder / "other.json"
    ours.write_text(
        key_set(elliptic("ec-1"), elliptic("ec-256", "P-256"), rsa("rsa-1"), rsa("rsa-small", 1024))
    )
    theirs.write_text(key_set(elliptic("other-1")))
    client = CdsClient(
        **{"name": "records", "issuer": ISSUER, "jwks_file": str(ours), "tenants": (), **changes}
    )
    other = CdsClient(name="other", issuer=OTHER_ISSUER, jwks_file=str(theirs))
    return AccessSettings(base_url=BASE, cds_client=(client, other))


def tokens(folder: Path, memory: Memory | None = None, **changes: Any) -> HookTokens:
    """The checker of these two record systems."""
    return HookTokens(settings(folder, **changes), memory or Memory())
