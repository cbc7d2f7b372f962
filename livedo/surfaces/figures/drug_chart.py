"""The drugs of twelve months: thin neutral, thick risk, thickest danger, hatched unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from livedo import instants
from livedo.act.result import DrugLine
from livedo.record.tables import Instant
from livedo.surfaces.figures.drawn import Locale, draw
from livedo.surfaces.figures.lab_chart import (
    BAR_COLOURS,
    NARROWEST_SPAN,
    YEAR_DAYS,
    millis,
    time_axis,
)

LEFT, WIDTH, RIGHT = 190, 600, 170
TOP, ROW, BELOW = 26, 25, 26
HEIGHTS = {"danger": 13, "risk": 9, "neutral": 3}
TEXT_COLOURS = {"danger": "var(--g1)", "risk": "var(--s-risk)", "neutral": "var(--ink-3)"}


@dataclass(frozen=True)
class DrugRow:
    """One drug: its spans, and the word at the right."""

    label: str
    spans: tuple[DrugLine, ...]
    word: str


@dataclass(frozen=True)
class DrugChart:
    """The timeline."""

    marks: Markup
    width: int
    height: int


def drug_chart(
    rows: Sequence[DrugRow],
    as_of: Instant,
    locale: Locale,
    first: tuple[Instant, str] | None = None,
    silent: Sequence[tuple[Instant, Instant, str]] = (),
) -> DrugChart:
    """The timeline of the drugs taken within twelve months.

    Args:
        first: when the first lesion was found, and the words for it.
        silent: stretches of time that no source speaks for, and the words for them.
    """
    height = TOP + ROW * len(rows) + below(first, silent)
    marks = draw(drug_spec(rows, as_of, first, silent), locale)
    return DrugChart(marks, LEFT + WIDTH + RIGHT, height)


def taken_since(drugs: Sequence[DrugLine], start: Instant) -> list[DrugLine]:
    """Drugs of the stretch of time shown."""
    return [drug for drug in drugs if drug.to_at is None or drug.to_at >= start]


def weightiest(spans: Sequence[DrugLine]) -> str:
    """The weight that a drug's row is written in."""
    return next(w for w in HEIGHTS if any(s.weight == w for s in spans) or w == "neutral")


def below(first: object, silent: Sequence[object]) -> int:
    """Room below the rows: a line of words for the first lesion, and one for silence."""
    return max(4, BELOW * (bool(first) + bool(silent)))


def drug_spec(
    rows: Sequence[DrugRow],
    as_of: Instant,
    first: tuple[Instant, str] | None = None,
    silent: Sequence[tuple[Instant, Instant, str]] = (),
) -> dict[str, Any]:
    """The timeline as a specification."""
    start = as_of - YEAR_DAYS * instants.DAY
    height = ROW * len(rows)
    layers = [months(start, as_of)]
    for span in silent:
        layers += silence(span, height + (BELOW if first else 0), start, as_of)
    for number, row in enumerate(rows):
        layers += row_layers(row, number, start, as_of)
    if first is not None and start <= first[0] <= as_of:
        layers += marker(first, height, start, as_of)
    return {
        "width": WIDTH,
        "height": height,
        "padding": {"left": LEFT, "right": RIGHT, "top": TOP, "bottom": below(first, silent)},
        "layer": layers,
    }


def months(start: Instant, as_of: Instant) -> dict[str, Any]:
    """The months above, with lines down."""
    x = time_axis(start, as_of, has_labels=True)
    x["axis"] = {**x["axis"], "orient": "top", "grid": True, "labelFlush": False}
    x["axis"] |= {"labelAlign": "left", "labelOffset": 2}
    return {
        "data": {"values": [{"at": millis(start)}]},
        "mark": {"type": "rule", "opacity": 0},
        "encoding": {"x": x},
    }


def row_layers(row: DrugRow, number: int, start: Instant, as_of: Instant) -> list[dict[str, Any]]:
    """Name, bars and word of one drug."""
    y = number * ROW + ROW / 2
    weight = weightiest(row.spans)
    is_heavy = weight != "neutral"
    name = edge_text(row.label, -10, y, "right", "var(--ink)" if is_heavy else "var(--ink-2)")
    word = edge_text(row.word, WIDTH + 10, y, "left", TEXT_COLOURS[weight])
    for text in (name, word):
        text["mark"]["fontWeight"] = 600 if is_heavy else 400
    bars = [bar(span, y, start, as_of) for span in row.spans]
    early = [edge_arrow(y, weight_of(s)) for s in row.spans if s.from_at < start]
    return [name, *bars, *early[:1], *([word] if row.word else [])]


def weight_of(span: DrugLine) -> str:
    """Named for its use as a key."""
    return span.weight


def edge_text(text: str, x: float, y: float, align: str, colour: str) -> dict[str, Any]:
    """A text beside the bars."""
    return {
        "data": {"values": [{"words": text}]},
        "mark": {"type": "text", "align": align, "color": colour, "fontSize": 11.5},
        "encoding": {"x": {"value": x}, "y": {"value": y}, "text": {"field": "words"}},
    }


def edge_arrow(y: float, weight: str) -> dict[str, Any]:
    """A drug that began before the figure does."""
    mark = {
        "type": "point",
        "shape": "triangle-left",
        "filled": True,
        "opacity": 1,
        "size": (HEIGHTS[weight] + 4) ** 2 / 2,
        "color": BAR_COLOURS[weight],
    }
    return {
        "data": {"values": [{}]},
        "mark": mark,
        "encoding": {"x": {"value": -3}, "y": {"value": y}},
    }


def bar(span: DrugLine, y: float, start: Instant, as_of: Instant) -> dict[str, Any]:
    """One span; of a drug whose stop is not known, hatched."""
    half = HEIGHTS[span.weight] / 2
    # A drug first told of on the last day is drawn as wide as can be seen.
    begin = min(max(span.from_at, start), as_of - NARROWEST_SPAN)
    end = min(span.to_at if span.to_at is not None else as_of, as_of)
    end = max(end, min(begin + 2 * instants.DAY, as_of))
    is_unknown = span.is_active == "unknown"
    half = max(half, 4) if is_unknown else half
    mark: dict[str, Any] = {"type": "rect", "color": BAR_COLOURS[span.weight]}
    if is_unknown:
        mark = {"type": "rect", "fill": "url(#hatch)", "stroke": "var(--unknown)"}
        mark |= {"strokeWidth": 0.8, "strokeDash": [2, 2]}
    return {
        "data": {"values": [{"at": millis(begin), "end": millis(end)}]},
        "mark": mark,
        "encoding": {
            "x": time_axis(start, as_of, has_labels=False),
            "x2": {"field": "end"},
            "y": {"value": y - half},
            "y2": {"value": y + half},
        },
    }


def silence(
    span: tuple[Instant, Instant, str], foot: int, start: Instant, as_of: Instant
) -> list[dict[str, Any]]:
    """Hatching across all rows where no source speaks for drugs, with its words at the foot."""
    begin, end, words = span
    x = time_axis(start, as_of, has_labels=False)
    middle = (begin + end) / 2
    share = (middle - start) / (as_of - start)
    align = "left" if share < 0.2 else "right" if share > 0.8 else "center"
    at = {"left": begin, "right": end, "center": middle}[align]
    area: dict[str, Any] = {"type": "rect", "fill": "url(#hatch)", "stroke": "var(--unknown)"}
    area |= {"strokeWidth": 0.8, "strokeDash": [2, 2], "opacity": 0.55}
    text: dict[str, Any] = {"type": "text", "align": align, "color": "var(--unknown)"}
    text |= {"fontSize": 11.5, "fontWeight": 600}
    return [
        {
            "data": {"values": [{"at": millis(begin), "end": millis(end)}]},
            "mark": area,
            "encoding": {
                "x": x, "x2": {"field": "end"}, "y": {"value": 0}, "y2": {"value": foot},
            },
        },
        {
            "data": {"values": [{"at": millis(round(at)), "words": words}]},
            "mark": text,
            "encoding": {"x": x, "y": {"value": foot + 13}, "text": {"field": "words"}},
        },
    ]  # fmt: skip


def marker(
    first: tuple[Instant, str], height: int, start: Instant, as_of: Instant
) -> list[dict[str, Any]]:
    """A line through all drugs where the first lesion was found."""
    at, words = first
    data = {"values": [{"at": millis(at), "words": words}]}
    x = time_axis(start, as_of, has_labels=False)
    is_late = (at - start) / (as_of - start) > 0.5
    text = {
        "type": "text",
        "align": "right" if is_late else "left",
        "color": "var(--ink)",
        "fontWeight": 600,
        "fontSize": 11.5,
    }
    rule = {"type": "rule", "color": "var(--ink)", "strokeWidth": 1.5}
    ends = {"y": {"value": -4}, "y2": {"value": height + 4}}
    return [
        {"data": data, "mark": rule, "encoding": {"x": x, **ends}},
        {
            "data": data,
            "mark": text,
            "encoding": {"x": x, "y": {"value": height + 15}, "text": {"field": "words"}},
        },
    ]
