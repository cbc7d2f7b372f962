"""Marks of a figure drawn by hand: texts and paths whose look comes from the style sheet."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

from livedo.surfaces.figures.drawn import short


@dataclass(frozen=True)
class Figure:
    """Marks in a frame, and one sentence for people who cannot see them."""

    marks: Markup
    width: int
    height: int
    said: str = ""


@dataclass(frozen=True)
class Scale:
    """Where a value stands between two ends, evenly or by its logarithm."""

    low: float
    high: float
    ticks: tuple[float, ...]
    is_log: bool = False

    def share(self, value: float) -> float:
        """0 at the low end, 1 at the high end; what lies beyond stands at the end."""
        if self.is_log:
            value = max(value, self.low)
            found = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            found = (value - self.low) / (self.high - self.low)
        return min(1.0, max(0.0, found))


def round_end(value: float) -> float:
    """The next 1, 2, 2.5 or 5 times a power of ten, so that ticks are numbers people say."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(n * power for n in (1, 2, 2.5, 5, 10) if n * power >= value * (1 - 1e-9))


def even_scale(highest: float, parts: int = 4) -> Scale:
    """From nothing to a round step above the highest value."""
    step = round_end(highest / parts)
    count = max(1, math.ceil(highest / step - 1e-9))
    return Scale(0.0, step * count, tuple(step * n for n in range(count + 1)))


def log_scale(lowest: float, highest: float) -> Scale:
    """Whole powers of ten around the values."""
    first = math.floor(math.log10(lowest) + 1e-9)
    last = max(first + 1, math.ceil(math.log10(highest) - 1e-9))
    ticks = tuple(10.0**n for n in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], ticks, is_log=True)


def text(x: float, y: float, words: str, look: str = "") -> Markup:
    """A text; its look is a class of the style sheet."""
    shown = Markup(' class="{}"').format(look) if look else Markup("")
    return Markup('<text{} x="{}" y="{}">{}</text>').format(shown, short(x), short(y), words)


def path(d: str, look: str) -> Markup:
    """A path; its look is a class of the style sheet."""
    return Markup('<path class="{}" d="{}"/>').format(look, d)


def circle(x: float, y: float, radius: float, look: str) -> Markup:
    """A disc."""
    return Markup('<circle class="{}" cx="{}" cy="{}" r="{}"/>').format(
        look, short(x), short(y), short(radius)
    )


def title(words: str) -> Markup:
    """A title that a pointer shows."""
    return Markup("<title>{}</title>").format(escape(words))


def at(*numbers: float) -> str:
    """Numbers of a path."""
    return " ".join(short(number) for number in numbers)


def apart(places: list[float], least: float) -> list[float]:
    """Places of labels pushed apart, in the order given, none nearer than so much."""
    order = sorted(range(len(places)), key=lambda n: (places[n], n))
    moved = list(places)
    for before, after in pairwise(order):
        moved[after] = max(moved[after], moved[before] + least)
    return moved
