"""Facts, dates and numbers as people write them, in both languages."""

from __future__ import annotations

import msgspec
import pytest

from livedo.act.dates_in_words import DateWords
from livedo.act.facts_in_words import FactWords, capitalised, lowered
from livedo.act.page import load_page
from livedo.act.quantities_in_words import Units
from livedo.instants import from_iso, parse_fhir_instant, zone_named
from livedo.knowledge.load import load_knowledge
from livedo.record.tables import Fact
from tests.act.people import as_of, patient

COPENHAGEN = "Europe/Copenhagen"


def words(lang: str = "en", units: Units = "si") -> FactWords:
    return FactWords(load_knowledge(), lang, units)


def dates(lang: str = "en") -> DateWords:
    return DateWords(load_knowledge().wording(lang), COPENHAGEN)


def phrase(given: dict[str, str], lang: str = "en", units: Units = "si") -> str:
    (fact,) = patient("x", given).facts
    return words(lang, units).phrase(fact, as_of())


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2026-11-18", "18 Nov 2026"), ("2007-12", "Dec 2007"), ("2005", "2005")],
)
def test_a_date_is_shown_as_precisely_as_it_is_known(text: str, expected: str) -> None:
    earliest, latest = parse_fhir_instant(text, zone_named(COPENHAGEN))
    assert dates().span(earliest, latest) == expected


def test_an_interval_of_days_names_both_ends() -> None:
    zone = zone_named(COPENHAGEN)
    start, _ = parse_fhir_instant("2026-11-02", zone)
    _, end = parse_fhir_instant("2026-11-14", zone)
    assert dates().span(start, end) == "2 Nov to 14 Nov 2026"


def test_danish_dates_have_a_full_stop() -> None:
    moment = from_iso("2026-11-18T05:00:00Z")
    assert dates("da").full(moment) == "18. nov. 2026"
    assert dates("da").moment(moment) == "18. nov. 2026 kl. 06.00"


def test_the_year_is_left_out_while_the_date_is_recent() -> None:
    zone = zone_named(COPENHAGEN)
    assert dates().short(from_iso("2026-04-24", zone), as_of()) == "24 Apr"
    assert dates().short(from_iso("2025-04-24", zone), as_of()) == "24 Apr 2025"


def test_the_end_of_a_day_needs_no_clock_time() -> None:
    assert dates().moment(from_iso("2026-11-20", zone_named(COPENHAGEN))) == "20 Nov 2026"


PHOSPHATE = {"concept": "lab.phosphate", "value": "6.8 mg/dL", "on": "2026-11-18"}


@pytest.mark.parametrize(
    ("lang", "units", "expected"),
    [
        ("en", "si", "phosphate 2.20 mmol/L 18 Nov"),
        ("en", "conventional", "phosphate 6.8 mg/dL 18 Nov"),
        ("en", "si_beside", "phosphate 2.20 mmol/L (6.8 mg/dL) 18 Nov"),
        ("da", "si", "fosfat 2,20 mmol/l 18. nov."),
    ],
)
def test_a_value_is_written_in_the_units_asked_for(lang: str, units: Units, expected: str) -> None:
    assert phrase(PHOSPHATE, lang, units) == expected


def test_a_bound_stays_a_bound() -> None:
    given = {**PHOSPHATE, "concept": "lab.pth_intact", "value": ">2500 pg/mL"}
    assert phrase(given, units="conventional") == "PTH > 2500 pg/mL 18 Nov"


def test_a_bare_word_stands_where_no_number_was_given() -> None:
    given = {"concept": "lab.ana", "interpretation": "negative", "on": "2026-11-04"}
    assert phrase(given) == "ANA negative 4 Nov"


def test_a_finding_names_its_place_and_side() -> None:
    given = {"concept": "sign.livedo", "on": "2026-11-18", "body_site": "thigh", "side": "left"}
    assert phrase(given) == "livedo left thigh 18 Nov"
    assert phrase(given, "da") == "livedo venstre lår 18. nov."


def test_an_absent_finding_says_no() -> None:
    given = {"concept": "sign.ulcer", "present": "no", "on": "2026-11-18"}
    assert phrase(given) == "no ulcer 18 Nov"
    assert phrase(given, "da") == "uden sår 18. nov."


def test_a_long_running_drug_is_dated_by_its_month() -> None:
    assert phrase({"concept": "drug.warfarin", "from": "2022-03-05"}) == "warfarin since Mar 2022"


def test_an_injection_names_its_route_and_place() -> None:
    given = {
        "concept": "drug.insulin_glargine",
        "from": "2026-10-01",
        "route": "subcutaneous",
        "body_site": "abdomen",
    }
    assert phrase(given) == "insulin glargine s.c., abdomen since 1 Oct"


def test_a_drug_that_ended_says_until_when() -> None:
    given = {"concept": "drug.warfarin", "from": "2022-03-05", "until": "2026-11-03"}
    assert phrase(given) == "warfarin until 3 Nov"


def test_a_stop_without_a_date_is_told_as_such() -> None:
    given = {"concept": "drug.warfarin", "from": "2022-03-05", "until": "before 2026-11-03"}
    assert phrase(given) == "warfarin from Mar 2022, stopped, date not known"


def test_a_provisional_diagnosis_is_marked() -> None:
    given = {"concept": "condition.cellulitis", "from": "2026-10-30", "status": "provisional"}
    assert phrase(given) == "cellulitis since 30 Oct (provisional)"


def test_a_value_far_from_the_person_s_own_is_marked() -> None:
    (fact,) = patient("x", PHOSPHATE).facts
    doubtful: Fact = msgspec.structs.replace(fact, is_query=True)
    assert words().phrase(doubtful, as_of()).endswith("(far from the person's own values)")


def test_names_in_a_sentence_keep_the_capitals_of_abbreviations() -> None:
    assert lowered("Phosphate") == "phosphate"
    assert lowered("PTH") == "PTH"
    assert lowered("Kt/V, single pool") == "Kt/V, single pool"
    assert capitalised("pH 7.2") == "pH 7.2"
    assert capitalised("phosphate 2.2") == "Phosphate 2.2"


def test_every_text_exists_in_both_languages_with_the_same_places() -> None:
    from livedo.knowledge.wording import placeholders

    english, danish = (load_knowledge().wording(lang).entries for lang in ("en", "da"))
    mine = {key for key in english if key.startswith("act.")}
    assert mine == {key for key in danish if key.startswith("act.")}
    assert {k for k in mine if placeholders(english[k]) != placeholders(danish[k])} == set()


def test_the_page_names_only_rules_and_concepts_that_exist() -> None:
    page, knowledge = load_page(), load_knowledge()
    concepts = knowledge.vocabulary.concepts
    rules = {id for row in page.labs for id in (row.above, row.below) if id}
    rules |= set(page.obvious) | {remark.unknown for remark in page.replay.remarks}
    assert rules - set(knowledge.rules) == set()
    named = {row.concept for row in page.labs} | {c for line in page.headline for c in line}
    named |= {*page.skin.felt, *page.skin.seen, *page.skin.pain, page.palpation.done}
    assert named - set(concepts) == set()
