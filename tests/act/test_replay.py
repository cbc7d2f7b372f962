"""A history told date by date, with nothing used before it was known."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from livedo.act.replay import replay
from livedo.act.result import Replay
from livedo.record.build import read_in_memory
from livedo.record.tables import PatientRecord
from tests.act.people import (
    LIVEDO,
    ON_DIALYSIS,
    PAIN,
    PLAQUE,
    as_of,
    engine,
    palpated,
    patient,
    with_painful_plaque,
)

COPENHAGEN = "Europe/Copenhagen"


@pytest.fixture(scope="module")
def case_report() -> PatientRecord:
    place = Path(str(files("livedo.demo") / "cases" / "penile.json"))
    (person,) = read_in_memory(place, zone=COPENHAGEN).patients
    return person


def told(person: PatientRecord, until: str = "2026-11-20", lang: str = "en") -> Replay:
    return replay(person, engine(), as_of(until), lang, time_zone=COPENHAGEN)


def test_the_case_report_raises_suspicion_at_the_first_visit(case_report: PatientRecord) -> None:
    history = told(case_report, "2008-02-29")
    assert history.first_suspicion_on == "Dec 2007"
    assert history.summary[0] == "First suspicion Dec 2007."


def test_a_month_stays_a_month(case_report: PatientRecord) -> None:
    dates = [line.on for line in told(case_report, "2008-02-29").lines]
    assert dates[:3] == ["2005", "Dec 2007", "Jan 2008"]
    assert "dec. 2007" in [line.on for line in told(case_report, "2008-02-29", "da").lines]


def test_the_case_report_flags_warfarin_as_danger(case_report: PatientRecord) -> None:
    (visit,) = [line for line in told(case_report, "2008-02-29").lines if line.on == "Dec 2007"]
    dangers = [t for t, s in zip(visit.texts, visit.signs, strict=True) if s == "!"]
    assert any("warfarin" in text for text in dangers)


def test_the_cream_is_noted_as_topical_and_not_as_the_exposure_studied(
    case_report: PatientRecord,
) -> None:
    (line,) = [line for line in told(case_report, "2008-02-29").lines if line.on == "Jan 2008"]
    noted = [t for t, s in zip(line.texts, line.signs, strict=True) if s == "="]
    assert any("Topical corticosteroid" in text for text in noted)


def test_the_punch_biopsy_is_noted_as_excluding_nothing(case_report: PatientRecord) -> None:
    history = told(case_report, "2008-02-29")
    texts = [text for line in history.lines for text in line.texts]
    assert any("does not name subcutaneous fat: it does not exclude" in text for text in texts)
    assert history.lines[-1].certainty_text == "suspected"


def test_a_replay_to_an_earlier_day_is_the_beginning_of_the_later_one() -> None:
    later = told(with_painful_plaque())
    until = as_of("2026-10-31")
    earlier = told(with_painful_plaque(), "2026-10-31")
    assert earlier.lines == tuple(line for line in later.lines if line.at <= until)


def test_a_value_that_grows_old_is_told_as_unknown_by_time_alone() -> None:
    high = {"concept": "lab.phosphate", "value": "2.3 mmol/L", "on": "2026-07-01"}
    history = told(patient("B-030", ON_DIALYSIS, high))
    by_time = [line for line in history.lines if line.by_time_alone]
    assert any(
        (mark, text) == ("?", "High phosphate")
        for line in by_time
        for mark, text in zip(line.signs, line.texts, strict=True)
    )


def test_a_finding_that_heals_is_told_as_ended() -> None:
    person = patient("B-031", ON_DIALYSIS, PLAQUE, PAIN, LIVEDO, *palpated("2026-11-19"))
    last = told(person).lines[-1]
    assert "-" in last.signs
    assert last.is_state_new


def test_who_was_never_suspected_is_told_so() -> None:
    history = told(patient("B-032", ON_DIALYSIS))
    assert history.first_suspicion_at is None
    assert history.summary[0] == "Never suspected from the data seen."


def test_a_very_long_history_is_folded_and_that_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("livedo.act.moments.MOST_MOMENTS", 3)
    values = [
        {"concept": "lab.phosphate", "value": "1.5 mmol/L", "on": f"2026-{month:02d}-03"}
        for month in range(1, 11)
    ]
    history = told(patient("B-033", ON_DIALYSIS, *values))
    assert history.moments == 3
    assert history.folded > 0
