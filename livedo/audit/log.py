"""The log: many wait, one thread writes, and one sync makes all of them durable.

A line is acknowledged only when it is on the disk. A log that cannot be written refuses
every event until it can, and with it the response that waits for the event.
"""

from __future__ import annotations

import asyncio
import os
import queue
import threading
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from livedo.audit import files
from livedo.audit.events import BEGUN, TORN, Event, Line, beginning, opened, sealed, torn_detail
from livedo.audit.files import HEAD_BYTES, Head, beside
from livedo.errors import AuditChanged, AuditUnwritable
from livedo.instants import Instant

MOST_WAITING = 10_000
MOST_TOGETHER = 512

Waiting = tuple[Event, "Future[int]"]


def open_log(path: Path, *, now: Instant, key_file: Path | None = None) -> AuditLog:
    """Opens a log for writing, or begins one; bytes of a torn line stay and are named.

    Raises:
        AuditUnwritable: another process writes it, its key is missing, the disk refuses.
        AuditChanged: its last line is not the one that was written last.
    """
    with ExitStack() as held:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            held.enter_context(files.only_writer(path))
            log = AuditLog(path, key_file or beside(path, "key"), now, held)
        except OSError as error:
            raise unwritable(path, error) from error
        log.start(held.pop_all())
        return log


def unwritable(path: Path, error: OSError) -> AuditUnwritable:
    """The error for a log that the disk refuses. It names the kind and no value."""
    reason = os.strerror(error.errno) if error.errno else type(error).__name__
    return AuditUnwritable(
        f"The audit log cannot be written: {reason}",
        where=str(path),
        still_works="nothing is shown that was not logged",
        next_step="make room or give back the right to write; Livedo tries again by itself",
    )


class AuditLog:
    """A log open for writing. Safe to use from any thread and from asyncio."""

    def __init__(self, path: Path, key_file: Path, now: Instant, held: ExitStack) -> None:
        self.path = path
        self.syncs = 0
        self._held = held
        self._broken: AuditUnwritable | None = None
        self._waiting: queue.Queue[Waiting | None] = queue.Queue(MOST_WAITING)
        self._is_closed = False
        self._log = files.open_file(path, os.O_RDWR | os.O_APPEND)
        held.callback(os.close, self._log)
        self._head = files.open_file(beside(path, "head"), os.O_RDWR)
        held.callback(os.close, self._head)
        size = os.fstat(self._log).st_size
        is_without_key = size == 0 and not key_file.exists()
        self._key = files.make_key(key_file) if is_without_key else files.read_key(key_file)
        self._sequence, self._seal, self._size = 0, beginning(self._key), 0
        if size == 0:
            self._begin(now)
        else:
            self._continue(size, now)

    def start(self, held: ExitStack) -> None:
        """Begins to write what is handed over, and owns the files until `close`."""
        self._held = held
        self._thread = threading.Thread(target=self._write_all, name="audit", daemon=True)
        self._thread.start()

    @property
    def sequence(self) -> int:
        """The number of the last line on the disk."""
        return self._sequence

    def write(self, event: Event) -> int:
        """Writes one event and returns its number when it is on the disk.

        Raises:
            AuditUnwritable: it could not be written; whoever waits for it must be refused.
        """
        return self.submit(event).result()

    async def write_soon(self, event: Event) -> int:
        """`write` for asyncio: other requests go on while this one waits for the disk."""
        return await asyncio.wrap_future(self.submit(event))

    def submit(self, event: Event) -> Future[int]:
        """Hands over an event. The future holds its number once it is on the disk."""
        if self._is_closed:
            raise AuditUnwritable("The audit log is closed", where=str(self.path))
        future: Future[int] = Future()
        # What was handed over is written even if whoever waits for it goes away.
        future.set_running_or_notify_cancel()
        try:
            self._waiting.put_nowait((event.within_limits(), future))
        except queue.Full:
            raise AuditUnwritable(
                "Too many events wait for the audit log",
                where=str(self.path),
                next_step="try again; if it stays, the disk of the log is too slow",
            ) from None
        return future

    def check(self) -> None:
        """Whether an event could be written now.

        Raises:
            AuditUnwritable: the log is closed, failed before, or its file was taken away.
        """
        if self._broken is not None:
            raise self._broken
        if self._is_closed or not self.path.exists():
            raise AuditUnwritable("The audit log is closed or gone", where=str(self.path))

    def newest(self, most: int) -> list[Line]:
        """The newest lines as they stand in the file, oldest first."""
        from livedo.audit.check import newest_lines

        return newest_lines(self.path, most)

    def close(self) -> None:
        """Writes what still waits, then lets the log go."""
        if self._is_closed:
            return
        self._is_closed = True
        self._waiting.put(None)
        self._thread.join()
        if self._broken is None:
            files.sync(self._head)
        self._held.close()

    def __enter__(self) -> AuditLog:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _begin(self, now: Instant) -> None:
        """A new log. Its head stands on the disk before its first line does."""
        head = files.read_head(beside(self.path, "head"), self._key)
        if os.fstat(self._head).st_size and (head is None or head.sequence):
            raise changed(self.path, "the lines are gone and the head is still there")
        self._write_head(Head(0, 0, 0, self._seal))
        files.sync(self._head)
        self._append([Event(at=now, who="livedo", action=BEGUN)])
        files.sync_folder(self.path.parent)

    def _continue(self, size: int, now: Instant) -> None:
        """Takes up the log where it ends: after the head, and the whole lines behind it."""
        head = files.read_head(beside(self.path, "head"), self._key)
        if head is None:
            raise changed(self.path, "its head is missing or belongs to another log")
        if head.sequence:
            last = files.read_at(self._log, head.begins, head.ends - head.begins)
            line = opened(last.removesuffix(b"\n"), self._key) if last.endswith(b"\n") else None
            if line is None or (line.sequence, line.seal) != (head.sequence, head.seal):
                raise changed(self.path, f"line {head.sequence} is not the one that was written")
        self._sequence, self._seal, self._size = head.sequence, head.seal, head.ends
        self._follow(files.read_at(self._log, head.ends, size - head.ends))
        if self._size < size:
            left = files.read_at(self._log, self._size, size - self._size)
            self._name_torn_bytes(left, now)

    def _follow(self, tail: bytes) -> None:
        """Whole lines that were written when the process stopped before it wrote the head."""
        for raw in tail.splitlines(keepends=True):
            line = opened(raw.removesuffix(b"\n"), self._key) if raw.endswith(b"\n") else None
            if line is None or not self._follows(line):
                return
            self._sequence, self._seal = line.sequence, line.seal
            self._size += len(raw)

    def _follows(self, line: Line) -> bool:
        return line.sequence == self._sequence + 1 and line.before == self._seal

    def _name_torn_bytes(self, left: bytes, now: Instant) -> None:
        """Ends the torn line and writes one that says how many bytes stand there unread."""
        end = b"" if left.endswith(b"\n") else b"\n"
        self._size += len(left)
        event = Event(at=now, who="livedo", action=TORN, detail=torn_detail(left + end))
        self._append([event], after=end)

    def _write_all(self) -> None:
        """The one thread that writes: takes all that wait, writes, syncs once, answers all."""
        is_last = False
        while not is_last:
            taken = [self._waiting.get()]
            while len(taken) < MOST_TOGETHER:
                try:
                    taken.append(self._waiting.get_nowait())
                except queue.Empty:
                    break
            is_last = None in taken
            self._answer([one for one in taken if one is not None])

    def _answer(self, taken: list[Waiting]) -> None:
        if not taken:
            return
        try:
            numbers = self._append([event for event, _ in taken])
        except Exception as error:
            for _, future in taken:
                future.set_exception(error)
            return
        for (_, future), number in zip(taken, numbers, strict=True):
            future.set_result(number)

    def _append(self, events: list[Event], after: bytes = b"") -> list[int]:
        """Lines of several events, with one sync. Nothing is acknowledged before it."""
        if self._broken is not None:
            raise self._broken
        lines, numbers, seal = [], [], self._seal
        for number, event in enumerate(events, self._sequence + 1):
            line, seal = sealed(event, number, seal, self._key)
            lines.append(line)
            numbers.append(number)
        self._to_disk(after + b"".join(lines))
        begins = self._size + len(after) + sum(map(len, lines[:-1]))
        self._sequence, self._seal, self._size = numbers[-1], seal, begins + len(lines[-1])
        self._write_head(Head(self._sequence, begins, self._size, seal))
        return numbers

    def _to_disk(self, content: bytes) -> None:
        try:
            files.put(self._log, content)
        except OSError as error:
            self._take_back()
            raise unwritable(self.path, error) from error
        try:
            files.sync(self._log)
        except OSError as error:
            # After a failed sync nobody knows what is on the disk: only opening again tells.
            self._broken = unwritable(self.path, error)
            raise self._broken from error
        self.syncs += 1

    def _take_back(self) -> None:
        """Removes the beginning of lines that nobody was promised."""
        try:
            os.ftruncate(self._log, self._size)
        except OSError as error:
            self._broken = unwritable(self.path, error)

    def _write_head(self, head: Head) -> None:
        """Two places in turn: a stop in the middle of one leaves the other."""
        try:
            place = self.syncs % 2 * HEAD_BYTES
            files.write_at(self._head, place, files.head_bytes(head, self._key))
        except OSError as error:
            self._broken = unwritable(self.path, error)
            raise self._broken from error


def changed(path: Path, how: str) -> AuditChanged:
    """The error for a log that is not as it was left."""
    return AuditChanged(
        f"The audit log is not as Livedo left it: {how}",
        where=str(path),
        still_works="its lines can be read with livedo audit show",
        next_step=(
            "livedo audit verify says which line; keep log, key and head for whoever "
            "looks into it, and begin a new log elsewhere"
        ),
    )
