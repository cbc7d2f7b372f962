"""The outermost layer: number of the request, host, overload, headers, and no error unanswered."""

from __future__ import annotations

import asyncio
import logging
import secrets

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from livedo.surfaces.web import origin
from livedo.surfaces.web.access import Access
from livedo.surfaces.web.guard import refusal_for
from livedo.surfaces.web.refusals import Refused, answer

HEADERS = {
    # "same-origin" and not "no-referrer": with that a browser names no origin for its forms.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
ONE_YEAR = "max-age=31536000"
NO_ROUTE = "-"
ACCESS_LOG = logging.getLogger("livedo.web.requests")


class Wall:
    """Everything that holds for every request, whatever its address."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access
        self._in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request; other kinds of connection are not offered."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
            return
        request = Request(scope)
        request.state.request_id = secrets.token_hex(8)
        request.state.nonce = secrets.token_urlsafe(12)
        outside = Outside(request, self._access, send)
        if self._in_flight >= self._access.settings.limits.in_flight:
            await outside.refuse(Refused(503, headers={"Retry-After": "1"}))
            return
        self._in_flight += 1
        try:
            await self._answer(request, receive, outside)
        finally:
            self._in_flight -= 1

    async def _answer(self, request: Request, receive: Receive, outside: Outside) -> None:
        try:
            if not origin.is_known_host(request.headers.get("host", ""), self._access.settings):
                raise Refused(400, "host")
            await self._app(request.scope, receive, outside.send)
        except Exception as error:
            await outside.refuse(refusal_for(error, route_of(request)))


class Outside:
    """The last step of an answer: its headers, its line in the log, a reader who reads."""

    def __init__(self, request: Request, access: Access, send: Send) -> None:
        self._request, self._access, self._send = request, access, send
        self._has_started = False

    async def send(self, message: Message) -> None:
        """Passes a message on. A browser that does not read is not waited for without end."""
        if message["type"] == "http.response.start":
            self._has_started = True
            self._add_headers(MutableHeaders(scope=message))
            request = self._request
            ACCESS_LOG.info(
                "%s %s %s %s",
                method_of(request),
                route_of(request),
                message["status"],
                request.state.request_id,
            )
        async with asyncio.timeout(self._access.settings.limits.body_seconds):
            await self._send(message)

    async def refuse(self, refused: Refused) -> None:
        """An answer in place of one that could not be made, unless it has begun to leave."""
        if self._has_started:
            return
        response = answer(self._request, refused)
        await response(self._request.scope, self._request.receive, self.send)

    def _add_headers(self, headers: MutableHeaders) -> None:
        headers.update(HEADERS)
        headers["Content-Security-Policy"] = content_policy(self._request.state.nonce)
        headers["X-Request-Id"] = self._request.state.request_id
        headers.setdefault("Cache-Control", "no-store")
        if self._access.settings.is_secure:
            headers["Strict-Transport-Security"] = ONE_YEAR


def route_of(request: Request) -> str:
    """The template of the route that a request came to; never its address."""
    return getattr(request.state, "route", NO_ROUTE)


def method_of(request: Request) -> str:
    """The method, if it is one that we know: anybody can write anything there."""
    known = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    return request.method if request.method in known else NO_ROUTE


def content_policy(nonce: str) -> str:
    """Where a page may load from: here, and nowhere else."""
    return (
        "default-src 'none'; "
        f"style-src 'self' 'nonce-{nonce}'; script-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
