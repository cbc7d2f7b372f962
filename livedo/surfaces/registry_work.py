"""The yearly report from a record and a store to pages and tables on disk."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from livedo import instants
from livedo.surfaces.judging import knowledge_with, moment_asked, open_at
from livedo.surfaces.options import Reader
from livedo.surfaces.output import write_whole
from livedo.surfaces.registry_words import registry_words
from livedo.surfaces.statistics_extra import refuse_without_statistics

if TYPE_CHECKING:
    from livedo.decisions.entries import Entry
    from livedo.instants import Instant
    from livedo.record.store import Record
    from livedo.registry.small_numbers import Policy
    from livedo.registry.yearly_parts import YearlyReport

YEARS = re.compile(r"(\d{4})(?:\.\.(\d{4}))?", re.ASCII)
MOST_YEARS = 25


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the command line asks for."""

    record: Path | None
    into: Path
    store: str | None
    out: Path
    languages: tuple[str, ...]
    is_each_language: bool
    tables: Path | None
    years: str | None
    standard: str
    as_of: str | None
    is_shown: bool
    by: str
    reason: str
    audit: Path | None
    processes: int


def report_registry(asked: Asked, reader: Reader) -> None:
    """Pages and tables, and where they are."""
    refuse_without_statistics()
    asked = with_demo(asked, reader)
    assert asked.record is not None
    policy = policy_of(asked)
    record = open_at(asked.record)
    entries = entries_of(asked.store)
    newest = newest_of(record, entries)
    as_of = moment_asked(asked.as_of, newest, record.manifest.time_zone)
    years = years_of(asked.years)
    if asked.is_shown:
        log_small_numbers(asked, policy)
    report = made_report(record, entries, asked, years, as_of, policy, reader)
    write_all(report, asked, command_line(asked, report), reader)


def with_demo(asked: Asked, reader: Reader) -> Asked:
    """The same with the invented nation as its record, made if it is not there yet."""
    if asked.record is not None:
        return asked
    from livedo.surfaces.nation_demo import prepare_nation

    click.echo(registry_words(reader.lang).said("work.making", place=asked.into), err=True)
    made = prepare_nation(asked.into, processes=asked.processes)
    return replace(asked, record=made.record, store=made.store)


def policy_of(asked: Asked) -> Policy:
    """The disclosure control; off only where somebody answers for it."""
    from livedo.registry.small_numbers import Policy

    if not asked.is_shown:
        return Policy()
    if not (asked.by or asked.reason):
        raise click.UsageError("--show-small-numbers needs --by NAME and --reason TEXT.")
    return Policy(shown_by=asked.by, reason=asked.reason)


def log_small_numbers(asked: Asked, policy: Policy) -> None:
    """Writes who shows small numbers, and why; nothing is counted before that stands in the log.

    Raises:
        AuditUnwritable: it could not be written, so that nothing is shown.
    """
    from livedo.audit.log import open_log
    from livedo.registry.switched_off import switched_off
    from livedo.surfaces.register_audit import register_log
    from livedo.surfaces.web.clock import SystemClock

    assert asked.record is not None
    now = SystemClock().now()
    with open_log(asked.audit or register_log(asked.record), now=now) as log:
        switched_off(policy, log, now)


def years_of(text: str | None) -> tuple[int, int] | None:
    """The calendar years asked for."""
    if text is None:
        return None
    found = YEARS.fullmatch(text.strip())
    if found is None:
        raise click.UsageError("--years is FIRST..LAST, such as 2021..2025, or one year.")
    first, last = int(found[1]), int(found[2] or found[1])
    if not first <= last < first + MOST_YEARS:
        raise click.UsageError(f"--years runs from the earlier to the later, at most {MOST_YEARS}.")
    return first, last


def newest_of(record: Record, entries: Sequence[Entry]) -> Instant | None:
    """The newest thing the record knows or somebody entered: a clerk comes after the record."""
    known = [entry.entered_at for entry in entries]
    if record.newest_known_at is not None:
        known.append(record.newest_known_at)
    return max(known, default=None)


def made_report(
    record: Record,
    entries: Sequence[Entry],
    asked: Asked,
    years: tuple[int, int] | None,
    as_of: Instant,
    policy: Policy,
    reader: Reader,
) -> YearlyReport:
    """Everything counted, protected and worked out."""
    from livedo.registry.yearly import yearly_report

    click.echo(
        registry_words(reader.lang).said("work.counting", n=reader.words.whole(len(record))),
        err=True,
    )
    return yearly_report(
        record,
        entries,
        years=years,
        as_of=as_of,
        standard=asked.standard.replace("-", "_"),
        policy=policy,
        knowledge=knowledge_with(None),
        processes=asked.processes,
    )


def entries_of(store: str | None) -> list[Entry]:
    """What people entered, oldest first; nothing where no store is given."""
    if store is None:
        return []
    from livedo.decisions.store import open_store

    with open_store(store, make=False) as opened:
        return opened.since(0)


def write_all(report: YearlyReport, asked: Asked, command: str, reader: Reader) -> None:
    """A page a language, then the tables; each whole or not at all."""
    from livedo.registry.yearly_tables import files_of
    from livedo.surfaces.registry_report import yearly_page

    texts = reader.words
    for lang, place in places(asked):
        page = yearly_page(report, lang, command)
        write_whole(place, page)
        size = texts.whole(round(len(page.encode()) / 1000))
        click.echo(texts.text("report.written", place=place, size=size), err=True)
    if asked.tables is not None:
        files = files_of(report)
        for name, text in files.items():
            write_whole(asked.tables / name, text)
        click.echo(
            registry_words(reader.lang).said("work.tables", place=asked.tables, n=len(files)),
            err=True,
        )


def places(asked: Asked) -> Iterator[tuple[str, Path]]:
    """Where the page of each language goes."""
    for lang in asked.languages:
        out = asked.out
        yield lang, out.with_suffix(f".{lang}{out.suffix}") if asked.is_each_language else out


def command_line(asked: Asked, report: YearlyReport) -> str:
    """The line that repeats the report; places are named by what they hold, not by their path."""
    parts = ["livedo registry report RECORD"]
    if asked.store:
        parts.append("--store STORE")
    years, as_of = report.years, report.made.as_of
    parts.append(f"--years {years[0]}..{years[1]} --standard {asked.standard}")
    parts.append(f"--as-of {instants.iso(as_of)}")
    if asked.is_shown:
        parts.append("--show-small-numbers --by NAME --reason TEXT")
    parts.append("-o FILE.html --tables FOLDER")
    return " ".join(parts)
