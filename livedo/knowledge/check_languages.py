"""Every text of every knowledge file stands in every language.

A text is a mapping with `en` or `da`, or a field beside one of its name with the
language at its end (`short_en` and `short_da`, `meaning` and `meaning_da`).
One exception is by design: the full `says` of later evidence may stand in English
alone, since its `short` is what people are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from livedo.knowledge.mistakes import Document, Report
from livedo.knowledge.wording import LANGUAGES

Path = tuple[str | int, ...]

MAY_BE_ENGLISH_ONLY = ("claims/later/", "says")
"""The folder, and the field in it."""

CHECKED_ELSEWHERE = (
    "wording/",
    "rules/",
    "states.yaml",
    "precedence.yaml",
    "next_steps.yaml",
    "kinds.yaml",
)
"""Wording by its keys, rules by their schema, lists by `check_lists`."""


def check_languages(documents: Mapping[str, Document], report: Report) -> None:
    """Each text that one language lacks, with its place.

    Args:
        documents: the readable files of a knowledge folder, by their path.
        report: where mistakes are noted.
    """
    for name, document in documents.items():
        if not name.startswith(CHECKED_ELSEWHERE):
            _check_file(name, document, report)


def _check_file(name: str, document: Document, report: Report) -> None:
    parts = list(_mappings(document.plain, ()))
    paired = _paired(part for _, part in parts)
    for path, part in parts:
        if not _is_exempt(name, path):
            for key, language in _lacking(part, paired):
                label = ".".join(str(step) for step in (*path, key))
                report.add(document, (*path, key), "text_missing", field=label, language=language)


def _is_exempt(name: str, path: Path) -> bool:
    folder, field = MAY_BE_ENGLISH_ONLY
    return name.startswith(folder) and bool(path) and path[-1] == field


def _mappings(plain: Any, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every mapping of a file, with the steps to it."""
    if isinstance(plain, dict):
        yield path, plain
        for key, value in plain.items():
            yield from _mappings(value, (*path, key))
    elif isinstance(plain, list):
        for i, value in enumerate(plain):
            yield from _mappings(value, (*path, i))


def _paired(parts: Iterator[dict[str, Any]]) -> frozenset[str]:
    """Fields that the file has in a second language too: `meaning` beside `meaning_da`."""
    names = (str(key) for part in parts for key in part)
    return frozenset(name.removesuffix("_da") for name in names if name.endswith("_da"))


def _lacking(part: dict[str, Any], paired: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The texts of one mapping that a language lacks: the key that should hold it, the language."""
    texts = [{language: language for language in LANGUAGES}]
    for field in sorted(paired):
        english = f"{field}_en" if f"{field}_en" in part else field
        texts.append({"en": english, "da": f"{field}_da"})
    for keys in texts:
        if any(key in part for key in keys.values()):
            yield from ((key, lang) for lang, key in keys.items() if _is_empty(part.get(key)))


def _is_empty(value: Any) -> bool:
    return not str(value or "").strip()
