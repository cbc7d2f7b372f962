"""Who may open what: every route names its roles, or says why it is open to all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute

from livedo.access.roles import DEMO, ROLES, Role, User

__all__ = ["DEMO", "ROLES", "Allow", "Open", "Role", "User", "gate_of", "refuse_ungated"]


class Allow:
    """A dependency: the user, if one of these roles is theirs.

    The guard around the route has let the user in before anything of the request was read.
    """

    def __init__(self, *roles: Role, patient_data: bool = False) -> None:
        self.roles = frozenset(roles)
        self.patient_data = patient_data

    def __call__(self, request: Request) -> User:
        """The user of this request; nobody comes in where no guard stood."""
        user: User | None = getattr(request.state, "user", None)
        if user is None or not user.may(*self.roles):
            raise HTTPException(401)
        return user


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


def gate_of(route: APIRoute) -> Allow | Open:
    """The one gate of a route."""
    (gate,) = gates_of(route)
    return gate


def routes_of(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """Every route, those of included routers among them."""
    for route in routes:
        router = getattr(route, "original_router", None)
        if router is None:
            yield route
        else:
            yield from routes_of(router.routes)


def refuse_ungated(app: FastAPI) -> None:
    """Fails where a route has not exactly one gate, or a gate without a role or a reason.

    Raises:
        RuntimeError: names the routes; the application is not built.
    """
    wrong = [getattr(route, "path", "?") for route in routes_of(app.routes) if is_ungated(route)]
    if wrong:
        raise RuntimeError(f"routes without exactly one gate: {', '.join(wrong)}")


def is_ungated(route: BaseRoute) -> bool:
    """Whether somebody could come in here without having been let in."""
    if not isinstance(route, APIRoute):
        return True
    gates = list(gates_of(route))
    if len(gates) != 1:
        return True
    gate = gates[0]
    return not (gate.roles if isinstance(gate, Allow) else gate.reason)
