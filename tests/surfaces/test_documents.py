"""`--json` and the other machine forms: the shapes that other tools rely on."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.surfaces.conftest import document, run

P = {
    "person_id",
    "state",
    "outside_reason",
    "certainty",
    "precedence",
    "reasons",
    "unknown",
    "next",
    "changed",
}
REASON = {"rule", "status", "value", "decided_at", "evidence", "because"}
UNKNOWN = {"concept", "why", "would_change"}


def test_read_adds_up(unit: Path) -> None:
    found = document("read", unit / "fhir", "--dry-run")
    assert set(found) == {
        "in", "used", "set_aside", "reasons", "parts_lost", "observed_proposed"
    }  # fmt: skip
    assert found["in"] == found["used"] + found["set_aside"]
    assert found["set_aside"] == sum(found["reasons"].values())


def test_a_dry_run_writes_nothing(unit: Path, tmp_path: Path) -> None:
    assert run("read", unit / "fhir", "--dry-run", "--into", tmp_path / "r").exit_code == 0
    assert not (tmp_path / "r").exists()


def test_screen_gives_everybody_with_reasons_and_unknowns(record: Path) -> None:
    found = document("screen", record)
    assert set(found) == {"as_of", "knowledge", "run", "patients"}
    assert len(found["patients"]) == 200
    assert [p["precedence"] for p in found["patients"]] == sorted(
        p["precedence"] for p in found["patients"]
    )
    for patient in found["patients"]:
        assert set(patient) >= P
        assert all(set(reason) >= REASON for reason in patient["reasons"])
        assert all(set(unknown) >= UNKNOWN for unknown in patient["unknown"])
        assert all(set(step) >= {"id", "text"} for step in patient["next"])


def test_the_language_changes_words_and_not_the_answers(record: Path) -> None:
    english = document("screen", record)
    danish = document("screen", record, "--lang", "da")
    keys = ("person_id", "state", "certainty", "precedence", "reasons", "unknown")
    assert [[p[key] for key in keys] for p in english["patients"]] == [
        [p[key] for key in keys] for p in danish["patients"]
    ]


def test_csv_has_one_row_a_person_and_no_formulas(record: Path) -> None:
    result = run("screen", record, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert len(rows) == 200
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())


def test_parquet_has_the_same_people_as_csv(record: Path, tmp_path: Path) -> None:
    target = tmp_path / "worklist.parquet"
    assert run("screen", record, "--format", "parquet", "-o", target).exit_code == 0
    rows = csv.DictReader(io.StringIO(run("screen", record, "--format", "csv").stdout))
    table = pq.read_table(target)
    assert table.column("person_id").to_pylist() == [row["person_id"] for row in rows]


def test_parquet_needs_a_file(record: Path) -> None:
    result = run("screen", record, "--format", "parquet")
    assert result.exit_code == 2
    assert "-o" in result.stderr


def test_patient_gives_the_same_person_and_an_explanation(case_file: Path) -> None:
    found = document("patient", case_file)
    assert set(found) >= P | {"explanation", "palpation"}
    assert found["explanation"]["why"]
    assert found["explanation"]["cannot_tell"] is not None


def test_replay_gives_dated_lines(case_file: Path) -> None:
    found = document("replay", case_file)
    moments = [line["at"] for line in found["lines"]]
    assert moments == sorted(moments)
    assert found["first_suspicion_at"]


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        (["knowledge", "list"], "rules"),
        (["knowledge", "check"], "mistakes"),
        (["knowledge", "test", "risk/high_phosphate"], "cases"),
        (["knowledge", "coverage"], "claims"),
        (["knowledge", "show", "risk/high_phosphate"], "when"),
        (["knowledge", "show", "RF-01"], "says"),
        (["doctor"], "checks"),
        (["config", "show"], "settings"),
    ],
)
def test_every_other_document_is_one_object(arguments: list[str], key: str) -> None:
    assert key in document(*arguments)


def test_coverage_names_what_carries_each_statement() -> None:
    claims = document("knowledge", "coverage")["claims"]
    assert all(set(claim) == {"id", "carried_by", "status"} for claim in claims)
    assert {claim["status"] for claim in claims} <= {"executable", "shown", "missing"}


def test_the_schema_is_a_json_schema() -> None:
    result = run("knowledge", "schema")
    assert result.exit_code == 0
    assert "json-schema.org" in result.stdout
