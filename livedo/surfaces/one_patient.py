"""One patient found in a record or a file, explained, and written."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import click

from livedo.act.result import Explanation
from livedo.errors import PersonUnknown
from livedo.record.tables import Instant, Observed, PatientRecord
from livedo.surfaces.judging import moment_asked, open_at, python_engine
from livedo.surfaces.options import Reader
from livedo.surfaces.output import text_out
from livedo.surfaces.patient_text import patient_lines
from livedo.surfaces.source_names import Detail

IDS_NAMED = 5


@dataclass(frozen=True)
class Found:
    """One patient and what is known of the source."""

    record: PatientRecord
    newest_known_at: Instant | None
    time_zone: str
    is_invented: bool


def find_patient(
    place: Path, person_id: str | None, observed: tuple[str, ...], time_zone: str
) -> Found:
    """The person named, or the only one of a file."""
    if is_record(place):
        if person_id is None:
            raise click.UsageError(
                f"A record holds many people. Say which: livedo patient {place} ID"
            )
        return from_record(place, person_id)
    return from_file(place, person_id, observed, time_zone)


def is_record(place: Path) -> bool:
    """Whether a folder is a record rather than a folder of sources."""
    return (place / "manifest.json").is_file()


def from_record(place: Path, person_id: str) -> Found:
    """A person of a record."""
    record = open_at(place)
    return Found(
        record.patient(person_id),
        record.newest_known_at,
        record.manifest.time_zone,
        record.manifest.is_invented,
    )


def from_file(
    place: Path, person_id: str | None, observed: tuple[str, ...], time_zone: str
) -> Found:
    """A person of a file, read straight away."""
    from livedo.record.build import read_in_memory

    read = read_in_memory(place, observed=observed, zone=time_zone)
    patient = the_one(read.patients, person_id, place)
    return Found(patient, read.newest_known_at, time_zone, read.is_invented)


def the_one(patients: Iterable[PatientRecord], person_id: str | None, place: Path) -> PatientRecord:
    """The person named; without a name, the only person there is."""
    people = {patient.person.person_id: patient for patient in patients}
    if person_id is None and len(people) == 1:
        return next(iter(people.values()))
    if person_id in people:
        return people[person_id]
    if person_id is None:
        raise PersonUnknown(
            f"The file holds {len(people)} people, so that one has to be named",
            where=str(place),
            next_step=f"livedo patient {place} ID",
        )
    # Ids the reader did not type are not shown: an error must be safe to paste.
    near = bool(difflib.get_close_matches(person_id, people, n=1))
    raise PersonUnknown(
        "No person with this id is in the file",
        where=str(place),
        still_works=f"the file holds {len(people)} people"
        + (", one with a similar id" if near else ""),
        next_step="check the id against the source",
    )


def explained(
    found: Found, moment: Instant, reader: Reader, overrides: Path | None = None
) -> Explanation:
    """Everything about the person found, in the reader's words."""
    from livedo.act.explanation import explain

    return explain(
        found.record,
        python_engine(overrides=overrides),
        moment,
        reader.lang,
        reader.units,
        time_zone=found.time_zone,
    )


def write_patient(
    found: Found,
    as_of: str | None,
    form: str,
    out: Path | None,
    reader: Reader,
    detail: str,
    overrides: Path | None = None,
) -> None:
    """The explanation in the form asked for."""
    moment = moment_asked(as_of, found.newest_known_at, found.time_zone)
    explanation = explained(found, moment, reader, overrides)
    with text_out(out) as stream:
        if form == "json":
            write_json(explanation, stream)
        elif form == "html":
            write_html(
                explanation, moment, stream, reader, found.is_invented, found.record.observed
            )
        else:
            terminal = reader.terminal
            lines = patient_lines(
                explanation, reader.words, terminal, cast(Detail, detail), found.is_invented
            )
            terminal.print(lines, stream)


def write_json(explanation: Explanation, stream: IO[str]) -> None:
    """The document of the contract."""
    import msgspec

    from livedo.act.document import explanation_document

    stream.write(msgspec.json.encode(explanation_document(explanation)).decode() + "\n")


def write_html(
    explanation: Explanation,
    moment: Instant,
    stream: IO[str],
    reader: Reader,
    invented: bool,
    observed: Sequence[Observed],
) -> None:
    """The patient as one self-contained page."""
    from livedo.surfaces.report import patient_page
    from livedo.surfaces.report_work import months

    page = patient_page(
        explanation, moment, months(reader.lang), reader.words, invented, observed=observed
    )
    stream.write(page)
