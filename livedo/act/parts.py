"""The deeper parts of one person's page, in the reader's words: work-up, biopsy, differential,
options with their safety, monitoring, mechanism.

Like `livedo.act.result`, these structs are rendered as they are: surfaces decide nothing.
Ids stand beside the words, for links and for tests.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from livedo.record.tables import Instant

Done = Literal["done", "stale", "missing"]
Act = Literal["start", "stop", "review", "avoid", "check", "refer"]
Offer = Literal["option", "check_first", "withheld"]
Lit = Literal["seen", "unknown", "not_seen"]


class WorkupLine(msgspec.Struct, frozen=True, kw_only=True):
    """One thing of the work-up: done, too old to use, or missing."""

    id: str
    panel: str
    """risk, exclusion, imaging, biopsy: ids of `knowledge/workup.yaml`."""
    panel_text: str = ""
    text: str
    status: Done
    is_readable: bool = True
    """False where it was done and cannot be read, as protein C on a vitamin K antagonist."""
    result: str = ""
    on: str = ""
    age_days: int | None = None
    decided_at: Instant | None = None
    note: str = ""
    rule: str = ""
    concepts: tuple[str, ...] = ()
    """What would have to be measured or asked."""
    evidence: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()


class Weighed(msgspec.Struct, frozen=True, kw_only=True):
    """One argument: a finding or a published figure, with where it comes from."""

    id: str
    text: str
    is_here: bool = True
    """False for a figure of the literature that holds for everybody."""
    status: Literal["yes", "no", "unknown"] = "yes"
    rule: str = ""
    evidence: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()


class BiopsyDecision(msgspec.Struct, frozen=True, kw_only=True):
    """Benefit and harm of a deep biopsy for this person. People decide."""

    benefit: tuple[Weighed, ...]
    harm: tuple[Weighed, ...]
    if_done: tuple[str, ...]
    """What a useful sample needs, in words."""
    taken: tuple[str, ...] = ()
    """What is known of a sample already taken, and whether it was adequate."""
    disagreement: str = ""
    claims: tuple[str, ...] = ()


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """Something that has gone on too long without a name."""

    id: str
    text: str
    rule: str
    evidence: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()


class Workup(msgspec.Struct, frozen=True, kw_only=True):
    """What is done, stale and missing, and what to weigh before a biopsy."""

    lines: tuple[WorkupLine, ...] = ()
    summary: str = ""
    """"4 of 12 done, 1 too old, 7 missing"."""
    biopsy: BiopsyDecision | None = None
    alarms: tuple[Alarm, ...] = ()


class HistologyItem(msgspec.Struct, frozen=True, kw_only=True):
    """One of the ten things a pathologist reports."""

    id: str
    text: str
    status: Literal["yes", "no", "unknown"]
    meaning: str
    """What it speaks for, in words."""
    evidence: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()


class HistologyReading(msgspec.Struct, frozen=True, kw_only=True):
    """A biopsy read item by item. Never a confirmation without the clinical picture."""

    verdict: str
    """typical, compatible, against, not_enough."""
    text: str
    items: tuple[HistologyItem, ...]
    resembles: tuple[str, ...] = ()
    """Moenckeberg, metastatic calcification, vasculitis: what the pattern looks like, in words."""
    is_adequate: Literal["yes", "no", "unknown"] = "unknown"
    adequacy: str = ""
    note: str = ""
    on: str = ""
    claims: tuple[str, ...] = ()


class EvidenceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One finding for or against a diagnosis, or one not known that would count."""

    rule: str
    grade: str
    """weak, moderate, strong, decisive: words, never a probability."""
    grade_text: str
    text: str
    """The finding with its date, or what is not known."""
    why: str = ""
    sources: tuple[str, ...] = ()
    """Claim ids and keys of `knowledge/differential/sources.yaml`."""
    is_reasoned: bool = False
    counts: bool = True
    """False where a weightier line rests on the same facts."""
    evidence: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()
    """What is missing, for a line of what is not known."""
    title: str = ""
    """The finding without its facts, for a page with little room."""


class SettlingTest(msgspec.Struct, frozen=True, kw_only=True):
    """A test or a look that would settle a diagnosis."""

    text: str
    settles: str = ""
    limit: str = ""
    sources: tuple[str, ...] = ()
    is_reasoned: bool = False


class DiagnosisLine(msgspec.Struct, frozen=True, kw_only=True):
    """One diagnosis with the visible evidence for and against it."""

    diagnosis: str
    rank: int
    name: str
    marks: str
    """"+++ - ??": how many lines for, against and not known."""
    for_: tuple[EvidenceLine, ...] = msgspec.field(name="for", default=())
    against: tuple[EvidenceLine, ...] = ()
    unknown: tuple[EvidenceLine, ...] = ()
    settled_by: tuple[SettlingTest, ...] = ()
    typical: str = ""
    is_urgent: bool = False
    urgency: str = ""
    """How fast a person must look: never an order."""
    form: str = ""
    """Of calciphylaxis: the form whose evidence weighs most (uraemic, penile ...), in words."""
    is_shown: bool = True
    """False for what nothing speaks for; the page leaves it out, the document keeps it."""


class Differential(msgspec.Struct, frozen=True, kw_only=True):
    """What else it could be, by visible evidence, not by probability."""

    lines: tuple[DiagnosisLine, ...] = ()
    note: str = ""
    never_against: tuple[str, ...] = ()
    """What never counts against calciphylaxis, in words."""
    pairs: tuple[str, ...] = ()
    """How the first diagnoses are told apart, and the trap, in words."""


class PlanLine(msgspec.Struct, frozen=True, kw_only=True):
    """One option, for people to decide. Made by `livedo.act.safety` alone."""

    id: str
    part: str
    """minerals, dialysis, drug, symptom, surgery, reported, wound, care, danger: ids of
    `knowledge/options`, in the order of the review."""
    part_text: str = ""
    act: Act
    concept: str
    title: str
    grade: str
    grade_text: str = ""
    offer: Offer
    reasons: tuple[str, ...] = ()
    """Why here: dated facts in words."""
    evidence_text: tuple[str, ...] = ()
    """What the founding document says and what later trials found, side by side."""
    cautions: tuple[str, ...] = ()
    check_first: tuple[str, ...] = ()
    why_not: str = ""
    """For what is withheld: the reason."""
    disagreement: str = ""
    because: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


class SafetyLine(msgspec.Struct, frozen=True, kw_only=True):
    """One safety check that ran, and what it did to the plan."""

    id: str
    rule: str
    status: Literal["yes", "no", "unknown"]
    """Whether the contraindication is present; unknown counts as present."""
    text: str
    options: tuple[str, ...] = ()
    """Ids of the options that it withheld or turned into "check first"."""
    claims: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


class CalciumSource(msgspec.Struct, frozen=True, kw_only=True):
    """One source of calcium, in its own unit: never added to another kind."""

    concept: str
    kind: Literal["oral", "dialysate", "vitamin_d", "other"]
    text: str
    amount: str
    """"1 500 mg elemental calcium a day", "1.75 mmol/L", "dose unknown"."""
    is_known: bool = True
    since: str = ""
    evidence: tuple[str, ...] = ()


class CalciumLoad(msgspec.Struct, frozen=True, kw_only=True):
    """Every source of calcium side by side, and the calcium-free alternative."""

    sources: tuple[CalciumSource, ...] = ()
    oral_total: str = ""
    """The elemental calcium of the oral salts, only when every dose is known."""
    text: str = ""
    alternative: str = ""
    claims: tuple[str, ...] = ()


class Monitored(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to follow: what it was, what it is, when next."""

    id: str
    text: str
    was: str = ""
    now: str = ""
    change: str = ""
    next: str = ""
    status: Literal["followed", "due", "missing"] = "missing"
    rule: str = ""
    evidence: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()


class Referral(msgspec.Struct, frozen=True, kw_only=True):
    """A summary for the five specialties that prints on one page. It holds no name."""

    title: str
    specialties: tuple[str, ...]
    paragraphs: tuple[tuple[str, tuple[str, ...]], ...]
    """Heading and lines: question, findings, drugs, laboratory, not known, asked of whom."""
    claims: tuple[str, ...] = ()


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Options after the safety check, what is not offered and why, and what to follow."""

    lines: tuple[PlanLine, ...] = ()
    not_offered: tuple[PlanLine, ...] = ()
    safety: tuple[SafetyLine, ...] = ()
    is_checked: bool = False
    """True once safety has run. A plan that skipped it is never shown."""
    calcium_load: CalciumLoad | None = None
    monitoring: tuple[Monitored, ...] = ()
    referral: Referral | None = None
    wound_state: str = ""
    note: str = ""
    prognosis: tuple[Weighed, ...] = ()
    """What worsens the course, and cohorts as literature. Never a figure for one person."""


class MechanismNode(msgspec.Struct, frozen=True, kw_only=True):
    """One box of the chain from mineral load to sepsis."""

    id: str
    title: str
    lit: Lit
    lines: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    is_danger: bool = False
    """True where a danger of today acts here."""


class MechanismLink(msgspec.Struct, frozen=True, kw_only=True):
    """An arrow between two boxes, or from a driver into one."""

    from_: str = msgspec.field(name="from")
    to: str
    lit: Lit


class Mechanism(msgspec.Struct, frozen=True, kw_only=True):
    """The chain with this person's active links lit, and where an option acts."""

    chain: tuple[MechanismNode, ...] = ()
    drivers: tuple[MechanismNode, ...] = ()
    links: tuple[MechanismLink, ...] = ()
    options: tuple[tuple[str, str, str], ...] = ()
    """First box, last box and the words for what acts on them."""
    note: str = ""
    claims: tuple[str, ...] = ()


class Deeper(msgspec.Struct, frozen=True, kw_only=True):
    """The deeper parts of one page together."""

    workup: Workup = Workup()
    histology: HistologyReading | None = None
    differential: Differential = Differential()
    plan: Plan = Plan()
    mechanism: Mechanism = Mechanism()


class OverrideLine(msgspec.Struct, frozen=True, kw_only=True):
    """A number of a rule that the centre changed, with whoever decided it, when and why."""

    rule: str
    field: str
    value: str
    was: str
    by: str
    on: str
    reason: str
    centre: str = ""
    title: str = ""
    """The title of the rule."""
    text: str = ""
    """All of it as a sentence."""
