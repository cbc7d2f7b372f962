"""From sources to a record, or to patients in memory.

Example:
    report = read(["exports/"], "record", observed=["drug=2024-01-01..2026-11-01"])
    report.totals.items_in == report.totals.used + report.totals.set_aside
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from livedo.errors import SourceUnreadable
from livedo.instants import zone_named
from livedo.knowledge.vocabulary import load_vocabulary
from livedo.record.declared import declared_spans, text_of
from livedo.record.manifest import Manifest, vocabulary_version
from livedo.record.tables import Instant, PatientRecord, SetAside
from livedo.sources.fhir import EMPTY_FILE, UNREADABLE_FILE, FhirReader
from livedo.sources.files import SourceFile, source_files
from livedo.sources.intake import Declared, Ledger, Sink, Totals, stable_id
from livedo.sources.mapping import NAMES, ExtractMapping, read_mapping
from livedo.sources.memory import MemorySink
from livedo.sources.tabular import TabularReader, check_headers, tables_in

Source = str | Path
Progress = Callable[[str, int], None]
FHIR = "fhir"
VIGNETTE = "vignette"
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
    mapping: str | Path | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ReadReport:
    """Reads sources into a record folder; an earlier record there stays until the new one is whole.

    All sources of one call are one system: they share the ids of their people.

    Args:
        observed: spans for which the source speaks, `domain=FROM..TO` with
            `,history` where it also knows everything before, or a YAML file of them.
        zone: the time zone whose days bare dates mean.
        mapping: what the columns of CSV and Excel files mean; without it the
            `mapping.yaml` of the folder, if there is one.
        dry_run: reads and counts, and writes nothing.
        progress: is told the file and the resources read of it, now and then.
    """
    from livedo.record.folder import writing

    plan = _planned(sources, observed, zone, source_name, mapping)
    if dry_run:
        with tempfile.TemporaryDirectory(prefix="livedo-") as aside:
            return _report(_read_into(Path(aside), None, plan, progress), None)
    with writing(Path(into)) as aside_folder:
        return _report(_read_into(aside_folder, Path(into), plan, progress), str(into))


class _Plan(msgspec.Struct, frozen=True):
    """What to read, and how."""

    paths: list[Path]
    files: list[SourceFile]
    zone: ZoneInfo
    source_name: str
    declared: tuple[Declared, ...]
    mapping: ExtractMapping | None = None


def _planned(
    sources: Source | Sequence[Source],
    observed: Iterable[str],
    zone: str,
    source_name: str,
    mapping: str | Path | None,
) -> _Plan:
    paths = [Path(sources)] if isinstance(sources, str | Path) else [Path(s) for s in sources]
    if not paths:
        raise SourceUnreadable(
            "No source was named.",
            next_step="Name a file or a folder: livedo read FOLDER --into RECORD",
        )
    time_zone = zone_named(zone)
    place = _mapping_of(paths, mapping)
    read_as = read_mapping(place, load_vocabulary()) if place else None
    said = [*observed, *([str(place)] if read_as and read_as.observed else [])]
    declared = declared_spans(said, time_zone)
    files = [f for path in paths for f in source_files(path, with_tables=place is not None)]
    if place and read_as:
        files = [file for file in files if file.path.resolve() != place.resolve()]
        check_headers(read_as, files, place.name)
    return _Plan(paths, files, time_zone, source_name, declared, read_as)


def _mapping_of(paths: list[Path], mapping: str | Path | None) -> Path | None:
    """The mapping named, else the one that lies in the first folder that holds one."""
    if mapping is not None:
        return Path(mapping)
    lying = (path / name for path in paths if path.is_dir() for name in NAMES)
    return next((place for place in lying if place.is_file()), None)


def _read_into(
    aside: Path, record: Path | None, plan: _Plan, progress: Progress | None
) -> Manifest:
    from livedo.record.writer import About, RecordWriter

    writer = RecordWriter(aside)
    is_invented = _read_files(plan, writer, progress)
    refuse_nothing(writer.ledger, _names(plan))
    about = About(
        time_zone=plan.zone.key,
        sources=tuple(path.resolve().name for path in plan.paths),
        declared=plan.declared,
        declared_as=tuple(text_of(span, plan.zone) for span in plan.declared),
        is_invented=is_invented,
        vocabulary=vocabulary_version(),
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
    mapping: str | Path | None = None,
) -> InMemory:
    """The patients of a few files, straight away: a Bundle, NDJSON, a case vignette."""
    plan = _planned(sources, observed, zone, source_name, mapping)
    sink = MemorySink()
    is_invented = _read_files(plan, sink, None)
    return settled_in_memory(sink, plan.declared, is_invented, _names(plan))


def settled_in_memory(
    sink: MemorySink, declared: tuple[Declared, ...], is_invented: bool, where: str
) -> InMemory:
    """What a sink took in, with its accounts settled; refused where that is nothing."""
    refuse_nothing(sink.ledger, where)
    settled = sink.settle(declared)
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


def _read_files(plan: _Plan, sink: Sink, progress: Progress | None) -> bool:
    """Reads every file; says whether all people in them are marked as invented."""
    reader = FhirReader(sink, load_vocabulary(), plan.zone, plan.source_name)
    tables = _tables(plan, sink)
    for file in plan.files:
        if progress is not None:
            progress(file.label, 0)
            reader.progress = partial(progress, file.label)
        if tables is not None and tables_in(plan.mapping, file):
            tables.read(file)
        elif file.is_table:
            _set_file_aside(file, NOT_READ, sink)
        elif file.is_vignette:
            _read_vignette(file, sink)
        elif file.is_known:
            reader.read(file)
        else:
            _set_file_aside(file, NOT_READ, sink)
    reader.finish()
    return reader.is_invented


def _tables(plan: _Plan, sink: Sink) -> TabularReader | None:
    """The reader of CSV and Excel files, where a mapping says what they mean."""
    if plan.mapping is None:
        return None
    return TabularReader(sink, load_vocabulary(), plan.zone, plan.source_name, plan.mapping)


def _read_vignette(file: SourceFile, sink: Sink) -> None:
    """A case vignette is one resource with many items."""
    from livedo.sources.vignettes import read_vignette

    try:
        content = file.path.read_bytes()
    except OSError:
        _set_file_aside(file, UNREADABLE_FILE, sink)
        return
    sink.opened(file.label)
    sink.begin(stable_id(VIGNETTE, file.path.name), hash(content))
    read_vignette(file.path, sink, load_vocabulary())


def _set_file_aside(file: SourceFile, reason: str, sink: Sink) -> None:
    sink.took_in()
    sink.set_aside(SetAside(source=file.label, item=file.path.name, path="", reason=reason))


def _names(plan: _Plan) -> str:
    return ", ".join(path.name for path in plan.paths)


def refuse_nothing(ledger: Ledger, where: str) -> None:
    """Sources that hold not one resource are refused rather than made an empty record."""
    reasons = ledger.reasons()
    files = sum(reasons.get(reason, 0) for reason in (EMPTY_FILE, UNREADABLE_FILE, NOT_READ))
    if ledger.total_in == files:
        found = ", ".join(f"{reason}: {count}" for reason, count in reasons.items())
        raise SourceUnreadable(
            "The sources hold nothing that can be read.",
            where=where,
            still_works="Nothing was written; an earlier record is intact.",
            next_step=f"Check the files ({found})." if found else "Check the files.",
        )
