"""The schemas of the contracts, read once."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import jsonschema

FOLDER = Path(__file__).parent / "cds_hooks"


@functools.cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def assert_valid(name: str, document: Any) -> None:
    """Fails with every difference from the contract."""
    errors = [
        f"{list(e.absolute_path)}: {e.message}" for e in validator(name).iter_errors(document)
    ]
    assert not errors, errors
    assert_nothing_empty(document)


def assert_nothing_empty(document: Any, path: str = "") -> None:
    """Elements are neither null nor empty; only `cards` and `services` may be, and what a
    client sends as prefetch."""
    if isinstance(document, dict):
        for key, value in document.items():
            if key in ("prefetch", "context"):
                continue
            is_free = key in ("cards", "services")
            assert is_free or value not in (None, "", [], {}), f"{path}/{key}"
            assert_nothing_empty(value, f"{path}/{key}")
    if isinstance(document, list):
        for number, value in enumerate(document):
            assert_nothing_empty(value, f"{path}/{number}")
