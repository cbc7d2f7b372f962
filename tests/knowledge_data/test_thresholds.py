"""Every number a rule may cite has a source, or says that it has none."""

from __future__ import annotations

import pytest

from livedo.knowledge.claims import load_claims
from livedo.knowledge.thresholds import load_thresholds
from livedo.knowledge.vocabulary import load_vocabulary

THRESHOLDS = load_thresholds()
VOCABULARY = load_vocabulary()


def test_all_thresholds_are_here() -> None:
    assert len(THRESHOLDS) == 129


def test_every_threshold_is_about_a_concept_that_exists() -> None:
    assert [t.id for t in THRESHOLDS.values() if t.concept not in VOCABULARY.concepts] == []


def test_every_threshold_rests_on_claims_that_exist() -> None:
    claims = load_claims()
    for threshold in THRESHOLDS.values():
        assert [c for c in threshold.evidence if c not in claims] == [], threshold.id


def test_a_threshold_without_evidence_says_so() -> None:
    for threshold in THRESHOLDS.values():
        if threshold.strength == "none":
            assert threshold.is_local, threshold.id
        assert threshold.source or threshold.is_local, threshold.id


def test_every_threshold_says_where_it_must_not_be_used() -> None:
    assert [t.id for t in THRESHOLDS.values() if not t.not_for] == []


@pytest.mark.parametrize(
    ("id", "value", "unit"),
    [
        ("phosphate.high", 5.5, "mg/dL"),
        ("phosphate.high", 1.78, "mmol/L"),
        ("pth.major", 1000, "pg/mL"),
        ("albumin.fall", -3, "g/L"),
        ("protein_c.low", 55, "% of normal"),
        ("palpation.interval", 31, "days"),
        ("vintage.long", 5, "years"),
    ],
)
def test_the_numbers_of_a_threshold_are_listed_with_their_units(
    id: str, value: float, unit: str
) -> None:
    assert (value, unit) in THRESHOLDS[id].numbers()


def test_the_two_systems_of_units_agree_within_rounding() -> None:
    units = VOCABULARY.units
    for threshold in THRESHOLDS.values():
        value = threshold.value
        if value is None or not isinstance(value.si, int | float) or threshold.concept not in units:
            continue
        known = set(units.units_of(threshold.concept))
        if {units.spelling(value.si_unit), units.spelling(value.conventional_unit)} <= known:
            si = units.difference_to_canonical(threshold.concept, value.si, value.si_unit)
            other = units.difference_to_canonical(
                threshold.concept, value.conventional, value.conventional_unit
            )
            assert si == pytest.approx(other, rel=0.01), threshold.id
