"""Small dialysis programmes written by hand: people, spans of dialysis, skin findings."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from livedo.instants import Instant, parse_fhir_instant, zone_named
from livedo.knowledge.load import load_knowledge
from livedo.record.folder import writing
from livedo.record.manifest import vocabulary_version
from livedo.record.store import Record, open_record
from livedo.record.tables import Fact, Observed, PatientRecord, Person
from livedo.record.writer import About, RecordWriter
from livedo.registry.case import Case, Reached, Span
from livedo.registry.cohort import Cohort, cohort_of

ZONE = "Europe/Copenhagen"
_NUMBERS = itertools.count(1)


def span(text: str) -> tuple[Instant, Instant]:
    """The first and last instant of a year, a month or a day."""
    return parse_fhir_instant(text, zone_named(ZONE))


def end_of(text: str) -> Instant:
    """The last instant of a day."""
    return span(text)[1]


def number(text: str) -> int:
    """A day as the figures count it."""
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def fact(
    person_id: str,
    concept: str,
    start: str,
    end: str | None = None,
    *,
    known: str | None = None,
    present: str = "yes",
    is_point: bool = False,
    **fields: object,
) -> Fact:
    """A fact of whole days; without an end it goes on."""
    start_from, start_at = span(start)
    end_from, end_at = span(end) if end else (None, None)
    if is_point:
        end_from = end_at = start_at
    return Fact(
        fact_id=next(_NUMBERS),
        person_id=person_id,
        concept=concept,
        start_from=start_from,
        start_at=start_at,
        end_from=end_from,
        end_at=end_at,
        known_at=start_at if known is None else end_of(known),
        present=present,  # type: ignore[arg-type]
        source="hand",
        **fields,  # type: ignore[arg-type]
    )


def on(person_id: str, start: str, end: str | None = None, how: str = "haemodialysis") -> Fact:
    """A span of dialysis."""
    return fact(person_id, f"dialysis.{how}", start, end)


def livedo(person_id: str, day: str, **fields: object) -> Fact:
    """Livedo of the thigh: in a person on dialysis enough to be suspected."""
    site = {"body_site": "thigh", "lesion_id": "L1", **fields}
    return fact(person_id, "sign.livedo", day, is_point=True, **site)  # type: ignore[arg-type]


def person(
    person_id: str,
    *facts: Fact,
    sex: str = "female",
    born: str | None = "1950-06-15",
    died: str | None = None,
    centre: str | None = "north",
    watched: tuple[str, str] | None = ("2021-01-01", "2023-12-31"),
) -> PatientRecord:
    """A person whose dialysis the source is declared to speak for in that time."""
    born_on = span(born) if born else (None, None)
    observed = () if watched is None else (declared(person_id, *watched),)
    return PatientRecord(
        person=Person(
            person_id=person_id,
            sex=sex,  # type: ignore[arg-type]
            born_on=born_on[0],
            born_on_latest=born_on[1],
            died_on=end_of(died) if died else None,
            is_dead=died is not None,
            centre_id=centre,
        ),
        facts=facts,
        observed=observed,
    )


def declared(person_id: str, first: str, last: str, domain: str = "dialysis") -> Observed:
    """That the source speaks for a domain."""
    return Observed(person_id=person_id, domain=domain, from_at=span(first)[0], to_at=end_of(last))


def written(folder: Path, people: Iterable[PatientRecord]) -> Record:
    """The people as a record folder."""
    with writing(folder) as aside:
        writer = RecordWriter(aside)
        keys = itertools.count(1)
        for one in people:
            _begin(writer, next(keys))
            writer.person(one.person)
            for each in one.facts:
                _begin(writer, next(keys))
                writer.fact(each)
            for each_span in one.observed:
                writer.observed(each_span)
        about = About(
            time_zone=ZONE,
            sources=("hand",),
            declared=(),
            declared_as=(),
            is_invented=True,
            vocabulary=vocabulary_version(),
        )
        writer.commit(folder, about)
    return open_record(folder)


def _begin(writer: RecordWriter, key: int) -> None:
    writer.begin(key, key)
    writer.took_in()
    writer.used()


def cohort(
    folder: Path, people: Sequence[PatientRecord], as_of: str = "2023-12-31", processes: int = 1
) -> Cohort:
    """The cohort of these people as of the end of a day."""
    record = written(folder, people)
    vocabulary = load_knowledge().vocabulary
    return cohort_of(record, end_of(as_of), vocabulary, processes=processes)


def case(person_id: str, met: str, level: str = "suspected", **fields: object) -> Case:
    """A case under our own definition, met on a day."""
    day = number(met)
    told: dict[str, object] = {
        "reached": (Reached("ours", level, day),),
        "diagnosed": Span(day, day),
        "followed_from": number("2021-01-01"),
        "followed_to": number("2023-12-31"),
    }
    return Case(person_id=person_id, **{**told, **fields})  # type: ignore[arg-type]


def days_between(first: str, last: str) -> int:
    """Days from the first to the last, both counted."""
    return number(last) - number(first) + 1
