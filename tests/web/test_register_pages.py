"""A clerk opens a case, confirms what the record says, enters the rest, and takes it back."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi")

from fastapi import FastAPI

from livedo.decisions.entries import CaseReport, Entry
from livedo.errors import PartMissing
from livedo.registry.case import Span
from livedo.registry.form import span_of
from livedo.surfaces.web.register_desk import Register
from livedo.surfaces.web.serving import demo_application
from tests.web.conftest import READER
from tests.web.guarded import browser, events, guarded
from tests.web.register_desk import clerk, fill, link_of, proposed, read, shown_in, untouched

OUTSIDER = "2026-014"
CANARY = "kanarie note"


@pytest.fixture(scope="module")
def app(demo_record: Path) -> Iterator[FastAPI]:
    made = demo_application(demo_record, READER, processes=1)
    yield guarded(made)
    made.state.service.close()


@pytest.fixture
def person(app: FastAPI) -> str:
    """Somebody about whom nothing was entered; each test has another."""
    return untouched(app)


@pytest.fixture
def link(app: FastAPI, person: str) -> str:
    return link_of(app, person)


def reports(app: FastAPI, person_id: str) -> list[Entry]:
    """What stands in the register about a person."""
    entered = app.state.service.entered(person_id)
    return [entry for entry in entered if isinstance(entry.body, CaseReport)]


def test_the_list_names_whom_the_record_proposes_and_who_is_in_it(
    app: FastAPI,
) -> None:
    client, person = clerk(app), proposed(app)
    link = link_of(app, person)
    assert person in client.get("/register?show=proposed").text
    fill(client, link, "case", f__first_wrong_diagnosis="cellulitis")
    assert person not in client.get("/register?show=proposed").text
    assert person in client.get("/register?show=in_register").text


def test_one_tap_confirms_what_the_record_says_of_a_whole_form(
    app: FastAPI, person: str, link: str
) -> None:
    client, register = clerk(app), app.state.register
    before = register.form(person).value("person", "sex")
    assert before is not None
    assert before.origin == "record"
    answer = fill(client, link, "person", do="confirm")
    assert answer.status_code == 200
    after = register.form(person).value("person", "sex")
    assert (after.text, after.origin, after.by) == (before.text, "confirmed", "clerk-1")
    assert len(reports(app, person)) == 1


def test_a_confirmation_from_the_page_of_the_case_asks_that_the_record_is_as_it_was_shown(
    app: FastAPI, person: str, link: str
) -> None:
    client = clerk(app)
    sent = {"entry_id": uuid.uuid4().hex, "do": "confirm", "instance": "1"}
    address = f"/register/{link}/forms/person"
    assert client.post(address, data={**sent, "seen": "other"}).status_code == 422
    assert reports(app, person) == []
    seen = clerk(app).get(f"/register/{link}").text.partition("/forms/person")[2]
    seen = seen.partition('name="seen" value="')[2].partition('"')[0]
    assert client.post(address, data={**sent, "seen": seen}).status_code == 200
    assert len(reports(app, person)) == 1


def test_everything_of_a_kind_is_confirmed_and_taken_back_at_once(
    app: FastAPI, person: str, link: str
) -> None:
    client, register = clerk(app), app.state.register
    drugs = register.form(person).instances("drug")
    assert len(drugs) > 1
    page = client.get(f"/register/{link}").text
    seen = page.partition('name="instance" value="all"')[2].partition('name="seen" value="')[2]
    form = page.partition('name="instance" value="all"')[0].rpartition("/forms/")[2].split('"')[0]
    sent = {"do": "confirm", "instance": "all", "seen": seen.partition('"')[0], "entry_id": "all-1"}
    for _ in range(2):
        assert client.post(f"/register/{link}/forms/{form}", data=sent).status_code == 200
    assert len(reports(app, person)) == len(register.form(person).instances(form))
    values = register.form(person).values(form, register.form(person).instances(form)[0])
    assert {value.origin for value in values.values()} == {"confirmed"}
    client.post(f"/register/{link}/undo", data={"entry_id": "back-1", "undoes": "all-1"})
    assert reports(app, person) == []


def test_only_what_changed_is_kept(app: FastAPI, person: str, link: str) -> None:
    fill(clerk(app), link, "case", f__first_contact_on="2026-03")
    (entry,) = reports(app, person)
    assert entry.body == CaseReport(form="case", values=(("first_contact_on", "2026-03"),))
    fill(clerk(app), link, "case")
    assert len(reports(app, person)) == 1


def test_saving_twice_is_once(app: FastAPI, person: str, link: str) -> None:
    client, address = clerk(app), f"/register/{link}/forms/lesion"
    sent = shown_in(client.get(f"{address}?instance=new").text)
    sent |= {"f-body_site": "thigh", "f-first_seen_on": "2026-03", "do": "save"}
    there = app.state.register.form(person).instances("lesion")
    for _ in range(2):
        assert client.post(address, data=sent).status_code == 200
    assert len(reports(app, person)) == 1
    assert len(app.state.register.form(person).instances("lesion")) == len(there) + 1


def test_two_clerks_who_add_a_lesion_at_once_have_added_two(
    app: FastAPI, person: str, link: str
) -> None:
    address = f"/register/{link}/forms/lesion"
    clerks = [clerk(app, "clerk-1"), clerk(app, "clerk-2")]
    sent = [shown_in(one.get(f"{address}?instance=new").text) for one in clerks]
    for one, typed, site in zip(clerks, sent, ("thigh", "abdomen"), strict=True):
        one.post(address, data={**typed, "f-body_site": site, "do": "save"})
    form = app.state.register.form(person)
    sites = [form.value("lesion", "body_site", n) for n in form.instances("lesion")]
    assert {"thigh", "abdomen"} <= {site.text for site in sites if site is not None}


def test_nothing_typed_is_lost_where_one_answer_cannot_be_kept(
    app: FastAPI, person: str, link: str
) -> None:
    answer = fill(
        clerk(app), link, "kidney", f__hours_per_week="1200", f__first_dialysis_on="sommer 2019"
    )
    assert answer.status_code == 422
    assert reports(app, person) == []
    assert 'value="1200"' in answer.text
    assert 'value="sommer 2019"' in answer.text
    assert "This must be from 0 to 168 h/wk." in answer.text
    assert answer.text.count('aria-invalid="true"') == 2


def test_a_danish_clerk_reads_back_what_she_wrote(app: FastAPI, person: str, link: str) -> None:
    client = clerk(app)
    client.get("/register?lang=da")
    fill(client, link, "case", f__first_contact_on="14.3.2026")
    assert app.state.register.form(person).text("case", "first_contact_on") == "2026-03-14"
    page = client.get(f"/register/{link}/forms/case").text
    assert 'name="f-first_contact_on" type="text" inputmode="text" value="14.3.2026"' in page
    assert "14. mar. 2026" in client.get(f"/register/{link}").text


def test_where_somebody_and_the_record_differ_both_are_shown(
    app: FastAPI, person: str, link: str
) -> None:
    was = app.state.register.form(person).text("person", "birth_year")
    page = fill(clerk(app), link, "person", f__birth_year="1931").text
    assert "1931" in page
    assert f"The record says: {was}" in " ".join(page.replace("</span>", "").split())


def test_what_was_taken_back_stays_in_the_history_and_the_record_counts_again(
    app: FastAPI, person: str, link: str
) -> None:
    client, register = clerk(app), app.state.register
    was = register.form(person).value("person", "birth_year")
    fill(client, link, "person", f__birth_year="1931")
    (entry,) = reports(app, person)
    undoing = {"entry_id": uuid.uuid4().hex, "undoes": entry.entry_id}
    page = client.post(f"/register/{link}/undo", data=undoing)
    assert "Taken back." in page.text
    assert "undone" in page.text
    assert register.form(person).value("person", "birth_year") == was


def test_of_two_savings_of_one_page_only_the_one_named_is_taken_back(
    app: FastAPI, person: str, link: str
) -> None:
    client, address = clerk(app), f"/register/{link}/forms/case"
    opened = {**shown_in(client.get(address).text), "do": "save"}
    client.post(address, data={**opened, "f-first_contact_on": "2025"})
    client.post(address, data={**opened, "f-first_wrong_diagnosis": "cellulitis"})
    first, second = reports(app, person)
    undoing = {"entry_id": uuid.uuid4().hex, "undoes": first.entry_id}
    assert client.post(f"/register/{link}/undo", data=undoing).status_code == 200
    assert reports(app, person) == [second]


def test_an_emptied_field_takes_back_what_was_entered(app: FastAPI, person: str, link: str) -> None:
    register = app.state.register
    was = register.form(person).value("person", "birth_year")
    fill(clerk(app), link, "person", f__birth_year="1931")
    fill(clerk(app), link, "person", f__birth_year="")
    assert register.form(person).value("person", "birth_year") == was


def test_an_emptied_field_cannot_take_back_what_the_record_says(
    app: FastAPI, person: str, link: str
) -> None:
    answer = fill(clerk(app), link, "person", f__birth_year="")
    assert answer.status_code == 422
    assert "The record answers this." in answer.text
    fill(clerk(app), link, "person", u__birth_year="1")
    assert app.state.register.form(person).text("person", "birth_year") == "unknown"


def test_what_somebody_else_saved_meanwhile_is_not_overwritten_unseen(
    app: FastAPI, person: str, link: str
) -> None:
    client, address = clerk(app), f"/register/{link}/forms/case"
    opened = shown_in(client.get(address).text)
    fill(clerk(app, "clerk-2"), link, "case", f__first_contact_on="2026-02")
    mine = {**opened, "f-first_contact_on": "2026-03", "do": "save"}
    answer = client.post(address, data=mine)
    assert answer.status_code == 422
    assert "Feb 2026" in answer.text
    again = client.post(address, data={**shown_in(answer.text), "do": "save"})
    assert again.status_code == 200
    assert app.state.register.form(person).text("case", "first_contact_on") == "2026-03"


def test_a_lesion_taken_out_can_be_brought_back(app: FastAPI, person: str, link: str) -> None:
    client, register = clerk(app), app.state.register
    fill(client, link, "lesion", instance="new", f__body_site="thigh")
    number = register.form(person).instances("lesion")[-1]
    sent = {"entry_id": uuid.uuid4().hex, "do": "remove", "instance": str(number)}
    client.post(f"/register/{link}/forms/lesion", data=sent)
    assert number not in register.form(person).instances("lesion")
    undoing = {"entry_id": uuid.uuid4().hex, "undoes": reports(app, person)[-1].entry_id}
    client.post(f"/register/{link}/undo", data=undoing)
    assert number in register.form(person).instances("lesion")


def test_a_case_outside_of_the_record_is_known_by_a_pseudonym(app: FastAPI) -> None:
    client = clerk(app)
    sent = {"entry_id": uuid.uuid4().hex, "do": "add"}
    for name in ("", "Kirsten Hansen", "0101501234", "010150-1234", "x" * 41):
        assert client.post("/register/new", data={**sent, "name": name}).status_code == 422
    page = client.post("/register/new", data={**sent, "name": OUTSIDER})
    assert OUTSIDER in page.text
    assert OUTSIDER not in str(page.url)
    again = client.post("/register/new", data={**sent, "name": OUTSIDER})
    assert again.url == page.url
    other = {"entry_id": uuid.uuid4().hex, "do": "add", "name": OUTSIDER}
    assert client.post("/register/new", data=other).status_code == 422
    link = page.url.path.rpartition("/")[2]
    fill(client, link, "case", f__kind="non_uraemic")
    assert OUTSIDER in client.get("/register").text


def test_who_only_reads_is_offered_nothing_to_save(app: FastAPI, link: str) -> None:
    viewer = browser(app, "viewer")
    for place in ("", "/forms/case", "/forms/lesion?instance=new", "/reading"):
        page = viewer.get(f"/register/{link}{place}")
        assert page.status_code == 200
        assert f'action="/register/{link}' not in page.text
    assert viewer.post(f"/register/{link}/forms/case", data={"do": "save"}).status_code == 403


def test_a_form_from_elsewhere_changes_nothing(app: FastAPI, person: str, link: str) -> None:
    client = clerk(app)
    del client.headers["X-Livedo-Csrf"]
    sent = {"entry_id": uuid.uuid4().hex, "do": "save", "f-first_contact_on": "2026"}
    assert client.post(f"/register/{link}/forms/case", data=sent).status_code == 403
    assert reports(app, person) == []


def test_what_was_typed_reaches_no_log_no_header_and_no_address(
    app: FastAPI, person: str, link: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    before, client = len(events(app)), clerk(app)
    answers = [
        fill(client, link, "case", f__first_wrong_diagnosis_other=CANARY),
        fill(client, link, "case", f__first_contact_on=CANARY),
        fill(client, link, "lesion", do="more", instance="new", f__photo_ref=CANARY),
        fill(client, link, "follow_up", instance="new", f__remark=CANARY, f__seen_on=CANARY),
        read(client, link, "suspected", comment=CANARY),
        read(client, link, CANARY, comment=CANARY),
        client.post(f"/register/{link}/undo", data={"entry_id": "e", "undoes": CANARY}),
        client.post("/register/new", data={"entry_id": "e", "do": "add", "name": CANARY}),
    ]
    assert {answer.status_code for answer in answers} == {200, 422}
    told = events(app)[before:]
    headers = [str(one.headers) + str(one.url) for a in answers for one in (a, *a.history)]
    assert {"case form entered", "case read"} <= {event.action for event in told}
    assert CANARY not in repr(told) + caplog.text + "".join(headers)
    assert person not in repr(told) + caplog.text + "".join(headers)
    assert {event.person for event in told} == {link, None}


def test_an_address_that_names_no_form_and_no_lesion_is_not_found(app: FastAPI, link: str) -> None:
    client = clerk(app)
    for place in ("forms/nothing", "forms/lesion?instance=99", "forms/case?instance=2"):
        assert client.get(f"/register/{link}/{place}").status_code == 404
    assert client.get("/register/00000000000000000000").status_code == 404


def test_whoever_waits_longest_for_a_visit_stands_first(app: FastAPI) -> None:
    client = clerk(app)
    names = []
    for diagnosed in ("2026-07-01", "2025-02"):
        person_id = untouched(app)
        fill(client, link_of(app, person_id), "case", f__diagnosed_on=diagnosed)
        names.append(person_id)
    page = client.get("/register/follow-up").text
    overdue = page.partition('id="overdue"')[2].partition('id="due"')[0]
    assert overdue.index(names[1]) < overdue.index(names[0])
    assert "3 months" in overdue
    assert names[0] in client.get("/register?due=overdue").text
    fill(
        client, link_of(app, names[0]), "follow_up", instance="new",
        f__seen_on="2026-11-01", f__visit="m3",
    )  # fmt: skip
    assert names[0] not in client.get("/register?due=overdue").text


def test_a_withdrawn_case_is_shown_only_where_it_is_asked_for(
    app: FastAPI, person: str, link: str
) -> None:
    client = clerk(app)
    fill(client, link, "case", f__in_register="no")
    assert person not in client.get("/register").text
    assert person in client.get("/register?show=withdrawn").text


def test_a_steward_sees_figures_of_the_register_and_no_case(app: FastAPI, link: str) -> None:
    steward = browser(app, "steward")
    for place in ("completeness", "agreement"):
        page = steward.get(f"/register/{place}")
        assert page.status_code == 200
        assert 'href="/register"' not in page.text
        assert not re.search(r"B-\d\d\d", page.text)
    for place in ("", "/follow-up", f"/{link}"):
        assert steward.get(f"/register{place}").status_code == 403
    assert browser(app, "viewer").get("/register/agreement").status_code == 403


def test_without_the_statistics_the_page_of_agreement_says_so_and_works(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(cases: object) -> None:
        raise PartMissing("not installed", next_step='pip install "livedo[registry]"')

    monkeypatch.setattr("livedo.registry.agreement.agreement", missing)
    page = browser(app, "clinician").get("/register/agreement")
    assert page.status_code == 200
    assert "The statistics of the registry are not installed." in page.text
    assert "livedo[registry]" in page.text


def test_the_service_starts_without_loading_the_statistics() -> None:
    code = (
        "import sys, livedo.surfaces.web.app;"
        "print([m for m in ('numpy', 'pandas', 'scipy', 'lifelines', 'statsmodels')"
        " if m in sys.modules and m != 'numpy'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_how_sure_a_case_is_and_since_when_stands_in_its_form(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    register, person = app.state.register, proposed(app)
    tier = register.form(person).value("case", "tier")
    assert (tier.text, tier.origin) == ("suspected", "record")
    (first,) = [one.on for one in register.reached(person) if one.definition == "ours"]
    assert span_of(register.form(person).text("case", "tier_on")) == Span(first, first)
    assert "Certainty reached on" in clerk(app).get(f"/register/{link_of(app, person)}").text
    # Without what judges whole records the form leaves it open, and everything else works.
    monkeypatch.setitem(sys.modules, "livedo.registry.first_met", None)
    alone = Register(app.state.service, app.state.ward)
    assert alone.form(person).value("case", "tier") is None
    assert alone.form(person).value("person", "sex") is not None


def test_a_result_stands_with_its_unit_and_says_nothing_that_goes_without_saying(
    app: FastAPI, person: str, link: str
) -> None:
    client = clerk(app)
    fill(
        client, link, "lab", instance="new", f__analyte="phosphate", f__measured_on="2026-09",
        f__value="2.12", f__bound="exact", f__unit="mmol/L",
    )  # fmt: skip
    page = client.get(f"/register/{link}").text
    assert "2.12 mmol/L" in page
    assert "2.12, As written" not in page


def test_the_reference_that_ties_a_lesion_to_the_record_is_shown_to_nobody(app: FastAPI) -> None:
    link = link_of(app, "B-044")
    client = clerk(app)
    fill(client, link, "lesion", instance="2", f__extent="6")
    page = client.get(f"/register/{link}").text
    assert "Largest extent: 6 cm" in page
    assert "Reference in the record" not in page


def test_one_case_is_counted_in_the_singular(app: FastAPI) -> None:
    page = clerk(app).get("/register/completeness?show=all").text
    assert not re.search(r"\bin 1 cases\b", page)
