"""Everybody judged and put in order: who needs a look today, and why.

Example:
    screening = screen(open_record("record"), PythonEngine(load_knowledge()), as_of)
    for patient in screening.patients: ...
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from zoneinfo import ZoneInfo

import msgspec

from livedo.act.changes import as_earlier
from livedo.act.facts_in_words import FactWords
from livedo.act.judging import Judged, Progress, Task, judge_all
from livedo.act.own_numbers import override_lines
from livedo.act.quantities_in_words import as_units
from livedo.act.result import GroupSummary, RecordSummary, Screening
from livedo.act.rows import LAST_DUE_GROUP, Engine
from livedo.act.runs import EarlierRun, RunHead, keep, open_run, run_id
from livedo.errors import DateInvalid
from livedo.instants import from_iso
from livedo.knowledge.load import Knowledge
from livedo.record.store import Record
from livedo.record.tables import Instant, PatientRecord

log = logging.getLogger(__name__)

FEWEST_FOR_PROCESSES = 1_000
"""Below this, starting a process takes longer than what it saves."""


def screen(
    people: Record | Iterable[PatientRecord],
    engine: Engine,
    as_of: Instant,
    *,
    changed_since: str | None = None,
    processes: int = 1,
    lang: str = "en",
    units: str = "si",
    progress: Progress | None = None,
    time_zone: str | None = None,
    keep_run: bool = True,
) -> Screening:
    """Judges everybody and puts them in the documented order.

    Args:
        people: a record, or people read into memory.
        changed_since: the id of a kept run, or a date; the record is then also
            judged at that date.
        processes: how many processes judge; the result is the same for any number.
        keep_run: whether the run is kept beside the record for later comparison.

    Raises:
        SourceUnreadable: `changed_since` names neither a kept run nor a date.
    """
    record = people if isinstance(people, Record) else None
    zone = time_zone or (record.manifest.time_zone if record else "UTC")
    earlier, before = compared_with(record, changed_since, zone)
    task = Task(as_of, lang, units, zone, before)
    if record is not None and processes > 1 and len(record) >= FEWEST_FOR_PROCESSES:
        from livedo.act.processes import judged_by_processes

        judged = judged_by_processes(record, engine.knowledge, task, processes, earlier, progress)
    else:
        everyone = people.patients() if isinstance(people, Record) else iter(people)
        total = None if record is None else len(record)
        judged = judge_all(everyone, engine, task, earlier, progress, total)
    screening = _screening(judged, engine.knowledge, task, record, changed_since)
    if record is not None and keep_run:
        _keep(record, screening)
    return screening


def compared_with(
    record: Record | None, changed_since: str | None, zone: str
) -> tuple[EarlierRun | None, Instant | None]:
    """What a screening is compared with: a kept run, or the same record at an earlier date."""
    if changed_since is None:
        return None, None
    try:
        return None, from_iso(changed_since, ZoneInfo(zone))
    except DateInvalid:
        if record is None:
            raise
        return open_run(record.path, changed_since), None


def _screening(
    judged: Judged, knowledge: Knowledge, task: Task, record: Record | None, compared: str | None
) -> Screening:
    words = FactWords(knowledge, task.lang, as_units(task.units), task.time_zone)
    in_groups: Counter[str] = Counter()
    in_states: Counter[str] = Counter()
    for result in judged.shelf:
        in_groups[result.group] += 1
        in_states[result.state] += 1
    summary = _summary(record, len(judged.shelf), words, task.as_of)
    return Screening(
        as_of=task.as_of,
        as_of_text=words.dates.moment(task.as_of),
        knowledge=knowledge.version,
        run=run_id(task.as_of, knowledge.version, *_identity(summary)),
        lang=task.lang,
        record=summary,
        groups=_groups(knowledge, in_groups, task.lang),
        state_counts={state.id: in_states[state.id] for state in knowledge.states},
        patients=judged.shelf,
        compared_with=compared,
        failed=tuple(sorted(judged.failed)),
        overrides=override_lines(knowledge, task.lang),
    )


def _groups(knowledge: Knowledge, counts: Counter[str], lang: str) -> tuple[GroupSummary, ...]:
    is_danish = lang == "da"
    return tuple(
        GroupSummary(
            id=group.id,
            number=group.order,
            title=group.title.da if is_danish else group.title.en,
            note=group.hint.da if is_danish else group.hint.en,
            count=counts[group.id],
            is_due=group.order <= LAST_DUE_GROUP,
        )
        for group in knowledge.groups
    )


def _summary(record: Record | None, people: int, words: FactWords, as_of: Instant) -> RecordSummary:
    if record is None:
        return RecordSummary(people=people)
    manifest = record.manifest
    newest = manifest.newest_known_at
    return RecordSummary(
        people=people,
        newest_known_at=newest,
        newest_text="" if newest is None else words.dates.short(newest, as_of),
        items_in=manifest.totals.items_in,
        items_used=manifest.totals.used,
        items_set_aside=manifest.totals.set_aside,
        is_invented=manifest.is_invented,
        time_zone=manifest.time_zone,
    )


def _identity(summary: RecordSummary) -> tuple[str, ...]:
    return tuple(str(part) for part in msgspec.structs.astuple(summary))


def _keep(record: Record, screening: Screening) -> None:
    head = RunHead(
        run=screening.run,
        as_of=str(screening.as_of),
        knowledge=screening.knowledge,
        people=len(screening.patients),
    )
    try:
        keep(record.path, head, (as_earlier(result) for result in screening.patients))
    except OSError as error:
        log.warning("the run was not kept beside the record: %s", error.strerror)
