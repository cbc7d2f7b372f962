"""Reading the YAML files that hold the knowledge, and saying where one is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from livedo.errors import KnowledgeInvalid

KNOWLEDGE_FOLDER = Path(__file__).parent

T = TypeVar("T")

# The C loader is about ten times faster; the plain one reads the same files.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_file(path: Path, shape: type[T]) -> T:
    """One file as an object of this shape; raises KnowledgeInvalid with the place."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _Loader)
        return msgspec.convert(content, shape)
    except yaml.YAMLError as error:
        raise _invalid(path, str(getattr(error, "problem", error)), _line(error)) from error
    except msgspec.ValidationError as error:
        raise _invalid(path, str(error), None) from error


def read_folder(folder: str, shape: type[T], root: Path = KNOWLEDGE_FOLDER) -> list[T]:
    """Every YAML file of one knowledge folder, in the order of their paths."""
    return [read_file(path, shape) for path in sorted((root / folder).rglob("*.yaml"))]


def _line(error: Any) -> int | None:
    mark = getattr(error, "problem_mark", None)
    return None if mark is None else int(mark.line) + 1


def _invalid(path: Path, what: str, line: int | None) -> KnowledgeInvalid:
    where = str(path) if line is None else f"{path}:{line}"
    return KnowledgeInvalid(
        f"A knowledge file cannot be read: {what}.",
        where=where,
        next_step="Correct the file, then run: livedo knowledge check",
    )
