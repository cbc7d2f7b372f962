"""FHIR R4: resources from files, one at a time, whatever order they come in."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING

import msgspec

from livedo.errors import SourceUnreadable
from livedo.record.tables import SetAside
from livedo.sources.faults import BROKEN_JSON, NOT_UTF8, UNDECODABLE, WRONG_SHAPE, fault_of
from livedo.sources.fhir_drugs import Drugs
from livedo.sources.fhir_events import Events
from livedo.sources.fhir_item import NO_TYPE, Item, Postponed
from livedo.sources.fhir_patient import person_of
from livedo.sources.fhir_results import Results
from livedo.sources.fhir_types import Bundle, Entry, Header, Patient
from livedo.sources.files import BLANK, BOM, SourceFile, document, lines_of
from livedo.sources.intake import Sink

if TYPE_CHECKING:
    from livedo.knowledge.vocabulary import Vocabulary

NOT_USED = "resource_not_used"
NO_RESOURCE = "entry_without_resource"
EMPTY_FILE = "empty_file"
UNREADABLE_FILE = "unreadable_file"

_headers = msgspec.json.Decoder(Header)
_bundles = msgspec.json.Decoder(Bundle)
_patients = msgspec.json.Decoder(Patient)
_lists: msgspec.json.Decoder[tuple[msgspec.Raw, ...]] = msgspec.json.Decoder(
    tuple[msgspec.Raw, ...]
)
_COMMON = b'{"resourceType":"Observation"'
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class FhirReader:
    """Reads files of FHIR resources into a sink. Call `finish` when all are read."""

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
        self._postponed = _Postbox()
        self.progress: Callable[[int], None] = lambda count: None
        self._people = 0
        self._invented = 0

    @property
    def is_invented(self) -> bool:
        """Whether every Patient read is marked as test data."""
        return 0 < self._people == self._invented

    def read(self, file: SourceFile) -> None:
        """One file: NDJSON, a Bundle, a single resource, or a list of resources."""
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
            self.resource(letter.raw.encode(), letter.place, letter.full_url)
        self.drugs.account_for_products()

    def _opened(self, label: str) -> None:
        self.item.file = label
        self.sink.opened(label)

    def _whole_file_aside(self, file: SourceFile, reason: str, place: str = "") -> None:
        self.sink.took_in()
        self.sink.set_aside(
            SetAside(source=file.label, item=file.path.name, path=place, reason=reason)
        )

    def _read_lines(self, file: SourceFile) -> None:
        is_empty = True
        for number, line in enumerate(lines_of(file), 1):
            if number == 1 and line.startswith(BOM):
                line = line[len(BOM) :]
            if not line.strip(BLANK):
                continue
            is_empty = False
            self.resource(line, number)
            if not number % 4096:
                self.progress(number)
        if is_empty:
            self._whole_file_aside(file, EMPTY_FILE)

    def _read_document(self, file: SourceFile) -> None:
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

    def _list(self, content: memoryview, file: SourceFile) -> None:
        try:
            resources = _lists.decode(content)
        except UNDECODABLE as error:
            self._whole_file_aside(file, *fault_of(error, bytes(content)))
            return
        for number, raw in enumerate(resources):
            self.resource(bytes(raw), f"[{number}]")

    def _bundle_or_resource(self, content: memoryview, file: SourceFile) -> None:
        try:
            bundle = _bundles.decode(content)
        except UNDECODABLE as error:
            if "trailing characters" in str(error):
                self._read_lines(file)
            else:
                self._salvage(content, file, error)
            return
        if bundle.resourceType == "Bundle":
            self._entries(bundle, "")
        else:
            self.resource(bytes(content), "")

    def resource(self, raw: bytes, place: int | str, full_url: str | None = None) -> None:
        """One resource, wherever it comes from."""
        item = self.item
        item.met(place, full_url)
        try:
            kind = _kind_of(raw)
            if kind == "Bundle":
                self._entries(_bundles.decode(raw), item.where)
                return
            item.kind = kind
            reader = self._readers.get(kind)
            if reader is None:
                self._not_used(kind)
            else:
                reader(raw)
        except Postponed:
            self._postponed.post(
                Letter(
                    raw=raw.decode(),
                    file=item.file,
                    place=item.where,
                    full_url=full_url,
                    urls=self._urls,
                )
            )
        except UNDECODABLE as error:
            item.undecodable(raw, error)

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

    def _entries(self, bundle: Bundle, place: str) -> None:
        """Entries may name each other by address, in any order."""
        entries = bundle.entry or ()
        outer = self._urls
        self._urls = dict(_addresses(entries))
        self.item.subjects.enter_bundle(self._urls)
        for number, entry in enumerate(entries):
            where = f"{place}, entry {number}" if place else f"entry {number}"
            raw = bytes(entry.resource)
            if not raw or raw == b"null":
                self.item.met(where, entry.full_url)
                self.sink.took_in()
                self.item.aside(NO_RESOURCE)
            else:
                self.resource(raw, where, entry.full_url)
        self._urls = outer
        self.item.subjects.enter_bundle(outer)

    def _salvage(self, content: memoryview, file: SourceFile, error: Exception) -> None:
        """A broken document: the entries before the break are read, the break is set aside."""
        from livedo.sources.salvage import entries_before_break

        count = 0
        if not isinstance(error, RecursionError):
            for entry in entries_before_break(content):
                self._entries(Bundle(resourceType="Bundle", entry=(entry,)), "")
                count += 1
        reason, _ = fault_of(error, bytes(content[: 1 << 20]))
        if reason == WRONG_SHAPE:
            reason = NO_TYPE if not count else BROKEN_JSON
        self._whole_file_aside(file, reason, f"after entry {count - 1}" if count else "")


def _kind_of(raw: bytes) -> str:
    """The resource type. For the one that comes by the million a glance is enough."""
    if raw.startswith(_COMMON):
        return "Observation"
    return _headers.decode(raw).resourceType


def _addresses(entries: tuple[Entry, ...]) -> Iterator[tuple[str, str]]:
    """Full address to `Type/id`, for the kinds that others refer to."""
    for entry in entries:
        if not entry.full_url:
            continue
        head = bytes(memoryview(entry.resource)[:200])
        if b'"Patient"' in head or b'"Medication"' in head or b'"resourceType"' not in head:
            try:
                header = _headers.decode(entry.resource)
            except UNDECODABLE:
                continue
            if header.resourceType in ("Patient", "Medication"):
                name = header.id or entry.full_url.rpartition("/")[2].rpartition(":")[2]
                yield entry.full_url, f"{header.resourceType}/{name}"


def _is_test_data(patient: Patient, mark: str) -> bool:
    tags = patient.meta.tag if patient.meta else None
    return any(f"{tag.system}|{tag.code}" == mark for tag in tags or ())


class Letter(msgspec.Struct, frozen=True):
    """A resource to be read again at the end."""

    raw: str
    file: str
    place: str
    full_url: str | None
    urls: Mapping[str, str]


class _Postbox:
    """Resources waiting for something not yet read; on disk once there are many."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=1 << 24)  # noqa: SIM115
        self._decoder = msgspec.json.Decoder(Letter)

    def post(self, letter: Letter) -> None:
        self._file.write(msgspec.json.encode(letter) + b"\n")

    def letters(self) -> Iterator[Letter]:
        self._file.seek(0)
        for line in self._file:
            yield self._decoder.decode(line)
        self._file.close()
