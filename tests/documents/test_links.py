"""No page leads nowhere, and every page can be reached."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.documents.pages import DOCS, ROOT, name, pages

LINK = re.compile(r"\]\(([^)\s]+)\)")
TREE = re.compile(r"```\{toctree\}\n(.*?)```", re.DOTALL)
PLACE_IN_CODE = re.compile(r"\bdocs/[\w/.-]+\.(?:md|json|png)")


def links(page: Path) -> Iterator[tuple[str, str]]:
    """Path and heading of every link to something of ours."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in LINK.findall(text):
        if not target.startswith(("https://", "http://", "mailto:")):
            path, _, heading = target.partition("#")
            yield path, heading


def headings(page: Path) -> set[str]:
    """The anchors that a page of Markdown has on GitHub and on the site."""
    found = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).strip().replace(" ", "-") for one in found}


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for path, heading in links(page):
        target = (page.parent / path).resolve() if path else page
        is_there = target.exists() and (not heading or heading in headings(target))
        broken += [] if is_there else [f"{path}#{heading}"]
    assert broken == []


def test_every_page_of_the_site_stands_in_a_table_of_contents() -> None:
    listed: set[Path] = {DOCS / "index.md"}
    for index in DOCS.rglob("index.md"):
        for tree in TREE.findall(index.read_text(encoding="utf-8")):
            entries = [line for line in tree.split("\n") if line and not line.startswith(":")]
            for entry in entries:
                listed |= set(index.parent.glob(f"{entry}.md"))
    assert {name(page) for page in set(DOCS.rglob("*.md")) - listed} == set()


def test_every_page_that_code_and_tests_name_exists() -> None:
    files = [ROOT / "Makefile", *(ROOT / "livedo").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    files += (ROOT / "livedo" / "knowledge" / "wording").rglob("*.yaml")
    named = {
        (path.relative_to(ROOT).as_posix(), place)
        for path in files
        for place in PLACE_IN_CODE.findall(path.read_text(encoding="utf-8"))
    }
    assert {one for one in named if not (ROOT / one[1]).exists()} == set()
