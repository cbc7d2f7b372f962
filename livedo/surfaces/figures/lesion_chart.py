"""One lesion over time: how far it reaches, seen and felt, and how painful it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from livedo.instants import DAY
from livedo.record.tables import Instant
from livedo.surfaces.figures.drawn import Locale, draw
from livedo.surfaces.figures.lab_chart import millis

WIDTH, HEIGHT = 360, 130
LEFT, RIGHT, TOP, BOTTOM = 34, 34, 12, 26
MONTH = 31 * DAY
ROOM = 3 * DAY
"""Beside the first and the last measure."""
PAIN_HIGHEST = 10
FEWEST = 2


class Measure(NamedTuple):
    """One number at one moment."""

    at: Instant
    value: float


class LesionCourse(NamedTuple):
    """What is drawn of one lesion: centimetres seen and felt, pain from 0 to 10."""

    seen: Sequence[Measure]
    felt: Sequence[Measure]
    pain: Sequence[Measure]
    area: Sequence[Measure] = ()
    """Of the wound, in square centimetres; a figure of its own."""

    @property
    def measures(self) -> list[Measure]:
        """All that share one figure."""
        return [*self.seen, *self.felt, *self.pain]


class LesionChart(NamedTuple):
    """A figure with its size."""

    marks: Markup
    width: int
    height: int


def lesion_chart(course: LesionCourse, locale: Locale) -> LesionChart | None:
    """The figure; None where nothing was measured on two different days."""
    if len({measure.at // DAY for measure in course.measures}) < FEWEST:
        return None
    marks = draw(lesion_spec(course), locale)
    return LesionChart(marks, LEFT + WIDTH + RIGHT, TOP + HEIGHT + BOTTOM)


def area_chart(course: LesionCourse, locale: Locale) -> LesionChart | None:
    """The area of the wound over time."""
    return lesion_chart(LesionCourse(seen=course.area, felt=(), pain=()), locale)


def lesion_spec(course: LesionCourse) -> dict[str, Any]:
    """The figure as a specification: centimetres at the left, pain at the right."""
    moments = [measure.at for measure in course.measures]
    domain = [millis(min(moments) - ROOM), millis(max(moments) + ROOM)]
    extents = [measure.value for measure in (*course.seen, *course.felt)]
    size = {"domain": [0, max(extents, default=1.0)], "nice": 4}
    pain = {"domain": [0, PAIN_HIGHEST]}
    layers = [
        *_line(course.felt, domain, size, "var(--s-lesion)", dashed=True, axis=_axis("left")),
        *_line(course.seen, domain, size, "var(--s-lesion)", dashed=False, axis=_axis("left")),
    ]
    pains = _line(course.pain, domain, pain, "var(--ink)", dashed=False, axis=_axis("right"))
    shown = [{"layer": part} for part in (layers, pains) if part]
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "padding": {"left": LEFT, "right": RIGHT, "top": TOP, "bottom": BOTTOM},
        "resolve": {"scale": {"y": "independent"}, "axis": {"y": "independent"}},
        "layer": shown,
    }


def _axis(orient: str) -> dict[str, Any]:
    is_left = orient == "left"
    return {"orient": orient, "grid": is_left, "tickCount": 4 if is_left else 5}


def _line(
    measures: Sequence[Measure],
    domain: list[int],
    scale: dict[str, Any],
    colour: str,
    *,
    dashed: bool,
    axis: dict[str, Any],
) -> list[dict[str, Any]]:
    if not measures:
        return []
    span = (domain[1] - domain[0]) * 1000
    pattern = "%b %Y" if span > 2 * MONTH else "%d %b"
    x_axis = {
        "grid": False, "tickCount": 4, "labelFlush": True, "labelOverlap": True,
        "labelExpr": f"utcFormat(datum.value, '{pattern}')",
    }  # fmt: skip
    encoding = {
        "x": {
            "field": "at", "type": "temporal", "axis": x_axis,
            "scale": {"type": "utc", "domain": domain},
        },
        "y": {"field": "value", "type": "quantitative", "scale": scale, "axis": axis},
    }  # fmt: skip
    line: dict[str, Any] = {"type": "line", "color": colour, "strokeWidth": 1.4}
    if dashed:
        line["strokeDash"] = [4, 3]
    is_pain = axis["orient"] == "right"
    point = {
        "type": "point",
        "shape": "diamond" if is_pain else "circle",
        "size": 42 if is_pain else 36,
        "opacity": 1,
        "stroke": colour,
        "fill": "var(--surface)" if dashed else colour,
        "strokeWidth": 1.3,
    }
    rows = [{"at": millis(one.at), "value": one.value} for one in measures]
    return [
        {"data": {"values": rows}, "mark": mark, "encoding": encoding} for mark in (line, point)
    ]
