"""Too much at once, or too slowly: refused at once, and the others are served."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI

from livedo.access.limits import Buckets, Rate
from livedo.instants import SECOND
from livedo.surfaces.web import sessions
from tests.web.guarded import browser, settings
from tests.web.small import small

Receive = Callable[[], Awaitable[dict[str, Any]]]


async def nothing() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


async def ask(
    app: FastAPI, path: str, method: str = "GET", receive: Receive = nothing, cookie: str = ""
) -> tuple[int, dict[str, str]]:
    """One request, straight to the application."""
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1"), (b"cookie", cookie.encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await app(scope, receive, send)  # type: ignore[arg-type]
    start = sent[0]
    return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}


def test_a_full_service_refuses_at_once_and_says_when_to_come_again() -> None:
    app = small(settings(in_flight=3))

    async def crowd() -> tuple[list[tuple[int, dict[str, str]]], float, list[int]]:
        inside = [asyncio.create_task(ask(app, "/waits")) for _ in range(3)]
        while app.state.access is not None and not all_waiting(app):
            await asyncio.sleep(0)
        loop = asyncio.get_running_loop()
        began = loop.time()
        refused = [await ask(app, "/open") for _ in range(10)]
        took = loop.time() - began
        app.state.door.set()
        served = [status for status, _ in await asyncio.gather(*inside)]
        served.append((await ask(app, "/open"))[0])
        return refused, took, served

    refused, took, served = asyncio.run(crowd())
    assert {status for status, _ in refused} == {503}
    assert {headers["retry-after"] for _, headers in refused} == {"1"}
    assert took / len(refused) < 0.1
    assert served == [200, 200, 200, 200]


def all_waiting(app: FastAPI) -> bool:
    return len(app.state.door._waiters) == 3


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    app = small(settings(body_seconds=0.05))
    cookie = f"{sessions.COOKIE}={browser(app, 'clinician').cookies[sessions.COOKIE]}"

    async def never() -> dict[str, Any]:
        await asyncio.sleep(3600)
        return {}

    status, headers = asyncio.run(ask(app, "/enter", "POST", never, cookie))
    assert (status, headers["connection"]) == (408, "close")


def test_a_body_that_breaks_off_is_no_error_of_ours() -> None:
    app = small()
    cookie = f"{sessions.COOKIE}={browser(app, 'clinician').cookies[sessions.COOKIE]}"

    async def gone() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    assert asyncio.run(ask(app, "/enter", "POST", gone, cookie))[0] == 400


def test_a_bucket_fills_again_and_never_beyond_its_size() -> None:
    buckets, rate, at = Buckets(), Rate(2, 0.5), 10**15
    assert [buckets.wait("a", rate, at) for _ in range(3)] == [0, 0, 2]
    assert buckets.wait("a", rate, at + 2 * SECOND) == 0
    assert buckets.wait("a", rate, at + 2 * SECOND) == 2
    assert [buckets.wait("a", rate, at + 900 * SECOND) for _ in range(3)] == [0, 0, 2]
    assert buckets.wait("a", rate, at) > 0


def test_the_memory_of_callers_is_bounded() -> None:
    buckets = Buckets(most_callers=100)
    for number in range(10_000):
        buckets.wait(f"address {number}", Rate(5, 1), 10**15)
    assert len(buckets) == 100
