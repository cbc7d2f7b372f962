"""What a nephrologist does with a line of the list, besides acting on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from livedo.act.attention import attention_of
from livedo.decisions.entries import Acknowledged, Dismissed, Entry, Snoozed, kind_of
from livedo.instants import DAY
from livedo.surfaces.web.serving import demo_application
from tests.web.browsers import Browser
from tests.web.conftest import READER

NOW = 1_000 * DAY


@pytest.fixture
def ward_round(demo_record: Path) -> Iterator[TestClient]:
    """A browser over an application in which nothing was entered yet."""
    app = demo_application(demo_record, READER, processes=1)
    with Browser(app, base_url="http://127.0.0.1") as client:
        yield client


def row_of(page: str, person_id: str) -> str:
    """The row of one person, as HTML."""
    rows = re.findall(r'<tr class="p".*?</tr>', page, flags=re.S)
    return next((row for row in rows if f">{person_id}</a>" in row), "")


def fields_of(row: str) -> dict[str, str]:
    """The hidden fields of the first form that acts on a row."""
    form = row[row.index("/attention") :]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


def act_on(client: TestClient, person_id: str, **chosen: str) -> str:
    """Sends the form of a person's row and gives the page that follows."""
    row = row_of(client.get("/worklist").text, person_id)
    link = re.search(r"/patients/[0-9a-f]+", row)
    assert link is not None
    answer = client.post(f"{link[0]}/attention", data={**fields_of(row), **chosen})
    assert answer.status_code == 200
    return answer.text


def test_seen_stays_on_the_list_and_says_by_whom(ward_round: TestClient) -> None:
    page = act_on(ward_round, "B-044", how="acknowledged")
    assert "Seen by demo" in row_of(page, "B-044")


def test_put_aside_leaves_the_list_until_its_time_and_is_counted(ward_round: TestClient) -> None:
    page = act_on(ward_round, "B-072", how="snoozed", days="7")
    assert row_of(page, "B-072") == ""
    assert "put aside 1" in page
    aside = ward_round.get("/worklist?aside=1").text
    assert "Put aside by demo until 26 Nov 2026" in row_of(aside, "B-072")


def test_undo_brings_the_line_back_as_it_was(ward_round: TestClient) -> None:
    act_on(ward_round, "B-072", how="dismissed", reason="acted_upon")
    row = row_of(ward_round.get("/worklist?aside=1").text, "B-072")
    link = re.search(r'action="(/patients/[0-9a-f]+/undo)"', row)
    assert link is not None
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', row))
    page = ward_round.post(link[1], data=fields | {"back": "/worklist"}).text
    assert row_of(page, "B-072")
    assert "put aside" not in page.split("<table")[0].split("filter")[1]


def test_a_sent_form_that_is_sent_again_is_one_entry(ward_round: TestClient) -> None:
    row = row_of(ward_round.get("/worklist").text, "B-077")
    link = re.search(r"/patients/[0-9a-f]+", row)
    assert link is not None
    data = {**fields_of(row), "how": "acknowledged"}
    for _ in range(2):
        ward_round.post(f"{link[0]}/attention", data=data)
    store = ward_round.app.state.service.store  # type: ignore[attr-defined]
    assert len(store.of_person("B-077")) == 1


@pytest.mark.parametrize(
    "chosen",
    [
        {"how": "snoozed", "days": "31"},
        {"how": "snoozed", "days": "400"},
        {"how": "dismissed", "reason": "other", "comment": " "},
        {"how": "dismissed", "reason": "made_up"},
        {"how": "erased"},
    ],
)
def test_what_the_page_does_not_offer_is_not_kept(
    ward_round: TestClient, chosen: dict[str, str]
) -> None:
    row = row_of(ward_round.get("/worklist").text, "B-072")
    link = re.search(r"/patients/[0-9a-f]+", row)
    assert link is not None
    answer = ward_round.post(f"{link[0]}/attention", data={**fields_of(row), **chosen})
    assert answer.status_code == 422
    assert row_of(ward_round.get("/worklist").text, "B-072")


def test_nobody_is_sent_elsewhere_after_an_entry(ward_round: TestClient) -> None:
    row = row_of(ward_round.get("/worklist").text, "B-072")
    link = re.search(r"/patients/[0-9a-f]+", row)
    assert link is not None
    data = {**fields_of(row), "how": "acknowledged", "back": "//elsewhere.example/x"}
    answer = ward_round.post(f"{link[0]}/attention", data=data, follow_redirects=False)
    assert answer.headers["location"].startswith("/worklist#p-")


def entry(body: Acknowledged | Snoozed | Dismissed, at: int = NOW) -> Entry:
    """An entry of this body."""
    return Entry(
        entry_id="e1",
        person_id="p1",
        kind=kind_of(body),  # type: ignore[arg-type]
        entered_at=at,
        entered_by="nurse",
        body=body,
        sequence=1,
    )


def test_a_new_finding_ends_a_snooze_at_once() -> None:
    kept = [entry(Snoozed(until=NOW + 7 * DAY, rules=("risk/warfarin",)))]
    assert attention_of(kept, ["risk/warfarin"], NOW) is not None
    assert attention_of(kept, ["risk/warfarin", "suspicion/livedo"], NOW) is None


def test_a_snooze_always_ends_whatever_was_written() -> None:
    kept = [entry(Snoozed(until=NOW + 4_000 * DAY, rules=("risk/warfarin",)))]
    assert attention_of(kept, ["risk/warfarin"], NOW + 29 * DAY) is not None
    assert attention_of(kept, ["risk/warfarin"], NOW + 30 * DAY) is None


def test_a_dismissal_holds_for_what_was_dismissed_and_for_nothing_else() -> None:
    kept = [entry(Dismissed(rules=("danger/vka_in_use",), reason="benefit_weighed"))]
    assert attention_of(kept, ["danger/vka_in_use"], NOW) is not None
    assert attention_of(kept, ["danger/vka_in_use", "suspicion/ulcer"], NOW) is None


def test_a_new_ulcer_elsewhere_brings_a_dismissed_patient_back_at_once(
    ward_round: TestClient,
) -> None:
    act_on(ward_round, "B-044", how="dismissed", reason="acted_upon")
    assert row_of(ward_round.get("/worklist").text, "B-044") == ""
    enter_at(ward_round, "B-044", "thigh-left", do="save", ulcer="yes", pain="8")
    assert row_of(ward_round.get("/worklist").text, "B-044")


def test_a_clear_place_leaves_a_dismissed_patient_dismissed(ward_round: TestClient) -> None:
    act_on(ward_round, "B-044", how="dismissed", reason="acted_upon")
    enter_at(ward_round, "B-044", "thigh-left", do="clear")
    assert row_of(ward_round.get("/worklist").text, "B-044") == ""


def test_a_decision_that_other_causes_are_excluded_is_asked_for_again_after_a_new_lesion(
    ward_round: TestClient,
) -> None:
    service = ward_round.app.state.service  # type: ignore[attr-defined]
    address = f"/patients/{service.link_of('B-077')}"
    told = {"concept": "decision.alternatives_excluded", "present": "yes", "entry_id": "d1"}
    page = ward_round.post(f"{address}/decision", data=told).text
    assert "Something new was found since" not in page
    enter_at(ward_round, "B-077", "thigh-left", do="save", ulcer="yes", pain="8")
    assert "Something new was found since" in ward_round.get(address).text


def test_what_was_erased_about_a_patient_is_on_no_page_of_a_running_service(
    ward_round: TestClient,
) -> None:
    act_on(ward_round, "B-044", how="dismissed", reason="other", comment="words to be erased")
    enter_at(ward_round, "B-072", "thigh-left", do="save", ulcer="yes", pain="8")
    service = ward_round.app.state.service  # type: ignore[attr-defined]
    for person_id in ("B-044", "B-072"):
        service.store.forget(person_id, by="officer", reason="request", at=service.clock.now())
    patient = ward_round.get(f"/patients/{service.link_of('B-044')}").text
    assert "words to be erased" not in patient + ward_round.get("/worklist?aside=1").text
    page = ward_round.get("/worklist").text
    assert row_of(page, "B-044")
    assert "Ulcerated" not in row_of(page, "B-072")


def enter_at(client: TestClient, person_id: str, region: str, **tapped: str) -> None:
    """What a nurse taps at one place of a person's skin round."""
    service = client.app.state.service  # type: ignore[attr-defined]
    at = f"/patients/{service.link_of(person_id)}/round"
    page = client.get(at, params={"region": region}).text
    fields = dict(re.findall(r'<input type="hidden" name="(csrf|entry_id)" value="([^"]*)"', page))
    answer = client.post(at, data={**fields, "region": region, **tapped})
    assert answer.status_code == 200


def test_somebody_in_danger_comes_back_the_next_day_even_when_dismissed() -> None:
    kept = [entry(Dismissed(rules=("danger/vka_in_use",), reason="acted_upon"))]
    speaking, next_day = ["danger/vka_in_use"], NOW + DAY
    assert attention_of(kept, speaking, next_day) is not None
    assert attention_of(kept, speaking, next_day - 1, is_danger=True) is not None
    assert attention_of(kept, speaking, next_day, is_danger=True) is None
