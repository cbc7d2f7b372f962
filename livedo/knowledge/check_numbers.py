"""Checks of the numbers in a rule: units of measure, sources, and what may be adjusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from livedo.errors import UnknownUnit
from livedo.knowledge import schema
from livedo.knowledge.check_references import NO_SOURCE, RuleFile
from livedo.knowledge.load import KindDef
from livedo.knowledge.mistakes import Report
from livedo.knowledge.numbers import Measure, Number, Range, amount, names_of, numbers_of, range_of
from livedo.knowledge.schema import Condition
from livedo.knowledge.tree import LIMIT_FACTORS, QUANTITIES, Node, Part
from livedo.knowledge.vocabulary import Vocabulary
from livedo.quantity import UnitTable, equals, span_in_days

Stated = Mapping[str, Sequence[tuple[float, str]]]
"""Every number that each threshold states, with its unit, in both systems."""

_COMPARISONS = (*QUANTITIES, *LIMIT_FACTORS, "outside_reference", "interpreted", "present")


def check_numbers(
    file: RuleFile,
    vocabulary: Vocabulary,
    stated: Stated,
    kinds: Mapping[str, KindDef],
    report: Report,
) -> None:
    """Every number of one rule file. What an unknown concept is compared with is left alone."""
    units = vocabulary.units
    numbers: list[Number] = []
    for part in file.parts:
        if part.condition is None:
            continue
        _check_comparison(file, part, part.condition, report)
        _check_count(file, part, part.condition, report)
        found = numbers_of(Node(part.condition, part.path))
        numbers.extend(n for n in found if all(c in vocabulary.concepts for c in n.concepts))
    readable = [number for number in numbers if _has_unit(file, number, units, report)]
    _check_sources(file, readable, units, stated, report)
    _check_adjustable(file, numbers, units, kinds, report)


def _check_comparison(file: RuleFile, part: Part, condition: Condition, report: Report) -> None:
    """A comparison says exactly one thing; `or_word` only goes with a number."""
    if isinstance(condition, schema.Comparison):
        said = [name for name in _COMPARISONS if getattr(condition, name) is not None]
    elif isinstance(condition, schema.Duration):
        said = [n for n in ("above", "at_least", "below") if getattr(condition, n) is not None]
    elif isinstance(condition, schema.PersonIs) and condition.person != "dead":
        fields = {"age": ("above", "at_least", "below"), "sex": ("is_",)}[condition.person]
        said = [name for name in fields if getattr(condition, name) is not None]
    else:
        return
    if len(said) != 1:
        code = "two_comparisons" if said else "no_comparison"
        report.add(file.document, part.path, code, found=", ".join(said))


def _check_count(file: RuleFile, part: Part, condition: Condition, report: Report) -> None:
    """No count can ask for more than there is."""
    if isinstance(condition, schema.AtLeast):
        wanted, among, field = condition.at_least, len(condition.of), "at_least"
    elif isinstance(condition, schema.LastN):
        wanted, among, field = condition.k, condition.last_n, "k"
    else:
        return
    if not 1 <= wanted <= among:
        at = (*part.path, field)
        report.add(file.document, at, "count_impossible", wanted=wanted, among=among)


def _has_unit(file: RuleFile, number: Number, units: UnitTable, report: Report) -> bool:
    try:
        amount(number, units)
    except UnknownUnit as error:
        about = " x ".join(number.concepts) or number.field
        report.add(
            file.document,
            number.path,
            "unit_unknown",
            value=number.text,
            about=about,
            accepted=error.next_step,
        )
        return False
    return True


def _check_sources(
    file: RuleFile, numbers: Sequence[Number], units: UnitTable, stated: Stated, report: Report
) -> None:
    """Every threshold is stated by a source that is named, or admitted to be our own."""
    named = file.list_of("threshold_from")
    thresholds = [number for number in numbers if number.measure.is_threshold]
    if not named:
        for number in thresholds:
            report.add(file.document, number.path, "threshold_missing", value=number.text)
        return
    if NO_SOURCE in named:
        return
    known = {name: stated[name] for name in named if name in stated}
    for number in thresholds:
        if known and not any(_states(number, pair, units) for s in known.values() for pair in s):
            words = _in_words(known)
            at = number.path
            report.add(file.document, at, "threshold_differs", value=number.text, stated=words)
    for name, pairs in known.items():
        if pairs and not any(_states(n, pair, units) for n in numbers for pair in pairs):
            at = ("threshold_from", named.index(name))
            report.add(
                file.document, at, "threshold_unused", name=name, stated=_in_words({name: pairs})
            )


def _states(number: Number, pair: tuple[float, str], units: UnitTable) -> bool:
    """Whether a source states this number in the unit in which the rule writes it."""
    value, unit = pair
    if number.measure in {Measure.SPAN, Measure.AGE, Measure.WINDOW}:
        return _is_same_span(number, value, unit)
    written, written_unit = units.parse(number.text)
    if not equals(abs(written), abs(value)):
        return False
    if number.measure in {Measure.FACTOR, Measure.COUNT, Measure.PERCENT}:
        return True
    accepted = set(units.units_of(number.concepts[0])) if number.concepts[0] in units else set()
    spelled = units.spelling(unit)
    # A source may count in words that are no unit of measure ("points of 10").
    return spelled == written_unit or spelled not in accepted


def _is_same_span(number: Number, value: float, unit: str) -> bool:
    try:
        stated = span_in_days(f"{value:g} {unit}".strip())
        return equals(span_in_days(number.text), stated)
    except UnknownUnit:
        return False


def _in_words(stated: Stated) -> str:
    texts = [
        f"{name}: " + (", ".join(f"{value:g} {unit}" for value, unit in pairs) or "-")
        for name, pairs in stated.items()
    ]
    return "; ".join(texts)


def _check_adjustable(
    file: RuleFile,
    numbers: Sequence[Number],
    units: UnitTable,
    kinds: Mapping[str, KindDef],
    report: Report,
) -> None:
    adjustable = file.field("adjustable")
    if not isinstance(adjustable, dict) or not adjustable:
        return
    kind = kinds.get(file.rule_id.partition("/")[0])
    if kind is not None and not kind.is_adjustable:
        report.add(file.document, ("adjustable",), "adjustable_not_allowed", kind=kind.id)
    for key, text in adjustable.items():
        _check_range(file, str(key), str(text), numbers, units, report)


def _check_range(
    file: RuleFile,
    key: str,
    text: str,
    numbers: Sequence[Number],
    units: UnitTable,
    report: Report,
) -> None:
    """An adjustable number exists, is one, and lies in its own range."""
    at = ("adjustable", key)
    meant = [number for number in numbers if key in names_of(number)]
    ends = range_of(text)
    if not meant:
        names = sorted({name for number in numbers for name in names_of(number)})
        report.add(file.document, at, "adjustable_unknown", meant=(key, names), field=key)
    elif len({number.text for number in meant}) > 1:
        names = sorted({next(names_of(number)) for number in meant})
        report.add(file.document, at, "adjustable_unclear", field=key, names=", ".join(names))
    elif ends is None:
        report.add(file.document, at, "adjustable_unreadable", value=text)
    elif not _is_inside(meant[0], ends, units):
        value = meant[0].text
        report.add(file.document, at, "adjustable_excludes", value=value, range=text)


def _is_inside(number: Number, ends: Range, units: UnitTable) -> bool:
    try:
        low, high = (amount(number, units, end) for end in ends)
    except UnknownUnit:
        return False
    value = amount(number, units)
    return low < high and low <= value <= high
