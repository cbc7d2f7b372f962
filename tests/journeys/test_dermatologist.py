"""The referral to dermatology: from the list to one sheet of paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import opened


@pytest.mark.parametrize("lang", ["en", "da"])
def test_the_referral_prints_on_one_sheet_and_names_what_is_not_known(
    chromium: Browser, shared_address: str, lang: str
) -> None:
    with opened(chromium, shared_address) as page:
        page.goto(f"/worklist?lang={lang}")
        page.get_by_role("link", name="B-044", exact=True).click()
        page.locator(".tools a[href$='/referral']").click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        sheets = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", sheets)) == 1
        page.emulate_media(media="print")
        expect(page.locator("header nav")).to_be_hidden()
