"""Texts for people, one folder a language, found by key.

The key is the name of the file and the keys inside it, joined by dots. An
entry may be a text, a pair `{one, other}` chosen by the value `count`, or
`{text, because}`, where `because` names the claims that the text carries.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from livedo.errors import KnowledgeInvalid
from livedo.knowledge.positions import read_yaml

LANGUAGES = ("en", "da")

Entry = str | dict[str, Any]


class Wording:
    """The texts of one language."""

    def __init__(self, language: str, entries: Mapping[str, Entry]) -> None:
        self.language = language
        self.entries = entries

    def __contains__(self, key: str) -> bool:
        return key in self.entries

    def text(self, key: str, /, **values: object) -> str:
        """The text of a key, its placeholders filled.

        Raises:
            KnowledgeInvalid: no such key, or a placeholder without a value.
        """
        pattern = self._pattern(key, values)
        try:
            return pattern.format(**values)
        except (KeyError, IndexError, ValueError) as error:
            raise KnowledgeInvalid(
                f"The text {key} ({self.language}) could not be filled: {error}.",
                where=f"wording/{self.language}",
                next_step="Run: livedo knowledge check",
            ) from None

    def because(self, key: str) -> tuple[str, ...]:
        """The claims that a text carries."""
        entry = self.entries.get(key)
        return tuple(entry.get("because", ())) if isinstance(entry, dict) else ()

    def _pattern(self, key: str, values: Mapping[str, object]) -> str:
        entry = self.entries.get(key)
        if entry is None:
            raise KnowledgeInvalid(
                f"There is no text {key} in {self.language}.",
                where=f"wording/{self.language}/{key.partition('.')[0]}.yaml",
                next_step="Run: livedo knowledge check",
            )
        if isinstance(entry, str):
            return entry
        if "text" in entry:
            return str(entry["text"])
        return str(entry["one" if values.get("count") == 1 else "other"])


def load_wording(folder: Path, language: str) -> Wording:
    """The texts of one language from `wording/LANGUAGE/*.yaml` below a knowledge folder."""
    entries: dict[str, Entry] = {}
    for path in sorted((folder / "wording" / language).glob("*.yaml")):
        plain = read_yaml(path.read_text(encoding="utf-8"))
        entries.update(flattened(plain or {}, path.stem))
    return Wording(language, entries)


def flattened(plain: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Entry]]:
    """Keys joined by dots, with their entries."""
    for key, value in plain.items():
        name = f"{prefix}.{key}"
        if isinstance(value, dict) and not is_entry(value):
            yield from flattened(value, name)
        else:
            yield name, value if isinstance(value, dict) else str(value or "")


def is_entry(value: Mapping[str, Any]) -> bool:
    """Whether a mapping is one text in its forms, not a group of texts."""
    return set(value) in ({"one", "other"}, {"text"}, {"text", "because"})


def texts_of(entry: Entry) -> tuple[str, ...]:
    """Every form of an entry."""
    if isinstance(entry, str):
        return (entry,)
    return tuple(str(entry[form] or "") for form in ("one", "other", "text") if form in entry)


def placeholders(entry: Entry) -> frozenset[str]:
    """The names in braces, over every form of an entry."""
    parser = string.Formatter()
    return frozenset(
        field.partition(".")[0]
        for text in texts_of(entry)
        for _, field, _, _ in parser.parse(text)
        if field
    )
