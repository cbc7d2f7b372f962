"""A drug is recognised by the whole words of its name, and by how it is given."""

from __future__ import annotations

import pytest

from livedo.knowledge.claims import load_claims
from livedo.knowledge.thresholds import load_thresholds
from livedo.knowledge.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary()
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC = "http://www.whocc.no/atc"


@pytest.mark.parametrize(
    ("text", "drug"),
    [
        ("Warfarin Sodium 5 MG Oral Tablet", "drug.warfarin"),
        ("Marevan 2,5 mg", "drug.warfarin"),
        ("COUMADIN", "drug.warfarin"),
        ("tabl. jantoven 5 mg x 1", "drug.warfarin"),
        ("vitamin K-antagonist", "drug.vitamin_k_antagonist"),
        ("K-vitamin 10 mg", "drug.vitamin_k"),
        ("nadroparin calcium 0.4 mL", "drug.nadroparin"),
        ("Heparin lock 100 U/mL", "drug.heparin_lock"),
        ("heparinlås i kateter", "drug.heparin_lock"),
        ("heparin 5000 IE i.v.", "drug.heparin_unfractionated"),
        ("Calciumcarbonat 500 mg tyggetabletter", "drug.calcium_carbonate"),
        ("Calcium 500 mg", "drug.calcium_containing"),
        ("Kalktilskud", "drug.calcium_containing"),
        ("Alfacalcidol 0,25 mikrogram", "drug.alfacalcidol"),
        ("1 ML Epoetin Alfa 4000 UNT/ML Injection [Epogen]", "drug.epoetin"),
        ("methoxy polyethylene glycol-epoetin beta", "drug.epoetin_beta_pegylated"),
        ("Prednisolon 25 mg tabletter", "drug.prednisolone"),
        ("Prednisolone 0.5 % cream", "drug.corticosteroid_topical"),
        ("Prednisolon øjendråber", "drug.corticosteroid_other_local"),
        ("hydrocortisone 10 MG/ML Topical Cream", "drug.hydrocortisone_topical"),
        ("Clobetasolpropionat salve 0,05 %", "drug.clobetasol"),
        ("tacrolimus ointment 0.1 %", "drug.tacrolimus_topical"),
        ("24 HR tacrolimus 1 MG Extended Release Oral Tablet", "drug.tacrolimus"),
        ("Dicloxacillin 500 mg", "drug.antibacterial_systemic"),
        ("gentamicin eye drops", "drug.antibacterial_local"),
        ("Natriumthiosulfat 25 g", "drug.sodium_thiosulfate"),
        ("SNF472", "drug.snf472"),
    ],
)
def test_a_drug_is_recognised_by_its_words(text: str, drug: str) -> None:
    assert VOCABULARY.drug_for_text(text) == drug


@pytest.mark.parametrize(
    "text",
    [
        "xwarfarinx",
        "warfarinlike",
        "calcium channel blocker",
        "Calcium antagonists",
        "Rosuvastatin calcium 20 mg",
        "calcium folinate 15 mg",
        "calcium alginate dressing",
        "heparinoid cream",
        "insulin pen needle",
        "",
    ],
)
def test_words_that_only_look_like_one_of_our_drugs_are_not(text: str) -> None:
    assert VOCABULARY.drugs_for_text(text) == ()


def test_a_calcium_channel_blocker_adds_no_calcium() -> None:
    for text in (
        "calcium channel blocker (verapamil)",
        "nadroparin calcium",
        "atorvastatin calcium",
    ):
        for drug in VOCABULARY.drugs_for_text(text):
            assert "drug.calcium_containing" not in VOCABULARY.ancestors(drug), text


def test_a_combination_belongs_to_every_class_it_contains() -> None:
    found = VOCABULARY.drugs_for_text(
        "Calcium Carbonate 1250 MG / Cholecalciferol 400 UNT Oral Tablet"
    )
    assert found == ("drug.calcium_carbonate", "drug.colecalciferol")


def test_one_ingredient_named_twice_counts_once() -> None:
    text = "insulin isophane, human 70 UNT/ML / insulin, regular, human 30 UNT/ML [Humulin]"
    assert VOCABULARY.drugs_for_text(text) == ("drug.insulin_human",)


def test_the_route_of_the_order_decides_where_the_words_do_not() -> None:
    assert VOCABULARY.drug_for_text("betamethasone", "topical") == "drug.betamethasone_topical"
    assert VOCABULARY.drug_for_text("betamethasone", "oral") == "drug.betamethasone"
    assert (
        VOCABULARY.drug_for_text("methotrexate", "subcutaneous") == "drug.methotrexate_subcutaneous"
    )


def test_a_code_that_cream_and_tablet_share_is_read_with_its_route() -> None:
    coded = [(RXNORM, "5492")]
    systemic = VOCABULARY.match_drug(coded, "Hydrocortisone 20 mg tablet")
    cream = VOCABULARY.match_drug(coded, "Hydrocortisone cream")
    assert systemic is not None
    assert cream is not None
    assert (systemic.concepts, systemic.matched_by) == (("drug.hydrocortisone",), "code")
    assert cream.concepts == ("drug.hydrocortisone_topical",)


def test_a_code_counts_before_words() -> None:
    match = VOCABULARY.match_drug([(ATC, "B01AA03")], "blood thinner")
    assert match is not None
    assert match == (("drug.warfarin",), "code")


def test_a_readable_name_that_is_none_of_ours_is_another_drug() -> None:
    assert VOCABULARY.match_drug([], "Paracetamol 500 mg") == (("drug.other",), "text")


def test_an_item_without_code_and_words_names_no_drug() -> None:
    assert VOCABULARY.match_drug([("http://example.org", "1")]) is None


def test_every_form_of_a_drug_is_a_concept() -> None:
    for drug in VOCABULARY.drugs.by_id.values():
        for form, concept in drug.forms.items():
            assert concept in VOCABULARY.concepts, (drug.id, form)
            assert form == "local" or form in VOCABULARY.routes, (drug.id, form)


def test_no_word_names_two_drugs() -> None:
    seen: dict[str, str] = {}
    for drug in VOCABULARY.drugs.by_id.values():
        for word in (*drug.words, *drug.brands):
            assert seen.setdefault(word.casefold(), drug.id) == drug.id, word


def test_every_role_cites_claims_and_thresholds_that_exist() -> None:
    claims, thresholds = load_claims(), load_thresholds()
    for drug in VOCABULARY.drugs.by_id.values():
        assert [c for c in drug.because if c not in claims] == [], drug.id
        assert [t for t in drug.thresholds if t not in thresholds] == [], drug.id


@pytest.mark.parametrize(
    ("salt", "fraction"),
    [("carbonate", 0.4), ("acetate", 0.253), ("citrate", 0.211), ("gluconate", 0.0894)],
)
def test_the_calcium_in_a_salt_is_known(salt: str, fraction: float) -> None:
    assert VOCABULARY.drugs.by_id[f"drug.calcium_{salt}"].elemental_calcium_fraction == fraction
