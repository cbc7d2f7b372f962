"""Progress on stderr after one second: a moving line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import IO

FIRST_AFTER_SECONDS = 1.0
TERMINAL_EVERY_SECONDS = 0.2
LINES_EVERY_SECONDS = 5.0


class Progress:
    """Says how far a long piece of work has come. Call it as often as you like."""

    def __init__(
        self,
        say: Callable[[int, int | None], str],
        stream: IO[str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._say = say
        self._stream = stream or sys.stderr
        self._clock = clock
        self._is_terminal = self._stream.isatty()
        self._next = clock() + FIRST_AFTER_SECONDS
        self._shown = 0

    def __call__(self, done: int, total: int | None = None) -> None:
        """Tells how many are done, of how many if that is known."""
        now = self._clock()
        if now < self._next or done == total:
            return
        every = TERMINAL_EVERY_SECONDS if self._is_terminal else LINES_EVERY_SECONDS
        self._next = now + every
        self.show(self._say(done, total))

    def show(self, text: str) -> None:
        """Writes one state of the work."""
        if not self._is_terminal:
            self._stream.write(text + "\n")
        else:
            self._stream.write("\r" + text.ljust(self._shown))
            self._shown = len(text)
        self._stream.flush()

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._is_terminal and self._shown:
            self._stream.write("\r" + " " * self._shown + "\r")
            self._stream.flush()
