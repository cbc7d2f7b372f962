"""A file of a centre's overrides, for the command line: the same as the service keeps."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import yaml

from livedo.errors import OverrideRefused
from livedo.knowledge.overrides import Override
from livedo.knowledge.positions import compose, place_of, read_yaml

_DAY = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
LARGEST_FILE = 1_000_000
"""Bytes; a file of overrides is a page at most."""


def read_overrides(path: Path) -> tuple[Override, ...]:
    """The overrides of a file: a list under `overrides`, each with its author, day and reason.

    Raises:
        OverrideRefused: the file cannot be read or has another shape; all mistakes are named.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise _unusable(path, "it is larger than a file of overrides can be")
        text = path.read_text(encoding="utf-8")
        plain = read_yaml(text)
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(path, str(getattr(error, "strerror", "it is not UTF-8 text"))) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise _unusable(path, str(getattr(error, "problem", None) or "it nests too deep")) from None
    items = plain.get("overrides") if isinstance(plain, dict) and len(plain) == 1 else None
    if not isinstance(items, list):
        raise _unusable(path, "it holds one list under `overrides`")
    found, mistakes = [], []
    for number, item in enumerate(items):
        try:
            found.append(_override(item))
        except msgspec.ValidationError as error:
            line = place_of(compose(text), ("overrides", number)).line
            mistakes.append(f"{path.name}:{line}: {error}")
    if mistakes:
        raise _unusable(path, "; ".join(mistakes))
    return tuple(found)


def _override(item: Any) -> Override:
    """One entry; a bare number is what a window or a value without unit of measure is."""
    if isinstance(item, dict) and isinstance(item.get("value"), int | float):
        item = {**item, "value": str(item["value"])}
    override = msgspec.convert(item, Override)
    if not _DAY.fullmatch(override.on):
        raise msgspec.ValidationError("`on` is a day, written 2026-11-20")
    return override


def _unusable(path: Path, what: str) -> OverrideRefused:
    return OverrideRefused(
        f"The file of overrides cannot be used: {what}.",
        where=str(path),
        still_works="Nothing was judged with half of them.",
        next_step="docs/how-to/change-a-threshold.md shows how it is written",
    )
