"""Curves over the time since diagnosis, with how many are still followed below them.

A group is told by the kind of its line and by its name at the end, never by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from livedo.surfaces.figures.plain import Figure, apart, at, path, text

LEFT, RIGHT, TOP, HEIGHT = 44, 132, 10, 168
WIDTH = 300
AXIS, ROW = 34, 15
LABEL_HEIGHT = 13
MOST_BANDS = 2
"""With more groups the bands would cover each other."""

LOOKS = ("k1", "k2", "k3", "k4", "k5")


@dataclass(frozen=True)
class Step:
    """The share from one day on, with its interval where one may be shown."""

    day: float
    share: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Line:
    """One group: its name, its steps, and the words of its numbers at risk."""

    name: str
    steps: tuple[Step, ...]
    at_risk: tuple[str, ...]
    """Empty where another line has the same people."""
    look: str
    at_risk_name: str = ""
    """Where the row is not of this line alone."""


@dataclass(frozen=True)
class Time:
    """Days of the axis with their labels."""

    days: tuple[int, ...]
    labels: tuple[str, ...]
    title: str
    at_risk_title: str
    hidden: str
    is_joined: bool = False
    """Straight from point to point: what a point tells happened on unknown days before it."""


def step_curves(
    lines: Sequence[Line], time: Time, shares: Sequence[tuple[float, str]], start: float, said: str
) -> Figure:
    """The figure: stairs, or lines where the days of the steps are not known.

    Args:
        shares: ticks of the upright axis with their labels; the first and the last are its ends.
        start: the share on the first day: 1 for survival, 0 for the share that died.
    """
    frame = _Frame(time.days[-1], shares[0][0], shares[-1][0], time.is_joined)
    marks = [_grid(frame, time, shares)]
    shown = [line for line in lines if line.steps]
    if len(shown) <= MOST_BANDS:
        marks += [_band(frame, line, start) for line in shown]
    marks += [_line(frame, line, start) for line in shown]
    rows = [line for line in lines if line.at_risk]
    marks += [_names(frame, shown, start), _at_risk(frame, rows, time)]
    bottom = TOP + HEIGHT + AXIS + ROW * (len(rows) + 1)
    return Figure(Markup("").join(marks), LEFT + WIDTH + RIGHT, bottom, said)


@dataclass(frozen=True)
class _Frame:
    days: float
    low: float
    high: float
    is_joined: bool

    def x(self, day: float) -> float:
        return LEFT + min(day, self.days) / self.days * WIDTH

    def y(self, share: float) -> float:
        kept = min(self.high, max(self.low, share))
        return TOP + (self.high - kept) / (self.high - self.low) * HEIGHT


def _grid(frame: _Frame, time: Time, shares: Sequence[tuple[float, str]]) -> Markup:
    marks = []
    for share, label in shares:
        y = frame.y(share)
        marks += [path(f"M{at(LEFT, y)}H{at(LEFT + WIDTH)}", "ax")]
        marks += [text(LEFT - 6, y + 4, label, "t3 e")]
    for day, label in zip(time.days, time.labels, strict=True):
        x = frame.x(day)
        marks += [path(f"M{at(x, TOP + HEIGHT)}v4", "tick")]
        marks += [text(x, TOP + HEIGHT + 16, label, "t3 m")]
    marks += [text(LEFT + WIDTH + 10, TOP + HEIGHT + 16, time.title, "t3")]
    return Markup("").join(marks)


def _corners(frame: _Frame, line: Line, start: float, which: str) -> list[tuple[float, float]]:
    """The corners of a staircase, or the points of a line."""
    found = [(frame.x(0), frame.y(start))]
    for step in line.steps:
        value = getattr(step, which)
        y = frame.y(step.share if value is None else value)
        if step.day > frame.days:
            found.append(_at_the_edge(frame, found[-1], step.day, y))
            break
        if step.day > 0 and not frame.is_joined:
            found.append((frame.x(step.day), found[-1][1]))
        found.append((frame.x(step.day), y))
    return found


def _at_the_edge(
    frame: _Frame, last: tuple[float, float], day: float, y: float
) -> tuple[float, float]:
    """Where a line to a later day leaves the figure; a staircase leaves it level."""
    if not frame.is_joined:
        return frame.x(frame.days), last[1]
    began = (last[0] - LEFT) / WIDTH * frame.days
    part = (frame.days - began) / (day - began)
    return frame.x(frame.days), last[1] + (y - last[1]) * part


def _path(corners: Sequence[tuple[float, float]]) -> str:
    (x, y), *rest = corners
    d = f"M{at(x, y)}"
    for nx, ny in rest:
        if nx != x and ny != y:
            d += f"L{at(nx, ny)}"
        elif nx != x:
            d += f"H{at(nx)}"
        elif ny != y:
            d += f"V{at(ny)}"
        x, y = nx, ny
    return d


def _line(frame: _Frame, line: Line, start: float) -> Markup:
    return path(_path(_corners(frame, line, start, "share")), f"curve {line.look}")


def _band(frame: _Frame, line: Line, start: float) -> Markup:
    if any(step.low is None for step in line.steps):
        return Markup("")
    upper = _corners(frame, line, start, "high")
    lower = _corners(frame, line, start, "low")[::-1]
    d = _path(upper) + "L" + _path(lower)[1:] + "Z"
    return path(d, f"spread {line.look}")


def _names(frame: _Frame, shown: Sequence[Line], start: float) -> Markup:
    ends = [_corners(frame, line, start, "share")[-1] for line in shown]
    places = apart([y for _, y in ends], LABEL_HEIGHT)
    return Markup("").join(
        text(LEFT + WIDTH + 8, y + 4, line.name, f"name {line.look}")
        for line, y in zip(shown, places, strict=True)
    )


def _at_risk(frame: _Frame, lines: Sequence[Line], time: Time) -> Markup:
    top = TOP + HEIGHT + AXIS
    marks = [text(0, top, time.at_risk_title, "t3")]
    for n, line in enumerate(lines, start=1):
        y = top + ROW * n
        for day, words in zip(time.days, line.at_risk, strict=True):
            x = frame.x(day)
            is_hidden = words == time.hidden
            marks.append(_hidden(x, y) if is_hidden else text(x, y, words, "m"))
        look = f"name {line.look}" if not line.at_risk_name else "name"
        marks.append(text(LEFT + WIDTH + 20, y, line.at_risk_name or line.name, look))
    return Markup("").join(marks)


def _hidden(x: float, y: float) -> Markup:
    """A number that is not shown: hatched, as everywhere."""
    return path(f"M{at(x - 7, y - 9)}h14v9h-14z", "hatch")
