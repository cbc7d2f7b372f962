"""FHIR R4: resources from files or from memory, one at a time, whatever order they come in."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING

import msgspec

from livedo.errors import SourceUnreadable
from livedo.record.tables import SetAside
from livedo.sources.faults import NOT_UTF8, UNDECODABLE, WRONG_SHAPE, fault_of
from livedo.sources.fhir_codes import given
from livedo.sources.fhir_drugs import Drugs
from livedo.sources.fhir_events import Events
from livedo.sources.fhir_item import NO_TYPE, Item, Postponed
from livedo.sources.fhir_patient import person_of
from livedo.sources.fhir_results import Results
from livedo.sources.fhir_types import Bundle, Entry, Header, Patient, Raw
from livedo.sources.files import BLANK, BOM, Readable, document, lines_of
from livedo.sources.intake import Sink
from livedo.sources.plain_results import BLOCK, PlainResults, Undecoded

if TYPE_CHECKING:
    from livedo.knowledge.vocabulary import Vocabulary

ADDRESSED = ("Patient", "Medication")
NOT_USED = "resource_not_used"
NO_RESOURCE = "entry_without_resource"
EMPTY_FILE = "empty_file"
UNREADABLE_FILE = "unreadable_file"

_headers = msgspec.json.Decoder(Header)
_bundles = msgspec.json.Decoder(Bundle)
_entry_decoder = msgspec.json.Decoder(Entry)
_patients = msgspec.json.Decoder(Patient)
_lists: msgspec.json.Decoder[tuple[msgspec.Raw, ...]] = msgspec.json.Decoder(
    tuple[msgspec.Raw, ...]
)
_COMMON = b'{"resourceType":"Observation"'
HEAD = 64
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class FhirReader:
    """Reads documents of FHIR resources into a sink. Call `finish` when all are read."""

    def __init__(
        self,
        sink: Sink,
        vocabulary: Vocabulary,
        zone: tzinfo,
        source_name: str = "fhir",
    ) -> None:
        self.sink = sink
        self.item = Item(sink, vocabulary, zone, source_name)
        results = Results(self.item)
        events = Events(self.item, results)
        self.drugs = Drugs(self.item)
        self._readers: Mapping[str, Callable[[bytes], None]] = {
            "Patient": self._patient,
            "Observation": results.read,
            "Condition": events.condition,
            "Procedure": events.procedure,
            "DiagnosticReport": events.report,
            "ImagingStudy": events.study,
            "Medication": self.drugs.medication,
            "MedicationRequest": self.drugs.request,
            "MedicationStatement": self.drugs.statement,
            "MedicationAdministration": self.drugs.administration,
        }
        self.plain = PlainResults(self.item, self.resource)
        self._waiting: list[Undecoded] = []
        self._postponed = _Postbox()
        self.progress: Callable[[int], None] = lambda count: None
        self._people = 0
        self._invented = 0

    @property
    def is_invented(self) -> bool:
        """Whether every Patient read is marked as test data."""
        return 0 < self._people == self._invented

    def read(self, file: Readable) -> None:
        """One document: NDJSON, a Bundle, a single resource, or a list of resources."""
        self._opened(file.label)
        try:
            if file.is_lines:
                self._read_lines(file)
            else:
                self._read_document(file)
        except SourceUnreadable:
            self._whole_file_aside(file, UNREADABLE_FILE)

    def finish(self) -> None:
        """Reads again what named something not yet read, then accounts for drug products."""
        self.item.is_last_chance = True
        for letter in self._postponed.letters():
            self._opened(letter.file)
            self.item.subjects.enter_bundle(letter.urls)
            self.item.within, self.item.unit = letter.where, ""
            self.resource(letter.raw.encode(), 0, letter.full_url)
        self.drugs.account_for_products()

    def _opened(self, label: str) -> None:
        self.item.file, self.item.unit, self.item.within = label, "line", ""
        self.sink.opened(label)

    def _whole_file_aside(self, file: Readable, reason: str, place: str = "") -> None:
        self.sink.took_in()
        self.sink.set_aside(SetAside(source=file.label, item=file.name, path=place, reason=reason))

    def _read_lines(self, file: Readable) -> None:
        if not self.read_lines(lines_of(file)):
            self._whole_file_aside(file, EMPTY_FILE)

    def read_lines(self, pieces: Iterable[list[bytes]]) -> bool:
        """Lines, each a resource or a Bundle; whether there was anything on them."""
        number, has_any = 0, False
        try:
            for lines in pieces:
                first = number + 1
                for number, line in enumerate(lines, first):
                    if line.startswith(_COMMON):
                        self._waiting.append((line, number, None))
                    else:
                        has_any |= self._other_line(line, number)
                has_any |= bool(self._waiting)
                self._read_waiting()
                self.progress(number)
        finally:
            # A file that breaks off has given what came before.
            self._read_waiting()
        return has_any

    def _other_line(self, line: bytes, number: int) -> bool:
        """A line that is no Observation; whether there was anything on it."""
        content = line.removeprefix(BOM) if number == 1 else line
        has_any = bool(content) and not content.isspace()
        if has_any:
            self._next(content, number, None)
        return has_any or bool(self._waiting)

    def _next(self, raw: bytes, place: int, full_url: str | None) -> None:
        """One more resource. Observations wait for others, to be read in blocks."""
        raw = _without_spaces(raw)
        if _is_observation(raw):
            self._waiting.append((raw, place, full_url))
            if len(self._waiting) >= BLOCK:
                self._read_waiting()
        else:
            self._read_waiting()
            self.resource(raw, place, full_url)

    def _read_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting:
            self.plain.read(waiting)

    def _read_document(self, file: Readable) -> None:
        with document(file) as content:
            head = bytes(content[:4096]).lstrip(BLANK)
            if not head:
                self._whole_file_aside(file, EMPTY_FILE)
            elif head[:2] in _UTF16:
                self._whole_file_aside(file, NOT_UTF8)
            elif head[:1] == b"[":
                self._list(content, file)
            else:
                self._bundle_or_resource(content, file)

    def _list(self, content: memoryview, file: Readable) -> None:
        try:
            resources = _lists.decode(content)
        except UNDECODABLE as error:
            self._whole_file_aside(file, *fault_of(error, bytes(content)))
            return
        for number, raw in enumerate(resources):
            self._next(bytes(raw), number, None)
        self._read_waiting()

    def _bundle_or_resource(self, content: memoryview, file: Readable) -> None:
        try:
            bundle = _bundles.decode(content)
        except UNDECODABLE as error:
            if "trailing characters" in str(error):
                self._read_lines(file)
            else:
                self._salvage(content, file, error)
            return
        if bundle.resourceType == "Bundle":
            self._entries(lambda: bundle.entry or ())
        else:
            self._next(bytes(content), 0, None)
            self._read_waiting()

    def resource(self, raw: bytes, place: int, full_url: str | None = None) -> None:
        """One resource, wherever it comes from."""
        item = self.item
        item.met(place, full_url)
        try:
            kind = _headers.decode(raw).resourceType
            if kind == "Bundle":
                self._inner_bundle(raw)
            elif kind in self._readers:
                item.kind = kind
                self._readers[kind](raw)
            else:
                self._not_used(kind)
        except Postponed:
            self._postponed.post(raw, item, self._urls)
        except UNDECODABLE as error:
            item.undecodable(raw, error)

    def _inner_bundle(self, raw: bytes) -> None:
        """A Bundle on a line, or within a Bundle."""
        item = self.item
        bundle, outer = _bundles.decode(raw), item.within
        item.within = item.where
        self._entries(lambda: bundle.entry or ())
        item.within = outer

    _urls: Mapping[str, str] = {}

    def _not_used(self, kind: str) -> None:
        self.sink.took_in()
        self.sink.set_aside(SetAside(source=self.item.file, item=kind, path="", reason=NOT_USED))

    def _patient(self, raw: bytes) -> None:
        item, patient = self.item, _patients.decode(raw)
        item.open(patient.id, patient.meta, raw)
        person = person_of(patient, item)
        item.subjects.know(patient, person.person_id)
        self._people += 1
        self._invented += _is_test_data(patient, item.meaning.test_data)
        item.sink.person(person)
        item.use([])

    def _entries(self, entries: Callable[[], Iterable[Raw | bytes]]) -> int:
        """The entries of a Bundle, which may name each other by address in any order;
        how many there are."""
        outer_urls, outer_unit, count = self._urls, self.item.unit, 0
        self.item.unit = "entry"
        self._enter(dict(_addresses(entries())))
        for count, entry in enumerate(entries(), 1):
            self._entry(entry, count - 1)
        self._read_waiting()
        self._enter(outer_urls)
        self.item.unit = outer_unit
        return count

    def _enter(self, urls: Mapping[str, str]) -> None:
        self._urls = urls
        self.item.subjects.enter_bundle(urls)

    def _entry(self, raw: Raw | bytes, number: int) -> None:
        try:
            entry = _entry_decoder.decode(raw)
        except UNDECODABLE as error:
            self._read_waiting()
            self.item.met(number, None)
            self.item.undecodable(bytes(raw), error)
            return
        resource = given(entry.resource)
        if resource:
            self._next(resource, number, entry.full_url)
        else:
            self._read_waiting()
            self.item.met(number, entry.full_url)
            self.item.take_in()
            self.item.aside(NO_RESOURCE)

    def _salvage(self, content: memoryview, file: Readable, error: Exception) -> None:
        """A broken document: the entries before the break are read, the break is set aside."""
        from livedo.sources.salvage import entries_before_break

        count = self._entries(lambda: entries_before_break(content))
        reason, path = fault_of(error, bytes(content[: 1 << 20]))
        if reason == WRONG_SHAPE and path in ("", "$.resourceType"):
            reason = NO_TYPE
        self._whole_file_aside(file, reason, f"after entry {count - 1}" if count else path)


def _without_spaces(raw: bytes) -> bytes:
    """The same JSON written the shortest way, so that its bytes tell whether it is a copy.

    Whoever spaces JSON does so from the beginning; the order of names is left as it is.
    """
    if b'": ' not in raw[:HEAD] and b"\n" not in raw:
        return raw
    try:
        return msgspec.json.format(raw, indent=-1)
    except UNDECODABLE:
        return raw


def _is_observation(raw: bytes) -> bool:
    """Whether it is an Observation; a glance mostly tells."""
    if raw.startswith(_COMMON):
        return True
    try:
        return _headers.decode(raw).resourceType == "Observation"
    except UNDECODABLE:
        return False


def _addresses(entries: Iterable[Raw | bytes]) -> Iterator[tuple[str, str]]:
    """Full address to `Type/id`, for the kinds that others refer to."""
    for raw in entries:
        try:
            entry = _entry_decoder.decode(raw)
            if not entry.full_url or _is_plainly_something_else(entry.resource):
                continue
            header = _headers.decode(entry.resource)
        except UNDECODABLE:
            continue
        if header.resourceType in ADDRESSED:
            name = header.id or entry.full_url.rpartition("/")[2].rpartition(":")[2]
            yield entry.full_url, f"{header.resourceType}/{name}"


def _is_plainly_something_else(resource: Raw) -> bool:
    return bytes(memoryview(resource)[: len(_COMMON)]) == _COMMON


def _is_test_data(patient: Patient, mark: str) -> bool:
    tags = patient.meta.tag if patient.meta else None
    return any(f"{tag.system}|{tag.code}" == mark for tag in tags or ())


class Letter(msgspec.Struct, frozen=True):
    """A resource to be read again at the end."""

    raw: str
    file: str
    where: str
    full_url: str | None
    urls: Mapping[str, str]


class _Postbox:
    """Resources waiting for something not yet read; on disk once there are many."""

    def __init__(self) -> None:
        self._file: tempfile.SpooledTemporaryFile[bytes] | None = None
        self._decoder = msgspec.json.Decoder(Letter)

    def post(self, raw: bytes, item: Item, urls: Mapping[str, str]) -> None:
        letter = Letter(raw.decode(), item.file, item.where, item.full_url, urls)
        if self._file is None:
            self._file = tempfile.SpooledTemporaryFile(max_size=1 << 24)  # noqa: SIM115
        self._file.write(msgspec.json.encode(letter) + b"\n")

    def letters(self) -> Iterator[Letter]:
        if self._file is None:
            return
        with self._file as file:
            file.seek(0)
            for line in file:
                yield self._decoder.decode(line)
