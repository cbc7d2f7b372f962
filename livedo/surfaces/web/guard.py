"""The guard around every route: who may come in, and one event before the answer leaves.

It stands outside of everything FastAPI does with a request, so that nothing of a body is read,
and no mistake in it is told, before somebody was let in.
"""

from __future__ import annotations

import copy
import logging
import os
import traceback

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from livedo.access.hook_token import TokenRefused
from livedo.access.limits import Rate
from livedo.access.roles import DEMO, User
from livedo.errors import AuditUnwritable, LivedoError
from livedo.surfaces.web import body, origin, sessions
from livedo.surfaces.web.access import Access
from livedo.surfaces.web.gate import Allow, Open, gate_of
from livedo.surfaces.web.refusals import Refused, answer, refused_by, wants_page, wrong_token
from livedo.surfaces.web.trail import Trail

CSRF_HEADER, CSRF_FIELD = "x-livedo-csrf", "csrf"
SAFE = ("GET", "HEAD", "OPTIONS")
LOG = logging.getLogger("livedo.web")


class WrongToken(Refused):
    """A CDS client without a token that counts."""

    def __init__(self) -> None:
        super().__init__(401)


def guard(app: FastAPI, access: Access) -> None:
    """Puts the guard around every route of an application; other applications keep theirs."""
    routes = [copy.copy(route) for route in app.routes]
    for route in routes:
        if isinstance(route, APIRoute):
            route.app = Guarded(route.app, route.path_format, gate_of(route), access)
    app.router.routes = routes


class Guarded:
    """One route behind its gate."""

    def __init__(self, app: ASGIApp, route: str, gate: Allow | Open, access: Access) -> None:
        self._app, self._route, self._gate, self._access = app, route, gate, access
        self._has_patient_data = isinstance(gate, Allow) and gate.patient_data
        self._takes_tokens = isinstance(gate, Allow) and "hooks" in gate.roles

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets in or refuses; whatever happens, one answer and at most one event."""
        request = Request(scope)
        trail = Trail(
            route=self._route,
            request=request.state.request_id,
            at=self._access.now(),
            must_record=self._has_patient_data,
            link_of=self._access.link_of,
        )
        request.state.audit, request.state.route = trail, self._route
        exit_ = Exit(request, trail, self._access, send)
        try:
            receive = await self._let_in(request, receive, trail)
            await self._app(scope, receive, exit_.send)
        except Exception as error:
            await exit_.refuse(refusal_for(error, self._route))

    async def _let_in(self, request: Request, receive: Receive, trail: Trail) -> Receive:
        user = await self._user(request, trail)
        trail.user = request.state.user = user
        self._limit_rate(request, user)
        if isinstance(self._gate, Allow):
            self._check_role(request, user, trail)
        self._offer_form_token(request, user)
        if request.method in SAFE:
            return receive
        limits = self._access.settings.limits
        most = limits.body_bytes if self._takes_tokens else limits.form_bytes
        content = await body.whole_body(request.scope, receive, most, limits.body_seconds)
        await self._check_origin(request, content, user, trail)
        return body.replayed(content, receive)

    def _offer_form_token(self, request: Request, user: User | None) -> None:
        """The token for the forms of a page. What is open to all begins no session."""
        session = sessions.session_of(request.scope)
        is_client = user is not None and user.roles == {"hooks"}
        if isinstance(self._gate, Allow) and not is_client:
            request.state.csrf = sessions.csrf_of(session)
        else:
            request.state.csrf = session.get(sessions.CSRF, "")

    async def _user(self, request: Request, trail: Trail) -> User | None:
        """A CDS client by its token, or a person by the session, or the user of the demo."""
        authorization = request.headers.get("authorization")
        if self._takes_tokens and (authorization is not None or self._is_for_clients_only()):
            return await self._client(request, authorization, trail)
        session = sessions.session_of(request.scope)
        is_kept = isinstance(self._gate, Allow)
        user = sessions.signed_in(session, self._access, self._access.now(), is_kept=is_kept)
        return DEMO if user is None and self._access.is_demo else user

    def _is_for_clients_only(self) -> bool:
        is_only = isinstance(self._gate, Allow) and self._gate.roles == {"hooks"}
        return is_only and not self._access.is_demo

    async def _client(self, request: Request, authorization: str | None, trail: Trail) -> User:
        url = f"{(self._access.settings.base_url or '').rstrip('/')}{request.url.path}"
        now = self._access.now()
        self._limit_rate(request, None, is_client=True)
        try:
            caller = await run_in_threadpool(self._access.tokens.caller, authorization, url, now)
        except TokenRefused as error:
            # Beyond the rate of a stranger, wrong tokens do not even fill the log.
            self._limit_rate(request, None)
            trail.refused(error.reason, error.issuer)
            raise WrongToken from None
        return User(name=caller.issuer, label=caller.name, roles=frozenset({"hooks"}))

    def _limit_rate(self, request: Request, user: User | None, is_client: bool = False) -> None:
        if self._access.is_demo:
            return
        limits = self._access.settings.limits
        host = request.client.host if request.client else "unknown"
        if is_client:
            caller, rate = f"token from {host}", (limits.client_at_once, limits.client_per_second)
        elif user is None:
            caller, rate = f"address {host}", (limits.address_at_once, limits.address_per_second)
        elif "hooks" in user.roles:
            caller, rate = f"client {user.name}", (limits.client_at_once, limits.client_per_second)
        else:
            caller, rate = f"user {user.name}", (limits.user_at_once, limits.user_per_second)
        wait = self._access.buckets.wait(caller, Rate(*rate), self._access.now())
        if wait:
            raise Refused(429, headers={"Retry-After": str(wait)})

    def _check_role(self, request: Request, user: User | None, trail: Trail) -> None:
        assert isinstance(self._gate, Allow)
        if user is None:
            raise Refused(401)
        if not user.may(*self._gate.roles):
            trail.refused("role")
            raise Refused(403)

    async def _check_origin(
        self, request: Request, content: bytes, user: User | None, trail: Trail
    ) -> None:
        """What changes something was sent from a page of this service."""
        is_by_token = user is not None and user.roles == {"hooks"}
        if is_by_token:
            return
        if not origin.is_own(request, self._access):
            trail.refused("sent from elsewhere")
            raise Refused(403, "csrf")
        if self._takes_tokens and self._access.is_demo and not body.is_form(request.scope):
            # The demonstration answers CDS clients without a token; a form of another
            # site cannot send this kind of body without asking first.
            return
        given: object = request.headers.get(CSRF_HEADER)
        if given is None and body.is_form(request.scope):
            given = await body.field_of(request.scope, content, CSRF_FIELD)
        if not sessions.is_csrf(sessions.session_of(request.scope), given):
            trail.refused("form token")
            raise Refused(403, "csrf")


class Exit:
    """The way out: an answer leaves when its event is on the disk, or another one leaves."""

    def __init__(self, request: Request, trail: Trail, access: Access, send: Send) -> None:
        self._request, self._trail, self._access, self._send = request, trail, access, send
        self._has_started = False
        self._is_replaced = False

    async def send(self, message: Message) -> None:
        """Passes an answer on, once its event is written."""
        if self._is_replaced:
            return
        if message["type"] == "http.response.start" and not self._has_started:
            refused = await self._recorded(message["status"])
            if refused is not None:
                await self._instead(refused)
                return
            self._has_started = True
        await self._send(message)

    async def refuse(self, refused: Refused) -> None:
        """Answers with a refusal, and writes its event first."""
        if self._has_started or self._is_replaced:
            return
        refused = await self._recorded(refused.status) or refused
        await self._instead(refused)

    async def _recorded(self, status: int) -> Refused | None:
        """Writes the event of an answer; a refusal where the answer must not leave."""
        if status < 400 and self._trail.is_missing:
            LOG.error("an answer with patient data had no event and was refused")
            self._trail.refused("no event")
            await self._written(500)
            return Refused(500)
        return await self._written(status)

    async def _written(self, status: int) -> Refused | None:
        event = self._trail.event(status)
        if event is None:
            return None
        try:
            await self._access.log.write_soon(event)
        except AuditUnwritable:
            LOG.error("the audit log cannot be written; an answer was refused")
            return Refused(503, "audit", {"Retry-After": "5"})
        return None

    async def _instead(self, refused: Refused) -> None:
        self._is_replaced = True
        response = self._response(refused)
        await response(self._request.scope, self._request.receive, self._send)

    def _response(self, refused: Refused) -> Response:
        if isinstance(refused, WrongToken):
            return wrong_token()
        request = self._request
        if refused.status == 401 and self._may_sign_in():
            session = sessions.session_of(request.scope)
            sessions.remember_next(session, request.url.path, request.url.query)
            return RedirectResponse("/sign-in", 303, {"Cache-Control": "no-store"})
        return answer(request, refused)

    def _may_sign_in(self) -> bool:
        is_page = self._request.method == "GET" and wants_page(self._request)
        return is_page and self._access.settings.sign_in is not None


def refusal_for(error: Exception, route: str) -> Refused:
    """The refusal for whatever a route raised. Only its kind and place reach the log."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, LivedoError):
        refused = refused_by(error)
        if refused.status < 500:
            return refused
        LOG.error("%s: %s", route, error.code)
        return refused
    LOG.error("%s: %s at %s", route, type(error).__name__, place_of(error))
    return Refused(500)


def place_of(error: Exception) -> str:
    """The last place of our own that an error came through: file and line, never a value."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if f"{os.sep}livedo{os.sep}" in frame.filename] or frames
    return f"{os.path.basename(own[-1].filename)}:{own[-1].lineno}" if own else "?"
