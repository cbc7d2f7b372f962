"""Cases: invented patients as a clinician tells them, and what a rule must answer about them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from livedo.assess.answer import Answer, Judgement, Missing, Status
from livedo.errors import DateInvalid, KnowledgeInvalid, UnknownUnit
from livedo.instants import from_iso, iso, iso_date, parse_fhir_instant
from livedo.knowledge.casefile import parse_case, parse_case_file
from livedo.knowledge.cases import load_cases, patient_from_case, run_cases
from livedo.knowledge.load import Knowledge
from livedo.knowledge.vocabulary import load_vocabulary
from livedo.record.tables import Fact, Instant, PatientRecord

AS_OF = "2026-03-01"


def patient(**said: Any) -> PatientRecord:
    case = parse_case({"name": "a patient", "as_of": AS_OF, "expect": "yes", **said})
    return patient_from_case(case, load_vocabulary())[0]


def fact(**said: Any) -> Fact:
    plain = {"concept": "lab.phosphate", **said}
    if not {"on", "from"} & set(plain):
        plain["on"] = "2026-02-20"
    return patient(facts=[plain]).facts[0]


def days(found: Fact) -> tuple[str, str]:
    return iso_date(found.start_from), iso_date(found.start_at)


def test_the_moment_of_judgement_is_the_end_of_its_day() -> None:
    case = parse_case({"name": "a patient", "as_of": AS_OF, "expect": "yes"})
    _, as_of = patient_from_case(case, load_vocabulary())
    assert iso(as_of) == "2026-03-01T23:59:59.999999Z"


def test_a_value_is_kept_in_the_canonical_unit() -> None:
    found = fact(value="5.5 mg/dL")
    assert found.low == found.high == pytest.approx(5.5 / 3.097)
    assert found.original == "5.5 mg/dL"


@pytest.mark.parametrize(
    ("written", "low", "high"),
    [
        (">2500 pg/mL", 2500 / 9.43, None),
        (">= 2500 pg/mL", 2500 / 9.43, None),
        ("<3 pg/mL", None, 3 / 9.43),
        ("31.8..33 pmol/L", 31.8, 33.0),
    ],
)
def test_a_value_beyond_a_limit_is_an_open_interval(
    written: str, low: float | None, high: float | None
) -> None:
    found = fact(concept="lab.pth_intact", value=written)
    assert [found.low, found.high] == [pytest.approx(low), pytest.approx(high)]


def test_a_score_needs_no_unit() -> None:
    assert fact(concept="body.pain_nrs", value=7).low == 7


def test_a_reference_interval_may_be_open_and_may_begin_at_zero() -> None:
    found = fact(concept="lab.alp", reference=[None, "120 U/L"])
    assert (found.ref_low, found.ref_high) == (None, 120)
    assert fact(concept="lab.alp", reference=["0 U/L", "120 U/L"]).ref_low == 0


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-02-20", ("2026-02-20", "2026-02-20")),
        ("2025-06", ("2025-06-01", "2025-06-30")),
        (2025, ("2025-01-01", "2025-12-31")),
        ("20 days ago", ("2026-02-09", "2026-02-09")),
        ("2 weeks ago", ("2026-02-15", "2026-02-15")),
        ("1 year ago", ("2025-03-01", "2025-03-01")),
    ],
)
def test_a_day_may_be_exact_imprecise_or_counted_back(
    written: str, expected: tuple[str, str]
) -> None:
    assert days(fact(on=written)) == expected


def test_a_fact_on_a_day_ends_where_it_starts() -> None:
    found = fact(on="2025-06")
    assert found.end_from == found.end_at == found.start_at


def test_a_span_without_an_end_goes_on() -> None:
    found = fact(concept="drug.warfarin", **{"from": "2024-01-01"})
    assert (found.end_from, found.end_at) == (None, None)


def test_a_span_may_end_on_a_day_or_some_time_before_one() -> None:
    ended = fact(concept="drug.warfarin", **{"from": "2024-01-01", "until": "2025-01-01"})
    assert (ended.end_from, ended.end_at) == parse_fhir_instant("2025-01-01", UTC)
    some_time = fact(
        concept="drug.warfarin", **{"from": "2024-01-01", "until": "before 2025-01-01"}
    )
    assert some_time.end_from == some_time.start_at
    assert some_time.end_at == parse_fhir_instant("2025-01-01", UTC)[0]


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ({"on": "2026-02-20"}, "2026-02-20"),
        ({"on": "2026"}, "2026-03-01"),
        ({"on": "2026-04-02"}, "2026-04-02"),
        ({"on": "2026-02-20", "known": "2026-02-25"}, "2026-02-25"),
    ],
)
def test_a_fact_is_known_when_it_began_unless_said_otherwise(
    said: dict[str, str], known: str
) -> None:
    assert iso_date(fact(**said).known_at) == known


def test_a_dose_is_a_day_and_in_the_canonical_unit_of_the_drug() -> None:
    found = fact(concept="drug.calcitriol", dose="0.75 ug/d", route="oral")
    assert (found.dose_per_day, found.dose_unit, found.route) == (0.75, "ug/d", "oral")


def test_facts_stand_in_the_order_of_the_record() -> None:
    record = patient(
        facts=[
            {"concept": "sign.ulcer", "on": "2026-02-01", "lesion": "L1", "body_site": "thigh"},
            {"concept": "lab.phosphate", "on": "2026-02-20"},
            {"concept": "lab.phosphate", "on": "2026-02-01"},
        ]
    )
    assert [found.fact_id for found in record.facts] == [3, 2, 1]
    assert record.facts[2].lesion_id == "L1"


def test_the_person_may_be_dead_without_a_date() -> None:
    person = patient(person={"sex": "female", "born": 1960, "died": "unknown"}).person
    assert person.is_dead
    assert person.died_on is None
    assert person.born_on is not None
    assert iso_date(person.born_on) == "1960-01-01"
    assert patient(person={"died": "2026-01-01"}).person.died_on == from_iso("2026-01-01")


def test_a_domain_alone_is_observed_for_twenty_years_with_history() -> None:
    span = patient(observed=["drug"]).observed[0]
    assert (iso_date(span.from_at), iso_date(span.to_at)) == ("2006-03-01", AS_OF)
    assert span.with_history


def test_a_span_observed_says_from_when_to_when() -> None:
    said = {"domain": "drug", "from": "2025-01-01", "to": "2025-12-31"}
    span = patient(observed=[said]).observed[0]
    assert (iso_date(span.from_at), iso_date(span.to_at)) == ("2025-01-01", "2025-12-31")
    assert not span.with_history


def test_a_span_observed_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(DateInvalid):
        patient(observed=[{"domain": "drug", "from": "2027-01-01"}])


def test_what_is_given_is_added_to_every_case_of_the_file() -> None:
    file = parse_case_file(
        {
            "rule": "risk/a",
            "given": {
                "as_of": AS_OF,
                "person": {"sex": "male"},
                "facts": [{"concept": "drug.warfarin", "from": "2024-01-01"}],
            },
            "cases": [
                {"name": "one", "expect": "yes"},
                {
                    "name": "two",
                    "expect": "no",
                    "as_of": "2026-04-01",
                    "person": {"sex": "female"},
                    "facts": [{"concept": "lab.inr", "on": "2026-02-01"}],
                },
            ],
        }
    )
    one, two = file.cases
    assert (one.as_of, one.person.sex, len(one.facts)) == (AS_OF, "male", 1)
    assert (two.as_of, two.person.sex, len(two.facts)) == ("2026-04-01", "female", 2)


@pytest.mark.parametrize(
    "said",
    [
        {"concept": "lab.phosphate"},
        {"concept": "lab.phosphate", "on": "2026-01-01", "from": "2026-01-01"},
        {"concept": "lab.phosphate", "on": "2026-01-01", "until": "2026-01-02"},
        {"concept": "lab.phosphate", "on": "2026-01-01", "present": "perhaps"},
    ],
)
def test_a_fact_says_either_a_day_or_a_span(said: dict[str, Any]) -> None:
    with pytest.raises(KnowledgeInvalid):
        patient(facts=[said])


def test_a_unit_that_the_concept_does_not_have_is_refused() -> None:
    with pytest.raises(UnknownUnit):
        fact(value="5.5 mm")


class Sayer:
    """An engine that always answers the same."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def judge(
        self, record: PatientRecord, as_of: Instant, rules: Collection[str] | None = None
    ) -> Judgement:
        answers = dict.fromkeys(rules or (), self.answer)
        return Judgement(person_id="case", as_of=as_of, knowledge="", answers=answers)


CASES = """\
rule: risk/high
given: {as_of: 2026-03-01}
cases:
- {name: high, expect: yes, expect_value: 5.6 mg/dL}
- {name: unknown, expect: unknown, expect_missing: [lab.phosphate]}
"""


@pytest.fixture
def knowledge(tmp_path: Path) -> Knowledge:
    for kind, text in (
        ("cases", CASES),
        (
            "rules",
            "id: risk/high\ntitle: {en: H, da: H}\nasks: {en: H, da: H}\nwhen: {person: dead}\n",
        ),
    ):
        (tmp_path / kind / "risk").mkdir(parents=True)
        (tmp_path / kind / "risk" / "high.yaml").write_text(text)
    return Knowledge.from_folder(tmp_path)


def test_a_case_passes_when_answer_value_and_missing_agree(knowledge: Knowledge) -> None:
    high = Answer(
        rule="risk/high", status=Status.YES, value=5.6 / 3.097, value_concept="lab.phosphate"
    )
    results = run_cases(Sayer(high), knowledge)
    assert [result.passed for result in results] == [True, False]
    assert results[1].why.startswith("expected unknown, the rule answers yes")


def test_a_case_fails_when_something_else_is_missing(knowledge: Knowledge) -> None:
    answer = Answer(
        rule="risk/high",
        status=Status.UNKNOWN,
        missing=(Missing(concept="lab.albumin", why="too_old"),),
    )
    result = run_cases(Sayer(answer), knowledge)[1]
    assert not result.passed
    assert "lab.phosphate is not among what is missing (lab.albumin)" in result.why


def test_only_the_cases_of_the_rules_asked_for_are_run(knowledge: Knowledge) -> None:
    answer = Answer(rule="risk/high", status=Status.NO)
    assert run_cases(Sayer(answer), knowledge, only=["risk/other"]) == []


def test_a_case_file_that_cannot_be_read_stops_with_its_place(knowledge: Knowledge) -> None:
    path = knowledge.folder / "cases" / "risk" / "high.yaml"
    path.write_text("rule: risk/high\ncases: [{name: one}]\n")
    with pytest.raises(KnowledgeInvalid, match="case file cannot be read") as caught:
        load_cases(knowledge.folder)
    assert caught.value.where.startswith("cases/risk/high.yaml")
