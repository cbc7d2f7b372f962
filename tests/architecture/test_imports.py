"""`import livedo` stays light, and every module can be imported alone."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "duckdb",
    "pyarrow",
    "pandas",
    "polars",
    "pyspark",
    "numpy",
    "yaml",
    "jinja2",
    "jsonschema",
    "sqlalchemy",
    "alembic",
)


def modules_loaded_by(statement: str) -> set[str]:
    """The top-level modules that a fresh interpreter holds after one statement."""
    script = f"import sys; {statement}; print(*sorted({{m.split('.')[0] for m in sys.modules}}))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("statement", ["import livedo", "import livedo.surfaces.cli"])
def test_starting_up_loads_no_heavy_library(statement: str) -> None:
    assert modules_loaded_by(statement).isdisjoint(HEAVY)
