"""What somebody is about to prescribe: the draft orders that come with a CDS Hooks call.

Only this reader makes facts of status `draft`. The record's own reader sets drafts aside,
for a draft is no exposure. A draft is dated to the moment of the call, whatever it plans.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

import msgspec

from livedo.record.tables import DRAFT, Fact, Instant, Present
from livedo.sources.faults import UNDECODABLE
from livedo.sources.fhir_codes import OTHER_DRUG, Coded, given
from livedo.sources.fhir_drugs import NOT_TO_BE_GIVEN, UNREADABLE_DRUG, Drugs, Given
from livedo.sources.fhir_item import Item
from livedo.sources.fhir_types import ABSENT, Bundle, Entry, Header, MedicationRequest, Raw
from livedo.sources.intake import stable_id
from livedo.sources.memory import MemorySink

if TYPE_CHECKING:
    from livedo.knowledge.vocabulary import Vocabulary

OTHER_PATIENT = "other_patient"
NOT_USED = "resource_not_used"
OVER = "not_carried_out"
NOT_OURS = "unknown_code"
TOO_MANY = "too_many"
BROKEN = "wrong_shape"

_bundles = msgspec.json.Decoder(Bundle)
_entries = msgspec.json.Decoder(Entry)
_headers = msgspec.json.Decoder(Header)


class ServiceRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request for something to be done, such as an MRI."""

    id: str | None = None
    status: str | None = None
    do_not_perform: bool | None = msgspec.field(default=None, name="doNotPerform")
    code: Raw = ABSENT
    order_detail: tuple[Raw, ...] | None = msgspec.field(default=None, name="orderDetail")
    subject: Raw = ABSENT


_requests = msgspec.json.Decoder(MedicationRequest)
_services = msgspec.json.Decoder(ServiceRequest)


class Contrast(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a request for imaging says that contrast is given."""

    concept: str
    drugs: str
    imaging: tuple[str, ...]
    with_: tuple[str, ...] = msgspec.field(name="with")


class Drafting(msgspec.Struct, frozen=True, kw_only=True):
    """What the reader needs to know of the drafts it reads."""

    person_id: str
    at: Instant
    zone: tzinfo
    over: Collection[str]
    most: int
    contrast: Contrast
    source_name: str = "fhir"


class Drafted(msgspec.Struct, frozen=True, kw_only=True):
    """One draft: `Type/id`, its facts, and why there are none if there are none."""

    name: str
    facts: tuple[Fact, ...] = ()
    set_aside: str = ""


def read_drafts(bundle: bytes, vocabulary: Vocabulary, drafting: Drafting) -> tuple[Drafted, ...]:
    """Every entry of `context.draftOrders`, used or set aside with a reason.

    Raises:
        msgspec.DecodeError, msgspec.ValidationError, RecursionError: it is no Bundle.
    """
    entries = _bundles.decode(bundle).entry or ()
    return tuple(_Reader(vocabulary, drafting).drafts(entries))


class _Reader:
    def __init__(self, vocabulary: Vocabulary, drafting: Drafting) -> None:
        self.drafting = drafting
        self.item = Item(MemorySink(), vocabulary, drafting.zone, drafting.source_name)
        self.item.is_last_chance = True
        self.drugs = _DraftDrugs(self.item)
        self.words = _ContrastWords(drafting.contrast)
        self.named_in_service = frozenset(
            [
                *vocabulary.descendants(drafting.contrast.concept),
                *vocabulary.descendants(drafting.contrast.drugs),
            ]
        )

    def drafts(self, entries: Sequence[Raw]) -> Iterator[Drafted]:
        for raw in entries:
            self._product(raw)
        for number, raw in enumerate(entries):
            if number >= self.drafting.most:
                yield Drafted(name=f"entry {number}", set_aside=TOO_MANY)
                continue
            drafted = self._entry(raw, number)
            if drafted is not None:
                yield drafted

    def _product(self, raw: Raw) -> None:
        """Drafts may name a Medication that comes with them."""
        resource, header = _resource_of(raw)
        if header is not None and header.resourceType == "Medication":
            self.item.met(0, None)
            self.item.kind = "Medication"
            try:
                self.drugs.medication(resource)
            except UNDECODABLE:
                return

    def _entry(self, raw: Raw, number: int) -> Drafted | None:
        resource, header = _resource_of(raw)
        if header is None:
            return Drafted(name=f"entry {number}", set_aside=BROKEN)
        if header.resourceType == "Medication":
            return None
        name = f"{header.resourceType}/{header.id}" if header.id else f"entry {number}"
        self.item.met(number, None)
        try:
            if header.resourceType == "MedicationRequest":
                return self._drug(name, _requests.decode(resource))
            if header.resourceType == "ServiceRequest":
                return self._service(name, _services.decode(resource))
        except UNDECODABLE:
            return Drafted(name=name, set_aside=BROKEN)
        return Drafted(name=name, set_aside=NOT_USED)

    def _reason(self, request: MedicationRequest | ServiceRequest) -> str:
        """Why a request is not one to speak about, empty if it is."""
        if request.do_not_perform:
            return NOT_TO_BE_GIVEN
        if request.status in self.drafting.over:
            return OVER
        subject = bytes(given(request.subject))
        is_own = bool(subject) and self.item.subjects.person(subject) == self.drafting.person_id
        return "" if is_own else OTHER_PATIENT

    def _drug(self, name: str, request: MedicationRequest) -> Drafted:
        reason = self._reason(request)
        if reason:
            return Drafted(name=name, set_aside=reason)
        drugs, taken = self.drugs.drafted(request)
        if not drugs:
            return Drafted(name=name, set_aside=UNREADABLE_DRUG)
        named = {concept: drug for drug in drugs for concept in drug.concepts}
        facts = [self._fact(name, n, concept, drug, taken) for n, (concept, drug) in _each(named)]
        return Drafted(name=name, facts=tuple(facts))

    def _service(self, name: str, request: ServiceRequest) -> Drafted:
        reason = self._reason(request)
        if reason:
            return Drafted(name=name, set_aside=reason)
        said = [given(part) for part in (request.code, *(request.order_detail or ()))]
        coded = [self._contrast_of(part) for part in said if part]
        named = {concept: one for one in coded for concept in one.concepts}
        if not named:
            text = "; ".join(
                filter(None, (self.item.codes.code(part).text for part in said if part))
            )
            return self._perhaps(name, text)
        facts = [self._fact(name, n, concept, one, Given()) for n, (concept, one) in _each(named)]
        return Drafted(name=name, facts=tuple(facts))

    def _contrast_of(self, raw: bytes) -> Coded:
        """The contrast that a coded part of a request names, by code or in words."""
        by_code = self.item.codes.code(raw)
        drug = self.item.codes.drug(raw)
        found = tuple(c for c in (*by_code.concepts, *drug.concepts) if c in self.named_in_service)
        return msgspec.structs.replace(by_code, concepts=found)

    def _perhaps(self, name: str, text: str) -> Drafted:
        """Imaging with some contrast: which one is not said."""
        if not self.words.are_in(text):
            return Drafted(name=name, set_aside=NOT_OURS)
        concept = self.drafting.contrast.concept
        fact = self._fact(name, 0, concept, Coded(matched_by="text"), Given(), present="unknown")
        return Drafted(name=name, facts=(fact,))

    def _fact(
        self,
        name: str,
        number: int,
        concept: str,
        coded: Coded,
        taken: Given,
        present: Present = "yes",
    ) -> Fact:
        drafting = self.drafting
        return Fact(
            fact_id=stable_id(drafting.source_name, DRAFT, name, str(number)),
            person_id=drafting.person_id,
            concept=concept,
            present=present,
            start_from=drafting.at,
            start_at=drafting.at,
            known_at=drafting.at,
            status=DRAFT,
            body_site=taken.place.site,
            side=taken.place.side,
            route=taken.route or (self.item.codes.route_in(coded.text) if coded.text else None),
            dose_per_day=taken.dose_per_day,
            dose_unit=taken.dose_unit,
            matched_by=coded.matched_by,
            source=drafting.source_name,
            source_id=name,
            original=coded.text or coded.label or None,
        )


class _DraftDrugs(Drugs):
    """Reads the drug and how it would be taken, without judging the order's status."""

    def drafted(self, request: MedicationRequest) -> tuple[tuple[Coded, ...], Given]:
        taken = self._taken(request.dosage or ())
        return self._named(request, taken.route), taken


class _ContrastWords:
    """Whether words say that imaging is done with contrast."""

    def __init__(self, contrast: Contrast) -> None:
        self._imaging = _any_of(contrast.imaging)
        self._with = _any_of(contrast.with_)

    def are_in(self, text: str) -> bool:
        plain = " ".join(text.casefold().split())
        return bool(self._imaging.search(plain) and self._with.search(plain))


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)")


def _each(named: Mapping[str, Coded]) -> Iterator[tuple[int, tuple[str, Coded]]]:
    ours = {c: one for c, one in named.items() if c != OTHER_DRUG} or named
    return enumerate(ours.items())


def _resource_of(raw: Raw) -> tuple[bytes, Header | None]:
    try:
        resource = given(_entries.decode(raw).resource)
        return resource, _headers.decode(resource) if resource else None
    except UNDECODABLE:
        return b"", None
