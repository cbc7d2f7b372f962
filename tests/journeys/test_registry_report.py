"""The yearly report in a browser, on a telephone, in the dark and on paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from livedo.surfaces.registry_report import yearly_page
from tests.journeys.test_accessibility import RULES
from tests.registry.yearly_sample import sample


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    for lang in ("en", "da"):
        page = yearly_page(sample(), lang, "livedo registry report RECORD -o FILE.html")
        (folder / f"{lang}.html").write_text(page, encoding="utf-8")
    return folder


def look_at(browser: Browser, place: Path, **context: object) -> Page:
    window = browser.new_context(**context)  # type: ignore[arg-type]
    page = window.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(place.as_uri())
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    return page


@pytest.mark.parametrize("lang", ["en", "da"])
@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_the_report_hinders_nobody(
    chromium: Browser, place: Path, lang: str, look: str, width: int
) -> None:
    page = look_at(
        chromium,
        place / f"{lang}.html",
        viewport={"width": width, "height": 900},
        color_scheme=look,
        bypass_csp=True,
    )
    found = Axe().run(page, options=RULES).response["violations"]
    assert [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found] == []
    assert page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    page.context.close()


def spilling(page: Page, among: str) -> list[str]:
    """What is wider than the place it has."""
    found: list[str] = page.evaluate(
        "among => [...document.querySelectorAll(among)]"
        ".filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.getAttribute('aria-label'))",
        among,
    )
    return found


@pytest.mark.parametrize("lang", ["en", "da"])
def test_on_a_desk_no_table_has_to_be_pushed_aside(
    chromium: Browser, place: Path, lang: str
) -> None:
    page = look_at(chromium, place / f"{lang}.html", viewport={"width": 1280, "height": 900})
    assert spilling(page, ".scroll") == []
    page.context.close()


def test_on_a_telephone_the_scale_of_a_figure_is_as_wide_as_its_rows(
    chromium: Browser, place: Path
) -> None:
    page = look_at(chromium, place / "en.html", viewport={"width": 400, "height": 900})
    wide = "e => e.getBoundingClientRect().width"
    for table in page.locator("table.forest").all():
        row = table.locator("tbody tr:not(.panel) td.fc").first.evaluate(wide)
        assert table.locator("tfoot td.fc").evaluate(wide) == pytest.approx(row, abs=1)
    page.context.close()


def test_the_report_reads_without_a_script(chromium: Browser, place: Path) -> None:
    page = look_at(chromium, place / "en.html", java_script_enabled=False)
    assert page.get_by_role("heading", name="Calciphylaxis registry 2021–2025").is_visible()
    assert page.get_by_role("img", name="Alive, whatever the cause of death").count() == 1
    page.get_by_role("link", name="EPI-06").first.click()
    assert "#c" in page.url
    page.context.close()


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_the_report_prints_on_paper(chromium: Browser, place: Path, paper: str) -> None:
    page = look_at(chromium, place / "en.html")
    printed = page.pdf(format=paper, prefer_css_page_size=False, print_background=True)
    assert printed.startswith(b"%PDF")
    assert 6 <= printed.count(b"/Type /Page\n") <= 20
    page.emulate_media(media="print")
    # 184 mm of paper between the margins, at 96 dots an inch.
    page.set_viewport_size({"width": 695, "height": 1000})
    wide = page.evaluate(
        "[...document.querySelectorAll('table, svg, pre')]"
        ".filter(e => e.getBoundingClientRect().right > innerWidth + 2)"
        ".map(e => e.outerHTML.slice(0, 80))"
    )
    assert wide == []
    page.context.close()
