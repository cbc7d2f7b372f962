"""From a code of any system to our concepts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from livedo.errors import KnowledgeInvalid
from livedo.knowledge.drugs import Drugs
from livedo.knowledge.files import KNOWLEDGE_FOLDER, read_file

LIVEDO_SYSTEM = "urn:livedo:concept"
"""Our own code system: the code is the id of a concept, a body site or a route."""


class CodeSystem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One code system and the ways records name it."""

    name: str
    uris: tuple[str, ...]
    dots_optional: bool = False


class SystemFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file of code systems."""

    systems: dict[str, CodeSystem]


class Code(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code that was read together with its meaning, and where."""

    code: str
    concept: str | None
    name: str
    where: str
    unit: str | None = None
    prefix: bool = False
    confidence: Literal["low", "medium"] | None = None
    note: str | None = None


class CodeFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The codes of one system."""

    system: str
    codes: tuple[Code, ...]


class CodeTable:
    """Every shipped code. A code without a concept marks an exception inside a prefix."""

    def __init__(
        self, systems: Mapping[str, CodeSystem], codes: Iterable[tuple[str, Code]]
    ) -> None:
        self.systems = systems
        self._system_by_name = _names(systems)
        self._entries: dict[tuple[str, str], tuple[Code, ...]] = {}
        self._prefix_lengths: dict[str, tuple[int, ...]] = {}
        for system, code in codes:
            self._add(system, code)
        self.find = lru_cache(maxsize=65_536)(self._find)

    def __iter__(self) -> Iterator[tuple[str, Code]]:
        """Every entry as (system, code)."""
        return ((key[0], code) for key, codes in self._entries.items() for code in codes)

    def system(self, name: str) -> str | None:
        """Our key of the system a record names by URI, urn:oid or short name."""
        bare = name.partition("|")[0].strip().rstrip("/").casefold()
        return self._system_by_name.get(bare)

    def concepts(self, system: str, code: str) -> tuple[str, ...]:
        """The concepts of a code; empty if the code is none of ours."""
        return tuple(entry.concept for entry in self.find(system, code) if entry.concept)

    def _find(self, system: str, code: str) -> tuple[Code, ...]:
        key = self.system(system)
        if key is None:
            return ()
        plain = self._plain(key, code)
        found = self._entries.get((key, plain))
        return found or self._below(key, plain)

    def _below(self, key: str, plain: str) -> tuple[Code, ...]:
        for length in self._prefix_lengths.get(key, ()):
            found = self._entries.get((key, plain[:length]), ()) if length < len(plain) else ()
            if any(entry.prefix for entry in found):
                return found
        return ()

    def _add(self, system: str, code: Code) -> None:
        plain = self._plain(system, code.code)
        self._entries[system, plain] = (*self._entries.get((system, plain), ()), code)
        if code.prefix:
            lengths = {*self._prefix_lengths.get(system, ()), len(plain)}
            self._prefix_lengths[system] = tuple(sorted(lengths, reverse=True))

    def _plain(self, key: str, code: str) -> str:
        plain = code.strip().upper()
        return plain.replace(".", "") if self.systems[key].dots_optional else plain


def read_codes(drugs: Drugs) -> CodeTable:
    """The codes of `knowledge/codes` and those of the drugs."""
    folder = KNOWLEDGE_FOLDER / "codes"
    systems = read_file(folder / "systems.yaml", SystemFile).systems
    files = [read_file(path, CodeFile) for path in _code_files(folder)]
    unknown = {file.system for file in files} - set(systems)
    if unknown:
        raise KnowledgeInvalid(f"Code files name systems that are not listed: {sorted(unknown)}.")
    listed = [(file.system, code) for file in files for code in file.codes]
    return CodeTable(systems, [*listed, *_drug_codes(drugs)])


def _code_files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*.yaml")) if path.name != "systems.yaml"]


def _drug_codes(drugs: Drugs) -> Iterable[tuple[str, Code]]:
    for drug in drugs.by_id.values():
        for system, entries in (("atc", drug.atc), ("rxnorm", drug.rxnorm)):
            for entry in entries:
                where = "; ".join(drugs.sources[letter] for letter in entry.where.split(","))
                yield (
                    system,
                    Code(
                        code=entry.code,
                        concept=drug.id,
                        name=entry.name,
                        where=where,
                        prefix=entry.prefix,
                    ),
                )
        for exception in drug.not_atc:
            yield "atc", Code(code=exception.code, concept=None, name=exception.why, where="")


def _names(systems: Mapping[str, CodeSystem]) -> dict[str, str]:
    return {
        name.rstrip("/").casefold(): key
        for key, system in systems.items()
        for name in (key, key.replace("_", "-"), key.replace("_", " "), system.name, *system.uris)
    }
