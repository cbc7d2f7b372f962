"""One case as the figures see it: days, levels of certainty, place, outcome.

Days are local days counted from 1970-01-01. A date known only as a year or a month is a
`Span` of days; what a figure does with a span that straddles a border is said there.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Day = int
"""Days since 1970-01-01, local to the record."""

Site = Literal["proximal", "distal", "penile", "other", "unknown"]
Modality = Literal["haemodialysis", "peritoneal", "transplant", "none", "unknown"]
YesNo = Literal["yes", "no", "unknown"]
Kidneys = Literal["uraemic", "non_uraemic", "unknown"]
Word = Literal["confirmed", "probable", "suspected", "not_calciphylaxis", "cannot_tell"]


class Span(msgspec.Struct, frozen=True, order=True):
    """A date as exact as it is known: the first and the last day that it can be."""

    first: Day
    last: Day

    @property
    def is_exact(self) -> bool:
        """Whether the day is known."""
        return self.first == self.last


class Reached(msgspec.Struct, frozen=True):
    """The first day on which one level of one definition was met."""

    definition: str
    level: str
    on: Day
    evidence: tuple[str, ...] = ()
    """What decided it then, as references of an answer; for the form of the register."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One person who met a definition, or whom somebody put into the register.

    None is "not known" and never "did not happen"; what did not happen until
    `followed_to` has its own field.
    """

    person_id: str
    sex: Literal["female", "male", "other", "unknown"] = "unknown"
    born: Span | None = None
    centre_id: str | None = None
    modality: Modality = "unknown"
    """At diagnosis."""
    reached: tuple[Reached, ...] = ()
    """In the order of definition and level, as `definitions.yaml` has them."""
    is_in_register: bool = False
    """Somebody entered something about it; otherwise the record alone proposes it."""
    kind: Kidneys = "unknown"
    """As entered; else uraemic when on dialysis at diagnosis."""
    readers_say: Word | None = None
    """What two readers agree on, or their consensus; None before that."""
    is_excluded: bool = False
    """A clinician's recorded decision, the register's tier or two readers say that it is not
    calciphylaxis: shown, and counted under no definition that hears of it."""
    first_sign: Span | None = None
    """The first symptom, as entered; else the first suspicious finding of the record."""
    first_contact: Span | None = None
    diagnosed: Span | None = None
    """As entered; else the first day a definition was met (see `diagnosis_is_entered`)."""
    diagnosis_is_entered: bool = False
    first_alert: Day | None = None
    """The first day on which Livedo, knowing what was known then, would have suspected it."""
    first_ulcer: Span | None = None
    ulcerated_at_diagnosis: YesNo = "unknown"
    site: Site = "unknown"
    """The worst class of the lesions known by the diagnosis: penile, proximal, distal, other."""
    was_worked_up: bool = False
    """A biopsy, a scan, or a clinician's decision is recorded."""
    healed: Span | None = None
    is_dead: bool = False
    died: Span | None = None
    cause_of_death: Literal["disease", "other", "unknown"] = "unknown"
    suspected: Day | None = None
    """First suspected under our own definition, whatever became of it."""
    suspected_not_worked_up: Span | None = None
    """From the first suspicion until a work-up or the last day known; None where there was none."""
    followed_from: Day
    """The first day on which this person's death or lesion would have come to be known."""
    followed_to: Day
    """The last day on which anything is known, at most the day of the report."""
