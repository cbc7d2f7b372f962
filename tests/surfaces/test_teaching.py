"""What the product teaches, as people meet it: leaflet, glossary, evidence, every statement."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from livedo.knowledge.claims import later_evidence, load_claims
from livedo.knowledge.coverage import coverage
from livedo.knowledge.load import load_knowledge
from livedo.knowledge.teaching import load_findings, load_glossary, load_leaflet, load_literature
from livedo.surfaces.cli import cli
from livedo.surfaces.knowledge_text import find_item, item_document, item_lines
from livedo.surfaces.leaflet_text import leaflet_page
from livedo.surfaces.patient_text import Detail, patient_lines
from livedo.surfaces.terminal import Terminal
from livedo.surfaces.words import words
from tests.surfaces.birkesoe import EXPLANATION

WIDE = Terminal(width=100_000)
LANGUAGES = ("en", "da")

CARRIED_BY_THE_EVIDENCE = frozenset(
    {"evidence.search-strategy", "evidence.limited", "disease.uncommon-underdiagnosed"}
    | {"epi.prevalence", "epi.mortality", "epi.rising", "tx.emerging", "TX-01", "RF-04"}
    | {"OUT-01", "OUT-05", "NEED-01", "NEED-03"}
    | {f"EPI-0{n}" for n in range(1, 10)}
    | {f"PHE-0{n}" for n in range(1, 5)}
    | {f"{kind}-0{n}" for kind in ("ML", "REG") for n in range(1, 4)}
    | {f"RCT-0{n}" for n in range(2, 5)}
)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def shown(name: str, lang: str) -> str:
    return "\n".join(WIDE.render(line) for line in item_lines(find_item(name), words(lang), WIDE))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_printed_leaflet_holds_every_sentence_and_asks_for_nothing_from_outside(
    lang: str,
) -> None:
    page = leaflet_page(words(lang))
    for section in load_leaflet():
        assert section.text(lang) in page
    assert re.findall(r"https?:|<script|<img|@import|url\(", page) == []
    assert "size: A4" in page
    assert f'<html lang="{lang}">' in page


def test_a_leaflet_is_written_whole_to_the_file_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "folder.html"
    assert run("leaflet", "--lang", "da", "--format", "html", "-o", str(out)) == ""
    assert out.read_text("utf-8").startswith("<!doctype html>")
    text = tmp_path / "folder.txt"
    run("leaflet", "--lang", "da", "-o", str(text))
    assert "Stop aldrig selv" in " ".join(text.read_text("utf-8").split())


@pytest.mark.parametrize("name", ["kalcifylaksi", "Calcifying Panniculitis", "calciphylaxis"])
def test_any_name_of_the_disease_finds_the_term(name: str) -> None:
    assert json.loads(run("glossary", name, "--json"))["terms"][0]["id"] == "calciphylaxis"
    assert json.loads(run("knowledge", "show", name, "--json"))["id"] == "calciphylaxis"


def test_no_two_terms_share_a_name() -> None:
    names = [
        name
        for term in load_glossary().values()
        for name in {known.casefold() for known in term.names()}
    ]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("command", ["glossary", "evidence"])
def test_a_word_that_is_not_there_is_answered_with_its_own_exit_status(command: str) -> None:
    result = CliRunner().invoke(cli, [command, "scurvy"])
    assert result.exit_code == 22
    assert f"livedo {command}" in result.stderr


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_evidence_shows_every_statement_that_nothing_else_carries(lang: str) -> None:
    text = run("evidence", "--lang", lang)
    assert [claim for claim in CARRIED_BY_THE_EVIDENCE if claim not in text] == []


@pytest.mark.parametrize(("lang", "interval"), [("en", "2.0 to 7.5 %"), ("da", "2,0 til 7,5 %")])
def test_the_prevalence_of_the_founding_review_stands_with_its_exact_interval(
    lang: str, interval: str
) -> None:
    assert interval in shown("prevalence", lang)


def test_every_statement_of_the_evidence_names_claims_that_exist() -> None:
    for statement in load_literature().values():
        assert set(statement.because) <= set(load_claims()), statement.id


def test_where_the_later_evidence_contradicts_the_text_says_so() -> None:
    told = {"en": ("contradict", "disagree", "sobering"), "da": ("modsig", "uenig", "dæmper")}
    for statement in load_literature().values():
        claims = load_claims()
        concerned = {concern for id in statement.because for concern in claims[id].concerns}
        if any(c.relation == "contradicts" and c.claim in statement.because for c in concerned):
            for lang, marks in told.items():
                assert any(mark in statement.text(lang) for mark in marks), statement.id


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_statement_of_literature_can_be_shown_with_relation_and_carriers(lang: str) -> None:
    carried = {item.id: item.carried_by for item in coverage(load_knowledge())}
    text = words(lang)
    for id, claim in load_claims().items():
        page = shown(id, lang)
        assert " ".join(claim.text(lang).split()) in page, id
        assert all(carrier in page for carrier in carried[id]), id
        for later in later_evidence().get(id, ()):
            how = text.text(f"knowledge.relations.{later.relation_to(id)}_passive")
            assert f"{how} {later.id}:" in page, id
        for concern in claim.concerns:
            how = text.text(f"knowledge.relations.{concern.relation}")
            assert f"{how} {concern.claim}:" in page, id
        if claim.kind == "later" and not claim.concerns:
            assert text.text("knowledge.relation_new") in page, id


def test_a_statement_for_other_programs_says_what_later_evidence_does_to_it() -> None:
    document = json.loads(item_document(find_item("tx.thiosulfate")))
    assert document["kind"] == "founding"
    assert {"id": "TX-01", "relation": "contradicts"} in document["later"]


def test_a_finding_explains_itself_only_to_those_who_ask_for_everything() -> None:
    first = msgspec.structs.replace(EXPLANATION.why[0], teaches="It is hard. Feel around it.")
    second = msgspec.structs.replace(EXPLANATION.danger[0], teaches="It is new. Ask why.")
    told = msgspec.structs.replace(EXPLANATION, why=(first,), danger=(second,))
    details: tuple[Detail, ...] = ("normal", "long")
    normal, long = (
        "".join(WIDE.render(line) for line in patient_lines(told, words("en"), WIDE, detail, True))
        for detail in details
    )
    assert "Feel around it." in long
    assert "Ask why." in long
    assert "Feel around it." not in normal
    assert "Ask why." not in normal


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_rule_is_shown_with_what_its_finding_means(lang: str) -> None:
    for rule, taught in load_findings().items():
        assert taught.text(lang) in shown(rule, lang), rule
