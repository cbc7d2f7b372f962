"""Every word of the published case vignettes has a meaning here, or a reason to be set aside."""

from __future__ import annotations

import pytest

from livedo.knowledge.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary()
ENTRIES = [(field, word) for field, words in VOCABULARY.vignette_words.items() for word in words]


@pytest.mark.parametrize(("field", "word"), ENTRIES)
def test_a_word_means_something_or_says_why_not(field: str, word: str) -> None:
    meant = VOCABULARY.vignette_concept(field, word)
    if meant.set_aside:
        assert meant.why
        return
    assert meant.concept or meant.body_site or meant.interpretation
    assert meant.concept is None or meant.concept in VOCABULARY.concepts
    assert meant.body_site is None or meant.body_site in VOCABULARY.body_sites


@pytest.mark.parametrize(
    ("field", "count"),
    [
        ("conditions", 69),
        ("medications", 53),
        ("labs", 53),
        ("findings", 21),
        ("sites", 28),
        ("imaging", 15),
        ("exposures", 14),
    ],
)
def test_every_word_of_the_published_vocabulary_is_here(field: str, count: int) -> None:
    assert len(VOCABULARY.vignette_words[field]) == count


def test_no_dialysis_is_a_stated_absence() -> None:
    meant = VOCABULARY.vignette_concept("dialysis", "none")
    assert (meant.concept, meant.present) == ("dialysis.any", "no")


def test_a_word_never_met_is_set_aside_with_a_reason() -> None:
    assert VOCABULARY.vignette_concept("conditions", "unheard-of").set_aside == "unknown_word"
