"""What decided an answer: the facts and observed spans, or what is missing.

A leaf of a rule gives one `Grounds`. A composite passes on the grounds of the
parts that decided, so that the evidence of a whole rule is the union of them.
References are text, `fact:ID` and `observed:DOMAIN:FROM`; FROM is the start of
the declared span, the same integer as in the record.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from itertools import chain
from operator import attrgetter

import msgspec

from livedo.assess.answer import Answer, Missing, Status
from livedo.assess.logic import NO, UNKNOWN
from livedo.record.tables import Fact, Instant, Observed

SHOWN_A_LEAF = 8


class Grounds(msgspec.Struct, frozen=True, eq=False, gc=False):
    """Why one leaf answered as it did.

    `references` name at most eight facts, the newest, and every observed span;
    `more` counts the facts left out. `newest_at` is when the newest fact began.
    """

    references: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()
    newest_at: Instant | None = None
    more: int = 0
    crowded: tuple[Grounds, ...] = ()
    """Of several leaves put together: those that left facts out, to count each once."""


class Outcome(msgspec.Struct, frozen=True, eq=False, gc=False):
    """The answer of one condition, with the grounds of every leaf that decided it."""

    status: Status
    grounds: tuple[Grounds, ...] = ()
    value: float | None = None
    value_concept: str | None = None
    is_lasting: bool = False
    """True when it rests on no fact, so that one object serves every patient."""


def decided(
    status: Status,
    facts: Sequence[Fact] = (),
    spans: Sequence[Observed] = (),
    value: float | None = None,
    value_concept: str | None = None,
) -> Outcome:
    """A leaf's yes or no, resting on these facts or observed spans."""
    return Outcome(status, (_grounds(facts, spans, ()),), value, value_concept)


def undecided(concept: str, why: str, facts: Sequence[Fact]) -> Outcome:
    """A leaf's unknown: the facts that could not decide, and why not."""
    newest = max(facts, key=oldest_first)
    lacking = Missing(concept=concept, why=why, last=fact_reference(newest))
    return Outcome(UNKNOWN, (_grounds(facts, (), (lacking,)),))


def missing(concept: str, why: str, last: Fact | None = None) -> Outcome:
    """A leaf's unknown for want of a fact; `last` is the newest that could not be used."""
    if last is None:
        return nothing(concept, why)
    lacking = Missing(concept=concept, why=why, last=fact_reference(last))
    return Outcome(UNKNOWN, (Grounds((), (lacking,)),))


@functools.cache
def nothing(concept: str, why: str) -> Outcome:
    """A leaf's unknown of which no fact is recorded."""
    lacking = Missing(concept=concept, why=why)
    return Outcome(UNKNOWN, (Grounds((), (lacking,)),), is_lasting=True)


@functools.lru_cache(maxsize=10_000)
def silent(references: tuple[str, ...]) -> Outcome:
    """A no by silence: it rests on declared spans alone, which many patients share."""
    return Outcome(NO, (Grounds(references),), is_lasting=True)


oldest_first: Callable[[Fact], tuple[Instant, int]] = attrgetter("start_at", "fact_id")
"""The total order of facts in time, for sorting."""


def _grounds(
    facts: Sequence[Fact], spans: Sequence[Observed], lacking: tuple[Missing, ...]
) -> Grounds:
    if len(facts) == 1 and not spans:
        return Grounds((fact_reference(facts[0]),), lacking, facts[0].start_at)
    shown = facts if len(facts) <= SHOWN_A_LEAF else sorted(facts, key=oldest_first)[-SHOWN_A_LEAF:]
    references = {fact_reference(fact) for fact in shown}
    references.update([span_reference(span) for span in spans])
    newest_at = max([fact.start_at for fact in shown], default=None)
    return Grounds(tuple(sorted(references)), lacking, newest_at, len(facts) - len(shown))


_LASTING_KEPT = 50_000
_lasting: dict[tuple[object, ...], Outcome] = {}
"""What was made of lasting outcomes alone, to be made once and not once a patient."""


def _kept(key: tuple[object, ...], made: Outcome, parts: Sequence[Outcome]) -> Outcome:
    """The outcome, remembered if nothing in it belongs to one patient."""
    if len(_lasting) >= _LASTING_KEPT or not all(part.is_lasting for part in parts):
        return made
    return _lasting.setdefault(key, msgspec.structs.replace(made, is_lasting=True))


def joined(status: Status, deciding: Sequence[Outcome]) -> Outcome:
    """A composite's answer: the grounds of the deciding parts, and the first number among them."""
    if len(deciding) == 1 and deciding[0].status is status:
        return deciding[0]
    key = (status, *deciding)
    return _lasting.get(key) or _kept(key, _joined(status, deciding), deciding)


def restated(outcome: Outcome, status: Status) -> Outcome:
    """The same grounds for another answer."""
    if outcome.status is status:
        return outcome
    key = ("restated", outcome, status)
    made = Outcome(status, outcome.grounds, outcome.value, outcome.value_concept)
    return _lasting.get(key) or _kept(key, made, (outcome,))


def _joined(status: Status, deciding: Sequence[Outcome]) -> Outcome:
    grounds: list[Grounds] = []
    value, value_concept = None, None
    for outcome in deciding:
        grounds += outcome.grounds
        if value is None:
            value, value_concept = outcome.value, outcome.value_concept
    return Outcome(status, tuple(dict.fromkeys(grounds)), value, value_concept)


def fact_reference(fact: Fact) -> str:
    """How evidence names a fact."""
    return f"fact:{fact.fact_id}"


def span_reference(span: Observed) -> str:
    """How evidence names a declared observed span."""
    return f"observed:{span.domain}:{span.from_at}"


def as_one(outcome: Outcome) -> Outcome:
    """The outcome with the grounds of all its leaves put together."""
    if len(outcome.grounds) == 1:
        return outcome
    key = ("as one", outcome)
    return _lasting.get(key) or _kept(key, _put_together(outcome), (outcome,))


def _put_together(outcome: Outcome) -> Outcome:
    whole = _union(outcome.grounds)
    return Outcome(outcome.status, (whole,), outcome.value, outcome.value_concept)


def as_answer(rule_id: str, outcome: Outcome) -> Answer:
    """The outcome of a rule's condition, its grounds put together, as that rule's answer."""
    (whole,) = outcome.grounds
    return Answer(
        rule=rule_id,
        status=outcome.status,
        value=outcome.value,
        value_concept=outcome.value_concept,
        decided_at=None if outcome.status is UNKNOWN else whole.newest_at,
        evidence=whole.references,
        evidence_more=whole.more,
        missing=whole.missing,
    )


_references, _missing = attrgetter("references"), attrgetter("missing")


def _union(grounds: Sequence[Grounds]) -> Grounds:
    references = set(chain.from_iterable(map(_references, grounds)))
    lacking = set(chain.from_iterable(map(_missing, grounds)))
    newest_at = max([one.newest_at for one in grounds if one.newest_at is not None], default=None)
    crowded = tuple(dict.fromkeys([leaf for one in grounds if one.more for leaf in _crowded(one)]))
    more = sum([leaf.more for leaf in crowded])
    return Grounds(tuple(sorted(references)), _in_order(lacking), newest_at, more, crowded)


def _crowded(grounds: Grounds) -> tuple[Grounds, ...]:
    return grounds.crowded or (grounds,)


def _in_order(lacking: set[Missing]) -> tuple[Missing, ...]:
    if len(lacking) <= 1:
        return tuple(lacking)
    return tuple(sorted(lacking, key=lambda item: (item.concept, item.why, item.last or "")))
