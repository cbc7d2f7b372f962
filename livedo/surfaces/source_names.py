"""Lines of a terminal with the ids of their sources at the right edge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from livedo.act.result import Explanation
from livedo.surfaces.terminal import Line, Terminal, spread, wrap
from livedo.surfaces.words import Words

Detail = Literal["short", "normal", "long"]

MARGIN = 4
SOURCES_ON_A_LINE = 2


@dataclass(frozen=True)
class Sheet:
    """What every part of one person's page is written with."""

    words: Words
    terminal: Terminal
    disputed: frozenset[str]
    """Ids of the statements whose sources disagree."""
    is_long: bool

    def text(self, key: str, **values: object) -> str:
        """A text of the deeper parts, or of the page that tells the same."""
        return self.words.text(key, **values)

    def title(self, key: str, *beside: str) -> Iterator[Line]:
        """The heading of a part, with what stands quietly beside it."""
        line: Line = [(self.text(key), "strong")]
        line += [(f"  {text}", "quiet") for text in beside if text]
        yield from wrap(line, self.terminal.width, MARGIN)

    def wrapped(self, line: Line, indent: int = MARGIN) -> Iterator[Line]:
        """A line broken between words."""
        yield from wrap(line, self.terminal.width, indent)

    def sourced(self, line: Line, claims: Iterable[str], indent: int = MARGIN) -> Iterator[Line]:
        """A line with its sources, which the page of normal length leaves to `--long`."""
        shown = tuple(claims) if self.is_long else ()
        yield from beside_sources(line, shown, self.disputed, self.terminal, indent)


def sheet_of(explanation: Explanation, words: Words, terminal: Terminal, detail: Detail) -> Sheet:
    """The sheet for one person."""
    return Sheet(words, terminal, disputed(explanation), detail == "long")


def disputed(explanation: Explanation) -> frozenset[str]:
    """Ids of the statements whose sources disagree."""
    return frozenset(claim.id for claim in explanation.claims if claim.disagrees)


def sources_shown(claims: tuple[str, ...], disputed: frozenset[str], limit: int) -> list[str]:
    """The first sources, and every one that takes part in a disagreement."""
    return [claim for n, claim in enumerate(claims) if n < limit or claim in disputed]


def beside_sources(
    text: Line,
    claims: tuple[str, ...],
    disputed: frozenset[str],
    terminal: Terminal,
    indent: int = MARGIN,
) -> Iterator[Line]:
    """A line with its sources at the right edge, or below when there is no room."""
    shown = sources_shown(claims, disputed, SOURCES_ON_A_LINE)
    mark = "‖ " if len(disputed.intersection(shown)) > 1 else ""
    *first, last = wrap(text, terminal.width, indent)
    yield from first
    named: Line = [(mark + " ".join(shown), "quiet")]
    yield from spread(last, named, terminal.width) if shown else [last]
