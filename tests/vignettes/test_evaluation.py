"""Published cases judged without their answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from livedo.surfaces.cli import cli

PUBLISHED = Path(__file__).parents[3] / "shared" / "vignettes"

pytestmark = pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the published cases are not here")


def evaluated(folder: Path) -> dict[str, Any]:
    result = CliRunner().invoke(cli, ["evaluate", "vignettes", str(folder), "--json"])
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.output))


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return evaluated(PUBLISHED)


def share(told: dict[str, Any], name: str) -> float:
    return float(told["scores"][name]["share"])


def test_calciphylaxis_stands_first_in_three_quarters_of_its_cases(told: dict[str, Any]) -> None:
    assert share(told, "calciphylaxis_first") >= 0.75
    assert share(told, "calciphylaxis_within_three") >= 0.90


def test_calciphylaxis_does_not_stand_first_in_most_other_cases(told: dict[str, Any]) -> None:
    assert share(told, "others_not_first") >= 0.80
    assert share(told, "others_renal_not_first") >= 0.65


def test_the_rules_do_better_than_calling_everybody_on_dialysis_a_case(
    told: dict[str, Any],
) -> None:
    assert share(told, "calciphylaxis_first") > share(told, "baseline_calciphylaxis")
    assert share(told, "others_not_first") > share(told, "baseline_others")


def test_every_case_ranks_every_diagnosis_once(told: dict[str, Any]) -> None:
    assert len(told["cases"]) == len(list(PUBLISHED.glob("*.yaml")))
    for case in told["cases"]:
        assert len(case["differential"]) == len(set(case["differential"])) > 40
        assert case["suspicion"] in {"suspected", "possible", "not_suspected", "cannot_tell"}


def test_what_a_case_does_not_state_is_asked_for(told: dict[str, Any]) -> None:
    """A case of calciphylaxis without a single laboratory value asks for the minerals."""
    by_id = {case["id"]: case for case in told["cases"]}
    for path in PUBLISHED.glob("cuA-*.yaml"):
        content = yaml.safe_load(path.read_text("utf-8"))
        if "no-labs" in content.get("tags", []) and content.get("skin", {}).get("findings"):
            assert by_id[content["id"]]["ask_for"], path.name


def test_the_answer_changes_nothing_but_the_score(told: dict[str, Any], tmp_path: Path) -> None:
    for path in sorted(PUBLISHED.glob("*.yaml"))[:6]:
        content = yaml.safe_load(path.read_text("utf-8"))
        for hidden in ("truth", "biopsy", "tags", "source", "provenance"):
            content.pop(hidden, None)
        (tmp_path / path.name).write_text(yaml.safe_dump(content, sort_keys=False), "utf-8")
    blind = evaluated(tmp_path)
    assert "scores" not in blind
    before = {case["id"]: case for case in told["cases"]}
    for case in blind["cases"]:
        assert case["differential"] == before[case["id"]]["differential"]
        assert case["ask_for"] == before[case["id"]]["ask_for"]


def test_the_table_tells_each_stratum_with_its_interval() -> None:
    result = CliRunner().invoke(cli, ["evaluate", "vignettes", str(PUBLISHED), "--lang", "da"])
    assert "kalcifylaksi, først" in result.output
    assert "95 %" in result.output


def test_a_folder_without_cases_says_so(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["evaluate", "vignettes", str(tmp_path)])
    assert result.exit_code == 11
