"""The lock files name packages, versions and hashes, and nothing else."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.architecture.source_tree import ROOT

LOCKS = ("requirements.lock", "requirements-serve.lock", "requirements-dev.lock")
CORE_LIMIT = 8


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_address_and_no_path(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?://|file:|--(index|extra-index|find-links)|/opt/|/home/", text)


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_a_hash(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    assert [e.splitlines()[0] for e in entries if "--hash=sha256:" not in e] == []


def entries(name: str) -> set[str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return set(re.split(r"\n(?=\S)", text.strip()))


def test_what_is_served_is_what_is_tested() -> None:
    assert entries("requirements-serve.lock") <= entries("requirements-dev.lock") | entries(
        "requirements.lock"
    )


def test_the_core_needs_at_most_eight_libraries() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert len(project["dependencies"]) <= CORE_LIMIT
