"""The leaflet is plain, keeps figures and other diseases to itself, and speaks both languages."""

from __future__ import annotations

import re
from typing import Any

import pytest

from livedo.knowledge.claims import load_claims
from livedo.knowledge.load import SHIPPED
from livedo.knowledge.positions import read_yaml

LARGEST_LIX = 35
LONG_WORD = 7
OTHER_DISEASES = (
    "cellulitis",
    "panniculitis",
    "pannikulitis",
    "scleroderma",
    "vaskulitis",
    "vasculitis",
    "rosen",
)


def read(name: str) -> Any:
    return read_yaml((SHIPPED / "teaching" / name).read_text(encoding="utf-8"))


LEAFLET = read("leaflet.yaml")["sections"]
TERMS = read("glossary.yaml")["terms"]


def whole(lang: str) -> str:
    return " ".join(section[lang] for section in LEAFLET)


def lix(text: str) -> float:
    """Björnsson 1968: words a sentence, plus words of more than six letters in a hundred."""
    words = re.findall(r"[^\W\d_]+", text)
    sentences = len(re.findall(r"[.?!:]", text))
    return len(words) / sentences + 100 * sum(len(w) >= LONG_WORD for w in words) / len(words)


@pytest.mark.parametrize("lang", ["en", "da"])
def test_the_leaflet_is_easy_to_read(lang: str) -> None:
    assert lix(whole(lang)) <= LARGEST_LIX


@pytest.mark.parametrize("lang", ["en", "da"])
def test_the_leaflet_frightens_nobody_with_figures_or_other_diseases(lang: str) -> None:
    text = whole(lang).casefold()
    assert re.findall(r"[\d%]|percent|procent", text) == []
    assert [name for name in OTHER_DISEASES if name in text] == []


def test_every_teaching_text_stands_in_both_languages() -> None:
    texts = [*LEAFLET, *(s["title"] for s in LEAFLET)]
    parts = ("term", "definition", "history")
    texts += [term[part] for term in TERMS for part in parts if part in term]
    assert [t for t in texts if not (t.get("en", "").strip() and t.get("da", "").strip())] == []


def test_every_teaching_text_names_claims_that_exist() -> None:
    for item in (*LEAFLET, *TERMS):
        assert item["because"], item["id"]
        assert set(item["because"]) <= set(load_claims()), item["id"]


def test_a_patient_on_warfarin_is_told_never_to_stop_it_alone() -> None:
    assert "Never stop it yourself" in whole("en")
    assert "Stop aldrig selv" in whole("da")
