"""The same judging, by several processes at once.

Each process opens the record itself and takes one bucket after the other; what
comes back is encoded lines with their rank, so that the order, and every byte,
is the same as with one process.
"""

from __future__ import annotations

import functools
import multiprocessing
from pathlib import Path
from typing import NamedTuple

from livedo.act.judging import Judged, Progress, Task, judge_all
from livedo.act.rows import Engine
from livedo.act.rule_book import SCREENING
from livedo.act.runs import EarlierRun
from livedo.act.shelf import Rank, Shelf
from livedo.assess.engine_python import PythonEngine
from livedo.knowledge.load import SHIPPED, Knowledge, load_knowledge
from livedo.knowledge.overrides import Override, with_overrides
from livedo.record.store import Record, open_record


class Setting(NamedTuple):
    """What every process is started with."""

    record: Path
    knowledge: Path
    overrides: tuple[Override, ...]
    task: Task
    earlier: EarlierRun | None


class Part(NamedTuple):
    """The lines of one bucket, encoded."""

    lines: list[tuple[Rank, bytes]]
    failed: list[str]


def judged_by_processes(
    record: Record,
    knowledge: Knowledge,
    task: Task,
    processes: int,
    earlier: EarlierRun | None,
    progress: Progress | None,
) -> Judged:
    """Everybody's lines, judged by so many processes with the reference engine."""
    shelf, failed = Shelf(), []
    setting = Setting(record.path, knowledge.folder, knowledge.overrides, task, earlier)
    # Starting afresh is slower than forking and safe beside the threads of other libraries.
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes) as pool:
        work = functools.partial(_judge_bucket, setting)
        for part in pool.imap_unordered(work, range(record.bucket_count())):
            for rank, encoded in part.lines:
                shelf.put_encoded(rank, encoded)
            failed.extend(part.failed)
            if progress is not None:
                progress(len(shelf) + len(failed), len(record))
    return Judged(shelf, failed)


def _judge_bucket(setting: Setting, number: int) -> Part:
    record = open_record(setting.record)
    people = record.patients_of_bucket(number)
    judged = judge_all(
        people, _engine(setting.knowledge, setting.overrides), setting.task, setting.earlier
    )
    return Part(list(judged.shelf.encoded()), judged.failed)


@functools.cache
def _engine(folder: Path, overrides: tuple[Override, ...]) -> Engine:
    """One engine a process."""
    knowledge = load_knowledge() if folder == SHIPPED else Knowledge.from_folder(folder)
    return PythonEngine(with_overrides(knowledge, overrides), SCREENING)
