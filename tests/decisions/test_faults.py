"""A full disk, a read-only folder, another writer, a wrong file: each said, nothing lost."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from livedo.decisions import databases
from livedo.decisions.databases import open_engine
from livedo.decisions.faults import fault_of
from livedo.decisions.store import DecisionStore, open_store
from livedo.errors import (
    LivedoError,
    StoreBusy,
    StoreUnreadable,
    StoreUnwritable,
)
from tests.decisions.entered import clear_round, entered

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "decisions.sqlite"


@pytest.fixture
def filled(file: Path) -> Iterator[DecisionStore]:
    """A store in a file, with one entry."""
    with open_store(f"sqlite:///{file}") as store:
        store.add([entered("first")])
        yield store


def is_complete(error: LivedoError) -> bool:
    """Whether an error says where, what still works and what to do next."""
    return all((error.what, error.where, error.next_step))


# -- another writer ----------------------------------------------------------------------


def test_a_second_writer_waits_and_then_says_so(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "WAIT_SECONDS", 1)
    with open_store(address) as store:
        store.add([entered("first")])
        engine = open_engine(address)
        with databases.writing(engine):
            with pytest.raises(StoreBusy) as refused:
                store.add([entered("second")])
            assert is_complete(refused.value)
            # Reading goes on meanwhile.
            assert [entry.entry_id for entry in store.since(0)] == ["first"]
        engine.dispose()
        assert store.add([entered("second")])


def test_two_processes_can_enter_in_turn(address: str) -> None:
    with open_store(address) as store:
        script = (
            "import sys; from livedo.decisions.store import open_store; "
            "from tests.decisions.entered import entered\n"
            "with open_store(sys.argv[1]) as store:\n"
            "    for n in range(20): store.add([entered(f'other-{n}')])"
        )
        command = [sys.executable, "-c", script, address]
        with subprocess.Popen(command, cwd=ROOT, env=environment()) as other:
            for n in range(20):
                store.add([entered(f"mine-{n}")])
            assert other.wait() == 0
        assert len(store.since(0)) == 40


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


# -- a full disk -------------------------------------------------------------------------


def test_a_full_disk_is_said_and_what_was_kept_stays(file: Path) -> None:
    with open_store(f"sqlite:///{file}") as store:
        store.add([entered("first")])

        def fill_disk(connection: sqlite3.Connection, *_: object) -> None:
            connection.execute("PRAGMA max_page_count = 1")

        sa.event.listen(store._engine, "checkout", fill_disk)
        with pytest.raises(StoreUnwritable) as refused:
            store.add([clear_round(f"round-{n}") for n in range(200)])
        assert "full" in str(refused.value)
        assert is_complete(refused.value)
        kept = store.since(0)
        sa.event.remove(store._engine, "checkout", fill_disk)
    with open_store(f"sqlite:///{file}") as again:
        assert again.since(0) == kept
        assert kept[0].entry_id == "first"


def test_a_disk_that_stops_writing_is_said_and_what_was_acknowledged_stays(file: Path) -> None:
    script = textwrap.dedent(
        """
        import resource, signal, sys
        from livedo.decisions.store import open_store
        from livedo.errors import StoreUnwritable
        from tests.decisions.entered import clear_round
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        store = open_store(sys.argv[1])
        resource.setrlimit(resource.RLIMIT_FSIZE, (120_000, 120_000))
        try:
            for n in range(1000):
                store.add([clear_round(f"round-{n}")])
                print(f"round-{n}", flush=True)
        except StoreUnwritable as error:
            print(error, file=sys.stderr)
            sys.exit(error.exit_status)
        """
    )
    address = f"sqlite:///{file}"
    done = subprocess.run(
        [sys.executable, "-c", script, address],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == StoreUnwritable.exit_status, done.stderr
    assert "anemone" not in done.stderr
    with open_store(address) as store:
        assert set(done.stdout.split()) <= {entry.entry_id for entry in store.since(0)}


# -- no right to write -------------------------------------------------------------------


def refused_as_nobody(address: str) -> str:
    """What a user without rights is told on opening a store and entering."""
    script = textwrap.dedent(
        """
        import os, sys
        from livedo.decisions.store import open_store
        from livedo.errors import LivedoError
        from tests.decisions.entered import entered
        from livedo.knowledge.vocabulary import load_vocabulary
        import sqlalchemy.dialects.sqlite
        import alembic.command
        load_vocabulary()
        if os.geteuid() == 0:
            os.setgroups([]), os.setgid(65534), os.setuid(65534)
        try:
            open_store(sys.argv[1]).add([entered("second")])
        except LivedoError as error:
            print(error.code, error.exit_status)
            print(error, file=sys.stderr)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", script, address],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stderr
    return done.stdout.strip()


@pytest.fixture
def open_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that anybody can look into, so that only its own rights matter."""
    parents = [p for p in tmp_path.parents if p.name.startswith(("pytest-", "popen-"))]
    before = {p: p.stat().st_mode for p in parents}
    for parent in before:
        parent.chmod(0o755)
    folder = tmp_path / "read-only"
    folder.mkdir()
    yield folder
    folder.chmod(0o755)
    for parent, mode in before.items():
        parent.chmod(mode)


@pytest.mark.parametrize("file_mode", [0o644, 0o666])
def test_a_read_only_folder_is_said(open_folder: Path, file_mode: int) -> None:
    open_folder.parent.chmod(0o755)
    file = open_folder / "decisions.sqlite"
    with open_store(f"sqlite:///{file}") as store:
        store.add([entered("first")])
    file.chmod(file_mode if os.geteuid() == 0 else 0o444)
    open_folder.chmod(0o555)
    assert refused_as_nobody(f"sqlite:///{file}") == "LIV-404 43"
    open_folder.chmod(0o755)
    with open_store(f"sqlite:///{file}") as store:
        assert [entry.entry_id for entry in store.since(0)] == ["first"]


def test_a_new_store_in_a_read_only_folder_is_said(open_folder: Path) -> None:
    open_folder.parent.chmod(0o755)
    open_folder.chmod(0o555)
    assert refused_as_nobody(f"sqlite:///{open_folder / 'new.sqlite'}") == "LIV-404 43"


# -- a wrong file ------------------------------------------------------------------------


def test_a_wrong_file_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("a letter, and no store at all\n" * 50)
    other = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE entry (blog TEXT)")
    for file in (text, other):
        before = file.read_bytes()
        with pytest.raises(StoreUnreadable) as refused:
            open_store(f"sqlite:///{file}")
        assert is_complete(refused.value)
        assert file.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["notes.txt", "other.sqlite"]


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "no such folder" / "decisions.sqlite"):
        with pytest.raises(StoreUnreadable):
            open_store(f"sqlite:///{place}")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_store_is_said(filled: DecisionStore, file: Path) -> None:
    filled.close()
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(StoreUnreadable) as refused, open_store(f"sqlite:///{file}") as store:
        store.since(0)
    assert "restore" in str(refused.value)


# -- no server ---------------------------------------------------------------------------


def test_a_server_that_is_not_there_is_said_without_the_password(tmp_path: Path) -> None:
    address = f"postgresql+psycopg://me:canary@/store?host={tmp_path}"
    with pytest.raises(StoreUnreadable) as refused:
        open_store(address)
    assert is_complete(refused.value)
    assert "canary" not in str(refused.value)


def test_a_database_that_is_not_there_is_said(postgresql: Path) -> None:
    with pytest.raises(StoreUnreadable):
        open_store(f"postgresql+psycopg://livedo@/nowhere?host={postgresql}")


def test_a_store_goes_on_after_the_server_dropped_its_connections(
    address: str, postgresql: Path
) -> None:
    if address.startswith("sqlite"):
        pytest.skip("needs a server")
    with open_store(address) as store:
        store.add([entered("first")])
        with psycopg.connect(
            f"host={postgresql} user=livedo dbname=postgres", autocommit=True
        ) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = 'postgres' AND pid <> pg_backend_pid()"
            )
        store.add([entered("second")])
        assert len(store.since(0)) == 2


def test_a_server_that_is_full_read_only_or_busy_is_said() -> None:
    found = {
        state: fault_of(psycopg.errors.lookup(state)()).error
        for state in ("53100", "25006", "42501", "55P03", "40001", "57P01", "28P01", "3D000")
    }
    writes = dict.fromkeys(("53100", "25006", "42501"), StoreUnwritable)
    waits = dict.fromkeys(("55P03", "40001"), StoreBusy)
    reaches = dict.fromkeys(("57P01", "28P01", "3D000"), StoreUnreadable)
    assert found == {**writes, **waits, **reaches}


def test_an_error_of_the_database_never_quotes_a_patient(
    filled: DecisionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trip(connection: sa.Connection, *_: object) -> None:
        raise sa.exc.IntegrityError(
            "INSERT canary", {"person_id": "canary"}, sqlite3.IntegrityError("canary")
        )

    monkeypatch.setattr(filled, "_find", trip)
    with pytest.raises(LivedoError) as refused:
        filled.add([entered("e")])
    assert "canary" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


# -- a part that is not installed --------------------------------------------------------


@pytest.mark.parametrize(
    ("missing", "address", "extra"),
    [
        ("sqlalchemy", "sqlite:///x.sqlite", "livedo[serve]"),
        ("psycopg", "postgresql+psycopg://me@host/db", "livedo[postgres]"),
    ],
)
def test_a_missing_part_is_named_with_what_to_install(
    missing: str, address: str, extra: str, tmp_path: Path
) -> None:
    script = (
        f"import sys; sys.modules[{missing!r}] = None; from livedo.surfaces.cli import main; main()"
    )
    command = [sys.executable, "-c", script, "backup", "--store", address, "-o", "b"]
    done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True)
    assert done.returncode == 30, done.stderr
    assert extra in done.stderr
