"""A nurse's morning: who is due, what is there, and what one tap says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi")

from fastapi import FastAPI
from starlette.testclient import TestClient

from livedo.decisions.entries import Area, Examination
from livedo.surfaces.web.gate import DEMO
from livedo.surfaces.web.service import NO_ROSTER, Service
from livedo.surfaces.web.serving import demo_application
from livedo.surfaces.web.ward import Ward
from tests.web.browsers import Browser
from tests.web.conftest import READER

PLAQUE: dict[str, Any] = {
    "region": "thigh-left",
    "sign": ["sign.plaque", "sign.induration"],
    "seen_length": "6",
    "seen_width": "4",
    "felt_length": "11",
    "felt_width": "8",
    "pain": "7",
    "ulcer": "no",
}


@pytest.fixture(scope="module")
def app(demo_record: Path) -> Iterator[FastAPI]:
    made = demo_application(demo_record, READER, processes=1)
    yield made
    made.state.service.close()


@pytest.fixture
def nurse(app: FastAPI) -> Iterator[TestClient]:
    with Browser(app, base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
def service(app: FastAPI) -> Service:
    found: Service = app.state.service
    return found


@pytest.fixture
def ward(app: FastAPI) -> Ward:
    found: Ward = app.state.ward
    return found


_taken: set[str] = set()


@pytest.fixture
def patient(ward: Ward, service: Service) -> str:
    """Somebody overdue for the round about whom nothing else is known, for this test alone."""
    for line in ward.lines():
        if line.group == "palpation_overdue" and line.person_id not in _taken:
            _taken.add(line.person_id)
            return line.person_id
    raise AssertionError("nobody is overdue")


def page_of(service: Service, person_id: str) -> str:
    return f"/patients/{service.link_of(person_id)}/round"


def save(nurse: TestClient, address: str, form: str, do: str = "save", **fields: Any) -> Any:
    return nurse.post(address, data={"entry_id": form, "do": do, **fields})


def areas_of(service: Service, person_id: str) -> list[Area]:
    return [
        area
        for entry in service.entered(person_id)
        if isinstance(entry.body, Examination)
        for area in entry.body.areas
    ]


# -- the list ----------------------------------------------------------------------------------


def test_the_list_begins_with_the_shift_of_today_and_goes_chair_by_chair(
    nurse: TestClient,
) -> None:
    page = nurse.get("/round?show=all").text
    headings = re.findall(r"<h2>([^<]+)<", page)
    assert headings[0].startswith("Tue Thu Sat, morning")
    first = page[page.index("<h2>") : page.index("<h2>", page.index("<h2>") + 1)]
    chairs = [int(chair) for chair in re.findall(r"</span> <b>(\d+)</b></p>", first)]
    assert chairs == sorted(chairs)
    assert len(chairs) > 5


def test_a_shift_in_the_address_shows_that_shift_only(nurse: TestClient) -> None:
    people = nurse.get("/round.json?shift=mwf-morning&show=all").json()["patients"]
    assert people
    assert {person["shift"] for person in people} == {"MWF morning"}
    home = nurse.get("/round.json?shift=home&show=all").json()["patients"]
    assert {person["days"] for person in home} == {"home"}
    assert {person["chair"] for person in home} == {None}


def test_somebody_palpated_last_week_is_listed_only_where_everybody_is_asked_for(
    nurse: TestClient,
) -> None:
    due = {person["person_id"] for person in nurse.get("/round.json").json()["patients"]}
    everybody = nurse.get("/round.json?show=all").json()["patients"]
    later = {person["person_id"] for person in everybody if person["due"] == "later"}
    assert later
    assert not later & due


def test_without_a_roster_the_list_says_so_and_still_lists_everybody(
    nurse: TestClient, service: Service, ward: Ward
) -> None:
    kept = service.roster
    service.roster = NO_ROSTER
    service.__dict__.pop("units", None)
    try:
        page = nurse.get("/round?show=all&shift=mwf")
        assert "No roster was given" in page.text
        assert page.text.count('class="seat') > 100
    finally:
        service.roster = kept
        service.__dict__.pop("units", None)


def test_the_worklist_can_be_narrowed_to_a_shift(nurse: TestClient, service: Service) -> None:
    listed = nurse.get("/worklist.json?shift=tts-morning").json()["patients"]
    assert listed
    assert {service.roster.seat_of(p["person_id"]).shift for p in listed} == {"TTS morning"}


# -- one tap -----------------------------------------------------------------------------------


def test_one_tap_names_the_areas_it_records_and_makes_a_whole_round(
    nurse: TestClient, service: Service, ward: Ward, patient: str
) -> None:
    answer = save(nurse, page_of(service, patient), "one-tap", do="rest", back="list")
    assert "abdomen, both sides" in answer.text
    assert "lower leg, both sides" in answer.text
    areas = areas_of(service, patient)
    assert len(areas) == 16
    assert {area.result for area in areas} == {"clear"}
    line = ward.line(patient)
    assert line is not None
    assert line.palpation == "done"


def test_a_double_tap_is_one_entry(nurse: TestClient, service: Service, patient: str) -> None:
    for _ in range(2):
        assert save(nurse, page_of(service, patient), "tapped-twice", do="rest").status_code == 200
    assert len(service.entries(patient)) == 1


def test_one_tap_never_calls_a_place_with_a_known_lesion_clear(
    nurse: TestClient, service: Service, patient: str
) -> None:
    save(nurse, page_of(service, patient), "lesion-first", **PLAQUE)
    undone = service.entries(patient)[0].entry_id
    service.undo(patient, undone, DEMO, "undo-lesion-first")
    known = Examination((Area("thigh", "left", "finding", signs=("sign.plaque",)),))
    service.enter(patient, known, DEMO, "found-earlier")
    earlier = service.clock
    try:
        service.clock = Tomorrow(earlier.now())
        page = nurse.get(page_of(service, patient)).text
        assert "The other 15 areas" in page
        assert "Not among them, because a lesion is known there: left thigh" in page
        save(nurse, page_of(service, patient), "the-rest", do="rest")
    finally:
        service.clock = earlier
    clear = [a for a in areas_of(service, patient) if a.result == "clear"]
    assert len(clear) == 15
    assert ("thigh", "left") not in [(a.body_site, a.side) for a in clear]


class Tomorrow:
    """A clock that stands still, one day later."""

    def __init__(self, now: int) -> None:
        self._now = now + 86_400_000_000

    def now(self) -> int:
        return self._now


def test_declined_is_not_clear_and_the_patient_stays_on_the_list(
    nurse: TestClient, service: Service, ward: Ward, patient: str
) -> None:
    address = page_of(service, patient)
    save(nurse, address, "declined-breast", do="declined", region="breast-left")
    page = save(nurse, address, "others", do="rest").text
    assert "Declined or not examined: left breast. Unknown, not clear." in page
    line = ward.line(patient)
    assert line is not None
    assert line.palpation == "overdue"
    listed = nurse.get("/round.json").json()["patients"]
    today = next(p["today"] for p in listed if p["person_id"] == patient)
    assert today["declined_or_could_not"] == ["breast:left"]
    assert len(today["examined"]) == 15


def test_undo_takes_the_round_back_and_keeps_it_in_the_history(
    nurse: TestClient, service: Service, ward: Ward, patient: str
) -> None:
    before = ward.line(patient)
    save(nurse, page_of(service, patient), "too-fast", do="rest")
    answer = nurse.post(
        f"{page_of(service, patient)}/undo", data={"entry_id": "undoing", "undoes": "too-fast"}
    )
    assert "Undone; it stays in the history" in answer.text
    assert ward.line(patient) == before
    history = nurse.get(page_of(service, patient).replace("/round", "/lesions")).text
    assert "undone" in history


# -- a region ----------------------------------------------------------------------------------


def test_a_painful_hard_plaque_raises_the_patient_at_once_on_the_worklist(
    nurse: TestClient, service: Service, patient: str
) -> None:
    answer = save(nurse, page_of(service, patient), "plaque", **PLAQUE)
    assert "Non-ulcerated lesion" in answer.text
    assert "Felt wider than seen" in answer.text
    assert "no injections" in answer.text
    worklist = nurse.get("/worklist.json?group=2").json()["patients"]
    assert patient in [person["person_id"] for person in worklist]


def test_a_moist_infected_ulcer_says_whom_to_call_and_a_dry_crust_what_not_to_do(
    nurse: TestClient, service: Service, patient: str
) -> None:
    address = page_of(service, patient)
    ulcer = {**PLAQUE, "ulcer": "yes"}
    wet = save(nurse, address, "wet", wound="infected", **ulcer).text
    assert "call the nephrologist today" in wet[wet.index('class="change"') :]
    dry = save(nurse, address, "dry", wound="dry", **{**ulcer, "region": "thigh-right"}).text
    told = dry[dry.index('class="change"') : dry.index("cleargrid")]
    assert "do not debride" in told
    assert "wound.dry-eschar" in told


def test_a_lesion_that_grew_says_from_what_to_what_and_it_is_the_same_lesion(
    nurse: TestClient, service: Service, patient: str
) -> None:
    address = page_of(service, patient)
    save(nurse, address, "small", **{**PLAQUE, "seen_length": "4", "seen_width": "3"})
    answer = save(nurse, address, "large", **PLAQUE).text
    assert "Seen: grown from 4 to 6 cm" in answer
    assert len({area.lesion_id for area in areas_of(service, patient)}) == 1


def test_a_second_lesion_at_one_place_is_a_lesion_of_its_own(
    nurse: TestClient, service: Service, patient: str
) -> None:
    address = page_of(service, patient)
    save(nurse, address, "first-lesion", **PLAQUE)
    save(nurse, address, "second-lesion", lesion="new", **PLAQUE)
    refused = save(nurse, address, "which", **PLAQUE)
    assert refused.status_code == 422
    assert "Say which lesion this is" in refused.text
    assert len({area.lesion_id for area in areas_of(service, patient)}) == 2


def test_save_and_next_goes_on_to_the_next_place_nobody_has_looked_at(
    nurse: TestClient, service: Service, patient: str
) -> None:
    answer = save(nurse, page_of(service, patient), "and-on", do="next", **PLAQUE)
    assert "region=breast-right" in str(answer.url)


def test_a_group_is_declined_as_a_whole_and_a_finding_needs_the_exact_place(
    nurse: TestClient, service: Service, patient: str
) -> None:
    address = page_of(service, patient)
    page = nurse.get(f"{address}?region=hands-feet").text
    assert "Where exactly?" in page
    save(nurse, address, "hands", do="declined", region="hands-feet")
    assert {area.result for area in areas_of(service, patient)} == {"declined"}
    refused = save(nurse, address, "vague", **{**PLAQUE, "region": "hands-feet"})
    assert refused.status_code == 422
    assert "Say where exactly first" in refused.text


# -- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"pain": "11"}, "Pain is a whole number from 0 to 10"),
        ({"pain": "-1"}, "Pain is a whole number from 0 to 10"),
        ({"seen_width": ""}, "Give length and width, or neither"),
        ({"seen_length": "0"}, "not a number that skin can have"),
        ({"seen_length": "999999"}, "not a number that skin can have"),
        ({"felt_length": "nan"}, "not a number that skin can have"),
        ({"wound": "dry"}, "told only with an ulcer"),
        ({"sign": ["sign.invented"]}, "not one of those offered"),
        ({"ulcer": "perhaps"}, "not one of those offered"),
        ({"photo": "x" * 121}, "one line of at most 120 characters"),
        ({"photo": "a\nb"}, "one line of at most 120 characters"),
        ({"lesion": "of somebody else"}, "Say which lesion this is"),
        ({"do": "delete"}, "not one of those offered"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_a_sentence_and_nothing_is_kept(
    nurse: TestClient, service: Service, wrong: dict[str, Any], sentence: str
) -> None:
    someone = "B-007"
    before = service.entries(someone)
    fields = {"entry_id": "wrong", "do": "save", **PLAQUE, **wrong}
    answer = nurse.post(page_of(service, someone), data=fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'role="alert"' in answer.text
    assert service.entries(someone) == before


def test_what_was_tapped_is_still_there_after_a_refusal(
    nurse: TestClient, service: Service
) -> None:
    answer = save(nurse, page_of(service, "B-007"), "again", **{**PLAQUE, "pain": "11"})
    assert re.search(r'value="sign.plaque" checked', answer.text)
    assert 'name="seen_length" type="number"' in answer.text
    assert re.search(r'name="seen_length"[^>]*value="6"', answer.text)


def test_an_area_with_something_tapped_cannot_be_called_clear(
    nurse: TestClient, service: Service
) -> None:
    answer = save(nurse, page_of(service, "B-007"), "clear", do="clear", **PLAQUE)
    assert answer.status_code == 422
    assert "Save it as a finding" in answer.text


def test_a_known_ulcer_is_not_called_clear_by_a_slip_of_the_finger(
    nurse: TestClient, service: Service
) -> None:
    address = page_of(service, "B-044")
    for region in ("buttock-left", "thigh-right"):
        answer = save(nurse, address, f"slip-{region}", do="clear", region=region)
        assert answer.status_code == 422
        assert "Something was found here before" in answer.text
    assert not areas_of(service, "B-044")
    assert "Found here 16 Nov 2026" in nurse.get(address, params={"region": "buttock-left"}).text
    told = save(nurse, address, "healed", do="clear", region="buttock-left", gone="yes")
    assert told.status_code == 200
    assert [area.result for area in areas_of(service, "B-044")] == ["clear"]


def test_what_was_not_measured_is_no_empty_cell_that_reads_as_normal(
    nurse: TestClient, service: Service
) -> None:
    page = nurse.get(f"/patients/{service.link_of('B-044')}/lesions").text
    assert "not recorded that day: unknown, neither none nor normal" in page
    assert not re.findall(r'<td role="cell" data-l="[^"]*"></td>', page)


def test_sizes_of_october_are_not_shown_as_if_they_were_taken_in_november(
    nurse: TestClient, service: Service
) -> None:
    page = nurse.get(page_of(service, "B-044"), params={"region": "buttock-left"}).text
    assert "14 Sep – 16 Nov" in page
    assert "5.0 cm 16 Nov" not in page


def test_a_region_that_does_not_exist_is_refused(nurse: TestClient, service: Service) -> None:
    shown = nurse.get(f"{page_of(service, 'B-007')}?region=wing-left")
    assert shown.status_code == 404
    assert "There is no such region" in shown.text
    saved = save(nurse, page_of(service, "B-007"), "wing", **{**PLAQUE, "region": "wing-left"})
    assert saved.status_code in (404, 422)
    assert service.entries("B-007") == []


def test_hostile_text_in_the_reference_of_a_photo_is_inert(
    nurse: TestClient, service: Service, patient: str
) -> None:
    hostile = '"><script>alert(1)</script>{{7*7}}<img src=x onerror=alert(1)>'
    save(nurse, page_of(service, patient), "hostile", photo=hostile, **PLAQUE)
    history = nurse.get(page_of(service, patient).replace("/round", "/lesions")).text
    assert "<script>alert" not in history
    assert "<img src=x" not in history
    assert "&lt;script&gt;" in history
    assert "{{7*7}}" in history


def test_the_pages_of_the_round_hold_no_inline_style_and_no_inline_script(
    nurse: TestClient, service: Service
) -> None:
    for address in ("/round", page_of(service, "B-007"), page_of(service, "B-044")):
        text = nurse.get(address).text
        assert " style=" not in text
        assert not re.search(r"<script(?![^>]*\bsrc=)", text)
        assert not re.search(r"\son\w+=", text)


def test_in_danish_every_word_of_the_round_is_danish(nurse: TestClient, service: Service) -> None:
    page = nurse.get(f"{page_of(service, 'B-007')}?region=thigh-left&lang=da").text
    assert "Venstre lår" in page
    assert "Hvad er der?" in page
    assert "Kunne ikke undersøges" in page
    nurse.get("/round?lang=en")


# -- the history -------------------------------------------------------------------------------


def test_the_history_shows_each_look_with_its_measures_and_who_entered_it(
    nurse: TestClient, service: Service, patient: str
) -> None:
    save(nurse, page_of(service, patient), "look", **PLAQUE)
    address = page_of(service, patient).replace("/round", "/lesions")
    lesions = nurse.get(f"{address}.json").json()["lesions"]
    lesion = next(one for one in lesions if one["body_site"] == "thigh")
    assert lesion["looks"][-1]["seen"] == "6 × 4 cm"
    assert lesion["looks"][-1]["felt"] == "11 × 8 cm"
    assert lesion["looks"][-1]["by"] == "demo"
    assert "Cannot tell: no BWAT-CUA total is recorded" in nurse.get(address).text


def test_a_wound_followed_for_months_is_drawn(nurse: TestClient, service: Service) -> None:
    page = nurse.get(page_of(service, "B-131").replace("/round", "/lesions")).text
    assert "measures of the area of the wound" in page
    assert '<svg class="vl"' in page
