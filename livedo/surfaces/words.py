"""The texts of the surfaces, in one language, and how that language writes numbers.

Only the files of `knowledge/wording/<language>` named in FILES are read,
so that a message can be shown in milliseconds and even when the rest of the knowledge holds
mistakes.
A key of another file than `surfaces.yaml` begins with the name of its file.
"""

from __future__ import annotations

import functools
from pathlib import Path

import yaml

from livedo.errors import PartMissing
from livedo.knowledge.positions import read_yaml
from livedo.knowledge.wording import Entry, Wording, flattened

NAME = "surfaces"
FILES = (
    NAME,
    "patient_page",
    "deeper",
    "web",
    "store",
    "hooks",
    "overrides",
    "rules_page",
    "fhir_out",
    "round",
    "refused",
    "audit",
    "registry_methods",
    "exchange",
)
FOLDER = Path(__file__).resolve().parents[1] / "knowledge" / "wording"


class Words:
    """Texts by dotted key: `worklist.others`."""

    def __init__(self, wording: Wording) -> None:
        self.lang = wording.language
        self._wording = wording

    def text(self, key: str, **values: object) -> str:
        """The text of a key with its values filled in."""
        text = self._wording.text(self._full(key), **values)
        for value in values.values():
            # A Danish date ends with a full stop of its own ("19. nov.").
            if isinstance(value, str) and value.endswith("."):
                text = text.replace(f"{value}.", value)
        return text

    def count(self, key: str, number: int, **values: object) -> str:
        """The text for a number of things, in the singular or the plural."""
        return self.text(key, count=number, n=self.whole(number), **values)

    def find(self, key: str) -> str | None:
        """The text of a key, or None where there is none."""
        return self.text(key) if self._full(key) in self._wording else None

    def because(self, key: str) -> tuple[str, ...]:
        """The statements of literature that a text carries."""
        return self._wording.because(self._full(key))

    def _full(self, key: str) -> str:
        return key if key.partition(".")[0] in FILES[1:] else f"{NAME}.{key}"

    def keys(self) -> list[str]:
        """Every key, sorted."""
        return sorted(self._wording.entries)

    def whole(self, number: int) -> str:
        """A whole number with the language's mark between thousands."""
        return f"{number:,}".replace(",", self.text("number.thousands"))

    def decimal(self, number: float, digits: int) -> str:
        """A number with so many decimals and the language's decimal mark."""
        return f"{number:.{digits}f}".replace(".", self.text("number.decimal"))


@functools.cache
def words(lang: str) -> Words:
    """The texts of one language.

    Raises:
        PartMissing: the file of texts is not there or cannot be read.
    """
    entries: dict[str, Entry] = {}
    for name in FILES:
        path = FOLDER / lang / f"{name}.yaml"
        try:
            plain = read_yaml(path.read_text(encoding="utf-8"))
        except (OSError, yaml.YAMLError) as error:
            raise PartMissing(
                "The texts of this language cannot be read",
                where=f"livedo/knowledge/wording/{lang}/{name}.yaml",
                next_step="install livedo again",
            ) from error
        entries.update(flattened(plain, name))
    return Words(Wording(lang, entries))
