"""A run is kept beside the record, so that the next one can say what changed.

`RECORD/runs/ID/` holds `run.json` and `results.jsonl`, one person a line, in the
order of person ids. It is written aside and renamed: a run is whole or not there.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

import msgspec

from livedo import instants
from livedo.act.changes import Earlier
from livedo.errors import SourceUnreadable
from livedo.record.tables import Instant

FOLDER = "runs"
HEAD = "run.json"
RESULTS = "results.jsonl"
ID_DIGITS = 8


class RunHead(msgspec.Struct, frozen=True, kw_only=True):
    """What was judged, when and by which knowledge."""

    run: str
    as_of: str
    knowledge: str
    people: int
    record: str = ""


class EarlierRun(Protocol):
    """Something to compare with."""

    @property
    def name(self) -> str:
        """How the reader named it: the id of a run, or a date."""

    def of(self, person_id: str) -> Earlier | None:
        """What it said about a person."""


class KeptRun:
    """A run read back. Only what a comparison needs is kept in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.head = msgspec.json.decode((folder / HEAD).read_bytes(), type=RunHead)
        self._by_person = {earlier.person_id: earlier for earlier in _lines(folder / RESULTS)}

    @property
    def name(self) -> str:
        """The id of the run."""
        return self.head.run

    def of(self, person_id: str) -> Earlier | None:
        """What the run said about a person."""
        return self._by_person.get(person_id)


def run_id(as_of: Instant, *parts: str) -> str:
    """The id of a run: its day, and a hash of everything that it rests on."""
    digest = hashlib.sha256("\0".join((str(as_of), *parts)).encode()).hexdigest()
    return f"{instants.iso_date(as_of)}-{digest[:ID_DIGITS]}"


def keep(record: Path, head: RunHead, results: Iterable[Earlier]) -> Path:
    """Writes a run beside a record and gives its folder.

    Raises:
        OSError: the folder cannot be written; nothing partial is left behind.
    """
    home = record / FOLDER
    home.mkdir(exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=home, prefix=".writing-"))
    try:
        _write(aside, head, results)
        kept = home / head.run
        if kept.exists():
            shutil.rmtree(aside)
            return kept
        aside.rename(kept)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return kept


def open_run(record: Path, name: str) -> KeptRun:
    """A kept run by its id, or by the path of its folder.

    Raises:
        SourceUnreadable: there is no such run.
    """
    for folder in (record / FOLDER / name, Path(name)):
        if (folder / HEAD).is_file():
            try:
                return KeptRun(folder)
            except (OSError, msgspec.DecodeError):
                break
    raise SourceUnreadable(
        "There is no run of this name that can be read.",
        where=str(record / FOLDER),
        still_works="Without --changed-since the worklist is complete, only without changes.",
        next_step="Give the id of a kept run, or a date such as 2026-10-23.",
    )


def kept_runs(record: Path) -> list[str]:
    """The ids of the runs kept beside a record, oldest moment first."""
    home = record / FOLDER
    if not home.is_dir():
        return []
    return sorted(folder.name for folder in home.iterdir() if (folder / HEAD).is_file())


def _write(folder: Path, head: RunHead, results: Iterable[Earlier]) -> None:
    encoder = msgspec.json.Encoder()
    with (folder / RESULTS).open("wb") as file:
        for earlier in results:
            file.write(encoder.encode(earlier) + b"\n")
    (folder / HEAD).write_bytes(encoder.encode(head))


def _lines(path: Path) -> Iterator[Earlier]:
    decoder = msgspec.json.Decoder(Earlier)
    with path.open("rb") as file:
        for line in file:
            yield decoder.decode(line)
