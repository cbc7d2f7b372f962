"""What the reader of the manual has at hand: the invented unit, a Bundle, published cases."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from livedo.demo.unit import penile_case
from livedo.surfaces.cli import cli
from tests.documents.pages import ROOT


@pytest.fixture(scope="session")
def at_hand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like that of a reader after `make demo`; made once, copied for each page."""
    folder = tmp_path_factory.mktemp("reader")
    result = CliRunner().invoke(cli, ["demo", "--into", str(folder / "demo")])
    assert result.exit_code == 0, result.stderr
    shutil.copytree(folder / "demo" / "record", folder / "record")
    (folder / "bundle.json").write_text(json.dumps(penile_case()), encoding="utf-8")
    return folder


@pytest.fixture
def reader(at_hand: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder of somebody who follows one page."""
    folder = tmp_path / "reader"
    folder.mkdir()
    (folder / "demo").symlink_to(at_hand / "demo")
    (folder / "export").symlink_to(at_hand / "demo" / "fhir")
    shutil.copytree(at_hand / "record", folder / "record")
    shutil.copy(at_hand / "bundle.json", folder)
    (folder / "docs").symlink_to(ROOT / "docs")
    monkeypatch.chdir(folder)
    return folder
