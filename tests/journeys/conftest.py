"""A service on this machine, and a browser that looks at it."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("playwright")

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from livedo.surfaces.options import Reader
from livedo.surfaces.web.serving import demo_application

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
READER = Reader(lang="en", units="si", color="never")
START_SECONDS = 20.0


@pytest.fixture(scope="session")
def demo_record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The record of the invented unit."""
    from livedo.surfaces.demonstration import RECORD, SOURCES, read_demo, write_sources

    folder = tmp_path_factory.mktemp("demo")
    write_sources(folder / SOURCES, READER)
    read_demo(folder, READER)
    return folder / RECORD


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser of the machine; Playwright's own cannot be fetched everywhere.

    It ends with its module: while it runs, the thread has an event loop of its own, and other
    tests of the same process could begin none.
    """
    path = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("the journeys need chromium, and this machine has none")
        pytest.skip("no chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The address of an application that runs until the block ends."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    waited = 0.0
    while not server.started and waited < START_SECONDS:
        time.sleep(0.05)
        waited += 0.05
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)


@pytest.fixture
def address(demo_record: Path) -> Iterator[str]:
    """A service over the invented unit in which nothing was entered yet."""
    with served(demo_application(demo_record, READER, processes=1)) as url:
        yield url


@pytest.fixture(scope="module")
def shared_address(demo_record: Path) -> Iterator[str]:
    """A service for journeys that enter nothing."""
    with served(demo_application(demo_record, READER, processes=1)) as url:
        yield url


def is_wrong(line: ConsoleMessage) -> bool:
    """Whether a line of the console tells of a mistake. A form that is refused tells of one too."""
    return line.type == "error" and "status of 422" not in line.text


@contextmanager
def opened(browser: Browser, url: str, **context: object) -> Iterator[Page]:
    """A page in a browser window of its own; an error on the page's console fails the journey."""
    window = browser.new_context(base_url=url, **context)  # type: ignore[arg-type]
    page = window.new_page()
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text) if is_wrong(line) else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    elsewhere: list[str] = []
    page.on(
        "request",
        lambda asked: None if asked.url.startswith((url, "data:")) else elsewhere.append(asked.url),
    )
    try:
        yield page
        assert said == []
        assert elsewhere == []
    finally:
        window.close()
