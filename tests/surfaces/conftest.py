"""The invented unit, written and read once for all tests of this folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from livedo.demo.unit import penile_case
from livedo.surfaces.cli import cli


def run(*arguments: str | Path, **environment: str) -> Result:
    """A command as a reader runs it; its stderr is kept apart."""
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], env=environment)


def document(*arguments: str | Path) -> Any:
    """The one document that a command prints."""
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    assert result.stderr == "" or "\x1b" not in result.stderr
    return json.loads(result.stdout)


@pytest.fixture(scope="session")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `livedo demo` leaves."""
    folder = tmp_path_factory.mktemp("demo") / "unit"
    result = run("demo", "--into", folder)
    assert result.exit_code == 0, result.stderr
    (folder / "stdout.txt").write_text(result.stdout, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def record(unit: Path) -> Path:
    """The record of the invented unit."""
    return unit / "record"


@pytest.fixture
def case_file(tmp_path: Path) -> Path:
    """The published case, as the FHIR Bundle a user might have."""
    path = tmp_path / "case.json"
    path.write_text(json.dumps(penile_case()), encoding="utf-8")
    return path
