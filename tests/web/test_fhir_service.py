"""A record system sends one person's Bundle and gets the assessment; nothing is kept."""

from __future__ import annotations

import gzip
import json
import threading
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from livedo.demo.unit import penile_case
from livedo.surfaces.web import assessing, bodies
from tests.intake.made import bundle, condition, finding, patient, request, result
from tests.surfaces.test_fhir_out import resources, validated

FHIR = "application/fhir+json"
CONTRACT = json.loads(
    (Path(__file__).parents[1] / "surfaces" / "patient.schema.json").read_text("utf-8")
)
CASE = msgspec.json.encode(penile_case())
WARFARIN = msgspec.json.encode(bundle(patient(), request(), condition(), result(2.4, "mmol/L")))


def send(browser: TestClient, body: bytes, address: str = "/api/assess", **headers: str) -> Any:
    """The answer to a document."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return browser.post(address, content=body, headers={"content-type": FHIR, **named})


def link_of(browser: TestClient, person_id: str) -> str:
    found = browser.get("/worklist.json?group=all").json()["patients"]
    return next(one["link"] for one in found if one["person_id"] == person_id)


def test_a_bundle_gives_the_document_of_the_contract(browser: TestClient) -> None:
    answer = send(browser, CASE)
    assert answer.status_code == 200, answer.text
    made = answer.json()
    jsonschema.validate(made, CONTRACT)
    assert made["state"] == "ulcerated"
    read = made["read"]
    assert read["in"] == read["used"] + read["set_aside"]
    assert answer.headers["cache-control"] == "no-store"


def test_who_asks_for_fhir_gets_fhir_with_what_was_set_aside(browser: TestClient) -> None:
    answer = send(browser, CASE, "/api/assess?lang=da", accept=FHIR)
    assert answer.headers["content-type"] == FHIR
    validated(answer.json())
    assert len(resources(answer.json(), "OperationOutcome")) == 1
    assert resources(answer.json(), "RiskAssessment")[0]["language"] == "da"


def test_the_moment_the_units_and_the_silence_are_the_senders(browser: TestClient) -> None:
    early = send(browser, CASE, "/api/assess?as_of=2007-07-01").json()
    late = send(browser, CASE).json()
    assert early["read"]["as_of"] < late["read"]["as_of"]
    assert early["explanation"]["data"]["facts"] < late["explanation"]["data"]["facts"]
    silent = "/api/assess?observed=drug%3D2020-01-01..2026-11-01,history&units=conventional"
    declared = send(browser, WARFARIN, silent).json()
    assert declared["explanation"]["data"]["observed"] != []
    assert declared["explanation"]["units"] == "conventional"


def test_nothing_that_was_sent_is_kept(browser: TestClient) -> None:
    before = browser.get("/worklist.json?group=all").json()
    assert send(browser, WARFARIN).status_code == 200
    assert browser.get("/worklist.json?group=all").json() == before


def test_a_patient_page_has_a_fhir_twin(browser: TestClient) -> None:
    answer = browser.get(link_of(browser, "B-044") + "/fhir?lang=en")
    assert answer.headers["content-type"] == FHIR
    validated(answer.json())
    assert resources(answer.json(), "OperationOutcome") == []
    (one,) = resources(answer.json(), "RiskAssessment")
    assert one["subject"]["reference"] == "Patient/B-044"


# -- refused ----------------------------------------------------------------------------


def refusal(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()["error"]
    assert found["what"]
    return found


def test_two_people_in_one_document_are_refused(browser: TestClient) -> None:
    body = msgspec.json.encode(bundle(patient("a"), patient("b"), result(2.4, "mmol/L")))
    told = refusal(send(browser, body), 422)
    assert "2 people" in told["what"]
    assert "livedo screen" in told["still_works"]


def test_nobody_is_refused(browser: TestClient) -> None:
    refusal(send(browser, msgspec.json.encode(bundle(result(2.4, "mmol/L")))), 422)


def test_a_person_without_a_date_needs_a_moment(browser: TestClient) -> None:
    body = msgspec.json.encode(patient())
    assert "as_of" in refusal(send(browser, body), 422)["next_step"]
    assert send(browser, body, "/api/assess?as_of=2026-11-01").status_code == 200


def test_a_refusal_is_an_operation_outcome_for_who_speaks_fhir(browser: TestClient) -> None:
    answer = send(browser, b"", accept=FHIR)
    assert answer.status_code == 422
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert answer.json()["issue"][0]["severity"] == "error"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"content_encoding": "gzip"}, gzip.compress(CASE)),
        ({"content_encoding": "br"}, CASE),
        ({"content_type": "application/fhir+xml"}, b"<Bundle/>"),
        ({"content_type": "text/html"}, CASE),
        ({"content_type": "application/fhir+json; charset=iso-8859-1"}, CASE),
        ({"content_type": "multipart/form-data; boundary=x"}, CASE),
        ({"content_type": ""}, CASE),
    ],
)
def test_what_is_not_plain_json_is_refused_unread(
    browser: TestClient, headers: dict[str, str], body: bytes
) -> None:
    refusal(send(browser, body, **headers), 415)


def test_a_body_that_is_too_large_is_refused_declared_or_not(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies.json_body, "__defaults__", (1 << 20,))
    large = b" " * (1 << 20) + CASE
    refusal(send(browser, large), 413)
    pieces = iter([large[:700_000], large[700_000:]])
    answer = browser.post("/api/assess", content=pieces, headers={"content-type": FHIR})
    refusal(answer, 413)


@pytest.mark.parametrize(
    "query", ["as_of=yesterday", "observed=/etc/passwd", "observed=drug%3D", "as_of=99999-01-01"]
)
def test_a_query_that_cannot_be_read_is_refused_and_not_repeated(
    browser: TestClient, query: str
) -> None:
    answer = send(browser, CASE, f"/api/assess?{query}")
    refusal(answer, 400)
    assert "passwd" not in answer.text
    assert "yesterday" not in answer.text


def test_too_many_lesions_or_items_are_refused(browser: TestClient) -> None:
    lesions = [
        finding(
            "sign.ulcer", f"f{n}", identifier=[{"system": "urn:livedo:lesion", "value": f"{n}"}]
        )
        for n in range(101)
    ]
    refusal(send(browser, msgspec.json.encode(bundle(patient(), *lesions))), 413)
    refusal(send(browser, b'{"resourceType":"Bundle","entry":[' + b"1," * 400_000 + b"1]}"), 413)
    crumbs = b'{"resourceType":"Bundle","entry":[' + b"{}," * 100_001 + b"{}]}"
    refusal(send(browser, crumbs), 413)


def test_a_flood_is_refused_quickly_and_the_pages_still_open(
    demo_app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    assessor: assessing.Assessor = demo_app.state.assessor
    with TestClient(demo_app, base_url="http://127.0.0.1") as browser:
        taken = [assessor.place() for _ in range(assessing.MOST_AT_ONCE)]
        for place in taken:
            place.__enter__()
        try:
            refusal(send(browser, CASE), 503)
            assert browser.get("/worklist").status_code == 200
        finally:
            for place in taken:
                place.__exit__(None, None, None)
        assert send(browser, CASE).status_code == 200


def test_many_at_once_each_get_their_own_answer(demo_app: FastAPI) -> None:
    people = [f"p{n}" for n in range(6)]
    found: dict[str, str] = {}

    def ask(person: str) -> None:
        body = msgspec.json.encode(
            bundle(
                patient(person), result(2.4, "mmol/L", subject={"reference": f"Patient/{person}"})
            )
        )
        with TestClient(demo_app, base_url="http://127.0.0.1") as browser:
            found[person] = send(browser, body).json()["person_id"]

    threads = [threading.Thread(target=ask, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {person: person for person in people}
