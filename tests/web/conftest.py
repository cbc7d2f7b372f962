"""The invented unit behind the application, made once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi")

from fastapi import FastAPI
from starlette.testclient import TestClient

from livedo.surfaces.options import Reader
from livedo.surfaces.web.serving import demo_application
from tests.web.browsers import Browser

READER = Reader(lang="en", units="si", color="never")


@pytest.fixture(scope="session")
def demo_record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The record of the invented unit."""
    from livedo.surfaces.demonstration import RECORD, SOURCES, read_demo, write_sources

    folder = tmp_path_factory.mktemp("demo")
    write_sources(folder / SOURCES, READER)
    read_demo(folder, READER)
    return folder / RECORD


@pytest.fixture(scope="session")
def demo_app(demo_record: Path) -> FastAPI:
    """The application over the invented unit; tests that enter something make their own."""
    return demo_application(demo_record, READER, processes=1)


@pytest.fixture
def browser(demo_app: FastAPI) -> Iterator[TestClient]:
    """A browser without a script."""
    with Browser(demo_app, base_url="http://127.0.0.1") as client:
        yield client
