"""What the invented unit writes is read as what it means."""

from __future__ import annotations

from livedo.demo.settings import load_settings
from livedo.knowledge.vocabulary import load_vocabulary

CODES = load_settings().codes
VOCABULARY = load_vocabulary()


def test_every_laboratory_code_is_read_as_its_analyte_in_a_unit_it_accepts() -> None:
    for lab in CODES.labs.values():
        for code in (lab.si, lab.conventional):
            if code is not None:
                uri = CODES.systems[code.system]
                assert VOCABULARY.concept_for_code(uri, code.code) == lab.concept
                VOCABULARY.units.to_canonical(lab.concept, 1.0, code.unit)


def test_every_diagnosis_and_procedure_is_read_as_what_it_is() -> None:
    for coded in (*CODES.conditions.values(), *CODES.procedures.values()):
        uri = CODES.systems[coded.system]
        assert VOCABULARY.concepts_for_code(uri, coded.code) == (coded.concept,)


def test_every_drug_is_read_as_what_it_is_by_its_code_or_by_its_words() -> None:
    for drug in CODES.drugs.values():
        codings = [(CODES.systems["ATC"], drug.code)] if drug.code else []
        route = VOCABULARY.route_for_text(CODES.routes[drug.route])
        match = VOCABULARY.match_drug(codings, drug.text, route)
        assert match is not None
        assert match.concepts == (drug.concept,)


def test_every_route_and_body_site_is_read_from_its_danish_words() -> None:
    for route, words in CODES.routes.items():
        assert VOCABULARY.route_for_text(words) == route
    for site, name in CODES.body_sites.items():
        for side, word in CODES.sides.items():
            assert VOCABULARY.body_site_for_text(f"{word} {name}") == (site, side)
