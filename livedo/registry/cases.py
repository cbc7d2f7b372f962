"""Every case of a record, by every definition, at a million people.

Only people of whom the rules could possibly say yes are decoded and judged (`candidates`),
besides those of whom somebody entered something. A level is first met on the first day on which
its rule answers yes from what was known by the end of that day (`first_met`).

What was entered in the register goes before the record. Who was withdrawn is no case, and counted
as that. A clinician's recorded decision against the disease takes a person out of the definitions
that hear of it; two readers who agree on it, or their consensus, out of the register's own. Such
a case is kept and marked, so that it can be shown.

A case is followed from the first day on which it would have been seen: the later of its first
day on dialysis or in the record and the first day the source is declared to speak for (see
`cohort`). Deaths before that day could never have been cases, and the figures of survival leave
that time out.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

import msgspec
import numpy as np

from livedo.decisions.entries import Entry
from livedo.decisions.facts import with_entries
from livedo.instants import Instant
from livedo.knowledge.counting import Counting, load_counting
from livedo.knowledge.definitions import load_definitions
from livedo.knowledge.load import SHIPPED, Knowledge, load_knowledge
from livedo.knowledge.overrides import Override, with_overrides
from livedo.record.columns import facts_of
from livedo.record.spill import bucket_of
from livedo.record.store import Record
from livedo.record.tables import Fact, PatientRecord
from livedo.registry.by_bucket import over_buckets
from livedo.registry.candidates import Prefilter
from livedo.registry.case import Case, Kidneys, Modality, Span
from livedo.registry.case_making import CaseMaker
from livedo.registry.cohort import MODALITIES, UNKNOWN_DAY, Cohort, Step
from livedo.registry.form import outside_the_record
from livedo.registry.local_days import days_of_zone

EntriesByPerson = Mapping[str, Sequence[Entry]]


class Candidates(msgspec.Struct, frozen=True):
    """How many people had to be judged, and which rules let everybody in."""

    people: int
    of: int
    open_rules: tuple[str, ...] = ()


class CasesFound(msgspec.Struct, frozen=True, kw_only=True):
    """The cases in the order of their ids, and what became of everybody else."""

    cases: tuple[Case, ...]
    candidates: Candidates
    attrition: tuple[Step, ...]


def cases_of(
    record: Record,
    cohort: Cohort,
    entries: EntriesByPerson,
    as_of: Instant,
    knowledge: Knowledge,
    *,
    processes: int = 1,
    counting: Counting | None = None,
) -> CasesFound:
    """Every case, from what was known and entered by `as_of`.

    Args:
        cohort: of the same record and moment (`cohort_of`).
        entries: what was entered, by person; undone entries may be among them.
    """
    terms = counting or load_counting()
    known = {
        person_id: made
        for person_id, own in entries.items()
        if (made := tuple(entry for entry in own if entry.entered_at <= as_of))
    }
    task = _Task(
        as_of=as_of,
        knowledge=knowledge.folder,
        overrides=knowledge.overrides,
        counting=terms,
    )
    by_bucket = _by_bucket(known, record.bucket_count())
    work = functools.partial(_of_bucket, task)
    parts = over_buckets(work, record, by_bucket.__getitem__, processes)
    only = {person_id: own for person_id, own in known.items() if person_id not in cohort.row_of}
    parts.append(_outside_the_record(task, only, record.manifest.time_zone))
    found = sorted((case for part in parts for case in part.cases), key=lambda case: case.person_id)
    placed = _Placing(cohort, terms)
    return CasesFound(
        cases=tuple(placed.placed(case) for case in found),
        candidates=Candidates(
            sum(part.candidates for part in parts[:-1]),
            len(record),
            parts[0].open_rules,
        ),
        attrition=tuple(_attrition(len(record), parts)),
    )


Entered = dict[str, tuple[Entry, ...]]
"""What was entered by the day of the report, by person."""


def _by_bucket(entries: Entered, count: int) -> list[Entered]:
    """The entries of the people of each bucket."""
    found: list[Entered] = [{} for _ in range(count)]
    for person_id, own in entries.items():
        found[bucket_of(person_id) % count][person_id] = own
    return found


class _Task(msgspec.Struct, frozen=True, kw_only=True):
    """What every process is told."""

    as_of: Instant
    knowledge: Path
    overrides: tuple[Override, ...]
    counting: Counting


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """What one bucket gave."""

    cases: list[Case]
    candidates: int
    withdrawn: int
    open_rules: tuple[str, ...]


class _Tools(msgspec.Struct, frozen=True, eq=False):
    """Made once a process and record."""

    prefilter: Prefilter
    maker: CaseMaker
    knowledge: Knowledge


@functools.lru_cache(maxsize=2)
def _tools(folder: Path, overrides: tuple[Override, ...], counting: Counting, zone: str) -> _Tools:
    shipped = load_knowledge() if folder == SHIPPED else Knowledge.from_folder(folder)
    knowledge = with_overrides(shipped, overrides) if overrides else shipped
    maker = CaseMaker(knowledge, load_definitions(), counting, days_of_zone(zone))
    rules = maker.first_met.level_rules
    return _Tools(Prefilter(knowledge.rules, rules, knowledge.vocabulary), maker, knowledge)


def _of_bucket(task: _Task, record: Record, number: int, entries: Entered) -> _Part:
    zone = record.manifest.time_zone
    tools = _tools(task.knowledge, task.overrides, task.counting, zone)
    wanted = set(tools.prefilter.of_bucket(record, number, task.as_of))
    cases, withdrawn, judged = [], 0, 0
    for patient in patients_of(record, number, wanted | entries.keys()):
        judged += 1
        own = entries.get(patient.person.person_id, ())
        if own:
            patient = with_entries(patient, own, tools.knowledge.vocabulary, time_zone=zone)
        made = tools.maker.case_of(patient, own, task.as_of)
        if made == "withdrawn":
            withdrawn += 1
        elif isinstance(made, Case):
            cases.append(made)
    return _Part(
        cases=cases,
        candidates=judged,
        withdrawn=withdrawn,
        open_rules=tools.prefilter.open_rules,
    )


def _outside_the_record(task: _Task, entries: Entered, zone: str) -> _Part:
    """People of whom only the register knows."""
    tools = _tools(task.knowledge, task.overrides, task.counting, zone)
    cases, withdrawn = [], 0
    for person_id in sorted(entries):
        empty = outside_the_record(person_id)
        made = tools.maker.case_of(empty, entries[person_id], task.as_of)
        withdrawn += made == "withdrawn"
        if isinstance(made, Case):
            cases.append(made)
    return _Part(cases=cases, candidates=0, withdrawn=withdrawn, open_rules=())


def patients_of(record: Record, number: int, wanted: set[str]) -> Iterator[PatientRecord]:
    """These people of one bucket, in order; only the row groups that hold one are read."""
    people = record.people_of_bucket(number, wanted)
    facts = _facts_by_person(record, number, [person.person_id for person, _ in people])
    for person, observed in people:
        yield PatientRecord(
            person=person, facts=tuple(facts.get(person.person_id, ())), observed=observed
        )


def _facts_by_person(record: Record, number: int, ids: Sequence[str]) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = {}
    for table in record.facts_of_people(number, ids):
        for person_id, run in groupby(facts_of(table), key=lambda fact: fact.person_id):
            found.setdefault(person_id, []).extend(run)
    return found


class _Placing:
    """Adds what the cohort knows of a case: kind of dialysis, first and last day followed."""

    def __init__(self, cohort: Cohort, counting: Counting) -> None:
        self._cohort = cohort
        self._after = counting.after_dialysis_days

    def placed(self, case: Case) -> Case:
        cohort = self._cohort
        row = cohort.row_of.get(case.person_id)
        if row is None:
            return msgspec.structs.replace(case, kind=_kind(case, case.modality))
        modality = case.modality
        if modality == "unknown" and case.diagnosed is not None:
            modality = self._modality(row, case.diagnosed)
        watched_from, watched_to = int(cohort.watched_from[row]), int(cohort.watched_to[row])
        is_watched = watched_from != UNKNOWN_DAY
        is_declared = bool(cohort.is_declared[row])
        last = watched_to if is_declared else case.followed_to
        if case.died is not None and not is_declared:
            # Nobody says where watching ends, so a death that is known was seen.
            last = max(last, case.died.last)
        if case.diagnosed is not None:
            # Whoever was diagnosed elsewhere after leaving was seen on that day.
            last = max(last, case.diagnosed.first)
        if case.died is not None:
            last = min(last, case.died.last)
        return msgspec.structs.replace(
            case,
            modality=modality,
            kind=_kind(case, modality),
            followed_from=watched_from if is_watched else case.followed_from,
            followed_to=min(last, cohort.as_of),
        )

    def _modality(self, row: int, diagnosed: Span) -> Modality:
        """On the day of diagnosis, or so soon after the last day on dialysis."""
        cohort, day = self._cohort, (diagnosed.first + diagnosed.last) // 2
        time = cohort.time
        start, end = np.searchsorted(time.person, [row, row + 1])
        for place in range(int(end) - 1, int(start) - 1, -1):
            if time.first[place] <= day <= time.last[place] + self._after:
                return _MODALITY[MODALITIES[time.modality[place]]]
        transplanted = int(cohort.transplanted[row])
        if transplanted != UNKNOWN_DAY and transplanted <= day:
            return "transplant"
        is_watched = int(cohort.watched_from[row]) != UNKNOWN_DAY
        return "none" if is_watched and cohort.watched_from[row] <= day else "unknown"


_MODALITY: Mapping[str, Modality] = {
    "haemodialysis": "haemodialysis",
    "peritoneal": "peritoneal",
    "unknown": "unknown",
}


def _kind(case: Case, modality: Modality) -> Kidneys:
    if case.kind != "unknown":
        return case.kind
    return "uraemic" if modality in ("haemodialysis", "peritoneal") else "unknown"


def _attrition(everybody: int, parts: Sequence[_Part]) -> Iterator[Step]:
    """From everybody of the record, and those of whom only the register knows, to the cases."""
    *_, only = parts
    candidates = sum(part.candidates for part in parts)
    withdrawn = sum(part.withdrawn for part in parts)
    registered = len(only.cases) + only.withdrawn
    cases = [case for part in parts for case in part.cases]
    yield Step("in_record_or_register", everybody + registered)
    could = candidates + registered
    none = everybody - candidates
    yield Step("could_be_a_case", could, (("no_fact_that_could_make_one", none),))
    lost = could - withdrawn - len(cases)
    yield Step("case", len(cases), (("no_definition_met", lost), ("withdrawn", withdrawn)))
    counted = sum(1 for case in cases if case.reached)
    yield Step("counted", counted, (("excluded", len(cases) - counted),))
