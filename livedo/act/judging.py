"""Everybody's line of the worklist, one person after the other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import NamedTuple

from livedo.act.changes import Earlier, as_earlier
from livedo.act.facts_in_words import FactWords
from livedo.act.precedence import standing
from livedo.act.quantities_in_words import as_units
from livedo.act.result import PatientResult
from livedo.act.rows import Engine, Rows
from livedo.act.runs import EarlierRun
from livedo.act.shelf import Shelf
from livedo.errors import KnowledgeInvalid
from livedo.record.tables import Instant, PatientRecord

log = logging.getLogger(__name__)

Progress = Callable[[int, int | None], None]
"""Told how many people are done, and how many there are if that is known."""

TELL_EVERY = 200


class Task(NamedTuple):
    """What a judging process needs to know."""

    as_of: Instant
    lang: str
    units: str
    time_zone: str
    before: Instant | None
    """The moment to compare with, when a date was given."""


class Judged(NamedTuple):
    """Everybody's lines, and who could not be judged."""

    shelf: Shelf
    failed: list[str]


def judge_all(
    people: Iterator[PatientRecord],
    engine: Engine,
    task: Task,
    earlier: EarlierRun | None,
    progress: Progress | None = None,
    total: int | None = None,
) -> Judged:
    """Everybody's line, judged one after the other in flat memory."""
    words = FactWords(engine.knowledge, task.lang, as_units(task.units), task.time_zone)
    rows = Rows(engine, words)
    shelf, failed = Shelf(), []
    done = 0
    for done, record in enumerate(people, start=1):
        try:
            shelf.put(row_of(rows, record, task, earlier))
        except KnowledgeInvalid:
            raise
        except Exception as error:
            # One damaged history must not take the unit's list away. The error may
            # quote a value, so only its kind is logged; the person is named as failed.
            log.warning("one person could not be judged: %s", type(error).__name__)
            failed.append(record.person.person_id)
        if progress is not None and done % TELL_EVERY == 0:
            progress(done, total)
    if progress is not None:
        progress(done, total)
    return Judged(shelf, failed)


def row_of(
    rows: Rows, record: PatientRecord, task: Task, earlier: EarlierRun | None
) -> PatientResult:
    """One person's line, compared with a kept run or with an earlier date if asked."""
    was: Earlier | None = None
    if earlier is not None:
        was = earlier.of(record.person.person_id)
    elif task.before is not None:
        was = _at(rows, record, task.before)
    is_compared = earlier is not None or task.before is not None
    return rows.row(record, task.as_of, was=was, is_compared=is_compared)


def _at(rows: Rows, record: PatientRecord, moment: Instant) -> Earlier | None:
    if not any(fact.known_at <= moment for fact in record.facts):
        return None
    judgement = rows.judge(record, moment)
    return as_earlier(rows.result(record, judgement, standing(judgement, rows.book)))
