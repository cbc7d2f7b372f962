"""Drugs: orders, statements and administrations, and the products they name."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from livedo.record.tables import Fact, SetAside
from livedo.sources.fhir_codes import NOWHERE, OTHER_DRUG, Coded, Place, given
from livedo.sources.fhir_item import Item, Postponed
from livedo.sources.fhir_meaning import StatusMeaning
from livedo.sources.fhir_results import UNKNOWN_BODY_SITE
from livedo.sources.fhir_times import Interval, Moment
from livedo.sources.fhir_types import (
    AdministeredDosage,
    CodeableConcept,
    Contained,
    Dosage,
    DrugItem,
    Medication,
    MedicationAdministration,
    MedicationRequest,
    MedicationStatement,
    Period,
    Quantity,
    Raw,
)
from livedo.sources.intake import NO_VERSION, stable_id

UNREADABLE_DRUG = "unreadable_drug"
ONLY_PLANNED = "only_planned"
NOT_TO_BE_GIVEN = "do_not_perform"
NO_ORDER = "product_without_order"

_requests = msgspec.json.Decoder(MedicationRequest)
_statements = msgspec.json.Decoder(MedicationStatement)
_administrations = msgspec.json.Decoder(MedicationAdministration)
_medications = msgspec.json.Decoder(Medication)
_contained = msgspec.json.Decoder(Contained)


class Product(msgspec.Struct):
    """A Medication resource met, and whether an order named it."""

    codes: tuple[bytes, ...]
    form: str
    file: str
    name: str
    key: tuple[int, int, int, int]
    is_ordered: bool = False


class Given(msgspec.Struct, frozen=True):
    """How a drug is taken, as far as it is written."""

    place: Place = NOWHERE
    route: str | None = None
    dose_per_day: float | None = None
    dose_unit: str | None = None


class Drugs:
    """Reads everything about drugs."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.codes = item.codes
        self.times = item.times
        self.products: dict[str, Product] = {}
        self._met: list[Product] = []

    def request(self, raw: bytes) -> None:
        """An order. Plans and proposals are no exposure."""
        item, request = self.item, _requests.decode(raw)
        meaning = item.meaning.request
        reason = None
        if request.do_not_perform:
            reason = NOT_TO_BE_GIVEN
        elif request.intent in meaning.planned:
            reason = ONLY_PLANNED
        start, end = self._bounds(request.dosage or (), request.authored_on)
        moment = self.times.span(
            start, end, request.authored_on, is_over=request.status not in meaning.ongoing
        )
        self._use(request, raw, meaning, reason, moment, self._taken(request.dosage or ()))

    def statement(self, raw: bytes) -> None:
        """What a person or someone else says is taken."""
        item, statement = self.item, _statements.decode(raw)
        meaning = item.meaning.statement
        is_over = statement.status not in meaning.ongoing
        start, end = self._effective(statement.effective_date_time, statement.effective_period)
        if statement.effective_date_time and is_over and isinstance(start, tuple):
            end = (start[1], start[1])
        moment = self.times.span(start, end, statement.date_asserted, is_over=is_over)
        self._use(statement, raw, meaning, None, moment, self._taken(statement.dosage or ()))

    def administration(self, raw: bytes) -> None:
        """A dose that was given: a point, or the time it took."""
        item, given_dose = self.item, _administrations.decode(raw)
        meaning = item.meaning.administration
        start, end = self._effective(given_dose.effective_date_time, given_dose.effective_period)
        if given_dose.effective_date_time and isinstance(start, tuple):
            end = (start[1], start[1])
        is_over = given_dose.status not in meaning.ongoing
        moment = self.times.span(start, end, None, is_over=is_over)
        self._use(given_dose, raw, meaning, None, moment, self._administered(given_dose.dosage))

    def _effective(
        self, date: str | None, period: Period | None
    ) -> tuple[Interval | str | None, Interval | str | None]:
        start = date or (period.start if period else None)
        end = period.end if period and not date else None
        return (
            self.times.interval(start) if start else None,
            self.times.end(end),
        )

    def _bounds(
        self, dosages: Iterable[Dosage], authored_on: str | None
    ) -> tuple[Interval | str | None, Interval | str | None]:
        """From the first to the last day of the dosages; open if one of them is."""
        periods = [
            d.timing.repeat.bounds_period
            for d in dosages
            if d.timing and d.timing.repeat and d.timing.repeat.bounds_period
        ]
        starts = [self.times.interval(p.start) for p in periods if p.start]
        ends = [self.times.end(p.end) for p in periods]
        written = self.times.interval(authored_on) if authored_on else None
        for found in (*starts, *ends, written):
            if isinstance(found, str):
                return found, None
        start = min((s for s in starts if isinstance(s, tuple)), default=written)
        closed = [e for e in ends if isinstance(e, tuple)]
        return start, max(closed) if closed and len(closed) == len(ends) else None

    def _use(
        self,
        order: DrugItem,
        raw: bytes,
        meaning: StatusMeaning,
        reason: str | None,
        moment: Moment | str,
        taken: Given,
    ) -> None:
        item = self.item
        nobody = item.about(order.subject)
        drugs = self._named(order, taken.route)
        item.open(order.id, order.meta, raw)
        reason = (
            nobody
            or item.status_reason(meaning, order.status)
            or reason
            or (None if drugs else UNREADABLE_DRUG)
            or (moment if isinstance(moment, str) else None)
        )
        if reason is not None or isinstance(moment, str):
            item.aside(str(reason))
            return
        if taken.place.lost:
            item.lost(UNKNOWN_BODY_SITE, "dosage.site")
        item.use(list(self._facts(drugs, order, moment, taken)))

    def _facts(
        self, drugs: tuple[Coded, ...], order: DrugItem, moment: Moment, taken: Given
    ) -> Iterable[Fact]:
        item = self.item
        named = {concept: drug for drug in drugs for concept in drug.concepts}
        for n, (concept, drug) in enumerate(named.items()):
            yield Fact(
                fact_id=item.fact_id("" if n == 0 else f"+{n}"),
                person_id=item.person_id,
                concept=concept,
                start_from=moment.start_from,
                start_at=moment.start_at,
                end_from=moment.end_from,
                end_at=moment.end_at,
                known_at=moment.known_at,
                is_known_at_assumed=moment.is_assumed,
                status=order.status,
                body_site=taken.place.site,
                side=taken.place.side,
                route=taken.route or (self.codes.route_in(drug.text) if drug.text else None),
                dose_per_day=taken.dose_per_day,
                dose_unit=taken.dose_unit,
                matched_by=drug.matched_by,
                source=item.source_name,
                source_id=item.name,
                original=drug.text or drug.label or None,
            )

    def _named(self, order: DrugItem, route: str | None) -> tuple[Coded, ...]:
        """The drugs an order names; nothing where it names none that can be read."""
        if concept := given(order.medication_concept):
            return _readable([self.codes.drug(concept, route)])
        reference = order.medication_reference
        if reference is None:
            return ()
        product = self._product(reference.reference, order.contained)
        if product is not None:
            product.is_ordered = True
            found = [self.codes.drug(code, route, product.form) for code in product.codes]
            if drugs := _readable(found):
                return drugs
        if product is None and reference.reference and not self.item.is_last_chance:
            raise Postponed
        named = CodeableConcept(text=reference.display)
        return _readable([self.codes.drug_of(named, route)])

    def _product(self, reference: str | None, contained: tuple[Raw, ...] | None) -> Product | None:
        if reference is None:
            return None
        if reference.startswith("#"):
            for part in contained or ():
                if _contained.decode(part).id == reference[1:]:
                    return self._described(_medications.decode(part))
            return Product((), "", "", "", (0, 0, 0, 0))
        kind, _, name = self.item.subjects.target(reference).rpartition("/")
        return self.products.get(name) if kind.rpartition("/")[2] == "Medication" else None

    def _described(self, medication: Medication) -> Product:
        """The codes of the product, then those of what it is made of."""
        parts = [medication.code, *(p.item_concept for p in medication.ingredient or ())]
        form = given(medication.form)
        return Product(
            codes=tuple(given(part) for part in parts if given(part)),
            form=(self.codes.code(form).text if form else None) or "",
            file=self.item.file,
            name=self.item.name,
            key=(0, 0, NO_VERSION, NO_VERSION),
        )

    def medication(self, raw: bytes) -> None:
        """A product. It is used if an order names it, which is known only at the end."""
        item, medication = self.item, _medications.decode(raw)
        item.name = item.named(medication.id)
        updated_at, number = (
            item.version(medication.meta) if medication.meta else (NO_VERSION, NO_VERSION)
        )
        product = self._described(medication)
        key = stable_id(item.source_name, item.name)
        product.key = (key, hash(raw), updated_at, number)
        name = item.name.rpartition("/")[2]
        known = self.products.get(name)
        self._met.append(product)
        if known is None or product.key[2:] >= known.key[2:]:
            self.products[name] = product

    def account_for_products(self) -> None:
        """Products named by an order are used; the others are set aside."""
        sink = self.item.sink
        for product in self._met:
            sink.opened(product.file)
            sink.begin(*product.key)
            sink.took_in()
            if self.products[product.name.rpartition("/")[2]].is_ordered:
                sink.used()
            else:
                sink.set_aside(
                    SetAside(source=product.file, item=product.name, path="", reason=NO_ORDER)
                )

    def _taken(self, dosages: tuple[Dosage, ...]) -> Given:
        """Route and place of the first dosage that says; the dose if all of them say."""
        doses = [self._daily(d) for d in dosages]
        known = [d for d in doses if d is not None]
        units = {unit for _, unit in known}
        is_whole = bool(known) and len(known) == len(doses) and len(units) == 1
        return Given(
            place=self._first_place(d.site for d in dosages),
            route=next((r for d in dosages if (r := self._route(d.route))), None),
            dose_per_day=sum(amount for amount, _ in known) if is_whole else None,
            dose_unit=units.pop() if is_whole else None,
        )

    def _administered(self, dosage: AdministeredDosage | None) -> Given:
        if dosage is None:
            return Given()
        return Given(place=self._first_place((dosage.site,)), route=self._route(dosage.route))

    def _route(self, raw: Raw) -> str | None:
        content = given(raw)
        return self.codes.route(content) if content else None

    def _first_place(self, sites: Iterable[Raw]) -> Place:
        return next((self.codes.place(given(site)) for site in sites if given(site)), NOWHERE)

    def _daily(self, dosage: Dosage) -> tuple[float, str] | None:
        """Dose a day and its unit, where amount, unit and rhythm are all written."""
        if dosage.as_needed_boolean or given(dosage.as_needed_concept):
            return None
        amounts = [d.dose_quantity for d in dosage.dose_and_rate or () if d.dose_quantity]
        times = self._times_a_day(dosage)
        if len(amounts) != 1 or times is None or amounts[0].value is None:
            return None
        unit = _unit(amounts[0])
        return (amounts[0].value * times, unit) if unit else None

    def _times_a_day(self, dosage: Dosage) -> float | None:
        timing = dosage.timing
        if timing is None:
            return None
        meaning = self.item.meaning
        repeat = timing.repeat
        length = meaning.period_days.get(repeat.period_unit or "") if repeat else None
        if repeat and repeat.period and length:
            days = repeat.period * length
            often = repeat.frequency or max(len(repeat.time_of_day or repeat.when or ()), 1)
            is_a_range = repeat.frequency_max is not None or repeat.period_max is not None
            return None if is_a_range or days <= 0 else often / days
        for coding in timing.code.coding or () if timing.code else ():
            if coding.code and coding.code in meaning.times_per_day:
                return meaning.times_per_day[coding.code]
        return None


def _readable(drugs: list[Coded]) -> tuple[Coded, ...]:
    """Ours where one is; else the first readable name that is none of ours."""
    ours = tuple(d for d in drugs if any(c != OTHER_DRUG for c in d.concepts))
    return ours or tuple(d for d in drugs if d.concepts)[:1]


def _unit(quantity: Quantity) -> str | None:
    return quantity.code or quantity.unit
