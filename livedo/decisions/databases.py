"""Opens the database behind a store: SQLite in a file, or PostgreSQL by its address.

SQLite runs in WAL with full sync, so that an entry is on the disk before it is
acknowledged. The file may hold patients' data and keys, so only its owner may
read it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from livedo.errors import PartMissing, StoreUnreadable

try:
    import sqlalchemy as sa
    from sqlalchemy import event
except ImportError:  # pragma: no cover - only without the extra
    raise PartMissing(
        "Keeping what people enter needs the extra serve.",
        still_works="reading records, screening and reports",
        next_step='pip install "livedo[serve]"',
    ) from None

from livedo.decisions.faults import READ_ONLY, as_error, fault_of, place_of, told_as_ours

APPLICATION = int.from_bytes(b"LVDO", "big")
"""Marks an SQLite file as ours, in the place of its header that is there for it."""

WAIT_SECONDS = 10
"""How long a write waits for another writer."""

WRITER = "livedo_writes"
_ONE_WRITER = 0x4C56444F
"""The advisory lock that writers on PostgreSQL take one after the other."""

_MAGIC = b"SQLite format 3\0"


def open_engine(url: str, *, make: bool = True) -> sa.Engine:
    """The database of a store; nothing is made in it yet but an empty SQLite file.

    Raises:
        StoreUnreadable: the address is not one, or the file is not a store.
        StoreUnwritable: the file or its folder cannot be written.
        PartMissing: PostgreSQL is asked for and its driver is not installed.
    """
    address = _address(url)
    if address.get_backend_name() == "sqlite":
        return _open_sqlite(address, make)
    return _open_postgresql(address)


def _address(url: str) -> sa.URL:
    try:
        address = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        raise _not_an_address() from None
    is_file = address.get_backend_name() == "sqlite" and address.database not in (None, ":memory:")
    if is_file or address.drivername == "postgresql+psycopg":
        return address
    raise _not_an_address()


def _not_an_address() -> StoreUnreadable:
    # The address itself is not shown: it may hold a password.
    return StoreUnreadable(
        "The address of the store cannot be used.",
        where="--store",
        next_step="Give sqlite:///PATH/decisions.sqlite or "
        "postgresql+psycopg://USER@HOST/DATABASE.",
    )


# -- SQLite ------------------------------------------------------------------------------


def _open_sqlite(address: sa.URL, make: bool) -> sa.Engine:
    path = Path(str(address.database))
    if not make and not path.is_file():
        raise no_store(str(path))
    claim_file(path)
    engine = sa.create_engine(address, hide_parameters=True, connect_args={"timeout": WAIT_SECONDS})
    event.listen(engine, "connect", _settle_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def no_store(where: str) -> StoreUnreadable:
    """The error for a place where a store was expected and is not."""
    return StoreUnreadable(
        "There is no store at this place.",
        where=where,
        next_step="Give the address that livedo serve uses.",
    )


def claim_file(path: Path) -> None:
    """Makes the file of a new store, or checks that the one there is ours.

    Nothing of another program's file is changed.
    """
    try:
        is_place = path.parent.is_dir() and not path.is_dir()
    except OSError:
        raise as_error(READ_ONLY, str(path)) from None
    if not is_place:
        raise StoreUnreadable(
            "The store must be a file in a folder that exists.",
            where=str(path),
            next_step="Make the folder, or give another place.",
        )
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        raise as_error(READ_ONLY, str(path)) from None
    with os.fdopen(descriptor, "rb") as file:
        header = file.read(100)
    if not header:
        with told_in_place(path), closing(sqlite3.connect(path, timeout=WAIT_SECONDS)) as plain:
            # Before WAL, so that the mark stands in the file itself from the start.
            plain.execute(f"PRAGMA application_id = {APPLICATION}")
    elif not is_ours(header):
        raise StoreUnreadable(
            "This file is not a store of livedo; it was left as it is.",
            where=str(path),
            next_step="Give the place of a store, or a name that does not exist yet.",
        )


def is_ours(header: bytes) -> bool:
    """Whether the first hundred bytes of a file are those of a store."""
    return header.startswith(_MAGIC) and header[68:72] == APPLICATION.to_bytes(4, "big")


@contextmanager
def told_in_place(path: Path) -> Iterator[None]:
    """Errors of the sqlite3 module as ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise as_error(fault_of(error), str(path)) from None


def _settle_sqlite(connection: Any, _: Any) -> None:
    # Transactions are begun by us, so that a writer takes its lock at once and waits for it
    # instead of failing half way.
    connection.isolation_level = None
    for setting in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        # What was erased is overwritten in the file.
        "secure_delete = ON",
        "trusted_schema = OFF",
    ):
        connection.execute(f"PRAGMA {setting}").fetchall()


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(WRITER)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


# -- PostgreSQL --------------------------------------------------------------------------


def _open_postgresql(address: sa.URL) -> sa.Engine:
    try:
        engine = sa.create_engine(
            address,
            hide_parameters=True,
            pool_pre_ping=True,
            connect_args={"connect_timeout": WAIT_SECONDS},
        )
    except ImportError:
        raise PartMissing(
            "A store on PostgreSQL needs the extra postgres.",
            still_works="a store in a file: sqlite:///PATH",
            next_step='pip install "livedo[postgres]"',
        ) from None
    event.listen(engine, "connect", _settle_postgresql)
    return engine


def _settle_postgresql(connection: Any, _: Any) -> None:
    with connection.cursor() as cursor:
        # A server set to acknowledge before the disk has it would lose entries.
        cursor.execute("SET synchronous_commit = on")
        cursor.execute(f"SET lock_timeout = '{WAIT_SECONDS}s'")
    connection.commit()


# -- both --------------------------------------------------------------------------------


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection that sees one moment of the store."""
    with told_as_ours(place_of(engine.url)), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One writer at a time, in one transaction: all is kept when this ends, or nothing.

    On PostgreSQL numbers are given out before transactions end, so that two writers
    could become visible in the other order, and somebody who reads "everything after 7"
    would never see a late 6. Writers therefore take a lock that is let go after their
    entries are visible: whoever sees 7 has seen 6. SQLite has one writer anyway.
    """
    with told_as_ours(place_of(engine.url)), engine.connect() as connection:
        ours = connection.execution_options(**{WRITER: True})
        with ours.begin():
            if engine.dialect.name == "postgresql":
                ours.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_WRITER})
            yield ours
