"""One definition over the years: each level a line of points with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from livedo.surfaces.figures.plain import Figure, Scale, apart, at, circle, path, text

LEFT, RIGHT, TOP, HEIGHT, WIDTH = 34, 74, 12, 110, 190
AXIS = 24
SHIFT = 6
"""Levels of one year stand beside each other."""

LOOKS = ("dot", "half", "d0")


@dataclass(frozen=True)
class Point:
    """A year's value with its interval; nothing where it is hidden."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Level:
    """One level of the definition, the surest first."""

    name: str
    points: tuple[Point, ...]


def by_year(
    years: Sequence[str], levels: Sequence[Level], scale: Scale, labels: Sequence[str], said: str
) -> Figure:
    """The figure of one definition; every definition is drawn on the same scale."""
    gap = WIDTH / len(years)
    middles = [LEFT + gap * (n + 0.5) for n in range(len(years))]
    marks = [_grid(scale, labels)]
    for x, year in zip(middles, years, strict=True):
        marks.append(text(x, TOP + HEIGHT + 16, year, "t3 m"))
    for n, level in enumerate(levels):
        aside = SHIFT * (n - (len(levels) - 1) / 2)
        marks.append(_level(level, [x + aside for x in middles], scale, LOOKS[n % len(LOOKS)]))
    marks.append(_names(levels, scale))
    height = TOP + HEIGHT + AXIS
    return Figure(Markup("").join(marks), LEFT + WIDTH + RIGHT, height, said)


def _y(scale: Scale, value: float) -> float:
    return TOP + (1 - scale.share(value)) * HEIGHT


def _grid(scale: Scale, labels: Sequence[str]) -> Markup:
    marks = []
    for tick, label in zip(scale.ticks, labels, strict=True):
        y = _y(scale, tick)
        marks += [path(f"M{at(LEFT, y)}H{at(LEFT + WIDTH)}", "ax")]
        marks += [text(LEFT - 5, y + 4, label, "t3 e")]
    return Markup("").join(marks)


def _level(level: Level, places: Sequence[float], scale: Scale, look: str) -> Markup:
    marks = []
    run: list[str] = []
    lines = ""
    for x, point in zip(places, level.points, strict=True):
        if point.value is None:
            lines, run = lines + _joined(run), []
            marks.append(path(f"M{at(x - 3, TOP + HEIGHT - 14)}h6v14h-6z", "hatch"))
            continue
        y = _y(scale, point.value)
        run.append(at(x, y))
        if point.low is not None and point.high is not None:
            ends = f"M{at(x, _y(scale, point.low))}V{at(_y(scale, point.high))}"
            marks.append(path(ends, "ci" if look == "dot" else "ci0"))
        marks.append(circle(x, y, 3.2, look))
    lines += _joined(run)
    return (path(lines, "thread") if lines else Markup("")) + Markup("").join(marks)


def _joined(run: Sequence[str]) -> str:
    return "M" + "L".join(run) if len(run) > 1 else ""


def _names(levels: Sequence[Level], scale: Scale) -> Markup:
    """The name of each level beside its last year; where that is hidden, at the foot."""
    ends = [
        _y(scale, 0.0 if (last := level.points[-1].value) is None else last) for level in levels
    ]
    places = apart(ends, 12)
    over = max(0.0, max(places, default=0.0) - (TOP + HEIGHT))
    return Markup("").join(
        text(LEFT + WIDTH + 6, y - over + 4, level.name, "t1" if n == 0 else "")
        for n, (level, y) in enumerate(zip(levels, places, strict=True))
    )
