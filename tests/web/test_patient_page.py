"""One patient in the browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from livedo.surfaces.web.serving import demo_application
from tests.web.browsers import Browser
from tests.web.conftest import READER


@pytest.fixture
def consultation(demo_record: Path) -> Iterator[TestClient]:
    """A browser over an application in which nothing was entered yet."""
    app = demo_application(demo_record, READER, processes=1)
    with Browser(app, base_url="http://127.0.0.1") as client:
        yield client


def link_of(client: TestClient, person_id: str) -> str:
    """The address of a person."""
    link: str = client.app.state.service.link_of(person_id)  # type: ignore[attr-defined]
    return f"/patients/{link}"


def test_why_why_not_and_cannot_tell_stand_on_the_page_itself(browser: TestClient) -> None:
    page = browser.get(link_of(browser, "B-044")).text
    for heading in ("Why</h3>", "Why not</h3>", "Cannot tell, because</h3>"):
        assert heading in page


def test_the_twin_is_the_document_of_the_command_line(browser: TestClient) -> None:
    twin = browser.get(f"{link_of(browser, 'B-044')}.json").json()
    assert twin["person_id"] == "B-044"
    assert {"explanation", "workup", "differential", "plan", "safety", "palpation"} <= set(twin)


def test_an_address_that_nobody_has_is_not_found_and_names_nobody(browser: TestClient) -> None:
    answer = browser.get("/patients/00000000000000000000")
    assert answer.status_code == 404
    assert "B-0" not in answer.text


def test_a_recorded_decision_counts_at_once_and_can_be_undone(consultation: TestClient) -> None:
    link = link_of(consultation, "B-082")

    def alternatives() -> str:
        page = consultation.get(link).text
        found = re.search(r"Other causes excluded</dt><dd>(.*?)</dd>", page, flags=re.S)
        assert found is not None
        return found[1]

    assert "nothing recorded" in alternatives()
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', alternatives()))
    consultation.post(f"{link}/decision", data={**fields, "present": "yes"})
    assert "yes, recorded" in alternatives()
    twin = consultation.get(f"{link}.json").json()
    assert "certainty/alternatives_excluded" not in str(twin["unknown"])
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', alternatives()))
    consultation.post(f"{link}/undo", data=fields)
    assert "nothing recorded" in alternatives()


def test_a_finding_is_never_entered_as_a_decision(consultation: TestClient) -> None:
    link = link_of(consultation, "B-082")
    data = {"concept": "sign.ulcer", "present": "no", "entry_id": "x1"}
    assert consultation.post(f"{link}/decision", data=data).status_code == 422


def test_the_referral_is_there_where_it_is_suspected_and_holds_no_name(
    browser: TestClient,
) -> None:
    page = browser.get(f"{link_of(browser, 'B-044')}/referral").text
    assert "dermatology" in page.lower()
    assert browser.get(f"{link_of(browser, 'B-044')}/referral.json").json()["referral"]


def test_a_patient_without_suspicion_has_no_referral(browser: TestClient) -> None:
    twin = browser.get(f"{link_of(browser, 'B-001')}/referral.json").json()
    assert twin["referral"] is None


def test_the_leaflet_opens_in_danish(browser: TestClient) -> None:
    assert '<html lang="da">' in browser.get("/leaflet?lang=da").text
    assert browser.get("/leaflet.json").json()["lang"] == "da"
