"""The register clerk: opens a proposed case, confirms what the record says, adds a lesion; two
readers read it, each alone, differ, and agree on what counts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect

from livedo.access.roles import User
from livedo.surfaces.web import sessions
from livedo.surfaces.web.serving import demo_application
from tests.journeys.conftest import READER, opened, served
from tests.journeys.test_accessibility import RULES, told
from tests.journeys.test_nurse import SMALL, TABLET, tap
from tests.web.guarded import cookie, guarded, settings

DESK = {"width": 1440, "height": 900}
PAGES = (
    "/register",
    "/register?read=unread&due=overdue",
    "/register/follow-up",
    "/register/completeness?show=all",
    "/register/agreement",
    "/register/new",
    "{case}",
    "{case}/forms/case",
    "{case}/forms/lesion?instance=1",
    "{case}/forms/test?instance=new",
    "{case}/reading",
)


@pytest.fixture
def clinic(demo_record: Path) -> Iterator[tuple[FastAPI, str]]:
    """A service in which people sign in, and nothing was entered yet."""
    app = demo_application(demo_record, READER, processes=1)
    used = msgspec.structs.replace(settings(), base_url=None)
    app = guarded(app, used)
    with served(app) as url:
        yield app, url


@contextmanager
def seat(
    chromium: Browser, clinic: tuple[FastAPI, str], name: str, **window: Any
) -> Iterator[Page]:
    """A window in which somebody with a name is signed in."""
    app, url = clinic
    with opened(chromium, url, viewport=DESK, **window) as page:
        session: dict[str, Any] = {}
        user = User(name=name, label=name, roles=frozenset({"clinician"}))
        sessions.begin(session, user, app.state.access.now())
        kept = {"name": sessions.COOKIE, "value": cookie(session), "url": url}
        page.context.add_cookies([kept])  # type: ignore[list-item]
        yield page


def read(page: Page, verdict: str) -> None:
    """Opens the reading of the case B-044 and says what one makes of it."""
    page.goto("/register")
    page.get_by_role("link", name="B-044", exact=True).click()
    page.get_by_role("link", name="Read the case").click()
    tap(page, "radio", "verdict", verdict)
    page.get_by_role("button", name="Save").click()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_proposed_case_is_confirmed_completed_and_read_by_two(
    chromium: Browser, clinic: tuple[FastAPI, str], script: bool
) -> None:
    with seat(chromium, clinic, "K. Clerk", java_script_enabled=script) as page:
        page.goto("/register?show=proposed")
        page.get_by_role("link", name="B-044", exact=True).click()
        expect(page.get_by_role("heading", name="Proposed case: B-044")).to_be_visible()
        page.get_by_role("button", name="of the record: The person").click()
        expect(page.get_by_role("status")).to_contain_text("Saved by K. Clerk")
        expect(page.locator("#person")).to_contain_text("confirmed by K. Clerk")
        expect(page.locator("h1")).to_contain_text("Case ")

        page.get_by_role("link", name="Add one: Lesion").click()
        page.get_by_label("Body site").select_option("thigh")
        tap(page, "radio", "f-side", "left")
        page.locator("[name=f-first_seen_on]").fill("March")
        tap(page, "radio", "f-is_ulcerated", "unknown")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("One answer cannot be kept")
        expect(page.locator("[name=f-first_seen_on]")).to_have_value("March")
        expect(page.get_by_label("Body site")).to_have_value("thigh")
        page.locator("[name=f-first_seen_on]").fill("2026-03")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("status")).to_contain_text("First seen: Mar 2026")
        expect(page.get_by_role("button", name="Undo: Lesion 3")).to_be_in_viewport()
        expect(page.locator("#lesion")).to_contain_text("Lesion 3 Thigh, Left, Proximal, Mar 2026")

    with seat(chromium, clinic, "A. First", java_script_enabled=script) as page:
        read(page, "probable")
        expect(page.locator("main")).to_contain_text("one of two has read")
    with seat(chromium, clinic, "B. Second", java_script_enabled=script) as page:
        page.goto("/register")
        page.get_by_role("link", name="B-044", exact=True).click()
        expect(page.locator("#history")).to_contain_text("hidden until both have read")
        expect(page.locator("main")).not_to_contain_text("Probable")
        read(page, "not_calciphylaxis")
        expect(page.locator("main")).to_contain_text("the readers differ")
        expect(page.locator("table")).to_contain_text(["Probable"])
        tap(page, "radio", "verdict", "suspected")
        page.get_by_role("button", name="Save the consensus").click()
        expect(page.locator(".consq.done")).to_contain_text("Suspected")
        page.goto("/register?read=done")
        expect(page.get_by_role("link", name="B-044", exact=True)).to_be_visible()


def test_a_form_is_filled_in_without_a_mouse(
    chromium: Browser, clinic: tuple[FastAPI, str]
) -> None:
    with seat(chromium, clinic, "K. Clerk") as page:
        page.goto("/register")
        page.get_by_role("link", name="B-044", exact=True).focus()
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Fill in: The case").focus()
        page.keyboard.press("Enter")
        page.locator("[name=f-diagnosed_on]").focus()
        page.keyboard.type("2026-11")
        page.locator("input[name=f-tier][value='']").focus()
        page.keyboard.press("ArrowRight")
        page.locator("[name=f-diagnosed_on]").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("Diagnosis of calciphylaxis: Nov 2026")


def test_leaving_a_form_with_something_typed_asks_first(
    chromium: Browser, clinic: tuple[FastAPI, str]
) -> None:
    with seat(chromium, clinic, "K. Clerk") as page:
        page.goto("/register")
        page.get_by_role("link", name="B-044", exact=True).click()
        page.get_by_role("link", name="Fill in: Lesion 1").click()
        page.locator("[name=f-healed_on]").fill("2026")
        asked: list[str] = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
        page.get_by_role("button", name="Take out Lesion 1").click()
        expect(page.locator("[name=f-healed_on]")).to_have_value("2026")
        assert asked == ["confirm"]


def pages_of_a_case(page: Page) -> list[str]:
    """The addresses of every kind of page of the register."""
    page.goto("/register")
    case = page.get_by_role("link", name="B-044", exact=True).get_attribute("href")
    return [place.format(case=case) for place in PAGES]


@pytest.mark.parametrize(("look", "width"), [("light", 1440), ("dark", 400)])
def test_no_page_of_the_register_hinders_anybody(
    chromium: Browser, shared_address: str, look: str, width: int
) -> None:
    size: Any = {"width": width, "height": 900}
    found: dict[str, list[str]] = {}
    with opened(chromium, shared_address, viewport=size) as page:
        for place in pages_of_a_case(page):
            page.goto(f"{place}{'&' if '?' in place else '?'}look={look}&lang=en")
            report = Axe().run(page, options=RULES)
            wrong = [told(violation) for violation in report.response["violations"]]
            sideways = page.evaluate(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            )
            found[place] = wrong + (["scrolls sideways"] if sideways else [])
    assert {place: wrong for place, wrong in found.items() if wrong} == {}


def test_everything_a_finger_aims_at_in_the_register_is_large_enough(
    chromium: Browser, shared_address: str
) -> None:
    found: dict[str, Any] = {}
    with opened(chromium, shared_address, viewport=TABLET) as page:
        for place in pages_of_a_case(page):
            page.goto(place)
            found[place] = page.evaluate(SMALL)
    assert {place: small for place, small in found.items() if small} == {}
