"""Published figures stand as printed, each with the statement that carries it."""

from __future__ import annotations

import pytest

from livedo.knowledge.claims import load_claims
from livedo.knowledge.counting import load_counting
from livedo.knowledge.published import load_published
from livedo.knowledge.standard_populations import INTERNAL, load_standard_populations

FIGURES = {one.id: one for one in load_published()}


def test_every_figure_is_carried_by_a_statement_that_the_product_holds() -> None:
    claims = load_claims()
    assert [one.id for one in FIGURES.values() if one.claim not in claims] == []


def test_every_item_of_evidence_on_how_often_and_how_it_ends_has_a_figure() -> None:
    carried = {one.claim for one in FIGURES.values()}
    wanted = {f"EPI-0{n}" for n in range(1, 10)} | {f"OUT-0{n}" for n in range(1, 5)}
    founding = {"epi.prevalence", "epi.mortality", "risk.female", "disease.uncommon-underdiagnosed"}
    assert (wanted | founding) - carried == set()


def test_no_id_stands_twice() -> None:
    assert len(FIGURES) == len(load_published())


def test_ten_of_242_is_four_in_a_hundred() -> None:
    one = FIGURES["prevalence.haemodialysis.one_series"]
    assert (one.cases, one.people) == (10, 242)
    assert one.share(one.value) == pytest.approx(0.041)
    assert round(100 * 10 / 242, 1) == one.value


def test_an_interval_stands_only_where_one_was_printed() -> None:
    with_interval = [one for one in FIGURES.values() if one.interval]
    assert [one.kind for one in with_interval] == ["hazard_ratio", "hazard_ratio"]
    for one in with_interval:
        low, high = one.interval or (0, 0)
        assert f"{low:g}-{high:g}" in one.as_printed


def test_a_number_that_is_used_stands_in_what_was_printed() -> None:
    for one in FIGURES.values():
        for number in (one.value, one.low, one.high):
            if number is not None and not one.is_cases_computed:
                assert f"{number:g}" in one.as_printed, one.id


def test_deaths_say_from_which_cause_and_nothing_else_does() -> None:
    for one in FIGURES.values():
        assert bool(one.cause) == (one.kind in ("mortality", "hazard_ratio")), one.id


def test_every_population_and_definition_is_named_in_both_languages() -> None:
    for one in FIGURES.values():
        for text in (one.population, one.definition):
            assert text.en
            assert text.da


def test_the_european_standard_has_a_hundred_thousand_people_in_the_bands_that_are_counted() -> (
    None
):
    standard = load_standard_populations()["european_2013"]
    assert sum(standard.bands.values()) == 100_000
    assert tuple(standard.bands) == load_counting().band_names()
    assert load_standard_populations()[INTERNAL].bands == {}
