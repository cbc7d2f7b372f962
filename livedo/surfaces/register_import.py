"""A folder of the register read back: what it would enter, and what became of every row."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import msgspec

from livedo.decisions.store import open_store
from livedo.errors import RegisterOfAnotherStore, RegisterUnreadable
from livedo.registry.exchange.case_ids import SECRET, people_by_case_id
from livedo.registry.exchange.changes import UNKNOWN_CASE, Changes, Importing, changes
from livedo.registry.exchange.csv_files import file_of, read_folder
from livedo.registry.exchange.read_rows import ReadRow
from livedo.registry.exchange.redcap_records import columns_of, read_records
from livedo.registry.exchange.sheet import SetAside, read_sheet
from livedo.surfaces.register_export import DICTIONARY, RECORDS, REPEATING
from livedo.surfaces.register_opened import OpenRegister
from livedo.surfaces.terminal import Line, Terminal, wrap
from livedo.surfaces.words import Words

OUTSIDE = "register:"
MOST_SHOWN = 20


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of a folder."""

    rows: tuple[ReadRow, ...]
    set_aside: tuple[SetAside, ...]
    unknown_columns: dict[str, int] = {}
    unknown_files: tuple[str, ...] = ()


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did, or would do. in = used + set_aside, in rows of a form."""

    changes: Changes
    unknown_columns: dict[str, int]
    unknown_files: tuple[str, ...]

    def document(self, *, dry_run: bool) -> dict[str, object]:
        """As JSON. Nothing of it is a value of a patient."""
        done = self.changes
        return {
            "in": done.rows_in,
            "used": done.used,
            "set_aside": len(done.set_aside),
            "unchanged": done.unchanged,
            "entries": len(done.entries),
            "values_restored": done.restored,
            "values_changed": done.changed,
            "rows": [msgspec.to_builtins(one) for one in done.set_aside],
            "cells": [msgspec.to_builtins(one) for one in done.parts_lost],
            "unknown_columns": self.unknown_columns,
            "unknown_files": list(self.unknown_files),
            "dry_run": dry_run,
        }


def read_register(folder: Path, register: OpenRegister, numbers: Numbers | None = None) -> Found:
    """The rows of a folder, of CSV or of REDCap, told by its files.

    Args:
        numbers: of the store whose export it is; None are the register's own.

    Raises:
        RegisterUnreadable: there is no file of the register in it.
        SourceUnreadable: a file cannot be opened.
    """
    key = numbers.key if numbers else register.key
    if (folder / RECORDS).is_file():
        return _redcap(folder, register, key)
    ours = [file_of(form) for form in register.form.forms]
    if not any((folder / name).is_file() for name in ours):
        raise RegisterUnreadable(
            "The folder holds no file of the register",
            where=str(folder),
            still_works="nothing was entered",
            next_step=f"it should hold {RECORDS} of REDCap, or files such as {ours[0]}",
        )
    read = read_folder(folder, register.form, key)
    return Found(
        rows=read.rows,
        set_aside=read.set_aside,
        unknown_columns=read.unknown_columns,
        unknown_files=read.unknown_files,
    )


def _redcap(folder: Path, register: OpenRegister, key: bytes) -> Found:
    sheet = read_sheet(folder / RECORDS)
    rows, set_aside = read_records(sheet, register.form, key)
    known = {*columns_of(register.form, with_person_ids=True)}
    unknown = sum(name not in known for name in sheet.header)
    others = {path.name for path in folder.glob("*.csv")} - {RECORDS, DICTIONARY, REPEATING}
    return Found(
        rows=tuple(rows),
        set_aside=tuple(set_aside),
        unknown_columns={RECORDS: unknown} if unknown else {},
        unknown_files=tuple(sorted(others)),
    )


class Numbers(msgspec.Struct, frozen=True):
    """What case numbers are made with, and whom that store knows beside the record."""

    key: bytes
    people: tuple[str, ...] = ()


def numbers_of(url: str) -> Numbers:
    """The case numbers of another store."""
    with open_store(url, make=False) as store:
        people = {entry.person_id for entry in store.of_kind("case_report") if entry.person_id}
        return Numbers(store.secret(SECRET), tuple(sorted(people)))


def judged(found: Found, register: OpenRegister, by: str, numbers: Numbers | None = None) -> Report:
    """What the rows would enter.

    Args:
        numbers: of the store whose export it is; None are the register's own.

    Raises:
        RegisterOfAnotherStore: not one case number is known here.
    """
    made_by = numbers or Numbers(register.key)
    named = {row.person_id for row in found.rows if row.person_id.startswith(OUTSIDE)}
    people = {*register.record.person_ids(), *register.entries, *made_by.people, *named}
    by_number = people_by_case_id(made_by.key, people)
    used = {by_number.get(row.case_id, row.person_id) for row in found.rows} & people
    erased = {id: at for id in sorted(used) if (at := register.store.erased_at(id)) is not None}
    done = changes(
        Importing(
            form=register.form,
            people=by_number,
            person_ids=frozenset(people),
            entered=register.entered(),
            by=by,
            now=register.as_of,
            erased=erased,
            references=lru_cache(4)(lambda id: register.references(id, made_by.key)),
        ),
        found.rows,
        found.set_aside,
    )
    _refuse_another_store(done)
    return Report(
        changes=done, unknown_columns=found.unknown_columns, unknown_files=found.unknown_files
    )


def _refuse_another_store(done: Changes) -> None:
    unknown = sum(one.reason == UNKNOWN_CASE for one in done.set_aside)
    if done.used or not unknown:
        return
    raise RegisterOfAnotherStore(
        "Not one case number of the folder is known here",
        where=f"{unknown} rows",
        still_works="nothing was entered",
        next_step=(
            "case numbers belong to the store that made them: name it with --numbers-from URL, "
            "or export with --with-person-ids and enter it all in your name"
        ),
    )


# -- in words ----------------------------------------------------------------------------


def report_lines(report: Report, words: Words, terminal: Terminal) -> Iterator[Line]:
    """What became of every row."""
    done = report.changes
    used, aside = words.whole(done.used), words.whole(len(done.set_aside))
    sum_of = words.count("exchange.read", done.rows_in, used=used, aside=aside)
    yield from wrap([(sum_of, "strong")], terminal.width)
    for key, number in (
        ("unchanged", done.unchanged),
        ("restored", done.restored),
        ("changed", done.changed),
    ):
        if number:
            yield from wrap([(words.count(f"exchange.{key}", number), "")], terminal.width, 2)
    yield from _aside_lines("exchange.rows", done.set_aside, words, terminal)
    yield from _aside_lines("exchange.cells", done.parts_lost, words, terminal)
    for file, count in sorted(report.unknown_columns.items()):
        text = words.count("exchange.unknown_columns", count, file=file)
        yield from wrap([(text, "quiet")], terminal.width)
    if report.unknown_files:
        text = words.count("exchange.unknown_files", len(report.unknown_files))
        yield from wrap([(text, "quiet")], terminal.width)


def _aside_lines(
    key: str, aside: tuple[SetAside, ...], words: Words, terminal: Terminal
) -> Iterator[Line]:
    if not aside:
        return
    yield []
    yield [(words.count(key, len(aside)), "strong")]
    for one in aside[:MOST_SHOWN]:
        place = f"{one.file}:{one.line}" + (f" {one.field}" if one.field else "")
        why = words.text(f"exchange.why.{one.reason.removeprefix('register_')}")
        yield from wrap([(f"  {place}  ", "quiet"), (why, "")], terminal.width, 4)
    if len(aside) > MOST_SHOWN:
        rest = words.count("exchange.more", len(aside) - MOST_SHOWN)
        yield [(f"  {rest}", "quiet")]
