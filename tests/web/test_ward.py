"""The list in memory stays true to what is entered, to the record and to the day."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from livedo.decisions.entries import Area, Examination, NewEntry
from livedo.instants import DAY
from livedo.record.tables import Instant
from livedo.surfaces.web.refreshing import Refresher
from livedo.surfaces.web.service import Service
from livedo.surfaces.web.serving import demo_application
from livedo.surfaces.web.ward import Ward
from tests.web.conftest import READER


class Hand:
    """A clock that is turned by hand."""

    def __init__(self, at: Instant) -> None:
        self.at = at

    def now(self) -> Instant:
        """The time it was turned to."""
        return self.at


@pytest.fixture
def app(demo_record: Path, tmp_path: Path) -> Iterator[FastAPI]:
    """An application over a copy of the record."""
    record = tmp_path / "record"
    shutil.copytree(demo_record, record)
    made = demo_application(record, READER, processes=1)
    yield made
    made.state.service.close()


def service_and_ward(app: FastAPI) -> tuple[Service, Ward]:
    """Both."""
    return app.state.service, app.state.ward


def test_an_entry_of_another_process_is_on_the_next_page(app: FastAPI) -> None:
    service, ward = service_and_ward(app)
    before = ward.line("B-001")
    area = Area(
        body_site="thigh", side="left", result="finding",
        signs=("sign.plaque", "sign.induration"), pain=8,
    )  # fmt: skip
    entry = NewEntry(
        entry_id="elsewhere-1",
        person_id="B-001",
        kind="examination",
        entered_at=service.clock.now(),
        entered_by="nurse",
        body=Examination(areas=(area,)),
    )
    service.store.add([entry])
    assert before is not None
    ward.lines()
    after = ward.line("B-001")
    assert after is not None
    assert after.precedence < before.precedence
    assert after.group == "possible_early_disease"


def test_a_new_day_judges_everybody_anew(app: FastAPI) -> None:
    service, ward = service_and_ward(app)
    refresher = Refresher(service, ward)
    assert refresher.look() is False
    overdue = sum(line.palpation == "overdue" for line in ward.lines())
    service.clock = Hand(service.clock.now() + 40 * DAY)
    assert refresher.look() is True
    assert sum(line.palpation == "overdue" for line in ward.lines()) > overdue


def test_a_record_that_was_replaced_is_opened_anew(app: FastAPI, demo_record: Path) -> None:
    from importlib import resources

    from livedo.record.build import read

    service, ward = service_and_ward(app)
    people = len(ward.lines())
    patients = (demo_record.parent / "fhir" / "Patient.ndjson").read_text("utf-8").splitlines()
    fewer = demo_record.parent / "fewer"
    if not fewer.exists():
        shutil.copytree(demo_record.parent / "fhir", fewer)
        (fewer / "Patient.ndjson").write_text("\n".join(patients[:50]) + "\n", "utf-8")
    observed = str(resources.files("livedo.demo") / "observed.yaml")
    read([fewer], service.record.path, observed=[observed], zone=service.time_zone)
    assert Refresher(service, ward).look() is True
    assert len(ward.lines()) < people
