"""Delay alarms: what has gone on too long without a name."""

from __future__ import annotations

from livedo.act.explanation import explain
from livedo.record.tables import PatientRecord
from tests.act.people import ON_DIALYSIS, as_of, engine, patient

OLD = {"concept": "sign.plaque", "on": "2026-09-20", "body_site": "thigh", "lesion": "a"}
NOW = {**OLD, "on": "2026-11-15"}


def alarms(person: PatientRecord) -> list[str]:
    return [one.id for one in explain(person, engine(), as_of()).workup.alarms]


def test_a_plaque_of_eight_weeks_without_a_recorded_cause_raises_an_alarm() -> None:
    assert alarms(patient("A-1", ON_DIALYSIS, OLD, NOW)) == ["lesion_without_a_name"]


def test_unknown_diagnoses_do_not_silence_the_alarm() -> None:
    person = patient("A-2", ON_DIALYSIS, OLD, NOW, observed=())
    assert alarms(person) == ["lesion_without_a_name"]


def test_a_recorded_panniculitis_names_the_lesion() -> None:
    named = {"concept": "condition.panniculitis", "from": "2026-10-01"}
    assert alarms(patient("A-3", ON_DIALYSIS, OLD, NOW, named)) == []


def test_a_plaque_first_seen_last_week_raises_no_alarm() -> None:
    assert alarms(patient("A-4", ON_DIALYSIS, NOW)) == []


def test_cellulitis_of_three_weeks_on_dialysis_raises_an_alarm_with_the_published_delay() -> None:
    person = patient("A-5", ON_DIALYSIS, {"concept": "condition.cellulitis", "from": "2026-10-30"})
    (alarm,) = explain(person, engine(), as_of()).workup.alarms
    assert "33 days" in alarm.text
    assert "DX-04" in alarm.claims


def test_balanitis_of_three_weeks_in_a_man_on_dialysis_raises_an_alarm() -> None:
    balanitis = {"concept": "condition.balanitis", "from": "2026-10-30"}
    assert alarms(patient("A-6", ON_DIALYSIS, balanitis, sex="male")) == ["balanitis_not_healing"]
