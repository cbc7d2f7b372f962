"""What a record folder says about itself, so that one person is found without searching."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from livedo import knowledge
from livedo.errors import RecordUnreadable
from livedo.instants import iso
from livedo.record.tables import Instant

SHAPES_FACTS = (
    "body_sites",
    "codes",
    "concepts",
    "drugs",
    "fhir.yaml",
    "intake.yaml",
    "routes",
    "units",
    "vignettes",
)
FILE = "manifest.json"
FORMAT = "livedo-record"
SCHEMA = 1


class People(msgspec.Struct, frozen=True):
    """The first and the last person of one row group."""

    first: str
    last: str


class Bucket(msgspec.Struct, frozen=True, kw_only=True):
    """One file of facts; each row group holds whole people."""

    file: str
    row_groups: tuple[People, ...]


class ItemTotals(msgspec.Struct, frozen=True, kw_only=True, rename={"items_in": "in"}):
    """in = used + set_aside."""

    items_in: int
    used: int
    set_aside: int


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows each table holds."""

    person: int
    fact: int
    observed: int
    note: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The content of manifest.json.

    `data` is the folder with the tables, named by a hash of its content: writing
    this file is what makes a new record take the place of the old one.
    """

    format: str = FORMAT
    schema: int = SCHEMA
    data: str
    time_zone: str
    newest_known_at: Instant | None
    newest_known: str | None
    is_invented: bool
    sources: tuple[str, ...]
    vocabulary: str
    """Hash of the knowledge that gave codes, units and words their meaning."""
    totals: ItemTotals
    reasons: dict[str, int]
    parts_lost: dict[str, int]
    observed: tuple[str, ...]
    observed_proposed: tuple[str, ...]
    counts: Counts
    buckets: tuple[Bucket, ...]
    buckets_with: dict[str, tuple[int, ...]]
    """For person, observed and note: the bucket of each row group, in order."""


def newest_as_text(newest: Instant | None) -> str | None:
    """The newest known moment for people."""
    return None if newest is None else iso(newest)


def vocabulary_version() -> str:
    """Changes when a file that shapes facts changes; rules and texts do not count."""
    folder = Path(knowledge.__file__ or "").parent
    digest = hashlib.sha256()
    for name in SHAPES_FACTS:
        place = folder / name
        for path in sorted(place.rglob("*.yaml")) if place.is_dir() else [place]:
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a record.

    Raises:
        RecordUnreadable: the folder is not a record, or one of another version.
    """
    try:
        content = (folder / FILE).read_bytes()
    except OSError:
        raise RecordUnreadable(
            "This is not a record: it holds no manifest.json.",
            where=str(folder),
            next_step="Make a record with: livedo read SOURCE --into RECORD",
        ) from None
    try:
        head = msgspec.json.decode(content)
        if isinstance(head, dict) and head.get("schema", SCHEMA) != SCHEMA:
            raise _of_another_version(folder)
        return msgspec.convert(head, Manifest)
    except msgspec.MsgspecError:
        raise RecordUnreadable(
            "The manifest of the record cannot be read.",
            where=str(folder / FILE),
            next_step="Read the sources again; a record can always be rebuilt from them.",
        ) from None


def _of_another_version(folder: Path) -> RecordUnreadable:
    return RecordUnreadable(
        "The record was written by another version of Livedo.",
        where=str(folder),
        still_works="The folder was not changed.",
        next_step="Read the sources again, or use the version that wrote it.",
    )
