"""The answer of a rule: yes, no or unknown, with what decided it or what is missing."""

from __future__ import annotations

import enum

import msgspec

from livedo.record.tables import Instant


class Status(enum.StrEnum):
    """Kleene's three truth values."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Missing(msgspec.Struct, frozen=True, kw_only=True, order=True, cache_hash=True):
    """What would have to be known to decide, and why it is not.

    `why` is an id of `knowledge/wording` (`missing.<why>`): never_measured, too_old,
    not_observed, date_uncertain, value_uncertain, place_uncertain, no_reference,
    not_confirmed, not_specific (recorded under a broader concept only), few_results, and
    rule_failed. `last` is the reference of the newest fact that could not be used, if any.
    """

    concept: str
    why: str
    last: str | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One rule's answer about one person at one moment.

    `evidence` holds references, `fact:ID` or `observed:DOMAIN:FROM`, sorted; at most
    eight a leaf (the newest are kept), `evidence_more` counts the rest.
    `value` is the deciding number in the canonical unit of `value_concept`.
    """

    rule: str
    status: Status
    value: float | None = None
    value_concept: str | None = None
    decided_at: Instant | None = None
    evidence: tuple[str, ...] = ()
    evidence_more: int = 0
    missing: tuple[Missing, ...] = ()


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """All answers about one person at `as_of`, by rule id."""

    person_id: str
    as_of: Instant
    knowledge: str
    answers: dict[str, Answer]
