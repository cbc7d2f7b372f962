"""A centre's own numbers in the rules: within the bounds of each rule, with author and reason.

A rule says under `adjustable` which of its numbers a centre may change, and how far. The
danger and safety rules, and all others of a kind that a centre cannot change, keep the
shipped number also where they ask a rule that was changed: a copy of that rule as it was
shipped answers them. So an override never silences a danger and never lifts a caution.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from livedo.errors import OverrideRefused, UnknownUnit
from livedo.knowledge import schema
from livedo.knowledge.load import Knowledge
from livedo.knowledge.numbers import (
    Measure,
    Number,
    Range,
    amount,
    names_of,
    numbers_of,
    range_of,
)
from livedo.knowledge.schema import Condition, Rule
from livedo.knowledge.tree import Path, rules_named, walk
from livedo.quantity import UnitTable, reaches, span_in_days

SHIPPED = "shipped"
"""Kind of the copies that answer for rules which no centre can change. No rule of a file has it."""

LONGEST_REASON = 500
_WRITTEN = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?)\s*(.*)")


class Override(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One number of one rule, as a centre wants it. `field` is a name under `adjustable`."""

    rule: str
    field: str
    value: str
    """With its unit of measure: "1.9 mmol/L"; whole days for a window."""
    reason: str
    by: str
    on: str
    """The day on which it was decided: 2026-11-20."""
    centre: str = ""


class Adjustable(NamedTuple):
    """A number that a centre may change. Several conditions may share it."""

    rule: str
    field: str
    numbers: tuple[Number, ...]
    bounds: Range

    @property
    def number(self) -> Number:
        """The number as the rule has it."""
        return self.numbers[0]


class Refusal(NamedTuple):
    """Why an override cannot be used: a text `overrides.refused.KEY` and what fills it."""

    override: Override
    key: str
    adjustable: Adjustable | None = None
    meant: tuple[str, ...] = ()


class Fitting(NamedTuple):
    """Knowledge with the overrides that can be used, and those that cannot."""

    knowledge: Knowledge
    refused: tuple[Refusal, ...]


def adjustables(rule: Rule) -> tuple[Adjustable, ...]:
    """The numbers of a rule that a centre may change, in the order of its file."""
    numbers = [number for node in walk(rule.when) for number in numbers_of(node)]
    found = []
    for field, text in rule.adjustable.items():
        meant = tuple(number for number in numbers if field in names_of(number))
        bounds = range_of(text)
        if meant and bounds is not None:
            found.append(Adjustable(rule.id, field, meant, bounds))
    return tuple(found)


def shipped(knowledge: Knowledge) -> Knowledge:
    """The same knowledge without a centre's overrides."""
    if knowledge.overrides and knowledge.changed_from is not None:
        return knowledge.changed_from
    return knowledge


def with_overrides(knowledge: Knowledge, overrides: Sequence[Override]) -> Knowledge:
    """The knowledge with a centre's own numbers, which take the place of any it had before.

    Of several for one number the last is used. Without any, it is the shipped knowledge.

    Raises:
        OverrideRefused: some cannot be used; all of them are named.
    """
    fitting = those_that_fit(knowledge, overrides)
    if fitting.refused:
        from livedo.knowledge.overrides_in_words import refusal_text

        base = shipped(knowledge)
        said = [refusal_text(refusal, base, "en") for refusal in fitting.refused]
        raise OverrideRefused(
            " ".join(said),
            still_works="Nothing was changed; the rules keep their numbers.",
            next_step="livedo knowledge show RULE says what a centre may change",
        )
    return fitting.knowledge


def those_that_fit(knowledge: Knowledge, overrides: Iterable[Override]) -> Fitting:
    """The knowledge with every override that can be used; the others are named.

    For a service, which starts even if a newer version of a rule no longer allows a number.
    """
    base = shipped(knowledge)
    last = {(each.rule, each.field): each for each in overrides}
    rules = dict(base.rules)
    used, refused = [], []
    for _, override in sorted(last.items()):
        refusal, text = _judged(override, base)
        if refusal is not None:
            refused.append(refusal)
            continue
        rules[override.rule] = _changed(rules[override.rule], override.field, text)
        used.append(msgspec.structs.replace(override, value=text))
    if not used:
        return Fitting(base, tuple(refused))
    kept = with_shipped_copies(rules, base)
    return Fitting(base.with_rules(kept, tuple(used)), tuple(refused))


def _judged(override: Override, base: Knowledge) -> tuple[Refusal | None, str]:
    """Why an override cannot be used, or its value as it will stand in the rule."""
    rule = base.rules.get(override.rule)
    if rule is None:
        return Refusal(override, "no_such_rule", meant=tuple(base.rules)), ""
    kind = base.kinds.get(rule.kind)
    if kind is None or not kind.is_adjustable:
        return Refusal(override, "protected"), ""
    offered = {each.field: each for each in adjustables(rule)}
    if not offered:
        return Refusal(override, "not_adjustable"), ""
    wanted = offered.get(override.field)
    if wanted is None:
        return Refusal(override, "no_such_field", meant=tuple(offered)), ""
    if not override.reason.strip() or len(override.reason) > LONGEST_REASON:
        return Refusal(override, "no_reason", wanted), ""
    if not override.by.strip():
        return Refusal(override, "no_author", wanted), ""
    return _measured(override, wanted, base.vocabulary.units)


def _measured(
    override: Override, wanted: Adjustable, units: UnitTable
) -> tuple[Refusal | None, str]:
    try:
        text = written(wanted.number, override.value, units)
        low, value, high = (
            comparable(wanted.number, units, each)
            for each in (wanted.bounds.low, text, wanted.bounds.high)
        )
    except UnknownUnit:
        return Refusal(override, "unreadable", wanted), ""
    if not (reaches(value, low) and reaches(high, value)):
        return Refusal(override, "outside", wanted), ""
    return None, text


def comparable(number: Number, units: UnitTable, text: str) -> float:
    """A value in the place of a number, on the scale on which it is compared.

    Raises:
        UnknownUnit: the unit of measure does not fit what is measured.
    """
    return span_in_days(text) if number.measure is Measure.WINDOW else amount(number, units, text)


def written(number: Number, value: str, units: UnitTable) -> str:
    """A value as it stands in a rule: "1.9 mmol/L", "180 days", "60".

    Raises:
        UnknownUnit: it is no number, its unit of measure does not fit, or a window is not
            whole days.
    """
    match = _WRITTEN.fullmatch(value.strip())
    if match is None:
        raise UnknownUnit("A threshold is a number and its unit of measure.")
    figure, unit = match.groups()
    days = number.measure in {Measure.WINDOW, Measure.SPAN}
    text = f"{figure} {unit.strip() or ('days' if days else '')}".strip()
    if number.measure is Measure.WINDOW:
        return str(_whole_days(text))
    if days:
        span_in_days(text)
        return text
    _, spelled = units.parse(text)
    return f"{figure} {spelled}" if unit.strip() else figure


def _whole_days(text: str) -> int:
    found = span_in_days(text)
    if not found.is_integer():
        raise UnknownUnit("A window is counted in whole days.")
    return int(found)


def _changed(rule: Rule, field: str, text: str) -> Rule:
    """The rule with another number everywhere where `field` names it."""
    when = rule.when
    for number in next(each for each in adjustables(rule) if each.field == field).numbers:
        when = _replaced(when, number.path[1:], _as_in(number, text))
    return msgspec.structs.replace(rule, when=when)


def _as_in(number: Number, text: str) -> str | int | float:
    """The value in the type that a condition has it in."""
    if number.measure in {Measure.WINDOW, Measure.COUNT}:
        return int(text)
    return float(text) if number.measure is Measure.FACTOR else text


def _replaced(thing: Any, path: Path, value: object) -> Any:
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        return (*thing[:step], _replaced(thing[step], rest, value), *thing[step + 1 :])
    name = "not_" if step == "not" else step
    return msgspec.structs.replace(thing, **{name: _replaced(getattr(thing, name), rest, value)})


# --- what no centre can change keeps the shipped number


def with_shipped_copies(rules: Mapping[str, Rule], base: Knowledge) -> dict[str, Rule]:
    """The rules, those that no centre can change asking copies of what was changed."""
    touched = touched_by(base, [id for id in rules if rules[id] is not base.rules[id]])
    kept = dict(rules)
    needed: list[str] = []
    for rule_id in touched:
        if is_protected(rule_id, base):
            kept[rule_id], asked = _asking_copies(base.rules[rule_id], touched, base)
            needed.extend(asked)
    while needed:
        rule_id = needed.pop()
        copy, asked = _asking_copies(base.rules[rule_id], touched, base)
        name = copy_id(rule_id)
        if name not in kept:
            kept[name] = msgspec.structs.replace(copy, id=name, title=_title(copy, base))
            needed.extend(asked)
    return kept


def copy_id(rule_id: str) -> str:
    """The id of the copy of a rule as it was shipped."""
    return f"{SHIPPED}/{rule_id}"


def is_protected(rule_id: str, knowledge: Knowledge) -> bool:
    """Whether no centre can change this rule: danger, safety, what the record holds."""
    kind = knowledge.kinds.get(rule_id.partition("/")[0])
    return kind is None or not kind.is_adjustable


def touched_by(knowledge: Knowledge, changed: Iterable[str]) -> frozenset[str]:
    """These rules and every rule that asks one of them, directly or not."""
    found = set(changed)
    for rule_id, rule in knowledge.rules.items():  # each after the rules it asks
        if not found.isdisjoint(rules_named(rule.when)):
            found.add(rule_id)
    return frozenset(found)


def protected_from(rule_id: str, knowledge: Knowledge) -> tuple[str, ...]:
    """The rules that keep the shipped number of a rule when a centre changes it."""
    base = shipped(knowledge)
    asking = touched_by(base, [rule_id])
    return tuple(sorted(id for id in asking if id != rule_id and is_protected(id, base)))


def _asking_copies(
    rule: Rule, touched: frozenset[str], base: Knowledge
) -> tuple[Rule, tuple[str, ...]]:
    """A rule that asks copies, and the rules of which it asks one."""
    asked = tuple(
        id for id in rules_named(rule.when) if id in touched and not is_protected(id, base)
    )
    return msgspec.structs.replace(rule, when=_renamed(rule.when, frozenset(asked))), asked


def _renamed(condition: Condition, names: frozenset[str]) -> Condition:
    match condition:
        case schema.RuleIs(rule=rule) if rule in names:
            return msgspec.structs.replace(condition, rule=copy_id(rule))
        case schema.Not(not_=part):
            return msgspec.structs.replace(condition, not_=_renamed(part, names))
        case schema.All(all=parts) | schema.Any(any=parts) | schema.AtLeast(of=parts):
            key = {schema.All: "all", schema.Any: "any", schema.AtLeast: "of"}[type(condition)]
            inner = tuple(_renamed(part, names) for part in parts)
            return msgspec.structs.replace(condition, **{key: inner})
    return condition


def _title(rule: Rule, base: Knowledge) -> schema.Text:
    said = {
        lang: base.wording(lang).text("overrides.copy_title", title=getattr(rule.title, lang))
        for lang in ("en", "da")
    }
    return schema.Text(**said)


def overrides_of(rule_id: str, knowledge: Knowledge) -> Iterator[Override]:
    """A centre's numbers in one rule."""
    return (each for each in knowledge.overrides if each.rule == rule_id)
