"""What somebody entered about a case in the register, as the figures need it.

Only what was written counts here; what the form proposes from the record is read from the
record itself. A date that was entered as unknown is no date.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec

from livedo.decisions.entries import Entry
from livedo.instants import Instant
from livedo.knowledge.register import UNKNOWN
from livedo.registry.case import Day, Kidneys, Modality, Span
from livedo.registry.dates import span_of
from livedo.registry.filling import Written, written_by_form
from livedo.registry.form import own_reports
from livedo.registry.local_days import LocalDays

Sex = Literal["female", "male", "other", "unknown"]
Cause = Literal["disease", "other", "unknown"]


class EnteredLesion(msgspec.Struct, frozen=True, kw_only=True):
    """Where one lesion sits, and when it was first seen; empty and None where nobody said."""

    site_class: str = ""
    body_site: str = ""
    first_seen: Span | None = None


class Entered(msgspec.Struct, frozen=True, kw_only=True):
    """None and empty: nothing was entered, and what the record says counts."""

    is_reported: bool = False
    is_withdrawn: bool = False
    reported: Span | None = None
    """The day of the first report that stands."""
    tier: str = ""
    tier_on: Span | None = None
    sex: Sex | None = None
    born: Span | None = None
    modality: Modality | None = None
    kind: Kidneys | None = None
    first_symptom: Span | None = None
    first_contact: Span | None = None
    diagnosed: Span | None = None
    first_ulcer: Span | None = None
    lesions: tuple[EnteredLesion, ...] = ()
    was_tested: bool = False
    tested: Day | None = None
    """The first day of a biopsy or picture."""
    healed: Span | None = None
    is_dead: bool = False
    died: Span | None = None
    cause_of_death: Cause = "unknown"
    alive: Day | None = None
    """The last day on which somebody knew that the person lived."""


NOTHING_ENTERED = Entered()


def entered_about(
    person_id: str,
    entries: Sequence[Entry],
    as_of: Instant,
    days: LocalDays,
    work_up: Collection[str],
) -> Entered:
    """What the entries of the register say of one person; undone ones may be among them.

    Args:
        work_up: the kinds of tests that are one.
    """
    reports = own_reports(entries, person_id, as_of)
    if not reports:
        return NOTHING_ENTERED
    day = days.day(reports[0].entered_at)
    return _Answers(written_by_form(reports), work_up).entered(Span(day, day))


class _Answers:
    def __init__(self, written: Mapping[str, Written], work_up: Collection[str]) -> None:
        self._written = written
        self._work_up = work_up

    def text(self, form: str, field: str, instance: int = 1) -> str:
        """What was written; empty for nothing and for unknown."""
        written = self._written.get(form)
        text = "" if written is None else written.text(instance, field)
        return "" if text == UNKNOWN else text

    def date(self, form: str, field: str, instance: int = 1) -> Span | None:
        return span_of(self.text(form, field, instance))

    def instances(self, form: str) -> list[int]:
        written = self._written.get(form)
        return [] if written is None else sorted(written.values)

    def every(self, form: str, field: str) -> Iterator[tuple[int, str]]:
        """The instances in which something was written into a field."""
        texts = ((n, self.text(form, field, n)) for n in self.instances(form))
        return ((n, text) for n, text in texts if text)

    def first(self, form: str, field: str) -> Span | None:
        """The earliest date of a form that repeats."""
        spans = (span_of(text) for _, text in self.every(form, field))
        return min((span for span in spans if span), key=_end, default=None)

    def entered(self, reported: Span) -> Entered:
        died = self.date("outcome", "died_on")
        tests = [n for n, kind in self.every("test", "kind") if kind in self._work_up]
        tested = [span for n in tests if (span := self.date("test", "on", n)) is not None]
        return Entered(
            is_reported=True,
            is_withdrawn=self.text("case", "in_register") == "no",
            reported=reported,
            tier=self.text("case", "tier"),
            tier_on=self.date("case", "tier_on"),
            sex=_one_of(self.text("person", "sex"), Sex),
            born=span_of(self.text("person", "birth_year")),
            modality=_one_of(self.text("kidney", "modality"), Modality),
            kind=_one_of(self.text("case", "kind"), Kidneys),
            first_symptom=self.date("case", "first_symptom_on"),
            first_contact=self.date("case", "first_contact_on"),
            diagnosed=self.date("case", "diagnosed_on"),
            first_ulcer=self.first("lesion", "ulcer_on"),
            lesions=tuple(self._lesion(number) for number in self.instances("lesion")),
            was_tested=bool(tests),
            tested=min((span.first for span in tested), default=None),
            healed=self.date("outcome", "healed_on") or self._seen_healed(),
            is_dead=died is not None
            or self.text("outcome", "is_dead") == "yes"
            or any(text == "no" for _, text in self.every("follow_up", "is_alive")),
            died=died,
            cause_of_death=_one_of(self.text("outcome", "cause_of_death"), Cause) or "unknown",
            alive=self._alive(),
        )

    def _lesion(self, number: int) -> EnteredLesion:
        return EnteredLesion(
            site_class=self.text("lesion", "site_class", number),
            body_site=self.text("lesion", "body_site", number),
            first_seen=self.date("lesion", "first_seen_on", number),
        )

    def _seen_healed(self) -> Span | None:
        """The first visit at which everything was healed."""
        visits = [n for n, text in self.every("follow_up", "lesions") if text == "healed"]
        spans = [span for n in visits if (span := self.date("follow_up", "seen_on", n))]
        return min(spans, key=_end, default=None)

    def _alive(self) -> Day | None:
        seen = [
            span.first
            for n, text in self.every("follow_up", "is_alive")
            if text == "yes" and (span := self.date("follow_up", "seen_on", n)) is not None
        ]
        known = self.date("outcome", "alive_on")
        return max([*seen, *([known.first] if known else [])], default=None)


def _end(span: Span) -> tuple[Day, Day]:
    return (span.last, span.first)


def _one_of(text: str, words: Any) -> Any:
    """The text as one of the words, or None where nothing was written."""
    return msgspec.convert(text, words) if text else None
