"""What a screening and an explanation say, already in the reader's words.

The command line and the report render these structs and decide nothing: every
sentence, date and number here is worded in one language and one choice of units.
Ids stand beside the words, for style and for links.
`livedo.act.document` turns them into the JSON that other tools rely on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from livedo.act.parts import (
    Differential,
    HistologyReading,
    Mechanism,
    OverrideLine,
    Plan,
    Workup,
)
from livedo.record.tables import Instant

Direction = Literal["worse", "new", "same", "better"]
RoundMark = Literal["clear", "felt", "not_done", "unknown"]
SiteStatus = Literal["clear", "felt", "seen", "unknown"]
Sign = Literal["+", "-", "?"]


class ReasonLine(msgspec.Struct, frozen=True, kw_only=True):
    """One answer that speaks for this person, with what decided it."""

    rule: str
    status: Literal["yes", "no", "unknown"]
    text: str
    """The finding in a few words, with its value and date: "Phosphate 2.21 mmol/L 18 Nov"."""
    value: float | None = None
    """In the canonical unit of the concept."""
    decided_at: Instant | None = None
    evidence: tuple[str, ...] = ()
    evidence_more: int = 0
    because: tuple[str, ...] = ()
    grade: str | None = None
    override: str = ""
    """What the centre changed in the rule, by whom and why; empty where nothing."""


class UnknownLine(msgspec.Struct, frozen=True, kw_only=True):
    """Something not known that could change the state or the group."""

    concept: str
    why: str
    """`missing.<why>` of the wording: never_measured, too_old, not_observed ..."""
    text: str
    """For people: "PTH 12 Aug", "total calcium never measured"."""
    would_change: tuple[str, ...] = ()
    """Ids of rules whose answer it could change."""


class NextLine(msgspec.Struct, frozen=True, kw_only=True):
    """One thing for a person to decide or do. Nothing is ordered."""

    id: str
    text: str
    short: str = ""
    """A few words for a column."""
    who: str = ""
    when: str = ""
    rules: tuple[str, ...] = ()
    """The rules that ask for it."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One difference from the run compared with."""

    what: Literal["state", "group", "reason", "unknown"]
    direction: Direction
    was: str | None
    now: str | None
    text: str


class PalpationRound(msgspec.Struct, frozen=True, kw_only=True):
    """One month's palpation. `on` is the local date, empty when it was not done."""

    mark: RoundMark
    on: str
    text: str


class PalpationDue(msgspec.Struct, frozen=True, kw_only=True):
    """When the skin was last palpated and when it is due again."""

    status: Literal["due", "overdue", "done", "never", "not_in_round"]
    last_at: Instant | None = None
    last_on: str | None = None
    days_since: int | None = None
    days_over: int = 0
    due_on: str | None = None
    interval_days: int | None = None
    text: str = ""
    """The short words of the worklist column: "7 d ago", "over 51 d", "never"."""
    rounds: tuple[PalpationRound, ...] = ()
    """Oldest first, at most six; nothing before the person joined."""


class PatientResult(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the worklist."""

    person_id: str
    state: str
    state_text: str
    state_rank: int
    """0 is the highest state; the order inside a group."""
    certainty: str | None = None
    certainty_text: str = ""
    outside_reason: str | None = None
    group: str
    precedence: int
    sex: str = "unknown"
    sex_text: str = ""
    age: int | None = None
    title: str = ""
    """"B-007, woman, 66"."""
    why: str = ""
    """Why, in one short line."""
    unknown_text: str = ""
    """What is not known, in one short line, without the question mark; empty if nothing."""
    direction: Direction | None = None
    """Against the run compared with; None when nothing was compared."""
    direction_text: str = ""
    is_in_danger: bool = False
    reasons: tuple[ReasonLine, ...] = ()
    unknown: tuple[UnknownLine, ...] = ()
    next: tuple[NextLine, ...] = ()
    changed: tuple[Change, ...] = ()
    palpation: PalpationDue = PalpationDue(status="not_in_round")
    good_until: Instant | None = None
    """The next moment an answer could change without a new fact, if that is known."""


class GroupSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One group of the worklist, in order of precedence."""

    id: str
    number: int
    title: str
    note: str
    count: int
    is_due: bool
    """True for the five groups that ask for something."""


class RecordSummary(msgspec.Struct, frozen=True, kw_only=True):
    """How much was read, and how old it is."""

    name: str = ""
    people: int = 0
    newest_known_at: Instant | None = None
    newest_text: str = ""
    items_in: int = 0
    items_used: int = 0
    items_set_aside: int = 0
    is_invented: bool = False
    time_zone: str = "UTC"


class Screening(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody, in order of precedence, then state, then person id."""

    as_of: Instant
    as_of_text: str
    knowledge: str
    run: str
    lang: str
    record: RecordSummary
    groups: tuple[GroupSummary, ...]
    state_counts: Mapping[str, int]
    patients: Sequence[PatientResult]
    """Ordered. May be read back from a file person by person: iterate, do not copy."""
    compared_with: str | None = None
    failed: tuple[str, ...] = ()
    """People whose record could not be judged; they are named, never dropped silently."""
    overrides: tuple[OverrideLine, ...] = ()
    """The numbers that the centre changed; everybody was judged with them."""

    @property
    def due(self) -> int:
        """How many people have something due."""
        return sum(group.count for group in self.groups if group.is_due)


class FactLine(msgspec.Struct, frozen=True, kw_only=True):
    """One fact, with its source."""

    ref: str
    """`fact:ID`, or `observed:DOMAIN:FROM` for a declared silence."""
    concept: str
    label: str
    on: str
    """Date in the reader's words, honest about its precision: "Dec 2007"."""
    value_si: str = ""
    value_conventional: str = ""
    original: str = ""
    """Value and words as the source gave them."""
    text: str = ""
    """The whole fact in one line."""
    body_site: str = ""
    side: str = ""
    source: str = ""
    source_id: str = ""
    matched_by: str = "code"
    is_query: bool = False
    is_date_assumed: bool = False


class ClaimLine(msgspec.Struct, frozen=True, kw_only=True):
    """A statement of literature. Where later evidence disagrees, both are shown."""

    id: str
    says: str
    source: str
    strength: str = ""
    year: int | None = None
    url: str = ""
    relation: str = ""
    """confirms, refines, contradicts or new: what later evidence does to a founding statement."""
    relation_text: str = ""
    about: tuple[str, ...] = ()
    """Ids of the statements it confirms, refines or contradicts."""
    disagrees: bool = False
    decides: str = ""
    """Where sources disagree: what decides, in words."""


class ExplanationLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of why (+), why not (-) or cannot tell (?)."""

    sign: Sign
    rule: str
    text: str
    """The finding, dated, with units."""
    asks: str = ""
    """The question the rule asks."""
    reading: str = ""
    """The rule in plain words."""
    facts: tuple[FactLine, ...] = ()
    facts_more: int = 0
    claims: tuple[str, ...] = ()
    grade: str | None = None
    note: str = ""
    """Where a reading of the documents is ours, or where sources disagree."""
    thresholds: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()
    """What is missing, for a line of `?`."""
    review: str = ""
    """"not yet reviewed by a clinician", or who reviewed it and when."""
    teaches: str = ""
    """What the finding means, in two plain sentences."""
    override: str = ""
    """What the centre changed in the rule, by whom and why; empty where nothing."""


class LabPoint(msgspec.Struct, frozen=True, kw_only=True):
    """One result in the canonical unit, and the same in the conventional one."""

    at: Instant
    on: str
    value: float
    value_conventional: float | None = None
    is_outside: bool = False
    is_bound: bool = False
    """True when the source gave only a bound, as in ">2500"."""
    is_query: bool = False


class TreatmentSpan(msgspec.Struct, frozen=True, kw_only=True):
    """One stretch of time in which a drug acted on an analyte."""

    concept: str
    label: str
    from_at: Instant
    to_at: Instant | None = None
    """None: still in use."""
    is_unknown: bool = False
    """True where nobody knows whether it is still taken."""
    weight: Literal["neutral", "risk", "danger"] = "neutral"


class LabLine(msgspec.Struct, frozen=True, kw_only=True):
    """One analyte over twelve months."""

    concept: str
    label: str
    unit: str
    unit_conventional: str = ""
    points: tuple[LabPoint, ...] = ()
    months: tuple[float | None, ...] = ()
    """The newest value of each of the last twelve months, oldest first; None: no value."""
    latest_si: str = ""
    latest_conventional: str = ""
    latest_on: str = ""
    age_days: int | None = None
    is_too_old: bool = False
    target: str = ""
    target_conventional: str = ""
    target_low: float | None = None
    target_high: float | None = None
    target_rules: tuple[str, ...] = ()
    flag: Literal["above", "below", "within", "unknown", "none"] = "none"
    flag_text: str = ""
    """"above", "below", "too old", "never measured"; empty inside the target."""
    treatments: tuple[TreatmentSpan, ...] = ()
    """Drugs of the last year that act on this analyte, oldest first."""
    name: str = ""
    """The label without how it came about, for a table with little room."""
    is_paired: bool = False
    """True for a product worked out from results of one sample, not reported as such."""


class DrugLine(msgspec.Struct, frozen=True, kw_only=True):
    """One drug. `weight` chooses the thickness of the line: neutral, risk or danger."""

    concept: str
    label: str
    original: str
    from_on: str
    to_on: str
    from_at: Instant
    to_at: Instant | None
    is_active: Literal["yes", "no", "unknown"]
    weight: Literal["neutral", "risk", "danger"] = "neutral"
    route: str = ""
    dose: str = ""
    body_site: str = ""
    matched_by: str = "code"
    rules: tuple[str, ...] = ()
    facts: tuple[FactLine, ...] = ()
    note: str = ""


class LesionLine(msgspec.Struct, frozen=True, kw_only=True):
    """One lesion or body site: what is seen, felt and painful, and since when."""

    lesion_id: str
    label: str
    """A, B, C ... by first date."""
    body_site: str
    side: str
    site_text: str
    seen: str
    felt: str
    pain: str
    first_on: str
    last_on: str
    is_proximal: bool = False
    is_protected: bool = False
    facts: tuple[FactLine, ...] = ()
    seen_cm: float | None = None
    """How far the visible lesion reaches; None where nobody measured."""
    felt_cm: float | None = None
    first_at: Instant | None = None
    is_net: bool = False
    """True where a net-like pattern was seen last."""

    @property
    def from_to(self) -> str:
        """The days between which all of this was found: not all of it was found on the last."""
        return (
            self.last_on if self.first_on == self.last_on else f"{self.first_on} – {self.last_on}"
        )


class SiteLine(msgspec.Struct, frozen=True, kw_only=True):
    """One body site of the palpation round."""

    body_site: str
    side: str
    text: str
    status: SiteStatus = "unknown"
    on: str = ""
    reason: str = ""


class PalpationPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Who is due, where to palpate and which places to protect."""

    due: PalpationDue
    sites: tuple[SiteLine, ...] = ()
    protected: tuple[SiteLine, ...] = ()
    text: str = ""
    claims: tuple[str, ...] = ()


class CertaintyLine(msgspec.Struct, frozen=True, kw_only=True):
    """One published definition, named, and what it says of the data seen."""

    definition: str
    answer: str
    text: str
    rule: str = ""
    level: str = ""
    """The surest level that the definition reaches: suspected, probable, confirmed."""
    limits: str = ""
    """What the definition cannot do."""
    is_ours: bool = False
    evidence: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()


class DataAge(msgspec.Struct, frozen=True, kw_only=True):
    """How old the data are and how much was read for this person."""

    as_of_text: str
    newest_on: str = ""
    newest_days: int | None = None
    oldest_needed: str = ""
    """"PTH 12 Aug (100 d)": the oldest of the results that the answer rests on."""
    observed: tuple[str, ...] = ()
    """Declared spans in words; empty when nothing was declared."""
    facts: int = 0
    notes: int = 0
    known_later: int = 0
    """Facts of the record that could not be known at `as_of` and were not used."""


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """One person at three levels: a sentence, the deciding facts, the claims."""

    result: PatientResult
    lang: str
    units: str
    knowledge: str
    headline: str
    """"woman, 66; haemodialysis since Feb 2019; diabetes"."""
    sentence: str
    danger: tuple[ExplanationLine, ...] = ()
    why: tuple[ExplanationLine, ...] = ()
    why_not: tuple[ExplanationLine, ...] = ()
    why_not_note: str = ""
    """What is not listed as speaking against, because it excludes nothing."""
    cannot_tell: tuple[ExplanationLine, ...] = ()
    facts: tuple[FactLine, ...] = ()
    claims: tuple[ClaimLine, ...] = ()
    certainty: tuple[CertaintyLine, ...] = ()
    labs: tuple[LabLine, ...] = ()
    drugs: tuple[DrugLine, ...] = ()
    skin: tuple[LesionLine, ...] = ()
    palpation: PalpationPlan | None = None
    workup: Workup = Workup()
    histology: HistologyReading | None = None
    differential: Differential = Differential()
    plan: Plan = Plan()
    mechanism: Mechanism = Mechanism()
    data: DataAge
    review: str = ""
    """"not yet reviewed by a clinician" as long as a rule that speaks is not."""
    overrides: tuple[OverrideLine, ...] = ()
    """The numbers that the centre changed; the answers were given with them."""
    closing: str = ""
    """No probability of disease is given."""


class ReplayLine(msgspec.Struct, frozen=True, kw_only=True):
    """One moment at which an answer changed. Only what could be known then was used."""

    at: Instant
    on: str
    state: str
    state_text: str
    certainty_text: str = ""
    is_state_new: bool = False
    signs: tuple[Literal["+", "-", "?", "!", "="], ...] = ()
    """One a text: appeared, ended, became unknown, danger, noted."""
    texts: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    by_time_alone: bool = False
    """True when nothing new was known: a window closed."""


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """One person's history, date by date."""

    person_id: str
    title: str
    lang: str
    knowledge: str
    lines: tuple[ReplayLine, ...]
    first_suspicion_at: Instant | None = None
    first_suspicion_on: str = ""
    summary: tuple[str, ...] = ()
    moments: int = 0
    folded: int = 0
    """Moments that were judged together with the next one, when there were too many."""
