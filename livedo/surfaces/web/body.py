"""The body of a request: read once, before anything else sees it, within a size and a time."""

from __future__ import annotations

import asyncio

from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message, Receive, Scope

from livedo.surfaces.web.refusals import Refused

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
MOST_FIELDS = 2000
CLOSE = {"Connection": "close"}


async def whole_body(scope: Scope, receive: Receive, most: int, seconds: float) -> bytes:
    """Every byte of the body.

    Raises:
        Refused: 413 for more bytes than allowed, 408 if they do not come in time.
    """
    headers = dict(scope["headers"])
    declared = headers.get(b"content-length", b"0")
    if not declared.isdigit() or int(declared) > most:
        raise Refused(413, headers=CLOSE)
    try:
        async with asyncio.timeout(seconds):
            return await _read(receive, most)
    except TimeoutError:
        raise Refused(408, headers=CLOSE) from None


async def _read(receive: Receive, most: int) -> bytes:
    content = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400)
        content += message.get("body", b"")
        if len(content) > most:
            raise Refused(413, headers=CLOSE)
        if not message.get("more_body", False):
            return bytes(content)


def replayed(body: bytes, receive: Receive) -> Receive:
    """A receive that gives the body again, then what really comes."""
    is_given = False

    async def again() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def is_form(scope: Scope) -> bool:
    """Whether the body is what a browser's form sends."""
    kind = dict(scope["headers"]).get(b"content-type", b"").decode("latin-1")
    return kind.partition(";")[0].strip().casefold() in FORMS


async def field_of(scope: Scope, body: bytes, name: str) -> str | None:
    """One field of a form, or None. Raises Refused for a form that cannot be read."""

    async def never() -> Message:
        return {"type": "http.disconnect"}

    # A scope of its own: what starlette keeps of this reading must not reach the route.
    request = Request({**scope, "state": {}}, replayed(body, never))
    try:
        async with request.form(max_files=20, max_fields=MOST_FIELDS) as form:
            value = form.get(name)
    except (MultiPartException, ValueError, KeyError):
        raise Refused(400) from None
    except Exception as error:
        # Starlette turns a form that it cannot parse into its own HTTP error inside an app.
        if getattr(error, "status_code", None) == 400:
            raise Refused(400) from None
        raise
    return value if isinstance(value, str) else None
