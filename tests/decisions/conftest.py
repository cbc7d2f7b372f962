"""Both databases: SQLite in a file, and a PostgreSQL server of the tests' own."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

if os.environ.get("CI") != "true":
    pytest.importorskip("sqlalchemy")
    pytest.importorskip("alembic")

from livedo.decisions.store import DecisionStore, open_store

_NUMBERS = itertools.count(1)


def _programs() -> Path | None:
    """The folder of the newest PostgreSQL server on this machine."""
    found = shutil.which("initdb")
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: path.parts[4].zfill(4)
    )
    place = Path(found) if found else versions[-1] if versions else None
    return None if place is None else place.parent


def _as_other_user() -> tuple[list[str], str | None]:
    """How to start a program that refuses to run as root, and as whom."""
    if os.geteuid() != 0:
        return [], None
    names = {user.pw_name for user in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    return ["runuser", "-u", user, "--"], user


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Path]:
    """The folder of the socket of a server that lives as long as the tests."""
    programs = _programs()
    if programs is None:
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL is part of what CI tests; no server is installed.")
        pytest.skip("no PostgreSQL server on this machine")
    # The path of a socket may be no longer than about a hundred characters.
    folder = Path(tempfile.mkdtemp(prefix="lvd-pg-", dir="/tmp"))
    prefix, user = _as_other_user()
    if user is not None:
        shutil.chown(folder, user)
    data, settings = folder / "data", f"-c listen_addresses='' -c fsync=off -k {folder}"

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [*prefix, str(programs / program), *arguments],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )

    try:
        setup = ("-A", "trust", "-U", "livedo", "-E", "UTF8", "--locale=C", "--no-sync")
        run("initdb", "-D", str(data), *setup)
        run("pg_ctl", "-D", str(data), "-w", "-o", settings, "-l", str(folder / "log"), "start")
        try:
            yield folder
        finally:
            run("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_database(socket: Path) -> str:
    """The address of an empty place on the server: a schema of its own, which is made at once."""
    import psycopg

    name = f"store_{next(_NUMBERS)}"
    with psycopg.connect(
        f"host={socket} user=livedo dbname=postgres", autocommit=True
    ) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
    return f"postgresql+psycopg://livedo@/postgres?host={socket}&options=-csearch_path%3D{name}"


@pytest.fixture(params=["sqlite", "postgresql"])
def new_address(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Makes the address of one empty place after the other, on either database."""
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path / f'decisions-{next(_NUMBERS)}.sqlite'}"
    socket = request.getfixturevalue("postgresql")
    return lambda: new_database(socket)


@pytest.fixture
def address(new_address: Callable[[], str]) -> str:
    """One empty place, on either database."""
    return new_address()


@pytest.fixture
def store(address: str) -> Iterator[DecisionStore]:
    """A new store, on either database."""
    with open_store(address) as opened:
        yield opened
