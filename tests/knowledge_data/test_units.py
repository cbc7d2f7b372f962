"""Each analyte has its own units; mass and amount convert only where the analyte says how."""

from __future__ import annotations

import pytest

from livedo.errors import UnknownUnit
from livedo.knowledge.vocabulary import load_vocabulary
from livedo.quantity import exceeds, reaches, span_in_days

VOCABULARY = load_vocabulary()
UNITS = VOCABULARY.units


@pytest.mark.parametrize(
    ("concept", "value", "unit", "canonical"),
    [
        ("lab.calcium_total", 9.2, "mg/dL", 9.2 / 4.008),
        ("lab.calcium_total", 4.6, "mEq/L", 2.3),
        ("lab.phosphate", 5.5, "mg/dl", 5.5 / 3.097),
        ("lab.calcium_phosphate_product", 70, "mg2/dL2", 70 / 12.412776),
        ("lab.pth_intact", 943, "pg/mL", 100),
        ("lab.pth_intact", 943, "ng/L", 100),
        ("lab.albumin", 3.1, "g/dL", 31),
        ("lab.alp", 2.0, "µkat/L", 120),
        ("lab.vitd25", 30, "ng/mL", 74.88),
        ("lab.aluminium", 26.98, "ug/L", 1),
        ("lab.urea_nitrogen", 100, "mg/dL", 35.7),
        ("lab.egfr", 12, "mL/min/1,73m2", 12),
        ("lab.wbc", 13.6, "10^9/L", 13.6),
        ("lab.wbc", 9800, "/uL", 9.8),
        ("lab.protein_c", 0.22, "1", 22),
        ("lab.antithrombin", 0.8, "kIU/L", 80),
        ("lab.ana", 320, "{titer}", 320),
        ("lab.inr", 2.4, None, 2.4),
        ("lab.hba1c", 8.6, "%", 10.93 * (8.6 - 2.15)),
        ("body.temperature", 98.6, "[degF]", 37),
        ("dialysate.calcium", 3.0, "mEq/L", 1.5),
        ("drug.calcitriol", 0.001, "mg/d", 1),
        ("drug.calcium_carbonate", 1.5, "g/day", 1500),
        ("drug.insulin_glargine", 20, "units/day", 20),
    ],
)
def test_a_value_is_kept_in_the_canonical_unit(
    concept: str, value: float, unit: str | None, canonical: float
) -> None:
    assert UNITS.to_canonical(concept, value, unit) == pytest.approx(canonical, rel=1e-9)


@pytest.mark.parametrize(
    ("concept", "unit"),
    [
        ("lab.calcium_total", "g/dL"),
        ("lab.phosphate", "mmol"),
        ("lab.urea", "mg/dL"),
        ("lab.pth_intact", "mg/dL"),
        ("lab.pth_intact", None),
        ("lab.albumin", "umol/L"),
        ("drug.insulin_glargine", "mg/d"),
        ("drug.epoetin", "ug/d"),
        ("sign.livedo", "mm"),
        ("lab.unheard_of", "mg/dL"),
    ],
)
def test_an_unknown_pair_of_analyte_and_unit_is_refused(concept: str, unit: str | None) -> None:
    with pytest.raises(UnknownUnit):
        UNITS.to_canonical(concept, 1.0, unit)


def test_a_refusal_lists_the_units_accepted_and_never_the_value() -> None:
    with pytest.raises(UnknownUnit) as refused:
        UNITS.to_canonical("lab.urea", 123.456, "mg/dL")
    assert "mmol/L" in str(refused.value)
    assert "123" not in str(refused.value)


@pytest.mark.parametrize(
    ("concept", "value", "unit"),
    [
        ("lab.calcium_total", 9.2, "mmol/L"),
        ("lab.calcium_total", 2.3, "mg/dL"),
        ("lab.calcium_ionised", 4.7, "mmol/L"),
        ("lab.phosphate", 5500, "mg/dL"),
        ("lab.albumin", 3.8, "g/L"),
        ("lab.albumin", 38, "g/dL"),
        ("lab.alp", 2.0, "U/L"),
        ("lab.creatinine", 5.6, "umol/L"),
        ("lab.magnesium", 0, "mmol/L"),
        ("lab.pth_intact", -3, "pmol/L"),
        ("dialysate.calcium", 2.5, "mmol/L"),
        ("body.temperature", 98.6, "Cel"),
    ],
)
def test_a_value_that_cannot_be_true_is_implausible(concept: str, value: float, unit: str) -> None:
    assert not UNITS.is_plausible(concept, UNITS.to_canonical(concept, value, unit))


@pytest.mark.parametrize(
    ("concept", "value", "unit"),
    [
        ("lab.calcium_total", 9.2, "mg/dL"),
        ("lab.calcium_total", 1.2, "mmol/L"),
        ("lab.phosphate", 10.3, "mg/dL"),
        ("lab.pth_intact", 2500, "pg/mL"),
        ("lab.albumin", 12, "g/L"),
        ("lab.crp", 480, "mg/L"),
        ("body.bmi", 71, "kg/m2"),
        ("dialysate.calcium", 1.75, "mmol/L"),
    ],
)
def test_a_severe_value_is_still_plausible(concept: str, value: float, unit: str) -> None:
    assert UNITS.is_plausible(concept, UNITS.to_canonical(concept, value, unit))


def test_no_infinity_and_no_nan_is_plausible() -> None:
    assert not UNITS.is_plausible("lab.crp", float("inf"))
    assert not UNITS.is_plausible("lab.crp", float("nan"))


def test_phosphate_at_the_limit_is_not_above_the_limit() -> None:
    limit = UNITS.to_canonical("lab.phosphate", *UNITS.parse("5.5 mg/dL"))
    assert not exceeds(UNITS.to_canonical("lab.phosphate", 5.5, "mg/dL"), limit)
    assert reaches(UNITS.to_canonical("lab.phosphate", 5.5, "mg/dL"), limit)
    assert exceeds(UNITS.to_canonical("lab.phosphate", 5.6, "mg/dL"), limit)
    assert exceeds(1.78, limit)


def test_quantities_are_parsed_from_text() -> None:
    assert UNITS.parse("5.5 mg/dl") == (5.5, "mg/dL")
    assert UNITS.parse("-3 g/L") == (-3.0, "g/L")
    assert UNITS.parse("1:320") == (320.0, "{titer}")
    assert UNITS.parse("1.7") == (1.7, "1")


@pytest.mark.parametrize("text", ["", "high", "mg/dL", "5,5 mg/dL 3"])
def test_text_that_is_no_quantity_is_refused(text: str) -> None:
    if text.startswith("5"):
        assert UNITS.parse(text)[1] not in UNITS.units_of("lab.phosphate")
        return
    with pytest.raises(UnknownUnit):
        UNITS.parse(text)


@pytest.mark.parametrize(
    ("text", "days"),
    [("5 years", 1826.25), ("26 weeks", 182), ("6 months", 182.625), ("12 h", 0.5), ("90", 90)],
)
def test_spans_of_time_are_read_in_days(text: str, days: float) -> None:
    assert span_in_days(text) == pytest.approx(days)


def test_every_quantity_has_a_unit_of_measure() -> None:
    quantities = {c.id for c in VOCABULARY.concepts.values() if c.kind == "quantity"}
    assert quantities - set(UNITS.concepts()) == set()


def test_every_unit_belongs_to_a_concept_that_exists() -> None:
    assert set(UNITS.concepts()) - set(VOCABULARY.concepts) == set()


def test_every_conventional_unit_is_accepted() -> None:
    for concept in UNITS.concepts():
        conventional = UNITS.conventional(concept)
        assert conventional is None or conventional in UNITS.units_of(concept), concept


def test_every_laboratory_quantity_says_what_is_impossible() -> None:
    bounded = ("lab.", "body.", "dialysate.")
    for concept in UNITS.concepts():
        if concept.startswith(bounded):
            low, high = UNITS.plausible(concept) or (None, None)
            assert low is not None, concept
            assert high is not None, concept
            assert low < high, concept
