"""Progress is silent for a second, then moves; never on stdout."""

from __future__ import annotations

import io

from livedo.surfaces.progress import Progress


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def say(done: int, total: int | None) -> str:
    return f"{done} of {total}"


def test_quick_work_says_nothing() -> None:
    stream, clock = io.StringIO(), Clock()
    with Progress(say, stream, clock) as progress:
        clock.now = 0.9
        progress(10, 100)
    assert stream.getvalue() == ""


def test_in_a_pipe_long_work_writes_plain_lines() -> None:
    stream, clock = io.StringIO(), Clock()
    with Progress(say, stream, clock) as progress:
        for second in range(1, 8):
            clock.now = float(second)
            progress(second, 100)
    assert stream.getvalue() == "1 of 100\n6 of 100\n"


def test_on_a_terminal_one_line_moves_and_is_wiped() -> None:
    stream, clock = Screen(), Clock()
    with Progress(say, stream, clock) as progress:
        clock.now = 1.1
        progress(1, 100)
        clock.now = 1.4
        progress(2, 100)
    assert stream.getvalue() == "\r1 of 100\r2 of 100\r        \r"


def test_the_end_of_the_work_is_not_announced() -> None:
    stream, clock = io.StringIO(), Clock()
    with Progress(say, stream, clock) as progress:
        clock.now = 2.0
        progress(100, 100)
    assert stream.getvalue() == ""
