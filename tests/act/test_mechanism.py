"""The mechanism: what lights a box, what leaves it unknown, and that its data name real rules."""

from __future__ import annotations

import pytest

from livedo.act.facts_in_words import FactWords
from livedo.act.mechanism import Mechanisms, load_chain
from livedo.act.page import load_page
from livedo.act.rows import Rows
from livedo.knowledge.load import load_knowledge
from livedo.knowledge.vocabulary import load_vocabulary
from tests.act.people import small_engine

BOXES = [*load_chain().chain, *load_chain().drivers]


def test_every_rule_finding_and_claim_of_the_chain_exists() -> None:
    knowledge = load_knowledge()
    for box in BOXES:
        assert {*box.lit_by, *box.dangers} <= set(knowledge.rules), box.id
        assert set(box.because) <= set(knowledge.claims), box.id
        assert set(box.found) <= set(load_vocabulary().concepts), box.id
    assert set(load_chain().because) <= set(knowledge.claims)


def test_every_driver_and_act_leads_to_a_box() -> None:
    chain = {box.id for box in load_chain().chain}
    assert {driver.into for driver in load_chain().drivers} <= chain
    for act in load_chain().acts:
        assert {act.from_, act.to} <= chain
        assert {part.box for part in act.parts} <= {box.id for box in BOXES}


@pytest.mark.parametrize("lang", ["en", "da"])
def test_every_box_driver_and_act_has_words(lang: str) -> None:
    wording = load_knowledge().wording(lang)
    data = load_chain()
    keys = [f"box.{box.id}" for box in data.chain]
    keys += [f"{kind}.{driver.id}" for driver in data.drivers for kind in ("driver", "does")]
    keys += [f"act.{part.text}" for act in data.acts for part in act.parts]
    assert [key for key in keys if f"mechanism.{key}" not in wording] == []


def test_every_drug_drawn_below_a_chart_is_in_the_vocabulary() -> None:
    known = set(load_vocabulary().concepts)
    assert [drug for row in load_page().labs for drug in row.acted_on_by if drug not in known] == []


def test_wound_care_is_called_unneeded_only_where_ulcer_and_sepsis_are_both_not_seen() -> None:
    act = next(act for act in load_chain().acts if act.otherwise)
    said = {
        sepsis: [
            words
            for _, _, words in Mechanisms(
                Rows(small_engine(), FactWords(load_knowledge()))
            )._options((act,), {"ulcer": "not_seen", "sepsis": sepsis})
        ]
        for sepsis in ("unknown", "not_seen")
    }
    assert said == {
        "unknown": ["Look for and treat infection"],
        "not_seen": ["Not needed yet: wound care, treatment of infection"],
    }
