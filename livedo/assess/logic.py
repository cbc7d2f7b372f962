"""Kleene's three-valued logic: unknown stays unknown until it cannot matter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from livedo.assess.answer import Status

YES, NO, UNKNOWN = Status.YES, Status.NO, Status.UNKNOWN

_OPPOSITE = {YES: NO, NO: YES, UNKNOWN: UNKNOWN}


def opposite(status: Status) -> Status:
    """Yes for no, no for yes; unknown stays unknown."""
    return _OPPOSITE[status]


def both(first: Status, second: Status) -> Status:
    """No if either is no, yes if both are yes, else unknown."""
    if first is NO or second is NO:
        return NO
    if first is YES and second is YES:
        return YES
    return UNKNOWN


def either(first: Status, second: Status) -> Status:
    """Yes if either is yes, no if both are no, else unknown."""
    if first is YES or second is YES:
        return YES
    if first is NO and second is NO:
        return NO
    return UNKNOWN


def all_of(statuses: Iterable[Status]) -> Status:
    """Whether every one holds; yes of none at all."""
    result = YES
    for status in statuses:
        result = both(result, status)
    return result


def any_of(statuses: Iterable[Status]) -> Status:
    """Whether one is enough; no of none at all."""
    result = NO
    for status in statuses:
        result = either(result, status)
    return result


def at_least(count: int, statuses: Sequence[Status]) -> Status:
    """Whether at least `count` hold: yes once so many are yes, no once so many cannot be."""
    if statuses.count(YES) >= count:
        return YES
    return NO if len(statuses) - statuses.count(NO) < count else UNKNOWN
