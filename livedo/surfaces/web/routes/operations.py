"""For whoever runs the service: is it well, and what does it count. Nothing about patients."""

from __future__ import annotations

import hmac
import ipaddress
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from livedo.surfaces.web.gate import Allow, Open, User
from livedo.surfaces.web.health import Health
from livedo.surfaces.web.metrics import MEDIA_TYPE, Metrics
from livedo.surfaces.web.pages import NO_STORE, as_json

router = APIRouter()

FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
"""Headers of a proxy: what comes through one does not come from this machine."""


@router.get("/health")
def health(
    request: Request, _: Annotated[None, Depends(Open("whether it works, nothing about anybody"))]
) -> Response:
    """200 while everything works, 503 with the names of the parts that do not."""
    state: Health = request.app.state.health
    document = state.document()
    return as_json(document, 503 if document["failing"] else 200)


@router.get("/metrics")
def metrics(request: Request, user: Annotated[User, Depends(Allow("admin"))]) -> Response:
    """The counters, for an administrator who has signed in."""
    return metrics_text(request)


@router.get("/metrics/scrape")
def scrape(
    request: Request,
    _: Annotated[None, Depends(Open("a collector on this machine that knows the token"))],
) -> Response:
    """The counters, for a collector on this machine; without a token set there is nothing here."""
    if not is_collector(request, request.app.state.metrics_token):
        return Response(status_code=404, headers=NO_STORE)
    return metrics_text(request)


def metrics_text(request: Request) -> Response:
    """The counters as Prometheus reads them."""
    counted: Metrics = request.app.state.metrics
    return Response(counted.text(), headers={**NO_STORE, "Content-Type": MEDIA_TYPE})


def is_collector(request: Request, token: str | None) -> bool:
    """Whether the request comes from this machine, through no proxy, with the token."""
    if not token or any(name in request.headers for name in FORWARDED):
        return False
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    is_right = hmac.compare_digest(given.encode(), token.encode())
    return is_right and is_this_machine(request.client.host if request.client else "")


def is_this_machine(address: str) -> bool:
    """Whether an address is the loopback."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
