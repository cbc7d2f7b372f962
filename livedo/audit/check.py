"""Whether a log is as it was written: no line removed, changed, moved or cut off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from livedo.audit import files
from livedo.audit.events import LONGEST_LINE, TORN, Line, beginning, opened, torn_detail
from livedo.audit.files import beside
from livedo.audit.log import changed
from livedo.errors import AuditChanged, SourceUnreadable

USUAL_LINE = 600
"""Bytes of a line as it mostly is, for finding the newest ones."""

MOST_TORN = 512 * LONGEST_LINE
"""Bytes that one sudden stop can leave unfinished: one group of lines."""


class Verified(Struct, frozen=True):
    """A log that is as it was written.

    `torn` are lines that a sudden stop left unfinished and the next line names; `is_open_ended`
    says that the end of the file is such a line, which the next opening will name.
    """

    lines: int
    first_at: str | None
    last_at: str | None
    torn: tuple[int, ...]
    is_open_ended: bool


class _Walk:
    """A reader that follows the chain and stops at the first thing that is not right."""

    def __init__(self, path: Path, key: bytes) -> None:
        self.path, self.key = path, key
        # Read first, so that a log can be verified while it is written.
        self.head = files.read_head(beside(path, "head"), key)
        self.sequence, self.seal = 0, beginning(key)
        self.first_at: str | None = None
        self.last_at: str | None = None
        self.torn: list[int] = []
        self._left = b""
        self._left_at = 0

    def take(self, number: int, raw: bytes) -> None:
        """One line of the file, with its line end."""
        line = opened(raw.removesuffix(b"\n"), self.key) if raw.endswith(b"\n") else None
        if line is None:
            self._left_at = self._left_at or number
            self._left += raw
            if len(self._left) > MOST_TORN:
                raise self.wrong(self._left_at, "was changed")
            return
        if self._left:
            self._accept_torn(line)
        if line.sequence != self.sequence + 1 or line.before != self.seal:
            raise self.wrong(number, f"stands where number {self.sequence + 1} should stand")
        self.sequence, self.seal, self.last_at = line.sequence, line.seal, line.at
        self.first_at = self.first_at or line.at
        if self.head and self.sequence == self.head.sequence and self.seal != self.head.seal:
            raise self.wrong(number, "is not the one that was written last")

    def _accept_torn(self, line: Line) -> None:
        if line.action != TORN or line.detail != torn_detail(self._left):
            raise self.wrong(self._left_at, "was changed")
        self.torn.append(self._left_at)
        self._left, self._left_at = b"", 0

    def finish(self) -> None:
        """Only the beginning of a line that nobody was promised may be left at the end."""
        if self._left.endswith(b"\n"):
            raise self.wrong(self._left_at, "was changed")
        if self.head is None:
            raise self.wrong(self.sequence, "is the last one, and the head is missing or changed")
        if self._left and self.head.sequence > self.sequence:
            raise self.wrong(self._left_at, "was changed")
        if self.head.sequence > self.sequence:
            raise self.wrong(self.sequence + 1, f"is cut off: {self.head.sequence} were written")

    def done(self) -> Verified:
        """What was found, where nothing was wrong."""
        return Verified(
            self.sequence, self.first_at, self.last_at, tuple(self.torn), bool(self._left)
        )

    def wrong(self, number: int, how: str) -> AuditChanged:
        """The error that names the line."""
        return changed(self.path, f"line {number} {how}")


def verify(path: Path, *, key_file: Path | None = None) -> Verified:
    """Reads a whole log and says that it is as it was written.

    Raises:
        AuditChanged: a line was removed, changed, moved or cut off; the message says which.
        AuditUnwritable: the key is missing.
        SourceUnreadable: there is no log.
    """
    walk = _Walk(path, files.read_key(key_file or beside(path, "key")))
    for number, raw in enumerate(raw_lines(path), 1):
        walk.take(number, raw)
    walk.finish()
    return walk.done()


def raw_lines(path: Path) -> Iterator[bytes]:
    """The lines of a log with their ends, none longer than a line can be."""
    try:
        with path.open("rb") as log:
            while raw := log.readline(LONGEST_LINE):
                yield raw
    except OSError as error:
        raise SourceUnreadable(
            "There is no audit log to read",
            where=str(path),
            next_step="give the file that livedo serve wrote",
        ) from error


def readable_lines(path: Path) -> Iterator[Line]:
    """Every whole line, whether or not its seal is right: for looking, not for trusting."""
    for raw in raw_lines(path):
        if line := opened(raw.rstrip(b"\n"), None):
            yield line


def newest_lines(path: Path, most: int) -> list[Line]:
    """The newest lines, oldest first, without reading the whole of a large log."""
    with path.open("rb") as log:
        size = log.seek(0, 2)
        begins = max(0, size - most * USUAL_LINE)
        log.seek(begins)
        raw = log.read().splitlines()
    whole = raw[1:] if begins else raw
    return [line for one in whole if (line := opened(one, None))][-most:]
