"""A statement of literature in one paragraph."""

from __future__ import annotations

from collections.abc import Iterator

from livedo.knowledge.claims import Claim
from livedo.surfaces.terminal import Line, Terminal, wrap
from livedo.surfaces.words import Words

INDENT = 4


def claim_line(
    claim: Claim, words: Words, terminal: Terminal, *, before: str = "", after: str = ""
) -> Iterator[Line]:
    """A statement with its id, source, year and strength.

    Args:
        before: what is done by or to it, said before its id.
        after: what it does to others, said after its id.
    """
    line: Line = [("  ", ""), (f"{before} " if before else "", "risk")]
    line.append((claim.id if after else f"{claim.id}: ", "strong"))
    line.append((f" {after}: " if after else "", "risk"))
    line.append((claim.text(words.lang), ""))
    line.append((f"  {claim.source}, {claim.year}, {strength(claim, words)}", "quiet"))
    return iter(wrap(line, terminal.width, INDENT))


def strength(claim: Claim, words: Words) -> str:
    """What kind of study it rests on, in words."""
    return words.text(f"knowledge.strengths.{claim.strength}")


def relation(name: str, words: Words, *, is_passive: bool = False) -> str:
    """What one statement does to another, in words."""
    return words.find(f"knowledge.relations.{name}{'_passive' if is_passive else ''}") or ""
