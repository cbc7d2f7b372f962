"""Invented names, ids and notes go through every route and every command and leave no trace.

They may stand on the page of the person and in the answer that was asked for. They never stand
in a log, an error, the audit log, an address or the name of a file.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from fastapi import FastAPI
from starlette.testclient import TestClient

from livedo.audit.log import open_log
from livedo.record.store import open_record
from livedo.surfaces.cli import cli
from livedo.surfaces.manual import commands
from livedo.surfaces.web.access import Access, TokensInMemory
from livedo.surfaces.web.clock import DemoClock
from livedo.surfaces.web.matrix import matrix
from livedo.surfaces.web.service import Service
from livedo.surfaces.web.serving import application, hook_settings
from tests.hooks.calls import PERSON as CALLER_S_PERSON
from tests.hooks.calls import call, dialysis, drafted, prefetch
from tests.web.browsers import TOKEN, Browser
from tests.web.conftest import READER
from tests.web.guarded import BASE, KEY, PAGE, browser, settings

PERSON = "canary-8f3c"
NAME = "Kanariefugl"
NOTE = "kanarienote"
NUMBER = "0101501234"
CANARIES = (PERSON, NAME, NOTE, NUMBER)
NEVER_RUN = {"livedo demo", "livedo evaluate vignettes", "livedo completion"}
"""They read no record, and take a minute."""

RESOURCES: list[dict[str, Any]] = [
    {
        "resourceType": "Patient",
        "id": PERSON,
        "name": [{"family": NAME, "given": [NAME]}],
        "identifier": [{"system": "urn:oid:1.2.208.176.1.2", "value": NUMBER}],
        "birthDate": "1950-01-01",
        "gender": "female",
    },
    {
        "resourceType": "Condition",
        "id": f"{PERSON}-esrd",
        "subject": {"reference": f"Patient/{PERSON}"},
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "N18.6"}]},
        "onsetDateTime": "2024-01-01",
        "recordedDate": "2024-01-01",
        "note": [{"text": f"{NAME} {NOTE}"}],
    },
    {
        "resourceType": "Observation",
        "id": f"{PERSON}-phosphate",
        "status": "final",
        "subject": {"reference": f"Patient/{PERSON}"},
        "code": {"coding": [{"system": "http://loinc.org", "code": "2777-1"}]},
        "effectiveDateTime": "2026-11-01T08:00:00Z",
        "valueQuantity": {
            "value": 2.4,
            "unit": "mmol/L",
            "system": "http://unitsofmeasure.org",
            "code": "mmol/L",
        },
        "note": [{"text": NOTE}],
    },
    {
        "resourceType": "MedicationRequest",
        "id": f"{PERSON}-warfarin",
        "status": "active",
        "intent": "order",
        "subject": {"reference": f"Patient/{PERSON}"},
        "medicationCodeableConcept": {"text": f"Warfarin {NOTE}"},
        "authoredOn": "2026-01-01",
    },
    {"resourceType": "Observation", "id": PERSON, "code": {"text": NAME}, "valueString": NOTE},
]


def found_in(*texts: str) -> list[str]:
    """The canaries that stand in a text."""
    whole = "\n".join(texts).casefold()
    return [canary for canary in CANARIES if canary.casefold() in whole]


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record that Livedo does not know to be invented."""
    folder = tmp_path_factory.mktemp("ward")
    source = folder / "source.ndjson"
    source.write_text("".join(json.dumps(one) + "\n" for one in RESOURCES))
    done = CliRunner().invoke(cli, ["read", str(source), "--into", str(folder / "record")])
    assert done.exit_code == 0
    assert found_in(done.output) == []
    return folder / "record"


@pytest.fixture
def app(record: Path, tmp_path: Path) -> Iterator[FastAPI]:
    opened = open_record(record)
    clock = DemoClock(opened.newest_known_at or 0)

    def guarded(service: Service) -> Access:
        return Access(
            settings(),
            log=open_log(tmp_path / "audit.log", now=clock.now()),
            now=clock.now,
            link_of=service.link_of,
            use_token=TokensInMemory(),
            session_secret=KEY,
        )

    store = f"sqlite:///{tmp_path / 'store.sqlite'}"
    hooks = hook_settings(READER, "UTC")
    made = application(opened, clock, READER, 1, None, store, hooks, guarded)
    yield made
    made.state.service.close()
    made.state.access.close()


def visitor(app: FastAPI, *roles: str) -> TestClient:
    """Somebody with these roles; as in the demonstration, everybody's and a record system's."""
    if roles != ("demo",):
        return browser(app, *roles)
    app.state.access.is_demo = True
    client = Browser(app, base_url=BASE, headers=PAGE, follow_redirects=False)
    client.headers[TOKEN] = client.token()
    return client


def requests(path: str, link: str) -> Iterator[str]:
    """A route with the right person, and with a canary wherever somebody could write one."""
    yield re.sub(r"\{\w+(:\w+)?\}", link, path)
    yield re.sub(r"\{\w+(:\w+)?\}", PERSON, path) + f"?q={NAME}&lang={NOTE}&{PERSON}={NUMBER}"


BODIES: tuple[dict[str, Any], ...] = (
    {"data": {"note": NOTE, "how": NAME, "entry_id": PERSON, "comment": NOTE, "back": "/worklist"}},
    {"json": {"resourceType": NAME, "id": PERSON, "entry": [{"resource": NOTE}]}},
    {"content": f'{{"{NAME}": "{PERSON}'.encode(), "headers": {"Content-Type": "application/json"}},
    {"files": {"photo": (f"{NAME}.png", NOTE.encode(), "image/png")}},
)


def services(client: TestClient) -> list[str]:
    """What the installation offers to record systems."""
    found = client.get("/cds-services").json()["services"]
    return [service["id"] for service in found]


CALL: dict[str, Any] = json.loads(
    json.dumps(
        {
            **call("order-sign", prefetch(dialysis()), [drafted(f"Marevan {NOTE}")]),
            "fhirServer": f"https://{NAME}.example.org/",
        }
    ).replace(CALLER_S_PERSON, PERSON)
)
CALLS = (CALL, {**CALL, "prefetch": {NAME: NOTE}}, {**CALL, "context": PERSON}, {NAME: NUMBER})


def ask_everything(app: FastAPI, client: TestClient) -> Iterator[tuple[str, Any]]:
    service = app.state.service
    link = service.link_of(PERSON)
    client.headers["User-Agent"] = client.headers["X-Request-Id"] = NAME
    for row in matrix(app.routes):
        for address in requests(row.path, link):
            for body in BODIES if row.method not in ("GET", "HEAD") else ({},):
                yield row.path, client.request(row.method, address, **body)
    for service_id in services(client):
        for body in CALLS:
            address = f"/cds-services/{service_id}"
            asked = {**body, "hook": service_id.removeprefix("livedo-")}
            yield "hook call", client.post(address, json=asked)
            yield "feedback", client.post(f"{address}/feedback", json=body)
    for address in (f"/{NAME}", f"/patients/{PERSON}/{NOTE}", f"/../{NAME}", f"/%2e%2e/{NUMBER}"):
        yield address, client.get(address)


@pytest.mark.parametrize("roles", [(), ("clinician",), ("viewer", "steward", "admin"), ("demo",)])
def test_no_route_lets_a_canary_into_a_log_an_error_or_an_address(
    app: FastAPI,
    tmp_path: Path,
    roles: tuple[str, ...],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    for name in ("livedo", "uvicorn", "authlib", "sqlalchemy", "asyncio"):
        caplog.set_level(logging.DEBUG, name)
    leaks, statuses = [], set()
    answered: set[tuple[str, int]] = set()
    for route, answer in ask_everything(app, visitor(app, *roles)):
        statuses.add(answer.status_code)
        answered.add((route, answer.status_code))
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        is_quiet = answer.status_code >= 400 or "metrics" in route or "health" in route
        leaked = found_in(headers, answer.text if is_quiet else "")
        leaks += [(route, answer.status_code, canary) for canary in leaked]
    audit = (tmp_path / "audit.log").read_text(encoding="utf-8")
    names = "\n".join(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*"))
    out, err = capfd.readouterr()
    assert leaks == []
    assert found_in(caplog.text, audit, names, out, err) == []
    assert {200, 404} <= statuses
    assert (("hook call", 200) in answered) is (roles == ("demo",))


def test_the_log_names_the_person_by_the_link_alone(app: FastAPI, tmp_path: Path) -> None:
    link = app.state.service.link_of(PERSON)
    page = browser(app, "viewer").get(f"/patients/{link}")
    assert PERSON in page.text
    assert link in (tmp_path / "audit.log").read_text(encoding="utf-8")


LEAVES = [
    (name, command) for name, command in commands(cli, "livedo")
    if not isinstance(command, click.Group) and name not in NEVER_RUN
]  # fmt: skip


@pytest.mark.parametrize("name", [name for name, _ in LEAVES])
def test_no_command_lets_a_canary_into_an_error_or_the_name_of_a_file(
    record: Path,
    tmp_path: Path,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.chdir(tmp_path)
    caplog.set_level(logging.DEBUG, "livedo")
    for words in ([str(record)], [str(record), PERSON], [f"{NAME}.json"], []):
        done = CliRunner().invoke(cli, [*name.split()[1:], *words])
        typed = [word for word in words if word.casefold() in done.stderr.casefold()]
        leaks = [c for c in found_in(done.stderr) if not any(c in word for word in typed)]
        assert leaks == []
        assert [c for c in found_in(done.stdout) if c in (NAME, NUMBER)] == []
        assert done.exception is None or isinstance(done.exception, SystemExit)
    names = "\n".join(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*"))
    assert found_in(caplog.text, names) == []
