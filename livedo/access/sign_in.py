"""Sign-in with OpenID Connect: authorisation code with PKCE, state and nonce, through Authlib.

What the provider says of itself is fetched from the configured issuer only, and its endpoints
must be on hosts that the settings name. The ID token is read once and forgotten; no token is
kept, logged or shown.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import authlib.deprecate
import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from livedo.access.hook_token import ALGORITHMS, TokenRefused, json_object
from livedo.access.key_sets import HOUR, KeySet, checked_address, fetch, unreachable
from livedo.access.roles import User, claim_at, roles_in
from livedo.access.settings import SignIn, is_loopback
from livedo.errors import ProviderUnreachable
from livedo.instants import SECOND, Instant

with warnings.catch_warnings():
    # Authlib says at its import that it will want another library; people cannot act on it.
    warnings.simplefilter("ignore", authlib.deprecate.AuthlibDeprecationWarning)
    from authlib.integrations.base_client import OAuthError
    from authlib.integrations.starlette_client import StarletteIntegration
    from authlib.integrations.starlette_client.apps import StarletteOAuth2App
    from authlib.oidc.core import CodeIDToken

LARGEST_ID_TOKEN = 65_536
LEEWAY_SECONDS = 60
TIMEOUT_SECONDS = 5.0
LONGEST_LABEL = 80
DESCRIPTION = "/.well-known/openid-configuration"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class SignInRefused(Exception):
    """A sign-in that did not succeed. `reason` is for the audit log, never for the browser."""

    def __init__(self, reason: str, who: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.who = who


class Provider(StarletteOAuth2App):  # type: ignore[misc]
    """The configured sign-in provider.

    Authlib keeps state, nonce and the PKCE verifier in the browser's signed session and
    exchanges the code; fetching and the check of the ID token are ours.
    """

    def __init__(
        self, settings: SignIn, client_secret: str | None, now: Callable[[], Instant]
    ) -> None:
        super().__init__(
            StarletteIntegration("livedo"),
            name="livedo",
            client_id=settings.client_id,
            client_secret=client_secret,
            client_kwargs={
                "scope": " ".join(settings.scopes),
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": ("client_secret_basic" if client_secret else "none"),
                "timeout": TIMEOUT_SECONDS,
                "trust_env": False,
                "follow_redirects": False,
            },
        )
        self._settings = settings
        self._now = now
        self._described_at: Instant | None = None
        self._keys: KeySet | None = None

    # -- what the provider says of itself ----------------------------------------------------

    async def load_server_metadata(self) -> dict[str, Any]:
        """Endpoints of the provider, looked up again when they are older than an hour."""
        now = self._now()
        if self._described_at is None or now - self._described_at > HOUR:
            described = await run_in_threadpool(self._describe)
            self.server_metadata.update(described)
            self._keys = KeySet(lambda: self._fetch(described["jwks_uri"]))
            self._described_at = now
        return dict(self.server_metadata)

    def _describe(self) -> dict[str, str]:
        issuer = self._settings.issuer
        content = self._fetch(issuer.rstrip("/") + DESCRIPTION)
        try:
            found = msgspec.json.decode(content, type=dict[str, Any])
        except (msgspec.DecodeError, msgspec.ValidationError, RecursionError) as error:
            raise unreachable(self._host, "not a description") from error
        if found.get("issuer") != issuer:
            raise unreachable(self._host, "it names another issuer")
        for name in ENDPOINTS:
            self._check_endpoint(found.get(name))
        return {name: found[name] for name in ENDPOINTS}

    @property
    def _host(self) -> str:
        return urlsplit(self._settings.issuer).hostname or ""

    def _check_endpoint(self, url: object) -> None:
        """An endpoint must be https and on a host that the settings name."""
        parts = urlsplit(url if isinstance(url, str) else "")
        host = parts.hostname or ""
        if host not in (self._host, *self._settings.other_hosts):
            raise unreachable(self._host, "an endpoint on a host that the settings do not name")
        is_plain = parts.scheme == "http" and is_loopback(host)
        if parts.scheme != "https" and not (is_plain and self._settings.allow_http_on_loopback):
            raise unreachable(host, "not https")

    def _fetch(self, url: str) -> bytes:
        return fetch(
            url,
            allow_private=self._settings.allow_private_address,
            allow_http=self._settings.allow_http_on_loopback,
        )

    # -- the way there and back --------------------------------------------------------------

    async def leave(self, request: Request, back_to: str) -> Response:
        """Sends the browser to the provider. Raises ProviderUnreachable."""
        response: Response = await self.authorize_redirect(request, back_to)
        return response

    async def arrive(self, request: Request) -> User:
        """The person who comes back from the provider; without a role if the claim holds none.

        Raises:
            SignInRefused: the answer of the provider does not count.
            ProviderUnreachable: it cannot be asked.
        """
        try:
            metadata = await self.load_server_metadata()
            await run_in_threadpool(self._check_address, metadata["token_endpoint"])
            token = await self.authorize_access_token(request)
        except (SignInRefused, ProviderUnreachable):
            raise
        except OAuthError as error:
            raise SignInRefused(f"provider or state: {type(error).__name__}") from None
        except (JoseError, TokenRefused) as error:
            raise SignInRefused(f"identity token: {type(error).__name__}") from None
        except Exception as error:
            # Libraries of the network have many errors, and their texts hold addresses.
            raise SignInRefused(f"exchange: {type(error).__name__}") from None
        claims = token.get("userinfo")
        if not claims:
            raise SignInRefused("no identity token")
        return self._user(dict(claims))

    def _check_address(self, url: str) -> None:
        parts = urlsplit(url)
        is_allowed = self._settings.allow_private_address or parts.scheme == "http"
        checked_address(parts.hostname or "", parts.port or 443, allow_private=is_allowed)

    async def parse_id_token(
        self, token: dict[str, Any], nonce: str, *_: object, **__: object
    ) -> dict[str, Any]:
        """The claims of the ID token, if signature, issuer, audience, times and nonce fit."""
        await self.load_server_metadata()
        header, payload = await run_in_threadpool(self._signed, token["id_token"])
        claims = CodeIDToken(
            payload,
            header,
            {
                "iss": {"essential": True, "value": self._settings.issuer},
                "aud": {"essential": True, "value": self.client_id},
                "nonce": {"essential": True, "value": nonce},
            },
            {
                "nonce": nonce,
                "client_id": self.client_id,
                "access_token": token.get("access_token"),
            },
        )
        claims.validate(now=self._now() // SECOND, leeway=LEEWAY_SECONDS)
        return payload

    def _signed(self, id_token: object) -> tuple[dict[str, Any], dict[str, Any]]:
        """Header and claims of a token that one of the provider's keys signed."""
        if not isinstance(id_token, str) or len(id_token) > LARGEST_ID_TOKEN:
            raise SignInRefused("identity token: not a text of sensible length")
        raw = id_token.encode()
        pieces = raw.split(b".")
        if len(pieces) != 3:
            raise SignInRefused("identity token: not signed")
        header, claims = json_object(pieces[0]), json_object(pieces[1])
        if header.get("alg") not in ALGORITHMS:
            raise SignInRefused("identity token: algorithm not allowed")
        kid = header.get("kid")
        key = self._keys.key(kid, self._now()) if self._keys and isinstance(kid, str) else None
        if key is None:
            raise SignInRefused("identity token: key not known")
        registry = jws.JWSRegistry(algorithms=[header["alg"]], strict_check_header=False)
        registry.max_header_length = registry.max_payload_length = LARGEST_ID_TOKEN
        jws.deserialize_compact(raw, key, registry=registry)
        return header, claims

    def _user(self, claims: dict[str, Any]) -> User:
        subject, name = claims.get("sub"), claims.get("name")
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise SignInRefused("identity token: no subject")
        roles = roles_in(claim_at(claims, self._settings.roles_claim), self._settings.roles)
        label = name[:LONGEST_LABEL] if isinstance(name, str) else ""
        return User(name=subject, label=label, roles=roles - {"hooks"})
