"""A centre's own numbers on the command line: the same answer as in the service, and said so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.surfaces.conftest import run

CENTRE = """\
overrides:
- rule: risk/high_phosphate
  field: above
  value: 1.9 mmol/L
  reason: The regional guideline begins here.
  by: Nora Steward
  on: 2026-11-20
  centre: Birkesø
"""
SAID = (
    "Changed by Birkesø: the limit is 1.9 mmol/L (5.9 mg/dL), as shipped 5.5 mg/dL (1.78 mmol/L)."
)


@pytest.fixture
def centre(tmp_path: Path) -> Path:
    """The file of a centre."""
    path = tmp_path / "centre.yaml"
    path.write_text(CENTRE, encoding="utf-8")
    return path


def flat(text: str) -> str:
    """Without the ends of lines."""
    return " ".join(text.split())


def test_the_worklist_is_judged_with_the_number_and_says_so(record: Path, centre: Path) -> None:
    shipped = json.loads(run("screen", record, "--json").stdout)
    own = json.loads(run("screen", record, "--json", "--overrides", centre).stdout)
    assert "overrides" not in shipped
    assert [each["rule"] for each in own["overrides"]] == ["risk/high_phosphate"]
    assert own["knowledge"] != shipped["knowledge"]
    assert own["run"] != shipped["run"]
    speaking = [
        [r["rule"] for p in each["patients"] for r in p["reasons"]].count("risk/high_phosphate")
        for each in (shipped, own)
    ]
    assert speaking[0] - speaking[1] == 18
    assert SAID in flat(run("screen", record, "--short", "--overrides", centre).stdout)


def test_one_persons_page_says_who_changed_the_number(record: Path, centre: Path) -> None:
    own = json.loads(run("screen", record, "--json", "--overrides", centre).stdout)
    ill = next(
        p["person_id"]
        for p in own["patients"]
        if any(r["rule"] == "risk/high_phosphate" for r in p["reasons"])
    )
    shown = flat(run("patient", record, ill, "--overrides", centre).stdout)
    assert shown.count(SAID) == 2
    document = json.loads(run("patient", record, ill, "--json", "--overrides", centre).stdout)
    lines = {line["rule"]: line for line in document["explanation"]["why"]}
    assert lines["risk/high_phosphate"]["override"].startswith(SAID)
    assert [rule for rule, line in lines.items() if "override" in line] == ["risk/high_phosphate"]
    assert SAID in flat(
        run("patient", record, ill, "--format", "html", "--overrides", centre).stdout
    )
    assert "shipped/" not in json.dumps(document)


def test_the_report_of_the_unit_names_the_changed_numbers(
    record: Path, centre: Path, tmp_path: Path
) -> None:
    page = tmp_path / "report.html"
    assert run("report", record, "-o", page, "--overrides", centre).exit_code == 0
    assert SAID in flat(page.read_text(encoding="utf-8"))


def test_knowledge_show_reads_the_rule_with_the_number(centre: Path) -> None:
    shown = run("knowledge", "show", "risk/high_phosphate", "--overrides", centre)
    assert SAID in flat(shown.stdout)
    document = json.loads(
        run("knowledge", "show", "risk/high_phosphate", "--json", "--overrides", centre).stdout
    )
    assert document["overrides"][0]["by"] == "Nora Steward"
    assert "overrides" not in json.loads(run("knowledge", "show", "risk/obesity", "--json").stdout)


def test_a_number_outside_the_bounds_stops_the_command_before_anybody_is_judged(
    record: Path, centre: Path
) -> None:
    centre.write_text(CENTRE.replace("1.9 mmol/L", "2.9 mmol/L"), encoding="utf-8")
    for command in (["screen", record], ["patient", record, "B-044"], ["replay", record, "B-044"]):
        result = run(*command, "--overrides", centre)
        assert result.exit_code == 28
        assert "Allowed for the limit: 1.13 mmol/L (3.5 mg/dL) to 2.0 mmol/L" in flat(result.stderr)
        assert result.stdout == ""
