"""The page of one patient: every deeper part, static figures, nothing that runs."""

from __future__ import annotations

import re
from itertools import pairwise

import msgspec
import pytest

from livedo.act.parts import Plan
from livedo.act.result import Explanation, TreatmentSpan
from livedo.surfaces.figures.drawn import Locale
from livedo.surfaces.figures.lab_chart import lab_chart, lab_spec
from livedo.surfaces.report import patient_page
from livedo.surfaces.words import words
from tests.surfaces.birkesoe import AS_OF, DAY, EXPLANATION
from tests.surfaces.kornblomst_whole import whole
from tests.surfaces.test_report import MONTHS, Outline

HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}"
LOCALE = Locale(".", tuple(MONTHS))
CALCIUM = next(lab for lab in EXPLANATION.labs if lab.points and not lab.is_too_old)


def page(explanation: Explanation, lang: str = "en") -> str:
    return patient_page(explanation, AS_OF, MONTHS, words(lang), True)


@pytest.mark.parametrize("lang", ["en", "da"])
def test_the_whole_page_is_well_formed_and_its_contents_lead_somewhere(lang: str) -> None:
    outline = Outline(page(whole(), lang))
    assert outline.open == []
    assert outline.problems == []
    assert len(outline.ids) == len(set(outline.ids))
    assert set(outline.targets) <= set(outline.ids)
    assert all(after <= before + 1 for before, after in pairwise(outline.headings))
    assert not any(name == "style" for _, name, _ in outline.attributes)


def test_hostile_text_in_every_new_part_stays_text() -> None:
    text = page(whole(HOSTILE))
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 20
    assert Outline(text).problems == []


def test_options_are_shown_only_after_the_safety_check() -> None:
    unchecked = msgspec.structs.replace(whole().plan, is_checked=False)
    text = page(msgspec.structs.replace(whole(), plan=unchecked))
    assert "Review warfarin" not in text
    assert "Parathyroidectomy" not in text
    assert words("en").text("patient_page.plan.not_checked") in text
    assert 'id="referral"' not in text


def test_an_unknown_contraindication_counts_as_a_finding_of_the_safety_check() -> None:
    text = page(whole())
    assert words("en").count("patient_page.plan.safety_ran", 2, touched="1") in text
    assert words("en").text("patient_page.plan.safety_unknown") in text
    assert "pregnancy" not in text


def test_a_diagnosis_that_nothing_speaks_for_is_counted_and_not_listed() -> None:
    text = page(whole())
    assert "Scurvy" not in text
    assert words("en").count("patient_page.differential.hidden", 1) in text
    assert words("en").text("patient_page.differential.urgent") in text


def test_empty_parts_vanish() -> None:
    text = page(msgspec.structs.replace(EXPLANATION, plan=Plan(is_checked=True)))
    for id in ("work", "histology", "ddx", "calcium", "follow", "mech", "referral"):
        assert f'id="{id}"' not in text
    assert words("en").text("patient_page.plan.empty") in text


def test_the_mechanism_says_in_words_what_its_lines_show() -> None:
    text = page(whole())
    assert "Load seen, Media not known, Ulcer not seen" in text
    assert 'class="arrow is-danger"' in text


def test_the_same_patient_gives_the_same_bytes() -> None:
    assert page(whole()) == page(whole())


def test_values_outside_the_target_are_diamonds_and_the_target_is_a_band() -> None:
    marks = lab_chart(CALCIUM, AS_OF, LOCALE).marks
    outside = sum(point.is_outside for point in CALCIUM.points)
    diamonds = re.search(r'fill="var\(--s-risk\)" stroke="var\(--s-risk\)"[^>]* d="([^"]*)"', marks)
    assert diamonds is not None
    drawn = re.findall(r'fill="var\(--s-risk\)" stroke="var\(--s-risk\)"[^>]* d="([^"]*)"', marks)
    assert "".join(drawn).count("Z") == outside
    assert marks.count('fill="var(--t-target)"') == 1


def test_a_chart_is_small_and_holds_nothing_but_marks() -> None:
    marks = str(lab_chart(CALCIUM, AS_OF, LOCALE).marks)
    assert len(marks) < 5_000
    for unwanted in ("aria", "style=", "id=", "font-family", "<g></g>", "script"):
        assert unwanted not in marks


def test_a_bound_is_drawn_hollow() -> None:
    bound = msgspec.structs.replace(CALCIUM.points[-1], is_bound=True, is_outside=True)
    line = msgspec.structs.replace(CALCIUM, points=(*CALCIUM.points[:-1], bound))
    marks = lab_chart(line, AS_OF, LOCALE).marks
    assert 'fill="var(--surface)" stroke="var(--s-risk)"' in marks


def test_treatments_stand_below_the_chart_with_their_names_escaped() -> None:
    span = TreatmentSpan(
        concept="x", label="binder <b>", from_at=AS_OF - 90 * DAY, is_unknown=False, weight="risk"
    )
    line = msgspec.structs.replace(CALCIUM, treatments=(span,))
    with_span, without = lab_chart(line, AS_OF, LOCALE), lab_chart(CALCIUM, AS_OF, LOCALE)
    assert "binder &lt;b&gt;" in with_span.marks
    assert with_span.height > without.height


def test_a_figure_never_names_an_address() -> None:
    assert "url" not in str(lab_spec(CALCIUM, AS_OF))


def test_no_fact_of_a_box_is_cut_and_a_seen_box_is_not_filled_like_a_lesion() -> None:
    long = "phosphate 2.34 mmol/L (7.2 mg/dL) 10 Nov, from the newest sample of this unit " * 2
    part = msgspec.structs.replace(
        whole().mechanism,
        chain=(msgspec.structs.replace(whole().mechanism.chain[0], lines=(long,)),),
        drivers=(),
        links=(),
        options=(),
    )
    text = page(msgspec.structs.replace(whole(), mechanism=part))
    told = " ".join(re.findall(r"<text class=\"\"[^>]*>([^<]*)</text>", text))
    assert long.strip() in told
    assert 'class="node seen"' not in text
