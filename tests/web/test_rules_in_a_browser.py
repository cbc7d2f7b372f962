"""The steward changes a threshold in a real browser: by keyboard, without a script, accessibly."""

# ruff: noqa: E402  what is missing on a reader's machine is looked for first
from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")
IS_CI = os.environ.get("CI") == "true"

if not IS_CI:
    pytest.importorskip("playwright.sync_api")
    pytest.importorskip("axe_playwright_python")
    if not CHROMIUM.exists():
        pytest.skip("no browser on this machine", allow_module_level=True)

import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from livedo.surfaces.options import Reader
from livedo.surfaces.web.serving import demo_application

READER = Reader(lang="en", units="si", color="never")
PAGES = (
    "/rules",
    "/rules?kind=risk&adjustable=1",
    "/rules/risk/high_phosphate",
    "/rules/risk/underdialysis",
    "/rules/state/at_risk",
    "/rules/risk/high_phosphate/effect?field=above&value=1.9+mmol/L",
    "/rules/risk/high_fosfat",
    "/claims/EPI-03",
    "/knowledge",
    "/sources",
)


@pytest.fixture(scope="module")
def address(demo_record: Path) -> Iterator[str]:
    """The service of the invented unit on a port of its own."""
    app = demo_application(demo_record, READER, processes=1)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all pages."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


def opened(chromium: Browser, url: str, **options: Any) -> Page:
    """A page in a window of its own; its context is closed with it."""
    page = chromium.new_context(**options).new_page()
    page.goto(url)
    return page


def violations(page: Page) -> list[str]:
    """What the checker finds against WCAG 2.2 A and AA and good practice."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found]


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_no_page_about_rules_has_a_barrier(
    chromium: Browser, address: str, path: str, look: Any
) -> None:
    page = opened(chromium, f"{address}{path}", color_scheme=look)
    assert violations(page) == []
    page.context.close()


@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways_on_a_narrow_phone(
    chromium: Browser, address: str, path: str
) -> None:
    page = opened(chromium, f"{address}{path}", viewport={"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.context.close()


def test_a_steward_changes_and_withdraws_a_threshold_by_keyboard_alone_without_a_script(
    chromium: Browser, address: str
) -> None:
    page = opened(chromium, f"{address}/rules", java_script_enabled=False)
    reach(page, "#q")
    page.keyboard.type("high phosphate")
    page.keyboard.press("Enter")
    reach(page, 'a[href="/rules/risk/high_phosphate"]')
    page.keyboard.press("Enter")
    reach(page, "#change-1 summary")
    page.keyboard.press("Enter")
    fill(page, "#value-1", "2.5")
    fill(page, "#reason-1", "The regional guideline begins here.")
    reach(page, "#unit-1")
    page.keyboard.press("ArrowUp")
    reach(page, "#change-1 button")
    page.keyboard.press("Enter")
    assert "Allowed for the limit: 1.13 mmol/L" in page.inner_text('[role="alert"]')
    fill(page, "#value-1", "1.9")
    reach(page, "#change-1 button")
    page.keyboard.press("Enter")
    assert "18 of 200 people would get another answer." in page.inner_text("main")
    reach(page, "form.send button")
    page.keyboard.press("Enter")
    assert "Saved. Everybody was judged anew." in page.inner_text("main")
    assert "above 1.9 mmol/L" in page.inner_text("#words")
    reach(page, "#history button")
    page.keyboard.press("Enter")
    assert "withdrawn" in page.inner_text("#history")
    assert "above 5.5 mg/dL" in page.inner_text("#words")
    page.context.close()


def test_the_refused_form_the_effect_and_the_changed_rule_have_no_barrier(
    chromium: Browser, address: str
) -> None:
    page = opened(chromium, f"{address}/rules/risk/low_albumin")
    for value in ("2", "35"):
        page.locator("#change-1").evaluate("part => { part.open = true }")
        page.fill("#value-1", value)
        page.fill("#reason-1", "Bromocresol purple.")
        page.click("#change-1 button")
        assert violations(page) == []
    page.click("form.send button")
    assert "Saved" in page.inner_text("main")
    assert violations(page) == []
    page.click("#history button")
    assert "withdrawn" in page.inner_text("#history")
    assert violations(page) == []
    page.context.close()


def reach(page: Page, selector: str) -> None:
    """Tab until the focus is on something, as somebody without a mouse does."""
    wanted = page.locator(selector).first
    for _ in range(200):
        page.keyboard.press("Tab")
        if wanted.evaluate("part => part === document.activeElement"):
            return
    raise AssertionError(f"{selector} cannot be reached by keyboard")


def fill(page: Page, selector: str, text: str) -> None:
    """Reach a field and type over what stands in it."""
    reach(page, selector)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
