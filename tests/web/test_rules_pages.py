"""The steward reads a rule, changes its number within the bounds, and can take it back."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from livedo.decisions.entries import Dismissed, Feedback, NewEntry
from livedo.decisions.entries import Override as OverrideBody
from livedo.knowledge.load import load_knowledge
from livedo.record.store import open_record
from livedo.surfaces.options import Reader
from livedo.surfaces.web.clock import DemoClock
from livedo.surfaces.web.serving import application, demo_application, new_store_beside
from tests.web.browsers import Browser

READER = Reader(lang="en", units="si", color="never")
PHOSPHATE = "/rules/risk/high_phosphate"
REASON = "The regional guideline begins here."
CHANGE = {"field": "above", "value": "1.9", "unit": "mmol/L", "reason": REASON}


@pytest.fixture
def own_app(demo_record: Path) -> FastAPI:
    """An application of its own, for somebody who changes something."""
    record = open_record(demo_record)
    assert record.newest_known_at is not None
    clock = DemoClock(record.newest_known_at)
    return application(record, clock, READER, 1, None, new_store_beside(demo_record))


@pytest.fixture(scope="module")
def undecided(demo_record: Path) -> Iterator[TestClient]:
    """A steward's browser with which nothing is ever saved."""
    app = demo_application(demo_record, READER, processes=1)
    with Browser(app, base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
def steward(own_app: FastAPI) -> Iterator[TestClient]:
    """A steward's browser."""
    with Browser(own_app, base_url="http://127.0.0.1") as client:
        yield client


def hidden(page: str, name: str) -> str:
    """What a form carries along."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return html.unescape(found[1])


def change(client: TestClient, **fields: str) -> str:
    """Somebody fills in the form, looks at what would change, and saves."""
    wanted = {**CHANGE, **fields}
    seen = client.post(f"{PHOSPHATE}/preview", data=wanted).text
    sent = {name: hidden(seen, name) for name in ("csrf", "entry_id", "field", "value", "reason")}
    saved = client.post(f"{PHOSPHATE}/change", data=sent)
    assert saved.status_code == 200
    return saved.text


# --- reading


def test_every_rule_is_listed_with_a_link_and_the_list_says_how_many(browser: TestClient) -> None:
    page = browser.get("/rules").text
    links = set(re.findall(r'href="/rules/([a-z_]+/[a-z0-9_]+)"', page))
    assert links == set(load_knowledge().rules)
    assert f"{len(links)} rules" in page
    assert "0 are reviewed by a clinician" in page


@pytest.mark.parametrize(
    ("query", "some", "none"),
    [
        ("q=high phosphate", "risk/high_phosphate", "risk/obesity"),
        ("q=RF-07", "risk/high_phosphate", "risk/obesity"),
        ("kind=danger", "danger/vka_in_use", "risk/obesity"),
        ("adjustable=1", "risk/obesity", "danger/vka_in_use"),
        ("q=<script>alert(1)</script>", "", "risk/obesity"),
    ],
)
def test_a_search_in_the_address_narrows_the_list(
    browser: TestClient, query: str, some: str, none: str
) -> None:
    page = browser.get(f"/rules?{query}").text
    assert some in page
    assert f"/rules/{none}" not in page
    assert "<script>alert" not in page
    twin = browser.get(f"/rules.json?{query}").json()
    assert {rule["id"] for rule in twin["rules"]} == set(
        re.findall(r'class="rule" href="/rules/([^"]+)"', page)
    )


def test_the_rule_is_told_in_plain_words_with_patients_claims_and_who_asks_it(
    browser: TestClient,
) -> None:
    page = browser.get(PHOSPHATE).text
    for told in (
        "above 5.5 mg/dL (1.78 mmol/L)",
        "Phosphate 1.81 mmol/L (5.6 mg/dL)",
        'href="/claims/RF-07"',
        'href="/rules/prevention/diet"',
        "Not yet reviewed by a clinician",
        "1.13 mmol/L (3.5 mg/dL) to 2.0 mmol/L (6.2 mg/dL)",
    ):
        assert told in page


@pytest.mark.parametrize("lang", ["en", "da"])
def test_every_rule_and_every_statement_has_a_page_and_every_case_answers_as_it_must(
    browser: TestClient, lang: str
) -> None:
    shelf = browser.app.state.shelves.rules(browser.app.state.default_reader)  # type: ignore[attr-defined]
    every = sorted(shelf.base.rules)
    for rule_id in every[::40]:
        assert browser.get(f"/rules/{rule_id}?lang={lang}").status_code == 200, rule_id
    for rule_id in every:
        found = shelf.page(rule_id)
        assert found.cases
        assert all(case.shipped == case.expected for case in found.cases), rule_id
    for claim_id in sorted(shelf.base.claims)[::20]:
        assert browser.get(f"/claims/{claim_id}?lang={lang}").status_code == 200, claim_id


def test_a_danger_has_no_form_and_says_why(browser: TestClient) -> None:
    page = browser.get("/rules/danger/vka_in_use").text
    assert "No centre can change this rule" in page
    assert "/preview" not in page


def test_a_statement_stands_in_both_languages_with_its_source_and_its_rules(
    browser: TestClient,
) -> None:
    page = browser.get("/claims/risk.hyperphosphataemia").text
    assert "High phosphate." in page
    assert "Forhøjet fosfat." in page
    assert 'href="/rules/risk/high_phosphate"' in page
    assert "confirmed by" in page
    twin = browser.get("/claims/risk.hyperphosphataemia.json").json()
    assert twin["status"] == "executable"


def test_sources_that_disagree_are_both_shown_with_what_decides(browser: TestClient) -> None:
    page = browser.get("/claims/EPI-03").text
    assert "Sources disagree" in page
    assert "contradicts" in page


def test_the_coverage_counts_every_statement(browser: TestClient) -> None:
    counts = browser.get("/knowledge.json").json()["counts"]
    assert sum(sum(by.values()) for by in counts.values()) == len(load_knowledge().claims)
    assert "by a rule that runs" in browser.get("/knowledge").text
    assert len(browser.get("/sources.json").json()["sources"]) > 20


@pytest.mark.parametrize(
    "address", ["/rules/risk/high_fosfat", "/claims/RF-999", "/rules/..%2f..%2fetc/passwd"]
)
def test_an_address_that_nothing_has_is_told_so(browser: TestClient, address: str) -> None:
    assert browser.get(address).status_code == 404
    assert browser.get(f"{address}.json").status_code == 404


def test_a_rule_that_was_misspelled_is_offered(browser: TestClient) -> None:
    assert 'href="/rules/risk/high_phosphate"' in browser.get("/rules/risk/high_fosfat").text


# --- changing


def test_the_steward_sees_what_would_change_before_anything_is_kept(undecided: TestClient) -> None:
    page = undecided.post(f"{PHOSPHATE}/preview", data=CHANGE).text
    assert "18 of 200 people would get another answer." in page
    assert "from 5.5 mg/dL (1.78 mmol/L) to 1.9 mmol/L (5.9 mg/dL)" in page
    assert "B-0" not in page
    assert "Nobody has changed a number" in undecided.get(PHOSPHATE).text
    assert undecided.get("/rules.json?changed=1").json()["rules"] == []


def test_who_they_are_is_told_on_a_page_for_those_who_may_see_patients(
    undecided: TestClient,
) -> None:
    page = undecided.get(f"{PHOSPHATE}/effect?field=above&value=1.9 mmol/L").text
    assert len(re.findall(r'<a href="/patients/[0-9a-f]+">', page)) == 18
    twin = undecided.get(f"{PHOSPHATE}/effect.json?field=above&value=1.9 mmol/L").json()
    assert twin["changed"] == len(twin["links"]) == 18
    assert undecided.get(f"{PHOSPHATE}/effect?field=above&value=9 mmol/L").status_code == 422
    assert undecided.get(f"{PHOSPHATE}/effect").status_code == 422


def test_a_saved_number_counts_at_once_and_shows_its_author_wherever_the_rule_speaks(
    steward: TestClient,
) -> None:
    before = steward.get("/worklist.json").json()
    page = change(steward)
    assert f"as shipped 5.5 mg/dL (1.78 mmol/L). demo, 2026-11-19: {REASON[:-1]}" in page
    assert "in force" in page
    assert "above 1.9 mmol/L (5.9 mg/dL)" in page
    assert "another answer than as shipped" in page
    assert "Numbers this centre has changed" in steward.get("/worklist").text
    after = steward.get("/worklist.json").json()
    assert after["knowledge"] != before["knowledge"]
    speaking = [
        reason
        for person in after["patients"]
        for reason in person["reasons"]
        if reason["rule"] == "risk/high_phosphate"
    ]
    assert speaking
    assert all("demo, 2026-11-19" in reason["override"] for reason in speaking)
    person = next(p for p in after["patients"] if speaking[0] in p["reasons"])
    shown = steward.get(person["link"]).text
    assert "Changed by this centre: the limit is 1.9 mmol/L" in shown
    assert "Numbers this centre has changed" in shown
    assert "changed here" in steward.get("/rules?changed=1").text


def test_a_withdrawn_number_is_as_shipped_again_and_both_stay_in_the_history(
    steward: TestClient,
) -> None:
    shipped = steward.get("/rules.json").json()["knowledge"]
    page = change(steward)
    undoing = {name: hidden(page, name) for name in ("csrf", "undoes")}
    entry_id = page.split("/withdraw")[1]
    undoing["entry_id"] = hidden(entry_id, "entry_id")
    back = steward.post(f"{PHOSPHATE}/withdraw", data=undoing).text
    assert "withdrawn 19 Nov 2026" in back
    assert "above 5.5 mg/dL" in back
    assert steward.get("/rules.json").json()["knowledge"] == shipped
    (past,) = steward.get(f"{PHOSPHATE}.json").json()["history"]
    assert (past["in_force"], past["withdrawn_by"]) == (False, "demo")
    again = steward.post(f"{PHOSPHATE}/withdraw", data=undoing)
    assert again.status_code == 200
    assert len(steward.get(f"{PHOSPHATE}.json").json()["history"]) == 1


def test_the_number_before_counts_again_when_the_last_is_withdrawn(steward: TestClient) -> None:
    change(steward, value="1.85")
    page = change(steward, value="1.95")
    undoing = {"undoes": hidden(page, "undoes"), "entry_id": "back-to-the-first"}
    back = steward.post(f"{PHOSPHATE}/withdraw", data=undoing).text
    assert "above 1.85 mmol/L" in back


def test_a_form_sent_twice_is_one_change(steward: TestClient) -> None:
    seen = steward.post(f"{PHOSPHATE}/preview", data=CHANGE).text
    sent = {name: hidden(seen, name) for name in ("csrf", "entry_id", "field", "value", "reason")}
    for _ in range(2):
        assert steward.post(f"{PHOSPHATE}/change", data=sent).status_code == 200
    assert len(steward.get(f"{PHOSPHATE}.json").json()["history"]) == 1


@pytest.mark.parametrize("step", ["preview", "change"])
@pytest.mark.parametrize(
    ("rule", "fields", "said"),
    [
        (PHOSPHATE, {"value": "2.5"}, "Allowed for the limit: 1.13 mmol/L"),
        (PHOSPHATE, {"value": "1.9", "unit": "kg"}, "cannot be read as the limit"),
        (PHOSPHATE, {"value": "", "unit": "mmol/L"}, "cannot be read as the limit"),
        (PHOSPHATE, {"reason": ""}, "needs a reason"),
        (PHOSPHATE, {"field": "below"}, "has no below that a centre may change"),
        ("/rules/danger/vka_in_use", {}, "No centre can change it"),
        ("/rules/state/at_risk", {}, "has no number that a centre may change"),
    ],
)
def test_what_cannot_be_used_comes_back_with_the_bounds_and_what_was_typed(
    undecided: TestClient, step: str, rule: str, fields: dict[str, str], said: str
) -> None:
    wanted = {**CHANGE, **fields, "entry_id": "one"}
    answer = undecided.post(f"{rule}/{step}", data=wanted)
    assert answer.status_code == 422
    assert said in answer.text
    assert undecided.get("/rules.json?changed=1").json()["rules"] == []


def test_in_danish_a_comma_is_the_decimal_sign_and_in_english_it_is_refused(
    undecided: TestClient,
) -> None:
    wanted = {**CHANGE, "value": "1,9"}
    assert undecided.post(f"{PHOSPHATE}/preview", data=wanted).status_code == 422
    page = undecided.post(f"{PHOSPHATE}/preview?lang=da", data=wanted)
    assert page.status_code == 200
    assert "til 1,9 mmol/l (5,9 mg/dl)" in page.text


def test_what_is_typed_as_a_reason_is_shown_and_never_run(steward: TestClient) -> None:
    page = change(steward, reason='<script>alert("x")</script>')
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_a_rule_without_a_change_cannot_be_withdrawn(undecided: TestClient) -> None:
    answer = undecided.post(f"{PHOSPHATE}/withdraw", data={"undoes": "x", "entry_id": "y"})
    assert answer.status_code == 422
    assert "no such change" in answer.text


def test_a_language_chosen_on_the_page_of_the_effect_leads_back_to_the_rule(
    undecided: TestClient,
) -> None:
    assert undecided.get(f"{PHOSPHATE}/preview?lang=da").url.path == PHOSPHATE


# --- what stands in the store


def entry(entry_id: str, body: Any, kind: Any, person_id: str | None = None) -> NewEntry:
    """An entry of yesterday."""
    return NewEntry(
        entry_id=entry_id,
        person_id=person_id,
        kind=kind,
        entered_at=1_795_000_000_000_000,
        entered_by="Nora Steward",
        body=body,
    )


def test_a_restarted_service_judges_by_what_stands_in_its_store(
    demo_record: Path, tmp_path: Path
) -> None:
    record, store = open_record(demo_record), f"sqlite:///{tmp_path / 'store.sqlite'}"
    assert record.newest_known_at is not None
    clock = DemoClock(record.newest_known_at)
    first = application(record, clock, READER, 1, None, store)
    with Browser(first, base_url="http://127.0.0.1") as client:
        change(client)
        version = client.get("/rules.json").json()["knowledge"]
    second = application(record, clock, READER, 1, None, store)
    with Browser(second, base_url="http://127.0.0.1") as client:
        assert client.get("/rules.json").json()["knowledge"] == version
        assert "in force" in client.get(PHOSPHATE).text


def test_a_number_that_the_rule_no_longer_allows_is_not_used_and_said_so(
    own_app: FastAPI, steward: TestClient
) -> None:
    body = OverrideBody("risk/high_phosphate", "above", "9 mmol/L", "An old bound", "")
    own_app.state.service.store.add([entry("old", body, "override")])
    own_app.state.centre.take_up()
    page = steward.get(PHOSPHATE).text
    assert "no longer allowed, not used" in page
    assert "above 5.5 mg/dL" in page
    change(steward)
    assert "above 1.9 mmol/L" in steward.get(PHOSPHATE).text


def test_the_steward_sees_how_often_what_the_rule_said_was_set_aside(
    own_app: FastAPI, steward: TestClient
) -> None:
    assert "What people did with it" not in steward.get(PHOSPHATE).text
    card = Feedback("order-sign", "c1", "risk/high_phosphate", "overridden", ("known",), None)
    dismissed = Dismissed(("risk/high_phosphate",), "already_known")
    own_app.state.service.store.add(
        [
            entry("f1", card, "feedback"),
            entry("f2", card, "feedback"),
            entry("d1", dismissed, "dismissed", "B-003"),
        ]
    )
    page = steward.get(PHOSPHATE).text
    assert "What people did with it" in page
    figures = steward.get(f"{PHOSPHATE}.json").json()["figures"]
    assert figures["outcomes"] == [["overridden", 2]]
    assert figures["dismissals"] == [["already_known", 1]]
