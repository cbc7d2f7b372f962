"""Two readers, each alone: neither sees the other until both have read."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi")

from fastapi import FastAPI

from livedo.registry.adjudication import Readings
from livedo.surfaces.web.serving import demo_application
from tests.web.conftest import READER
from tests.web.guarded import browser, guarded
from tests.web.register_desk import clerk, fill, link_of, read, untouched


@pytest.fixture(scope="module")
def app(demo_record: Path) -> Iterator[FastAPI]:
    made = demo_application(demo_record, READER, processes=1)
    yield guarded(made)
    made.state.service.close()


@pytest.fixture
def person(app: FastAPI) -> str:
    """Somebody of whom nobody has read anything."""
    found = untouched(app)
    fill(clerk(app), link_of(app, found), "case", f__first_contact_on="2026-03")
    return found


@pytest.fixture
def link(app: FastAPI, person: str) -> str:
    return link_of(app, person)


def readings(app: FastAPI, person: str) -> Readings:
    found: Readings = app.state.register.readings(person)
    return found


def test_what_the_first_reader_says_is_hidden_until_the_second_has_read(
    app: FastAPI, person: str, link: str
) -> None:
    read(clerk(app, "reader-1"), link, "probable", comment="typical plaque")
    others = (clerk(app, "reader-2"), browser(app, "viewer", name="reader-3"))
    for other in others:
        for place in ("", "/reading"):
            page = other.get(f"/register/{link}{place}").text
            assert "one of two has read" in page
            assert "typical plaque" not in page
    own = clerk(app, "reader-1").get(f"/register/{link}/reading").text
    assert "typical plaque" in own
    read(clerk(app, "reader-2"), link, "suspected")
    for other in others:
        assert "typical plaque" in other.get(f"/register/{link}").text


def test_readers_who_differ_come_to_a_consensus_and_all_readings_stay(
    app: FastAPI, person: str, link: str
) -> None:
    early = read(clerk(app, "reader-1"), link, "confirmed", reading="consensus")
    assert early.status_code == 422
    read(clerk(app, "reader-1"), link, "confirmed")
    read(clerk(app, "reader-2"), link, "suspected")
    assert readings(app, person).stage == "disagreed"
    page = read(clerk(app, "reader-1"), link, "probable", reading="consensus")
    assert "consensus" in page.text
    found = readings(app, person)
    assert found.stage == "consensus"
    assert found.settled is not None
    assert found.settled.verdict == "probable"
    assert found.first
    assert found.second


def test_readers_who_agree_need_no_consensus(app: FastAPI, person: str, link: str) -> None:
    for name in ("reader-1", "reader-2"):
        read(clerk(app, name), link, "confirmed")
    assert readings(app, person).stage == "agreed"
    assert 'name="verdict"' not in clerk(app).get(f"/register/{link}/reading").text
    third = read(clerk(app, "reader-3"), link, "suspected")
    assert third.status_code == 422
    assert readings(app, person).further == ()


def test_a_reader_may_think_again_before_the_other_has_read_and_not_after(
    app: FastAPI, person: str, link: str
) -> None:
    first = clerk(app, "reader-1")
    read(first, link, "suspected")
    read(first, link, "probable")
    found = readings(app, person)
    assert found.first
    assert (found.first.verdict, found.second) == ("probable", None)
    read(clerk(app, "reader-2"), link, "probable")
    assert read(first, link, "confirmed").status_code == 422
    assert readings(app, person).first
    undoing = {"entry_id": uuid.uuid4().hex, "undoes": readings(app, person).first.entry_id}  # type: ignore[union-attr]
    assert first.post(f"/register/{link}/undo", data=undoing).status_code == 422
    assert readings(app, person).stage == "agreed"


def test_nobody_takes_back_the_reading_of_somebody_else(
    app: FastAPI, person: str, link: str
) -> None:
    read(clerk(app, "reader-1"), link, "suspected")
    found = readings(app, person).first
    assert found
    undoing = {"entry_id": uuid.uuid4().hex, "undoes": found.entry_id}
    assert clerk(app, "reader-2").post(f"/register/{link}/undo", data=undoing).status_code == 422
    assert clerk(app, "reader-1").post(f"/register/{link}/undo", data=undoing).status_code == 200
    assert readings(app, person).stage == "unread"


def test_the_cause_of_death_is_asked_once_the_person_has_died(
    app: FastAPI, person: str, link: str
) -> None:
    client = clerk(app, "reader-1")
    assert 'name="cause"' not in client.get(f"/register/{link}/reading").text
    fill(client, link, "outcome", f__died_on="2026-10")
    assert 'name="cause"' in client.get(f"/register/{link}/reading").text
    assert read(client, link, "confirmed").status_code == 422
    read(client, link, "confirmed", cause="disease")
    read(clerk(app, "reader-2"), link, "confirmed", cause="other")
    assert readings(app, person).stage == "disagreed"


def test_a_reading_sent_twice_is_one(app: FastAPI, person: str, link: str) -> None:
    client = clerk(app, "reader-2")
    read(clerk(app, "reader-1"), link, "confirmed")
    sent = {"entry_id": uuid.uuid4().hex, "reading": "single", "verdict": "confirmed"}
    for _ in range(2):
        assert client.post(f"/register/{link}/reading", data=sent).status_code == 200
    assert readings(app, person).further == ()


def test_a_verdict_must_be_chosen(app: FastAPI, person: str, link: str) -> None:
    answer = read(clerk(app, "reader-1"), link, "", comment="not sure yet")
    assert answer.status_code == 422
    assert "not sure yet" in answer.text
    assert readings(app, person).stage == "unread"
