"""Texts for people: found by key, filled, in one and in many."""

from __future__ import annotations

from pathlib import Path

import pytest

from livedo.errors import KnowledgeInvalid
from livedo.knowledge.load import load_knowledge
from livedo.knowledge.positions import read_yaml
from livedo.knowledge.wording import load_wording, placeholders


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "wording" / "en").mkdir(parents=True)
    (tmp_path / "wording" / "en" / "visit.yaml").write_text(
        "greeting: Seen by {name}.\n"
        "count: {one: one person, other: '{count} people'}\n"
        "deep: {title: A title}\n"
        "carried: {text: Warfarin., because: [risk.warfarin]}\n"
    )
    return tmp_path


def test_the_key_is_the_file_and_the_keys_inside_it(folder: Path) -> None:
    words = load_wording(folder, "en")
    assert words.text("visit.deep.title") == "A title"
    assert words.text("visit.greeting", name="Ea") == "Seen by Ea."


def test_one_person_and_several_are_worded_differently(folder: Path) -> None:
    words = load_wording(folder, "en")
    assert words.text("visit.count", count=1) == "one person"
    assert words.text("visit.count", count=3) == "3 people"


def test_a_text_may_name_the_claims_it_carries(folder: Path) -> None:
    words = load_wording(folder, "en")
    assert words.text("visit.carried") == "Warfarin."
    assert words.because("visit.carried") == ("risk.warfarin",)
    assert words.because("visit.greeting") == ()


def test_an_unknown_key_is_an_error_that_names_the_file(folder: Path) -> None:
    with pytest.raises(KnowledgeInvalid, match=r"no text visit\.gone in en") as caught:
        load_wording(folder, "en").text("visit.gone")
    assert caught.value.where == "wording/en/visit.yaml"


def test_a_place_that_is_not_filled_is_an_error(folder: Path) -> None:
    with pytest.raises(KnowledgeInvalid, match="could not be filled"):
        load_wording(folder, "en").text("visit.greeting")


def test_the_places_of_every_form_are_known() -> None:
    assert placeholders({"one": "{a}", "other": "{b:>3} {c.name}"}) == {"a", "b", "c"}


@pytest.mark.parametrize("language", ["en", "da"])
def test_every_reason_of_the_ledger_and_every_missing_has_words(language: str) -> None:
    words = load_knowledge().wording(language)
    meaning = read_yaml((load_knowledge().folder / "fhir.yaml").read_text(encoding="utf-8"))
    reasons = {
        reason
        for part in meaning.values()
        if isinstance(part, dict)
        for reason in (part.get("set_aside") or {}).values()
    }
    assert [reason for reason in reasons if f"set_aside.{reason}" not in words] == []
    for why in ("never_measured", "too_old", "not_observed", "date_uncertain", "few_results"):
        assert words.text(f"missing.{why}")
