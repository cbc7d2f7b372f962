"""Who may open what: every route names its roles, or says why it is open to all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, get_args

import msgspec
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.routing import BaseRoute

Role = Literal["viewer", "clinician", "steward", "admin", "hooks"]
ROLES: tuple[str, ...] = get_args(Role)


class User(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks."""

    name: str
    """The subject of the sign-in, stable and not shown to other users."""
    label: str = ""
    """What the page shows: "N. Nurse"."""
    roles: frozenset[str] = frozenset()

    def may(self, *roles: str) -> bool:
        """Whether the user has one of the roles."""
        return not self.roles.isdisjoint(roles)


DEMO = User(name="demo", label="demo", roles=frozenset(ROLES))


class Allow:
    """A dependency: the user, if one of these roles is theirs."""

    def __init__(self, *roles: Role, patient_data: bool = False) -> None:
        self.roles = frozenset(roles)
        self.patient_data = patient_data

    def __call__(self, request: Request) -> User:
        """The user of this request."""
        return DEMO


class Open:
    """A dependency: open to everybody, and why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def __call__(self) -> None:
        """Lets everybody in."""


def gates_of(route: APIRoute) -> Iterator[Allow | Open]:
    """The gates that a route declares, wherever among its dependencies."""
    yield from _gates(route.dependant)


def _gates(dependant: Dependant) -> Iterator[Allow | Open]:
    if isinstance(dependant.call, Allow | Open):
        yield dependant.call
    for below in dependant.dependencies:
        yield from _gates(below)


def routes_of(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """Every route, those of included routers among them."""
    for route in routes:
        router = getattr(route, "original_router", None)
        if router is None:
            yield route
        else:
            yield from routes_of(router.routes)


def refuse_ungated(app: FastAPI) -> None:
    """Fails where a route has not exactly one gate.

    Raises:
        RuntimeError: names the routes; the application is not built.
    """
    wrong = [
        getattr(route, "path", "?")
        for route in routes_of(app.routes)
        if not isinstance(route, APIRoute) or len(list(gates_of(route))) != 1
    ]
    if wrong:
        raise RuntimeError(f"routes without exactly one gate: {', '.join(wrong)}")
