"""Rules as trees: from plain values to conditions, and walks over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from livedo.errors import KnowledgeInvalid
from livedo.knowledge import schema
from livedo.knowledge.schema import KINDS, Condition, Rule

Path = tuple[str | int, ...]
"""Steps from the top of a rule file to a part of it."""

QUANTITIES = ("above", "at_least", "below", "at_most", "between", "outside")
LIMIT_FACTORS = ("above_upper_limit", "below_upper_limit", "below_lower_limit")


class RuleMalformed(KnowledgeInvalid):
    """A rule that does not have the shape of one; `path` leads to the part."""

    def __init__(self, message: str, path: Path) -> None:
        super().__init__(message, where="/".join(map(str, path)))
        self.path = path


class Node(NamedTuple):
    """A condition and where it stands in its rule."""

    condition: Condition
    path: Path


def kinds_named(mapping: Mapping[str, Any]) -> list[str]:
    """The kinds a mapping names: exactly one in a well-formed condition."""
    named = [key for key in mapping if key in KINDS and key != "at_least"]
    counts = "at_least" in mapping and "of" in mapping and "before" not in named
    return [*named, "at_least"] if counts else named


def kind_of(condition: Condition) -> str:
    """The key that names the kind of a condition."""
    return next(key for key, kind in KINDS.items() if type(condition) is kind)


def parse_rule(plain: Any) -> Rule:
    """A rule from the plain values of its file."""
    if not isinstance(plain, Mapping):
        raise RuleMalformed("a rule is a mapping", ())
    values = dict(plain)
    if isinstance(values.get("threshold_from"), str):
        values["threshold_from"] = [values["threshold_from"]]
    parts = {
        field.encode_name: _converted(values.pop(field.encode_name), field)
        for field in _FIELDS
        if field.encode_name in values
    }
    if values:
        raise RuleMalformed(f"a rule has no field `{next(iter(values))}`", (next(iter(values)),))
    missing = [name for name in ("id", "title", "asks", "when") if name not in parts]
    if missing:
        raise RuleMalformed(f"`{missing[0]}` is missing", ())
    return Rule(**parts)


def _converted(value: Any, field: msgspec.structs.FieldInfo) -> Any:
    if field.encode_name == "when":
        return parse_condition(value, ("when",))
    return _as(value, field.type, (field.encode_name,))


def parse_condition(plain: Any, path: Path = ()) -> Condition:
    """A condition, and everything below it, from plain values."""
    if not isinstance(plain, Mapping):
        raise RuleMalformed("a condition is a mapping whose key names its kind", path)
    named = kinds_named(plain)
    if len(named) != 1:
        raise RuleMalformed(_kinds_message(plain, named), path)
    below = _parts_below(plain, named[0], path)
    if below is None:
        leaf: Condition = _as(_with_text_quantities(plain), KINDS[named[0]], path)
        return leaf
    return _composite(plain, named[0], below, path)


def _kinds_message(plain: Mapping[str, Any], named: list[str]) -> str:
    if named:
        return f"a condition has one kind, this one names {' and '.join(named)}"
    return f"no kind of condition is named here: {', '.join(map(str, plain)) or 'nothing'}"


def _parts_below(plain: Mapping[str, Any], kind: str, path: Path) -> tuple[Condition, ...] | None:
    """The parsed parts of a composite, None for a leaf."""
    if kind == "not":
        return (parse_condition(plain["not"], (*path, "not")),)
    key = {"all": "all", "any": "any", "at_least": "of"}.get(kind)
    if key is None:
        return None
    if not isinstance(plain[key], list):
        raise RuleMalformed(f"`{key}` holds a list of conditions", (*path, key))
    return tuple(parse_condition(part, (*path, key, i)) for i, part in enumerate(plain[key]))


def _composite(
    plain: Mapping[str, Any], kind: str, below: tuple[Condition, ...], path: Path
) -> Condition:
    """A composite from its checked outer fields and its parsed parts."""
    if kind == "not":
        _only(plain, ("not",), path)
        return schema.Not(not_=below[0])
    if kind == "any":
        _only(plain, ("any",), path)
        return schema.Any(any=below)
    same = _as(plain.get("same"), _SAME, (*path, "same"))
    if kind == "all":
        _only(plain, ("all", "same"), path)
        return schema.All(all=below, same=same)
    _only(plain, ("at_least", "of", "same"), path)
    count = _as(plain["at_least"], int, (*path, "at_least"))
    return schema.AtLeast(at_least=count, of=below, same=same)


_FIELDS = msgspec.structs.fields(Rule)
_SAME = next(f.type for f in msgspec.structs.fields(schema.All) if f.name == "same")


def _only(plain: Mapping[str, Any], allowed: tuple[str, ...], path: Path) -> None:
    for key in plain:
        if key not in allowed:
            raise RuleMalformed(f"`{allowed[0]}` takes no `{key}`", (*path, key))


def _with_text_quantities(plain: Mapping[str, Any]) -> dict[str, Any]:
    """A bare number, of something without a unit of measure, becomes text like the others."""
    return {key: _as_text(value) if key in QUANTITIES else value for key, value in plain.items()}


def _as_text(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_text(part) for part in value]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else value


def _as(value: Any, kind: Any, path: Path) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise RuleMalformed(str(error), path) from None


def children(node: Node) -> Iterator[Node]:
    """The conditions one step below."""
    condition, path = node
    match condition:
        case schema.All(all=parts):
            yield from (Node(part, (*path, "all", i)) for i, part in enumerate(parts))
        case schema.Any(any=parts):
            yield from (Node(part, (*path, "any", i)) for i, part in enumerate(parts))
        case schema.AtLeast(of=parts):
            yield from (Node(part, (*path, "of", i)) for i, part in enumerate(parts))
        case schema.Not(not_=part):
            yield Node(part, (*path, "not"))


def walk(condition: Condition, path: Path = ("when",)) -> Iterator[Node]:
    """A condition and everything below it, in the order of the file."""
    node = Node(condition, path)
    yield node
    for child in children(node):
        yield from walk(child.condition, child.path)


def selections(condition: Condition) -> Iterator[tuple[str, schema.Where | None, Path]]:
    """Every concept a leaf looks at, how it is narrowed, and the steps to it."""
    match condition:
        case schema.LastN(of_concept=concept, where=where):
            yield concept, where, ("of_concept",)
        case schema.Product(product=pair):
            yield from ((concept, None, ("product", i)) for i, concept in enumerate(pair))
        case schema.During():
            yield condition.during.concept, condition.during.where, ("during", "concept")
            yield condition.holding.concept, condition.holding.where, ("holding", "concept")
        case schema.Before():
            yield condition.before.concept, condition.before.where, ("before", "concept")
            yield condition.of.concept, condition.of.where, ("of", "concept")
        case (
            schema.Latest()
            | schema.Change()
            | schema.Active()
            | schema.Ever()
            | schema.Recent()
            | schema.Duration()
        ):
            kind = kind_of(condition)
            yield getattr(condition, kind), condition.where, (kind,)


def concepts_of(condition: Condition) -> tuple[str, ...]:
    """Every concept that a condition or a part of it looks at, sorted."""
    found = {c for node in walk(condition) for c, _, _ in selections(node.condition)}
    return tuple(sorted(found))


def rules_named(condition: Condition) -> tuple[str, ...]:
    """Every rule whose answer a condition asks for, sorted."""
    conditions = (node.condition for node in walk(condition))
    return tuple(sorted({c.rule for c in conditions if isinstance(c, schema.RuleIs)}))


class Part(NamedTuple):
    """A condition as it was written; `condition` is None where it cannot be parsed alone."""

    plain: Mapping[str, Any]
    condition: Condition | None
    path: Path


def parts_written(plain: Any, path: Path = ("when",)) -> Iterator[Part]:
    """Every condition of a file that may hold mistakes, so that one does not hide the others."""
    if not isinstance(plain, Mapping):
        return
    try:
        condition: Condition | None = parse_condition(plain, path)
    except RuleMalformed:
        condition = None
    yield Part(plain, condition, path)
    for key in ("all", "any", "of"):
        if isinstance(plain.get(key), list):
            for i, part in enumerate(plain[key]):
                yield from parts_written(part, (*path, key, i))
    if "not" in plain:
        yield from parts_written(plain["not"], (*path, "not"))
