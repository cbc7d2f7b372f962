"""From sources to a record, or to patients in memory.

Example:
    report = read(["exports/"], "record", observed=["drug=2024-01-01..2026-11-01"])
    report.totals.items_in == report.totals.used + report.totals.set_aside
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from livedo.errors import SourceUnreadable
from livedo.instants import zone_named
from livedo.knowledge.load import load_knowledge
from livedo.knowledge.vocabulary import load_vocabulary
from livedo.record.declared import declared_spans, text_of
from livedo.record.manifest import Manifest
from livedo.record.tables import Instant, PatientRecord, SetAside
from livedo.sources.fhir import FhirReader
from livedo.sources.files import SourceFile, source_files
from livedo.sources.intake import Ledger, Sink, Totals
from livedo.sources.memory import MemorySink

Source = str | Path
Progress = Callable[[str, int], None]
FHIR = "fhir"
NOT_READ = "file_not_read"


class ReadReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of every item of the sources."""

    totals: Totals
    reasons: dict[str, int]
    parts_lost: dict[str, int]
    observed_proposed: tuple[str, ...] = ()
    newest_known_at: Instant | None = None
    persons: int = 0
    facts: int = 0
    record: str | None = None

    def document(self) -> dict[str, object]:
        """The JSON document of `livedo read --json`."""
        return {
            "in": self.totals.items_in,
            "used": self.totals.used,
            "set_aside": self.totals.set_aside,
            "reasons": self.reasons,
            "parts_lost": self.parts_lost,
            "observed_proposed": list(self.observed_proposed),
        }


def read(
    sources: Source | Sequence[Source],
    into: str | Path,
    *,
    observed: Iterable[str] = (),
    zone: str = "UTC",
    source_name: str = FHIR,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ReadReport:
    """Reads sources into a record folder; an earlier record there stays until the new one is whole.

    All sources of one call are one system: they share the ids of their people.

    Args:
        observed: spans for which the source speaks, `domain=FROM..TO` with
            `,history` where it also knows everything before, or a YAML file of them.
        zone: the time zone whose days bare dates mean.
        dry_run: reads and counts, and writes nothing.
        progress: is told the file and the resources read of it, now and then.
    """
    from livedo.record.folder import writing

    paths = _paths(sources)
    files = [file for path in paths for file in source_files(path)]
    if dry_run:
        with tempfile.TemporaryDirectory(prefix="livedo-") as aside:
            manifest = _read_into(Path(aside), None, files, paths, observed, zone, source_name, progress)
        return _report(manifest, None)
    with writing(Path(into)) as aside_folder:
        manifest = _read_into(
            aside_folder, Path(into), files, paths, observed, zone, source_name, progress
        )
    return _report(manifest, str(into))


def _read_into(
    aside: Path,
    record: Path | None,
    files: list[SourceFile],
    paths: list[Path],
    observed: Iterable[str],
    zone: str,
    source_name: str,
    progress: Progress | None,
) -> Manifest:
    from livedo.record.writer import About, RecordWriter

    time_zone = zone_named(zone)
    declared = declared_spans(observed, time_zone)
    writer = RecordWriter(aside)
    is_invented = _read_files(files, writer, time_zone, source_name, progress)
    _refuse_nothing(writer.ledger, paths)
    about = About(
        time_zone=zone,
        sources=tuple(path.resolve().name for path in paths),
        declared=declared,
        declared_as=tuple(text_of(span, time_zone) for span in declared),
        is_invented=is_invented,
        knowledge=load_knowledge().version,
    )
    return writer.commit(record, about)


def _report(manifest: Manifest, record: str | None) -> ReadReport:
    totals = manifest.totals
    return ReadReport(
        totals=Totals(items_in=totals.items_in, used=totals.used, set_aside=totals.set_aside),
        reasons=manifest.reasons,
        parts_lost=manifest.parts_lost,
        observed_proposed=manifest.observed_proposed,
        newest_known_at=manifest.newest_known_at,
        persons=manifest.counts.person,
        facts=manifest.counts.fact,
        record=record,
    )


class InMemory(msgspec.Struct, frozen=True, kw_only=True):
    """Patients read without a record."""

    patients: tuple[PatientRecord, ...]
    report: ReadReport
    newest_known_at: Instant | None
    is_invented: bool = False
    lines: tuple[SetAside, ...] = ()


def read_in_memory(
    sources: Source | Sequence[Source],
    *,
    observed: Iterable[str] = (),
    zone: str = "UTC",
    source_name: str = FHIR,
) -> InMemory:
    """The patients of a few files, straight away: a Bundle, NDJSON, a case vignette."""
    paths = _paths(sources)
    files = [file for path in paths for file in source_files(path)]
    time_zone = zone_named(zone)
    sink = MemorySink()
    is_invented = _read_files(files, sink, time_zone, source_name, None)
    _refuse_nothing(sink.ledger, paths)
    settled = sink.settle(declared_spans(observed, time_zone))
    report = ReadReport(
        totals=settled.totals,
        reasons=settled.ledger.reasons(),
        parts_lost=settled.ledger.parts_lost(),
        newest_known_at=settled.newest_known_at,
        persons=len(settled.patients),
        facts=sum(len(patient.facts) for patient in settled.patients),
    )
    return InMemory(
        patients=settled.patients,
        report=report,
        newest_known_at=settled.newest_known_at,
        is_invented=is_invented,
        lines=tuple(settled.ledger.sorted_lines()),
    )


def _paths(sources: Source | Sequence[Source]) -> list[Path]:
    given = [sources] if isinstance(sources, str | Path) else list(sources)
    if not given:
        raise SourceUnreadable(
            "No source was named.", next_step="Name a file or a folder: livedo read FOLDER --into RECORD"
        )
    return [Path(source) for source in given]


def _read_files(
    files: list[SourceFile],
    sink: Sink,
    zone: ZoneInfo,
    source_name: str,
    progress: Progress | None,
) -> bool:
    """Reads every file; says whether all people in them are marked as invented."""
    vocabulary = load_vocabulary()
    reader = FhirReader(sink, vocabulary, zone, source_name)
    for file in files:
        if progress is not None:
            progress(file.label, 0)
            reader.progress = lambda count, label=file.label: progress(label, count)
        if file.is_vignette:
            from livedo.sources.vignettes import read_vignette

            read_vignette(file.path, sink, vocabulary)
        elif file.is_known or len(files) == 1:
            reader.read(file)
        else:
            sink.took_in()
            sink.set_aside(SetAside(source=file.label, item=file.path.name, path="", reason=NOT_READ))
    reader.finish()
    return reader.is_invented


def _refuse_nothing(ledger: Ledger, paths: list[Path]) -> None:
    """Sources that hold not one resource are refused rather than made an empty record."""
    reasons = ledger.reasons()
    files = sum(reasons.get(reason, 0) for reason in ("empty_file", "unreadable_file", NOT_READ))
    if ledger.total_in == files:
        raise SourceUnreadable(
            "The sources hold nothing that can be read.",
            where=", ".join(path.name for path in paths),
            still_works="Nothing was written.",
            next_step="; ".join(f"{reason}: {count}" for reason, count in reasons.items())
            or "Check the files.",
        )
