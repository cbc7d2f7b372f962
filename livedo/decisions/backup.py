"""A whole store as one file, and back.

SQLite is copied with its online backup, while it is in use, and sealed with a
checksum of every row. From PostgreSQL the tables are written as lines of JSON
that end with a count and a checksum, so that restoring needs no program of
PostgreSQL's. Either kind of file is restored into either kind of database.
A backup holds what the store holds, its keys too: keep it as well as the store.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from livedo.decisions.databases import is_ours, open_engine, reading, told_in_place, writing
from livedo.decisions.faults import place_of
from livedo.decisions.migrating import (
    HEAD,
    bring_up_to_date,
    copy_of,
    put_in_place,
    refuse_unknown,
)
from livedo.decisions.tables import ENTRY, ERASURE, KEPT, SECRET, USED_TOKEN
from livedo.errors import BackupUnreadable, LivedoError, OutputUnwritable, StoreNewer, StoreNotEmpty

import sqlalchemy as sa  # isort: skip - the modules above say what is missing without it

FORMAT = "livedo decisions"
ROWS_AT_ONCE = 1000
SEAL = "livedo_seal"

Row = tuple[sa.Table, dict[str, Any]]


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The first line of a dump."""

    format: str
    version: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One row of one table; bytes are written in base64."""

    table: str
    row: dict[str, Any]


class Foot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last line of a dump: how many rows, and the SHA-256 of everything before it."""

    rows: int
    sha256: str


# -- writing -----------------------------------------------------------------------------


def write_backup(engine: sa.Engine, path: Path) -> None:
    """One file with the whole store, appearing at once or not at all.

    Raises:
        OutputUnwritable: the file cannot be written.
    """
    try:
        if engine.dialect.name == "sqlite":
            copy_of(Path(str(engine.url.database)), path, _seal)
        else:
            _write_dump(engine, path)
    except OSError:
        raise _unwritable(path) from None


def _seal(copy: sqlite3.Connection) -> None:
    """Writes into a copy how many rows it has and their checksum.

    SQLite finds a broken page, and not a changed letter.
    """
    foot = _foot_of(copy)
    copy.execute(f"DROP TABLE IF EXISTS {SEAL}")
    copy.execute(f"CREATE TABLE {SEAL} (rows INTEGER, sha256 TEXT)")
    copy.execute(f"INSERT INTO {SEAL} VALUES (?, ?)", (foot.rows, foot.sha256))


def _is_sealed(copy: sqlite3.Connection) -> bool:
    """Whether every row is as it was when the copy was sealed."""
    has_seal = copy.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (SEAL,)).fetchone()
    if has_seal is None:
        return False
    (sealed,) = copy.execute(f"SELECT rows, sha256 FROM {SEAL}").fetchall()
    return Foot(*sealed) == _foot_of(copy)


def _foot_of(copy: sqlite3.Connection) -> Foot:
    """The count and checksum of all rows, whatever tables this version has."""
    digest, count = hashlib.sha256(), 0
    names = copy.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    for (name,) in names.fetchall():
        if name != SEAL:
            digest.update(name.encode() + b"\n")
            for row in copy.execute(f'SELECT * FROM "{name}" ORDER BY rowid'):
                digest.update(msgspec.json.encode(row) + b"\n")
                count += 1
    return Foot(count, digest.hexdigest())


def _unwritable(path: Path) -> OutputUnwritable:
    return OutputUnwritable(
        "The backup could not be written; nothing partial was left behind.",
        where=str(path),
        still_works="the store, and older backups",
        next_step="Look at the free space and the rights of the folder, or give another place.",
    )


def _write_dump(engine: sa.Engine, path: Path) -> None:
    half = path.with_name(f"{path.name}.part")
    half.unlink(missing_ok=True)
    try:
        with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            _write_lines(engine, file)
        put_in_place(half, path)
    finally:
        half.unlink(missing_ok=True)


def _write_lines(engine: sa.Engine, file: BinaryIO) -> None:
    digest, count = hashlib.sha256(), 0

    def write(line: msgspec.Struct) -> None:
        text = msgspec.json.encode(line) + b"\n"
        digest.update(text)
        file.write(text)

    write(Head(format=FORMAT, version=HEAD))
    for table, row in _rows_of(engine):
        write(Line(table=str(table.name), row=row))
        count += 1
    file.write(msgspec.json.encode(Foot(rows=count, sha256=digest.hexdigest())) + b"\n")


def _rows_of(engine: sa.Engine) -> Iterator[Row]:
    """Every row that is kept, as of one moment."""
    with reading(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        for table in KEPT:
            query = sa.select(table).order_by(*table.primary_key.columns)
            found = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(query)
            yield from ((table, _plain(row)) for row in found)


def _plain(row: sa.Row[Any]) -> dict[str, Any]:
    return {str(name): value for name, value in row._mapping.items()}


# -- restoring ---------------------------------------------------------------------------


def restore(path: str | Path, url: str) -> int:
    """Fills an empty store, made if need be, from a backup; all of it or nothing.

    Returns:
        How many entries the store holds now.

    Raises:
        BackupUnreadable: the file is no backup, or is incomplete or changed.
        StoreNotEmpty: the store holds something already.
    """
    path = Path(path)
    with _rows_in(path) as rows:
        engine = open_engine(url)
        try:
            bring_up_to_date(engine)
            with writing(engine) as connection:
                _refuse_filled(connection, place_of(engine.url))
                return _fill(connection, rows)
        finally:
            engine.dispose()


def _refuse_filled(connection: sa.Connection, where: str) -> None:
    for table in (ENTRY, ERASURE):
        if connection.execute(sa.select(table).limit(1)).first() is not None:
            raise StoreNotEmpty(
                "The store holds something already; nothing was restored.",
                where=where,
                still_works="the store as it is",
                next_step="Restore into a new place, then point livedo at it.",
            )


def _fill(connection: sa.Connection, rows: Iterable[Row]) -> int:
    # A service that only started has made keys; those of the backup take their place.
    connection.execute(sa.delete(SECRET))
    connection.execute(sa.delete(USED_TOKEN))
    entries = 0
    for table, row in rows:
        connection.execute(sa.insert(table).values(row))
        entries += table is ENTRY
    if connection.dialect.name == "postgresql":
        for table in (ENTRY, ERASURE):
            _go_on_counting(connection, table)
    return entries


def _go_on_counting(connection: sa.Connection, table: sa.Table) -> None:
    """The next number follows the highest restored one."""
    (column,) = table.primary_key.columns
    highest = connection.execute(sa.select(sa.func.max(column))).scalar()
    if highest is not None:
        counter = sa.func.pg_get_serial_sequence(table.name, column.name)
        connection.execute(sa.select(sa.func.setval(counter, highest)))


@contextmanager
def _rows_in(path: Path) -> Iterator[Iterator[Row]]:
    """The rows of a backup that was checked as a whole before the first is given."""
    try:
        with open(path, "rb") as file:
            header = file.read(100)
    except OSError:
        raise _unreadable(path, "The backup cannot be opened.") from None
    if is_ours(header):
        with _rows_of_copy(path) as rows:
            yield rows
    else:
        yield _rows_of_dump(path, *_checked(path))


@contextmanager
def _rows_of_copy(path: Path) -> Iterator[Iterator[Row]]:
    """The rows of an SQLite backup of this or an older version; the file itself stays as it is."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "store.sqlite"
        try:
            shutil.copyfile(path, copy)
            with told_in_place(path), closing(sqlite3.connect(copy)) as plain:
                found = plain.execute("PRAGMA integrity_check").fetchone()
                is_whole = found == ("ok",) and _is_sealed(plain)
            if not is_whole:
                raise _unreadable(path, "The backup is damaged.")
            engine = open_engine(f"sqlite:///{copy}")
            bring_up_to_date(engine)
        except (BackupUnreadable, StoreNewer):
            raise
        except LivedoError:
            raise _unreadable(path, "The backup is damaged.") from None
        try:
            yield _rows_of(engine)
        finally:
            engine.dispose()


def _checked(path: Path) -> tuple[Head, int]:
    """The head of a dump and its number of rows, once its checksum was found right."""
    digest, count, head, foot = hashlib.sha256(), -1, None, None
    with open(path, "rb") as file:
        for text in file:
            if foot is not None:
                raise _unreadable(path, "The backup goes on after its end.")
            foot = _as(Foot, text) if count >= 0 else None
            if foot is None:
                digest.update(text)
                count += 1
                head = head or _as(Head, text)
                if head is None or head.format != FORMAT:
                    raise _unreadable(path, "This file is not a backup of a store.")
    if head is None or foot is None:
        raise _unreadable(path, "The backup is incomplete: its last line is missing.")
    if foot != Foot(rows=count, sha256=digest.hexdigest()):
        raise _unreadable(path, "The backup was changed after it was written.")
    refuse_unknown(head.version, str(path))
    return head, count


def _as(shape: type[Any], text: bytes) -> Any:
    try:
        return msgspec.json.decode(text, type=shape)
    except msgspec.MsgspecError:
        return None


def _rows_of_dump(path: Path, head: Head, count: int) -> Iterator[Row]:
    tables = {table.name: table for table in KEPT}
    with open(path, "rb") as file:
        next(file)
        for _ in range(count):
            line = msgspec.json.decode(next(file), type=Line)
            table = tables[line.table]
            if table is SECRET:
                line.row["value"] = base64.b64decode(line.row["value"])
            yield table, line.row


def _unreadable(path: Path, what: str) -> BackupUnreadable:
    return BackupUnreadable(
        what,
        where=str(path),
        still_works="the store; nothing was restored",
        next_step="Take another backup, or copy this one again from where it is kept.",
    )
