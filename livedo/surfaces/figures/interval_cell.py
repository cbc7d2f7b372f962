"""One figure of a table: a value with its interval on a scale shared by all rows.

Places are shares of the cell, so that a table of any width, on paper or on a telephone,
carries the figure along. The numbers stand in the row: the figure itself is not read aloud.
"""

from __future__ import annotations

from typing import Literal

from markupsafe import Markup

from livedo.surfaces.figures.plain import Scale

Look = Literal["ours", "published", "range", "hidden"]


def interval_cell(
    scale: Scale,
    look: Look,
    value: float | None = None,
    low: float | None = None,
    high: float | None = None,
    mark: float | None = None,
) -> Markup:
    """The marks of one row.

    Args:
        mark: where a line for comparison stands, if there is one.
    """
    drawn = Markup("").join(_line(scale, tick, "ax") for tick in scale.ticks)
    if mark is not None:
        drawn += _line(scale, mark, "stop")
    if look == "hidden":
        drawn += Markup('<rect class="hatch" x="2%" y="28%" width="7%" height="44%"/>')
    if look == "range" and low is not None and high is not None:
        drawn += _range(scale, low, high)
    elif value is None and (low is None) != (high is None):
        drawn += _bound(scale, low, high)
    elif low is not None and high is not None:
        drawn += Markup('<line class="{}" x1="{}" x2="{}" y1="50%" y2="50%"/>').format(
            "ci" if look == "ours" else "ci0", _place(scale, low), _place(scale, high)
        )
    if value is not None:
        drawn += Markup('<circle class="{}" cx="{}" cy="50%" r="4"/>').format(
            "dot" if look == "ours" else "d0", _place(scale, value)
        )
    return drawn


def _range(scale: Scale, low: float, high: float) -> Markup:
    width = (scale.share(high) - scale.share(low)) * 100
    return Markup('<rect class="between" x="{}" y="32%" width="{}" height="36%"/>').format(
        _place(scale, low), f"{max(width, 0.5):.2f}%"
    )


def _bound(scale: Scale, low: float | None, high: float | None) -> Markup:
    """Below or above a number: a line from it to the end of the scale, without a value."""
    ends = (scale.low, high) if low is None else (low, scale.high)
    start, end = (_place(scale, x) for x in ends if x is not None)
    return Markup('<line class="ci0 open" x1="{}" x2="{}" y1="50%" y2="50%"/>').format(start, end)


def _line(scale: Scale, value: float, look: str) -> Markup:
    place = _place(scale, value)
    return Markup('<line class="{}" x1="{}" x2="{}" y1="0" y2="100%"/>').format(look, place, place)


def _place(scale: Scale, value: float) -> str:
    # A little room at both ends, so that no mark is cut in half.
    return f"{2 + scale.share(value) * 96:.2f}%"


def axis_cell(scale: Scale, labels: tuple[str, ...]) -> Markup:
    """The numbers below the column of figures."""
    last = len(labels) - 1
    return Markup("").join(
        Markup('<text class="t3 {}" x="{}" y="12">{}</text>').format(
            "e" if n == last else "m", _place(scale, tick), label
        )
        for n, (tick, label) in enumerate(zip(scale.ticks, labels, strict=True))
    )
