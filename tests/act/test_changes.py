"""What changed since last time, in words that do not promise more than is known."""

from __future__ import annotations

from livedo.act.result import PatientResult
from livedo.act.worklist import screen
from livedo.record.tables import PatientRecord
from tests.act.people import (
    FRESH_MINERALS,
    LIVEDO,
    ON_DIALYSIS,
    PLAQUE,
    as_of,
    engine,
    palpated,
    patient,
    with_clear_skin,
    with_painful_plaque,
)


def compared(person: PatientRecord, since: str, lang: str = "en") -> PatientResult:
    (result,) = screen([person], engine(), as_of(), changed_since=since, lang=lang).patients
    return result


def phosphate(value: str, on: str) -> dict[str, str]:
    return {"concept": "lab.phosphate", "value": value, "on": on}


def test_a_first_lesion_is_new() -> None:
    result = compared(with_painful_plaque(), "2026-10-23")
    assert result.direction == "new"
    assert any("Non-ulcerated lesion" in change.text for change in result.changed)


def test_a_lesion_that_ulcerates_is_worse() -> None:
    earlier = {**PLAQUE, "on": "2026-10-20"}
    pain = {**earlier, "concept": "sign.lesion_pain", "interpretation": "severe"}
    ulcer = {**PLAQUE, "concept": "sign.ulcer"}
    later_pain = {**PLAQUE, "concept": "sign.lesion_pain", "interpretation": "severe"}
    net = {**LIVEDO, "body_site": "thigh", "side": "left", "lesion": "a"}
    person = patient("B-020", ON_DIALYSIS, earlier, pain, PLAQUE, later_pain, net, ulcer)
    result = compared(person, "2026-10-25")
    assert result.state == "ulcerated"
    assert result.direction == "worse"


def test_nothing_new_is_the_same() -> None:
    assert compared(with_clear_skin(), "2026-11-15").direction == "same"


def test_a_value_that_fell_is_better() -> None:
    person = patient(
        "B-021",
        ON_DIALYSIS,
        *FRESH_MINERALS,
        phosphate("2.3 mmol/L", "2026-10-01"),
        *palpated("2026-10-25"),
    )
    assert compared(person, "2026-10-30").direction == "better"


def test_a_value_that_grew_too_old_is_unknown_and_not_better() -> None:
    person = patient("B-022", ON_DIALYSIS, phosphate("2.3 mmol/L", "2026-08-01"))
    result = compared(person, "2026-10-20")
    assert result.direction != "better"
    assert any(change.text == "now unknown: High phosphate" for change in result.changed)


def test_a_lower_phosphate_is_no_better_skin() -> None:
    old = [{**fact, "on": "2026-10-10"} for fact in (PLAQUE, LIVEDO)]
    person = patient(
        "B-023",
        ON_DIALYSIS,
        *old,
        phosphate("2.3 mmol/L", "2026-10-01"),
        *FRESH_MINERALS,
    )
    result = compared(person, "2026-10-20")
    assert result.certainty in {"suspected", "possible"}
    assert result.direction == "same"


def test_someone_not_known_then_is_new() -> None:
    person = patient("B-024", {**ON_DIALYSIS, "known": "2026-11-10"})
    result = compared(person, "2026-11-01", lang="da")
    assert (result.direction, result.direction_text) == ("new", "ny")
