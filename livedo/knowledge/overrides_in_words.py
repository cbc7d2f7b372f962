"""A centre's overrides in words: what was changed, by whom, why, and why one is refused."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from livedo.knowledge.clauses import Clauses
from livedo.knowledge.load import Knowledge
from livedo.knowledge.numbers import Measure, Number
from livedo.knowledge.overrides import (
    Adjustable,
    Override,
    Refusal,
    adjustables,
    overrides_of,
    protected_from,
    shipped,
)

LONGEST_QUOTED = 40


def override_texts(rule_id: str, knowledge: Knowledge, language: str) -> Iterator[str]:
    """What a centre changed in a rule: the number, what it was, who, when and why."""
    for override in overrides_of(rule_id, knowledge):
        yield override_text(override, knowledge, language)


def override_text(override: Override, knowledge: Knowledge, language: str) -> str:
    """One override as a sentence."""
    clauses = Clauses(shipped(knowledge), language)
    adjustable = adjustable_of(override.rule, override.field, knowledge)
    said = _text(
        clauses,
        "changed_by_centre" if override.centre else "changed",
        centre=override.centre,
        field=number_named(override.field, clauses),
        value=value_text(adjustable.number, override.value, clauses),
        was=value_text(adjustable.number, adjustable.number.text, clauses),
        by=override.by,
        on=override.on,
        reason=override.reason.strip().removesuffix("."),
    )
    if protected_from(override.rule, knowledge):
        return f"{said} {_text(clauses, 'danger_keeps')}"
    return said


def adjustable_of(rule_id: str, field: str, knowledge: Knowledge) -> Adjustable:
    """The number that a centre may change, as it was shipped."""
    offered = adjustables(shipped(knowledge).rules[rule_id])
    return next(each for each in offered if each.field == field)


def value_text(number: Number, text: str, clauses: Clauses) -> str:
    """A value of a number as people write it, in both customary units."""
    match number.measure:
        case Measure.WINDOW:
            return clauses.text("days", count=int(float(text.partition(" ")[0])))
        case Measure.SPAN:
            return clauses.span(text if " " in text else f"{text} days")
        case Measure.DOSE:
            return clauses.dose(text)
        case Measure.QUANTITY:
            return clauses.quantity(number.concepts[0], text)
    return clauses.number(text)


def bounds_text(adjustable: Adjustable, clauses: Clauses) -> str:
    """What a number may be set to: "1.13 mmol/L (3.5 mg/dL) to 2.0 mmol/L (6.2 mg/dL)"."""
    low, high = (value_text(adjustable.number, end, clauses) for end in adjustable.bounds)
    return clauses.text("rule.span", low=low, high=high)


def refusal_text(refusal: Refusal, knowledge: Knowledge, language: str) -> str:
    """Why an override cannot be used, and what could be."""
    base = shipped(knowledge)
    clauses = Clauses(base, language)
    override, adjustable = refusal.override, refusal.adjustable
    rule = base.rules.get(override.rule)
    wanted = override.field if rule is not None else override.rule
    near = difflib.get_close_matches(wanted, refusal.meant, n=1)
    return _text(
        clauses,
        f"refused.{refusal.key}",
        rule=override.rule[:LONGEST_QUOTED],
        field=override.field[:LONGEST_QUOTED],
        value=override.value[:LONGEST_QUOTED],
        title="" if rule is None else getattr(rule.title, language),
        number="" if adjustable is None else number_named(adjustable.field, clauses),
        bounds="" if adjustable is None else bounds_text(adjustable, clauses),
        units="" if adjustable is None else units_text(adjustable, clauses),
        meant=_text(clauses, "meant", name=near[0]) if near else "",
        offered=", ".join(refusal.meant) if refusal.key == "no_such_field" else "",
    )


def units_of(adjustable: Adjustable, knowledge: Knowledge) -> tuple[str, ...]:
    """The units of measure in which a number may be written, that of its bounds first."""
    number = adjustable.number
    first = adjustable.bounds.low.partition(" ")[2]
    match number.measure:
        case Measure.WINDOW | Measure.SPAN:
            return ("days",)
        case Measure.QUANTITY | Measure.DOSE | Measure.DIFFERENCE:
            units = knowledge.vocabulary.units
            concept = number.concepts[0]
            spelled = number.text.partition(" ")[2]
            usual = (first, spelled, units.canonical(concept), units.conventional(concept) or "")
            known = [unit for unit in usual if unit in units.units_of(concept)]
            return tuple(dict.fromkeys(known)) or (first,)
    return (first,)


def units_text(adjustable: Adjustable, clauses: Clauses) -> str:
    """The units of measure that a number may be written in, as people write them."""
    names = [unit_text(unit, clauses) for unit in units_of(adjustable, clauses.knowledge) if unit]
    names = [name for name in names if name] or [_text(clauses, "no_unit")]
    return clauses.joined("list_or", names)


def unit_text(unit: str, clauses: Clauses) -> str:
    """A unit of measure as people write it; empty where there is none."""
    if unit == "days":
        return _text(clauses, "days")
    return clauses.number(f"1 {unit}").partition(" ")[2]


def number_named(key: str, clauses: Clauses) -> str:
    """What `within_days`, `lab.phosphate.above` or `drug.warfarin.dose.above` names."""
    owner, _, field = key.rpartition(".")
    concept = owner.removesuffix("dose").removesuffix(".")
    name = clauses.name(concept) if concept else ""
    if owner.endswith("dose"):
        return clauses.text("field.dose", name=name)
    words = clauses.text(f"field.{field}")
    return clauses.text("field.of_concept", field=words, name=name) if name else words


def _text(clauses: Clauses, key: str, /, **values: object) -> str:
    return clauses.words.text(f"overrides.{key}", **values)
