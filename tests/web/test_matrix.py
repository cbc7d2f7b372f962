"""Every route with every role: who is let in, who is not, and that the reference says so."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from livedo.access.roles import PEOPLE
from livedo.surfaces.web.matrix import Row, matrix, shipped, shipped_routes
from tests.documents.pages import DOCS
from tests.web.guarded import browser, events, guarded

ROWS = matrix(shipped_routes())
REFUSED = (401, 403)


@pytest.fixture(scope="module")
def app(demo_app: FastAPI) -> FastAPI:
    return guarded(demo_app)


@pytest.fixture(scope="module")
def link(demo_app: FastAPI) -> str:
    service = demo_app.state.service
    return str(service.link_of(next(iter(service.person_ids()))))


def name(row: Row) -> str:
    return f"{row.method} {row.path}"


def open_route(client: TestClient, row: Row, link: str) -> int:
    """The status of a route, with a real patient where it asks for one."""
    path = re.sub(r"\{(\w+)(?::\w+)?\}", lambda m: link if m[1] == "link" else "none", row.path)
    return client.request(row.method, path).status_code


def test_the_reference_of_the_routes_is_current() -> None:
    # After a change that somebody looked at: python -m livedo.surfaces.web.matrix
    assert (DOCS / "reference" / "routes.md").read_text(encoding="utf-8") == shipped()


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_a_stranger_opens_only_what_is_open_to_all(app: FastAPI, link: str, row: Row) -> None:
    program = browser(app)
    program.headers["Accept"] = "application/json"
    status = open_route(program, row, link)
    if row.reason:
        # Without a form's token nobody changes anything, not even a stranger.
        assert (status == 401) is False
    else:
        assert status == 401


@pytest.mark.parametrize("role", PEOPLE)
@pytest.mark.parametrize("row", [row for row in ROWS if not row.reason], ids=name)
def test_a_role_opens_its_routes_and_no_other(app: FastAPI, link: str, row: Row, role: str) -> None:
    before = len(events(app))
    status = open_route(browser(app, role), row, link)
    if role in row.roles:
        assert status not in REFUSED
    else:
        assert status == (401 if row.roles == {"hooks"} else 403)
    new = events(app)[before:]
    if row.has_patient_data or role not in row.roles:
        assert len(new) == 1
    assert {event.route for event in new} <= {row.path}


def test_a_steward_and_an_administrator_read_no_patient() -> None:
    reads = [row for row in ROWS if row.has_patient_data and row.method == "GET"]
    assert reads
    assert [row.path for row in reads if row.roles & {"steward", "admin"}] == []


def matrix_of(app: FastAPI) -> Iterator[str]:
    yield from (row.path for row in matrix(app.routes))


def test_the_application_has_no_route_that_the_reference_lacks(app: FastAPI) -> None:
    assert set(matrix_of(app)) == {row.path for row in ROWS}
