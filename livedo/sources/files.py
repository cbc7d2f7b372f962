"""Source files: found in a fixed order, opened, and cut into resources still undecoded."""

from __future__ import annotations

import gzip
import io
import mmap
import os
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, cast

import msgspec

from livedo.errors import SourceUnreadable

LINES = (".ndjson", ".jsonl", ".ndjson.gz", ".jsonl.gz")
WHOLE = (".json", ".json.gz")
VIGNETTES = (".yaml", ".yml")
DOCUMENTS = (".md", ".txt", ".rst", ".html", ".pdf", "license", "notice", "readme")
DECLARATIONS = ("observed.yaml", "observed.yml", "mapping.yaml", "mapping.yml")
TABLES = (".csv", ".csv.gz", ".tsv", ".xlsx")
BOM = b"\xef\xbb\xbf"
PIECE = 1 << 18
BLANK = b" \t\r\n"


class SourceFile(msgspec.Struct, frozen=True):
    """One file to read; `label` is its name in the ledger, without the folders above the source.

    A file that was named itself is read whatever its name; its content says what it is.
    """

    path: Path
    label: str
    is_named: bool = False

    @property
    def name(self) -> str:
        """What the ledger calls it where the whole of it is set aside."""
        return self.path.name

    @property
    def is_vignette(self) -> bool:
        """Whether it is a case vignette."""
        return self.path.name.casefold().endswith(VIGNETTES)

    @property
    def is_lines(self) -> bool:
        """Whether its name says that each line is a resource or a Bundle."""
        return self.path.name.casefold().endswith(LINES)

    @property
    def is_whole(self) -> bool:
        """Whether its name says that it is one JSON document."""
        return self.path.name.casefold().endswith(WHOLE)

    @property
    def is_table(self) -> bool:
        """Whether its name says that it holds rows and columns."""
        return self.path.name.casefold().endswith(TABLES)

    @property
    def is_packed(self) -> bool:
        """Whether it is compressed."""
        return self.path.name.casefold().endswith(".gz")

    @property
    def is_known(self) -> bool:
        """Whether its name says what it is."""
        return self.is_named or self.is_lines or self.is_whole or self.is_vignette


class HeldDocument(msgspec.Struct, frozen=True):
    """One document that is in memory already; its content says what it is."""

    label: str
    content: bytes

    @property
    def name(self) -> str:
        """What the ledger calls it where the whole of it is set aside."""
        return self.label

    @property
    def is_lines(self) -> bool:
        """Never known beforehand: whether each line is a resource shows in the content."""
        return False


Readable = SourceFile | HeldDocument
"""What a reader of resources can read."""


def source_files(source: Path, *, with_tables: bool = False) -> list[SourceFile]:
    """The files of a source: itself, or everything below a folder, in a fixed order.

    With a mapping, tables are files that can be read too.

    Raises:
        SourceUnreadable: there is no such file or folder, or the folder holds nothing.
    """
    if source.is_dir():
        found = [
            SourceFile(path, f"{source.resolve().name}/{path.relative_to(source).as_posix()}")
            for path in _below(source)
        ]
        if not any(file.is_known or (with_tables and file.is_table) for file in found):
            raise SourceUnreadable(
                "The folder holds no file that can be read.",
                where=str(source),
                next_step="Livedo reads .json, .ndjson and .jsonl, each also as .gz, "
                "case vignettes as .yaml, and .csv, .tsv and .xlsx with a mapping.yaml.",
            )
        return found
    if not source.exists():
        raise SourceUnreadable(
            "There is no such file or folder.",
            where=str(source),
            next_step="Check the path; a folder is read with everything below it.",
        )
    return [SourceFile(source, source.name, is_named=True)]


def _below(folder: Path) -> list[Path]:
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(parent, name) for name in names if _is_data(name)]
    return sorted(found, key=lambda path: path.relative_to(folder).parts)


def _is_data(name: str) -> bool:
    folded = name.casefold()
    is_text_for_people = folded.endswith(DOCUMENTS) and not folded.endswith(VIGNETTES)
    return not (name.startswith(".") or is_text_for_people or folded in DECLARATIONS)


def lines_of(file: Readable) -> Iterator[list[bytes]]:
    """The lines of a file, unpacked, without their ends, some thousands at a time.

    Raises:
        SourceUnreadable: the file cannot be opened, or breaks off; what came before has come.
    """
    try:
        with _opened(file) as handle:
            yield from _cut(handle)
    except UNREADABLE as error:
        raise _unreadable(file, error) from None


def _cut(handle: IO[bytes]) -> Iterator[list[bytes]]:
    """Lines from large pieces; a line longer than a piece is put together once."""
    begun: list[bytes] = []
    # A packed file gives what it has: one that breaks off later still gives what came before.
    read: Callable[[int], bytes] = getattr(handle, "read1", handle.read)
    while piece := read(PIECE):
        lines = piece.split(b"\n")
        begun.append(lines[0])
        if len(lines) > 1:
            lines[0] = b"".join(begun)
            begun = [lines.pop()]
            yield lines
    if last := b"".join(begun):
        yield [last]


def _opened(file: Readable) -> IO[bytes]:
    if isinstance(file, HeldDocument):
        return io.BytesIO(file.content)
    if file.is_packed:
        return cast(IO[bytes], gzip.open(file.path, "rb"))
    return file.path.open("rb", buffering=0)


UNREADABLE = (OSError, EOFError, zlib.error)


def _unreadable(file: Readable, error: Exception) -> SourceUnreadable:
    said = getattr(error, "strerror", None) or "the content is damaged"
    return SourceUnreadable(
        "A file could not be read to its end.",
        where=file.label,
        still_works="What was read before is kept.",
        next_step=f"The system says: {said.lower()}.",
    )


@contextmanager
def document(file: Readable) -> Iterator[memoryview]:
    """The whole content of a file without copying it into memory, a byte order mark removed.

    Raises:
        SourceUnreadable: the file cannot be opened or unpacked.
    """
    with ExitStack() as stack:
        try:
            content = _held(file) if isinstance(file, HeldDocument) else _mapped(file, stack)
        except UNREADABLE as error:
            raise _unreadable(file, error) from None
        yield content[len(BOM) :] if content[: len(BOM)] == BOM else content


def _held(file: HeldDocument) -> memoryview:
    return memoryview(file.content)


def _mapped(file: SourceFile, stack: ExitStack) -> memoryview:
    handle = stack.enter_context(_opened(file))
    if file.is_packed:
        unpacked = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
        shutil.copyfileobj(handle, unpacked, 1 << 20)
        unpacked.flush()
        handle = unpacked
    if not os.fstat(handle.fileno()).st_size:
        return memoryview(b"")
    return memoryview(mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ))
