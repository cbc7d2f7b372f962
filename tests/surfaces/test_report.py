"""The report page: self-contained, escaped, accessible, in two languages."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import msgspec
import pytest

from livedo.act.result import Explanation, Screening
from livedo.surfaces import report
from livedo.surfaces.report import Ledger, patient_page, report_page
from livedo.surfaces.report_context import css_text
from livedo.surfaces.words import words
from tests.surfaces.birkesoe import AS_OF, EXPLANATION, KORNBLOMST, SCREENING

MONTHS = [str(number) for number in range(1, 13)]
LEDGER = Ledger((("duplicates", 204), ("unit of measure not known", 107)), 3)
VOID = {"meta", "link", "br", "hr", "img", "input"}


class Outline(HTMLParser):
    """Tags in order, with what a test wants to know about them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.problems: list[str] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        for name, value in attrs:
            self.attributes.append((tag, name, value or ""))
            if name == "id":
                self.ids.append(value or "")
            if name == "href" and (value or "").startswith("#"):
                self.targets.append((value or "")[1:])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"{tag} closed out of order")


def page(
    screening: Screening = SCREENING,
    told: tuple[Explanation, ...] = (EXPLANATION,),
    lang: str = "en",
) -> str:
    return report_page(screening, told, LEDGER, MONTHS, words(lang), "record/")


def alone(lang: str = "en") -> str:
    return patient_page(EXPLANATION, AS_OF, MONTHS, words(lang), True)


PAGES = {
    "report": page(),
    "rapport": page(lang="da"),
    "patient": alone(),
    "patient.da": alone("da"),
}


@pytest.mark.parametrize("name", PAGES)
def test_every_tag_is_closed_and_every_id_is_there_once(name: str) -> None:
    outline = Outline(PAGES[name])
    assert outline.open == []
    assert outline.problems == []
    assert len(outline.ids) == len(set(outline.ids))
    assert set(outline.targets) <= set(outline.ids)


@pytest.mark.parametrize("name", PAGES)
def test_headings_begin_with_one_and_never_skip_a_level(name: str) -> None:
    headings = Outline(PAGES[name]).headings
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(headings))


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_fetched_and_nothing_runs(name: str) -> None:
    text = PAGES[name]
    for tag, attribute, value in Outline(text).attributes:
        assert not attribute.startswith("on")
        assert attribute != "style"
        if attribute in {"src", "href", "action"}:
            assert value.startswith(("#", "data:")), (tag, value)
    assert "<script" not in text
    assert not re.search(r"url\((?!#)", text)
    assert "@import" not in text
    assert "http://" not in text
    assert "https://" not in text


@pytest.mark.parametrize("name", PAGES)
def test_the_language_is_declared_and_the_page_can_be_skipped_through(name: str) -> None:
    text = PAGES[name]
    lang = "da" if name in {"rapport", "patient.da"} else "en"
    assert f'<html lang="{lang}">' in text
    assert 'class="skip" href="#main"' in text


@pytest.mark.parametrize("name", PAGES)
def test_every_page_says_what_it_is_not_and_that_the_people_are_invented(name: str) -> None:
    texts = words("da" if name in {"rapport", "patient.da"} else "en")
    assert texts.text("common.not_a_device") in PAGES[name]
    assert texts.text("common.invented") in PAGES[name]


def test_as_of_and_data_age_and_the_ledger_stand_on_the_page() -> None:
    text = page()
    assert "20 Nov 2026 06:00" in text
    assert "Newest 19 Nov" in text
    assert "Read 48,213 items: 47,902 used, 311 set aside" in text
    assert "204 duplicates, 107 unit of measure not known" in text
    assert "Parts lost from items that were used: 3" in text


def test_the_five_numbers_stand_before_the_names() -> None:
    text = page()
    numbers = [text.index(f'class="box g{n}" href="#g{n}"') for n in range(1, 6)]
    assert numbers == sorted(numbers)
    assert numbers[-1] < text.index("B-031")


def test_danger_stands_before_the_next_steps_and_they_before_the_reasons() -> None:
    text = alone()
    order = [text.index(words("en").text(f"page.{key}")) for key in ("danger", "next", "why_title")]
    assert order == sorted(order)


def test_what_a_source_wrote_cannot_become_markup() -> None:
    hostile = "<script>alert(1)</script>\"'&"
    result = msgspec.structs.replace(
        KORNBLOMST, person_id=hostile, why=hostile, unknown_text=hostile, state_text=hostile
    )
    told = msgspec.structs.replace(
        EXPLANATION,
        result=result,
        headline=hostile,
        sentence=hostile,
        why=tuple(msgspec.structs.replace(line, text=hostile) for line in EXPLANATION.why),
        labs=tuple(msgspec.structs.replace(lab, label=hostile) for lab in EXPLANATION.labs),
        drugs=tuple(msgspec.structs.replace(drug, label=hostile) for drug in EXPLANATION.drugs),
        data=msgspec.structs.replace(EXPLANATION.data, as_of_text=hostile),
    )
    screening = msgspec.structs.replace(SCREENING, patients=(result,), as_of_text=hostile)
    for text in (
        page(screening, (told,)),
        patient_page(told, AS_OF, MONTHS, words("en"), False),
    ):
        assert "<script" not in text
        assert "alert(1)</" not in text
        assert Outline(text).problems == []


def test_a_text_in_the_style_sheet_cannot_leave_it() -> None:
    assert css_text('a"}</style>\\') == '"a\\22 \\7d \\3c \\2f style\\3e \\5c "'


def test_ids_of_people_are_not_put_into_addresses() -> None:
    assert not re.search(r'(?:href|id)="[^"]*B-0', page())


def test_a_large_unit_keeps_the_page_below_its_limit_and_says_who_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = len(page().encode())
    none = len(page(told=()).encode())
    monkeypatch.setattr(report, "LARGEST_PAGE", one + (one - none) // 5)
    told = tuple(
        msgspec.structs.replace(
            EXPLANATION, result=msgspec.structs.replace(KORNBLOMST, person_id=f"B-{n:03}")
        )
        for n in range(3)
    )
    text = page(told=told)
    assert text.count('<article class="patient') == 1
    assert "2 more listed people have no section here" in text
    assert "livedo patient record/ ID" in text
    assert set(Outline(text).targets) <= set(Outline(text).ids)


def test_a_value_outside_its_target_is_a_diamond_and_an_old_one_is_hatched() -> None:
    text = alone()
    assert re.search(r'<path fill="var\(--s-risk\)" stroke="var\(--s-risk\)"', text)
    assert 'fill="url(#hatch)"' in text
    assert "◆ above" in text
    assert "? none for 100 d" in text
    assert "ANCA (never measured)" in text


def test_the_charts_say_in_words_what_they_show() -> None:
    assert "calcium, 12 results from" in alone()
    assert "Body map. A: left thigh; Not known: sacrum." in alone()


def test_nobody_due_gives_a_page_that_says_so() -> None:
    quiet = tuple(group for group in SCREENING.groups if not group.is_due)
    empty = msgspec.structs.replace(SCREENING, groups=quiet, patients=())
    text = page(empty, ())
    assert "Nobody has anything due." in text
    assert Outline(text).problems == []
