"""A person of whom nothing new is known says so before anything else that is unknown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from livedo.act.worklist import screen
from livedo.assess.engine_python import PythonEngine
from livedo.demo.unit import penile_case
from livedo.instants import DAY
from livedo.knowledge.load import load_knowledge
from livedo.record.build import InMemory, read_in_memory


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> InMemory:
    path: Path = tmp_path_factory.mktemp("case") / "penile.json"
    path.write_text(json.dumps(penile_case()), encoding="utf-8")
    return read_in_memory(path)


def unknown_text(case: InMemory, days_later: int, lang: str) -> str:
    assert case.newest_known_at is not None
    as_of = case.newest_known_at + days_later * DAY
    engine = PythonEngine(load_knowledge())
    (line,) = screen(case.patients, engine, as_of, lang=lang).patients
    return line.unknown_text


def test_a_long_silence_comes_first(case: InMemory) -> None:
    assert unknown_text(case, 400, "en").startswith("everything since 29 Feb 2008")
    assert unknown_text(case, 400, "da").startswith("alt siden 29. feb. 2008")


def test_a_short_silence_is_not_told(case: InMemory) -> None:
    assert "everything since" not in unknown_text(case, 30, "en")
