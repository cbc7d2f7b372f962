"""Brings the tables of a store to this version, and refuses a newer one.

A copy of an SQLite file is kept beside it before anything is changed. The steps
run in one transaction: a store is of one version or of the next, never between.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from livedo.decisions.databases import no_store, reading, told_in_place, writing
from livedo.decisions.faults import place_of
from livedo.decisions.tables import METADATA
from livedo.errors import StoreNewer, StoreUnreadable

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0003"
"""The newest step. A test compares it with the folder of steps."""

VERSION_TABLE = "livedo_version"
_ONE_AT_A_TIME = threading.Lock()
"""Alembic keeps where it is in a place that all threads share."""

_FOLDER = Path(__file__).parent / "migrations"


def bring_up_to_date(engine: sa.Engine, to: str = HEAD, *, make: bool = True) -> None:
    """Makes the tables of a new store, and changes those of an older one.

    Raises:
        StoreNewer: the store was written by a newer version of livedo.
        StoreUnreadable: the database holds tables of something else.
    """
    with reading(engine) as connection:
        version = version_of(connection)
    if version in (HEAD, to):
        return
    if version is None and not make:
        raise no_store(place_of(engine.url))
    refuse_unknown(version, place_of(engine.url))
    with writing(engine) as connection:
        # Somebody else may have done it while we waited for our turn.
        version = version_of(connection)
        if version == to:
            return
        if version is None:
            _refuse_foreign(connection, place_of(engine.url))
        elif engine.dialect.name == "sqlite":
            path = Path(str(engine.url.database))
            copy_of(path, path.with_name(f"{path.name}.before-{to}"))
        _run_steps(connection, to)


def version_of(connection: sa.Connection) -> str | None:
    """The newest step of the store; None for a database that holds no store yet."""
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    found = connection.execute(sa.text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
    return None if found is None else str(found)


def known_versions() -> list[str]:
    """Every step, newest first."""
    from alembic.script import ScriptDirectory

    return [step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions()]


def refuse_unknown(version: str | None, where: str) -> None:
    """Refuses a store of a version that this program does not know."""
    if version is not None and version not in known_versions():
        raise StoreNewer(
            "The store was written by a newer version of livedo; nothing was changed.",
            where=where,
            still_works="reading records, screening and reports",
            next_step="Use the newer livedo, or restore a backup of this version elsewhere.",
        )


def put_in_place(half: Path, whole: Path) -> None:
    """Gives a finished file its name, so that both are on the disk when this returns."""
    _onto_disk(half)
    half.replace(whole)
    _onto_disk(whole.parent)


def _onto_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _as_it_is(copy: sqlite3.Connection) -> None:
    """Nothing more is done to it."""


def copy_of(
    path: Path, copy: Path, finish: Callable[[sqlite3.Connection], None] = _as_it_is
) -> None:
    """A whole copy of an SQLite file, while others may use it; appears at once or not at all.

    Args:
        finish: what is still done to the copy before it appears.
    """
    half = copy.with_name(f"{copy.name}.part")
    half.unlink(missing_ok=True)
    try:
        os.close(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with (
            told_in_place(copy),
            closing(sqlite3.connect(path)) as source,
            closing(sqlite3.connect(half)) as target,
        ):
            source.backup(target)
            finish(target)
            target.commit()
            # One file, not a file and its log.
            target.execute("PRAGMA journal_mode = DELETE").fetchall()
        put_in_place(half, copy)
    finally:
        half.unlink(missing_ok=True)


def _refuse_foreign(connection: sa.Connection, where: str) -> None:
    tables = set(sa.inspect(connection).get_table_names())
    if tables.intersection(METADATA.tables):
        raise StoreUnreadable(
            "The database holds tables of something else under our names; nothing was changed.",
            where=where,
            next_step="Give a database of its own to livedo.",
        )


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config


def _run_steps(connection: sa.Connection, to: str) -> None:
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    config.attributes["version_table"] = VERSION_TABLE
    with _ONE_AT_A_TIME:
        command.upgrade(config, to)
