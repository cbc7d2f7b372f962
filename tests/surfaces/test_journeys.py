"""What a newcomer does in the first quarter of an hour, and what must never be shown."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.surfaces.conftest import run

SHAPES = re.compile(r"^(!|■|●|◉|△|○|□) ", re.M)


def test_the_demo_prints_a_worklist_and_leaves_a_report(unit: Path) -> None:
    shown = (unit / "stdout.txt").read_text(encoding="utf-8")
    assert SHAPES.search(shown)
    assert "Invented patients" in shown
    page = (unit / "report.html").read_bytes()
    assert page.startswith(b"<!doctype html>")
    assert len(page) <= 1_000_000


def test_every_listed_person_has_a_section_in_the_report(unit: Path) -> None:
    page = (unit / "report.html").read_text(encoding="utf-8")
    rows = re.findall(r'<a class="name" href="#(p\d+)">([^<]+)<', page)
    assert len(rows) > 20
    for anchor, person in rows:
        assert re.search(rf'<h3 id="{anchor}-h">{re.escape(person)}</h3>', page)


def test_the_demo_leaves_a_folder_with_other_files_alone(tmp_path: Path) -> None:
    (tmp_path / "unit" / "fhir").mkdir(parents=True)
    (tmp_path / "unit" / "fhir" / "thesis.docx").write_text("mine")
    result = run("demo", "--into", tmp_path / "unit")
    assert result.exit_code == 14
    assert (tmp_path / "unit" / "fhir" / "thesis.docx").read_text() == "mine"


def first_listed(record: Path, unit: Path) -> str:
    shown = " ".join((unit / "stdout.txt").read_text(encoding="utf-8").split())
    return shown.split(f"livedo patient {record} ")[1].split()[0]


def test_the_worklist_names_a_person_whom_patient_can_explain(record: Path, unit: Path) -> None:
    person = first_listed(record, unit)
    result = run("patient", record, person)
    assert result.exit_code == 0
    assert result.stdout.startswith(person)
    order = [result.stdout.index(word) for word in ("NEXT", "WHY", "WHY NOT", "CANNOT TELL")]
    assert order == sorted(order)


def test_a_patient_as_a_page_is_whole(case_file: Path, tmp_path: Path) -> None:
    target = tmp_path / "patient.html"
    assert (
        run("patient", case_file, "--format", "html", "-o", target, "--lang", "da").exit_code == 0
    )
    page = target.read_text(encoding="utf-8")
    assert '<html lang="da">' in page
    assert page.rstrip().endswith("</html>")


def test_both_units_stand_beside_each_other_and_the_asked_one_first(
    record: Path, unit: Path
) -> None:
    person = first_listed(record, unit)
    si, conventional = (
        run("patient", record, person, "--units", units).stdout for units in ("si", "conventional")
    )
    pattern = r"^  phosphate +\S+ +([\d.]+ \S+) +([\d.]+ \S+)"
    first = re.search(pattern, si, re.M)
    second = re.search(pattern, conventional, re.M)
    assert first is not None
    assert second is not None
    assert first.groups() == second.groups()[::-1]


def test_screen_fails_on_findings_only_when_asked(record: Path) -> None:
    assert run("screen", record).exit_code == 0
    assert run("screen", record, "--fail-on", "palpation_overdue").exit_code == 1


def test_a_worklist_in_a_file_is_not_coloured_and_nothing_is_on_stdout(
    record: Path, tmp_path: Path
) -> None:
    result = run("screen", record, "-o", tmp_path / "list.txt")
    assert result.stdout == ""
    text = (tmp_path / "list.txt").read_text(encoding="utf-8")
    assert SHAPES.search(text)
    assert "\x1b" not in text


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_without_utf_8_still_shows_the_worklist(record: Path, encoding: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "livedo", "screen", str(record), "--lang", "da"],
        capture_output=True,
        env={"PYTHONIOENCODING": encoding, "PATH": ""},
    )
    assert done.returncode == 0, done.stderr
    assert "personer" in done.stdout.decode(encoding)
    assert "livedo patient" in done.stdout.decode(encoding)


def test_a_reader_who_leaves_early_causes_no_message(record: Path) -> None:
    command = f"{sys.executable} -m livedo screen {record} | head -1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True
    )
    assert done.stderr.count("\n") <= done.stderr.count("Screening")
    assert done.returncode in {0, 141}


def test_ctrl_c_leaves_the_old_record_intact(unit: Path, tmp_path: Path) -> None:
    target = tmp_path / "record"
    assert run("read", unit / "fhir", "--into", target).exit_code == 0
    before = (target / "manifest.json").read_bytes()
    reading = subprocess.Popen(
        [sys.executable, "-m", "livedo", "read", str(unit / "fhir"), "--into", str(target)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until_reading(target, reading)
    reading.send_signal(signal.SIGINT)
    _, said = reading.communicate(timeout=60)
    if reading.returncode:
        assert reading.returncode == 130
        assert "the old record is intact" in said
        assert (target / "manifest.json").read_bytes() == before
    assert run("screen", target).exit_code == 0


def wait_until_reading(target: Path, reading: subprocess.Popen[str]) -> None:
    """Until the new record is being written aside, or the reading has ended."""
    known = set(target.parent.iterdir()) | set(target.iterdir())
    for _ in range(600):
        now = set(target.parent.iterdir()) | set(target.iterdir())
        if now != known or reading.poll() is not None:
            return
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["screen", "nowhere"], 12),
        (["screen", "RECORD", "--as-of", "yesterday"], 23),
        (["screen", "RECORD", "--changed-since", "never-run"], None),
        (["patient", "RECORD"], 2),
        (["patient", "RECORD", "CANARY-PERSON"], 13),
        (["patient", "CASE", "CANARY-PERSON"], 13),
        (["patient", "nowhere.json"], 11),
        (["replay", "RECORD", "CANARY-PERSON"], 13),
        (["read", "nowhere", "--dry-run"], 11),
        (["read", "EMPTY", "--dry-run"], 11),
        (["report", "RECORD", "-o", "CASE/below.html"], 14),
        (["screen", "RECORD", "--format", "csv", "-o", "CASE/below.csv"], 14),
        (["knowledge", "show", "risk/high_phosphat"], 22),
        (["knowledge", "test", "risk/nothing"], 22),
        (["knowledge", "list", "--kind", "dangre"], 22),
        (["knowledge", "check", "nowhere"], 11),
    ],
)
def test_a_mistake_gets_a_named_error_a_next_step_and_no_trace(
    arguments: list[str], status: int | None, record: Path, case_file: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    places = {"RECORD": record, "CASE": case_file, "EMPTY": empty}
    named = [re.sub("RECORD|CASE|EMPTY", lambda m: str(places[m[0]]), word) for word in arguments]
    result = run(*named)
    if status is None:
        assert result.exit_code >= 10
    else:
        assert result.exit_code == status
    assert "Traceback" not in result.output
    assert result.stdout == ""
    if result.exit_code != 2:
        assert re.search(r"\[LIV-\d{3}\]", result.stderr)


def test_doctor_shows_no_patient_and_no_path_of_the_reader(
    unit: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(unit)
    result = run("doctor")
    assert result.exit_code == 0, result.stdout
    assert "B-0" not in result.stdout
    assert str(unit) not in result.stdout


def test_doctor_runs_even_when_the_settings_are_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "livedo.toml").write_text("lang = ")
    result = run("doctor")
    assert result.exit_code == 30
    assert "broken" in result.stdout


def test_errors_of_reading_never_hold_a_value_or_a_name(tmp_path: Path) -> None:
    source = tmp_path / "canary.ndjson"
    source.write_text(
        '{"resourceType":"Patient","id":"CANARYID","name":[{"family":"CANARYNAME"}]}\n'
        '{"resourceType":"Observation","id":"o1","status":"final",'
        '"subject":{"reference":"Patient/CANARYID"},'
        '"code":{"coding":[{"system":"http://loinc.org","code":"17861-6"}]},'
        '"effectiveDateTime":"2026-01-01",'
        '"valueQuantity":{"value":987654.5,"unit":"CANARYUNIT"}}\n'
        '{"resourceType": CANARYBROKEN\n'
    )
    result = run("read", source, "--into", tmp_path / "record")
    assert result.exit_code == 0, result.stderr
    for canary in ("CANARYID", "CANARYNAME", "987654", "CANARYUNIT", "CANARYBROKEN"):
        assert canary not in result.output
