"""Every thing a fact can be about has one name in each language and a place in the tree."""

from __future__ import annotations

import re

import pytest

from livedo.errors import KnowledgeInvalid, UnknownConcept
from livedo.knowledge.concepts import Concept, ConceptTree
from livedo.knowledge.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary()

# The ids that other parts of the product are written against.
AGREED = """
lab.calcium_total lab.calcium_ionised lab.calcium_corrected lab.phosphate lab.pth_intact lab.albumin
lab.alp lab.creatinine lab.egfr lab.protein_c lab.protein_s lab.antithrombin lab.cardiolipin
lab.lupus_anticoagulant lab.cryoglobulin lab.cryofibrinogen lab.ana lab.anca lab.hbsag lab.anti_hbc
lab.anti_hbs lab.anti_hcv lab.aluminium lab.inr lab.vitd25 lab.crp lab.blood_culture
lab.wound_culture lab.ferritin lab.iron lab.tsat lab.magnesium lab.urea lab.ktv_single_pool
lab.ktv_weekly_pd lab.urr lab.calcium_phosphate_product body.weight body.bmi body.pain_nrs
body.bwat_cua body.temperature dialysis.any dialysis.haemodialysis dialysis.peritoneal
dialysis.session_missed dialysate.calcium condition.calciphylaxis condition.ckd5 condition.ckd5d
condition.eskd condition.ckd4 condition.kidney_transplant condition.secondary_hyperparathyroidism
condition.primary_hyperparathyroidism condition.tertiary_hyperparathyroidism
condition.hyperparathyroidism condition.diabetes condition.obesity condition.hypoalbuminaemia
condition.protein_c_or_s_deficiency condition.antiphospholipid_syndrome
condition.vitamin_k_deficiency condition.weight_loss condition.cirrhosis condition.systemic_lupus
condition.atrial_fibrillation condition.cellulitis condition.erysipelas condition.panniculitis
condition.skin_ulcer condition.vasculitis condition.livedoid_vasculopathy
condition.peripheral_artery_disease condition.sepsis condition.pressure_ulcer
condition.venous_ulcer condition.diabetic_foot_ulcer condition.arterial_ulcer
condition.other_named_ulcer condition.mechanical_heart_valve condition.recent_thrombosis
condition.hypercalcaemia condition.uraemia condition.clotting_abnormality condition.balanitis
condition.malnutrition condition.frailty condition.extracutaneous_calcification
procedure.kidney_transplantation procedure.parathyroidectomy procedure.skin_biopsy
procedure.debridement procedure.bone_scan procedure.skin_palpation procedure.arterial sign.livedo
sign.purpura sign.violaceous sign.plaque sign.induration sign.subcutaneous_nodule
sign.nodule_beyond_visible sign.ulcer sign.eschar sign.bulla sign.necrosis sign.erythema
sign.lesion_pain sign.lesion sign.fever sign.general_weakness sign.penile_pain
sign.lesion_palpable_extent sign.lesion_visible_extent wound.infected wound.not_healing wound.moist
wound.dry_eschar wound.area imaging.soft_tissue_calcification imaging.net_like_calcification
imaging.bone_scan_uptake histology.media_calcification histology.intimal_proliferation
histology.thrombus histology.subcutis_present histology.vessel_wall_inflammation
histology.extravascular_calcium exposure.gadolinium exposure.trauma exposure.missed_dialysis
exposure.weight_loss exposure.recent_surgery programme.moved programme.joined drug.other
drug.warfarin drug.vitamin_k_antagonist drug.corticosteroid_topical drug.glucocorticoid_systemic
"""


@pytest.mark.parametrize("id", AGREED.split())
def test_every_agreed_concept_exists(id: str) -> None:
    assert id in VOCABULARY.concepts


def test_every_concept_is_named_in_english_and_danish() -> None:
    for concept in VOCABULARY.concepts.values():
        for text in (concept.en, concept.da, concept.short_en, concept.short_da):
            assert text, concept.id
            assert text.strip() == text, concept.id


def test_every_id_begins_with_its_domain_and_is_lower_snake() -> None:
    for concept in VOCABULARY.concepts.values():
        assert re.fullmatch(r"[a-z]+\.[a-z0-9_]+", concept.id), concept.id
        assert concept.id.startswith(f"{concept.domain}."), concept.id


def test_laboratory_concepts_have_no_parents() -> None:
    assert [c.id for c in VOCABULARY.concepts.values() if c.domain == "lab" and c.parents] == []


def test_parents_stay_within_one_domain() -> None:
    for concept in VOCABULARY.concepts.values():
        for parent in concept.parents:
            assert VOCABULARY.concept(parent).domain == concept.domain, concept.id


def test_three_kinds_of_hyperparathyroidism_are_children_of_one() -> None:
    below = VOCABULARY.descendants("condition.hyperparathyroidism")
    assert {
        f"condition.{kind}_hyperparathyroidism" for kind in ("primary", "secondary", "tertiary")
    } < set(below)


def test_a_named_ulcer_does_not_answer_for_an_ulcer_without_a_named_cause() -> None:
    for ulcer in VOCABULARY.descendants("condition.other_named_ulcer"):
        assert "condition.skin_ulcer" not in VOCABULARY.ancestors(ulcer)


def test_every_lesion_sign_but_pain_counts_as_a_lesion() -> None:
    lesions = set(VOCABULARY.descendants("sign.lesion"))
    assert {"sign.livedo", "sign.ulcer", "sign.nodule_beyond_visible", "sign.necrosis"} <= lesions
    assert "sign.lesion_pain" not in lesions


def test_warfarin_is_a_vitamin_k_antagonist() -> None:
    assert VOCABULARY.ancestors("drug.warfarin") == ("drug.warfarin", "drug.vitamin_k_antagonist")


def test_a_topical_corticosteroid_is_no_systemic_one() -> None:
    topical = VOCABULARY.descendants("drug.corticosteroid_topical")
    systemic = VOCABULARY.descendants("drug.glucocorticoid_systemic")
    assert set(topical).isdisjoint(systemic)
    assert "drug.clobetasol" in topical
    assert "drug.prednisolone" in systemic


def test_an_unknown_concept_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(UnknownConcept, match="livedo knowledge list"):
        VOCABULARY.concept("lab.unheard_of")


def _concept(id: str, *parents: str) -> Concept:
    return Concept(
        id=id,
        domain="sign",
        kind="finding",
        en="-",
        da="-",
        short_en="-",
        short_da="-",
        parents=parents,
    )


def test_parents_that_go_round_in_a_circle_are_refused() -> None:
    with pytest.raises(KnowledgeInvalid, match="circle"):
        ConceptTree([_concept("sign.a", "sign.b"), _concept("sign.b", "sign.a")])


def test_a_parent_that_does_not_exist_is_refused() -> None:
    with pytest.raises(KnowledgeInvalid, match="not a concept"):
        ConceptTree([_concept("sign.a", "sign.lost")])
