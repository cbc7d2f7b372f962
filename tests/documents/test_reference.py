"""The pages for looking things up leave nothing out."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from livedo import errors
from livedo.errors import LivedoError
from livedo.knowledge import differential
from livedo.knowledge.files import KNOWLEDGE_FOLDER
from livedo.knowledge.load import load_knowledge
from livedo.knowledge.positions import read_yaml
from tests.documents.pages import DOCS


def page(name: str) -> str:
    return (DOCS / "reference" / name).read_text(encoding="utf-8")


def test_every_error_has_its_row_among_the_exit_codes() -> None:
    rows = re.findall(r"^\| (\d+) \| (LIV-\d+) \|", page("exit-codes.md"), re.MULTILINE)
    every = [one for one in vars(errors).values() if isinstance(one, type)]
    known = {(str(e.exit_status), e.code) for e in every if issubclass(e, LivedoError)}
    assert known - set(rows) == set()


def test_every_field_and_grade_of_a_diagnosis_is_explained() -> None:
    named = set(re.findall(r"`(\w+)", page("knowledge-files.md")))
    structs = (differential.Diagnosis, differential.Weight)
    fields = {f.encode_name for struct in structs for f in msgspec.structs.fields(struct)}
    assert fields - {"en", "da"} - named == set()
    assert set(differential.GRADES) <= named


def beginnings(text: str) -> Iterator[str]:
    """Names of files and folders as the page writes them, `*` for several."""
    yield from re.findall(r"`([\w/]+(?:\*?\.yaml|/))`", text)


def test_every_file_of_the_knowledge_has_its_line() -> None:
    named = set(beginnings(page("knowledge-files.md"))) | {"wording/"}
    held = {
        f"{path.name}/" if path.is_dir() else path.name
        for path in KNOWLEDGE_FOLDER.iterdir()
        if (path.is_dir() and any(path.rglob("*.yaml"))) or path.suffix == ".yaml"
    }
    explained = {
        one for one in held for pattern in named if re.fullmatch(pattern.replace("*", ".*"), one)
    }
    assert held - explained == set()


def test_every_state_and_group_is_explained() -> None:
    knowledge = load_knowledge()
    titles = [state.en for state in knowledge.states] + ["Nothing due"]
    assert [title for title in titles if title.lower() not in page("worklist.md").lower()] == []


def test_every_mistake_that_a_rule_writer_is_told_about_can_happen() -> None:
    page_text = (DOCS / "how-to" / "add-a-rule.md").read_text(encoding="utf-8")
    told = re.findall(r"`([a-z_]+)`", page_text.split("## When the check complains")[1])
    messages = (KNOWLEDGE_FOLDER / "wording" / "en" / "mistakes.yaml").read_text(encoding="utf-8")
    known = set(re.findall(r"^([a-z_]+):", messages, re.MULTILINE))
    assert len(told) > 5
    assert set(told) - known - {"id"} == set()


def test_every_word_list_of_case_files_is_explained() -> None:
    words = (KNOWLEDGE_FOLDER / "vignettes" / "words.yaml").read_text(encoding="utf-8")
    for group in ("kidney_stage", "dialysis", "pain", "lab_values"):
        plain = read_yaml(words)[group]
        assert [word for word in plain if word not in page("case-files.md")] == []
