"""The nephrologist's morning: who needs me today, why, and what did I do about it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import opened


def row(page: Page, person_id: str):  # type: ignore[no-untyped-def]
    """The row of one person."""
    return page.locator("tr.p", has=page.get_by_role("link", name=person_id, exact=True))


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_reads_the_list_opens_the_sickest_and_says_that_she_was_seen(
    chromium: Browser, address: str, script: bool
) -> None:
    with opened(chromium, address, java_script_enabled=script) as page:
        page.goto("/")
        expect(page.get_by_role("heading", level=1)).to_have_text("Worklist")
        page.get_by_role("link", name="B-044", exact=True).click()
        expect(page.get_by_role("note").first).to_contain_text("Danger")
        for heading in ("Why", "Why not", "Cannot tell, because"):
            expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
        page.get_by_role("link", name="Worklist").first.click()
        sickest = row(page, "B-044")
        sickest.locator("summary", has_text="Seen, put aside").click()
        sickest.get_by_role("button", name="I have seen this").click()
        expect(row(page, "B-044")).to_contain_text("Seen by")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_puts_one_aside_finds_it_again_and_undoes_it(
    chromium: Browser, address: str, script: bool
) -> None:
    with opened(chromium, address, java_script_enabled=script) as page:
        page.goto("/worklist")
        one = row(page, "B-072")
        one.locator("summary", has_text="Seen, put aside").click()
        one.get_by_label("7 days").check()
        one.get_by_role("button", name="Put aside").click()
        expect(row(page, "B-072")).to_have_count(0)
        page.get_by_role("link", name="put aside 1").click()
        row(page, "B-072").get_by_role("button", name="Undo").click()
        page.goto("/worklist")
        expect(row(page, "B-072")).to_have_count(1)


def test_goes_through_the_whole_list_without_a_mouse(chromium: Browser, address: str) -> None:
    with opened(chromium, address) as page:
        page.goto("/worklist")
        page.keyboard.press("j")
        page.keyboard.press("j")
        expect(page.locator("tr.p[aria-current]")).to_contain_text("B-098")
        page.keyboard.press("k")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("B-044")
        page.go_back()
        page.keyboard.press("u")
        expect(page).to_have_url(f"{address}/worklist?units=conventional")


def test_reaches_every_control_of_a_row_with_the_tab_key(chromium: Browser, address: str) -> None:
    with opened(chromium, address) as page:
        page.goto("/worklist?group=1")
        first = page.locator("tr.p").first
        first.locator("a.name").focus()
        reached = []
        for _ in range(12):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.innerText || ''").strip())
            if reached[-1].startswith("Seen, put aside"):
                page.keyboard.press("Enter")
        assert "I have seen this" in reached


def test_the_view_can_be_shared_by_its_address(chromium: Browser, shared_address: str) -> None:
    with opened(chromium, shared_address) as mine, opened(chromium, shared_address) as theirs:
        mine.goto("/worklist")
        mine.get_by_role("link", name="Possible early disease 6").click()
        mine.get_by_role("link", name="Dansk").click()
        theirs.goto(mine.url)
        expect(theirs.get_by_role("heading", level=1)).to_have_text("Arbejdsliste")
        assert theirs.locator("tr.p").count() == mine.locator("tr.p").count() == 6
        assert "B-0" not in mine.url
