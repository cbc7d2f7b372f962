"""One analyte over twelve months: the target, the values, and what acted on them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from livedo import instants
from livedo.act.result import LabLine, LabPoint, TreatmentSpan
from livedo.record.tables import Instant
from livedo.surfaces.figures.drawn import Locale, draw

WIDTH, HEIGHT = 318, 94
LEFT, RIGHT, TOP = 38, 44, 10
AXIS, ROW = 26, 21
"""Room for the months, and for each treatment below them."""

YEAR_DAYS = 365
MOST_POINTS = 60
TICKS = 4
OPEN_SHARE = 0.25
NARROWEST_SPAN = 3 * instants.DAY

KINDS = ("inside", "outside", "bound", "outside_bound")
SHAPES = ("circle", "diamond", "circle", "diamond")
SIZES = (16, 42, 22, 42)
FILLS = ("var(--ink)", "var(--s-risk)", "var(--surface)", "var(--surface)")
STROKES = ("var(--ink)", "var(--s-risk)", "var(--ink)", "var(--s-risk)")
BAR_COLOURS = {"danger": "var(--g1)", "risk": "var(--s-risk)", "neutral": "var(--ink-3)"}
BAR_HEIGHTS = {"danger": 8, "risk": 6, "neutral": 2.4}


@dataclass(frozen=True)
class LabChart:
    """A figure with the line it draws."""

    line: LabLine
    marks: Markup
    width: int
    height: int
    has_right_axis: bool


def lab_chart(
    line: LabLine, as_of: Instant, locale: Locale, gap: str = "", *, has_spans: bool = True
) -> LabChart:
    """The figure of one analyte.

    Args:
        gap: the words for months without a usable value.
        has_spans: whether the treatments are drawn below.
    """
    spans = line.treatments if has_spans else ()
    spec = lab_spec(line, as_of, spans, gap)
    height = TOP + HEIGHT + AXIS + ROW * len(spans)
    width = LEFT + WIDTH + RIGHT
    return LabChart(line, draw(spec, locale), width, height, conversion(line) is not None)


def lab_spec(
    line: LabLine, as_of: Instant, spans: Sequence[TreatmentSpan] = (), gap: str = ""
) -> dict[str, Any]:
    """The figure as a specification."""
    start = as_of - YEAR_DAYS * instants.DAY
    shown = thinned([point for point in line.points if start <= point.at <= as_of])
    layers = [*grid(line, shown), *target(line, shown), *values(line, shown, start, as_of)]
    layers += unknown(line, shown, as_of, gap)
    for row, span in enumerate(spans):
        layers += treatment(span, row, start, as_of)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "padding": {
            "left": LEFT, "right": RIGHT, "top": TOP, "bottom": AXIS + ROW * len(spans),
        },
        "resolve": {"axis": {"y": "independent"}},
        "layer": layers,
    }  # fmt: skip


def millis(at: Instant) -> int:
    """The library counts milliseconds."""
    return at // 1000


def time_axis(start: Instant, as_of: Instant, *, has_labels: bool) -> dict[str, Any]:
    """Twelve months; the first label with its year."""
    label = "utcFormat(datum.value, datum.index == 0 ? '%b %Y' : '%b')"
    axis = {
        "grid": False,
        "labelExpr": label,
        "labelFlush": True,
        "labelOverlap": True,
        "tickCount": {"interval": "month", "step": 3},
    }
    scale = {"type": "utc", "domain": [millis(start), millis(as_of)]}
    place: dict[str, Any] = {"field": "at", "type": "temporal", "scale": scale}
    # Marks share one axis: a layer without labels must not say "no axis", it says nothing.
    return {**place, "axis": axis} if has_labels else place


def y_scale(line: LabLine, shown: Sequence[LabPoint]) -> dict[str, Any]:
    """A scale that holds the values and the target, with round ends."""
    limits = [limit for limit in (line.target_low, line.target_high) if limit is not None]
    held = [*(point.value for point in shown), *limits] or [0.0, 1.0]
    low, high = min(held), max(held)
    if high == low:
        low, high = low - abs(low) * 0.1 - 0.1, high + abs(high) * 0.1 + 0.1
    # An open target has to be seen as an area even where no value reaches into it.
    if line.target_high is None and line.target_low == high:
        high += (high - low) * OPEN_SHARE
    if line.target_low is None and line.target_high == low:
        low -= (high - low) * OPEN_SHARE
    return {"domain": [low, high], "nice": TICKS, "zero": False}


def grid(line: LabLine, shown: Sequence[LabPoint]) -> list[dict[str, Any]]:
    """Lines across at the ticks, their values in the conventional unit at the right."""
    ratio = conversion(line)
    axis: dict[str, Any] = {"orient": "right", "tickCount": TICKS, "grid": False}
    axis |= {"labelExpr": right_label(line, shown, ratio)} if ratio else {"labels": False}
    encoding = {
        "y": {
            "field": "low",
            "type": "quantitative",
            "scale": y_scale(line, shown),
            "axis": axis,
        }
    }
    return [{"data": {"values": [{}]}, "mark": "point", "encoding": encoding}]


def right_label(line: LabLine, shown: Sequence[LabPoint], ratio: float) -> str:
    """A tick in the conventional unit, with just enough decimals."""
    low, high = y_scale(line, shown)["domain"]
    spread = (high - low) * ratio / TICKS
    digits = 0 if spread >= 2 else 1 if spread >= 0.2 else 2
    return f"format(datum.value * {ratio:.10g}, '.{digits}f')"


def conversion(line: LabLine) -> float | None:
    """How many conventional units are one canonical unit, if both are known."""
    for point in reversed(line.points):
        if point.value_conventional is not None and point.value:
            ratio = point.value_conventional / point.value
            return ratio if not math.isclose(ratio, 1.0) else None
    return None


def target(line: LabLine, shown: Sequence[LabPoint]) -> list[dict[str, Any]]:
    """The target as a band; an open one reaches the edge of the figure."""
    if line.target_low is None and line.target_high is None:
        return []
    scaled = {"type": "quantitative", "scale": y_scale(line, shown)}
    low, high = line.target_low, line.target_high
    axis = {"axis": None}
    near = {"datum": high if low is None else low, **scaled, **axis}
    far: dict[str, Any] = {"value": HEIGHT} if low is None else {"datum": high}
    if high is None:
        far = {"value": 0}
    mark = {"type": "rect", "color": "var(--t-target)"}
    return [{"data": {"values": [{}]}, "mark": mark, "encoding": {"y": near, "y2": far}}]


def values(
    line: LabLine, shown: Sequence[LabPoint], start: Instant, as_of: Instant
) -> list[dict[str, Any]]:
    """The line through the values and a sign at each: disc inside, diamond outside."""
    rows = [{"at": millis(p.at), "value": p.value, "kind": kind_of(p)} for p in shown]
    y = {
        "field": "value",
        "type": "quantitative",
        "scale": y_scale(line, shown),
        "axis": {"tickCount": TICKS, "grid": True},
    }
    points = {
        "mark": {"type": "point", "opacity": 1, "strokeWidth": 1.2},
        "encoding": {
            "shape": by_kind(SHAPES),
            "size": by_kind(SIZES),
            "fill": by_kind(FILLS),
            "stroke": by_kind(STROKES),
        },
    }
    path = {"mark": {"type": "line", "color": "var(--ink)", "strokeWidth": 1.4}}
    x = time_axis(start, as_of, has_labels=True)
    return [{"data": {"values": rows}, "encoding": {"x": x, "y": y}, "layer": [path, points]}]


def by_kind(looks: Sequence[Any]) -> dict[str, Any]:
    """A look for each kind of value."""
    scale = {"domain": list(KINDS), "range": list(looks)}
    return {"field": "kind", "type": "nominal", "scale": scale, "legend": None}


def kind_of(point: LabPoint) -> str:
    """Whether a value is outside its target, and whether it is only a bound."""
    if point.is_bound:
        return "outside_bound" if point.is_outside else "bound"
    return "outside" if point.is_outside else "inside"


def unknown(
    line: LabLine, shown: Sequence[LabPoint], as_of: Instant, words: str
) -> list[dict[str, Any]]:
    """Hatching from the last value on, where that value is too old to use."""
    if not (line.is_too_old and shown):
        return []
    start = as_of - YEAR_DAYS * instants.DAY
    middle = (shown[-1].at + as_of) // 2
    # Words near an edge would run over the values of the axis.
    share = (middle - start) / (as_of - start)
    at = start + round(min(0.82, max(0.18, share)) * (as_of - start))
    area = {"at": millis(shown[-1].at), "end": millis(as_of)}
    x = time_axis(start, as_of, has_labels=False)
    hatch = {"type": "rect", "color": "url(#hatch)", "opacity": 0.45}
    text = {"type": "text", "color": "var(--unknown)", "fontWeight": 600, "fontSize": 11.5}
    return [
        {
            "data": {"values": [area]},
            "mark": hatch,
            "encoding": {
                "x": x,
                "x2": {"field": "end"},
                "y": {"value": 0},
                "y2": {"value": HEIGHT},
            },
        },
        {
            "data": {"values": [{"at": millis(at), "words": words}]},
            "mark": text,
            "encoding": {"x": x, "y": {"value": HEIGHT - 12}, "text": {"field": "words"}},
        },
    ]


def treatment(
    span: TreatmentSpan, row: int, start: Instant, as_of: Instant
) -> list[dict[str, Any]]:
    """One bar below the figure: when a drug acted on the value, with its name."""
    begin = min(max(span.from_at, start), as_of - NARROWEST_SPAN)
    end = max(min(span.to_at if span.to_at is not None else as_of, as_of), begin + NARROWEST_SPAN)
    y = HEIGHT + AXIS + 12 + row * ROW
    half = BAR_HEIGHTS[span.weight] / 2
    x = time_axis(start, as_of, has_labels=False)
    is_late = (begin - start) / (as_of - start) > 0.55
    colour = "url(#hatch)" if span.is_unknown else BAR_COLOURS[span.weight]
    bar = {
        "data": {"values": [{"at": millis(begin), "end": millis(min(end, as_of))}]},
        "mark": {"type": "rect", "color": colour},
        "encoding": {
            "x": x, "x2": {"field": "end"}, "y": {"value": y - half}, "y2": {"value": y + half},
        },
    }  # fmt: skip
    label = {
        "data": {
            "values": [{"at": millis(min(end, as_of) if is_late else begin), "name": span.label}]
        },
        "mark": {
            "type": "text",
            "color": "var(--ink-2)",
            "align": "right" if is_late else "left",
            "baseline": "bottom",
            "fontSize": 11.5,
        },
        "encoding": {"x": x, "y": {"value": y - half - 1}, "text": {"field": "name"}},
    }
    return [bar, label]


def thinned(points: list[LabPoint]) -> list[LabPoint]:
    """At most MOST_POINTS points: the lowest and the highest of each stretch of time."""
    if len(points) <= MOST_POINTS:
        return points
    size = math.ceil(len(points) / (MOST_POINTS // 2))
    kept: list[LabPoint] = []
    for start in range(0, len(points), size):
        part = points[start : start + size]
        ends = {id(p): p for p in (min(part, key=value_of), max(part, key=value_of))}
        kept += sorted(ends.values(), key=lambda point: point.at)
    return kept


def value_of(point: LabPoint) -> float:
    """The value of a point, for sorting."""
    return point.value
