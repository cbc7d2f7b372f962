"""The JSON Schema of rule files and case files, for editors and for the checks.

The shapes are read off the types of `livedo.knowledge.schema` and
`livedo.knowledge.casefile`; the descriptions are texts (`wording/*/schema.yaml`),
so that an editor explains each field while somebody writes.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import msgspec

from livedo.knowledge import casefile, schema
from livedo.knowledge.load import Knowledge, load_knowledge
from livedo.knowledge.schema import KINDS
from livedo.knowledge.tree import QUANTITIES
from livedo.knowledge.wording import Wording

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
QUANTITY_PATTERN = r"^-?[0-9]+(\.[0-9]+)?( \S.*)?$"
NAMED_LISTS = ("concept", "body_site", "route", "claim", "threshold", "next_step", "rule_id")
"""Lists of ids that an editor may complete from."""

_ID_FIELDS = {
    "latest": "concept",
    "of_concept": "concept",
    "change": "concept",
    "product": "concept",
    "active": "concept",
    "ever": "concept",
    "recent": "concept",
    "duration": "concept",
    "concept": "concept",
    "ask_for": "concept",
    "expect_missing": "concept",
    "body_site": "body_site",
    "route": "route",
    "not_route": "route",
    "because": "claim",
    "threshold_from": "threshold",
    "then": "next_step",
    "rule": "rule_id",
}
_STRUCTS: tuple[type[msgspec.Struct], ...] = (
    schema.Text,
    schema.Where,
    schema.Dose,
    schema.Selection,
    schema.Review,
    schema.IfUnknown,
)
_CASE_STRUCTS: tuple[type[msgspec.Struct], ...] = (
    casefile.PersonGiven,
    casefile.FactGiven,
    casefile.ObservedGiven,
    casefile.Case,
)
_SCALARS: dict[Any, str] = {str: "string", int: "integer", float: "number", bool: "boolean"}


def export_schema(knowledge: Knowledge | None = None, language: str = "en") -> Schema:
    """Both schemas, `{"rule": ..., "case": ...}`, with the ids of this knowledge to complete."""
    known = knowledge or load_knowledge()
    ids = ids_of(known)
    words = known.wording(language)
    return {"rule": rule_schema(words, ids), "case": case_schema(words, ids)}


def as_text(schema_: Schema) -> str:
    """A schema as its file holds it."""
    return json.dumps(schema_, indent=1, ensure_ascii=False) + "\n"


def write_schemas(folder: Path | str) -> None:
    """Both schemas as files of a folder, for editors."""
    for name, exported in export_schema().items():
        path = Path(folder) / f"{name}.schema.json"
        path.write_text(as_text(exported), encoding="utf-8")


def ids_of(knowledge: Knowledge) -> dict[str, Iterable[str]]:
    """The ids a writer may use, by the list they belong to."""
    vocabulary = knowledge.vocabulary
    sites = vocabulary.body_sites
    classes = {name for site in sites.values() for name in site.classes}
    return {
        "concept": vocabulary.concepts,
        "body_site": {*sites, *classes},
        "route": vocabulary.routes,
        "claim": knowledge.claims,
        "threshold": (*knowledge.thresholds, "local convention, no source"),
        "next_step": knowledge.next_steps,
        "rule_id": knowledge.rules,
    }


def rule_schema(words: Wording, ids: Mapping[str, Iterable[str]] = {}) -> Schema:
    """The schema of a rule file."""
    writer = _Writer(words, is_case=False)
    defs: Schema = {f"kind_{name}": writer.kind(name, kind) for name, kind in KINDS.items()}
    defs["condition"] = {
        "title": words.text("schema.condition"),
        "description": words.text("schema.condition_help"),
        "type": "object",
        "anyOf": [{"$ref": f"#/$defs/kind_{name}"} for name in KINDS],
    }
    defs |= {struct.__name__: writer.struct(struct) for struct in _STRUCTS}
    return _document("rule", words, writer.struct(schema.Rule), defs | _id_lists(ids))


def case_schema(words: Wording, ids: Mapping[str, Iterable[str]] = {}) -> Schema:
    """The schema of a case file."""
    writer = _Writer(words, is_case=True)
    defs: Schema = {struct.__name__: writer.struct(struct) for struct in _CASE_STRUCTS}
    defs["Case"]["required"] = ["name", "expect"]
    given = {
        name: defs["Case"]["properties"][name] for name in ("as_of", "person", "facts", "observed")
    }
    body = writer.struct(casefile.CaseFile)
    body["properties"]["given"] = {
        "description": words.text("schema.field.given"),
        "type": "object",
        "properties": given,
        "additionalProperties": False,
    }
    return _document("case", words, body, defs | _id_lists(ids))


def _document(name: str, words: Wording, body: Schema, defs: Schema) -> Schema:
    head = {
        "$schema": DIALECT,
        "$id": f"urn:livedo:schema:{name}",
        "title": words.text(f"schema.{name}_title"),
        "description": words.text(f"schema.{name}_help"),
    }
    return {**head, **body, "$defs": defs}


def _id_lists(ids: Mapping[str, Iterable[str]]) -> Schema:
    """Ids are offered, not enforced: the check knows them all and says which was meant."""
    lists: Schema = {}
    for name in NAMED_LISTS:
        lists[name] = {"type": "string", "minLength": 1}
        if name in ids:
            lists[name]["examples"] = sorted(ids[name])
    return lists


class _Writer:
    """Turns the types of one kind of file into schemas, with their descriptions."""

    def __init__(self, words: Wording, *, is_case: bool) -> None:
        self.words = words
        self.is_case = is_case

    def kind(self, name: str, kind: type[Any]) -> Schema:
        """The schema of one kind of condition."""
        return {
            "title": name,
            "description": self.words.text(f"schema.kind.{name}"),
            **self.struct(kind),
        }

    def struct(self, kind: type[msgspec.Struct]) -> Schema:
        """The schema of a mapping with fixed fields."""
        fields = msgspec.structs.fields(kind)
        return {
            "type": "object",
            "properties": {f.encode_name: self.field(f, kind.__name__) for f in fields},
            "required": [f.encode_name for f in fields if f.required],
            "additionalProperties": False,
        }

    def field(self, field: msgspec.structs.FieldInfo, owner: str) -> Schema:
        """The schema of one field, with its description where there is one."""
        name = field.encode_name
        keys = (f"schema.{owner}.{name}", f"schema.field.{name}", f"schema.kind.{name}")
        key = next((key for key in keys if key in self.words), None)
        shape = self._special(field) or self.shape(field.type, _ID_FIELDS.get(name))
        return {"description": self.words.text(key), **shape} if key else shape

    def _special(self, field: msgspec.structs.FieldInfo) -> Schema | None:
        """Fields that may be written in more ways than their type says."""
        if self.is_case or field.type is int:
            return None
        name = field.encode_name
        quantity = {"type": ["string", "number"], "pattern": QUANTITY_PATTERN}
        if name in {"between", "outside"}:
            return {"type": "array", "items": quantity, "minItems": 2, "maxItems": 2}
        if name in QUANTITIES:
            return quantity
        if name == "threshold_from":
            one = {"$ref": "#/$defs/threshold"}
            return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}
        return None

    def shape(self, kind: Any, ids: str | None = None) -> Schema:
        """The schema of a type."""
        for matches, write in self._shapes():
            if matches(kind):
                return write(kind, ids)
        raise TypeError(f"no schema for {kind}")

    def _shapes(
        self,
    ) -> tuple[tuple[Callable[[Any], bool], Callable[[Any, str | None], Schema]], ...]:
        return (
            (lambda kind: kind in _SCALARS, self._scalar),
            (_is_condition, lambda kind, ids: {"$ref": "#/$defs/condition"}),
            (lambda kind: get_origin(kind) in (Union, types.UnionType), self._union),
            (lambda kind: get_origin(kind) is tuple, self._array),
            (lambda kind: get_origin(kind) is Literal, self._enum),
            (lambda kind: get_origin(kind) is dict, self._mapping),
            (lambda kind: True, lambda kind, ids: {"$ref": f"#/$defs/{kind.__name__}"}),
        )

    def _scalar(self, kind: Any, ids: str | None) -> Schema:
        if ids:
            return {"$ref": f"#/$defs/{ids}"}
        if kind is str and self.is_case:
            return {"type": ["string", "number"]}
        return {"type": _SCALARS[kind]}

    def _union(self, kind: Any, ids: str | None) -> Schema:
        """An optional field may be left empty; a choice of types stays a choice."""
        parts = [part for part in get_args(kind) if part is not types.NoneType]
        if len(parts) > 1:
            return {"anyOf": [self.shape(part, ids) for part in parts]}
        shape = self.shape(parts[0], ids)
        if "type" not in shape or shape["type"] == "array":
            return shape
        several = shape["type"] if isinstance(shape["type"], list) else [shape["type"]]
        return {**shape, "type": [*several, "null"]}

    def _array(self, kind: Any, ids: str | None) -> Schema:
        parts = get_args(kind)
        if parts[-1] is Ellipsis:
            return {"type": "array", "items": self.shape(parts[0], ids)}
        return {
            "type": "array",
            "prefixItems": [self.shape(part, ids) for part in parts],
            "minItems": len(parts),
            "maxItems": len(parts),
        }

    def _enum(self, kind: Any, ids: str | None) -> Schema:
        return {"enum": list(get_args(kind))}

    def _mapping(self, kind: Any, ids: str | None) -> Schema:
        return {"type": "object", "additionalProperties": self.shape(get_args(kind)[1])}


def _is_condition(kind: Any) -> bool:
    return schema.Latest in get_args(kind)
