"""The mapping of a CSV or Excel extract: what each table and column means."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

import msgspec
import yaml

from livedo.errors import MappingInvalid
from livedo.knowledge.files import KNOWLEDGE_FOLDER, read_file
from livedo.knowledge.mistakes import Document, closest

if TYPE_CHECKING:
    from livedo.knowledge.vocabulary import Vocabulary

NAMES = ("mapping.yaml", "mapping.yml")
RowKind = Literal["person", "result", "wide_results", "drug", "condition", "procedure", "dialysis"]
FIELDS = {
    "person": "person sex born died centre",
    "result": "person id date known code code_system text value unit ref_low ref_high "
    "interpretation status body_site side lesion",
    "wide_results": "person id date known status",
    "drug": "person id date end known code code_system text status body_site side route dose "
    "dose_unit times_per_day",
    "condition": "person id date end known code code_system text status body_site side",
    "procedure": "person id date code code_system text status body_site side",
    "dialysis": "person id date end code code_system text status",
}
NEEDED = {"result": ("date", "value"), "wide_results": ("date",), "person": ()}
DATES = ("date", "end", "known", "born", "died")
_EXPECTED = re.compile(r" - at `\$\.?([^`]*)`")


class WideColumn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One column of a wide table: what its cells are results of."""

    concept: str
    unit: str | None = None


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the rows of one file, or of one sheet of a workbook, are."""

    file: str
    row: RowKind
    columns: Mapping[str, str]
    sheet: str | None = None
    delimiter: Literal[",", ";", "\t"] = ","
    encoding: Literal["utf-8", "windows-1252"] = "utf-8"
    decimal: Literal[".", ","] = "."
    date_format: str | None = None
    fixed: Mapping[str, str] = {}
    local_codes: Mapping[str, str] = {}
    words: Mapping[str, Mapping[str, str]] = {}
    wide: Mapping[str, WideColumn] = {}
    ignore: tuple[str, ...] = ()

    @property
    def is_workbook(self) -> bool:
        """Whether it is a sheet of a workbook."""
        return self.file.casefold().endswith(".xlsx")

    def named_columns(self) -> Iterator[str]:
        """Every header the table speaks of and reads."""
        yield from self.columns.values()
        yield from self.wide


class ExtractMapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The content of a mapping file."""

    tables: tuple[Table, ...]
    observed: Mapping[str, str | list[str]] = {}


class CellMeaning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of `knowledge/tabular.yaml`."""

    not_measured: tuple[str, ...]
    cell_errors: tuple[str, ...]
    largest_workbook_bytes: int
    longest_cell: int
    statuses: Mapping[str, tuple[str, ...]]
    clinical_statuses: tuple[str, ...]


@functools.cache
def cell_meaning() -> CellMeaning:
    """What cells mean before anything of medicine is read from them."""
    return read_file(KNOWLEDGE_FOLDER / "tabular.yaml", CellMeaning)


def read_mapping(path: Path, vocabulary: Vocabulary) -> ExtractMapping:
    """The mapping of a file.

    Raises:
        MappingInvalid: it cannot be read, or holds mistakes; all of them are listed.
    """
    try:
        document = Document(path.name, path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise refused(path.name, ["the file cannot be read as UTF-8 text"]) from None
    if document.error is not None:
        problem = getattr(document.error, "problem", None) or "it is not YAML"
        raise refused(path.name, [f"line {_line(document.error)}: {problem}"])
    try:
        mapping = msgspec.convert(document.plain, ExtractMapping)
    except msgspec.ValidationError as error:
        raise refused(path.name, [_misshapen(document, str(error))]) from None
    mistakes = [
        f"line {document.at(['tables', n, *place]).line}, table {n + 1}: {text}"
        for n, table in enumerate(mapping.tables)
        for place, text in _mistakes(table, vocabulary)
    ]
    if mistakes:
        raise refused(path.name, mistakes)
    return mapping


def refused(where: str, mistakes: Iterable[str]) -> MappingInvalid:
    """Every mistake of a mapping in one error."""
    found = list(mistakes)
    return MappingInvalid(
        "The mapping holds mistakes:\n" + "\n".join(f"    {text}" for text in found),
        where=where,
        still_works="Nothing was read or written; an earlier record is intact.",
        next_step="Correct the mapping; docs/how-to/read-csv-and-excel.md shows one.",
    )


def meant(name: str, known: Iterable[str]) -> str:
    """The end of a sentence about a wrong name."""
    near = closest(name, known)
    return f"; did you mean {near}?" if near else ""


def _line(error: yaml.YAMLError) -> int:
    mark = getattr(error, "problem_mark", None)
    return int(mark.line) + 1 if mark else 1


def _misshapen(document: Document, said: str) -> str:
    """A mistake of shape, with the line of the part it speaks of."""
    found = _EXPECTED.search(said)
    steps = re.findall(r"[^.\[\]]+", found[1]) if found else []
    place = document.at([int(s) if s.isdigit() else s for s in steps if s != "..."])
    unknown = re.search(r"unknown field `([^`]*)`", said)
    hint = meant(unknown[1], (*Table.__struct_fields__, "tables", "observed")) if unknown else ""
    return f"line {place.line}: {said}{hint}"


Found = tuple[tuple[str, ...], str]


def _mistakes(table: Table, vocabulary: Vocabulary) -> Iterator[Found]:
    yield from _of_file(table)
    yield from _of_fields(table)
    yield from _of_dates(table)
    yield from _of_concepts(table, vocabulary)


def _of_file(table: Table) -> Iterator[Found]:
    place = PurePosixPath(table.file)
    if place.is_absolute() or ".." in place.parts or "\\" in table.file or ":" in table.file:
        yield ("file",), "only files inside the folder are read"
    if table.is_workbook and table.sheet is None:
        yield ("file",), "a workbook needs sheet: the name of the sheet"


def _of_fields(table: Table) -> Iterator[Found]:
    allowed = FIELDS[table.row].split()
    for part, names in (("columns", table.columns), ("fixed", table.fixed)):
        for name in names:
            known = allowed if part == "columns" else [*allowed, "concept"]
            if name not in known:
                yield (part, name), f"{table.row} has no field {name}{meant(name, known)}"
    if "person" not in table.columns:
        yield ("columns",), "no column is named for person"
    for name in NEEDED.get(table.row, ()):
        if name not in table.columns and name not in table.fixed:
            yield ("columns",), f"nothing is named for {name}"
    for name in sorted(set(table.columns) & set(table.fixed)):
        yield ("fixed", name), f"{name} stands both in columns and in fixed"
    if (table.row == "wide_results") != bool(table.wide):
        yield (), "wide: belongs to wide_results, and to nothing else"
    named = {"code", "text", "concept"} & {*table.columns, *table.fixed}
    if table.row not in ("person", "wide_results") and not named:
        yield ("columns",), "nothing says what a row is of: code, text or fixed concept"


def _of_dates(table: Table) -> Iterator[Found]:
    has_dates = any(name in table.columns for name in DATES)
    if has_dates and table.date_format is None:
        yield (), 'date_format is missing; write for example "%d-%m-%Y"'
    elif table.date_format and table.date_format != "excel" and "%Y" not in table.date_format:
        yield ("date_format",), "a date needs %Y: the century of %y would be guessed"


def _of_concepts(table: Table, vocabulary: Vocabulary) -> Iterator[Found]:
    named = [(("local_codes", key), id) for key, id in table.local_codes.items()]
    named += [(("wide", key), column.concept) for key, column in table.wide.items()]
    if "concept" in table.fixed:
        named.append((("fixed", "concept"), table.fixed["concept"]))
    for place, id in named:
        if id not in vocabulary.concepts:
            yield place, f"{id} is no concept{meant(id, vocabulary.concepts)}"
    system = table.fixed.get("code_system")
    if system and vocabulary.codes.system(system) is None:
        yield (
            ("fixed", "code_system"),
            f"{system} is no code system{meant(system, vocabulary.codes.systems)}",
        )
