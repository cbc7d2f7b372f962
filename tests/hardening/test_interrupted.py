"""Killed, interrupted, out of space, two at once: the old record stays whole."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from unittest.mock import patch

import pytest

from livedo.errors import OutputUnwritable
from livedo.record import writer as writer_module
from livedo.record.build import read
from livedo.record.folder import writing
from livedo.record.store import open_record
from tests.intake.made import patient, result, write_lines

READ = "import sys; from livedo.record.build import read; read(sys.argv[1], sys.argv[2])"
KILLS = 8


def old_record(folder: Path) -> Path:
    read(write_lines(folder / "old.ndjson", patient("old")), folder / "record")
    return folder / "record"


def large_source(folder: Path) -> Path:
    lines = [patient("new")]
    lines += [
        result(1.8, "mmol/L", id=f"o{n}", subject={"reference": "Patient/new"})
        for n in range(20_000)
    ]
    return write_lines(folder / "new.ndjson", *lines)


def leftovers(record: Path) -> list[str]:
    return sorted(p.name for p in record.iterdir() if p.name.startswith(".writing"))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
def test_killed_at_any_moment_the_record_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    record, source = old_record(tmp_path), large_source(tmp_path)
    chance = random.Random(4711)
    for _ in range(KILLS):
        child = subprocess.Popen([sys.executable, "-c", READ, str(source), str(record)])
        time.sleep(chance.uniform(0.3, 1.8))
        child.kill()
        child.wait()
        opened = open_record(record)
        assert opened.person_ids() in (["old"], ["new"])
        assert sum(1 for _ in opened.patients()) == 1
    read(source, record)
    assert open_record(record).person_ids() == ["new"]
    assert leftovers(record) == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
def test_ctrl_c_leaves_the_old_record_and_nothing_beside_it(tmp_path: Path) -> None:
    record, source = old_record(tmp_path), large_source(tmp_path)
    child = subprocess.Popen(
        [sys.executable, "-c", READ, str(source), str(record)], stderr=subprocess.DEVNULL
    )
    for _ in range(200):
        time.sleep(0.02)
        if leftovers(record):
            break
    child.send_signal(signal.SIGINT)
    child.wait()
    assert open_record(record).person_ids() in (["old"], ["new"])
    assert leftovers(record) == []


def test_a_full_disk_leaves_the_old_record(tmp_path: Path) -> None:
    record, source = old_record(tmp_path), large_source(tmp_path)
    full = OSError(28, "No space left on device")
    with (
        patch.object(writer_module, "content_name", side_effect=full),
        pytest.raises(OutputUnwritable) as refused,
    ):
        read(source, record)
    assert "no space left" in str(refused.value)
    assert open_record(record).person_ids() == ["old"]
    assert leftovers(record) == []


def test_a_failed_first_read_leaves_no_folder(tmp_path: Path) -> None:
    with (
        patch.object(writer_module, "content_name", side_effect=OSError(28, "No space left")),
        pytest.raises(OutputUnwritable),
    ):
        read(write_lines(tmp_path / "a.ndjson", patient()), tmp_path / "record")
    assert not (tmp_path / "record").exists()


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("fcntl")
    record = old_record(tmp_path)
    with writing(record), pytest.raises(OutputUnwritable) as refused:
        read(tmp_path / "old.ndjson", record)
    assert "Another read" in str(refused.value)
    assert open_record(record).person_ids() == ["old"]


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes everywhere"
)
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "a.ndjson", patient())
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(OutputUnwritable):
        read(source, tmp_path / "locked" / "record")


def test_opening_and_reading_leaves_no_file_open(tmp_path: Path) -> None:
    record = old_record(tmp_path)
    handles = Path("/proc/self/fd")
    if not handles.exists():
        pytest.skip("no /proc on this system")
    open_record(record).patient("old")
    before = len(list(handles.iterdir()))
    for _ in range(50):
        opened = open_record(record)
        opened.patient("old")
        list(opened.patients())
        read(tmp_path / "old.ndjson", record)
    del opened
    assert len(list(handles.iterdir())) <= before + 2
