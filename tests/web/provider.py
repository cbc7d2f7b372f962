"""A small sign-in provider on this machine, with real keys; each part of it can be wrong."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt

from tests.access.tokens import key_set, rsa
from tests.loopback import running

NOW_SECONDS = 1_795_161_600
CLIENT, SECRET = "livedo", "invented-secret"


class Provider(ThreadingHTTPServer):
    """Discovery, keys and token endpoint. `claims` changes the next ID token."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.claims: dict[str, Any] = {}
        self.description: dict[str, Any] = {}
        self.sign_with = rsa("provider-1")
        self.id_token: str | None = None
        self.now_seconds = NOW_SECONDS
        self.codes: dict[str, dict[str, str]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def authorise(self, address: str) -> dict[str, str]:
        """What the browser brings back after the person has signed in at this address."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert asked["client_id"] == CLIENT
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def described(self) -> dict[str, Any]:
        plain = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorise",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }
        return {**plain, **self.description}

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked is None or asked["code_challenge"] != challenge:
            return 400, {"error": "invalid_grant"}
        if authorization != f"Basic {basic}" or form["redirect_uri"] != asked["redirect_uri"]:
            return 401, {"error": "invalid_client"}
        token = {"access_token": "invented-access-token", "token_type": "Bearer"}
        id_token = self.id_token if self.id_token is not None else self.signed(asked["nonce"])
        return 200, {**token, "id_token": id_token} if id_token else token

    def signed(self, nonce: str) -> str:
        claims = {
            "iss": self.url,
            "sub": "nurse-17",
            "name": "N. Nurse",
            "aud": CLIENT,
            "iat": self.now_seconds,
            "exp": self.now_seconds + 300,
            "nonce": nonce,
            "groups": ["dialysis-nurses"],
            **self.claims,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": "RS256", "kid": self.sign_with.kid}
        return jwt.encode(header, kept, self.sign_with, algorithms=["RS256"])


class Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.path == "/.well-known/openid-configuration":
            self.answer(200, json.dumps(self.server.described()))
        elif self.path == "/keys":
            self.answer(200, key_set(rsa("provider-1")))
        else:
            self.answer(404, "{}")

    def do_POST(self) -> None:
        self.server.asked.append(self.path)
        raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(raw).items()}
        status, document = self.server.token(form, self.headers.get("Authorization", ""))
        self.answer(status, json.dumps(document))

    def answer(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that runs until the test ends."""
    with running(Provider()) as server:
        yield server
