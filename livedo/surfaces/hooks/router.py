"""The addresses of CDS Hooks 2.0: discovery, calls and feedback.

Everything is worked out in memory from what a call brings; nothing is fetched. More calls
at once than can be answered in time are told so with 503 rather than queued.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, TypeVar

import msgspec
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from livedo.surfaces.hooks.requests import HookRefused
from livedo.surfaces.hooks.service import Answered, HookService
from livedo.surfaces.web.bodies import bytes_within
from livedo.surfaces.web.gate import Allow, Open, User

log = logging.getLogger(__name__)

T = TypeVar("T")

MOST_WAITING = 12
"""A call takes some 15 ms of one processor: who waits behind a dozen is better told at once."""
RETRY_SECONDS = "1"
JSON = "application/json"
METHODS = "GET, POST, OPTIONS"
HEADERS = "Authorization, Content-Type, Accept-Language"
PREFLIGHT_SECONDS = "600"

Called = Annotated[User, Depends(Allow("hooks", patient_data=True))]
Told = Annotated[User, Depends(Allow("hooks"))]
Discovered = Annotated[None, Depends(Open("discovery is public and holds nothing of a person"))]
Preflight = Annotated[None, Depends(Open("a browser asks before it sends anything"))]


class Crowd:
    """How many calls are being answered: one after the other, since all are work for one
    processor, and many at once would only take turns."""

    def __init__(self, most: int = MOST_WAITING) -> None:
        self.most = most
        self.count = 0
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="livedo-hooks")

    def refuse_when_full(self) -> None:
        """HookRefused 503; asked before a body is read as well."""
        if self.count >= self.most:
            raise HookRefused(503, "too_busy")

    async def answer(self, work: Callable[[], T]) -> T:
        """The work, done beside the event loop; HookRefused 503 when there is too much of it."""
        self.refuse_when_full()
        self.count += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._worker, work)
        finally:
            self.count -= 1


class _Answers:
    """Turns what a service says into responses."""

    def __init__(self, hooks: HookService) -> None:
        self.hooks = hooks

    def language(self, request: Request) -> str:
        return self.hooks.language(request.headers.get("accept-language"))

    def sent(self, request: Request, body: bytes, status: int = 200) -> Response:
        response = Response(body, status_code=status, media_type=JSON)
        response.headers["Cache-Control"] = "no-store"
        return self.shared(request, response)

    def shared(self, request: Request, response: Response) -> Response:
        """Lets the browsers of the record systems named in the settings read the answer."""
        origin = request.headers.get("origin")
        if origin is not None and origin in self.hooks.settings.origins:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Vary"] = "Origin"
        return response

    def refused(self, request: Request, refusal: HookRefused) -> Response:
        """What is wrong with a call, without any value of it."""
        wording = self.hooks.knowledge.wording(self.language(request))
        message = wording.text(f"hooks.refused.{refusal.why}")
        body = msgspec.json.encode({"error": refusal.why, "message": message})
        response = self.sent(request, body, refusal.status)
        if refusal.status == 503:
            response.headers["Retry-After"] = RETRY_SECONDS
        return response


def hooks_router(hooks: HookService) -> APIRouter:
    """The routes of one installation's hooks."""
    router = APIRouter()
    answers, crowd = _Answers(hooks), Crowd()

    @router.get("/cds-services")
    async def discovery(request: Request, gate: Discovered) -> Response:
        """What this installation offers, and what it asks to be sent along."""
        found = hooks.discovery(answers.language(request))
        return answers.sent(request, msgspec.json.encode(found))

    @router.post("/cds-services/{service_id}")
    async def call(request: Request, service_id: str, user: Called) -> Response:
        """Cards for one call."""
        lang = answers.language(request)
        try:
            crowd.refuse_when_full()
            body = await body_of(request, hooks.settings.most_bytes)
            found = await crowd.answer(lambda: hooks.call(service_id, body, lang))
        except HookRefused as refusal:
            audited(request, "call refused", None, refusal.why)
            return answers.refused(request, refusal)
        counted(request, found)
        audited(request, "call answered", found.person_id, f"{service_id}: {len(found.cards)}")
        return answers.sent(request, found.body())

    @router.post("/cds-services/{service_id}/feedback")
    async def feedback(request: Request, service_id: str, user: Told) -> Response:
        """What became of cards; comments in words are not kept."""
        try:
            body = await body_of(request, hooks.settings.most_bytes)
            await crowd.answer(lambda: hooks.take_feedback(service_id, body))
        except HookRefused as refusal:
            return answers.refused(request, refusal)
        audited(request, "feedback taken", None, service_id)
        return answers.sent(request, b"{}")

    @router.options("/cds-services/{path:path}")
    async def preflight(request: Request, path: str, gate: Preflight) -> Response:
        """Whether the browser of a record system may call."""
        return _preflight(answers, request)

    @router.options("/cds-services")
    async def preflight_discovery(request: Request, gate: Preflight) -> Response:
        """Whether the browser of a record system may ask for the discovery document."""
        return _preflight(answers, request)

    return router


def _preflight(answers: _Answers, request: Request) -> Response:
    response = answers.shared(request, Response(status_code=204))
    if "Access-Control-Allow-Origin" in response.headers:
        response.headers["Access-Control-Allow-Methods"] = METHODS
        response.headers["Access-Control-Allow-Headers"] = HEADERS
        response.headers["Access-Control-Max-Age"] = PREFLIGHT_SECONDS
    return response


def counted(request: Request, found: Answered) -> None:
    """What the counters of the installation are told; nothing about the person."""
    metrics = getattr(request.app.state, "metrics", None)
    if metrics is None:
        return
    metrics.judged("hook")
    for card, rule in zip(found.cards, found.rules, strict=True):
        metrics.card(rule, card.indicator)


async def body_of(request: Request, most: int) -> bytes:
    """The body of a request; HookRefused 413 as soon as it is too large."""
    body = await bytes_within(request, most)
    if body is None:
        raise HookRefused(413, "too_large")
    return body


def audited(request: Request, action: str, person_id: str | None, detail: str) -> None:
    """Says what was done, where the installation keeps an audit; the detail holds no value."""
    audit = getattr(request.state, "audit", None)
    if audit is not None:
        audit.record(action, person_id, detail)
