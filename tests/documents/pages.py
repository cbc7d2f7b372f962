"""The pages of the manual, read as a reader follows them: files to write, commands to type.

In a `console` or `bash` block each line that begins with `livedo` or `$ livedo` is a command. What
follows a `$` line is what the reader should see, `...` stands for anything. A `yaml` block right
below a line that is nothing but **`a path`** is a file to save there, a `diff` block lines of it to
change. A comment before a block says what is special about it:

    <!-- exits 20 -->             the command must end so
    <!-- not run: the reason -->  counted, and few
    <!-- pending -->              run as soon as the command exists
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

COMMAND = re.compile(r"(?:\$ )?(livedo(?: .*)?)")
FENCE = re.compile(r"(`{3,})(\S*)")
MARK = re.compile(r"<!-- (exits \d+|not run: .+|pending) -->")
SAVED = re.compile(r"\*\*`([\w./-]+)`\*\*")
SHELL = ("console", "bash")


@dataclass
class Command:
    """One command of a page, and what the reader is told will come of it."""

    place: str
    words: list[str]
    exit_status: int = 0
    not_run: str = ""
    is_pending: bool = False
    shown: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Saved:
    """A file that a page tells the reader to write."""

    path: str
    text: str

    def write(self, folder: Path) -> None:
        target = folder / self.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(self.text, encoding="utf-8")


@dataclass(frozen=True)
class Changed:
    """Lines of a file that a page tells the reader to put in the place of others."""

    path: str
    lines: list[str]

    def write(self, folder: Path) -> None:
        target = folder / self.path
        text = target.read_text(encoding="utf-8")
        old = [line[1:] for line in self.lines if line.startswith("-")]
        new = [line[1:] for line in self.lines if line.startswith("+")]
        for before, after in zip(old, new, strict=True):
            assert text.count(f"{before}\n") == 1, f"{self.path}: {before}"
            text = text.replace(f"{before}\n", f"{after}\n")
        target.write_text(text, encoding="utf-8")


@dataclass(frozen=True)
class Block:
    """A fenced block, with the line of text above it."""

    language: str
    line: int
    above: str
    lines: list[str]


def pages() -> list[Path]:
    """Every page that a reader may open."""
    found = sorted(DOCS.rglob("*.md"))
    return [ROOT / "README.md", ROOT / "DEVELOPERS.md", ROOT / "SECURITY.md", *found]


def name(page: Path) -> str:
    """A page below the repository."""
    return page.relative_to(ROOT).as_posix()


def blocks(text: str) -> Iterator[Block]:
    """Every fenced block of a page."""
    above, fence, inside, start, language = "", "", [""], 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        opening = FENCE.match(line)
        if fence and line.strip() == fence:
            yield Block(language, start, above, inside)
            fence, above = "", ""
        elif fence:
            inside.append(line)
        elif opening:
            fence, language, inside, start = opening[1], opening[2], [], number
        elif line.strip():
            above = line.strip()


def steps(page: Path) -> Iterator[Command | Saved | Changed]:
    """What a reader of the page does, in order."""
    for block in blocks(page.read_text(encoding="utf-8")):
        saved = SAVED.fullmatch(block.above)
        if saved and block.language == "diff":
            yield Changed(saved[1], block.lines)
        elif saved:
            yield Saved(saved[1], "\n".join(block.lines) + "\n")
        elif block.language in SHELL:
            yield from commands(block, name(page))


def commands(block: Block, page: str) -> Iterator[Command]:
    """The commands of one block, each with what is shown below it."""
    mark = MARK.fullmatch(block.above)
    said = mark[1] if mark else ""
    current: Command | None = None
    for number, line in enumerate(block.lines, block.line + 1):
        typed = COMMAND.fullmatch(line)
        if typed:
            if current:
                yield current
            current = Command(f"{page}:{number}", shlex.split(typed[1], comments=True))
            current.not_run = said.removeprefix("not run: ") if said.startswith("not") else ""
            current.is_pending = said == "pending"
            current.exit_status = int(said.split()[1]) if said.startswith("exits") else 0
        elif current and line.strip() and line.strip() != "...":
            current.shown.append(line.strip())
    if current:
        yield current
