"""What became of cards: counted by rule, without anything about a person.

A free-text comment may hold anything about anybody and is dropped. How often a card was
shown is counted too, and written in batches: up to SHOWN_A_BATCH showings may be lost with
the process, which costs a statistic and nothing else.
"""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from livedo.errors import DateInvalid
from livedo.instants import parse_fhir_instant, zone_named
from livedo.record.tables import Instant
from livedo.sources.faults import UNDECODABLE
from livedo.surfaces.hooks.cards import CardNames
from livedo.surfaces.hooks.files import load_hooks
from livedo.surfaces.hooks.requests import HookRefused

SHOWN = "shown"
OUTCOMES = ("accepted", "overridden")
SHOWN_A_BATCH = 100
MOST_AT_ONCE = 500
LONGEST_CODE = 100
OTHER_REASON = "other"
NAMESPACE = uuid.UUID("0b3e1a52-7f0c-5a1e-9a52-6f1d7c2e8b11")


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one card."""

    service: str
    card: str
    rule: str
    outcome: str
    override_reasons: tuple[str, ...] = ()
    at: Instant | None = None

    @property
    def entry_id(self) -> str:
        """The same news twice is one entry."""
        reasons = ",".join(self.override_reasons)
        return str(uuid.uuid5(NAMESPACE, f"{self.card}|{self.outcome}|{reasons}|{self.at}"))


class Outcomes(Protocol):
    """Where outcomes are kept: the store of decisions, as entries of kind `feedback`."""

    def keep(self, outcomes: Sequence[Outcome]) -> None:
        """Durable when it returns; an entry id met before is left as it is."""

    def kept(self) -> Iterable[Outcome]:
        """Everything kept so far."""


class HeldOutcomes:
    """Outcomes held in memory, for the demo and for tests."""

    def __init__(self) -> None:
        self._held: dict[str, Outcome] = {}

    def keep(self, outcomes: Sequence[Outcome]) -> None:
        """Kept as long as the process lives."""
        for outcome in outcomes:
            self._held.setdefault(outcome.entry_id, outcome)

    def kept(self) -> Iterable[Outcome]:
        """In the order of arrival."""
        return tuple(self._held.values())


class Coding(msgspec.Struct, frozen=True):
    """The reason chosen."""

    code: str | None = None


class OverrideReason(msgspec.Struct, frozen=True, rename="camel"):
    """Why a card was set aside. A comment in words is not read."""

    reason: Coding | None = None


class AcceptedSuggestion(msgspec.Struct, frozen=True):
    """A suggestion taken up; ours make none."""

    id: str


class FeedbackItem(msgspec.Struct, frozen=True, rename="camel"):
    """One item of a feedback call."""

    card: str
    outcome: str
    outcome_timestamp: str
    accepted_suggestions: tuple[AcceptedSuggestion, ...] | None = None
    override_reason: OverrideReason | None = None


class FeedbackCall(msgspec.Struct, frozen=True):
    """A feedback call."""

    feedback: tuple[FeedbackItem, ...]


_calls = msgspec.json.Decoder(FeedbackCall)


class RuleCounts(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the cards of one rule; each card counts once."""

    rule: str
    shown: int = 0
    accepted: int = 0
    overridden: int = 0
    reasons: Mapping[str, int] = {}
    is_reported: bool = False
    """Dismissed so often that whoever owns the rule should look at it."""


class Feedback:
    """Takes feedback, counts showings and reports what is often dismissed."""

    def __init__(self, names: CardNames, outcomes: Outcomes) -> None:
        self.names = names
        self.outcomes = outcomes
        self._waiting: list[Outcome] = []
        self._lock = threading.Lock()
        offered = {id for ids in _offered() for id in ids}
        self._offered = frozenset(offered)

    def shown(self, service: str, cards: Iterable[tuple[str, str]], at: Instant) -> None:
        """Cards went out: each with its uuid and its rule."""
        with self._lock:
            for card, rule in cards:
                self._waiting.append(
                    Outcome(service=service, card=card, rule=rule, outcome=SHOWN, at=at)
                )
            is_full = len(self._waiting) >= SHOWN_A_BATCH
        if is_full:
            self.flush()

    def flush(self) -> None:
        """Writes the showings counted so far."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        if waiting:
            self.outcomes.keep(waiting)

    def take(self, service: str, body: bytes) -> int:
        """Keeps the outcomes of one call; how many there were.

        Raises:
            HookRefused: 400 for what is no JSON, 422 for what is no feedback.
        """
        told = [self._outcome(service, item) for item in _read(body)]
        self.flush()
        self.outcomes.keep(told)
        return len(told)

    def _outcome(self, service: str, item: FeedbackItem) -> Outcome:
        if item.outcome not in OUTCOMES:
            raise HookRefused(422, "no_feedback")
        if item.outcome == "accepted" and not item.accepted_suggestions:
            raise HookRefused(422, "no_feedback")
        chosen = item.override_reason.reason if item.override_reason else None
        code = chosen.code if chosen else None
        return Outcome(
            service=service,
            card=_as_uuid(item.card),
            rule=self.names.rule_of(service, item.card) or "",
            outcome=item.outcome,
            override_reasons=(self._known(code),) if code else (),
            at=_moment(item.outcome_timestamp),
        )

    def _known(self, code: str) -> str:
        """A reason of ours; a client may add its own, which are counted together."""
        return code if code in self._offered else OTHER_REASON

    def counts(self) -> tuple[RuleCounts, ...]:
        """What became of the cards of every rule that spoke, the most dismissed first."""
        with self._lock:
            waiting = tuple(self._waiting)
        rules: dict[str, dict[str, set[str]]] = {}
        reasons: dict[str, Counter[str]] = {}
        for one in (*self.outcomes.kept(), *waiting):
            rules.setdefault(one.rule, {}).setdefault(one.outcome, set()).add(one.card)
            reasons.setdefault(one.rule, Counter()).update(one.override_reasons)
        found = [_counted(rule, cards, reasons[rule]) for rule, cards in rules.items()]
        return tuple(sorted(found, key=lambda c: (-c.overridden, c.rule)))

    def reported(self) -> tuple[RuleCounts, ...]:
        """The rules that are dismissed so often that somebody should look at them."""
        return tuple(counts for counts in self.counts() if counts.is_reported)


def _counted(rule: str, cards: Mapping[str, set[str]], reasons: Counter[str]) -> RuleCounts:
    limit = load_hooks().reported
    # A card whose showing was lost with the process was shown all the same.
    shown = len(set().union(*cards.values()))
    overridden = len(cards.get("overridden", ()))
    is_often = shown >= limit.showings and overridden > limit.share_above * shown
    return RuleCounts(
        rule=rule,
        shown=shown,
        accepted=len(cards.get("accepted", ())),
        overridden=overridden,
        reasons=dict(sorted(reasons.items())),
        is_reported=is_often and bool(rule),
    )


def _offered() -> Iterable[Sequence[str]]:
    from livedo.act.order_files import load_orders

    yield load_hooks().overrides
    for family in load_orders().families:
        yield family.overrides


def _read(body: bytes) -> tuple[FeedbackItem, ...]:
    try:
        items = _calls.decode(body).feedback
    except msgspec.ValidationError:
        raise HookRefused(422, "no_feedback") from None
    except UNDECODABLE:
        raise HookRefused(400, "not_json") from None
    if not 0 < len(items) <= MOST_AT_ONCE:
        raise HookRefused(422, "no_feedback")
    return items


def _as_uuid(card: str) -> str:
    """A card's name is a UUID or nothing: free text could hold anything."""
    try:
        return str(uuid.UUID(card))
    except ValueError:
        raise HookRefused(422, "no_feedback") from None


def _moment(text: str) -> Instant:
    try:
        return parse_fhir_instant(text, zone_named("UTC"))[1]
    except DateInvalid:
        raise HookRefused(422, "no_feedback") from None
