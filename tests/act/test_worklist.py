"""Who stands where on the worklist, and what the line says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Collection
from itertools import permutations

import pytest

from livedo.act.document import patient_document, screening_chunks, screening_document
from livedo.act.result import PatientResult, Screening
from livedo.act.worklist import screen
from livedo.assess.answer import Judgement
from livedo.record.tables import Instant, PatientRecord
from tests.act.people import (
    ON_DIALYSIS,
    as_of,
    engine,
    patient,
    with_clear_skin,
    with_painful_plaque,
    without_minerals,
)


def screened(*people: PatientRecord, lang: str = "en", units: str = "si") -> Screening:
    return screen(people, engine(), as_of(), lang=lang, units=units)


def only(person: PatientRecord, lang: str = "en", units: str = "si") -> PatientResult:
    (result,) = screened(person, lang=lang, units=units).patients
    return result


def test_a_painful_plaque_on_dialysis_is_possible_early_disease() -> None:
    result = only(with_painful_plaque())
    assert (result.state, result.certainty) == ("lesion", "suspected")
    assert (result.group, result.precedence) == ("possible_early_disease", 2)


def test_the_line_names_what_was_found_where_and_when() -> None:
    why = only(with_painful_plaque()).why
    assert "laque, severe pain left thigh 18 Nov" in why
    assert why[0].isupper()


def test_the_line_is_told_in_danish() -> None:
    result = only(with_painful_plaque(), lang="da")
    assert result.state_text == "Læsion uden sår"
    assert "laque, svær smerte venstre lår 18. nov." in result.why


def test_the_first_step_is_the_most_urgent_behind_the_state() -> None:
    result = only(with_painful_plaque())
    assert result.next[0].id == "skin_review_within_48_hours"
    assert len({step.id for step in result.next}) == len(result.next)


def test_clear_skin_and_normal_minerals_leave_nothing_due() -> None:
    result = only(with_clear_skin())
    assert result.group == "nothing_due"
    assert result.certainty in {"not_suspected", "cannot_tell"}


def test_without_minerals_the_work_up_is_missing_and_says_what() -> None:
    result = only(without_minerals())
    assert result.group == "workup_missing"
    assert {"lab.calcium_total", "lab.phosphate"} <= {line.concept for line in result.unknown}
    assert "calcium" in result.unknown_text


def test_a_palpation_longer_ago_than_the_interval_is_overdue() -> None:
    result = only(with_clear_skin(day="2026-10-11"))
    assert result.group == "palpation_overdue"
    assert (result.palpation.status, result.palpation.days_over) == ("overdue", 12)
    assert result.palpation.text == "over 12 d"


def test_who_died_is_outside_and_on_no_worklist() -> None:
    result = only(patient("B-001", ON_DIALYSIS, died="2026-05-01"))
    assert (result.state, result.outside_reason, result.group) == ("outside", "died", "outside")
    assert result.next == ()


def test_who_never_was_in_the_programme_is_outside_for_that_reason() -> None:
    result = only(patient("B-002"))
    assert (result.state, result.outside_reason) == ("outside", "never")


def test_the_order_is_group_then_state_then_person() -> None:
    people = [
        with_clear_skin("B-003"),
        with_painful_plaque("B-002"),
        without_minerals("B-004"),
        with_painful_plaque("B-001"),
    ]
    found = [result.person_id for result in screened(*people).patients]
    assert found == ["B-001", "B-002", "B-004", "B-003"]


def test_the_order_of_input_changes_nothing() -> None:
    people = (with_clear_skin("B-003"), with_painful_plaque("B-002"), without_minerals("B-004"))
    documents = {
        json.dumps(screening_document(screened(*order)), sort_keys=True)
        for order in permutations(people)
    }
    assert len(documents) == 1


def test_the_hash_seed_changes_nothing() -> None:
    script = "from tests.act.test_worklist import everybody_as_json; print(everybody_as_json())"
    printed = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


def everybody_as_json() -> str:
    people = (with_clear_skin("B-003"), with_painful_plaque("B-002"), without_minerals("B-004"))
    return "".join(screening_chunks(screened(*people)))


def test_every_person_is_counted_in_one_group() -> None:
    screening = screened(with_clear_skin(), with_painful_plaque(), without_minerals())
    assert sum(group.count for group in screening.groups) == 3
    assert screening.due == 2


def test_the_document_has_exactly_the_keys_of_the_contract() -> None:
    document = patient_document(only(with_painful_plaque()))
    assert list(document) == [
        "person_id",
        "state",
        "outside_reason",
        "certainty",
        "precedence",
        "reasons",
        "unknown",
        "next",
        "changed",
    ]
    assert list(document["reasons"][0]) == [
        "rule",
        "status",
        "value",
        "decided_at",
        "evidence",
        "because",
    ]


def test_the_document_in_pieces_is_the_same_document() -> None:
    screening = screened(with_clear_skin(), with_painful_plaque())
    assert json.loads("".join(screening_chunks(screening))) == screening_document(screening)


def test_conventional_units_stand_alone_when_asked_for() -> None:
    texts = [line.text for line in only(with_painful_plaque(), units="conventional").reasons]
    assert any("6.8 mg/dL" in text for text in texts)
    assert not any("mmol/L" in text for text in texts)


class FailingFor:
    """An engine that cannot judge one person."""

    def __init__(self, person_id: str) -> None:
        self.person_id = person_id
        self.knowledge = engine().knowledge

    def judge(
        self, record: PatientRecord, as_of: Instant, rules: Collection[str] | None = None
    ) -> Judgement:
        if record.person.person_id == self.person_id:
            raise ArithmeticError
        return engine().judge(record, as_of, rules)


def test_a_person_who_cannot_be_judged_is_named_and_the_others_stay() -> None:
    people = (with_clear_skin("B-003"), with_painful_plaque("B-002"))
    screening = screen(people, FailingFor("B-003"), as_of())
    assert screening.failed == ("B-003",)
    assert [result.person_id for result in screening.patients] == ["B-002"]


@pytest.mark.parametrize("lang", ["en", "da"])
def test_no_line_gives_a_probability_or_excludes_the_disease(lang: str) -> None:
    screening = screened(with_clear_skin(), with_painful_plaque(), without_minerals(), lang=lang)
    said = "".join(screening_chunks(screening)).casefold()
    for word in ("probab", "sandsynlig", "% risk", "no calciphylaxis", "ingen kalcifylaksi"):
        assert word not in said
