"""A store of an older version opens in this one; one of a newer version is left alone."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from livedo.decisions import migrating
from livedo.decisions.databases import open_engine
from livedo.decisions.migrating import HEAD, bring_up_to_date, known_versions
from livedo.decisions.store import open_store
from livedo.decisions.tables import METADATA
from livedo.errors import StoreNewer, StoreUnreadable
from tests.decisions.entered import NOON, entered

FIRST = "0001"


@pytest.fixture
def old_store(address: str) -> str:
    """A store as the first version made it, with one entry."""
    engine = open_engine(address)
    bring_up_to_date(engine, FIRST)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO entry (entry_id, person_id, kind, entered_at, entered_by, body) VALUES "
            """('old', 'anemone', 'acknowledged', 5, 'x', '{"kind":"acknowledged"}')"""
        )
    engine.dispose()
    return address


def file_of(address: str) -> Path:
    if not address.startswith("sqlite"):
        pytest.skip("a server has no file")
    return Path(address.removeprefix("sqlite:///"))


def version_in(address: str) -> str | None:
    engine = sa.create_engine(address)
    try:
        with engine.connect() as connection:
            return migrating.version_of(connection)
    finally:
        engine.dispose()


def test_a_new_store_that_many_open_at_once_is_made_once(address: str) -> None:
    start = threading.Barrier(4)

    def open_and_enter(n: int) -> int:
        start.wait()
        with open_store(address) as store:
            return len(store.add([entered(f"e{n}")]))

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(open_and_enter, range(4))) == 4
    with open_store(address) as store:
        assert len(store.since(0)) == 4


def test_the_newest_step_is_the_one_the_program_expects() -> None:
    assert known_versions()[0] == HEAD


def test_a_store_of_the_first_version_opens_with_what_it_holds(old_store: str) -> None:
    assert version_in(old_store) == FIRST
    with open_store(old_store) as store:
        assert [entry.entry_id for entry in store.of_person("anemone")] == ["old"]
        store.add([entered("new")])
        assert store.forget("anemone", by="x", reason="y", at=NOON + 1) == 2
    assert version_in(old_store) == HEAD


def test_a_copy_is_kept_before_an_upgrade(old_store: str) -> None:
    file = file_of(old_store)
    open_store(old_store).close()
    copy = file.with_name(f"{file.name}.before-{HEAD}")
    assert version_in(f"sqlite:///{copy}") == FIRST
    assert copy.stat().st_mode & 0o077 == 0
    assert list(file.parent.glob("*.part")) == []


def test_opening_twice_changes_nothing(address: str) -> None:
    with open_store(address) as store:
        store.add([entered("e1")])
    before = version_in(address), hashed(address)
    open_store(address).close()
    assert (version_in(address), hashed(address)) == before


def hashed(address: str) -> str:
    if not address.startswith("sqlite"):
        return ""
    return hashlib.sha256(file_of(address).read_bytes()).hexdigest()


def test_the_migrated_tables_are_those_that_queries_expect(address: str) -> None:
    open_store(address).close()
    engine = sa.create_engine(address)
    with engine.connect() as connection:
        inspector = sa.inspect(connection)
        for table in METADATA.sorted_tables:
            made = {one["name"]: one for one in inspector.get_columns(table.name)}
            assert list(made) == [str(column.name) for column in table.columns]
            for column in table.columns:
                if not column.primary_key:
                    assert made[str(column.name)]["nullable"] == column.nullable
    engine.dispose()


def test_a_store_of_a_newer_version_is_refused_and_left_as_it_is(address: str) -> None:
    with open_store(address) as store:
        store.add([entered("e1")])
    engine = sa.create_engine(address)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE livedo_version SET version_num = '9999'")
    engine.dispose()
    before = hashed(address)
    with pytest.raises(StoreNewer) as refused:
        open_store(address)
    assert "newer" in str(refused.value)
    assert (version_in(address), hashed(address)) == ("9999", before)


def test_a_step_that_fails_leaves_the_older_store_whole(
    old_store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half_done(connection: sa.Connection, to: str) -> None:
        connection.exec_driver_sql("CREATE TABLE erasure (x INTEGER)")
        raise RuntimeError("the power went")

    with monkeypatch.context() as patched:
        patched.setattr(migrating, "_run_steps", half_done)
        with pytest.raises(RuntimeError):
            open_store(old_store)
    assert version_in(old_store) == FIRST
    with open_store(old_store) as store:
        assert len(store.of_person("anemone")) == 1


def test_tables_of_something_else_are_left_alone(new_address: Callable[[], str]) -> None:
    address = new_address()
    engine = open_engine(address)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE entry (blog TEXT)")
    engine.dispose()
    with pytest.raises(StoreUnreadable):
        open_store(address)
    engine = sa.create_engine(address)
    with engine.connect() as connection:
        assert sa.inspect(connection).get_table_names() == ["entry"]
    engine.dispose()
