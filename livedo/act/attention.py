"""What somebody did with a line of the worklist: seen, put aside for a while, dismissed.

A line put aside is never lost. It comes back when its time is over, and at once when a
rule speaks that did not speak then, or when the skin shows something that it did not show
then: a second ulcer makes no new rule speak.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from livedo.decisions.entries import Acknowledged, Dismissed, Entry, Snoozed
from livedo.instants import DAY
from livedo.knowledge.files import KNOWLEDGE_FOLDER, read_file
from livedo.record.tables import Fact, Instant

FILE = "attention.yaml"
SIGNS = "sign."

How = Literal["acknowledged", "snoozed", "dismissed"]


class Snooze(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"source": "from"}):
    """For how long a line may be put aside."""

    days: tuple[int, ...]
    at_most_days: int
    danger_at_most_days: int
    """For somebody in danger now."""
    source: str

    def offered(self, *, is_danger: bool) -> tuple[int, ...]:
        """The numbers of days that may be chosen."""
        most = self.danger_at_most_days if is_danger else self.at_most_days
        return tuple(days for days in self.days if days <= most)


class Dismissal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One reason for which somebody dismisses what a line says."""

    id: str
    en: str
    da: str
    asks_for_words: bool = False


class AttentionFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`knowledge/attention.yaml`."""

    snooze: Snooze
    dismissals: tuple[Dismissal, ...]

    def dismissal(self, id: str) -> Dismissal | None:
        """A reason by its id."""
        return next((reason for reason in self.dismissals if reason.id == id), None)


@functools.cache
def load_attention() -> AttentionFile:
    """What may be done with a line."""
    return read_file(KNOWLEDGE_FOLDER / FILE, AttentionFile)


class Attention(msgspec.Struct, frozen=True, kw_only=True):
    """What was done with a line and still holds."""

    how: How
    entry_id: str
    by: str
    at: Instant
    until: Instant | None = None
    reason: str = ""
    comment: str = ""

    @property
    def is_aside(self) -> bool:
        """Whether the line leaves the list for now."""
        return self.how != "acknowledged"


def attention_of(
    entries: Sequence[Entry],
    speaking: Iterable[str],
    now: Instant,
    facts: Iterable[Fact] = (),
    *,
    is_danger: bool = False,
) -> Attention | None:
    """The newest entry about a line that still holds, if any.

    Args:
        entries: those of one person that stand, oldest first.
        speaking: the rules that speak for the person now.
        facts: everything known of the person now.
        is_danger: whether the person is in danger now; such a line never stays aside for long.
    """
    for entry in reversed(entries):
        body = entry.body
        if isinstance(body, Acknowledged | Snoozed | Dismissed):
            held = _held(entry, body, frozenset(speaking), now)
            if held and (_is_over(held, now, is_danger) or shows_more(facts, entry.entered_at)):
                return None
            return held
    return None


def _is_over(held: Attention, now: Instant, is_danger: bool) -> bool:
    """Whether somebody in danger was put aside or dismissed long enough ago."""
    longest = load_attention().snooze.danger_at_most_days * DAY
    return is_danger and held.is_aside and held.at + longest <= now


def shows_more(facts: Iterable[Fact], since: Instant) -> bool:
    """Whether a sign is known now that was not known then at that place, or in that degree.

    The same sign seen again in the same lesion is nothing new.
    """
    then: set[tuple[str | None, ...]] = set()
    now: set[tuple[str | None, ...]] = set()
    for fact in facts:
        if fact.concept.startswith(SIGNS) and fact.present == "yes":
            told = (fact.concept, fact.body_site, fact.side, fact.lesion_id, fact.interpretation)
            (then if fact.known_at <= since else now).add(told)
    return bool(now - then)


def _held(
    entry: Entry, body: Acknowledged | Snoozed | Dismissed, speaking: frozenset[str], now: Instant
) -> Attention | None:
    if not speaking <= frozenset(body.rules):
        return None
    if isinstance(body, Acknowledged):
        return _attention("acknowledged", entry)
    if isinstance(body, Dismissed):
        return _attention("dismissed", entry, reason=body.reason, comment=body.comment)
    until = min(body.until, entry.entered_at + load_attention().snooze.at_most_days * DAY)
    if until <= now:
        return None
    return _attention("snoozed", entry, until=until, comment=body.reason)


def _attention(
    how: How, entry: Entry, *, until: Instant | None = None, reason: str = "", comment: str = ""
) -> Attention:
    return Attention(
        how=how,
        entry_id=entry.entry_id,
        by=entry.entered_by,
        at=entry.entered_at,
        until=until,
        reason=reason,
        comment=comment,
    )
