"""The invented dialysis unit: the same bytes each time, and what it promises to hold."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from livedo.demo.settings import load_settings
from livedo.demo.unit import truth, write_unit

SCRIPT = "import sys, pathlib, livedo.demo.unit as u; u.write_unit(pathlib.Path(sys.argv[1]))"


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unit")
    write_unit(folder)
    return folder


def resources(folder: Path, resource_type: str) -> Iterator[dict[str, Any]]:
    for line in (folder / f"{resource_type}.ndjson").read_text("utf-8").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_the_unit_is_the_same_bytes_under_another_hash_seed_locale_and_time_zone(
    unit: Path, tmp_path: Path
) -> None:
    elsewhere = os.environ | {"PYTHONHASHSEED": "7", "LC_ALL": "C", "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", SCRIPT, str(tmp_path)], env=elsewhere, check=True)
    assert digests(tmp_path) == digests(unit)


def test_the_unit_is_the_same_bytes_on_every_machine_and_python(unit: Path) -> None:
    """Changed on purpose? Run sha256sum over the files of the unit into unit.sha256."""
    lines = (Path(__file__).parent / "unit.sha256").read_text("utf-8").splitlines()
    assert digests(unit) == {line.split()[1]: line.split()[0] for line in lines}


def test_there_are_two_hundred_people_and_each_is_marked_as_test_data(unit: Path) -> None:
    people = list(resources(unit, "Patient"))
    assert len({person["id"] for person in people}) == len(people) == 200
    assert all(person["meta"]["tag"][0]["code"] == "HTEST" for person in people)


def test_four_people_have_calciphylaxis_and_thirty_a_wound_of_another_cause() -> None:
    kinds = Counter(course.partition("/")[0] for course in truth().values())
    assert (kinds["cases"], kinds["wounds"]) == (4, 30)


def test_nothing_is_dated_after_the_last_day_except_what_is_meant_to_be_wrong(unit: Path) -> None:
    until = load_settings().unit.until.isoformat()
    late = [
        observation["id"]
        for observation in resources(unit, "Observation")
        if observation["effectiveDateTime"][:10] > until
    ]
    assert late == ["dirt-future"]


def test_about_one_in_fourteen_has_no_minerals_in_the_last_ninety_days(unit: Path) -> None:
    latest: dict[str, str] = {}
    minerals = {"NPU01443", "NPU03096", "17861-6", "2777-1"}
    for observation in resources(unit, "Observation"):
        if observation["code"]["coding"][0]["code"] in minerals and "subject" in observation:
            person = observation["subject"]["reference"]
            latest[person] = max(latest.get(person, ""), observation["effectiveDateTime"][:10])
    gone = {f"Patient/{p['id']}" for p in resources(unit, "Patient") if "deceasedDateTime" in p}
    missing = [p for p, day in latest.items() if day < "2026-08-22" and p not in gone]
    assert 12 <= len(missing) <= 20


def test_every_id_is_one_that_fhir_allows(unit: Path) -> None:
    allowed = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.")
    for path in unit.glob("*.ndjson"):
        for resource in resources(unit, path.stem):
            assert 0 < len(resource["id"]) <= 64
            assert set(resource["id"]) <= allowed


def test_the_person_of_the_case_report_is_in_the_unit_as_the_review_tells_it(unit: Path) -> None:
    found = [
        resource["id"]
        for path in unit.glob("*.ndjson")
        for resource in resources(unit, path.stem)
        if resource["id"].startswith("case-penile")
    ]
    assert len(found) == 22


def test_the_files_hold_one_line_that_is_no_json(unit: Path) -> None:
    lines = (unit / "Observation.ndjson").read_bytes().splitlines()
    assert sum(1 for line in lines if not line.endswith(b"}")) == 1
