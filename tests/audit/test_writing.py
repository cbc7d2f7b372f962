"""What the log promises to whoever waits for it."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from livedo.audit import files
from livedo.audit.check import readable_lines, verify
from livedo.audit.events import Line
from livedo.audit.log import open_log
from livedo.errors import AuditUnwritable
from tests.architecture.source_tree import ROOT
from tests.audit.logs import NOW, begun, seen, written

WAITING = 400
WRITES_FOR_EVER = """
import sys
from pathlib import Path
from livedo.audit.events import Line
from livedo.audit.log import open_log
from tests.audit.logs import NOW, seen
log = open_log(Path(sys.argv[1]), now=NOW)
print("begun", flush=True)
number = 0
while True:
    number += 1
    futures = [log.submit(seen(number)) for _ in range(3)]
    print(max(future.result() for future in futures), flush=True)
"""


def test_an_event_is_on_the_disk_when_write_returns(tmp_path: Path) -> None:
    with begun(tmp_path / "audit.log") as log:
        number = log.write(seen())
        line = list(readable_lines(log.path))[-1]
    assert (number, line.sequence, line.who, line.person) == (2, 2, "nurse-17", "p00000001")


def test_many_that_wait_share_one_sync(tmp_path: Path) -> None:
    with begun(tmp_path / "audit.log") as log:
        before = log.syncs
        futures = [log.submit(seen(number)) for number in range(WAITING)]
        numbers = [future.result() for future in futures]
        shared = log.syncs - before
    assert numbers == list(range(2, WAITING + 2))
    assert shared <= WAITING / 4


def test_requests_of_a_server_wait_together(tmp_path: Path) -> None:
    async def requests() -> list[int]:
        return await asyncio.gather(*(log.write_soon(seen(n)) for n in range(100)))

    with begun(tmp_path / "audit.log") as log:
        assert sorted(asyncio.run(requests())) == list(range(2, 102))
    assert verify(log.path).lines == 101


def test_many_threads_write_one_chain(tmp_path: Path) -> None:
    with begun(tmp_path / "audit.log") as log:
        threads = [threading.Thread(target=log.write, args=(seen(n),)) for n in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert verify(log.path).lines == 51


def test_a_second_process_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    with begun(tmp_path / "audit.log") as log:
        with pytest.raises(AuditUnwritable, match="Another process"):
            open_log(log.path, now=NOW)
        log.write(seen())
    assert verify(log.path).lines == 2


def test_a_full_disk_refuses_the_event_and_the_next_one_is_written_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = files.put

    def half(handle: int, content: bytes) -> None:
        put(handle, content[: len(content) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    with begun(tmp_path / "audit.log") as log:
        monkeypatch.setattr(files, "put", half)
        with pytest.raises(AuditUnwritable, match="cannot be written"):
            log.write(seen())
        monkeypatch.setattr(files, "put", put)
        log.write(seen())
    assert (verify(log.path).lines, verify(log.path).torn) == (2, ())


def test_after_a_failed_sync_nothing_is_promised_until_the_log_is_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = files.sync

    def fails(handle: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with begun(tmp_path / "audit.log") as log:
        monkeypatch.setattr(files, "sync", fails)
        with pytest.raises(AuditUnwritable):
            log.write(seen())
        monkeypatch.setattr(files, "sync", sync)
        with pytest.raises(AuditUnwritable):
            log.write(seen())
    with begun(log.path) as again:
        again.write(seen())


def test_a_closed_log_refuses(tmp_path: Path) -> None:
    log = begun(tmp_path / "audit.log")
    log.close()
    with pytest.raises(AuditUnwritable, match="closed"):
        log.write(seen())


def test_strange_texts_from_outside_fit_in_a_line(tmp_path: Path) -> None:
    with begun(tmp_path / "audit.log") as log:
        log.write(seen(who="\x00\ud800\n" * 5000, roles=("x" * 500,) * 50, detail="\x01" * 9999))
        log.write(seen())
    assert verify(log.path).lines == 3


@pytest.mark.parametrize("left", [b'{"sequence":7,"at"', b"\x00" * 900, b"a\nb\nc", b"x\n"])
def test_a_torn_line_is_repaired_on_opening_and_stays_visible(tmp_path: Path, left: bytes) -> None:
    path = written(tmp_path / "audit.log", 5)
    with path.open("ab") as log_file:
        log_file.write(left)
    with begun(path) as log:
        log.write(seen(9))
    found = verify(path)
    assert (found.lines, found.torn) == (8, (7,))
    assert left in path.read_bytes()
    assert [line.action for line in readable_lines(path)][-2:] == ["torn", "patient shown"]


def test_lines_that_the_head_does_not_know_yet_are_kept(tmp_path: Path) -> None:
    path = written(tmp_path / "audit.log", 5)
    head = (tmp_path / "audit.log.head").read_bytes()
    with begun(path) as log:
        log.write(seen(6))
    (tmp_path / "audit.log.head").write_bytes(head)
    with begun(path) as log:
        assert log.sequence == 7
    assert verify(path).torn == ()


def test_nothing_acknowledged_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "audit.log"
    acknowledged = 0
    for _ in range(8):
        acknowledged = max(acknowledged, kill_after_a_while(path))
        with begun(path) as log:
            assert log.sequence >= acknowledged
    assert verify(path).lines >= acknowledged > 0


def kill_after_a_while(path: Path) -> int:
    """The number of the last event that a killed process had been promised."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITES_FOR_EVER, str(path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        for _ in range(5):
            last = process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        rest = [
            line for line in process.stdout.read().splitlines(keepends=True) if line[-1:] == b"\n"
        ]
    return int((rest or [last])[-1])


def test_the_newest_lines_are_found_without_reading_a_large_log(tmp_path: Path) -> None:
    with begun(written(tmp_path / "audit.log", 300)) as log:
        newest = log.newest(20)
    assert [line.sequence for line in newest] == list(range(282, 302))
    assert [line.sequence for line in begun_lines(tmp_path)] == [1, 2, 3]


def begun_lines(folder: Path) -> list[Line]:
    with begun(written(folder / "small.log", 2)) as log:
        return log.newest(20)
