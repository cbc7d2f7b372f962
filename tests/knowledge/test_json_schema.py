"""The exported JSON Schema: valid, complete, and the same as the copy in the documents."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from livedo.knowledge.json_schema import as_text, case_schema, export_schema, rule_schema
from livedo.knowledge.load import SHIPPED, load_knowledge
from livedo.knowledge.positions import read_yaml
from livedo.knowledge.schema import KINDS

DOCUMENTS = Path(__file__).resolve().parents[2] / "docs" / "schema"
WORDS = load_knowledge().wording("en")


@pytest.mark.parametrize("name", ["rule", "case"])
def test_the_copy_in_the_documents_is_up_to_date(name: str) -> None:
    written = (DOCUMENTS / f"{name}.schema.json").read_text(encoding="utf-8")
    assert written == as_text(export_schema()[name]), "run: make schema"


@pytest.mark.parametrize("name", ["rule", "case"])
@pytest.mark.parametrize("language", ["en", "da"])
def test_the_schema_is_a_schema_in_both_languages(name: str, language: str) -> None:
    jsonschema.Draft202012Validator.check_schema(export_schema(language=language)[name])


def test_every_kind_of_condition_has_a_shape_with_an_explanation() -> None:
    defs = rule_schema(WORDS)["$defs"]
    assert all(defs[f"kind_{name}"]["description"] for name in KINDS)


def test_every_field_of_a_rule_and_of_a_case_is_explained() -> None:
    for schema in (rule_schema(WORDS), case_schema(WORDS)):
        for shape in (schema, *schema["$defs"].values()):
            for name, field in shape.get("properties", {}).items():
                assert field.get("description"), name


def test_an_editor_is_offered_the_ids_that_exist() -> None:
    defs = export_schema()["rule"]["$defs"]
    assert "lab.phosphate" in defs["concept"]["examples"]
    assert "proximal" in defs["body_site"]["examples"]
    assert "risk.warfarin" in defs["claim"]["examples"]


@pytest.mark.parametrize("kind", ["rules", "cases"])
def test_every_shipped_file_has_the_shape(kind: str) -> None:
    shape = rule_schema(WORDS) if kind == "rules" else case_schema(WORDS)
    validator = jsonschema.Draft202012Validator(shape)
    for path in sorted((SHIPPED / kind).rglob("*.yaml")):
        assert validator.is_valid(read_yaml(path.read_text(encoding="utf-8"))), path.name


def test_the_copy_is_plain_json() -> None:
    assert json.loads(as_text(rule_schema(WORDS)))["$defs"]["condition"]["anyOf"]
