"""A screening made and written: as a table, JSON, CSV or Parquet."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from livedo import instants
from livedo.act.result import PatientResult, Screening
from livedo.errors import Unexpected
from livedo.surfaces.judging import moment_asked, open_at, screening_engine
from livedo.surfaces.options import Reader
from livedo.surfaces.output import text_out, whole_file
from livedo.surfaces.progress import Progress
from livedo.surfaces.worklist_text import Detail, worklist_lines

ROWS_A_BATCH = 5_000

COLUMNS = (
    "person_id",
    "state",
    "certainty",
    "outside_reason",
    "group",
    "precedence",
    "why",
    "not_known",
    "next_step",
    "change",
    "palpation",
    "as_of",
    "knowledge",
    "run",
)


def screened(
    place: Path,
    as_of: str | None,
    changed_since: str | None,
    processes: int,
    reader: Reader,
    overrides: Path | None = None,
) -> Screening:
    """Everybody of a record, judged."""
    from livedo.act.worklist import screen

    record = open_at(place)
    moment = moment_asked(as_of, record.newest_known_at, record.manifest.time_zone)
    texts = reader.words

    def say(done: int, total: int | None) -> str:
        of = "?" if total is None else texts.whole(total)
        return texts.text("progress.screening", n=texts.whole(done), total=of)

    with Progress(say) as progress:
        screening = screen(
            record,
            screening_engine(overrides),
            moment,
            changed_since=changed_since,
            processes=processes,
            lang=reader.lang,
            units=reader.units,
            progress=progress,
        )
    refuse_if_nobody_was_judged(screening)
    return screening


def refuse_if_nobody_was_judged(screening: Screening) -> None:
    """An empty worklist must never come from a fault that struck everybody."""
    if screening.failed and len(screening.failed) == screening.record.people:
        raise Unexpected(
            "Nobody could be judged",
            still_works="the record is intact",
            next_step="livedo knowledge check, then livedo doctor",
        )


def write_screening(
    screening: Screening, form: str, out: Path | None, reader: Reader, detail: str, place: str
) -> None:
    """The screening in the form asked for."""
    if form == "parquet":
        assert out is not None
        write_parquet(screening, out)
        return
    with text_out(out) as stream:
        if form == "json":
            write_json(screening, stream)
        elif form == "csv":
            write_csv(screening, stream)
        else:
            write_table(screening, stream, reader, cast(Detail, detail), place, is_file=bool(out))


def write_table(
    screening: Screening,
    stream: IO[str],
    reader: Reader,
    detail: Detail,
    place: str,
    *,
    is_file: bool,
) -> None:
    """The worklist as people read it; never coloured in a file unless asked."""
    from livedo.surfaces.terminal import open_terminal

    terminal = open_terminal(stream, reader.color) if is_file else reader.terminal
    terminal.print(worklist_lines(screening, reader.words, terminal, detail, place), stream)


def write_json(screening: Screening, stream: IO[str]) -> None:
    """The document of the contract, person by person."""
    from livedo.act.document import screening_chunks

    for chunk in screening_chunks(screening):
        stream.write(chunk)


def rows(screening: Screening) -> Iterator[dict[str, Any]]:
    """One flat row a person."""
    for result in screening.patients:
        yield {
            "person_id": result.person_id,
            "state": result.state,
            "certainty": result.certainty,
            "outside_reason": result.outside_reason,
            "group": result.group,
            "precedence": result.precedence,
            "why": result.why,
            "not_known": result.unknown_text,
            "next_step": next_step(result),
            "change": result.direction,
            "palpation": result.palpation.status,
            "as_of": instants.iso(screening.as_of),
            "knowledge": screening.knowledge,
            "run": screening.run,
        }


def next_step(result: PatientResult) -> str:
    """The first thing to do."""
    return result.next[0].text if result.next else ""


def write_csv(screening: Screening, stream: IO[str]) -> None:
    """One row a person. A cell that a spreadsheet would run as a formula is defused."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows(screening):
        writer.writerow([defused(row[column]) for column in COLUMNS])


def defused(value: Any) -> Any:
    """A text that begins like a formula gets an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value


def write_parquet(screening: Screening, out: Path) -> None:
    """One row a person, with types."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    fields = {name: pa.field(name, pa.string()) for name in COLUMNS}
    fields["precedence"] = pa.field("precedence", pa.int16())
    fields["as_of"] = pa.field("as_of", pa.timestamp("us", tz="UTC"))
    schema = pa.schema(list(fields.values()))
    typed = ({**row, "as_of": screening.as_of} for row in rows(screening))
    with whole_file(out) as aside, pq.ParquetWriter(aside, schema) as writer:
        while batch := list(itertools.islice(typed, ROWS_A_BATCH)):
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))
