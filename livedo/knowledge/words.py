"""Finding known phrases in free text as whole words, in any letter case."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, NamedTuple, TypeVar

M = TypeVar("M")

_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, lower case; signs between them are dropped."""
    return tuple(_WORD.findall(text.casefold()))


class Found(NamedTuple, Generic[M]):
    """A phrase found: what it means, and from which word to which."""

    meaning: M
    start: int
    end: int


class PhraseBook(Generic[M]):
    """Phrases and their meanings. At each word the longest phrase counts, and its words
    are used up, so that "calcium channel blocker" hides "calcium"."""

    def __init__(
        self, phrases: Mapping[str, M], first_words: Mapping[str, M] | None = None
    ) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], M, bool]]] = {}
        self._add(phrases, only_first=False)
        self._add(first_words or {}, only_first=True)
        for known in self._by_first.values():
            known.sort(key=lambda entry: (-len(entry[0]), entry[0]))

    def find(self, text: str) -> Iterator[Found[M]]:
        """Every phrase of the text, from left to right, without overlap."""
        words = words_of(text)
        at = 0
        while at < len(words):
            found = self._longest(words, at)
            if found:
                yield found
            at = found.end if found else at + 1

    def _add(self, phrases: Mapping[str, M], *, only_first: bool) -> None:
        for phrase, meaning in phrases.items():
            words = words_of(phrase)
            self._by_first.setdefault(words[0], []).append((words, meaning, only_first))

    def _longest(self, words: tuple[str, ...], at: int) -> Found[M] | None:
        for phrase, meaning, only_first in self._by_first.get(words[at], ()):
            if only_first and at > 0:
                continue
            if words[at : at + len(phrase)] == phrase:
                return Found(meaning, at, at + len(phrase))
        return None


def meanings(found: Iterable[Found[M]]) -> tuple[M, ...]:
    """What was found, each once, in the order found."""
    return tuple(dict.fromkeys(each.meaning for each in found))
