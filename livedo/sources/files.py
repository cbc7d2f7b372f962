"""Source files: found in a fixed order, opened, and cut into resources still undecoded."""

from __future__ import annotations

import gzip
import mmap
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec

from livedo.errors import SourceUnreadable

LINES = (".ndjson", ".jsonl", ".ndjson.gz", ".jsonl.gz")
WHOLE = (".json", ".json.gz")
VIGNETTES = (".yaml", ".yml")
DOCUMENTS = (".md", ".txt", ".rst", ".html", ".pdf", "license", "notice", "readme")
DECLARATIONS = ("observed.yaml", "observed.yml")
BOM = b"\xef\xbb\xbf"
BLANK = b" \t\r\n"


class SourceFile(msgspec.Struct, frozen=True):
    """One file to read; `label` is its name in the ledger, without the folders above the source."""

    path: Path
    label: str

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
    def is_packed(self) -> bool:
        """Whether it is compressed."""
        return self.path.name.casefold().endswith(".gz")

    @property
    def is_known(self) -> bool:
        """Whether its name says what it is."""
        return self.is_lines or self.is_whole or self.is_vignette


def source_files(source: Path) -> list[SourceFile]:
    """The files of a source: itself, or everything below a folder, in a fixed order.

    Raises:
        SourceUnreadable: there is no such file or folder, or the folder holds nothing.
    """
    if source.is_dir():
        found = [
            SourceFile(path, f"{source.resolve().name}/{path.relative_to(source).as_posix()}")
            for path in _below(source)
        ]
        if not any(file.is_known for file in found):
            raise SourceUnreadable(
                "The folder holds no file that can be read.",
                where=str(source),
                next_step="Livedo reads .json, .ndjson, .jsonl (each also .gz) and case .yaml files.",
            )
        return found
    if not source.exists():
        raise SourceUnreadable(
            "There is no such file or folder.",
            where=str(source),
            next_step="Check the path; a folder is read with everything below it.",
        )
    return [SourceFile(source, source.name)]


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


def lines_of(file: SourceFile) -> Iterator[bytes]:
    """The lines of a file, unpacked."""
    with _opened(file) as handle:
        yield from handle


@contextmanager
def _opened(file: SourceFile) -> Iterator[IO[bytes]]:
    try:
        if file.is_packed:
            with gzip.open(file.path, "rb") as packed:
                yield packed  # type: ignore[misc]
        else:
            with file.path.open("rb", buffering=1 << 20) as handle:
                yield handle
    except (OSError, EOFError, zlib.error) as error:
        raise SourceUnreadable(
            "A file could not be read to its end.",
            where=file.label,
            still_works="What was read before is kept.",
            next_step=f"The system says: {_said(error)}.",
        ) from None


def _said(error: Exception) -> str:
    """The system's own words, without a path."""
    return (getattr(error, "strerror", None) or str(error)).lower()


@contextmanager
def document(file: SourceFile) -> Iterator[memoryview]:
    """The whole content of a file without copying it into memory, a byte order mark removed."""
    with _opened(file) as handle, tempfile.TemporaryFile() as unpacked:
        if file.is_packed:
            shutil.copyfileobj(handle, unpacked, 1 << 20)
            unpacked.flush()
            handle = unpacked
        size = os.fstat(handle.fileno()).st_size
        if size == 0:
            yield memoryview(b"")
            return
        content = memoryview(mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ))
        yield content[len(BOM) :] if content[: len(BOM)] == BOM else content
