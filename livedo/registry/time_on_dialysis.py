"""Spans of dialysis made into time that is counted once: bridged, cut, never overlapping."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]

OPEN = 2**30
"""The last day of a span that has no end."""


class Spans(NamedTuple):
    """Spans, one a row; both ends are inside. `kind` is the place of a modality."""

    person: Whole
    kind: Whole
    first: Whole
    last: Whole

    def where(self, keep: npt.NDArray[np.bool_] | Whole) -> Spans:
        """Some of the rows."""
        return Spans(self.person[keep], self.kind[keep], self.first[keep], self.last[keep])


def counted_once(spans: Spans, bridge_days: int, unnamed: int) -> Spans:
    """The same time, each day under one kind, sorted by person and day.

    Args:
        bridge_days: spans of one kind at most so many days apart are one.
        unnamed: the kind that gives way to every other.
    """
    joined = _bridged(spans.where(spans.last >= spans.first), bridge_days)
    mixed = _of_people_with_overlap(joined)
    parted = _one_kind_a_day(joined.where(mixed), unnamed)
    parts = (joined.where(~mixed), parted)
    whole = Spans(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    return whole.where(np.lexsort((whole.first, whole.person)))


def _bridged(spans: Spans, bridge_days: int) -> Spans:
    """Spans of one person and kind that touch, overlap or lie close together are one."""
    if not len(spans.person):
        return spans
    ordered = spans.where(np.lexsort((spans.first, spans.kind, spans.person)))
    is_next = _changes(ordered.person) | _changes(ordered.kind)
    reach = _running_maximum(ordered.last, is_next)
    # A span begins anew where it starts too long after everything before it has ended.
    is_new = is_next.copy()
    is_new[1:] |= ordered.first[1:] > reach[:-1] + bridge_days
    begins = np.flatnonzero(is_new)
    ends = np.append(begins[1:], len(is_new)) - 1
    return Spans(ordered.person[begins], ordered.kind[begins], ordered.first[begins], reach[ends])


def _changes(values: Whole) -> npt.NDArray[np.bool_]:
    """Where a value differs from the one before; the first always does."""
    changes = np.ones(len(values), np.bool_)
    changes[1:] = values[1:] != values[:-1]
    return changes


def _running_maximum(values: Whole, starts_anew: npt.NDArray[np.bool_]) -> Whole:
    """The highest value so far in each run."""
    run = np.cumsum(starts_anew).astype(np.int64)
    lift = run * (1 << 32)
    return np.maximum.accumulate(values + lift) - lift


def _of_people_with_overlap(spans: Spans) -> npt.NDArray[np.bool_]:
    """The rows of people of whom two kinds share a day."""
    order = np.lexsort((spans.first, spans.person))
    ordered = spans.where(order)
    if not len(order):
        return np.zeros(0, np.bool_)
    reach = _running_maximum(ordered.last, _changes(ordered.person))
    overlaps = np.zeros(len(order), np.bool_)
    same = ordered.person[1:] == ordered.person[:-1]
    overlaps[1:] = same & (ordered.first[1:] <= reach[:-1])
    return np.isin(spans.person, np.unique(ordered.person[overlaps]))


def _one_kind_a_day(spans: Spans, unnamed: int) -> Spans:
    """Between any two days on which a span begins or ends, the kind that began last."""
    if not len(spans.person):
        return spans
    person, start = _borders(spans)
    base = (1 << 32) * person + start
    begin = np.searchsorted(base, (1 << 32) * spans.person + spans.first)
    end = np.searchsorted(base, (1 << 32) * spans.person + spans.last + 1)
    lengths = end - begin
    row = np.repeat(np.arange(len(lengths)), lengths)
    piece = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    piece += np.repeat(begin, lengths)
    is_named = spans.kind[row] != unnamed
    order = np.lexsort((-spans.kind[row], spans.first[row], is_named, piece))
    row, piece = row[order], piece[order]
    wins = np.append(piece[1:] != piece[:-1], True)
    row, piece = row[wins], piece[wins]
    pieces = Spans(person[piece], spans.kind[row], start[piece], start[piece + 1] - 1)
    return _bridged(pieces, 1)


def _borders(spans: Spans) -> tuple[Whole, Whole]:
    """Every day on which, for a person, something begins or has just ended; sorted."""
    people = np.concatenate((spans.person, spans.person))
    days = np.concatenate((spans.first, spans.last + 1))
    both = np.unique(np.stack((people, days), axis=1), axis=0)
    return both[:, 0], both[:, 1]


def total_days(spans: Spans) -> int:
    """Days of all spans."""
    return int((spans.last - spans.first + 1).sum())
