"""A small nation, written once for all tests of this folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

if os.environ.get("CI") != "true":
    pytest.importorskip("numpy")
    pytest.importorskip("sqlalchemy")
    pytest.importorskip("alembic")

from livedo.demo.nation.nation import Nation
from livedo.record.store import Record, open_record
from livedo.surfaces.nation_demo import write_nation

FEW = 500
MANY_CASES = 40_000.0
"""Cases per million, so that a few hundred people have some."""


@pytest.fixture(scope="session")
def few() -> Nation:
    """Five hundred people, of whom some twenty have a course."""
    return Nation(FEW, MANY_CASES)


@pytest.fixture(scope="session")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    """Their record."""
    place: Path = tmp_path_factory.mktemp("nation") / "record"
    write_nation(place, FEW, cases_per_million=MANY_CASES, processes=1)
    return open_record(place)
