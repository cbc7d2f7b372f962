"""The figures of the yearly report: years under each definition, and curves after diagnosis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from livedo.registry.small_numbers import HIDDEN
from livedo.registry.yearly_parts import Breakdown, Column, Curve, CurveFamily, YearlyReport
from livedo.surfaces.figures.by_year import Level, Point, by_year
from livedo.surfaces.figures.plain import Figure, Scale, even_scale
from livedo.surfaces.figures.step_curves import LOOKS, Line, Step, Time, step_curves
from livedo.surfaces.registry_words import PER, RegistryWords

AXIS = ((0, 0), (183, 6), (365, 12), (730, 24), (1096, 36))
"""Days of the axis, which are days of `outcomes.yaml`, with their months."""

ONE_YEAR = 365
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)

Named = tuple[str, Figure]


def year_figures(report: YearlyReport, words: RegistryWords) -> list[Named]:
    """Incidence of every year under each definition, all on one scale."""
    breakdown = report.breakdown("incidence", "year")
    if breakdown is None:
        return []
    scale = even_scale(max(_tops(breakdown), default=1.0))
    labels = tuple(words.tick(tick) for tick in scale.ticks)
    return [
        _year_figure(list(pairs), breakdown, scale, labels, words)
        for _, pairs in groupby(enumerate(breakdown.columns), key=lambda p: p[1].definition)
    ]


def _tops(breakdown: Breakdown) -> Iterator[float]:
    for row in breakdown.rows:
        for cell in row.cells:
            if cell.estimate is not None:
                high = cell.estimate.high
                yield (cell.estimate.value if high is None else high) * PER


def _year_figure(
    pairs: list[tuple[int, Column]],
    breakdown: Breakdown,
    scale: Scale,
    labels: Sequence[str],
    words: RegistryWords,
) -> Named:
    levels = []
    for number, column in pairs:
        name = words.level(column) if len(pairs) > 1 else ""
        points = tuple(_point(row.cells[number]) for row in breakdown.rows)
        levels.append(Level(name, points))
    title = words.definition(pairs[0][1].definition)
    years = [row.group for row in breakdown.rows]
    said = _years_said(title, years, levels, words)
    return title, by_year(years, levels, scale, labels, said)


def _point(cell: object) -> Point:
    estimate = getattr(cell, "estimate", None)
    if estimate is None or getattr(cell, "cases", None) is HIDDEN:
        return Point(None)
    low, high = (None if x is None else x * PER for x in (estimate.low, estimate.high))
    return Point(estimate.value * PER, low, high)


def _years_said(
    title: str, years: Sequence[str], levels: Sequence[Level], words: RegistryWords
) -> str:
    """The figure in words."""
    parts = []
    for level in levels:
        values = ", ".join(
            f"{year} " + (words.said("hidden") if p.value is None else words.short(p.value))
            for year, p in zip(years, level.points, strict=True)
        )
        parts.append(f"{level.name} {values}".strip())
    return words.said("occurrence.figure_said", definition=title, what="; ".join(parts))


# -- curves --------------------------------------------------------------------------------


def curve_figures(report: YearlyReport, words: RegistryWords) -> list[Named]:
    """Survival of everybody, the two kinds of death, then by site and by ulcer."""
    wanted = (
        ("everybody", "survival", "survival"),
        ("everybody", "incidence", "causes"),
        ("site", "survival", "by_site"),
        ("site", "incidence", "disease_by_site"),
        ("ulcerated", "survival", "by_ulcer"),
        ("ulcerated", "incidence", "disease_by_ulcer"),
        ("everybody", "closure", "closure"),
    )
    found = []
    for by, measure, key in wanted:
        family = report.family(by, measure)
        if family is not None:
            title = words.said(f"outcomes.{key}")
            found.append((title, _curve_figure(family, title, report.made.policy.is_on, words)))
    return found


def _curve_figure(
    family: CurveFamily, title: str, is_gathered: bool, words: RegistryWords
) -> Figure:
    curves = drawn_curves(family)
    # Causes of one group share their people at risk: one row says it for all.
    is_shared = len({curve.group for curve in curves}) == 1
    lines = [
        Line(
            curve_name(family, curve, words),
            _steps(curve),
            () if is_shared and n else _at_risk(curve, words),
            look,
            words.said("outcomes.alive") if is_shared else "",
        )
        for n, (curve, look) in enumerate(zip(curves, LOOKS, strict=False))
    ]
    shares = [(share, words.said("percent", n=round(share * 100))) for share in SHARES]
    start = 1.0 if family.measure == "survival" else 0.0
    said = words.said("outcomes.said", title=title, groups=_curves_said(family, words))
    return step_curves(lines, _time(words, is_gathered), shares, start, said)


def drawn_curves(family: CurveFamily) -> list[Curve]:
    """The curves of a figure: a group without anybody is in the table alone."""
    return [curve for curve in family.curves if curve.people != 0]


def curve_name(family: CurveFamily, curve: Curve, words: RegistryWords) -> str:
    """What tells one curve of a figure from the others: the group, or the cause."""
    if family.measure == "closure":
        return words.said(f"outcomes.cause.{curve.cause}")
    if family.by == "everybody" and family.measure == "incidence":
        return words.said(f"outcomes.cause.{curve.cause}")
    if family.by == "everybody":
        return words.said("outcomes.alive")
    # The title of the figure says by what; beside a line there is room for a word.
    return words.or_id("outcomes.short", curve.group)


def _steps(curve: Curve) -> tuple[Step, ...]:
    return tuple(Step(p.day, p.share, p.low, p.high) for p in curve.points)


def _at_risk(curve: Curve, words: RegistryWords) -> tuple[str, ...]:
    """Numbers at risk on the days of the axis; blank where the curve says nothing."""
    known = {at.day: at.at_risk for at in curve.at}
    return tuple(words.plain(known[day]) if day in known else "" for day in axis_days())


def axis_days() -> tuple[int, ...]:
    """Days of the axis."""
    return tuple(day for day, _ in AXIS)


def _time(words: RegistryWords, is_gathered: bool) -> Time:
    labels = tuple(str(month) for _, month in AXIS)
    return Time(
        axis_days(),
        labels,
        words.said("outcomes.months"),
        words.said("outcomes.at_risk"),
        words.said("hidden"),
        is_joined=is_gathered,
    )


def _curves_said(family: CurveFamily, words: RegistryWords) -> str:
    parts = []
    for curve in drawn_curves(family):
        name = curve_name(family, curve, words)
        at = curve.on(ONE_YEAR)
        if at is None or at.share is None:
            parts.append(words.said("outcomes.said_hidden", group=name))
            continue
        dead = at.share.value
        share = words.share(1 - dead if family.measure == "survival" else dead)
        parts.append(words.said("outcomes.said_group", group=name, share=share))
    return "; ".join(parts)
