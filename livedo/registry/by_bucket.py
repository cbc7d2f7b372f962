"""The same work on every bucket of a record, by one process or several, in bucket order."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from livedo.record.store import Record, open_record

Part = TypeVar("Part")
Progress = Callable[[int, int], None]
"""Is told how many buckets are done, and of how many."""


def over_buckets(
    work: Callable[[Record, int], Part],
    record: Record,
    processes: int = 1,
    progress: Progress | None = None,
) -> list[Part]:
    """What the work gives for each bucket; `work` must be picklable for several processes."""
    numbers = range(record.bucket_count())
    found: list[Part] = []
    if processes < 2 or len(numbers) < 2:
        for number in numbers:
            found.append(work(record, number))
            _tell(progress, len(found), len(numbers))
        return found
    # Starting afresh is slower than forking and safe beside the threads of other libraries.
    context = multiprocessing.get_context("spawn")
    with context.Pool(min(processes, len(numbers))) as pool:
        for part in pool.imap(partial(_opened, work, record.path), numbers):
            found.append(part)
            _tell(progress, len(found), len(numbers))
    return found


def _opened(work: Callable[[Record, int], Part], path: Path, number: int) -> Part:
    return work(open_record(path), number)


def _tell(progress: Progress | None, done: int, of: int) -> None:
    if progress is not None:
        progress(done, of)
