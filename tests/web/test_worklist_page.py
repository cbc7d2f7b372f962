"""The morning begins with the list."""

from __future__ import annotations

import re

from starlette.testclient import TestClient


def test_the_sickest_stands_first_and_her_name_opens_her_page(browser: TestClient) -> None:
    page = browser.get("/worklist").text
    first = re.search(r'<a class="name" href="(/patients/[0-9a-f]+)">([^<]+)</a>', page)
    assert first is not None
    assert first[2] == "B-044"
    assert "<h1" in (opened := browser.get(first[1]).text)
    assert "B-044" in opened


def test_the_address_of_a_patient_does_not_tell_who_it_is(browser: TestClient) -> None:
    page = browser.get("/worklist").text
    links = re.findall(r'href="(/patients/[^"#]+)', page)
    assert links
    assert not any("B-0" in link for link in links)


def test_a_group_in_the_address_shows_that_group_only(browser: TestClient) -> None:
    page = browser.get("/worklist?group=1").text
    assert 'id="g1"' in page
    assert 'id="g2"' not in page
    assert "B-044" in page


def test_the_twin_for_programs_lists_the_same_people(browser: TestClient) -> None:
    page = browser.get("/worklist?group=2").text
    twin = browser.get("/worklist.json?group=2").json()
    named = re.findall(r'<a class="name"[^>]*>([^<]+)</a>', page)
    assert [patient["person_id"] for patient in twin["patients"]] == named


def test_danish_and_conventional_units_stay_chosen_on_the_next_page(browser: TestClient) -> None:
    browser.get("/worklist?lang=da&units=conventional")
    page = browser.get("/worklist").text
    assert '<html lang="da">' in page
    assert "Arbejdsliste" in page


def test_a_page_loads_nothing_from_elsewhere_and_runs_no_inline_script(browser: TestClient) -> None:
    answer = browser.get("/worklist")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert " style=" not in answer.text
    assert not re.search(r"<script(?![^>]*\bsrc=)", answer.text)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text)


def test_an_unknown_address_is_not_found(browser: TestClient) -> None:
    assert browser.get("/static/style-0000000000.css").status_code == 404


def test_the_list_leaves_as_a_table_and_as_fhir_with_the_same_people(browser: TestClient) -> None:
    twin = browser.get("/worklist.json?group=2").json()
    listed = [patient["person_id"] for patient in twin["patients"]]
    table = browser.get("/worklist.csv?group=2")
    assert table.headers["content-disposition"] == 'attachment; filename="worklist.csv"'
    assert [row.split(",")[0] for row in table.text.splitlines()[1:]] == listed
    bundle = browser.get("/worklist/fhir?group=2").json()
    kinds = [entry["resource"]["resourceType"] for entry in bundle["entry"]]
    assert kinds.count("RiskAssessment") == len(listed)


def test_what_the_list_is_compared_with_is_a_date_in_words(browser: TestClient) -> None:
    assert "Compared with 22 Oct 2026." in browser.get("/worklist?lang=en").text
    assert "Sammenlignet med 22. okt. 2026" in browser.get("/worklist?lang=da").text
    browser.get("/worklist?lang=en")
