"""Counts every request around everything else, those included that are refused at the wall."""

from __future__ import annotations

import time

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from livedo.surfaces.web.gate import routes_of
from livedo.surfaces.web.metrics import Metrics


class Measured:
    """The application, measured."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers as the application does, and counts it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 500

        async def counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        # A stopwatch, not a clock: it tells how long, never what time it is.
        began = time.perf_counter()
        self.metrics.began()
        try:
            await self.app(scope, receive, counted)
        finally:
            seconds = time.perf_counter() - began
            self.metrics.ended(scope["method"], template_of(scope), status, seconds)


def template_of(scope: Scope) -> str | None:
    """The template of the route that answered; None where none did."""
    route = scope.get("route")
    return getattr(route, "path", None)


def templates_of(app: FastAPI) -> frozenset[str]:
    """The template of every route of an application."""
    return frozenset(r.path for r in routes_of(app.routes) if isinstance(r, APIRoute))
