"""Every kind of page for everybody: no violation that an automated checker can find."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import opened

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"],
    }
}

PAGES = {
    "worklist": "/worklist",
    "worklist of one group": "/worklist?group=2&changed=1",
    "worklist of the others": "/worklist?group=none",
    "empty worklist": "/worklist?aside=1",
    "patient": "B-044",
    "patient with nothing due": "B-001",
    "referral": "B-044/referral",
    "leaflet": "/leaflet",
    "skin round": "/round",
    "round of one patient": "B-044/round",
    "lesion history": "B-044/lesions",
    "audit log": "/audit",
    "signed out, and every refusal": "/signed-out",
}


def go(page: Page, place: str, query: str) -> None:
    """Opens a page by its address, or a patient's by the list."""
    if place.startswith("/"):
        page.goto(f"{place}{'&' if '?' in place else '?'}{query}")
        return
    person_id, _, rest = place.partition("/")
    for listed in ("/worklist", "/worklist?group=none"):
        page.goto(listed)
        link = page.get_by_role("link", name=person_id, exact=True)
        if link.count():
            address = link.get_attribute("href")
            page.goto(f"{address}{'/' + rest if rest else ''}?{query}")
            return
    raise AssertionError(f"{person_id} is on no list")


def told(violation: Any) -> str:
    """A violation and the first element that has it."""
    return f"{violation['id']}: {violation['nodes'][0]['html'][:120]}"


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 400])
def test_no_page_hinders_anybody(
    chromium: Browser, shared_address: str, look: str, width: int
) -> None:
    size = {"width": width, "height": 900}
    found: dict[str, list[str]] = {}
    with opened(chromium, shared_address, viewport=size, java_script_enabled=True) as page:
        for name, place in PAGES.items():
            go(page, place, f"look={look}&lang=en")
            report = Axe().run(page, options=RULES)
            wrong = [
                f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in report.response["violations"]
            ]
            sideways = page.evaluate(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            )
            found[name] = wrong + (["scrolls sideways"] if sideways else [])
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
