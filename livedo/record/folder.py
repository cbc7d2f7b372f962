"""The record folder on disk: one writer at a time; the old record stays until the new is whole."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from livedo.errors import OutputUnwritable
from livedo.record.manifest import FILE

ASIDE = ".writing-"
DATA = "data-"
HASH_BYTES = 8


@contextmanager
def writing(record: Path) -> Iterator[Path]:
    """A folder aside, inside the record's own, that vanishes whatever happens."""
    existed = record.exists()
    _refuse_other_folder(record)
    aside: Path | None = None
    try:
        record.mkdir(parents=True, exist_ok=True)
        with _only_writer(record):
            _clean(record)
            aside = Path(tempfile.mkdtemp(prefix=ASIDE, dir=record))
            yield aside
    except OSError as error:
        raise OutputUnwritable(
            "The record could not be written.",
            where=str(record),
            still_works="An earlier record there is intact.",
            next_step=f"The system says: {(error.strerror or 'unknown fault').lower()}.",
        ) from None
    finally:
        if aside is not None:
            shutil.rmtree(aside, ignore_errors=True)
        if not existed and not (record / FILE).exists():
            _remove_if_empty(record)


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return


def _refuse_other_folder(record: Path) -> None:
    """A folder that holds something else is never touched."""
    if record.is_dir():
        others = [p.name for p in record.iterdir() if not p.name.startswith((ASIDE, DATA))]
        if not others or FILE in others:
            return
    elif not record.exists():
        return
    raise OutputUnwritable(
        "There is something else in this place; it was left alone.",
        where=str(record),
        next_step="Name a new folder, or one that holds a record.",
    )


@contextmanager
def _only_writer(record: Path) -> Iterator[None]:
    """Refuses a second writer. The lock goes with the process, however it ends."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(record, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise OutputUnwritable(
            "Another read is writing this record.",
            where=str(record),
            still_works="The record there is intact.",
            next_step="Wait until it is done, then try again.",
        ) from None
    try:
        yield
    finally:
        os.close(handle)


def _clean(record: Path) -> None:
    """Removes what an interrupted writer left."""
    for left in record.glob(f"{ASIDE}*"):
        shutil.rmtree(left, ignore_errors=True)


def content_name(data: Path) -> str:
    """The name of a data folder: a hash of everything in it."""
    digest = hashlib.blake2b(digest_size=HASH_BYTES)
    for path in sorted(p for p in data.rglob("*") if p.is_file()):
        digest.update(path.relative_to(data).as_posix().encode() + b"\0")
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return DATA + digest.hexdigest()


def put_in_place(record: Path, data: Path, name: str, manifest: bytes) -> None:
    """Makes the new tables the record. Replacing the manifest is the one step that counts:
    before it the old record is whole, after it the new one is."""
    target = record / name
    if not target.exists():
        for path in sorted(data.rglob("*")):
            _settle_on_disk(path)
        data.rename(target)
    draft = data.parent / FILE
    draft.write_bytes(manifest)
    _settle_on_disk(draft)
    os.replace(draft, record / FILE)
    _settle_on_disk(record)
    _remove_old(record, name, data.parent)


def _remove_old(record: Path, name: str, aside: Path) -> None:
    """Moves old tables aside first, so that a half-removed folder never looks like a whole one."""
    for old in record.glob(f"{DATA}*"):
        if old.name != name:
            old.rename(aside / old.name)
            shutil.rmtree(aside / old.name, ignore_errors=True)


def _settle_on_disk(path: Path) -> None:
    """Waits until the disk has it, where the system can say so."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        return
    finally:
        os.close(handle)
