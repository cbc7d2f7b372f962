"""A rule in plain language: every kind of condition, in English and in Danish."""

from __future__ import annotations

import re
from typing import Any

import pytest

from livedo.knowledge.load import Knowledge, load_knowledge
from livedo.knowledge.prose import condition_as_text, rule_as_text
from livedo.knowledge.schema import KINDS, Review, Rule
from livedo.knowledge.tree import kinds_named, parse_condition, parse_rule

CLAUSES: list[tuple[dict[str, Any], str, str]] = [
    (
        {"latest": "lab.phosphate", "within_days": 90, "above": "5.5 mg/dL", "or_word": "high"},
        "the newest phosphate in the last 90 days is above 5.5 mg/dL (1.78 mmol/L),"
        " or the result only says “high”",
        "den seneste måling af fosfat inden for de seneste 90 dage er over 5,5 mg/dl"
        " (1,78 mmol/l), eller svaret kun lyder »høj«",
    ),
    (
        {"latest": "lab.calcium_total", "outside": ["2.1 mmol/L", "2.5 mmol/L"]},
        "the newest total calcium is below 2.1 mmol/L (8.4 mg/dL) or above 2.5 mmol/L (10.0 mg/dL)",
        "den seneste måling af total-calcium er under 2,1 mmol/l (8,4 mg/dl) eller over"
        " 2,5 mmol/l (10,0 mg/dl)",
    ),
    (
        {"latest": "lab.pth_intact", "within_days": 120, "above_upper_limit": 9},
        "the newest intact parathyroid hormone in the last 120 days is more than 9 times"
        " the laboratory's upper limit",
        "den seneste måling af intakt parathyroideahormon inden for de seneste 120 dage er"
        " mere end 9 gange laboratoriets øvre grænse",
    ),
    (
        {"active": "drug.insulin", "where": {"status": "draft", "body_site": ["thigh"]}},
        "a prescription for insulins is being written on the thigh",
        "en ordination af insuliner er ved at blive skrevet på lår",
    ),
    (
        {"not": {"active": "drug.warfarin", "where": {"status": "draft"}}},
        "no prescription for warfarin is being written",
        "ingen ordination af warfarin er ved at blive skrevet",
    ),
    (
        {"latest": "lab.alp", "outside_reference": True},
        "the newest alkaline phosphatase is outside the laboratory's reference interval",
        "den seneste måling af basisk fosfatase er uden for laboratoriets referenceinterval",
    ),
    (
        {"latest": "lab.lupus_anticoagulant", "interpreted": ["positive"]},
        "the newest lupus anticoagulant is positive",
        "det seneste svar på lupusantikoagulans lyder positiv",
    ),
    (
        {
            "latest": "sign.lesion_pain",
            "interpreted": ["moderate", "severe"],
            "where": {"body_site": ["penis"]},
        },
        "pain in the lesion on the penis, when last recorded, was moderate or severe",
        "smerte i hudforandringen på penis ved seneste registrering var moderat eller svær",
    ),
    (
        {
            "latest": "sign.plaque",
            "present": True,
            "within_days": 90,
            "where": {"body_site": ["abdomen", "thigh", "unusual"], "side": "left"},
        },
        "plaque was found on the abdomen or thigh or at an unusual site on the left"
        " when last looked for in the last 90 days",
        "plaque blev fundet på abdomen eller lår eller på et usædvanligt sted på venstre side,"
        " da der senest blev set efter inden for de seneste 90 dage",
    ),
    (
        {"latest": "sign.ulcer", "present": False, "within_days": 1},
        "ulcer was not found when last looked for in the last day",
        "sår ikke blev fundet, da der senest blev set efter inden for det seneste døgn",
    ),
    (
        {
            "of_concept": "lab.crp",
            "last_n": 4,
            "k": 3,
            "within_days": 183,
            "above": "10.3 mg/L",
        },
        "at least 3 of the last 4 results of C-reactive protein in the last 183 days"
        " are above 10.3 mg/L (1.0 mg/dL)",
        "mindst 3 af de seneste 4 målinger af C-reaktivt protein inden for de seneste 183 dage"
        " er over 10,3 mg/l (1,0 mg/dl)",
    ),
    (
        {"of_concept": "sign.ulcer", "last_n": 2, "k": 2, "present": True},
        "ulcer was found in all of the last 2 examinations",
        "sår blev fundet ved alle de seneste 2 undersøgelser",
    ),
    (
        {"change": "lab.albumin", "within_days": 180, "by": "absolute", "at_most": "-3 g/L"},
        "the mean albumin falls by 3 g/L (0.3 g/dL) or more from the first to the second half"
        " of the last 180 days",
        "gennemsnittet af albumin falder med 3 g/l (0,3 g/dl) eller mere fra første til anden"
        " halvdel af de seneste 180 dage",
    ),
    (
        {"change": "body.weight", "within_days": 183, "by": "relative", "below": "-5 %"},
        "body weight falls by more than 5 % from the oldest to the newest result"
        " of the last 183 days",
        "legemsvægt falder med mere end 5 % fra det ældste til det nyeste resultat"
        " i de seneste 183 dage",
    ),
    (
        {"change": "lab.phosphate", "within_days": 90, "by": "slope", "above": "0.1 mmol/L"},
        "phosphate rises by more than 0.1 mmol/L (0.3 mg/dL) in 30 days, by the trend"
        " of the last 90 days",
        "fosfat stiger med mere end 0,1 mmol/l (0,3 mg/dl) på 30 dage, bedømt efter tendensen"
        " i de seneste 90 dage",
    ),
    (
        {
            "product": ["lab.calcium_total", "lab.phosphate"],
            "within_days": 90,
            "pair_within_days": 3,
            "at_least": "55 mg2/dL2",
        },
        "the product of total calcium and phosphate, drawn at most 3 days apart in the last"
        " 90 days, is 55 mg²/dL² (4.43 mmol²/L²) or more",
        "produktet af total-calcium og fosfat, taget med højst 3 dage imellem inden for de"
        " seneste 90 dage, er 55 mg²/dl² (4,43 mmol²/l²) eller mere",
    ),
    (
        {
            "active": "drug.calcitriol",
            "where": {"route": ["oral"], "dose": {"above": "0.5 ug/d"}},
        },
        "the person uses calcitriol, given by mouth, at more than 0.5 µg a day",
        "personen bruger calcitriol, givet gennem munden, i mere end 0,5 µg i døgnet",
    ),
    (
        {"active": "condition.diabetes"},
        "diabetes mellitus is recorded as present",
        "diabetes mellitus er registreret som en aktuel tilstand",
    ),
    (
        {"not": {"active": "dialysis.any"}},
        "dialysis is not under way",
        "dialyse ikke er i gang",
    ),
    (
        {"ever": "procedure.parathyroidectomy"},
        "parathyroidectomy has ever been done",
        "parathyroidektomi nogensinde er udført",
    ),
    (
        {"not": {"ever": "drug.warfarin"}},
        "the person has never used warfarin",
        "personen aldrig har brugt warfarin",
    ),
    (
        {"recent": "condition.sepsis", "within_days": 30},
        "sepsis has been recorded in the last 30 days",
        "sepsis er registreret inden for de seneste 30 dage",
    ),
    (
        {
            "during": {"concept": "drug.warfarin"},
            "holding": {"concept": "dialysis.haemodialysis"},
            "within_days": 365,
        },
        "warfarin and haemodialysis held at the same time in the last 365 days",
        "warfarin og hæmodialyse har været til stede samtidig inden for de seneste 365 dage",
    ),
    (
        {
            "before": {"concept": "sign.purpura"},
            "of": {"concept": "sign.ulcer"},
            "within_days": 42,
            "at_least_days": 1,
            "recent_days": 42,
            "same": "lesion",
        },
        "purpura began between 1 and 42 days before ulcer, which began in the last 42 days,"
        " in one and the same lesion",
        "purpura begyndte mellem 1 og 42 dage før sår, som begyndte inden for de seneste 42 dage,"
        " i én og samme læsion",
    ),
    (
        {"duration": "dialysis.any", "above": "5 years", "gap_days": 90},
        "dialysis has lasted more than 5 years (gaps of up to 90 days count as one period)",
        "dialyse har varet mere end 5 år (ophold på op til 90 dage regnes som samme periode)",
    ),
    (
        {"person": "age", "at_least": "18 years"},
        "the person is 18 years or older",
        "personen er 18 år eller ældre",
    ),
    ({"person": "sex", "is": "female"}, "the person is a woman", "personen er kvinde"),
    ({"not": {"person": "dead"}}, "the person is alive", "personen er i live"),
    (
        {
            "all": [
                {"latest": "sign.ulcer", "present": True},
                {"latest": "sign.livedo", "present": True},
            ],
            "same": "lesion",
        },
        "ulcer was found when last looked for, and livedo was found when last looked for,"
        " in one and the same lesion",
        "sår blev fundet, da der senest blev set efter, og livedo blev fundet,"
        " da der senest blev set efter, i én og samme læsion",
    ),
    (
        {"any": [{"active": "drug.warfarin"}, {"not": {"rule": "risk/high_phosphate"}}]},
        "the person uses warfarin, or “High phosphate” does not hold",
        "personen bruger warfarin, eller »Forhøjet fosfat« ikke gælder",
    ),
    (
        {"at_least": 2, "of": [{"rule": "risk/female"}, {"any": [{"active": "drug.warfarin"}]}]},
        "at least 2 of these hold:\n- “Female sex” holds\n- the person uses warfarin",
        "mindst 2 af disse betingelser er opfyldt:\n- at »Kvindeligt køn« gælder\n"
        "- at personen bruger warfarin",
    ),
    (
        {"rule": "risk/high_phosphate", "is": "unknown"},
        "it cannot be told whether “High phosphate” holds",
        "det ikke kan afgøres, om »Forhøjet fosfat« gælder",
    ),
    (
        {"not": {"rule": "risk/high_phosphate", "is": "unknown"}},
        "it can be told whether “High phosphate” holds",
        "det kan afgøres, om »Forhøjet fosfat« gælder",
    ),
    (
        {"not": {"latest": "lab.inr", "above": 1.5}},
        "it is not so that the newest INR is above 1.5",
        "det ikke er sådan, at den seneste måling af INR er over 1,5",
    ),
]


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.mark.parametrize(
    ("plain", "en", "da"), CLAUSES, ids=[next(iter(plain)) for plain, _, _ in CLAUSES]
)
def test_a_condition_reads_as_a_sentence_in_both_languages(
    knowledge: Knowledge, plain: dict[str, Any], en: str, da: str
) -> None:
    condition = parse_condition(plain)
    assert condition_as_text(condition, knowledge, "en") == en
    assert condition_as_text(condition, knowledge, "da") == da


def test_every_kind_of_condition_has_an_example_above() -> None:
    shown = {kind for plain, _, _ in CLAUSES for kind in kinds_named(plain)}
    assert shown == set(KINDS)


def test_nested_conditions_become_an_indented_list(knowledge: Knowledge) -> None:
    several = {"any": [{"rule": f"risk/{name}"} for name in ("vka", "female", "obesity", "esa")]}
    condition = parse_condition({"all": [{"person": "dead"}, several]})
    assert condition_as_text(condition, knowledge, "en").splitlines() == [
        "all of these hold:",
        "- the person has died",
        "- at least one of these holds:",
        "  - “Vitamin K antagonist now or recently” holds",
        "  - “Female sex” holds",
        "  - “Obesity” holds",
        "  - “Erythropoietin (ESA)” holds",
    ]


def phosphate_rule(**changes: Any) -> Rule:
    return parse_rule(
        {
            "id": "risk/high_phosphate",
            "title": {"en": "High phosphate", "da": "Forhøjet fosfat"},
            "asks": {"en": "Is phosphate high?", "da": "Er fosfat forhøjet?"},
            "when": {"latest": "lab.phosphate", "within_days": 90, "above": "5.5 mg/dL"},
            **changes,
        }
    )


def test_a_rule_tells_its_question_its_answer_and_that_nobody_reviewed_it(
    knowledge: Knowledge,
) -> None:
    assert rule_as_text(phosphate_rule(), knowledge, "en") == (
        "High phosphate. Is phosphate high? The answer is yes if the newest phosphate in the"
        " last 90 days is above 5.5 mg/dL (1.78 mmol/L). A centre cannot change this rule."
        " Not yet reviewed by a clinician."
    )
    assert rule_as_text(phosphate_rule(), knowledge, "da").endswith(
        "Et center kan ikke ændre denne regel. Endnu ikke gennemgået af en kliniker."
    )


def test_a_rule_names_the_source_of_its_number(knowledge: Knowledge) -> None:
    text = rule_as_text(phosphate_rule(threshold_from="phosphate.high"), knowledge, "en")
    assert "The number comes from “Targets by professional society, Table 1" in text
    own = rule_as_text(
        phosphate_rule(threshold_from="local convention, no source"), knowledge, "da"
    )
    assert "Ingen kilde angiver tallet; det er en lokal konvention." in own


def test_a_rule_names_its_claims_with_their_ids(knowledge: Knowledge) -> None:
    text = rule_as_text(phosphate_rule(because=["risk.hyperphosphataemia"]), knowledge, "da")
    assert "Den bygger på dette udsagn: »Forhøjet fosfat« (risk.hyperphosphataemia)." in text


def test_later_evidence_that_disagrees_is_told_beside_the_claim(knowledge: Knowledge) -> None:
    text = rule_as_text(phosphate_rule(because=["tx.anticoagulation"]), knowledge, "en")
    assert "Later evidence disagrees: " in text
    assert "(RF-01)" in text
    assert "the later and stronger decides what is done" in text


def test_later_evidence_already_quoted_is_named_by_its_id_only(knowledge: Knowledge) -> None:
    rule = phosphate_rule(because=["tx.anticoagulation", "RF-01", "TX-05"])
    text = rule_as_text(rule, knowledge, "en")
    assert "Later evidence disagrees: RF-01; TX-05. Both are shown" in text


def test_a_length_of_time_that_may_be_changed_is_told_in_the_language(
    knowledge: Knowledge,
) -> None:
    rule = phosphate_rule(adjustable={"condition.balanitis.above": "7..28 days"})
    assert "(7 til 28 dage)" in rule_as_text(rule, knowledge, "da")


def test_a_rule_tells_what_a_centre_may_change(knowledge: Knowledge) -> None:
    adjustable = {"above": "1.13..2.0 mmol/L", "lab.phosphate.within_days": "30..180"}
    text = rule_as_text(phosphate_rule(adjustable=adjustable), knowledge, "da")
    assert (
        "Et center må ændre grænsen (1,13 til 2,0 mmol/l)"
        " og vinduet i dage for fosfat (30 til 180)."
    ) in text


def test_a_reviewed_rule_names_its_reviewer(knowledge: Knowledge) -> None:
    rule = phosphate_rule(review={"by": "Dr Example", "on": "2026-11-22"})
    assert rule.review == Review(by="Dr Example", on="2026-11-22")
    assert rule_as_text(rule, knowledge, "en").endswith("Reviewed by Dr Example, 2026-11-22.")


@pytest.mark.parametrize("language", ["en", "da"])
def test_every_shipped_rule_reads_without_leftovers(knowledge: Knowledge, language: str) -> None:
    for rule in knowledge.rules.values():
        text = rule_as_text(rule, knowledge, language).replace("\n  ", "\n")
        assert not re.search(r"[{}]|\bNone\b|\.\.|\S  +\S| ,", text), rule.id
        condition = condition_as_text(rule.when, knowledge, language)
        assert not re.search(r"\b(lab|drug|sign|condition|wound)\.[a-z_]+", condition), rule.id
