"""Observations: laboratory results, signs, wounds, imaging and histology findings."""

from __future__ import annotations

import msgspec

from livedo.record.tables import Fact
from livedo.sources.fhir_codes import NOWHERE, Coded, Place, given
from livedo.sources.fhir_item import Item
from livedo.sources.fhir_times import Moment
from livedo.sources.fhir_types import ABSENT, Observation, Valued
from livedo.sources.fhir_values import NO_VALUE, Value

LASTING = ("state", "drug", "drug_class")
UNKNOWN_CODE = "unknown_code"
NO_CODE = "no_code"
CODES_DISAGREE = "codes_disagree"
UNKNOWN_BODY_SITE = "unknown_body_site"


class Component(Valued, frozen=True, kw_only=True):
    """One of several results of an Observation."""

    body_site: msgspec.Raw = msgspec.field(default=msgspec.Raw(), name="bodySite")


_decoder = msgspec.json.Decoder(Observation)
_components: msgspec.json.Decoder[tuple[Component, ...] | None] = msgspec.json.Decoder(
    tuple[Component, ...] | None
)


class Results:
    """Reads Observations. Each component counts as an item of its own."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.codes = item.codes
        self.values = item.values

    def read(self, raw: bytes) -> None:
        """One Observation."""
        self.read_decoded(_decoder.decode(raw), raw)

    def read_decoded(
        self, observation: Observation, raw: bytes, fallback: Observation | None = None
    ) -> None:
        """One Observation; a contained one takes subject and dates of what contains it."""
        item = self.item
        nobody = item.about((fallback or observation).subject)
        parts = self._parts(observation)
        item.open(observation.id, observation.meta, raw, len(parts))
        reason = nobody or item.status_reason(item.meaning.observation, observation.status)
        moment: Moment | str | None = None
        if reason is None:
            moment = self._moment(observation)
            if isinstance(moment, str) and fallback is not None:
                moment = self._moment(fallback)
            reason = moment if isinstance(moment, str) else None
        if reason is not None or not isinstance(moment, Moment):
            item.aside(reason or NO_VALUE, count=len(parts))
            return
        place = self._place(observation, bool(parts))
        for name, part in parts:
            self._use(name, part, observation, moment, place)

    def _parts(self, observation: Observation) -> list[tuple[str, Valued]]:
        """The results within one Observation: its own value, and each component."""
        if observation.component is ABSENT:
            return [("", observation)]
        components = given(observation.component)
        if not components or components == b"[]":
            return [("", observation)]
        found: list[tuple[str, Valued]] = [
            (f"component[{n}]", part) for n, part in enumerate(_components.decode(components) or ())
        ]
        if not found or has_value(observation):
            found.insert(0, ("", observation))
        return found

    def _moment(self, observation: Observation) -> Moment | str:
        return self.item.times.point(
            observation.effective_date_time or observation.effective_instant,
            observation.effective_period,
            observation.issued,
        )

    def _place(self, observation: Observation, is_used: bool) -> Place:
        site = given(observation.body_site)
        return self.codes.place(site) if site else NOWHERE

    def _use(
        self, name: str, part: Valued, observation: Observation, moment: Moment, place: Place
    ) -> None:
        item = self.item
        coded = self.codes.code(given(part.code) or b"null")
        if len(coded.concepts) != 1:
            item.aside(_why_not_one(coded), name, item=_named_code(coded, item))
            return
        concept = coded.concepts[0]
        value = self.values.of(part, concept)
        held = self._held(observation, concept) or moment
        if isinstance(value, str) or isinstance(held, str):
            item.aside(value if isinstance(value, str) else str(held), name)
            return
        if place.lost:
            item.lost(UNKNOWN_BODY_SITE, "bodySite")
        item.use([self._fact(name, part, observation, concept, value, held, place)])

    def _held(self, observation: Observation, concept: str) -> Moment | str | None:
        """What lasts, said of a period, lasts over the period; a finding is of a day."""
        period = observation.effective_period
        if period is None or self.codes.vocabulary.concepts[concept].kind not in LASTING:
            return None
        times = self.item.times
        start = times.interval(period.start) if period.start else None
        end = times.end(period.end)
        return times.span(start, end, observation.issued, is_over=False)

    def _fact(
        self,
        name: str,
        part: Valued,
        observation: Observation,
        concept: str,
        value: Value,
        moment: Moment,
        place: Place,
    ) -> Fact:
        item = self.item
        limits = given(part.reference_range)
        low, high = self.values.reference(limits, concept, value.unit) if limits else (None, None)
        words = given(part.interpretation)
        return Fact(
            item.fact_id(name),
            item.person_id,
            concept,
            moment.start_from,
            moment.start_at,
            moment.known_at,
            present=value.present,
            low=value.low,
            high=value.high,
            ref_low=low,
            ref_high=high,
            interpretation=value.interpretation
            or (self.codes.interpretation(words) if words else None),
            end_from=moment.end_from,
            end_at=moment.end_at,
            is_known_at_assumed=moment.is_assumed,
            status=observation.status,
            body_site=place.site,
            side=place.side,
            lesion_id=self._lesion(observation),
            source=item.source_name,
            source_id=item.name,
            original=value.original,
        )

    def _lesion(self, observation: Observation) -> str | None:
        identifiers, focus = given(observation.identifier), given(observation.focus)
        named = self.codes.lesion(identifiers) if identifiers else None
        return named or (self.codes.focus(focus) if focus else None)


def has_value(item: Valued) -> bool:
    """Whether an Observation has a value of its own beside its components."""
    simple = (
        item.value_string,
        item.value_boolean,
        item.value_integer,
        item.value_ratio,
        item.value_range,
        item.value_date_time,
    )
    return any(value is not None for value in simple) or bool(
        given(item.value_concept) or given(item.value_quantity)
    )


def _why_not_one(coded: Coded) -> str:
    """Why a result is not of exactly one concept."""
    if coded.concepts:
        return CODES_DISAGREE
    return UNKNOWN_CODE if coded.is_readable else NO_CODE


def _named_code(coded: Coded, item: Item) -> str:
    """Unknown codes are counted by code, which tells what a mapping would gain."""
    return coded.label if coded.label and not coded.concepts else item.name
