"""The referral prints on one page, names nobody, and asks whom this patient needs."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from livedo.act.explanation import explain
from livedo.act.parts import Referral
from livedo.act.referral import lines_of, load_referral
from livedo.knowledge.load import load_knowledge
from livedo.record.store import open_record
from livedo.record.tables import PatientRecord
from livedo.surfaces.cli import cli
from livedo.surfaces.referral_text import referral_lines
from livedo.surfaces.terminal import Terminal, width_of, wrap
from livedo.surfaces.words import words
from tests.act.care_of import plan_of
from tests.act.people import engine, patient, with_clear_skin, with_painful_plaque

ROWS_OF_A_PAGE = 60


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    done = CliRunner().invoke(cli, ["demo", "--into", str(folder)])
    assert done.exit_code == 0
    return folder / "record"


def summary(person: PatientRecord, lang: str = "en") -> Referral:
    found = plan_of(person, lang).referral
    assert found is not None
    return found


def part(referral: Referral, heading: str) -> tuple[str, ...]:
    return dict(referral.paragraphs)[heading]


def test_no_demo_patient_needs_more_than_one_page(demo: Path) -> None:
    record, terminal = open_record(demo), Terminal()
    seen = 0
    for person in record.patients():
        for lang in ("en", "da"):
            told = explain(person, engine(), record.newest_known_at or 0, lang)
            if told.plan.referral is None:
                continue
            seen += 1
            assert lines_of(told.plan.referral) <= load_referral().max_lines
            lines = list(referral_lines(told.plan.referral, words(lang), invented=True))
            rows = [
                row
                for line in lines
                for row in (wrap(line, terminal.width, 4) if width_of(line) > 100 else [line])
            ]
            assert len(rows) <= ROWS_OF_A_PAGE
    assert seen


def test_no_patient_whatever_can_fill_more_than_one_page() -> None:
    data = load_referral()
    always = 1 + len(data.specialties) + len(("question", "who", "who", "biopsy", "sources"))
    assert always + sum(data.room.values()) <= data.max_lines


def test_what_has_no_room_is_counted() -> None:
    spots = [
        {"concept": "sign.plaque", "on": "2026-11-18", "body_site": site, "side": side, "lesion": n}
        for n, (site, side) in enumerate(
            (site, side)
            for site in ("thigh", "abdomen", "lower_leg", "buttock", "upper_arm")
            for side in ("left", "right")
        )
    ]
    many = [{**spot, "lesion": f"x{spot['lesion']}"} for spot in spots]
    findings = part(summary(patient("P", *with_painful_facts(), *many)), "Findings")
    assert len(findings) == load_referral().room["findings"]
    assert "more" in findings[-1]


def with_painful_facts() -> tuple[dict[str, str], ...]:
    from tests.act.people import ON_DIALYSIS, PAIN, PLAQUE, WARFARIN

    return (ON_DIALYSIS, WARFARIN, PLAQUE, PAIN)


def test_the_summary_holds_no_id_of_the_person() -> None:
    referral = summary(with_painful_plaque("CANARY-0101701234"))
    assert "CANARY" not in repr(referral)
    assert "0101701234" not in repr(referral)


def test_findings_drugs_and_values_stand_with_site_date_and_unit() -> None:
    referral = summary(with_painful_plaque())
    assert any("Left thigh" in line and "18 Nov" in line for line in part(referral, "Findings"))
    assert "Warfarin since Mar 2022" in part(referral, "Risk factors and drugs")
    assert any("2.61 mmol/L" in line for line in part(referral, "Laboratory"))
    assert any("74 pmol/L" in x or "74.0 pmol/L" in x for x in part(referral, "Laboratory"))


def test_a_value_too_old_is_marked_and_one_never_measured_is_named() -> None:
    lines = part(summary(with_painful_plaque()), "Laboratory")
    assert any("PTH" in line and "(too old)" in line for line in lines)
    assert any("albumin: never measured" in line for line in lines)


def test_surgery_is_asked_when_there_is_a_wound_and_not_before() -> None:
    ulcer = {"concept": "sign.ulcer", "on": "2026-11-18", "body_site": "thigh", "lesion": "a"}
    without = summary(patient("P", *with_painful_facts()))
    wounded = summary(patient("P", *with_painful_facts(), ulcer))
    assert not any("surgery:" in line for line in without.specialties)
    assert len([line for line in wounded.specialties if "surgery:" in line]) == 2


def test_nobody_without_suspicion_gets_a_referral() -> None:
    assert plan_of(with_clear_skin()).referral is None


def test_no_biopsy_recorded_is_not_told_as_none_taken() -> None:
    (line,) = part(summary(with_painful_plaque()), "Biopsy")
    assert "does not say that none was taken" in line


def test_the_command_writes_text_and_a_page_that_loads_nothing(demo: Path) -> None:
    text = CliRunner().invoke(cli, ["referral", str(demo), "B-044", "--lang", "da"])
    assert text.exit_code == 0
    assert "Henvisningsresumé" in text.output
    page = CliRunner().invoke(cli, ["referral", str(demo), "B-044", "--format", "html"])
    assert page.exit_code == 0
    assert "<h1>" in page.output
    assert "http" not in page.output.replace("http-equiv", "")
    assert "B-044" not in page.output


def test_the_command_says_why_there_is_none(demo: Path) -> None:
    done = CliRunner().invoke(cli, ["referral", str(demo), "B-001"])
    assert "does not say that the disease is absent" in " ".join(done.output.split())


def test_every_rule_and_concept_of_the_list_exists() -> None:
    data, knowledge = load_referral(), load_knowledge()
    asked = {rule for one in data.specialties for rule in one.when}
    assert {*data.offered, *data.course, *data.risks, data.known, *asked} <= set(knowledge.rules)
    assert {*data.drugs, *data.done, data.biopsy} <= set(knowledge.vocabulary.concepts)
    assert set(data.because) <= set(knowledge.claims)
