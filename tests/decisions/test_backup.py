"""The restore drill: everything is back, on the same database and on the other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from livedo.decisions.backup import _seal, restore
from livedo.decisions.migrating import HEAD
from livedo.decisions.store import DecisionStore, open_store
from livedo.errors import BackupUnreadable, OutputUnwritable, StoreNewer, StoreNotEmpty
from livedo.surfaces.cli import cli
from tests.decisions.conftest import new_database
from tests.decisions.entered import NOON, entered, undoing
from tests.decisions.test_store import EVERY_KIND


def fill(store: DecisionStore) -> None:
    """Entries of every kind, one undone, a person erased, keys and a used token."""
    store.add([entered(f"e{n}", body, at=NOON + n) for n, body in enumerate(EVERY_KIND)])
    store.add([undoing("u1", "e1"), entered("b1", person="bellis"), entered("øæå ✓")])
    store.forget("bellis", by="D. Officer", reason="request 17", at=NOON)
    store.secret("link")
    store.use_token("digest", NOON)


@pytest.fixture
def backup(address: str, tmp_path: Path) -> Path:
    """A backup of a filled store of either database."""
    file = tmp_path / "decisions.backup"
    with open_store(address) as store:
        fill(store)
        store.backup(file)
    return file


@pytest.mark.parametrize("onto", ["sqlite", "postgresql"])
def test_everything_is_back_after_a_restore(
    onto: str, address: str, backup: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    target = f"sqlite:///{tmp_path / 'restored.sqlite'}"
    if onto == "postgresql":
        target = new_database(request.getfixturevalue("postgresql"))
    with open_store(address) as store:
        everything, link = store.since(0), store.secret("link")
    assert restore(backup, target) == len(everything)
    with open_store(target) as restored:
        assert restored.since(0) == everything
        assert restored.secret("link") == link
        assert restored.erasure_count() == 1
        assert not restored.use_token("digest", NOON)
        (next_one,) = restored.add([entered("after")])
        assert next_one.sequence > everything[-1].sequence


def test_a_backup_can_be_made_while_others_enter(address: str, tmp_path: Path) -> None:
    with open_store(address) as store, open_store(address) as other:
        fill(store)
        for n in range(5):
            other.add([entered(f"more{n}")])
            store.backup(tmp_path / f"backup{n}")
    counts = []
    for n in range(5):
        target = f"sqlite:///{tmp_path / f'restored{n}.sqlite'}"
        counts.append(restore(tmp_path / f"backup{n}", target))
    assert counts == [counts[0] + n for n in range(5)]


def test_only_its_owner_may_read_a_backup(backup: Path) -> None:
    assert backup.stat().st_mode & 0o077 == 0
    assert [p.name for p in backup.parent.iterdir() if p.name.startswith("decisions.backup")] == [
        "decisions.backup"
    ]


def test_a_store_that_holds_something_is_not_restored_into(
    new_address: Callable[[], str], backup: Path
) -> None:
    target = new_address()
    with open_store(target) as store:
        kept = store.add([entered("mine")])
        with pytest.raises(StoreNotEmpty):
            restore(backup, target)
        assert store.since(0) == kept


def test_a_service_that_only_started_does_not_stand_in_the_way(
    new_address: Callable[[], str], address: str, backup: Path
) -> None:
    target = new_address()
    with open_store(target) as started:
        started.secret("link")
    restore(backup, target)
    with open_store(target) as restored, open_store(address) as first:
        assert restored.secret("link") == first.secret("link")


def test_a_damaged_backup_restores_nothing(backup: Path, tmp_path: Path) -> None:
    whole = backup.read_bytes()
    middle = len(whole) // 2
    damaged = {
        "empty": b"",
        "cut short": whole[:middle],
        "without its end": whole[: whole.rfind(b"\n", 0, len(whole) - 1) + 1],
        "something else": b"# Livedo\n" * 50,
    }
    damaged["one letter changed"] = whole.replace(b"N. Nurse", b"N. Curse", 1)
    if whole.startswith(b"{"):
        damaged["one line less"] = b"".join(
            line for n, line in enumerate(whole.splitlines(True)) if n != 2
        )
        damaged["something after its end"] = whole + b"{}\n"
    else:
        damaged["a page overwritten"] = whole[:4096] + b"\xff" * 8192 + whole[12288:]
    for name, content in damaged.items():
        backup.write_bytes(content)
        target = tmp_path / f"{name}.sqlite"
        with pytest.raises(BackupUnreadable, match="backup"):
            restore(backup, f"sqlite:///{target}")
        assert not target.exists(), name


def test_a_backup_of_a_newer_version_is_refused(backup: Path, tmp_path: Path) -> None:
    import hashlib
    import sqlite3

    whole = backup.read_bytes()
    if whole.startswith(b"{"):
        lines = whole.splitlines(True)
        lines[0] = lines[0].replace(HEAD.encode(), b"9999")
        digest = hashlib.sha256(b"".join(lines[:-1])).hexdigest()
        lines[-1] = b'{"rows":%d,"sha256":"%s"}\n' % (len(lines) - 2, digest.encode())
        backup.write_bytes(b"".join(lines))
    else:
        with sqlite3.connect(backup) as connection:
            connection.execute("UPDATE livedo_version SET version_num = '9999'")
            _seal(connection)
        connection.close()
    with pytest.raises(StoreNewer):
        restore(backup, f"sqlite:///{tmp_path / 'restored.sqlite'}")


def test_a_place_that_cannot_be_written_is_said(store: DecisionStore, tmp_path: Path) -> None:
    with pytest.raises(OutputUnwritable):
        store.backup(tmp_path / "no such folder" / "file")


def test_no_backup_to_restore_is_said(tmp_path: Path) -> None:
    with pytest.raises(BackupUnreadable):
        restore(tmp_path / "never made", f"sqlite:///{tmp_path / 'restored.sqlite'}")


# -- the commands ------------------------------------------------------------------------


def test_the_drill_with_the_commands(
    address: str, new_address: Callable[[], str], tmp_path: Path
) -> None:
    with open_store(address) as store:
        fill(store)
        everything = store.since(0)
    file, target, run = tmp_path / "b", new_address(), CliRunner()
    done = run.invoke(cli, ["backup", "--store", address, "-o", str(file)])
    assert (done.exit_code, done.stderr) == (0, "")
    done = run.invoke(cli, ["restore", str(file), "--store", target, "--lang", "da"])
    assert done.exit_code == 0
    assert f"{len(everything)} indtastninger" in done.stdout
    again = run.invoke(cli, ["restore", str(file), "--store", target])
    assert again.exit_code == 44
    with open_store(target) as restored:
        assert restored.since(0) == everything


def test_forgetting_says_what_remains_elsewhere_and_never_the_id(address: str) -> None:
    with open_store(address) as store:
        store.add([entered("e1", person="canary-person")])
    command = ["forget", "-", "--store", address, "--reason", "request 17", "--by", "D. Officer"]
    done = CliRunner().invoke(cli, command, input="canary-person\n")
    assert done.exit_code == 0
    for word in ("1 entry erased", "record folder", "source system", "backups", "audit log"):
        assert word in done.stdout
    assert "canary" not in done.output
    with open_store(address) as store:
        assert store.of_person("canary-person") == []


def test_a_command_about_a_store_that_is_not_there_makes_none(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'none.sqlite'}"
    for command in (
        ["backup", "--store", address, "-o", str(tmp_path / "b")],
        ["forget", "x", "--store", address, "--reason", "r", "--by", "b"],
    ):
        assert CliRunner().invoke(cli, command).exit_code == 40
    assert list(tmp_path.iterdir()) == []
