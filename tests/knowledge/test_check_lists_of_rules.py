"""The lists beside the rules: one wrong id in any of them is a mistake with its place."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path as Folder
from typing import Any

import pytest

from livedo.knowledge.check import check_all
from livedo.knowledge.check_lists_of_rules import (
    FILES,
    Named,
    Path,
    check_lists_of_rules,
    ids_named,
)
from livedo.knowledge.check_references import known_names
from livedo.knowledge.load import SHIPPED, knowledge_files, load_knowledge
from livedo.knowledge.mistakes import Document, Mistake, Report

KNOWLEDGE = load_knowledge()
KNOWN = known_names(KNOWLEDGE, KNOWLEDGE.rules)
DOCUMENTS = {
    name: Document.read(SHIPPED, path)
    for name, path in knowledge_files(SHIPPED)
    if name.startswith((*FILES, "differential_sources.yaml"))
}
FIRST = {
    (name, one.field): one
    for name, document in DOCUMENTS.items()
    for one in reversed(list(ids_named(name, document.plain)))
}
"""The first id below every field of every file."""


def broken(document: Document, one: Named) -> tuple[Document, int]:
    """The file with one id misspelt, and the line of the misspelling."""
    written = one.id.removeprefix("workup/") if one.field == "id" else one.id
    is_key = one.path[-1] == written
    place = document.at_key(one.path[:-1], written) if is_key else document.at(one.path)
    lines = document.text.split("\n")
    line, column = lines[place.line - 1], place.column - 1
    assert line[column:].lstrip("'\"").startswith(written)
    lines[place.line - 1] = line[:column] + line[column:].replace(written, written + "_x", 1)
    return Document(document.file, "\n".join(lines)), place.line


def texts(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    for key, inner in (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    ):
        yield from texts(inner, (*path, key))


def mistakes(documents: dict[str, Document]) -> list[Mistake]:
    report = Report(KNOWLEDGE.wording("en"))
    check_lists_of_rules(documents, KNOWN, report)
    return report.mistakes


def test_every_list_names_ids_that_the_check_knows() -> None:
    named = {name for name, _ in FIRST}
    for listed in FILES:
        assert any(name.startswith(listed) for name in named), listed


def test_no_id_of_a_rule_concept_or_claim_stands_where_the_check_does_not_look() -> None:
    everything = {*KNOWN.rules, *KNOWN.concepts, *KNOWN.claims}
    for name, document in DOCUMENTS.items():
        looked_at = {one.path for one in ids_named(name, document.plain)}
        for path, value in texts(document.plain):
            assert value not in everything or path in looked_at, (name, path)


def test_the_shipped_lists_name_nothing_unknown() -> None:
    assert mistakes(DOCUMENTS) == []


@pytest.mark.parametrize(("name", "field"), sorted(FIRST))
def test_one_misspelt_id_is_reported_with_its_file_and_line(name: str, field: str) -> None:
    one = FIRST[name, field]
    document, line = broken(DOCUMENTS[name], one)
    found = mistakes({**DOCUMENTS, name: document})
    assert (name, line, f"unknown_{one.what}") in {(m.file, m.line, m.code) for m in found}
    assert any(f"Did you mean {one.id}?" in m.hint for m in found)


def test_a_publication_that_is_taken_out_is_missed_by_every_diagnosis_that_cites_it() -> None:
    sources = DOCUMENTS["differential_sources.yaml"]
    renamed = Document(sources.file, sources.text.replace("\nDASSRAD:", "\nDASSRAX:"))
    found = mistakes({**DOCUMENTS, sources.file: renamed})
    assert {m.code for m in found} == {"unknown_reading"}
    assert "differential/access-steal-syndrome.yaml" in {m.file for m in found}


def test_the_whole_check_reads_the_lists_too(tmp_path: Folder) -> None:
    folder = tmp_path / "knowledge"
    shutil.copytree(SHIPPED, folder)
    option = folder / "options" / "steroid.yaml"
    text = option.read_text(encoding="utf-8")
    option.write_text(text.replace("offered_when: plan/", "offered_when: plans/"), "utf-8")
    found = check_all(folder)
    assert [(m.file, m.code) for m in found] == [("options/steroid.yaml", "unknown_rule")]
