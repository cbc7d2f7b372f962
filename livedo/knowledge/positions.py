"""YAML as people write it, and the place in a file where each part stands.

Only `true` and `false` are booleans and dates stay text, so that `on`, `yes`
and `no` mean what a clinician means by them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import yaml

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class PlainLoader(_Base):  # type: ignore[misc]
    """The safe loader with the four scalar types of JSON and nothing more."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


for _tag, _pattern, _first in (
    ("null", r"^(?:~|null|)$", ["~", "n", ""]),
    ("bool", r"^(?:true|false)$", ["t", "f"]),
    ("int", r"^-?(?:0|[1-9][0-9]*)$", list("-0123456789")),
    ("float", r"^-?[0-9]+\.[0-9]+(?:[eE][-+]?[0-9]+)?$", list("-0123456789")),
):
    PlainLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)


class Place(NamedTuple):
    """Line and column, both counted from one."""

    line: int
    column: int


def read_yaml(text: str) -> Any:
    """The first document of a text as plain values."""
    return yaml.load(text, PlainLoader)


def compose(text: str) -> yaml.Node | None:
    """The first document of a text as nodes that know where they stand."""
    node: yaml.Node | None = yaml.compose(text, PlainLoader)
    return node


def broken_at(error: yaml.YAMLError) -> Place:
    """Where the reader gave up."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)


def place_of(node: yaml.Node | None, path: Sequence[str | int]) -> Place:
    """Where the part at `path` stands, or the nearest part above it that exists.

    A step into a mapping gives the place of its value; for a value that is
    itself a mapping or a list, the place of its key, which is what people look for.
    """
    found = _start(node)
    for step in path:
        key, node = _child(node, step)
        if node is None:
            return found
        is_block = isinstance(node, yaml.MappingNode | yaml.SequenceNode)
        found = _start(key if key is not None and is_block else node)
    return found


def key_place(node: yaml.Node | None, path: Sequence[str | int], key: str) -> Place:
    """Where a key of the mapping at `path` stands."""
    for step in path:
        _, node = _child(node, step)
    found, _ = _child(node, key)
    return _start(found)


def repeated_keys(node: yaml.Node | None) -> Iterator[tuple[str, Place]]:
    """Every key that stands a second time in its mapping."""
    for part in _parts(node, set()):
        if not isinstance(part, yaml.MappingNode):
            continue
        seen = set()
        for key, _ in part.value:
            if key.value in seen:
                yield str(key.value), _start(key)
            if isinstance(key, yaml.ScalarNode):
                seen.add(key.value)


def shared_parts(text: str) -> Iterator[Place]:
    """Every place where `*name` stands for a part written elsewhere."""
    for event in yaml.parse(text, PlainLoader):
        if isinstance(event, yaml.AliasEvent) and event.start_mark:
            yield Place(event.start_mark.line + 1, event.start_mark.column + 1)


def _parts(node: yaml.Node | None, seen: set[int]) -> Iterator[yaml.Node]:
    if node is None or id(node) in seen:
        return
    seen.add(id(node))
    yield node
    if isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _parts(value, seen)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _parts(value, seen)


def _start(node: yaml.Node | None) -> Place:
    if node is None:
        return Place(1, 1)
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)


def _child(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node | None, yaml.Node | None]:
    """The key node (of a mapping) and the value node one step down."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None, None
