"""Every statement of the founding documents is carried, with the evidence since."""

from __future__ import annotations

import pytest

from livedo.knowledge.claims import later_evidence, load_claims

CLAIMS = load_claims()
FOUNDING = {id: claim for id, claim in CLAIMS.items() if claim.kind == "founding"}
LATER = {id: claim for id, claim in CLAIMS.items() if claim.kind == "later"}
FOUR_SYSTEMS = ("risk", "prevention", "surveillance", "suspicion")


def test_all_founding_statements_and_all_later_items_are_here() -> None:
    assert (len(FOUNDING), len(LATER)) == (112, 65)
    assert sum(claim.group in FOUR_SYSTEMS for claim in FOUNDING.values()) == 42


def test_every_founding_statement_speaks_english_and_danish() -> None:
    for claim in FOUNDING.values():
        assert claim.text("en"), claim.id
        assert claim.says.da, claim.id


def test_every_later_item_has_a_short_sentence_in_both_languages() -> None:
    for claim in LATER.values():
        assert claim.short.da, claim.id
        assert claim.short.en.endswith("."), claim.id
        assert claim.short.da.endswith("."), claim.id


def test_every_claim_names_its_source() -> None:
    for claim in CLAIMS.values():
        assert claim.source, claim.id
        assert claim.year >= 2000, claim.id
        assert claim.places or claim.url or claim.id == "ML-03", claim.id


def test_later_evidence_concerns_founding_claims_that_exist() -> None:
    for claim in LATER.values():
        assert [c.claim for c in claim.concerns if c.claim not in FOUNDING] == [], claim.id


def test_an_item_that_contradicts_says_which_claim() -> None:
    for claim in LATER.values():
        if claim.relation == "contradicts":
            assert any(c.relation == "contradicts" for c in claim.concerns), claim.id


@pytest.mark.parametrize(
    ("later", "claim", "relation"),
    [
        ("RF-01", "risk.warfarin", "confirms"),
        ("RF-01", "tx.anticoagulation", "contradicts"),
        ("RF-04", "risk.female", "contradicts"),
        ("RF-05", "risk.hypoalbuminaemia", "confirms"),
        ("TX-07", "risk.ca-p-product", "contradicts"),
        ("SCR-01", "prev.palpation", "refines"),
        ("OUT-03", "epi.ulcer-worse", "confirms"),
        ("TX-05", "risk.hyperphosphataemia", None),
    ],
)
def test_later_evidence_is_related_claim_by_claim(
    later: str, claim: str, relation: str | None
) -> None:
    assert CLAIMS[later].relation_to(claim) == relation


def test_the_later_evidence_about_a_claim_comes_strongest_first() -> None:
    about = [claim.id for claim in later_evidence()["tx.calcimimetic"]]
    assert about[0] == "RCT-01"
    assert set(about) == {"RCT-01", "TX-03", "RF-02"}


def test_no_claim_mentions_how_it_was_gathered() -> None:
    for claim in CLAIMS.values():
        told = " ".join(
            filter(None, (claim.says.en, claim.short.en, claim.caveat, claim.speaks_to))
        )
        assert "seed" not in told.lower(), claim.id
