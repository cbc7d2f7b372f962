"""What people enter: one struct a kind, and which entries still stand.

An entry is never changed. A mistake is set aside by another entry that undoes it,
and both stay. The body of an entry is kept as JSON with its kind inside and is
decoded strictly: an unknown field or kind is an error, never a guess.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from livedo.instants import Instant

Kind = Literal[
    "examination",
    "acknowledged",
    "snoozed",
    "dismissed",
    "decision",
    "override",
    "feedback",
    "case_report",
    "adjudication",
    "undone",
]
Result = Literal["clear", "finding", "declined", "could_not"]
YesNo = Literal["yes", "no", "unknown"]
WoundWord = Literal["dry", "clean", "infected", "unknown"]
Sides = Literal["left", "right", "both"]

ABOUT_ONE_PERSON: frozenset[str] = frozenset(
    {
        "examination",
        "acknowledged",
        "snoozed",
        "dismissed",
        "decision",
        "case_report",
        "adjudication",
    }
)
"""Kinds that must name a person; overrides and feedback are about rules."""


class Area(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One place on the body and what an examination says of it.

    `signs` are concepts `sign.*`; extents are length and width in centimetres.
    """

    body_site: str
    side: Sides | None
    result: Result
    signs: tuple[str, ...] = ()
    seen_cm: tuple[float, float] | None = None
    felt_cm: tuple[float, float] | None = None
    pain: int | None = None
    pain_scale: str = "NRS 0-10"
    ulcer: YesNo | None = None
    wound: WoundWord | None = None
    photo_reference: str | None = None
    lesion_id: str | None = None

    @property
    def is_examined(self) -> bool:
        """Whether somebody looked and felt here."""
        return self.result in ("clear", "finding")


class Examination(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="examination"
):
    """What was found in some places of one person's skin."""

    areas: tuple[Area, ...]


class Acknowledged(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="acknowledged"
):
    """Somebody has seen the reasons given by these rules."""

    rules: tuple[str, ...] = ()


class Snoozed(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="snoozed"
):
    """Put aside until a moment; it always comes back."""

    until: Instant
    reason: str = ""
    rules: tuple[str, ...] = ()
    """What spoke for the person then; it comes back at once when another rule speaks."""


class Dismissed(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="dismissed"
):
    """What these rules say was set aside by somebody, with the reason."""

    rules: tuple[str, ...]
    reason: str
    comment: str = ""


class Decision(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="decision"
):
    """A clinician's recorded decision about a concept `decision.*`."""

    concept: str
    present: YesNo = "yes"


class Override(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="override"
):
    """A centre's own value for one adjustable field of a rule; None is the shipped one again."""

    rule: str
    field: str
    value: str | float | int | None
    reason: str = ""
    centre: str = ""


class Feedback(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="feedback"
):
    """What became of one card in the record system."""

    service: str
    card: str
    rule: str
    outcome: str
    override_reasons: tuple[str, ...] = ()
    at: Instant | None = None


class CaseReport(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag_field="kind",
    tag="case_report",
):
    """What somebody wrote into one form of the case register about one person.

    `values` are pairs of field and text, as `knowledge/registry/fields.yaml` has them: a date is
    as exact as it is known (2026, 2026-03, 2026-03-14), unknown is the word `unknown`. A field
    that is not named keeps what was said of it before; an empty text takes back what was entered,
    and what the record says counts again.
    """

    form: str
    instance: int = 1
    """Which of several, in a form that repeats: the second lesion."""
    values: tuple[tuple[str, str], ...] = ()
    is_removed: bool = False
    """This instance was a mistake and is left out."""


Verdict = Literal["confirmed", "probable", "suspected", "not_calciphylaxis", "cannot_tell"]
CauseOfDeath = Literal["disease", "other", "unknown"]


class Adjudication(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag_field="kind",
    tag="adjudication",
):
    """What one reader says of one case, having read it alone; or what two agreed on later."""

    reading: Literal["single", "consensus"]
    verdict: Verdict
    cause_of_death: CauseOfDeath | None = None
    """None while the person lives, or where the reader was not asked."""
    comment: str = ""


class Undone(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="undone"
):
    """Sets another entry aside, as if it had never been made."""


Body = (
    Examination
    | Acknowledged
    | Snoozed
    | Dismissed
    | Decision
    | Override
    | Feedback
    | CaseReport
    | Adjudication
    | Undone
)


class NewEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody enters. `entry_id` is made by whoever asks, so that asking twice is once."""

    entry_id: str
    person_id: str | None
    kind: Kind
    entered_at: Instant
    entered_by: str
    body: Body
    undoes: str | None = None


class Entry(NewEntry, frozen=True, kw_only=True):
    """An entry that is kept; `sequence` orders all entries of a store."""

    sequence: int


_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER: msgspec.json.Decoder[Body] = msgspec.json.Decoder(Body)


def body_as_json(body: Body) -> str:
    """The body as it is stored."""
    return _ENCODER.encode(body).decode()


def body_from_json(text: str) -> Body:
    """The body of a stored text; raises msgspec.ValidationError on anything unexpected."""
    return _DECODER.decode(text)


def kind_of(body: Body) -> str:
    """The kind that a body says it is."""
    return str(type(body).__struct_config__.tag)


def standing(entries: Iterable[Entry]) -> list[Entry]:
    """The entries that still stand, in order: without what was undone and without the undoing.

    An undoing can itself be undone; what it had set aside then stands again. Undoing
    sets an entry aside altogether, for judgements as of an earlier moment too: it says
    that the entry was a mistake, as "entered in error" does in a record.
    """
    ordered = sorted(entries, key=lambda entry: entry.sequence)
    aside: set[str] = set()
    kept: list[Entry] = []
    for entry in reversed(ordered):
        if entry.entry_id in aside:
            continue
        if entry.undoes is not None:
            aside.add(entry.undoes)
        else:
            kept.append(entry)
    return kept[::-1]


def by_person(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """Entries by the person they are about, in the order given; without those about nobody."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.person_id is not None:
            found.setdefault(entry.person_id, []).append(entry)
    return found
