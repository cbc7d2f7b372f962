"""The files of a log: the lines, the key, the head, the lock.

`audit.log` is the log, `audit.log.key` its key (mode 0600), `audit.log.head` says where the
last line ends, `audit.log.lock` is held by the one process that writes.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from livedo.errors import AuditUnwritable, LivedoError

HEAD_BYTES = 256
_HEAD = re.compile(rb"(livedo head (\d{20}) (\d{20}) (\d{20}) ([0-9a-f]{64})) ([0-9a-f]{64}) *\n")


class Head(Struct, frozen=True):
    """Which line was the last one known to be on the disk, and where it begins and ends."""

    sequence: int
    begins: int
    ends: int
    seal: str


def beside(log: Path, ending: str) -> Path:
    """A file that belongs to a log."""
    return log.with_name(f"{log.name}.{ending}")


def read_key(path: Path) -> bytes:
    """The key of a log. Raises AuditUnwritable if it is missing, open to others or no key."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii").strip()
        key = bytes.fromhex(text)
    except (OSError, ValueError) as error:
        raise no_key(path) from error
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise AuditUnwritable(
            "The key of the audit log can be read by other accounts",
            where=str(path),
            next_step=f"give it to its owner alone: chmod 600 {path}",
        )
    if len(key) != 32:
        raise no_key(path)
    return key


def no_key(path: Path) -> LivedoError:
    """The error for a log without its key."""
    return AuditUnwritable(
        "The key of the audit log is missing or is not a key",
        where=str(path),
        still_works="the lines of the log can still be read with livedo audit show",
        next_step="put the key back from your backup, or move the log aside and begin a new one",
    )


def make_key(path: Path) -> bytes:
    """A new key that only its owner can read."""
    key = secrets.token_bytes(32)
    handle = open_file(path, os.O_WRONLY | os.O_EXCL)
    try:
        put(handle, key.hex().encode() + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)
    return key


def head_bytes(head: Head, key: bytes) -> bytes:
    """A head as it stands in its file: always the same length, so that it is written in place."""
    body = (
        f"livedo head {head.sequence:020d} {head.begins:020d} {head.ends:020d} {head.seal}"
    ).encode()
    seal = hmac.new(key, body, hashlib.sha256).hexdigest().encode()
    return (body + b" " + seal).ljust(HEAD_BYTES - 1) + b"\n"


def read_head(path: Path, key: bytes) -> Head | None:
    """The newest head whose seal is right. There are two places, written in turn."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    halves = (content[:HEAD_BYTES], content[HEAD_BYTES : 2 * HEAD_BYTES])
    heads = [head for half in halves if (head := head_of(half, key))]
    return max(heads, key=lambda head: head.sequence, default=None)


def head_of(content: bytes, key: bytes) -> Head | None:
    """One of the two places of the file, if its seal is right."""
    found = _HEAD.fullmatch(content)
    if found is None:
        return None
    right = hmac.new(key, found[1], hashlib.sha256).hexdigest().encode()
    if not hmac.compare_digest(right, found[6]):
        return None
    return Head(int(found[2]), int(found[3]), int(found[4]), found[5].decode())


@contextmanager
def only_writer(log: Path) -> Iterator[None]:
    """Holds the log for this process alone. Raises AuditUnwritable where another one has it."""
    handle = open_file(beside(log, "lock"), os.O_RDWR)
    try:
        lock(handle)
    except OSError as error:
        os.close(handle)
        raise AuditUnwritable(
            "Another process is writing this audit log",
            where=str(log),
            still_works="the other process goes on writing it",
            next_step="stop the other process, or give this one a log of its own",
        ) from error
    try:
        yield
    finally:
        os.close(handle)


def lock(handle: int) -> None:
    """Takes the lock or raises OSError at once. It ends with the process, however that ends."""
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        return
    import fcntl

    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def open_file(path: Path, flags: int) -> int:
    """A handle to a file that only its owner can read."""
    return os.open(path, flags | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)


def read_at(handle: int, place: int, size: int) -> bytes:
    """Bytes from a place of a file, fewer at its end."""
    os.lseek(handle, place, os.SEEK_SET)
    parts = []
    while size > 0 and (part := os.read(handle, size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def write_at(handle: int, place: int, content: bytes) -> None:
    """Writes over the bytes at a place of a file."""
    os.lseek(handle, place, os.SEEK_SET)
    put(handle, content)


def put(handle: int, content: bytes) -> None:
    """Writes every byte."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]


def sync(handle: int) -> None:
    """Returns when what was written is on the disk."""
    if os.name == "posix":
        import fcntl

        full = getattr(fcntl, "F_FULLFSYNC", None)
        if full is not None:
            fcntl.fcntl(handle, full)
            return
    os.fsync(handle)


def sync_folder(folder: Path) -> None:
    """Makes the names of new files durable, where the system knows how."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
