"""The deeper parts of one patient on a terminal: what else, work-up, options, outlook."""

from __future__ import annotations

import io
from pathlib import Path

import msgspec
import pytest

from livedo.act import parts
from livedo.act.result import Explanation
from livedo.surfaces.patient_text import patient_lines
from livedo.surfaces.source_names import Detail
from livedo.surfaces.terminal import Terminal, columns
from livedo.surfaces.words import words
from tests.surfaces.birkesoe import EXPLANATION
from tests.surfaces.conftest import run
from tests.surfaces.kornblomst_whole import diagnosis, evidence, option, whole

LANGS = pytest.mark.parametrize("lang", ["en", "da"])


def page(
    explanation: Explanation, detail: Detail = "normal", lang: str = "en", width: int = 100
) -> str:
    terminal = Terminal(width=width)
    out = io.StringIO()
    terminal.print(patient_lines(explanation, words(lang), terminal, detail, True), out)
    return out.getvalue()


def flat(text: str) -> str:
    """The page without its line breaks."""
    return " ".join(text.split())


def with_plan(**changes: object) -> Explanation:
    plan = msgspec.structs.replace(whole().plan, **changes)
    return msgspec.structs.replace(whole(), plan=plan)


def with_workup(**changes: object) -> Explanation:
    changed = msgspec.structs.replace(whole().workup, **changes)
    return msgspec.structs.replace(whole(), workup=changed)


# -- how much is shown -----------------------------------------------------------------------


@LANGS
def test_the_short_page_shows_none_of_the_deeper_parts(lang: str) -> None:
    short = page(whole(), "short", lang)
    for key in ("what_else", "workup", "biopsy", "options", "calcium", "follow"):
        title = words(lang).text(f"deeper.{key}.title")
        assert title not in short
        assert title in page(whole(), "normal", lang)


@LANGS
@pytest.mark.parametrize("detail", ["normal", "long"])
@pytest.mark.parametrize("width", [64, 80, 100])
def test_no_line_of_a_deeper_part_is_wider_than_the_terminal(
    lang: str, detail: Detail, width: int
) -> None:
    for line in page(whole(), detail, lang, width).splitlines():
        assert columns(line) <= width


def test_the_limits_of_a_definition_stand_on_the_long_page_only() -> None:
    line = msgspec.structs.replace(EXPLANATION.certainty[0], limits="It needs ulcers.")
    told = msgspec.structs.replace(EXPLANATION, certainty=(line,))
    assert "It needs ulcers." not in page(told)
    assert "It needs ulcers." in page(told, "long")


# -- what else -------------------------------------------------------------------------------


def test_an_urgent_look_alike_says_how_fast_a_person_must_look() -> None:
    assert "2 Necrotising fasciitis  + - ?  ! today" in page(whole())


def test_an_urgent_look_alike_far_down_is_still_marked() -> None:
    several = [diagnosis(f"Rash {n}", n) for n in range(1, 8)]
    urgent = diagnosis("Fournier gangrene", 8, is_urgent=True, urgency="surgeon now")
    told = parts.Differential(lines=(*several, urgent))
    assert "! surgeon now" in page(msgspec.structs.replace(whole(), differential=told))


def test_a_diagnosis_that_nothing_speaks_for_is_not_listed_but_counted() -> None:
    assert "Scurvy" not in page(whole(), "long")
    assert "1 diagnosis that nothing speaks for is left out." in page(whole(), "long")


def test_the_normal_page_says_how_many_findings_it_leaves_to_the_long_one() -> None:
    findings = tuple(evidence(f"finding {n}") for n in range(5))
    told = parts.Differential(lines=(diagnosis("Calciphylaxis", 1, for_=findings),))
    explained = msgspec.structs.replace(whole(), differential=told)
    assert "+ finding 0; finding 1; and 3 more" in page(explained)
    assert all(f"finding {n}" in page(explained, "long") for n in range(5))


# -- work-up ---------------------------------------------------------------------------------


def test_an_alarm_stands_before_the_panels() -> None:
    text = page(whole())
    assert 0 < text.index("! Wound without a name for 90 d") < text.index("  Risk  ")


def test_what_is_missing_is_marked_and_what_is_too_old_says_how_old() -> None:
    text = page(whole())
    assert "? missing: ANCA" in text
    assert "too old: PTH (12 Aug, 100 d old)" in text


def test_a_result_that_cannot_be_read_is_not_called_done() -> None:
    line = parts.WorkupLine(
        id="c", panel="exclusion", text="Protein C", status="done", is_readable=False, on="2 Nov"
    )
    text = page(with_workup(lines=(line,)))
    assert "? cannot be read: Protein C (2 Nov)" in text
    assert "done: Protein C" not in text


def test_what_forbids_a_biopsy_here_stands_on_the_normal_page() -> None:
    penis = parts.Weighed(id="penis", text="Lesion of the penis. Never biopsy here.")
    open_ = parts.Weighed(id="sepsis", text="Sepsis first.", status="unknown")
    decision = msgspec.structs.replace(whole().workup.biopsy, harm=(penis, open_))
    text = page(with_workup(biopsy=decision))
    assert "− Lesion of the penis. Never biopsy here." in text
    assert "? 1 thing not known" in text


# -- biopsy ----------------------------------------------------------------------------------


def test_what_a_biopsy_report_does_not_mention_is_unknown_and_not_absent() -> None:
    assert "? not reported: Thrombus" in page(whole())


# -- options ---------------------------------------------------------------------------------


@LANGS
@pytest.mark.parametrize("detail", ["normal", "long"])
def test_without_the_safety_check_no_option_is_shown(lang: str, detail: Detail) -> None:
    text = page(with_plan(is_checked=False), detail, lang)
    assert "Review warfarin" not in text
    assert "Parathyroidectomy" not in text
    assert words(lang).text("patient_page.plan.not_checked") in flat(text)


@LANGS
def test_the_first_line_of_options_says_that_the_safety_check_ran(lang: str) -> None:
    ran = words(lang).count("patient_page.plan.safety_ran", 2, touched="1")
    heading = words(lang).text("deeper.options.title")
    assert f"{heading} {ran}" in flat(page(whole(), lang=lang))


def test_an_option_with_something_to_check_first_carries_a_question_mark() -> None:
    assert "? Review warfarin (cohort)" in flat(page(whole()))


def test_a_danger_of_today_says_why_and_what_to_check_first() -> None:
    line = msgspec.structs.replace(
        option("vka", "Review warfarin", "check_first"),
        part="danger", reasons=("warfarin since 2022",), check_first=("mechanical valve",),
    )  # fmt: skip
    text = flat(page(with_plan(lines=(line,))))
    assert "Review warfarin review; cohort why: warfarin since 2022" in text
    assert "? check first: mechanical valve" in text


def test_cautions_and_why_an_option_is_withheld_stand_on_the_long_page() -> None:
    assert "stroke" not in page(whole())
    long = page(whole(), "long")
    assert "caution: stroke" in long
    assert "Not offered: Parathyroidectomy, because: PTH too old" in long
    assert "Parathyroidectomy" in page(whole())


def test_an_unknown_contraindication_is_said_to_count_as_present() -> None:
    long = flat(page(whole(), "long"))
    assert "? valve (not known, counted as present)" in long
    assert "pregnancy" not in long


# -- calcium, follow-up, outlook -------------------------------------------------------------


def test_a_calcium_source_of_unknown_dose_is_marked_unknown() -> None:
    assert "? Carbonate , by mouth  dose unknown" in page(whole())


def test_what_was_never_measured_stands_before_what_is_followed() -> None:
    followed = parts.Monitored(id="w", text="Weight", now="86 kg", status="followed")
    missing = parts.Monitored(id="s", text="Wound score")
    text = page(with_plan(monitoring=(followed, missing)))
    assert text.index("? missing: Wound score") < text.index("✓ followed: Weight")


def test_figures_of_the_literature_stand_on_the_long_page_only() -> None:
    here = parts.Weighed(id="u", text="Ulcerated")
    cohorts = parts.Weighed(id="c", text="one-year mortality 40 to 67 %", is_here=False)
    told = with_plan(prognosis=(here, cohorts))
    assert "+ Ulcerated" in page(told)
    assert "67 %" not in page(told)
    assert "67 %" in page(told, "long")


# -- real patients ---------------------------------------------------------------------------


def test_the_published_case_is_told_never_to_biopsy_the_penis(record: Path) -> None:
    text = flat(run("patient", record, "case-penile", "--as-of", "2008-02-15").stdout)
    assert "Penile calciphylaxis" in text
    assert "Never biopsy here." in text
    assert "settle: Deep incisional" not in text


def test_no_woman_is_told_of_a_penile_form(record: Path) -> None:
    text = run("patient", record, "B-044", "--long").stdout
    assert "woman" in text
    assert "Penile calciphylaxis" not in text


def test_a_patient_without_disease_has_no_outlook(record: Path) -> None:
    text = run("patient", record, "B-133").stdout
    assert words("en").text("deeper.outlook.title") not in text
    assert words("en").text("deeper.options.title") in text
