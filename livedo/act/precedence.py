"""Which state a person is in and in which group of the worklist, from the rules' answers.

Nothing is weighed here: states are asked highest first, groups in their documented
order, and the first yes decides.
"""

from __future__ import annotations

import msgspec

from livedo.act.page import load_page
from livedo.act.rule_book import RuleBook
from livedo.assess.answer import Judgement, Status

OUTSIDE = "outside"
OTHER_WOUND = "other_wound"
NOTHING_DUE = "nothing_due"
NEVER = "never"
"""Outside, because nothing in the record says that the person ever was in the programme."""

NOT_SUSPECTED = "not_suspected"
CANNOT_TELL = "cannot_tell"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where a person stands."""

    state: str
    state_rank: int
    outside_reason: str | None
    group: str
    precedence: int
    certainty: str
    yes: frozenset[str] = frozenset()
    """Every rule that answered yes."""


def standing(judgement: Judgement, book: RuleBook) -> Standing:
    """The state, the group and the certainty that the answers give."""
    state, rank = _state(judgement, book)
    group, number = _group(judgement, book, state)
    return Standing(
        state=state,
        state_rank=rank,
        outside_reason=_outside_reason(judgement, book) if state == OUTSIDE else None,
        group=group,
        precedence=number,
        certainty=certainty(judgement),
        yes=frozenset(
            answer.rule for answer in judgement.answers.values() if answer.status is Status.YES
        ),
    )


def certainty(judgement: Judgement) -> str:
    """The word for how sure it is: the surest that a rule gives; never an exclusion.

    Where no rule says yes it is `not_suspected` if all of them say no, else `cannot_tell`.
    """
    levels = load_page().certainty
    for level in levels:
        if is_yes(judgement, level.rule):
            return level.id
    answered = [status(judgement, level.rule) for level in levels]
    return CANNOT_TELL if Status.UNKNOWN in answered else NOT_SUSPECTED


def status(judgement: Judgement, rule_id: str) -> Status | None:
    """A rule's status, or None when there is no such rule."""
    answer = judgement.answers.get(rule_id)
    return None if answer is None else answer.status


def is_yes(judgement: Judgement, rule_id: str) -> bool:
    """Whether a rule answered yes."""
    return status(judgement, rule_id) is Status.YES


def _state(judgement: Judgement, book: RuleBook) -> tuple[str, int]:
    last = (OUTSIDE, len(book.states))
    if any(is_yes(judgement, rule_id) for rule_id in book.outside):
        return next(((id, rank) for id, rank, _ in book.states if id == OUTSIDE), last)
    for id, rank, rule_id in book.states:
        if id == OUTSIDE or is_yes(judgement, rule_id):
            return id, rank
    return last


def _outside_reason(judgement: Judgement, book: RuleBook) -> str:
    for rule_id in book.outside:
        if is_yes(judgement, rule_id):
            return rule_id.partition("/")[2]
    return NEVER


def _group(judgement: Judgement, book: RuleBook, state: str) -> tuple[str, int]:
    numbers = {id: number for id, number, _ in book.groups}
    if state == OUTSIDE:
        return OUTSIDE, numbers.get(OUTSIDE, len(numbers))
    for id, number, rule_id in book.groups:
        if is_yes(judgement, rule_id):
            return id, number
    quiet = OTHER_WOUND if state == OTHER_WOUND else NOTHING_DUE
    return quiet, numbers.get(quiet, len(numbers))
