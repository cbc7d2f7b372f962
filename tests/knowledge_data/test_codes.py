"""A code means one of our concepts only where it was read together with its meaning."""

from __future__ import annotations

import pytest

from livedo.knowledge.vocabulary import LIVEDO_SYSTEM, load_vocabulary

VOCABULARY = load_vocabulary()
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
SNOMED_CT = "http://snomed.info/sct"
ATC = "http://www.whocc.no/atc"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


def test_every_code_maps_to_a_concept_that_exists() -> None:
    for system, entry in VOCABULARY.codes:
        assert entry.concept is None or entry.concept in VOCABULARY.concepts, (system, entry.code)


def test_every_code_says_what_it_means_and_where_that_was_read() -> None:
    for system, entry in VOCABULARY.codes:
        assert entry.name, (system, entry.code)
        assert entry.where or entry.concept is None, (system, entry.code)


def test_every_unit_beside_a_code_can_be_converted() -> None:
    for _, entry in VOCABULARY.codes:
        if entry.unit and entry.concept and entry.concept in VOCABULARY.units:
            VOCABULARY.units.scale(entry.concept, entry.unit)


@pytest.mark.parametrize(
    ("system", "code", "concept"),
    [
        ("http://loinc.org", "2777-1", "lab.phosphate"),
        ("urn:oid:2.16.840.1.113883.6.1", "17861-6", "lab.calcium_total"),
        ("LOINC", "2731-8", "lab.pth_intact"),
        ("urn:oid:1.2.208.176.2.1", "NPU03096", "lab.phosphate"),
        ("http://npu-terminology.org", "NPU01443", "lab.calcium_total"),
        (SNOMED_CT, "46177005", "condition.eskd"),
        (f"{SNOMED_CT}|http://snomed.info/sct/554471000005108", "46177005", "condition.eskd"),
        (SNOMED_CT, "265764009", "dialysis.any"),
        (SNOMED_CT, "302497006", "dialysis.haemodialysis"),
        (SNOMED_CT, "70536003", "procedure.kidney_transplantation"),
        (SNOMED_CT, "161665007", "condition.kidney_transplant"),
        (SNOMED_CT, "711446003", "condition.kidney_transplant"),
        (SNOMED_CT, "44054006", "condition.diabetes"),
        (ICD_10_CM, "N18.5", "condition.ckd5"),
        (ICD_10_CM, "N185", "condition.ckd5"),
        (ICD_10_CM, "L97.412", "condition.skin_ulcer"),
        (ICD_10_CM, "e21.0", "condition.primary_hyperparathyroidism"),
        ("urn:oid:1.2.208.176.2.4", "DE112", "condition.diabetes"),
        ("urn:oid:1.2.208.176.2.4.12", "DE149", "condition.diabetes"),
        ("http://hl7.org/fhir/sid/icd-9-cm", "712.30", "condition.cppd"),
        (RXNORM, "11289", "drug.warfarin"),
        (RXNORM, "67109", "drug.dalteparin"),
        (ATC, "B01AA03", "drug.warfarin"),
        (ATC, "B01AA99", "drug.vitamin_k_antagonist"),
        (ATC, "J01CA04", "drug.antibacterial_systemic"),
        ("urn:oid:2.16.840.1.113883.6.73", "H02AB06", "drug.prednisolone"),
        (LIVEDO_SYSTEM, "sign.livedo", "sign.livedo"),
    ],
)
def test_a_code_is_recognised(system: str, code: str, concept: str) -> None:
    assert VOCABULARY.concept_for_code(system, code) == concept


@pytest.mark.parametrize(
    ("system", "code"),
    [
        ("http://loinc.org", "99999-9"),
        ("urn:oid:9.9.9", "2777-1"),
        (ICD_10_CM, "N18.51"),
        (ICD_10_CM, "E83.50"),
        (SNOMED_CT, "15777000"),
        (SNOMED_CT, "237897009"),
        ("http://hl7.org/fhir/sid/icd-10", "N18.5"),
        (ATC, "B01AB02"),
        (ATC, "V08CA05"),
        (LIVEDO_SYSTEM, "sign.unheard_of"),
        ("", ""),
    ],
    ids=[
        "unknown code",
        "unknown system",
        "below a code that stands alone",
        "unspecified disorder of calcium metabolism",
        "prediabetes",
        "calcified plaque",
        "a code of another edition",
        "antithrombin is no heparin",
        "mangafodipir holds no gadolinium",
        "unknown concept",
        "nothing",
    ],
)
def test_a_code_that_is_not_ours_is_not_guessed(system: str, code: str) -> None:
    assert VOCABULARY.concept_for_code(system, code) is None


@pytest.mark.parametrize(
    ("system", "code"),
    [
        (ICD_10_CM, "E83.59"),
        ("http://hl7.org/fhir/sid/icd-9-cm", "275.49"),
        ("http://hl7.org/fhir/sid/icd-10", "E83.5"),
    ],
)
def test_a_catch_all_billing_code_is_not_calciphylaxis(system: str, code: str) -> None:
    found = VOCABULARY.concepts_for_code(system, code)
    assert found == ("condition.calcium_metabolism_disorder_other",)
    assert "condition.calciphylaxis" not in VOCABULARY.ancestors(found[0])


def test_other_thrombophilia_counts_as_a_clotting_abnormality_only() -> None:
    assert VOCABULARY.concepts_for_code(ICD_10_CM, "D68.59") == ("condition.clotting_abnormality",)


def test_a_pack_of_bisphosphonate_and_calcium_belongs_to_both() -> None:
    found = VOCABULARY.concepts_for_code(ATC, "M05BB05")
    classes = {above for id in found for above in VOCABULARY.ancestors(id)}
    assert {"drug.bisphosphonate", "drug.calcium_containing"} <= classes


def test_a_class_does_not_stand_beside_its_own_member() -> None:
    assert VOCABULARY.concepts_for_code(ATC, "V03AB06") == ("drug.sodium_thiosulfate",)
    assert VOCABULARY.concepts_for_code(ATC, "A12AX") == ("drug.calcium_vitamin_d",)
