"""A steward changes a threshold: by keyboard, without a script, and on pages without a barrier."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import opened

PAGES = (
    "/rules?kind=risk",
    "/rules?adjustable=1",
    "/rules/risk/high_phosphate",
    "/rules/risk/underdialysis",
    "/rules/state/at_risk",
    "/rules/danger/vka_in_use",
    "/rules/risk/high_phosphate/effect?field=above&value=1.9+mmol/L",
    "/claims/EPI-03",
    "/claims/risk.hyperphosphataemia",
    "/knowledge",
    "/sources",
)
MOST_TABS = 200
MOST_MILLISECONDS = 60_000


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 320])
def test_no_page_about_rules_hinders_anybody(
    chromium: Browser, shared_address: str, look: Any, width: int
) -> None:
    size: Any = {"width": width, "height": 900}
    found: dict[str, list[str]] = {}
    with opened(chromium, shared_address, viewport=size, color_scheme=look) as page:
        for path in PAGES:
            page.goto(path)
            found[path] = hindrances(page)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_a_steward_changes_and_withdraws_a_threshold_by_keyboard_without_a_script(
    chromium: Browser, address: str
) -> None:
    with window(chromium, address, java_script_enabled=False) as page:
        page.goto("/rules")
        reach(page, "#q")
        page.keyboard.type("high phosphate")
        page.keyboard.press("Enter")
        press(page, 'a[href="/rules/risk/high_phosphate"]')
        press(page, "#change-1 summary")
        fill(page, "#value-1", "2.5")
        reach(page, "#unit-1")
        page.keyboard.press("ArrowUp")
        fill(page, "#reason-1", "The regional guideline begins here.")
        press(page, "#change-1 button")
        told(page, '[role="alert"]', "Allowed for the limit: 1.13 mmol/L")
        fill(page, "#value-1", "1.9")
        press(page, "#change-1 button")
        told(page, "main", "18 of 200 people would get another answer.")
        press(page, "form.send button")
        told(page, "main", "Saved. Everybody was judged anew.")
        told(page, "#words", "above 1.9 mmol/L")
        press(page, "#history button")
        told(page, "#history", "withdrawn")
        told(page, "#words", "above 5.5 mg/dL")


def test_the_refused_form_the_effect_and_the_changed_rule_hinder_nobody(
    chromium: Browser, address: str
) -> None:
    with window(chromium, address) as page:
        page.goto("/rules/risk/high_fosfat")
        assert hindrances(page) == []
        page.goto("/rules/risk/low_albumin")
        for value in ("2", "35"):
            page.locator("#change-1").evaluate("part => { part.open = true }")
            page.fill("#value-1", value)
            page.fill("#reason-1", "Bromocresol purple.")
            page.click("#change-1 button")
            assert hindrances(page) == []
        page.click("form.send button")
        told(page, "main", "Saved")
        assert hindrances(page) == []
        page.click("#history button")
        told(page, "#history", "withdrawn")
        assert hindrances(page) == []


@contextmanager
def window(browser: Browser, url: str, **context: Any) -> Iterator[Page]:
    """A browser window in which an answer that refuses something is no fault."""
    opened_window = browser.new_context(base_url=url, **context)
    try:
        yield opened_window.new_page()
    finally:
        opened_window.close()


def hindrances(page: Page) -> list[str]:
    """What an automated checker finds, and whether the page scrolls sideways."""
    wrong = [
        f"{each['id']}: {each['nodes'][0]['html'][:120]}"
        for each in Axe().run(page).response["violations"]
    ]
    is_wide = page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    return wrong + (["scrolls sideways"] if is_wide else [])


def reach(page: Page, selector: str) -> None:
    """Tab until the focus is there, as somebody without a mouse does."""
    wanted = page.locator(selector).first
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if wanted.evaluate("part => part === document.activeElement"):
            return
    raise AssertionError(f"{selector} cannot be reached by keyboard")


def told(page: Page, selector: str, text: str) -> None:
    """Waits until a part of the page says something: everybody may have to be judged first."""
    page.locator(selector, has_text=text).first.wait_for(timeout=MOST_MILLISECONDS)


def press(page: Page, selector: str) -> None:
    """Reach something and press Enter."""
    reach(page, selector)
    page.keyboard.press("Enter")


def fill(page: Page, selector: str, text: str) -> None:
    """Reach a field and type over what stands in it."""
    reach(page, selector)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
