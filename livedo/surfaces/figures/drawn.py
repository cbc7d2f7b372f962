"""A Vega-Lite specification drawn as SVG, and that SVG reduced to its marks.

Colours are the custom properties of the style sheet, so that one drawing serves light, dark and
print. What the renderer adds for scripts and for its own labels is left out: the figure carries
one label for people who cannot see it, and its marks are pure geometry.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple
from xml.etree import ElementTree

from markupsafe import Markup, escape

VEGA_LITE = "6.1"
NO_ADDRESS: list[str] = []
"""The renderer may fetch nothing."""

KEPT = (
    "fill",
    "fill-opacity",
    "opacity",
    "stroke",
    "stroke-width",
    "stroke-dasharray",
    "stroke-linecap",
    "text-anchor",
    "font-weight",
    "font-size",
)
DEFAULTS = {
    ("opacity", "1"),
    ("stroke-linecap", "butt"),
    ("stroke-width", "0"),
    ("text-anchor", "start"),
}
PART = re.compile(r"[A-Za-z]|-?\d*\.?\d+(?:e-?\d+)?")
LENGTHS = {"M": 2, "L": 2, "C": 6, "A": 7, "H": 1, "V": 1}
MOVED = {"M": (0,), "L": (0,), "C": (0, 2, 4), "A": (5,)}
"""Where in the numbers of a command the places stand; lower-case commands are relative."""

STYLE: dict[str, Any] = {
    "background": None,
    "view": {"stroke": None},
    "font": "inherit",
    "axis": {
        "domain": False,
        "ticks": False,
        "gridColor": "var(--rule)",
        "labelColor": "var(--ink-3)",
        "labelFontSize": 11.5,
        "labelPadding": 5,
        "title": None,
    },
}
"""What every figure has in common."""


class Drawn(NamedTuple):
    """One mark at its place: a path, or a text."""

    attributes: tuple[tuple[str, str], ...]
    x: float
    y: float
    path: str
    text: str


class Locale(NamedTuple):
    """How numbers and months are written."""

    decimal: str
    months: tuple[str, ...]


FIGURES_KEPT = 512


def draw(spec: Mapping[str, Any], locale: Locale) -> Markup:
    """The marks of a figure, without the element around them.

    The last ones are kept: a page that is opened again draws the same figures.
    """
    return _drawn(json.dumps(spec), locale)


@functools.lru_cache(maxsize=FIGURES_KEPT)
def _drawn(spec: str, locale: Locale) -> Markup:
    return marks_of(rendered(json.loads(spec), locale))


def rendered(spec: Mapping[str, Any], locale: Locale) -> str:
    """What the library draws. It is loaded only when a page is made."""
    import vl_convert

    shown = {"config": STYLE, "background": None, "autosize": "none", **spec}
    return vl_convert.vegalite_to_svg(
        shown,
        vl_version=VEGA_LITE,
        allowed_base_urls=NO_ADDRESS,
        format_locale=number_format(locale.decimal),
        time_format_locale=time_format(locale.months),
    )


def number_format(decimal: str) -> dict[str, Any]:
    """Numbers of the reader's language; figures have no thousands mark."""
    return {"decimal": decimal, "thousands": "", "grouping": [3], "currency": ["", ""]}


def time_format(months: Sequence[str]) -> dict[str, Any]:
    """Months of the reader's language; the library wants days too."""
    days = [str(day) for day in range(1, 8)]
    return {
        "dateTime": "%Y-%m-%d %H:%M",
        "date": "%Y-%m-%d",
        "time": "%H:%M",
        "periods": ["", ""],
        "days": days,
        "shortDays": days,
        "months": list(months),
        "shortMonths": list(months),
    }


def marks_of(svg: str) -> Markup:
    """The visible marks, neighbours of one look in one element."""
    root = ElementTree.fromstring(svg)
    return Markup("").join(written(group) for group in groups(marks_in(root, 0.0, 0.0, {})))


def marks_in(
    element: ElementTree.Element, x: float, y: float, inherited: Mapping[str, str]
) -> Iterator[Drawn]:
    """Every mark below an element, with the shifts of all groups around it."""
    if element.get("display") == "none" or element.get("opacity") == "0":
        return
    if element.get("class") in {"background", "foreground"}:
        return
    dx, dy = shift(element.get("transform", ""))
    x, y = x + dx, y + dy
    own = {name: value for name in KEPT if (value := element.get(name)) is not None}
    look = {**inherited, **own}
    tag = element.tag.rpartition("}")[2]
    if tag in {"path", "line"}:
        yield from path_mark(element, tag, x, y, look)
    elif tag == "text" and element.text:
        yield Drawn(attributes_of(look, is_text=True), x, y, "", element.text)
    elif tag in {"svg", "g"}:
        for child in element:
            yield from marks_in(child, x, y, look)


def path_mark(
    element: ElementTree.Element, tag: str, x: float, y: float, look: Mapping[str, str]
) -> Iterator[Drawn]:
    """A path at its place; one that paints nothing is left out."""
    path = element.get("d", "") if tag == "path" else line_path(element)
    attributes = attributes_of(look, is_text=False)
    if path and ("fill" in dict(attributes) or "stroke" in dict(attributes)):
        yield Drawn(attributes, x, y, moved(path, x, y), "")


def line_path(element: ElementTree.Element) -> str:
    """A line of the renderer, which begins at its own place, as a path."""
    ends = [float(element.get(name, "0")) for name in ("x1", "y1", "x2", "y2")]
    return f"M{ends[0]},{ends[1]}L{ends[2]},{ends[3]}"


def attributes_of(look: Mapping[str, str], *, is_text: bool) -> tuple[tuple[str, str], ...]:
    """What has to be written: nothing that says the default."""
    found = {name: value for name, value in look.items() if (name, value) not in DEFAULTS}
    if found.get("fill") == "none" and is_text:
        del found["fill"]
    if found.get("stroke", "none") == "none":
        found = {name: v for name, v in found.items() if not name.startswith("stroke")}
    unused = ("text-anchor", "font-weight", "font-size") if not is_text else ()
    kept = [(name, found[name]) for name in KEPT if name in found and name not in unused]
    # An unfilled path without a stroke is invisible; "none" has to be said for a stroked one.
    has_stroke = any(name == "stroke" for name, _ in kept)
    return tuple(pair for pair in kept if pair != ("fill", "none") or has_stroke)


def shift(transform: str) -> tuple[float, float]:
    """The numbers of `translate(x,y)`; the renderer uses nothing else for these figures."""
    found = re.match(r"translate\(([-\d.e]+),([-\d.e]+)\)", transform)
    return (float(found[1]), float(found[2])) if found else (0.0, 0.0)


def moved(path: str, x: float, y: float) -> str:
    """The path at its place, with one decimal."""
    return "".join(
        command + joined(placed(command, numbers, x, y)) for command, numbers in commands(path)
    )


def commands(path: str) -> Iterator[tuple[str, list[float]]]:
    """Each command with its numbers; repeated numbers repeat the command."""
    command = ""
    numbers: list[float] = []
    for part in PART.findall(path):
        if part.isalpha():
            if command:
                yield from split(command, numbers)
            command, numbers = part, []
        else:
            numbers.append(float(part))
    if command:
        yield from split(command, numbers)


def split(command: str, numbers: list[float]) -> Iterator[tuple[str, list[float]]]:
    """One command for each set of numbers."""
    size = LENGTHS.get(command.upper(), 0)
    if not size:
        yield command, []
        return
    for start in range(0, len(numbers), size):
        yield command, numbers[start : start + size]


def placed(command: str, numbers: list[float], x: float, y: float) -> list[float]:
    """Absolute places moved."""
    result = list(numbers)
    if command == "H":
        result[0] += x
    elif command == "V":
        result[0] += y
    for at in MOVED.get(command, ()):
        result[at] += x
        result[at + 1] += y
    return result


def joined(numbers: Iterable[float]) -> str:
    """Numbers with a space only where no sign parts them."""
    text = ""
    for number in numbers:
        part = short(number)
        text += part if not text or part.startswith("-") else f" {part}"
    return text


def short(number: float) -> str:
    """At most one decimal, and no negative zero."""
    text = f"{round(number, 1) + 0.0:g}"
    return "0" if text == "-0" else text


def groups(marks: Iterable[Drawn]) -> Iterator[list[Drawn]]:
    """Neighbouring marks of one look and kind."""
    for _, found in groupby(marks, key=look_of):
        yield list(found)


def look_of(mark: Drawn) -> tuple[bool, tuple[tuple[str, str], ...]]:
    """What makes neighbours one element."""
    return bool(mark.text), mark.attributes


def written(group: Sequence[Drawn]) -> Markup:
    """One path for marks of one look; texts in a group that carries their look."""
    look = Markup("").join(
        Markup(' {}="{}"').format(name, value) for name, value in group[0].attributes
    )
    if not group[0].text:
        return Markup('<path{} d="{}"/>').format(look, "".join(mark.path for mark in group))
    texts = Markup("").join(
        Markup('<text x="{}" y="{}">{}</text>').format(short(m.x), short(m.y), escape(m.text))
        for m in group
    )
    return Markup("<g{}>{}</g>").format(look, texts)
