"""The same work on every bucket of a record, by one process or several, in bucket order."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from livedo.record.store import Record, open_record

Own = TypeVar("Own")
Part = TypeVar("Part")
Progress = Callable[[int, int], None]
"""Is told how many buckets are done, and of how many."""


def over_buckets(
    work: Callable[[Record, int, Own], Part],
    record: Record,
    own: Callable[[int], Own],
    processes: int = 1,
    progress: Progress | None = None,
) -> list[Part]:
    """What the work gives for each bucket.

    Args:
        work: must be picklable for several processes.
        own: what the work is told of one bucket besides its number.
    """
    numbers = range(record.bucket_count())
    found: list[Part] = []
    if processes < 2 or len(numbers) < 2:
        for number in numbers:
            found.append(work(record, number, own(number)))
            _tell(progress, len(found), len(numbers))
        return found
    # Starting afresh is slower than forking and safe beside the threads of other libraries.
    context = multiprocessing.get_context("spawn")
    with _deaf_to_interrupts():
        started = context.Pool(min(processes, len(numbers)), _begin, (work, record.path))
    with started as pool:
        for part in pool.imap(_do, ((number, own(number)) for number in numbers)):
            found.append(part)
            _tell(progress, len(found), len(numbers))
    return found


def nothing(number: int) -> None:
    """The work needs nothing besides the number."""


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Processes started here never see Ctrl-C: whoever started them stops them, without a trace."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


_WORK: list[tuple[Callable[..., Any], Record]] = []
"""What this process does, and on which record: told once when it starts."""


def _begin(work: Callable[..., Any], path: Path) -> None:
    _WORK[:] = [(work, open_record(path))]


def _do(told: tuple[int, Any]) -> Any:
    work, record = _WORK[0]
    return work(record, *told)


def _tell(progress: Progress | None, done: int, of: int) -> None:
    if progress is not None:
        progress(done, of)
