"""The page of a patient of the invented unit, made by the command from the record."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from livedo.instants import DAY
from livedo.record.tables import Instant, Observed
from livedo.surfaces.report_section import undeclared
from livedo.surfaces.words import words
from tests.surfaces.birkesoe import AS_OF
from tests.surfaces.conftest import document, run
from tests.surfaces.test_report import Outline

LARGEST = 600_000
PARTS = (
    "next",
    "patient-w",
    "certainty",
    "skin",
    "labs",
    "drugs",
    "ddx",
    "work",
    "plan",
    "calcium",
    "follow",
    "referral",
    "mech",
    "sources",
    "rules",
)
"""The order of the page: people read down it."""


@pytest.fixture(scope="module")
def ulcerated(record: Path) -> str:
    """The first person of the worklist."""
    listed = document("screen", record)["patients"]
    return str(next(p["person_id"] for p in listed if p["state"] == "ulcerated"))


def page(record: Path, person: str, *options: str) -> str:
    result = run("patient", record, person, "--format", "html", *options)
    assert result.exit_code == 0, result.stderr
    return result.stdout


@pytest.mark.parametrize("options", [("--lang", "en"), ("--lang", "da", "--units", "conventional")])
def test_every_part_stands_once_and_in_order(
    record: Path, ulcerated: str, options: tuple[str, ...]
) -> None:
    text = page(record, ulcerated, *options)
    outline = Outline(text)
    assert outline.problems == []
    assert [id for id in outline.ids if id in PARTS] == list(PARTS)
    assert len(outline.ids) == len(set(outline.ids))
    assert set(outline.targets) <= set(outline.ids)
    assert all(after <= before + 1 for before, after in pairwise(outline.headings))
    assert len(text.encode()) < LARGEST


def test_the_page_asks_nothing_of_the_network_and_no_element_has_a_style_of_its_own(
    record: Path, ulcerated: str
) -> None:
    text = page(record, ulcerated)
    outside = [
        value
        for _, name, value in Outline(text).attributes
        if name in {"src", "href", "action", "data", "srcset"}
        and not value.startswith(("#", "data:,"))
    ]
    assert outside == []
    assert not any(sign in text for sign in ("url(http", "@import", "<script"))
    assert not any(name == "style" for _, name, _ in Outline(text).attributes)


def test_the_same_record_gives_the_same_page(record: Path, ulcerated: str) -> None:
    assert page(record, ulcerated) == page(record, ulcerated)


def test_no_link_stands_inside_what_a_click_opens(record: Path, ulcerated: str) -> None:
    summaries = re.findall(r"<summary>(.*?)</summary>", page(record, ulcerated), re.S)
    assert len(summaries) > 10
    assert not any("<a " in summary for summary in summaries)


def test_a_diagnosis_shows_five_lines_and_counts_the_others(record: Path, ulcerated: str) -> None:
    found = document("patient", record, ulcerated)["differential"]
    longest = max(len(line["for"]) for line in found if line["is_shown"])
    assert longest > 5
    text = page(record, ulcerated)
    assert words("en").count("page.more_lines", longest - 5) in text


def test_a_safety_check_that_touched_no_option_is_counted_and_not_listed(
    record: Path, ulcerated: str
) -> None:
    checks = document("patient", record, ulcerated)["safety"]
    touched = [check for check in checks if check["options"]]
    text = page(record, ulcerated)
    said = words("en").count("patient_page.plan.safety_ran", len(checks), touched=str(len(touched)))
    assert 0 < len(touched) < len(checks)
    assert said in text


def drugs(start: int, stop: int, *, with_history: bool = False) -> Observed:
    return Observed(
        person_id="p",
        domain="drug",
        from_at=AS_OF - start * DAY,
        to_at=AS_OF - stop * DAY,
        with_history=with_history,
    )


@pytest.mark.parametrize(
    ("observed", "days_ago"),
    [
        ([], [(365, 0)]),
        ([drugs(400, 0)], []),
        ([drugs(400, 108), drugs(97, 0)], [(108, 97)]),
        ([drugs(97, 0), drugs(400, 108)], [(108, 97)]),
        ([drugs(200, 30)], [(365, 200), (30, 0)]),
        ([drugs(200, 0, with_history=True)], []),
        ([drugs(400, 100), drugs(99, 0)], []),
    ],
)
def test_time_that_no_source_speaks_for_is_told_apart(
    observed: Sequence[Observed], days_ago: list[tuple[int, int]]
) -> None:
    silent = undeclared(observed, AS_OF - 365 * DAY, AS_OF)
    assert silent == [(ago(first), ago(last)) for first, last in days_ago]


def ago(days: int) -> Instant:
    return AS_OF - days * DAY
