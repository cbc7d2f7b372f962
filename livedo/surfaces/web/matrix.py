"""Which role opens which route, read from the routes themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

import msgspec
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from livedo.access.roles import ROLES
from livedo.surfaces.web.gate import Allow, gate_of, routes_of

HEAD = """\
# Who may open what

Made from the routes of `livedo serve`; a route without a gate fails the build, and
`tests/web/test_matrix.py` opens every route with every role. *x*: may open it. *logged*: nothing is
answered before one event about it is on the disk. Anybody else who is not signed in gets 401, or is
sent to the sign-in. `hooks` is a record system with its token; the others are people.

"""


class Row(msgspec.Struct, frozen=True):
    """One route: its address, who may open it, and why it is open to all if it is."""

    method: str
    path: str
    roles: frozenset[str]
    has_patient_data: bool
    reason: str


def matrix(routes: Iterable[BaseRoute]) -> list[Row]:
    """Every route with its gate, by address."""
    rows = [row for route in routes_of(routes) for row in rows_of(route)]
    return sorted(rows, key=lambda row: (row.path, row.method))


def rows_of(route: BaseRoute) -> Iterator[Row]:
    """A row a method."""
    if not isinstance(route, APIRoute):
        return
    gate = gate_of(route)
    for method in sorted(route.methods or ()):
        if isinstance(gate, Allow):
            yield Row(method, route.path_format, gate.roles, gate.patient_data, "")
        else:
            yield Row(method, route.path_format, frozenset(), False, gate.reason)


def document(rows: Iterable[Row]) -> str:
    """The matrix as the reference shows it."""
    lines = [f"| | Route | {' | '.join(ROLES)} | |", f"|---|---|{'---|' * (len(ROLES) + 1)}"]
    for row in rows:
        marks = ["x" if role in row.roles else "" for role in ROLES]
        last = f"open: {row.reason}" if row.reason else "logged" if row.has_patient_data else ""
        lines.append(f"| {row.method} | `{row.path}` | {' | '.join(marks)} | {last} |")
    return HEAD + "\n".join(lines) + "\n"


def shipped_routes() -> Iterator[BaseRoute]:
    """Every route that Livedo ships, those of CDS Hooks among them."""
    from livedo.surfaces.hooks.router import hooks_router
    from livedo.surfaces.hooks.service import HookService
    from livedo.surfaces.web.app import ROUTERS

    # Its routes are looked at, and never asked anything.
    of_hooks = hooks_router(cast(HookService, None))
    for router in (*ROUTERS, of_hooks):
        yield from router.routes


def shipped() -> str:
    """The reference of the routes that Livedo ships."""
    return document(matrix(shipped_routes()))


if __name__ == "__main__":
    print(shipped(), end="")
