"""The page of the yearly report: what it says, in both languages, and what it never says."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import msgspec
import pytest

from livedo.knowledge.load import load_knowledge
from livedo.knowledge.wording import placeholders
from livedo.registry.small_numbers import Policy
from livedo.surfaces.registry_report import yearly_page
from livedo.surfaces.registry_words import NAME, registry_words
from tests.registry.yearly_sample import sample

COMMAND = "livedo registry report RECORD -o FILE.html"


def page(lang: str = "en") -> str:
    return yearly_page(sample(), lang, COMMAND)


def said(html: str) -> str:
    """What a reader sees, without marks."""
    body = html[html.index("<body") :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def test_it_opens_without_network_script_or_a_second_file() -> None:
    html = page()
    assert "<script" not in html
    assert len(html.encode()) < 1_000_000
    assert re.findall(r'(?:src|href)="(?!#|data:|https?://)[^"]*"', html) == []
    assert "@import" not in html


def test_a_hidden_number_is_a_word_of_its_own_and_not_a_zero() -> None:
    html = page()
    assert '<span class="hid">hidden</span>' in html
    assert '<span class="hid">skjult</span>' in page("da")


def test_deaths_of_all_causes_and_of_the_disease_stand_in_figures_of_their_own() -> None:
    text = said(page())
    assert "Dead of any cause" in text
    assert "Dead of the disease itself" in text
    first, second = text.index("Dead of any cause"), text.rindex("Dead of the disease itself")
    assert "45 %" in text[first:second], "all-cause mortality stands with all-cause mortality"
    assert "45 %" not in text[second : second + 600]


@pytest.mark.parametrize(
    "claim",
    [
        "epi.prevalence",
        "epi.mortality",
        "epi.proximal-worse",
        "epi.ulcer-worse",
        "epi.rising",
        "risk.female",
        "disease.uncommon-underdiagnosed",
    ],
)
def test_every_founding_statement_about_numbers_is_on_the_page_and_listed_at_its_end(
    claim: str,
) -> None:
    html = page()
    assert f"<b>{claim}</b>" in html, "in the list of sources"
    assert re.search(rf'<a href="#c\d+">{re.escape(claim)}</a>', html), "where it is used"


def test_every_statement_named_on_the_page_is_listed_with_its_text() -> None:
    html = page()
    named = set(re.findall(r'<a href="#(c\d+)">', html))
    listed = set(re.findall(r'<li id="(c\d+)">', html))
    assert named
    assert named <= listed


def test_no_interval_is_drawn_where_none_was_read() -> None:
    row = re.search(r"<tr[^>]*><th[^>]*>[^<]*2022 <span[^>]*><a[^>]*>EPI-07.*?</tr>", page(), re.S)
    assert row is not None
    assert "ci0" not in row[0]
    assert "d0" in row[0]


def test_both_languages_say_everything_with_the_same_places() -> None:
    english, danish = (registry_words(lang).wording.entries for lang in ("en", "da"))
    own = [key for key in english if key.startswith(f"{NAME}.")]
    assert len(own) > 100
    assert [key for key in danish if key.startswith(f"{NAME}.")] == own
    assert [k for k in own if placeholders(english[k]) != placeholders(danish[k])] == []


def test_the_danish_page_has_no_english_sentence() -> None:
    # Titles of papers stay in their language.
    text = said(page("da").partition('id="sources"')[0])
    for word in ("hidden", " the ", "people", "deaths", "not shown", "women"):
        # The one English word of the Danish page is that of the files: "er ordet hidden".
        assert text.count(word) == (1 if word == "hidden" else 0), word


def test_it_says_that_no_clinician_has_reviewed_it_and_that_the_people_are_invented() -> None:
    text = said(page())
    assert "not yet reviewed by a clinician" in text
    assert "Invented patients" in text
    real = msgspec.structs.replace(sample(), is_invented=False)
    assert "Invented patients" not in said(yearly_page(real, "en", COMMAND))


def test_with_the_control_off_the_page_names_who_answers_for_it_and_why() -> None:
    policy = Policy(shown_by="A. Registrar", reason="<b>audit</b> 12")
    made = msgspec.structs.replace(sample().made, policy=policy)
    html = yearly_page(msgspec.structs.replace(sample(), made=made), "en", COMMAND)
    assert "A. Registrar" in html
    assert "&lt;b&gt;audit&lt;/b&gt; 12" in html
    assert "Counts of 1 to 7 are hidden" not in html


def test_the_page_carries_how_to_repeat_it() -> None:
    text = said(page())
    for wanted in (COMMAND, "ab" * 32, "cd" * 32, "lifelines 0.30.0", "certainty/confirmed"):
        assert wanted in text


def test_the_same_report_gives_the_same_bytes() -> None:
    assert page() == page()
    assert page("da") == page("da")


class Outline(HTMLParser):
    """Headings in order, and ids."""

    def __init__(self) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))
        self.ids += [value for name, value in attrs if name == "id" and value]


def test_headings_go_down_one_step_at_a_time_and_no_id_stands_twice() -> None:
    outline = Outline()
    outline.feed(page())
    assert outline.levels[0] == 1
    assert all(b - a <= 1 for a, b in zip(outline.levels, outline.levels[1:], strict=False))
    assert len(outline.ids) == len(set(outline.ids))


def test_texts_of_the_report_name_only_statements_that_exist() -> None:
    words = registry_words("en")
    named = {id for key in words.every_key() if key.startswith(NAME) for id in words.because(key)}
    assert named <= set(load_knowledge().claims)
