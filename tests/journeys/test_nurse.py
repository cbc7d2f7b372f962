"""The nurse's round on a tablet: who is due, what is there, one tap for the rest."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import opened

TABLET = {"width": 1180, "height": 820}
UPRIGHT = {"width": 820, "height": 1180}

SMALL = """() => [
    ...document.querySelectorAll("main :is(a, button, input, select, summary, label.tap)"),
  ]
  .filter((one) => one.type !== "hidden" && !one.closest("svg, .sources"))
  .filter((one) => !one.matches(".tap input"))
  .map((one) => [one.textContent.trim().slice(0, 30), one.getBoundingClientRect()])
  .filter(([_, box]) => box.width && box.height && (box.width < 43.5 || box.height < 43.5))
  .map(([name, box]) => `${name} ${Math.round(box.width)}x${Math.round(box.height)}`)"""


def tap(page: Page, kind: str, name: str, value: str) -> None:
    """A finger on one choice."""
    page.locator(f"input[type={kind}][name={name}][value='{value}']").check()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_finds_a_plaque_says_the_rest_is_clear_and_undoes_it(
    chromium: Browser, address: str, script: bool
) -> None:
    with opened(chromium, address, viewport=TABLET, java_script_enabled=script) as page:
        page.goto("/round")
        page.get_by_role("link", name="B-049", exact=True).click()
        page.locator("svg.front a[aria-label='Left thigh']").click()
        expect(page.get_by_role("heading", name="Left thigh")).to_be_visible()
        tap(page, "checkbox", "sign", "sign.plaque")
        tap(page, "checkbox", "sign", "sign.induration")
        for field, number in (("seen_length", "6"), ("seen_width", "4")):
            page.locator(f"[name={field}]").fill(number)
        tap(page, "radio", "pain", "7")
        tap(page, "radio", "ulcer", "no")
        page.get_by_role("button", name="Save left thigh").click()
        expect(page.get_by_role("status")).to_contain_text("Left thigh: something found")
        expect(page.locator(".change")).to_contain_text("Non-ulcerated lesion")
        page.get_by_role("button", name="The other 15 areas: examined and clear").click()
        expect(page.locator("main")).to_contain_text("All areas of the round examined today")
        page.get_by_role("status").get_by_role("button", name="Undo").click()
        expect(page.get_by_role("status")).to_contain_text("Undone")
        page.get_by_role("link", name="Lesion history").click()
        expect(page.locator(".entered.undone")).to_have_count(1)


def test_one_tap_on_the_list_is_told_where_it_was_tapped_and_can_be_undone(
    chromium: Browser, address: str
) -> None:
    with opened(chromium, address, viewport=UPRIGHT) as page:
        page.goto("/round?shift=tts-morning")
        row = page.locator(".seat", has=page.get_by_role("link", name="B-121", exact=True))
        row.get_by_role("button", name=re.compile("Examined and clear")).click()
        told = page.get_by_role("status")
        expect(told).to_contain_text("abdomen, both sides", ignore_case=True)
        assert "shift=tts-morning" in page.url
        told.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("status")).to_contain_text("Undone")


def test_steps_with_plus_and_is_asked_before_leaving_what_is_not_saved(
    chromium: Browser, address: str
) -> None:
    with opened(chromium, address, viewport=TABLET) as page:
        page.goto("/round")
        page.get_by_role("link", name="B-049", exact=True).click()
        for _ in range(3):
            page.get_by_role("button", name="Seen, length, cm: 1 more").click()
        expect(page.locator("[name=seen_length]")).to_have_value("3")
        asked: list[str] = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
        page.get_by_role("button", name=re.compile("all 16 areas")).first.click()
        expect(page.locator("[name=seen_length]")).to_have_value("3")
        assert asked == ["confirm"]


@pytest.mark.parametrize("size", [TABLET, UPRIGHT], ids=["landscape", "portrait"])
def test_everything_a_finger_aims_at_is_large_enough(
    chromium: Browser, shared_address: str, size: dict[str, int]
) -> None:
    with opened(chromium, shared_address, viewport=size) as page:
        page.goto("/round")
        assert page.evaluate(SMALL) == []
        page.get_by_role("link", name="B-049", exact=True).click()
        assert page.evaluate(SMALL) == []


def test_records_a_finding_without_a_mouse(chromium: Browser, address: str) -> None:
    with opened(chromium, address, viewport=TABLET) as page:
        page.goto("/round")
        page.get_by_role("link", name="B-049", exact=True).focus()
        page.keyboard.press("Enter")
        page.locator("input[value='sign.livedo']").focus()
        page.keyboard.press("Space")
        page.locator("input[name=pain][value='3']").focus()
        page.keyboard.press("Space")
        page.keyboard.press("ArrowRight")
        page.get_by_role("button", name=re.compile("^Save right abdomen")).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("Right abdomen: something found")
