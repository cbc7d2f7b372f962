"""A mistake in a knowledge file: where it stands, what is wrong, what was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import yaml

from livedo.knowledge.positions import Place, compose, key_place, place_of, read_yaml
from livedo.knowledge.wording import Wording


class Mistake(msgspec.Struct, frozen=True, order=True):
    """One mistake. `code` is permanent and names its texts, `mistakes.<code>`."""

    file: str
    line: int
    column: int
    code: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        head = f"{self.file}:{self.line}:{self.column}: {self.message} [{self.code}]"
        return f"{head}\n    {self.hint}" if self.hint else head


class Document:
    """One knowledge file: its text, its values and where each of them stands."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.node: yaml.Node | None = None
        self.plain: Any = None
        self.error: yaml.YAMLError | None = None
        try:
            self.node = compose(text)
            self.plain = read_yaml(text)
        except yaml.YAMLError as error:
            self.error = error

    @classmethod
    def read(cls, folder: Path, path: Path) -> Document:
        """The document of a file below a knowledge folder."""
        return cls(path.relative_to(folder).as_posix(), path.read_text("utf-8", "replace"))

    def at(self, path: Sequence[str | int]) -> Place:
        """Where the part at a path stands."""
        return place_of(self.node, path)

    def at_key(self, path: Sequence[str | int], key: str) -> Place:
        """Where a key of the mapping at a path stands."""
        return key_place(self.node, path, key)


class Report:
    """Collects mistakes and words them in one language."""

    def __init__(self, words: Wording) -> None:
        self.words = words
        self.mistakes: list[Mistake] = []

    def add(
        self,
        document: Document,
        where: Sequence[str | int] | Place,
        code: str,
        *,
        meant: tuple[str, Iterable[str]] | None = None,
        **values: object,
    ) -> None:
        """Note one mistake.

        Args:
            document: the file.
            where: the steps to the part, or its place.
            code: which mistake; `mistakes.<code>` and `mistakes.hint.<code>` are its texts.
            meant: a wrong name and the names that exist, for "did you mean".
            values: what fills the texts.
        """
        place = where if isinstance(where, Place) else document.at(where)
        self.mistakes.append(
            Mistake(
                file=document.file,
                line=place.line,
                column=place.column,
                code=code,
                message=self.words.text(f"mistakes.{code}", **values),
                hint=self._hint(code, meant, values),
            )
        )

    def _hint(
        self, code: str, meant: tuple[str, Iterable[str]] | None, values: dict[str, object]
    ) -> str:
        near = closest(*meant) if meant else None
        if near is not None:
            return self.words.text("mistakes.did_you_mean", near=near)
        key = f"mistakes.hint.{code}"
        return self.words.text(key, **values) if key in self.words else ""


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a wrong one most resembles, if any does.

    The last part of an id is compared on its own too, since people often have
    the right word under the wrong domain.
    """
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.75)
    if near:
        return near[0]
    last = _last_part(name)
    same = [known_name for known_name in names if _last_part(known_name) == last]
    return same[0] if same else next(iter(difflib.get_close_matches(name, names, 1, 0.6)), None)


def _last_part(name: str) -> str:
    return name.replace("/", ".").rpartition(".")[2]
