"""Checks of one file alone: is it YAML, and does it have the shape of its kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema
from jsonschema.exceptions import ValidationError

from livedo.knowledge.json_schema import Schema
from livedo.knowledge.mistakes import Document, Report
from livedo.knowledge.positions import broken_at, repeated_keys, shared_parts
from livedo.knowledge.schema import KINDS
from livedo.knowledge.tree import kinds_named

_KIND_NAMES = tuple(KINDS)
_TYPES = ("object", "array", "string", "number", "integer", "boolean")


def is_readable(document: Document, report: Report) -> bool:
    """Whether a file is YAML without traps; notes what is wrong."""
    if document.error is not None:
        problem = getattr(document.error, "problem", None) or str(document.error)
        place = broken_at(document.error)
        report.add(document, place, "broken_yaml", problem=" ".join(problem.split()))
        return False
    if "�" in document.text:
        report.add(document, (), "not_utf8")
    for key, place in repeated_keys(document.node):
        report.add(document, place, "repeated_key", key=key)
    if document.plain is None:
        report.add(document, (), "empty_file")
    return document.plain is not None and _is_spelled_out(document, report)


def _is_spelled_out(document: Document, report: Report) -> bool:
    """Rules and cases repeat nothing by reference, so that a reviewer sees everything in place."""
    if not document.file.startswith(("rules/", "cases/")):
        return True
    places = list(shared_parts(document.text))
    for place in places:
        report.add(document, place, "alias")
    return not places


def check_shape(document: Document, shape: Schema, report: Report) -> bool:
    """Whether a file has the shape its schema gives; notes every difference."""
    validator = jsonschema.Draft202012Validator(shape)
    errors = [leaf for error in validator.iter_errors(document.plain) for leaf in leaves(error)]
    for error in sorted(errors, key=lambda error: list(map(str, error.absolute_path))):
        _note(document, error, report)
    return not errors


def leaves(error: ValidationError) -> Iterator[ValidationError]:
    """The errors a person can act on: of the kind of condition that was meant, not of all kinds."""
    if not error.context:
        yield error
        return
    branches: dict[Any, list[ValidationError]] = {}
    for part in error.context:
        branches.setdefault(part.schema_path[0], []).append(part)
    wanted = _branch_meant(error, branches)
    if wanted is None:
        yield error
        return
    for part in branches[wanted]:
        yield from leaves(part)


def _branch_meant(error: ValidationError, branches: dict[Any, list[ValidationError]]) -> Any:
    """The alternative that the writer meant, None where that cannot be told."""
    if not _is_of_condition(error):
        return min(branches, key=lambda name: _distance(branches[name]))
    named = kinds_named(_found(error))
    return _KIND_NAMES.index(named[0]) if len(named) == 1 else None


def _distance(errors: list[ValidationError]) -> tuple[bool, int]:
    """How far an alternative is from what was written: of another type, or wrong only deep down."""
    is_other_type = any(e.validator == "type" and not e.relative_path for e in errors)
    return is_other_type, -max(len(error.relative_path) for error in errors)


def _is_of_condition(error: ValidationError) -> bool:
    shape: Any = error.schema
    choices = shape.get("anyOf", []) if isinstance(shape, dict) else []
    return len(choices) == len(_KIND_NAMES) and isinstance(error.instance, dict)


def _note(document: Document, error: ValidationError, report: Report) -> None:
    path = list(error.absolute_path)
    field = str(path[-1]) if path else document.file
    if error.validator == "anyOf" and _is_of_condition(error):
        _note_kinds(document, error, report)
    elif error.validator == "additionalProperties":
        _note_unknown_fields(document, error, report)
    elif error.validator == "required":
        missing = str(error.message).split("'")[1]
        report.add(document, path, "missing_field", field=missing)
    elif error.validator == "pattern":
        report.add(document, path, "not_a_quantity", value=error.instance)
    elif error.validator == "enum":
        _note_choice(document, error, report)
    elif error.validator == "type":
        expected = report.words.text(f"mistakes.type.{_type_name(error.validator_value)}")
        report.add(document, path, "wrong_type", field=field, expected=expected)
    else:
        report.add(document, path, "wrong_shape", field=field, problem=error.message)


def _found(error: ValidationError) -> Any:
    return error.instance


def _note_choice(document: Document, error: ValidationError, report: Report) -> None:
    choices: Any = error.validator_value
    allowed = [str(choice) for choice in choices]
    report.add(
        document,
        list(error.absolute_path),
        "not_one_of",
        meant=(str(_found(error)), allowed),
        value=_found(error),
        allowed=", ".join(allowed),
    )


def _type_name(expected: Any) -> str:
    several = [expected] if isinstance(expected, str) else list(expected)
    return next(name for name in _TYPES if name in several)


def _note_kinds(document: Document, error: ValidationError, report: Report) -> None:
    named = kinds_named(_found(error))
    path = list(error.absolute_path)
    if named:
        report.add(document, path, "two_kinds", kinds=", ".join(named))
        return
    first = str(next(iter(_found(error)), ""))
    kinds = ", ".join(_KIND_NAMES)
    report.add(document, path, "no_kind", meant=(first, _KIND_NAMES), found=first, kinds=kinds)


def _note_unknown_fields(document: Document, error: ValidationError, report: Report) -> None:
    path = list(error.absolute_path)
    shape: Any = error.schema
    known = list(shape["properties"])
    for key in _found(error):
        if key not in known:
            place = document.at_key(path, str(key))
            report.add(document, place, "unknown_field", meant=(str(key), known), field=key)
