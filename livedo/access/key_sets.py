"""Public keys of CDS clients and of the sign-in provider: from a file, or from one address.

The only address ever asked is the configured one: https, no redirect, no private network
unless the settings allow it, no more bytes than a key set has. Keys are kept, and looked up
again at most once a minute when a token names a key that is not among them.
"""

from __future__ import annotations

import base64
import ipaddress
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from livedo.access.settings import CdsClient, is_loopback
from livedo.errors import ProviderUnreachable
from livedo.instants import DAY, SECOND, Instant

LARGEST_ANSWER = 65_536
SMALLEST_RSA_BITS = 2048
MOST_KEYS = 32
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
TIMEOUT_SECONDS = 3.0

PublicKey = RSAKey | ECKey
Read = Callable[[], bytes]


class KeySet:
    """The keys of one issuer, by key id. `read` gets the bytes anew."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._keys: dict[str, PublicKey] = {}
        self._read_at: Instant | None = None
        self._tried_at: Instant | None = None
        self._lock = threading.Lock()

    def key(self, kid: str, now: Instant) -> PublicKey | None:
        """The key of that id, or None. Keys older than an hour are looked up again."""
        if self._is_fresh(now) and (key := self._keys.get(kid)) is not None:
            # Callers with a known key do not wait while another one has keys fetched.
            return key
        with self._lock:
            if kid not in self._keys or not self._is_fresh(now):
                self._refresh(now)
            return self._keys.get(kid)

    def _is_fresh(self, now: Instant) -> bool:
        return self._read_at is not None and now - self._read_at <= HOUR

    def _refresh(self, now: Instant) -> None:
        if self._tried_at is not None and 0 <= now - self._tried_at < MINUTE:
            return
        self._tried_at = now
        try:
            self._keys, self._read_at = keys_of(self._read()), now
        except ProviderUnreachable:
            if self._read_at is not None and now - self._read_at > DAY:
                # Nobody could withdraw a key that is kept for ever.
                self._keys = {}


def key_set_of(client: CdsClient) -> KeySet:
    """The keys of a CDS client, from where its settings say."""
    if client.jwks_file is not None:
        path = Path(client.jwks_file)
        return KeySet(lambda: read_file(path))
    url = client.jwks_url or ""
    return KeySet(
        lambda: fetch(
            url,
            allow_private=client.allow_private_address,
            allow_http=client.allow_http_on_loopback,
        )
    )


def read_file(path: Path) -> bytes:
    """The bytes of a file with keys."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_ANSWER + 1)
    except OSError as error:
        raise unreachable(str(path), type(error).__name__) from error


def keys_of(content: bytes) -> dict[str, PublicKey]:
    """The keys for signatures in a JWK Set. Others in it are left out."""
    if len(content) > LARGEST_ANSWER:
        raise unreachable("key set", "too large")
    try:
        document = msgspec.json.decode(content, type=dict[str, object])
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError) as error:
        raise unreachable("key set", "not a JSON object") from error
    listed = document.get("keys")
    found: dict[str, PublicKey] = {}
    for one in listed[:MOST_KEYS] if isinstance(listed, list) else []:
        kid = one.get("kid") if isinstance(one, dict) else None
        if isinstance(kid, str) and kid and (key := public_key(one)) is not None:
            if kid in found:
                raise unreachable("key set", "two keys with one id")
            found[kid] = key
    return found


def public_key(jwk: dict[str, str | list[str]]) -> PublicKey | None:
    """An RSA or elliptic key for signatures, or None. Private and symmetric keys are none."""
    if jwk.get("use", "sig") != "sig" or "d" in jwk or "k" in jwk:
        return None
    try:
        if jwk.get("kty") == "RSA" and bits_of(jwk["n"]) >= SMALLEST_RSA_BITS:
            return RSAKey.import_key(jwk)
        if jwk.get("kty") == "EC":
            return ECKey.import_key(jwk)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return None


def bits_of(modulus: str | list[str]) -> int:
    """The size of an RSA key."""
    if not isinstance(modulus, str):
        return 0
    raw = base64.urlsafe_b64decode(modulus + "=" * (-len(modulus) % 4))
    return int.from_bytes(raw).bit_length()


def fetch(url: str, *, allow_private: bool = False, allow_http: bool = False) -> bytes:
    """What stands at a configured address.

    Raises:
        ProviderUnreachable: not https, a private address, a redirect, an error, too large.
    """
    import httpx

    parts = urlsplit(url)
    host = parts.hostname or ""
    is_plain = allow_http and parts.scheme == "http" and is_loopback(host)
    if parts.scheme != "https" and not is_plain:
        raise unreachable(host, "not https")
    address = checked_address(host, parts.port or 443, allow_private=allow_private or is_plain)
    # The checked address itself is asked, so that the name cannot mean another one meanwhile.
    pinned = httpx.URL(url).copy_with(host=address)
    try:
        with (
            httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False, follow_redirects=False) as web,
            web.stream(
                "GET", pinned, headers={"Host": parts.netloc}, extensions={"sni_hostname": host}
            ) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise unreachable(host, f"status {answer.status_code}")
            return limited(answer, host)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise unreachable(host, type(error).__name__) from error


def limited(answer: object, host: str) -> bytes:
    """The bytes of an answer, no more than a key set has."""
    content = b""
    for part in answer.iter_bytes():  # type: ignore[attr-defined]
        content += part
        if len(content) > LARGEST_ANSWER:
            raise unreachable(host, "too large")
    return content


def checked_address(host: str, port: int, *, allow_private: bool) -> str:
    """The number of a host, if every number it has may be asked."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise unreachable(host, "unknown name") from error
    numbers = [str(one[4][0]) for one in found]
    if not allow_private and not all(is_public(number) for number in numbers):
        raise unreachable(host, "a private address")
    return numbers[0]


def is_public(number: str) -> bool:
    """Whether an address is on the public net: not private, loopback, link-local or reserved."""
    address = ipaddress.ip_address(number.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_global and not address.is_multicast


def unreachable(host: str, why: str) -> ProviderUnreachable:
    """The error for keys or a provider that cannot be asked."""
    return ProviderUnreachable(
        f"What is needed to check a sign-in cannot be fetched: {why}",
        where=host,
        still_works="people who are signed in already, and keys that were fetched before",
        next_step="check the address in the settings, and that this machine may reach it",
    )
