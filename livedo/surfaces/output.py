"""Where results go: stdout, or a file that appears whole or not at all."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from livedo.errors import OutputUnwritable


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A place to write beside the target; it takes the target's name when all went well."""
    aside = beside(path)
    try:
        yield aside
        os.replace(aside, path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            aside.unlink()


def beside(path: Path) -> Path:
    """An empty new file in the target's folder, with the rights of an ordinary new file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        os.close(handle)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(name, 0o666 & ~mask)
    except OSError as error:
        raise unwritable(path, error) from error
    return Path(name)


def unwritable(path: Path, error: OSError) -> OutputUnwritable:
    """The error for a target that cannot be written."""
    return OutputUnwritable(
        f"The output could not be written: {error.strerror or 'the system refused'}",
        where=str(path),
        still_works="what stood there before is unchanged, and nothing partial was left",
        next_step="choose another place with -o, or make room",
    )


@contextlib.contextmanager
def text_out(path: Path | None) -> Iterator[IO[str]]:
    """Stdout, or a text file that appears whole or not at all."""
    if path is None:
        yield sys.stdout
        return
    with whole_file(path) as aside, aside.open("w", encoding="utf-8", newline="\n") as out:
        yield out
        out.flush()


def write_whole(path: Path, text: str) -> None:
    """One text into one file."""
    with text_out(path) as out:
        out.write(text)
