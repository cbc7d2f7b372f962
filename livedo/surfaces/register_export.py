"""A register written as a folder, whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from livedo import __version__
from livedo.errors import OutputUnwritable
from livedo.registry.exchange.csv_files import file_of, form_as_csv
from livedo.registry.exchange.redcap_dictionary import dictionary, repeating
from livedo.registry.exchange.redcap_records import records
from livedo.registry.exchange.rows import Row, left_out
from livedo.surfaces.options import Reader
from livedo.surfaces.output import unwritable
from livedo.surfaces.register_opened import OpenRegister

MANIFEST = "manifest.json"
WHAT = "livedo register"
DICTIONARY, REPEATING, RECORDS = "data_dictionary.csv", "repeating_instruments.csv", "records.csv"
SEPARATORS = {"comma": ",", "semicolon": ";"}


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for."""

    format: str
    separator: str = "comma"
    with_person_ids: bool = False


def folder_of(
    register: OpenRegister, people: Sequence[str], asked: Export, reader: Reader
) -> dict[str, bytes]:
    """Every file of an export, by name. The same register gives the same bytes."""
    rows = list(register.rows(people, with_person_ids=asked.with_person_ids))
    files = dict(_files(register, rows, asked, reader))
    manifest = _manifest(register, people, rows, asked, files)
    text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
    return {**files, MANIFEST: text.encode()}


def _files(
    register: OpenRegister, rows: Sequence[Row], asked: Export, reader: Reader
) -> Iterator[tuple[str, bytes]]:
    with_ids = asked.with_person_ids
    if asked.format == "csv":
        for form in register.form.forms:
            separator = SEPARATORS[asked.separator]
            text = form_as_csv(
                form, rows, register.key, with_person_ids=with_ids, separator=separator
            )
            # The mark tells a spreadsheet that the letters are UTF-8.
            yield file_of(form), text.encode("utf-8-sig")
        return
    words = reader.words

    def say(key: str) -> str:
        return words.text(f"exchange.{key}")

    described = dictionary(register.form, say, reader.lang, with_person_ids=with_ids)
    yield DICTIONARY, described.encode()
    yield REPEATING, repeating(register.form).encode()
    told = records(register.form, rows, register.key, with_person_ids=with_ids)
    yield RECORDS, told.encode()


def _manifest(
    register: OpenRegister,
    people: Sequence[str],
    rows: Sequence[Row],
    asked: Export,
    files: dict[str, bytes],
) -> dict[str, object]:
    counts = {one.id: sum(row.form == one.id for row in rows) for one in register.form.forms}
    return {
        "what": WHAT,
        "format": asked.format,
        "livedo": __version__,
        "form": register.form.version,
        "knowledge": register.knowledge.version,
        "as_of": register.date,
        "cases": len(people),
        "rows": counts,
        "values_of_fields_that_the_form_no_longer_has": left_out(
            register.form, register.entered().values()
        ),
        "with_person_ids": asked.with_person_ids,
        "is_invented": register.record.manifest.is_invented,
        "files": {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)},
    }


def write_folder(files: dict[str, bytes], into: Path) -> None:
    """Writes a folder beside its place and renames it; only an earlier export is replaced.

    Raises:
        OutputUnwritable: there is something else, or the disk refuses.
    """
    refuse_what_is_not_ours(into)
    try:
        into.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(dir=into.parent, prefix=f".{into.name}.", suffix=".part"))
    except OSError as error:
        raise unwritable(into, error) from error
    try:
        for name, content in files.items():
            (aside / name).write_bytes(content)
        _take_the_place(aside, into)
    except OSError as error:
        raise unwritable(into, error) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _take_the_place(aside: Path, into: Path) -> None:
    old = aside.with_suffix(".old")
    if into.exists():
        os.rename(into, old)
    try:
        os.rename(aside, into)
    except OSError:
        with contextlib.suppress(OSError):
            os.rename(old, into)
        raise
    shutil.rmtree(old, ignore_errors=True)


def refuse_what_is_not_ours(into: Path) -> None:
    """Refuses a folder that holds something else than an earlier export."""
    if not into.exists() or (into.is_dir() and (is_export(into) or not any(into.iterdir()))):
        return
    raise OutputUnwritable(
        "The folder holds something that is no export of a register",
        where=str(into),
        still_works="what stands there is unchanged",
        next_step="give a new or an empty folder with --into",
    )


def manifest_of(folder: Path) -> dict[str, object]:
    """The manifest of an export; empty where there is none."""
    try:
        found = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and found.get("what") == WHAT else {}


def is_export(folder: Path) -> bool:
    """Whether a folder was written by an export."""
    return bool(manifest_of(folder))
