"""CSV and Excel extracts: each row becomes what FHIR would say, read by the same readers.

So drugs are recognised, units converted, dates placed and statuses judged in one
place only. A row is one item; in a wide table a filled cell is one.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta, tzinfo
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import msgspec

from livedo.errors import SourceUnreadable
from livedo.record.tables import SetAside
from livedo.sources.cells import Cell, rows_of
from livedo.sources.faults import NOT_UTF8, UNDECODABLE, WRONG_SHAPE
from livedo.sources.fhir_drugs import Drugs
from livedo.sources.fhir_events import Events
from livedo.sources.fhir_item import Item
from livedo.sources.fhir_patient import person_of
from livedo.sources.fhir_people import NO_SUBJECT
from livedo.sources.fhir_results import Results
from livedo.sources.fhir_types import Meta, Patient, Raw
from livedo.sources.fhir_values import NO_VALUE
from livedo.sources.files import SourceFile
from livedo.sources.intake import NO_VERSION, Sink, stable_id
from livedo.sources.mapping import ExtractMapping, Table, cell_meaning, meant, refused

if TYPE_CHECKING:
    from livedo.knowledge.vocabulary import Vocabulary

COLUMN_NOT_READ = "column_not_read"
UNREADABLE_CELL = "unreadable_cell"
UNKNOWN_WORD = "unknown_word"
EMPTY_TABLE = "empty_file"
BROKEN_TABLE = "unreadable_file"
NO_DATE_AT_ALL = "?"
"""Stands for a date that is not in the form the mapping states; no reader accepts it."""

OURS = "urn:livedo:concept"
EXCEL_DAY_ZERO = date(1899, 12, 30)
_NUMBER = (
    r"(?P<sign>[<>]=?|≤|≥)?\s*(?P<number>[+-]?\d+(?:{point}\d+)?(?:[eE][+-]?\d+)?)"
    r"\s*(?P<unit>[^\d\s.,].*)?"
)
_NUMBERS = {mark: re.compile(_NUMBER.replace("{point}", re.escape(mark))) for mark in (".", ",")}
_SIGNS = {"≤": "<=", "≥": ">="}
_LIKE_A_NUMBER = re.compile(r"[<>≤≥=\s+-]*[\d.,]+\s*\S*")

_patients = msgspec.json.Decoder(Patient)
Fields = dict[str, Any]


class RowItem(Item):
    """A row: the person is in a column, and without an id its content is its identity."""

    person = ""
    row_name = ""
    row_id = ""
    content = ""

    def about(self, raw: Raw) -> str | None:
        """The person of the row."""
        self.person_id = self.person
        return None if self.person else NO_SUBJECT

    def open(self, resource_id: str | None, meta: Meta | None, raw: bytes, count: int = 1) -> None:
        """The same id again is a newer version; the same content again is a duplicate."""
        if self.kind == "Patient":
            self.name = f"Patient/{self.person}"
            self.key = stable_id(self.source_name, self.name)
        else:
            self.name = f"{self.kind}/{self.row_name}"
            identity = self.row_id or self.content
            self.key = stable_id(self.source_name, self.kind, self.file, identity)
        self.sink.begin(self.key, hash(raw), NO_VERSION, NO_VERSION)
        self.take_in(count)


class TabularReader:
    """Reads the tables of one extract."""

    def __init__(
        self,
        sink: Sink,
        vocabulary: Vocabulary,
        zone: tzinfo,
        source_name: str,
        mapping: ExtractMapping,
    ) -> None:
        self.mapping = mapping
        self.item = RowItem(sink, vocabulary, zone, source_name)
        results = Results(self.item)
        events = Events(self.item, results)
        self._readers: Mapping[str, Callable[[bytes], None]] = {
            "Patient": self._patient,
            "Observation": results.read,
            "MedicationStatement": Drugs(self.item).statement,
            "Condition": events.condition,
            "Procedure": events.procedure,
        }
        self.progress: Callable[[int], None] = lambda count: None

    def tables_of(self, file: SourceFile) -> list[Table]:
        """The tables that this file holds."""
        return [table for table in self.mapping.tables if is_file_of(table, file)]

    def read(self, file: SourceFile) -> None:
        """Every table of one file."""
        for table in self.tables_of(file):
            self.item.file = file.label
            self.item.sink.opened(file.label)
            try:
                self._table(file, table)
            except SourceUnreadable:
                self._aside(file.path.name, BROKEN_TABLE)

    def _table(self, file: SourceFile, table: Table) -> None:
        rows = rows_of(file, table)
        _, headers = next(rows, (0, None))
        names = [str(header).strip() for header in headers or ()]
        if not names:
            self._aside(file.path.name, EMPTY_TABLE)
            return
        self._name_what_is_not_read(names, table)
        for number, cells in rows:
            if cells is None or any(str(cell).strip() for cell in cells):
                self._row(Place(table, number, file.path.name), names, cells)
            if number % 1000 == 0:
                self.progress(number)

    def _name_what_is_not_read(self, names: list[str], table: Table) -> None:
        known = {*table.named_columns(), *table.ignore}
        for name in names:
            if name and name not in known:
                line = SetAside(
                    source=self.item.file,
                    item=name,
                    path="",
                    reason=COLUMN_NOT_READ,
                    is_part=True,
                )
                self.item.sink.set_aside(line)

    def _aside(self, name: str, reason: str) -> None:
        self.item.sink.took_in()
        line = SetAside(source=self.item.file, item=name, path="", reason=reason)
        self.item.sink.set_aside(line)

    def _row(self, place: Place, names: list[str], cells: list[Cell] | None) -> None:
        if cells is None or len(cells) != len(names):
            self._refuse(place, {}, WRONG_SHAPE)
            return
        row = dict(zip(names, cells, strict=True))
        table = place.table
        fields: dict[str, Cell] = dict(table.fixed)
        fields |= {field: row[header] for field, header in table.columns.items()}
        content = "\x1f".join(str(row[name]) for name in table.named_columns())
        if table.row != "wide_results":
            self._one(place, fields, content)
            return
        for header, column in table.wide.items():
            if not str(row[header]).strip():
                continue
            cell = {"value": row[header], "concept": column.concept}
            cell |= {"unit": column.unit} if column.unit else {}
            self._one(place.within(header), fields | cell, f"{header}\x1f{content}")

    def _one(self, place: Place, fields: dict[str, Cell], content: str) -> None:
        """One item: a row, or a cell of a wide row."""
        reading = Reading(place.table, fields)
        reason = reading.fault()
        if reason is not None:
            self._refuse(place, fields, reason)
            return
        item = self.item
        item.met(place.number, None)
        item.unit, item.row_name = "row", place.name
        item.person, item.content = reading.text("person"), content
        item.row_id = f"{reading.text('id')}{place.column}" if reading.text("id") else ""
        item.kind = reading.kind
        raw = msgspec.json.encode(reading.resource())
        try:
            self._readers[item.kind](raw)
        except UNDECODABLE as error:
            item.undecodable(raw, error)

    def _refuse(self, place: Place, fields: Mapping[str, Cell], reason: str) -> None:
        item = self.item
        item.met(place.number, None)
        item.unit, item.kind = "row", KINDS[place.table.row]
        item.person_id = Reading(place.table, dict(fields)).text("person")
        item.name = f"{item.kind}/{place.name}"
        # Whose silence is spoiled can only be said where the person's own cell is whole.
        if reason == NOT_UTF8:
            item.person_id = ""
        item.sink.begin(stable_id(item.source_name, item.file, place.name), place.number)
        item.take_in()
        item.aside(reason)

    def _patient(self, raw: bytes) -> None:
        item, patient = self.item, _patients.decode(raw)
        if not item.person:
            item.open(None, None, raw)
            item.aside(NO_SUBJECT, item=f"Patient/{item.row_name}")
            return
        item.open(patient.id, patient.meta, raw)
        item.sink.person(person_of(patient, item))
        item.use([])


class Place(msgspec.Struct, frozen=True):
    """Where an item stands, in words that hold no value."""

    table: Table
    number: int
    file: str
    column: str = ""

    @property
    def name(self) -> str:
        """The name of the item in the ledger."""
        sheet = f" {self.table.sheet}" if self.table.sheet else ""
        column = f" {self.column}" if self.column else ""
        return f"{self.file}{sheet} row {self.number}{column}"

    def within(self, column: str) -> Place:
        """One cell of the row."""
        return msgspec.structs.replace(self, column=column)


KINDS = {
    "person": "Patient",
    "result": "Observation",
    "wide_results": "Observation",
    "drug": "MedicationStatement",
    "condition": "Condition",
    "procedure": "Procedure",
    "dialysis": "Procedure",
}
STATUSES = {"wide_results": "result", "dialysis": "procedure"}


class Reading:
    """The fields of one row as FHIR would say them."""

    def __init__(self, table: Table, fields: dict[str, Cell]) -> None:
        self.table = table
        self.fields = fields
        self.kind = KINDS[table.row]

    def text(self, field: str) -> str:
        """A cell as text, by the words of the mapping where it has some for the field."""
        cell = self.fields.get(field, "")
        said = " ".join(str(cell).split())
        return _translated(self.table, field).get(said.casefold(), said)

    def date(self, field: str) -> str | None:
        """A date as ISO; None where the cell is empty."""
        cell = self.fields.get(field, "")
        if isinstance(cell, date):
            return _iso(cell, isinstance(cell, datetime))
        said = cell.strip()
        return _dated(said, self.table.date_format or "") if said else None

    def fault(self) -> str | None:
        """Why nothing at all can be read from the row."""
        known = cell_meaning()
        for cell in self.fields.values():
            said = str(cell).strip()
            if not said.isascii() and any("\ud800" <= c <= "\udfff" for c in said):
                return NOT_UTF8
            is_error = said.upper() in known.cell_errors
            if is_error or said.startswith("=") or "\0" in said or len(said) > known.longest_cell:
                return UNREADABLE_CELL
        status = self.text("status")
        allowed = known.statuses.get(STATUSES.get(self.table.row, self.table.row), ())
        if status and status not in allowed:
            return UNKNOWN_WORD
        return None

    def resource(self) -> Fields:
        """The row as a resource, its empty parts left out."""
        made: dict[str, Callable[[], Fields]] = {
            "Patient": self._patient,
            "Observation": self._observation,
            "MedicationStatement": self._drug,
            "Condition": self._condition,
            "Procedure": self._procedure,
        }
        return {name: value for name, value in made[self.kind]().items() if value is not None}

    def _patient(self) -> Fields:
        died = self.date("died")
        centre = self.text("centre")
        return {
            "id": self.text("person"),
            "gender": self.text("sex") or None,
            "birthDate": self.date("born"),
            "deceasedDateTime": died,
            "managingOrganization": {"identifier": {"value": centre}} if centre else None,
        }

    def _observation(self) -> Fields:
        lesion, word = self.text("lesion"), self.text("interpretation")
        limits = {n: self._quantity(f"ref_{n}") for n in ("low", "high")}
        ranges = {n: q for n, q in limits.items() if q}
        return {
            "code": self._code(),
            "status": self.text("status") or None,
            "effectiveDateTime": self.date("date"),
            "issued": self.date("known"),
            "bodySite": self._site(),
            "identifier": [{"system": "urn:livedo:lesion", "value": lesion}] if lesion else None,
            "interpretation": [{"coding": [{"code": word}], "text": word}] if word else None,
            "referenceRange": [ranges] if ranges else None,
        } | self._value()

    def _value(self) -> Fields:
        said = self.text("value")
        if not said or said.casefold() in cell_meaning().not_measured:
            return {"dataAbsentReason": {"text": NO_VALUE}}
        quantity = self._quantity("value")
        if quantity is not None:
            return {"valueQuantity": quantity}
        # A number in another form than the mapping states is not to be guessed at.
        if _NUMBERS[self.table.decimal].fullmatch(said):
            # A number too large to be one: its reader says that it is impossible.
            return {"valueString": f"{said} {self.text('unit')}"}
        is_strange = ":" not in said and _LIKE_A_NUMBER.fullmatch(said)
        return {"valueString": "?" if is_strange else said}

    def _quantity(self, field: str) -> Fields | None:
        found = _NUMBERS[self.table.decimal].fullmatch(self.text(field))
        if found is None:
            return None
        value = float(found["number"].replace(",", "."))
        if not math.isfinite(value):
            return None
        units = [found["unit"], self.text("unit") if field != "dose" else self.text("dose_unit")]
        named = list(dict.fromkeys(unit for unit in units if unit))
        made: Fields = {"value": value, **dict(zip(("unit", "code"), named, strict=False))}
        sign = _SIGNS.get(found["sign"], found["sign"])
        return made | ({"comparator": sign} if sign else {})

    def _drug(self) -> Fields:
        period = {"start": self.date("date"), "end": self.date("end")}
        given = {n: v for n, v in period.items() if v}
        return {
            "status": self.text("status") or "active",
            "medicationCodeableConcept": self._code(),
            "effectivePeriod": given or None,
            "dateAsserted": self.date("known"),
            "dosage": [self._dosage()],
        }

    def _dosage(self) -> Fields:
        dose, route, site = self._quantity("dose"), self.text("route"), self._site()
        often = _NUMBERS[self.table.decimal].fullmatch(self.text("times_per_day"))
        made: Fields = {"doseAndRate": [{"doseQuantity": dose}]} if dose else {}
        if often and not often["sign"] and not often["unit"]:
            times = float(often["number"].replace(",", "."))
            made["timing"] = {"repeat": {"frequency": times, "period": 1, "periodUnit": "d"}}
        if route:
            made["route"] = {"text": route}
        return made | ({"site": site} if site else {})

    def _condition(self) -> Fields:
        status, site = self.text("status"), self._site()
        is_clinical = status in cell_meaning().clinical_statuses
        named = {"coding": [{"code": status}]} if status else None
        return {
            "code": self._code(),
            "clinicalStatus": named if is_clinical else None,
            "verificationStatus": None if is_clinical else named,
            "onsetDateTime": self.date("date"),
            "abatementDateTime": self.date("end"),
            "recordedDate": self.date("known"),
            "bodySite": [site] if site else None,
        }

    def _procedure(self) -> Fields:
        start, end, site = self.date("date"), self.date("end"), self._site()
        is_period = self.table.row == "dialysis"
        period = {n: v for n, v in (("start", start), ("end", end)) if v}
        assumed = "in-progress" if is_period and end is None else "completed"
        return {
            "code": self._code(),
            "status": self.text("status") or assumed,
            "performedDateTime": None if is_period else start,
            "performedPeriod": period if is_period else None,
            "bodySite": [site] if site else None,
        }

    def _site(self) -> Fields | None:
        said = [self.text("body_site"), self.text("side")]
        words = " ".join(word for word in said if word)
        return {"text": words} if words else None

    def _code(self) -> Fields:
        """Our concept where the mapping names one, else the code and the words of the row."""
        code, words = self.text("code"), self.text("text")
        local = _local(self.table)
        ours = self.text("concept") or next(
            (local[w.casefold()] for w in (code, words) if w.casefold() in local), ""
        )
        coding = []
        if ours:
            coding.append({"system": OURS, "code": ours})
        elif code:
            coding.append({"system": self.text("code_system"), "code": code})
        return {"coding": coding} | ({"text": words} if words else {})


@functools.lru_cache(maxsize=256)
def _folded(pairs: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    return {key.casefold(): value for key, value in pairs}


def _translated(table: Table, field: str) -> Mapping[str, str]:
    return _folded(tuple(table.words.get(field, {}).items()))


def _local(table: Table) -> Mapping[str, str]:
    return _folded(tuple(table.local_codes.items()))


@functools.lru_cache(maxsize=100_000)
def _dated(text: str, form: str) -> str:
    """ISO of a date in the form the mapping states, as fine as the form is."""
    try:
        if form == "excel":
            return (EXCEL_DAY_ZERO + timedelta(days=int(text))).isoformat()
        found = datetime.strptime(text, form)  # noqa: DTZ007  the zone is the source's
    except (ValueError, OverflowError):
        return NO_DATE_AT_ALL
    if "%m" not in form and "%b" not in form and "%B" not in form:
        return f"{found.year:04d}"
    if "%d" not in form:
        return f"{found.year:04d}-{found.month:02d}"
    return _iso(found, "%H" in form)


def _iso(found: date, has_time: bool) -> str:
    return found.isoformat() if has_time or not isinstance(found, datetime) else str(found.date())


def is_file_of(table: Table, file: SourceFile) -> bool:
    """Whether the table is in this file; the name is the one below the folder read."""
    below = file.label if file.is_named else file.label.partition("/")[2]
    return fnmatchcase(below, table.file)


def check_headers(mapping: ExtractMapping, files: list[SourceFile], name: str) -> None:
    """Compares the mapping with the files before anything is read.

    Raises:
        MappingInvalid: files or columns are missing; all of them are named.
    """
    mistakes = [text for n, t in enumerate(mapping.tables, 1) for text in _missing(n, t, files)]
    if mistakes:
        raise refused(name, mistakes)


def _missing(number: int, table: Table, files: list[SourceFile]) -> Iterator[str]:
    found = [file for file in files if is_file_of(table, file)]
    if not found:
        names = [file.label.partition("/")[2] or file.label for file in files]
        yield f"table {number}: there is no file {table.file}{meant(table.file, names)}"
    for file in found:
        _, cells = next(rows_of(file, table), (0, None))
        headers = [str(cell).strip() for cell in cells or ()]
        named = list(table.named_columns())
        if headers and not set(named) & set(headers):
            # Nothing of the row is repeated: without headers it may be a patient's.
            yield f"table {number}, {table.file}: the first row holds none of the columns named"
            continue
        for header in named if headers else ():
            if headers.count(header) > 1:
                yield f"table {number}, {table.file}: two columns are called {header}"
            elif header not in headers:
                yield f"table {number}, {table.file}: no column {header}{meant(header, headers)}"


def tables_in(mapping: ExtractMapping | None, file: SourceFile) -> list[Table]:
    """The tables that a mapping, if there is one, finds in a file."""
    return [table for table in mapping.tables if is_file_of(table, file)] if mapping else []
