"""Knowledge files in, checked objects out.

`load_knowledge()` is what the rest of the product uses; it stops when a rule
cannot be read. `livedo.knowledge.check` reports every mistake with its place.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import yaml

from livedo.errors import KnowledgeInvalid
from livedo.knowledge.positions import read_yaml
from livedo.knowledge.schema import Rule, Text
from livedo.knowledge.tree import RuleMalformed, parse_rule, rules_named
from livedo.knowledge.wording import Wording, load_wording

if TYPE_CHECKING:
    from livedo.knowledge.claims import Claim
    from livedo.knowledge.overrides import Override
    from livedo.knowledge.thresholds import Threshold
    from livedo.knowledge.vocabulary import Vocabulary

SHIPPED = Path(__file__).resolve().parent
VERSION_LENGTH = 12
MISTAKES_SHOWN = 5


class StateDef(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A state a person can be in; `order` 1 is the highest.

    `shape` and `ascii` mark it without colour; `colour` is a role, not a value.
    """

    id: str
    order: int
    en: str
    da: str
    shape: str
    ascii: str
    colour: str
    hint: Text | None = None


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A group of the worklist, in documented precedence."""

    id: str
    order: int
    title: Text
    hint: Text


class NextStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to do next. `who` and `when` are ids of `wording/*/next_steps.yaml`."""

    id: str
    who: str
    when: str
    en: str
    da: str
    because: tuple[str, ...] = ()


class KindDef(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of rule, named by its folder, and what rules of that kind may do."""

    id: str
    en: str
    da: str
    is_adjustable: bool = True
    may_ask_unknown: bool = False
    may_ask_draft: bool = False
    carries_claims: bool = True


class Knowledge:
    """Everything the product believes, read from one folder.

    What a folder does not hold (states, wording, vocabulary ...) is taken from
    the shipped knowledge, so that a folder with a few rules is enough.
    """

    def __init__(self, folder: Path, rules: Mapping[str, Rule] | None = None) -> None:
        self.folder = folder
        self.changed_from: Knowledge | None = None
        self.overrides: tuple[Override, ...] = ()
        """A centre's own numbers, by rule and field; they stand in `rules` already."""
        self.rules = MappingProxyType(
            dict(rules) if rules is not None else in_dependency_order(read_rules(folder))
        )
        """Every rule by its id, each after the rules it asks."""

    @classmethod
    def from_folder(cls, folder: Path | str) -> Knowledge:
        """Knowledge of another folder than the shipped one.

        Raises:
            KnowledgeInvalid: a rule cannot be read, or rules ask each other in a circle.
        """
        return cls(Path(folder))

    def with_rules(
        self, rules: Mapping[str, Rule], overrides: tuple[Override, ...] = ()
    ) -> Knowledge:
        """The same knowledge with other rules, in dependency order, and a version of its own."""
        other = Knowledge(self.folder, in_dependency_order(rules))
        other.changed_from = self
        other.overrides = overrides
        for name in ("vocabulary", "claims", "thresholds", "states", "groups", "next_steps"):
            if name in self.__dict__:
                other.__dict__[name] = self.__dict__[name]
        return other

    def needed_by(self, rule_id: str) -> dict[str, Rule]:
        """A rule and every rule it asks, directly or not, in dependency order."""
        wanted = {rule_id}
        for name in reversed(self.rules):
            if name in wanted:
                wanted.update(rules_named(self.rules[name].when))
        return {name: rule for name, rule in self.rules.items() if name in wanted}

    @functools.cached_property
    def version(self) -> str:
        """Changes with any byte of any knowledge file, and with nothing else."""
        digest = hashlib.sha256()
        if self.changed_from is not None:
            digest.update(self.changed_from.version.encode())
            digest.update(msgspec.json.encode(dict(self.rules)))
            if self.overrides:
                digest.update(msgspec.json.encode(self.overrides))
            return digest.hexdigest()[:VERSION_LENGTH]
        for folder in dict.fromkeys((self.folder, SHIPPED)):
            for name, path in knowledge_files(folder):
                digest.update(f"{name}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()[:VERSION_LENGTH]

    @functools.cached_property
    def vocabulary(self) -> Vocabulary:
        """Concepts, codes, units, body sites."""
        from livedo.knowledge.vocabulary import load_vocabulary

        return load_vocabulary()

    @functools.cached_property
    def claims(self) -> Mapping[str, Claim]:
        """The statements of the literature, by id."""
        from livedo.knowledge.claims import load_claims

        return load_claims()

    @functools.cached_property
    def thresholds(self) -> Mapping[str, Threshold]:
        """The numbers of the literature, by id."""
        from livedo.knowledge.thresholds import load_thresholds

        return load_thresholds()

    @functools.cached_property
    def states(self) -> tuple[StateDef, ...]:
        """The states, highest first."""
        found = self._items("states.yaml", StateDef)
        return tuple(sorted(found, key=lambda state: state.order))

    @functools.cached_property
    def groups(self) -> tuple[Group, ...]:
        """The groups of the worklist, in precedence."""
        return tuple(sorted(self._items("precedence.yaml", Group), key=lambda group: group.order))

    @functools.cached_property
    def next_steps(self) -> Mapping[str, NextStep]:
        """What a rule can propose to do next, by id."""
        return {step.id: step for step in self._items("next_steps.yaml", NextStep)}

    @functools.cached_property
    def kinds(self) -> Mapping[str, KindDef]:
        """The kinds of rules, by folder name."""
        return {kind.id: kind for kind in self._items("kinds.yaml", KindDef)}

    @functools.cache  # noqa: B019  one knowledge lives as long as the process
    def wording(self, language: str) -> Wording:
        """The texts of one language; those of the folder stand before the shipped ones."""
        entries = dict(load_wording(SHIPPED, language).entries)
        if self.folder != SHIPPED:
            entries |= load_wording(self.folder, language).entries
        return Wording(language, entries)

    def home_of(self, name: str) -> Path:
        """The folder that holds a file or folder: this one, or else the shipped one."""
        return self.folder if (self.folder / name).exists() else SHIPPED

    def _items(self, name: str, kind: type[_Item]) -> tuple[_Item, ...]:
        path = self.home_of(name) / name
        if not path.exists():
            return ()
        try:
            several: Any = tuple[kind, ...]  # type: ignore[valid-type]
            found: tuple[_Item, ...] = msgspec.convert(read_yaml(path.read_text("utf-8")), several)
        except (msgspec.ValidationError, yaml.YAMLError) as error:
            raise _invalid([f"{name}: {error}"]) from None
        return found


_Item = TypeVar("_Item", StateDef, Group, NextStep, KindDef)


@functools.cache
def load_knowledge() -> Knowledge:
    """The shipped knowledge, read once a process.

    Raises:
        KnowledgeInvalid: a rule cannot be read, or rules ask each other in a circle.
    """
    return Knowledge(SHIPPED)


def knowledge_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every data file below a knowledge folder, by its path from there, in one order everywhere."""
    found = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.suffix not in {".py", ".pyc"} and path.is_file()
    }
    return iter(sorted(found.items()))


def rule_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every rule file below `rules/`, by the id that its path gives."""
    return _by_id(folder / "rules")


def case_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every case file below `cases/`, by the id that its path gives."""
    return _by_id(folder / "cases")


def _by_id(top: Path) -> Iterator[tuple[str, Path]]:
    found = {p.relative_to(top).with_suffix("").as_posix(): p for p in top.rglob("*.yaml")}
    return iter(sorted(found.items()))


def read_rules(folder: Path) -> dict[str, Rule]:
    """Every rule of a folder; all files that cannot be read are named together."""
    rules: dict[str, Rule] = {}
    mistakes = []
    for rule_id, path in rule_files(folder):
        try:
            rules[rule_id] = _read_rule(rule_id, path)
        except RuleMalformed as error:
            mistakes.append(f"{path.relative_to(folder).as_posix()}: {error.what}")
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            mistakes.append(f"{path.relative_to(folder).as_posix()}: {error}")
    if mistakes:
        raise _invalid(mistakes)
    return rules


def _read_rule(rule_id: str, path: Path) -> Rule:
    rule = parse_rule(read_yaml(path.read_text(encoding="utf-8")))
    if rule.id != rule_id:
        raise RuleMalformed(f"its id is {rule.id}, its path says {rule_id}", ("id",))
    return rule


def in_dependency_order(rules: Mapping[str, Rule]) -> dict[str, Rule]:
    """The same rules, each after the rules it asks, otherwise by id."""
    ordered: dict[str, Rule] = {}
    for rule_id in sorted(rules):
        _place(rule_id, rules, ordered, ())
    return ordered


def _place(
    rule_id: str, rules: Mapping[str, Rule], ordered: dict[str, Rule], asking: tuple[str, ...]
) -> None:
    if rule_id in ordered:
        return
    if rule_id in asking:
        circle = (*asking[asking.index(rule_id) :], rule_id)
        raise _invalid([f"rules ask each other in a circle: {' -> '.join(circle)}"])
    if rule_id not in rules:
        raise _invalid([f"rules/{asking[-1]}.yaml: asks {rule_id}, which does not exist"])
    for asked in rules_named(rules[rule_id].when):
        _place(asked, rules, ordered, (*asking, rule_id))
    ordered[rule_id] = rules[rule_id]


def _invalid(mistakes: Iterable[str]) -> KnowledgeInvalid:
    every = [" ".join(mistake.split()) for mistake in mistakes]
    more = f" (and {len(every) - MISTAKES_SHOWN} more)" if len(every) > MISTAKES_SHOWN else ""
    return KnowledgeInvalid(
        f"The knowledge holds {len(every)} file(s) that cannot be used.",
        where="; ".join(every[:MISTAKES_SHOWN]) + more,
        still_works="Nothing was judged: a rule that cannot be read is never left out silently.",
        next_step="Run: livedo knowledge check",
    )
