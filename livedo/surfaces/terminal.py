"""Text on a terminal: colour by role, width, and signs where UTF-8 cannot be shown.

A line is a list of spans, each a text and a role. Roles choose among the eight
basic colours, so that the reader's own palette decides the shade; without colour
every line reads the same, since shapes and words carry the meaning.
"""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Literal

Role = Literal[
    "", "danger", "early", "risk", "workup", "palpation", "unknown", "strong", "quiet", "done"
]
Span = tuple[str, Role]
Line = list[Span]

WIDTH_OF_A_PIPE = 100
NARROWEST = 40

DEEPER = 4
"""Where the rest of a line that was too wide begins."""

KEPT = "\u00a0"
"""A space at which no line is broken; it is written as an ordinary one."""

SGR: dict[Role, str] = {
    "danger": "1;31",
    "early": "35",
    "risk": "33",
    "workup": "34",
    "palpation": "36",
    "unknown": "36;2",
    "strong": "1",
    "quiet": "2",
    "done": "32",
}

# Shapes keep their meaning where only ASCII can be shown; see the legend of the manual.
PLAIN_SIGNS = {
    "■": "#", "●": "@", "◉": "o", "△": "^", "○": ".", "□": "[]", "◆": "*",
    "–": "-", "—": "-", "−": "-", "‑": "-", "·": ".", "…": "...", "•": "-",
    "↑": "^", "↓": "v", "→": "->", "←": "<-", "✓": "v", "◷": "~", "‖": "||", "◇": "*", "×": "x",
    "“": '"', "”": '"', "„": '"', "»": '"', "«": '"', "’": "'", "‘": "'",
    "≥": ">=", "≤": "<=", "≈": "~", "±": "+/-", "µ": "u", "μ": "u", "°": "deg ",
    "²": "2", "³": "3", "⁹": "9", "¹": "1", "æ": "ae", "ø": "oe", "å": "aa",
    "Æ": "Ae", "Ø": "Oe", "Å": "Aa", "ß": "ss",
    "▁": "_", "▂": "_", "▃": "-", "▄": "-", "▅": "=", "▆": "=", "▇": "^", "█": "^",
}  # fmt: skip


@dataclass(frozen=True)
class Terminal:
    """Where lines go: how wide it is, whether it shows colour, and its character set."""

    width: int = WIDTH_OF_A_PIPE
    has_colour: bool = False
    encoding: str = "utf-8"

    def render(self, line: Line) -> str:
        """One line as it is written."""
        shown: Line = [(self.fit_padded(text.replace(KEPT, " ")), role) for text, role in line]
        return "".join(self.paint(text, role) for text, role in merged(shown)).rstrip()

    def paint(self, text: str, role: Role) -> str:
        """A span, coloured if it can be."""
        if not (self.has_colour and role and text.strip()):
            return text
        inner = text.strip(" ")
        start = text.index(inner)
        return f"{text[:start]}\x1b[{SGR[role]}m{inner}\x1b[0m{text[start + len(inner) :]}"

    def fit(self, text: str) -> str:
        """The text with every sign the terminal cannot show put in plain letters."""
        try:
            text.encode(self.encoding)
        except UnicodeEncodeError:
            return "".join(plain_sign(character, self.encoding) for character in text)
        return text

    def fit_padded(self, text: str) -> str:
        """The text in plain letters; what it grew by is taken from its padding."""
        fitted = self.fit(text)
        padding = len(fitted) - len(fitted.rstrip(" "))
        taken = min(columns(fitted) - columns(text), padding - 1)
        return fitted[:-taken] if taken > 0 else fitted

    def print(self, lines: Iterable[Line], out: IO[str]) -> None:
        """Writes lines; one that is too wide goes on below, a little further in."""
        for line in lines:
            parts = [line] if width_of(line) <= self.width else wrap(line, self.width, DEEPER)
            for part in parts:
                out.write(self.render(part) + "\n")


def plain_sign(character: str, encoding: str) -> str:
    """A sign as the encoding can show it; never `?`, which means unknown."""
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        if character in PLAIN_SIGNS:
            return PLAIN_SIGNS[character]
        letters = unicodedata.normalize("NFKD", character).encode("ascii", "ignore")
        return letters.decode("ascii") or "~"
    return character


def merged(line: Line) -> Line:
    """The line with neighbours of one role joined."""
    joined: Line = []
    for text, role in line:
        if joined and joined[-1][1] == role:
            joined[-1] = (joined[-1][0] + text, role)
        else:
            joined.append((text, role))
    return joined


def open_terminal(out: IO[str], color: str = "auto") -> Terminal:
    """The terminal behind a stream. `color` is auto, always or never."""
    is_terminal = out.isatty()
    columns = shutil.get_terminal_size((WIDTH_OF_A_PIPE, 24)).columns
    is_wide_known = is_terminal or "COLUMNS" in os.environ
    return Terminal(
        width=max(NARROWEST, columns if is_wide_known else WIDTH_OF_A_PIPE),
        has_colour=shows_colour(is_terminal, color),
        encoding=getattr(out, "encoding", None) or "utf-8",
    )


def shows_colour(is_terminal: bool, color: str) -> bool:
    """Colour on a terminal only, unless the reader said otherwise."""
    if color == "auto":
        return is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return color == "always"


def columns(text: str) -> int:
    """How many columns a text takes."""
    return sum(column_width(character) for character in text)


def column_width(character: str) -> int:
    """0 for combining signs, 2 for wide ones, else 1."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def pad(text: str, width: int) -> str:
    """The text filled with spaces to a width; a longer text stays whole."""
    return text + " " * (width - columns(text))


def width_of(line: Line) -> int:
    """How many columns a line takes."""
    return sum(columns(text) for text, _ in line)


def pieces(line: Line) -> Iterator[Span]:
    """The line cut before each word, so that it can be broken between words."""
    for text, role in line:
        start = 0
        for place in range(1, len(text)):
            if text[place - 1] == " " and text[place] != " ":
                yield text[start:place], role
                start = place
        if text[start:]:
            yield text[start:], role


def wrap(line: Line, width: int, indent: int = 0) -> list[Line]:
    """The line broken between words; continuation lines start at `indent`. Nothing is cut."""
    lines: list[Line] = [[]]
    used = 0
    for text, role in pieces(line):
        taken = columns(text.rstrip(" "))
        if used + taken > width and used > indent:
            lines.append([(" " * indent, "")])
            used = indent
            text = text.lstrip(" ")
        lines[-1].append((text, role))
        used += columns(text)
    return lines


def spread(left: Line, right: Line, width: int) -> list[Line]:
    """Left and right on one line where they fit, else the right one below at the right edge."""
    shown = columns("".join(text for text, _ in left).rstrip())
    if width - shown - width_of(right) >= 2:
        gap = max(0, width - width_of(left) - width_of(right))
        return [[*left, (" " * gap, ""), *right]]
    below = max(0, width - width_of(right))
    return [left, [(" " * below, ""), *right]]
