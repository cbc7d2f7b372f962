"""The tables of a yearly report as rows for files: the same in every language.

A number is written whole or as short as it can be read back exactly; one that may not be shown
is the word `hidden`; nothing is written where there is no number.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator

import msgspec

from livedo.registry.small_numbers import HIDDEN, Count
from livedo.registry.yearly_parts import Estimate, Named, YearlyReport

Value = str | int | float | Count | None
Rows = Iterator[tuple[Value, ...]]

SUMS = "SHA256SUMS"
"""Checked by `sha256sum -c SHA256SUMS`."""

MADE = "made.json"


def files_of(report: YearlyReport) -> dict[str, str]:
    """Every table by file name, how it was made, and the sums of all of them."""
    files = {f"{name}.csv": _written(head, rows(report)) for name, (head, rows) in TABLES.items()}
    made = msgspec.json.format(msgspec.json.encode(_made(report), order="deterministic"), indent=2)
    files[MADE] = made.decode() + "\n"
    lines = (f"{_sum(text)}  {name}\n" for name, text in sorted(files.items()))
    files[SUMS] = "".join(lines)
    return files


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _made(report: YearlyReport) -> dict[str, object]:
    return {
        "years": report.years,
        "is_invented": report.is_invented,
        "main": report.main,
        "made": report.made,
    }


def _written(head: str, rows: Iterable[tuple[Value, ...]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head.split())
    for row in rows:
        writer.writerow([cell(value) for value in row])
    return out.getvalue()


def cell(value: Value) -> str:
    """One value as text."""
    if value is None:
        return ""
    if value is HIDDEN:
        return "hidden"
    return repr(value) if isinstance(value, float) else str(value)


def _three(estimate: Estimate | None) -> tuple[Value, Value, Value, Value]:
    if estimate is None:
        return (None, None, None, None)
    return (estimate.value, estimate.low, estimate.high, estimate.method)


def _occurrence(report: YearlyReport) -> Rows:
    for b in report.breakdowns:
        for row in b.rows:
            for column, each in zip(b.columns, row.cells, strict=True):
                yield (
                    b.measure, b.by, b.period, row.group, column.definition, column.level,
                    row.people, each.cases, each.person_years, *_three(each.estimate),
                )  # fmt: skip


def _standardised(report: YearlyReport) -> Rows:
    for b in report.breakdowns:
        for column, each in zip(b.columns, b.standardised, strict=False):
            yield (
                b.measure, b.period, b.standard, column.definition, column.level,
                *_three(each.estimate),
            )  # fmt: skip


def _attrition(report: YearlyReport) -> Rows:
    for step in report.steps:
        yield (step.chain, step.id, step.left, None, None)
        for lost in step.lost:
            yield (step.chain, step.id, None, lost.id, lost.count)


def _published(report: YearlyReport) -> Rows:
    for item in report.published:
        yield (
            item.id, item.claim, item.measure, item.cause, item.horizon_days, item.year,
            item.years, item.population.en, item.definition.en, item.as_printed, item.cases,
            item.people, item.value, item.low, item.high,
            "yes" if item.is_range else "no", "yes" if item.is_computed else "no",
        )  # fmt: skip


def _sex_ratio(report: YearlyReport) -> Rows:
    for each in report.sex_ratios:
        women, men = each.female_rate, each.male_rate
        yield (
            each.column.definition, each.column.level, each.female, each.male,
            *_three(each.ratio),
            women.value if women else None, men.value if men else None,
        )  # fmt: skip


def _trend(report: YearlyReport) -> Rows:
    for each in report.trends:
        yield (each.column.definition, each.column.level, *_three(each.times_a_year))


def _curves(report: YearlyReport) -> Rows:
    for family in report.families:
        for curve in family.curves:
            for point in curve.points:
                yield (
                    family.measure, family.by, curve.group, curve.cause,
                    point.day, point.share, point.low, point.high,
                )  # fmt: skip


def _at_days(report: YearlyReport) -> Rows:
    for family in report.families:
        for curve in family.curves:
            for at in curve.at:
                yield (
                    family.measure, family.by, curve.group, curve.cause, at.day, at.at_risk,
                    *_three(at.share),
                )  # fmt: skip


def _outcomes(report: YearlyReport) -> Rows:
    for family in report.families:
        for curve in family.curves:
            yield (
                family.measure, family.by, curve.group, curve.cause, curve.people, curve.events,
                curve.median,
            )  # fmt: skip


def _delays(report: YearlyReport) -> Rows:
    for each in report.delays:
        yield (
            each.id, each.people, each.not_known, each.missed,
            each.lower, each.median, each.upper,
        )  # fmt: skip


def _register(report: YearlyReport) -> Rows:
    register = report.register
    yield ("cases", "all", register.cases, None)
    yield ("cases", "entered", register.entered, register.cases)
    for part, found in (
        ("field", register.fields),
        ("follow_up", register.follow_up),
        ("readers", register.readers),
    ):
        yield from ((part, each.id, each.count, each.of) for each in found)
    if register.kappa is not None:
        yield ("readers", "kappa", register.kappa.value, None)


def _counts(which: Callable[[YearlyReport], tuple[Named, ...]]) -> Callable[[YearlyReport], Rows]:
    def rows(report: YearlyReport) -> Rows:
        yield from ((each.id, each.count) for each in which(report))

    return rows


ESTIMATE = "value low high method"
TABLES: dict[str, tuple[str, Callable[[YearlyReport], Rows]]] = {
    "occurrence": (
        f"measure by period group definition level people cases person_years {ESTIMATE}",
        _occurrence,
    ),
    "standardised": (f"measure period standard definition level {ESTIMATE}", _standardised),
    "attrition": ("chain step left reason lost", _attrition),
    "published": (
        "id claim measure cause horizon_days year years population definition as_printed cases "
        "people value low high is_range is_computed",
        _published,
    ),
    "sex_ratio": (f"definition level women men {ESTIMATE} women_rate men_rate", _sex_ratio),
    "trend": (f"definition level {ESTIMATE}", _trend),
    "not_worked_up": ("period people", _counts(lambda report: report.not_worked_up)),
    "outside_dialysis": ("definition people", _counts(lambda report: report.outside_dialysis)),
    "curves": ("measure by group cause day share low high", _curves),
    "at_days": (f"measure by group cause day at_risk {ESTIMATE}", _at_days),
    "outcomes": ("measure by group cause people events median_days", _outcomes),
    "delays": ("delay people not_known missed lower_days median_days upper_days", _delays),
    "first_wrong": ("diagnosis people", _counts(lambda report: report.first_wrong)),
    "register": ("part id count of", _register),
}
"""Each table: its columns, and its rows."""
