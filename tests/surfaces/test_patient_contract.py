"""What `livedo patient --format json` promises to other tools, held against a JSON Schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.surfaces.conftest import run

SCHEMA = json.loads(Path(__file__).with_name("patient.schema.json").read_text(encoding="utf-8"))


def mistakes(document: dict[str, Any]) -> list[str]:
    checker = jsonschema.Draft202012Validator(SCHEMA)
    return [f"{one.json_path}: {one.message}" for one in checker.iter_errors(document)]


def explained(*asked: str | Path) -> dict[str, Any]:
    result = run("patient", *asked, "--format", "json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert isinstance(document, dict)
    return document


@pytest.mark.parametrize("lang", ["en", "da"])
def test_a_person_of_the_demo_unit_is_told_as_promised(record: Path, lang: str) -> None:
    listed = json.loads(run("screen", record, "--format", "json").stdout)["patients"]
    ill = next(one for one in listed if one["state"] in ("ulcerated", "lesion"))
    document = explained(record, ill["person_id"], "--lang", lang)
    assert mistakes(document) == []
    assert document["workup"]
    assert document["plan"]
    assert document["differential"][0]["for"]
    assert document["differential"][0]["settled_by"]


VIGNETTE = """
id: case-1
patient: {age: 65, sex: female, bmi: 34}
kidney: {stage: ckd5d, dialysis: hd, vintage_months: 24}
conditions: [diabetes]
medications: [{name: warfarin, status: active}]
labs: [{name: phosphate, value: 10.3, unit: mg/dL}]
skin: {findings: [plaque], sites: [thigh], pain: severe, duration_weeks: 2}
"""


def test_a_published_case_is_told_as_promised(tmp_path: Path) -> None:
    path = tmp_path / "case-1.yaml"
    path.write_text(VIGNETTE, encoding="utf-8")
    document = explained(path)
    assert mistakes(document) == []
    assert document["differential"][0]["for"]
    assert document["plan"]


def test_a_bundle_is_told_as_promised(case_file: Path) -> None:
    document = explained(case_file)
    assert mistakes(document) == []
    assert document["differential"]


def test_a_broken_promise_would_be_noticed(case_file: Path) -> None:
    document = explained(case_file)
    document["differential"][0]["for"] = {}
    document["safety"][0]["status"] = "perhaps"
    del document["palpation"]
    assert len(mistakes(document)) == 3
