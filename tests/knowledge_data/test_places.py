"""Body sites, sides and routes are read from words and codes, English and Danish."""

from __future__ import annotations

import pytest

from livedo.knowledge.vocabulary import LIVEDO_SYSTEM, load_vocabulary

VOCABULARY = load_vocabulary()
SNOMED_CT = "http://snomed.info/sct"

SITES = """
abdomen flank hip buttock thigh groin breast chest trunk back neck upper_arm forearm arm elbow
shoulder axilla hand finger digit knee leg lower_leg ankle foot heel toe penis scrotum vulva genital
sacrum face nose ear tongue scalp
"""

ROUTES = """
oral intravenous subcutaneous intramuscular intraperitoneal topical inhaled intralesional
haemodialysis_circuit other
"""

CLASSES = {
    "proximal": "abdomen flank hip buttock thigh breast upper_arm trunk groin",
    "distal": "lower_leg ankle foot heel toe leg knee forearm hand finger digit",
    "acral": "finger digit toe hand foot ear nose penis",
    "penile": "penis",
    "unusual": "neck breast chest tongue",
}


def test_every_agreed_body_site_exists() -> None:
    assert set(SITES.split()) == set(VOCABULARY.body_sites)


@pytest.mark.parametrize("kind", CLASSES)
def test_every_class_holds_its_agreed_sites(kind: str) -> None:
    assert set(VOCABULARY.body_sites_of(kind)) == set(CLASSES[kind].split())


def test_the_palpation_round_looks_at_proximal_and_lower_limb_sites() -> None:
    sites = set(VOCABULARY.body_sites_of("predilection"))
    assert {"abdomen", "hip", "buttock", "thigh", "upper_arm", "lower_leg"} <= sites


def test_every_class_of_a_site_is_named() -> None:
    for site in VOCABULARY.body_sites.values():
        assert set(site.classes) <= set(VOCABULARY.sites.classes), site.id


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Left thigh", ("thigh", "left")),
        ("højre underben", ("lower_leg", "right")),
        ("Structure of left thigh", ("thigh", "left")),
        ("right lower leg", ("lower_leg", "right")),
        ("glans penis", ("penis", None)),
        ("begge balder", ("buttock", "both")),
        ("lower_leg", ("lower_leg", None)),
        ("somewhere", None),
    ],
)
def test_a_body_site_is_read_from_words(text: str, place: tuple[str, str | None] | None) -> None:
    assert VOCABULARY.body_site_for_text(text) == place


def test_a_body_site_is_read_from_codes() -> None:
    assert VOCABULARY.body_place_for_code(SNOMED_CT, "61396006") == ("thigh", "left")
    assert VOCABULARY.body_site_for_code(SNOMED_CT, "18911002") == "penis"
    assert VOCABULARY.body_site_for_code(LIVEDO_SYSTEM, "upper_arm") == "upper_arm"
    assert VOCABULARY.body_site_for_code("http://loinc.org", "18911002") is None


def test_every_code_of_a_place_names_a_place_that_exists() -> None:
    assert {code.site for code in VOCABULARY.sites.codes} <= set(VOCABULARY.body_sites)


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("5 MG Oral Tablet", "oral"),
        ("injiceres subkutant i låret", "subcutaneous"),
        ("s.c. in the abdomen", "subcutaneous"),
        ("creme, smøres på huden", "topical"),
        ("intraperitonealt i dialyseposen", "intraperitoneal"),
        ("given in the haemodialysis circuit", "haemodialysis_circuit"),
        ("øjendråber", "ophthalmic"),
        ("Inhalation Suspension", "inhaled"),
        ("Injection", None),
    ],
)
def test_a_route_is_read_from_words(text: str, route: str | None) -> None:
    assert VOCABULARY.route_for_text(text) == route


def test_a_route_is_read_from_codes() -> None:
    assert VOCABULARY.route_for_code(SNOMED_CT, "34206005") == "subcutaneous"
    assert VOCABULARY.route_for_code(LIVEDO_SYSTEM, "oral") == "oral"
    assert VOCABULARY.route_for_code(SNOMED_CT, "1") is None


@pytest.mark.parametrize(
    "route",
    ROUTES.split(),
)
def test_every_agreed_route_exists(route: str) -> None:
    assert VOCABULARY.routes[route].en
    assert VOCABULARY.routes[route].da
