"""Every finding a nurse can meet explains itself in two plain sentences."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from livedo.knowledge.check import check_all
from livedo.knowledge.claims import load_claims
from livedo.knowledge.load import SHIPPED, load_knowledge
from livedo.knowledge.teaching import load_findings

TAUGHT_KINDS = {"suspicion", "danger", "surveillance"}


def test_every_finding_of_suspicion_danger_and_surveillance_explains_itself() -> None:
    rules = load_knowledge().rules.values()
    assert {rule.id for rule in rules if rule.kind in TAUGHT_KINDS} == set(load_findings())


@pytest.mark.parametrize("lang", ["en", "da"])
def test_a_finding_is_explained_in_two_sentences(lang: str) -> None:
    counted = {
        rule: len(re.findall(r"[.!?](?:\s|$)", taught.text(lang)))
        for rule, taught in load_findings().items()
    }
    assert {rule: n for rule, n in counted.items() if n != 2} == {}


def test_every_explanation_names_claims_that_exist() -> None:
    for rule, taught in load_findings().items():
        assert taught.because, rule
        assert set(taught.because) <= set(load_claims()), rule


def test_no_explanation_tells_a_nurse_to_stop_or_start_a_drug() -> None:
    orders = r"\b(?:Stop|Start|Give|Begin|Seponér|Giv|Begynd) (?:the|with|med|warfarin|steroid)\b"
    told = [t.text(lang) for t in load_findings().values() for lang in ("en", "da")]
    assert [text for text in told if re.search(orders, text)] == []


def test_an_explanation_of_no_rule_or_by_no_claim_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "teaching" / "findings.yaml"
    path.parent.mkdir()
    shipped = (SHIPPED / "teaching" / "findings.yaml").read_text("utf-8")
    wrong = shipped.replace("suspicion/livedo:", "suspicion/livid:")
    path.write_text(wrong.replace("[sign.livedo, DX-06]", "[sign.livid, DX-06]"), "utf-8")
    lines = wrong.splitlines()
    at = lines.index("  suspicion/livid:") + 1
    found = {(m.line, m.code) for m in check_all(tmp_path)}
    assert {(at, "unknown_rule"), (at + 1, "unknown_claim")} <= found
