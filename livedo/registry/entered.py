"""What somebody entered about a case in the register, as the figures need it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from livedo.decisions.entries import CaseReport, Entry
from livedo.instants import Instant
from livedo.record.tables import PatientRecord
from livedo.registry.case import Day, Kidneys, Modality, Span
from livedo.registry.local_days import LocalDays


class Entered(msgspec.Struct, frozen=True, kw_only=True):
    """None and empty: nothing was entered, and what the record says counts."""

    is_reported: bool = False
    is_withdrawn: bool = False
    reported: Span | None = None
    """The day of the first report that stands."""
    tier: str = ""
    tier_on: Span | None = None
    sex: Literal["female", "male", "other", "unknown"] | None = None
    born: Span | None = None
    modality: Modality | None = None
    kind: Kidneys | None = None
    first_symptom: Span | None = None
    first_contact: Span | None = None
    diagnosed: Span | None = None
    first_ulcer: Span | None = None
    site_classes: tuple[str, ...] = ()
    body_sites: tuple[str, ...] = ()
    was_tested: bool = False
    tested: Day | None = None
    healed: Span | None = None
    died: Span | None = None
    cause_of_death: Literal["disease", "other", "unknown"] = "unknown"


NOTHING_ENTERED = Entered()


def entered_about(
    record: PatientRecord, entries: Sequence[Entry], as_of: Instant, days: LocalDays
) -> Entered:
    """What the standing entries of the register say of one person."""
    reports = [entry for entry in entries if isinstance(entry.body, CaseReport)]
    if not reports:
        return NOTHING_ENTERED
    day = days.day(min(entry.entered_at for entry in reports))
    return Entered(is_reported=True, reported=Span(day, day))
