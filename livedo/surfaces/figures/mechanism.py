"""The mechanism diagram: boxes in a row, drivers above, brackets where people can act below."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from livedo.act.parts import Mechanism, MechanismNode

MARGIN, BOX, GAP = 8.0, 146.0, 18.0
LINE, PAD = 15.0, 9.0
LETTERS = 20
"""As many letters as a line of a box holds."""
LETTERS_OF_ACT = 7.2
"""Units that a letter of a bracket's words takes, to break them in time."""
ARROW = 34.0


@dataclass(frozen=True)
class Text:
    """A line of a box."""

    x: float
    y: float
    text: str
    style: str


@dataclass(frozen=True)
class Shape:
    """A box with its lines."""

    x: float
    y: float
    width: float
    height: float
    lit: str
    texts: tuple[Text, ...]


@dataclass(frozen=True)
class Arrow:
    """An arrow, and how sure it is."""

    path: str
    lit: str
    is_danger: bool


@dataclass(frozen=True)
class Bracket:
    """Where people can act."""

    path: str
    texts: tuple[Text, ...]


@dataclass(frozen=True)
class MechanismFigure:
    """The whole diagram."""

    width: float
    height: float
    boxes: tuple[Shape, ...]
    drivers: tuple[Text, ...]
    arrows: tuple[Arrow, ...]
    brackets: tuple[Bracket, ...]


def figure_of(mechanism: Mechanism) -> MechanismFigure | None:
    """The diagram of one person; None where nothing is told."""
    if not mechanism.chain:
        return None
    places = {node.id: MARGIN + n * (BOX + GAP) for n, node in enumerate(mechanism.chain)}
    drivers = driver_lines(mechanism)
    above = max((len(lines) for _, lines in drivers), default=0) * LINE
    top = above + ARROW + 8
    wrapped = [box_lines(node) for node in mechanism.chain]
    height = max(len(lines) for lines in wrapped) * LINE + PAD + 6
    boxes = tuple(
        box(node, lines, places[node.id], top, height)
        for node, lines in zip(mechanism.chain, wrapped, strict=True)
    )
    brackets = tuple(bracket_of(option, places, top + height + 16) for option in mechanism.options)
    below = max((len(bracket.texts) for bracket in brackets), default=0) * LINE + 32
    return MechanismFigure(
        width=2 * MARGIN + len(boxes) * (BOX + GAP) - GAP,
        height=top + height + below,
        boxes=boxes,
        drivers=tuple(driver_texts(drivers, mechanism, places, above)),
        arrows=tuple(arrows(mechanism, places, top, height, above)),
        brackets=brackets,
    )


def box_lines(node: MechanismNode) -> list[str]:
    """Title and lines, broken so that they fit."""
    lines = textwrap.wrap(node.title, LETTERS)
    for line in node.lines:
        lines += textwrap.wrap(line, LETTERS, break_long_words=True)
    return lines


def box(node: MechanismNode, lines: Sequence[str], x: float, top: float, height: float) -> Shape:
    """A box with its words."""
    titles = len(textwrap.wrap(node.title, LETTERS))
    texts = tuple(
        Text(x + PAD, top + 18 + n * LINE, line, style_of(node, is_title=n < titles))
        for n, line in enumerate(lines)
    )
    return Shape(x, top, BOX, height, node.lit, texts)


def style_of(node: MechanismNode, *, is_title: bool) -> str:
    """How words are written: the title heavy, what is unknown in the colour of the unknown."""
    if node.lit == "unknown":
        return "tu" if is_title else "tq"
    if node.lit == "not_seen":
        return "t3"
    return "t1" if is_title else ""


def driver_lines(mechanism: Mechanism) -> list[tuple[MechanismNode, list[str]]]:
    """Title and lines of each driver; what is not seen stays, in grey."""
    return [
        (
            driver,
            [
                *textwrap.wrap(driver.title, LETTERS + 5),
                *(part for line in driver.lines[:2] for part in textwrap.wrap(line, LETTERS + 5)),
            ],
        )
        for driver in mechanism.drivers
    ]


def driver_texts(
    drivers: Sequence[tuple[MechanismNode, list[str]]],
    mechanism: Mechanism,
    places: dict[str, float],
    above: float,
) -> Iterator[Text]:
    """The words above the boxes, standing on one line at their foot."""
    into = {link.from_: link.to for link in mechanism.links}
    for driver, lines in drivers:
        x = places[into[driver.id]] + BOX / 2
        start = above - (len(lines) - 1) * LINE
        titles = len(textwrap.wrap(driver.title, LETTERS + 5))
        for n, line in enumerate(lines):
            yield Text(x, start + n * LINE, line, driver_style(driver, is_title=n < titles))


def driver_style(driver: MechanismNode, *, is_title: bool) -> str:
    """A danger of today is red, and says so by its arrow as well."""
    if driver.lit == "seen" and is_title:
        return "td" if driver.is_danger else "tr"
    return style_of(driver, is_title=is_title)


def arrows(
    mechanism: Mechanism, places: dict[str, float], top: float, height: float, above: float
) -> Iterator[Arrow]:
    """Arrows along the chain and down from the drivers."""
    danger = {driver.id for driver in mechanism.drivers if driver.is_danger}
    middle = top + height / 2
    for link in mechanism.links:
        if link.from_ in places:
            start, end = places[link.from_] + BOX + 1, places[link.to] - 2
            yield Arrow(f"M{start:g} {middle:g}H{end:g}", link.lit, False)
        else:
            x = places[link.to] + BOX / 2
            is_danger = link.from_ in danger and link.lit == "seen"
            yield Arrow(f"M{x:g} {above + 7:g}V{top - 2:g}", link.lit, is_danger)


def bracket_of(option: tuple[str, str, str], places: dict[str, float], y: float) -> Bracket:
    """A bracket below the boxes with what acts on them."""
    first, last, words = option
    left, right = places[first], places[last] + BOX
    lines = textwrap.wrap(words, max(12, int((right - left) / LETTERS_OF_ACT * 1.15)))
    x = (left + right) / 2
    texts = tuple(Text(x, y + 24 + n * LINE, line, "") for n, line in enumerate(lines))
    return Bracket(f"M{left:g} {y:g}v7H{right:g}v-7", texts)
