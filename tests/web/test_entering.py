"""What somebody enters counts at once, is kept once, and can be undone."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("fastapi")

from collections.abc import Iterator

from fastapi import FastAPI

from livedo.decisions.entries import Area, Examination
from livedo.errors import EntryInvalid
from livedo.record.store import open_record
from livedo.surfaces.web.clock import DemoClock
from livedo.surfaces.web.gate import DEMO
from livedo.surfaces.web.service import Service
from livedo.surfaces.web.serving import application, demo_application, store_beside
from livedo.surfaces.web.ward import Ward
from tests.web.conftest import READER

PLAQUE = Area(
    "thigh", "left", "finding", signs=("sign.plaque", "sign.induration"),
    seen_cm=(6.0, 4.0), felt_cm=(11.0, 8.0), pain=7, ulcer="no",
)  # fmt: skip
CLEAR = Area("thigh", "left", "clear")


@pytest.fixture(scope="module")
def app(demo_record: Path) -> Iterator[FastAPI]:
    made = demo_application(demo_record, READER, processes=1)
    yield made
    made.state.service.close()


@pytest.fixture
def service(app: FastAPI) -> Service:
    found: Service = app.state.service
    return found


@pytest.fixture
def ward(app: FastAPI) -> Ward:
    found: Ward = app.state.ward
    return found


def quiet(ward: Ward) -> Iterator[str]:
    """People on dialysis about whom nothing urgent is known."""
    return (line.person_id for line in ward.lines() if line.group == "palpation_overdue")


def test_a_painful_hard_plaque_raises_the_person_at_once(service: Service, ward: Ward) -> None:
    someone = next(quiet(ward))
    service.enter(someone, Examination((PLAQUE,)), DEMO, "plaque")
    line = ward.line(someone)
    assert line is not None
    assert line.state == "lesion"
    assert line.group == "possible_early_disease"


def test_an_undone_finding_takes_the_person_back_where_they_stood(
    service: Service, ward: Ward
) -> None:
    someone = next(quiet(ward))
    before = ward.line(someone)
    entry = service.enter(someone, Examination((PLAQUE,)), DEMO, "mistaken")
    assert ward.line(someone) != before
    service.undo(someone, entry.entry_id, DEMO, "undoing")
    assert ward.line(someone) == before
    assert len(service.store.of_person(someone)) == 2
    assert service.entered(someone) == []


def test_a_double_tap_is_one_entry(service: Service, ward: Ward) -> None:
    someone = next(quiet(ward))
    first = service.enter(someone, Examination((CLEAR,)), DEMO, "tapped")
    again = service.enter(someone, Examination((CLEAR,)), DEMO, "tapped")
    assert again == first
    assert service.entered(someone) == [first]


def test_going_back_and_saving_something_else_is_a_second_entry(
    service: Service, ward: Ward
) -> None:
    someone = list(quiet(ward))[3]
    first = service.enter(someone, Examination((CLEAR,)), DEMO, "corrected")
    other = service.enter(someone, Examination((PLAQUE,)), DEMO, "corrected")
    once_more = service.enter(someone, Examination((CLEAR,)), DEMO, "corrected")
    assert [entry.body for entry in service.entered(someone)] == [
        first.body, other.body, once_more.body,
    ]  # fmt: skip


def test_what_is_entered_later_is_later_within_one_second_too(service: Service, ward: Ward) -> None:
    someone = list(quiet(ward))[4]
    moments = [
        service.enter(someone, Examination((CLEAR,)), DEMO, f"quick-{at}").entered_at
        for at in range(3)
    ]
    assert moments == sorted(set(moments))
    assert service.moment_of(someone) == moments[-1]


def test_what_belongs_to_somebody_else_cannot_be_undone(service: Service, ward: Ward) -> None:
    one, other = list(quiet(ward))[5:7]
    entry = service.enter(one, Examination((CLEAR,)), DEMO, "hers")
    with pytest.raises(EntryInvalid):
        service.undo(other, entry.entry_id, DEMO, "not-his")


def test_after_a_restart_everything_entered_still_counts_and_addresses_stay(
    demo_record: Path, tmp_path: Path
) -> None:
    first = started(demo_record, tmp_path)
    service, ward = first.state.service, first.state.ward
    someone = next(quiet(ward))
    service.enter(someone, Examination((PLAQUE,)), DEMO, "before the restart")
    told, link = ward.line(someone), service.link_of(someone)
    service.close()

    second = started(demo_record, tmp_path)
    assert second.state.ward.line(someone) == told
    assert second.state.service.link_of(someone) == link
    second.state.service.close()


def started(record: Path, folder: Path) -> FastAPI:
    opened = open_record(record)
    assert opened.newest_known_at is not None
    clock, store = DemoClock(opened.newest_known_at), f"sqlite:///{folder / 'kept.sqlite'}"
    return application(opened, clock, READER, 1, None, store)


def test_the_store_stands_beside_the_record_and_not_in_it(tmp_path: Path) -> None:
    assert store_beside(tmp_path / "record") == f"sqlite:///{tmp_path}/record-decisions.sqlite"
