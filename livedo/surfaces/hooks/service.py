"""The hooks of one installation: discovery, calls and feedback, without the web around them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import msgspec

from livedo.act.orders import KINDS, Orders, Verdict, rules_asked
from livedo.act.rule_book import SCREENING
from livedo.assess.compile import concepts_in
from livedo.assess.engine_python import PythonEngine, rules_of_kinds
from livedo.errors import SourceUnreadable
from livedo.instants import zone_named
from livedo.knowledge.load import Knowledge, load_knowledge
from livedo.record.build import InMemory
from livedo.record.bundle import read_bundles
from livedo.record.tables import Instant, PatientRecord
from livedo.sources.faults import UNDECODABLE
from livedo.sources.fhir_drafts import Drafted, Drafting, read_drafts
from livedo.surfaces.hooks.cards import Card, CardNames, Cards
from livedo.surfaces.hooks.feedback import Feedback, HeldOutcomes, Outcomes, RuleCounts
from livedo.surfaces.hooks.files import ServiceOf, load_hooks
from livedo.surfaces.hooks.prefetch import Prefetched, prefetched, templates
from livedo.surfaces.hooks.requests import HookRefused, HookRequest, read_request
from livedo.surfaces.hooks.settings import HookSettings
from livedo.surfaces.hooks.spoken import Call, Speaker, guarded

LANGUAGES = ("en", "da")
PATIENT_VIEW = "patient-view"
ORDER_SELECT = "order-select"
OTHER_PATIENT = "other_patient"
NOT_SELECTED = "not_selected"
ENGINE_KINDS = (*SCREENING, *KINDS)


class Clock(Protocol):
    """What tells the time of the server."""

    def now(self) -> Instant:
        """The present moment."""


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """One service as the discovery document names it."""

    hook: str
    title: str
    description: str
    id: str
    prefetch: Mapping[str, str]


class Discovery(msgspec.Struct, frozen=True, kw_only=True):
    """The discovery document."""

    services: tuple[Description, ...]


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """A call with its cards, and what became of everything that was sent."""

    person_id: str
    hook: str
    as_of: Instant
    cards: tuple[Card, ...]
    rules: tuple[str, ...]
    """The rule of each card."""
    record: PatientRecord | None = None
    prefetched: Prefetched | None = None
    drafts: tuple[Drafted, ...] = ()
    items_in: int = 0
    items_used: int = 0
    set_aside: Mapping[str, int] = {}
    is_invented: bool = False

    def body(self) -> bytes:
        """The answer as it is sent."""
        return msgspec.json.encode(Cards(cards=self.cards))


class _Read(msgspec.Struct, frozen=True, kw_only=True):
    record: PatientRecord
    prefetched: Prefetched
    items_in: int
    items_used: int
    set_aside: dict[str, int]
    newest: Instant | None
    is_invented: bool


def _nothing_entered(record: PatientRecord) -> PatientRecord:
    return record


def _no_page(person_id: str) -> str | None:
    return None


class HookService:
    """Answers calls. Nothing is fetched: what a call does not bring is not known.

    Args:
        clock: the time of the server; without one a call is judged at its newest moment.
        page_of: the address of a person's page, or None where there is none.
        entered: the record together with what was entered here about that person.
        outcomes: where feedback is kept.

    `page_of` and `entered` are asked only where the settings say that the record system's
    patients are the people of this installation's record.
    """

    def __init__(
        self,
        settings: HookSettings,
        clock: Clock | None = None,
        *,
        knowledge: Knowledge | None = None,
        page_of: Callable[[str], str | None] = _no_page,
        entered: Callable[[PatientRecord], PatientRecord] = _nothing_entered,
        outcomes: Outcomes | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.files = load_hooks()
        self.knowledge_changed(knowledge or load_knowledge())
        self.names = CardNames((s.id for s in self.files.services), self.knowledge.rules)
        self.feedback = Feedback(self.names, outcomes or HeldOutcomes())
        self._page_of = page_of
        self._entered = entered

    def knowledge_changed(self, knowledge: Knowledge) -> None:
        """Judges by this knowledge from now on, as when a steward changed a limit."""
        engine = engine_of(knowledge)
        self.orders = Orders(engine)
        self.speaker = functools.cache(self._speaker)
        self.engine, self.knowledge = engine, knowledge

    def _speaker(self, lang: str) -> Speaker:
        return Speaker(self.engine, self.orders, self.names, self.settings, lang)

    # -- discovery -----------------------------------------------------------------------

    @functools.cached_property
    def concepts(self) -> frozenset[str]:
        """Every concept that the rules of the hooks look at."""
        rules = rules_of_kinds(self.knowledge.rules, ENGINE_KINDS, rules_asked())
        return concepts_in(rule.when for rule in rules.values())

    @functools.cached_property
    def prefetch(self) -> Mapping[str, str]:
        """The queries that every service asks for."""
        return templates(self.files.prefetch, self.concepts, self.knowledge.vocabulary)

    def discovery(self, lang: str) -> Discovery:
        """What this installation offers."""
        wording = self.knowledge.wording(lang)
        return Discovery(
            services=tuple(
                Description(
                    hook=one.hook,
                    title=wording.text(f"hooks.service.{one.id}.title"),
                    description=wording.text(f"hooks.service.{one.id}.description"),
                    id=one.id,
                    prefetch=self.prefetch,
                )
                for one in self.files.services
            )
        )

    def language(self, accept: str | None) -> str:
        """The first language we speak that a caller accepts, else the configured one."""
        for part in (accept or "").split(",")[:20]:
            name = part.partition(";")[0].strip().partition("-")[0].casefold()
            if name in LANGUAGES:
                return name
        return self.settings.lang

    def service_of(self, service_id: str) -> ServiceOf:
        """The service of this id; HookRefused 404 if there is none."""
        for one in self.files.services:
            if one.id == service_id:
                return one
        raise HookRefused(404, "no_service")

    # -- calls ---------------------------------------------------------------------------

    def call(self, service_id: str, body: bytes, lang: str | None = None) -> Answered:
        """The answer to one call.

        Raises:
            HookRefused: with an HTTP status; the text never holds a value of the call.
        """
        service = self.service_of(service_id)
        if len(body) > self.settings.most_bytes:
            raise HookRefused(413, "too_large")
        request = read_request(body, service.hook)
        speaker = self.speaker(lang or self.settings.lang)
        if service.hook == PATIENT_VIEW:
            return self._patient_view(service, request, speaker)
        return self._prescribing(service, request, speaker)

    def _patient_view(self, service: ServiceOf, request: HookRequest, speaker: Speaker) -> Answered:
        read = self._read(request)
        call = self._call(service, request, read)
        cards = guarded(
            lambda: speaker.patient_cards(call),
            lambda: speaker.not_judged(call, "worklist/danger_now", ()),
        )
        return self._answered(service, request, call.as_of, cards, read)

    def _prescribing(self, service: ServiceOf, request: HookRequest, speaker: Speaker) -> Answered:
        now = self._now(None)
        drafts = self._selected(service, request, self._drafts(request, now or 0))
        if not any(self.orders.concerns(draft) for draft in drafts):
            # Nothing among the drafts that any rule is about: nothing has to be known.
            return self._answered(service, request, now or 0, (), None, drafts)
        read = self._read(request)
        call = self._call(service, request, read)
        dated = [_dated(draft, call.as_of) for draft in drafts]
        verdicts = self.orders.verdicts(call.record, dated, call.as_of)
        cards = [card for one in verdicts for card in self._order_cards(speaker, call, one)]
        return self._answered(service, request, call.as_of, cards, read, drafts)

    def _order_cards(self, speaker: Speaker, call: Call, verdict: Verdict) -> tuple[Card, ...]:
        title = speaker.order_words.title(verdict.family)
        return guarded(
            lambda: (speaker.order_card(call, verdict),),
            lambda: speaker.not_judged(call, verdict.told.rule, (title,), verdict.draft.name),
        )

    def _selected(
        self, service: ServiceOf, request: HookRequest, drafts: Sequence[Drafted]
    ) -> tuple[Drafted, ...]:
        """The drafts, those that were not selected set aside where only selected ones count."""
        if service.hook != ORDER_SELECT:
            return tuple(drafts)
        selected = frozenset(request.context.selections or ())
        return tuple(draft if _is_among(draft, selected) else _aside(draft) for draft in drafts)

    def _drafts(self, request: HookRequest, now: Instant) -> tuple[Drafted, ...]:
        files = self.orders.files
        drafting = Drafting(
            person_id=request.context.patient_id,
            at=now,
            zone=zone_named(self.settings.time_zone),
            over=files.over,
            most=files.most_drafts,
            contrast=files.contrast,
            source_name=self.settings.source_name,
        )
        raw = request.context.draft_orders
        try:
            return read_drafts(bytes(raw), self.knowledge.vocabulary, drafting)
        except UNDECODABLE:
            raise HookRefused(422, "no_drafts") from None

    def _read(self, request: HookRequest) -> _Read:
        """The person of the call, from what came along; other people's resources set aside."""
        sent = prefetched(request.prefetch or {}, self.files.prefetch, self.prefetch)
        if not all(any(map(sent.has_come, group)) for group in self.files.needed):
            raise HookRefused(412, "too_little")
        moment = self._now(None)
        if moment is None:
            moment = self._reading(sent, ()).newest_known_at
        zone = self.settings.time_zone
        found = self._reading(sent, () if moment is None else sent.observed(moment, zone))
        people = {patient.person.person_id: patient for patient in found.patients}
        own = people.pop(request.context.patient_id, None)
        if own is None:
            raise HookRefused(412, "other_patient")
        reasons = dict(found.report.reasons)
        others = sum(len(p.facts) + len(p.notes) for p in people.values())
        if others:
            reasons[OTHER_PATIENT] = others
        return _Read(
            record=own,
            prefetched=sent,
            items_in=found.report.totals.items_in,
            items_used=found.report.totals.used,
            set_aside=reasons,
            newest=found.newest_known_at,
            is_invented=found.is_invented,
        )

    def _reading(self, sent: Prefetched, observed: Sequence[str]) -> InMemory:
        settings = self.settings
        try:
            return read_bundles(
                sent.documents,
                observed=observed,
                zone=settings.time_zone,
                source_name=settings.source_name,
            )
        except SourceUnreadable:
            raise HookRefused(412, "too_little") from None

    def _call(self, service: ServiceOf, request: HookRequest, read: _Read) -> Call:
        person_id = request.context.patient_id
        is_same = self.settings.is_same_source
        return Call(
            service=service.id,
            instance=request.hook_instance,
            record=self._entered(read.record) if is_same else read.record,
            as_of=self._now(read.newest) or 0,
            unsent=read.prefetched.unsent(),
            page=self._page_of(person_id) if is_same else None,
        )

    def _now(self, newest: Instant | None) -> Instant | None:
        return newest if self.clock is None else self.clock.now()

    def _answered(
        self,
        service: ServiceOf,
        request: HookRequest,
        as_of: Instant,
        cards: Sequence[Card],
        read: _Read | None,
        drafts: tuple[Drafted, ...] = (),
    ) -> Answered:
        rules = tuple(self.names.rule_of(service.id, card.uuid) or "" for card in cards)
        named = [(card.uuid, rule) for card, rule in zip(cards, rules, strict=True)]
        self.feedback.shown(service.id, named, as_of)
        return Answered(
            person_id=request.context.patient_id,
            hook=service.hook,
            as_of=as_of,
            cards=tuple(cards),
            rules=rules,
            record=read.record if read else None,
            prefetched=read.prefetched if read else None,
            drafts=drafts,
            items_in=read.items_in if read else 0,
            items_used=read.items_used if read else 0,
            set_aside=read.set_aside if read else {},
            is_invented=read.is_invented if read else False,
        )

    # -- feedback ------------------------------------------------------------------------

    def take_feedback(self, service_id: str, body: bytes) -> int:
        """Keeps what became of cards; how many were told. Raises HookRefused."""
        service = self.service_of(service_id)
        if len(body) > self.settings.most_bytes:
            raise HookRefused(413, "too_large")
        return self.feedback.take(service.id, body)

    def feedback_counts(self) -> tuple[RuleCounts, ...]:
        """What became of the cards of every rule."""
        return self.feedback.counts()


def engine_of(knowledge: Knowledge) -> PythonEngine:
    """An engine with the rules that the hooks need, and no others."""
    return PythonEngine(knowledge, ENGINE_KINDS, rules_asked())


def _is_among(draft: Drafted, selected: frozenset[str]) -> bool:
    """Selections are written `Type/id`, and by some systems as the id alone."""
    return draft.name in selected or draft.name.partition("/")[2] in selected


def _aside(draft: Drafted) -> Drafted:
    return Drafted(name=draft.name, set_aside=draft.set_aside or NOT_SELECTED)


def _dated(draft: Drafted, as_of: Instant) -> Drafted:
    """The draft at the moment of judgement."""
    facts = tuple(
        msgspec.structs.replace(f, start_from=as_of, start_at=as_of, known_at=as_of)
        for f in draft.facts
    )
    return msgspec.structs.replace(draft, facts=facts)
