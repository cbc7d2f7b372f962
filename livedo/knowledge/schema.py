"""The shape of a rule: a closed set of condition kinds, each with one meaning.

A condition is a mapping whose first key names its kind. This module holds the
types only; `livedo.knowledge.load` turns files into them, and
`livedo.assess.engine_python` gives them their meaning.
Quantities are written as text with their unit of measure ("5.5 mg/dL"), in the
unit of their source; spans are whole days or text ("5 years").
"""

from __future__ import annotations

from typing import Literal

import msgspec


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One text in every language the product speaks."""

    en: str
    da: str


class Dose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A comparison with the dose a day, in the unit given."""

    above: str | None = None
    at_least: str | None = None


class Where(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Narrows which facts count. A fact that does not say leaves it unknown.

    `body_site` takes ids of body sites or of their classes (proximal, distal,
    acral, predilection ...); `route` takes routes (oral, subcutaneous,
    intravenous, intraperitoneal, topical ...). `status: draft` asks for what somebody
    is about to prescribe; nothing else ever sees such a fact.
    """

    body_site: tuple[str, ...] = ()
    side: str | None = None
    route: tuple[str, ...] = ()
    not_route: tuple[str, ...] = ()
    interpreted: tuple[str, ...] = ()
    dose: Dose | None = None
    status: Literal["draft"] | None = None


class Comparison(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Exactly one comparison; `or_word` says that the bare word counts as yes."""

    above: str | None = None
    at_least: str | None = None
    below: str | None = None
    at_most: str | None = None
    between: tuple[str, str] | None = None
    outside: tuple[str, str] | None = None
    above_upper_limit: float | None = None
    below_upper_limit: float | None = None
    below_lower_limit: float | None = None
    outside_reference: bool | None = None
    interpreted: tuple[str, ...] | None = None
    present: bool | None = None
    or_word: Literal["high", "low"] | None = None


class Latest(Comparison, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The newest result within the window, compared."""

    latest: str
    within_days: int | None = None
    where: Where | None = None


class LastN(Comparison, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At least `k` of the `last_n` newest results within the window compare as said."""

    of_concept: str
    last_n: int
    k: int
    within_days: int | None = None
    where: Where | None = None


class Change(Comparison, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A change over a window: `absolute` compares the means of its two halves,
    `relative` the newest with the oldest result in per cent of the oldest,
    `slope` the least-squares slope per 30 days."""

    change: str
    within_days: int
    by: Literal["absolute", "relative", "slope"]
    where: Where | None = None


class Product(Comparison, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The product of the newest pair of two analytes drawn within `pair_within_days`."""

    product: tuple[str, str]
    within_days: int
    pair_within_days: int


class Active(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Holds at the moment of judgement."""

    active: str
    where: Where | None = None


class Ever(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Held at any time up to the moment of judgement."""

    ever: str
    where: Where | None = None


class Recent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Held at any time within the window."""

    recent: str
    within_days: int
    where: Where | None = None


class Selection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Facts of one concept, narrowed."""

    concept: str
    where: Where | None = None


class During(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fact of `during` overlaps in time a fact of `holding`, within the window if given."""

    during: Selection
    holding: Selection
    within_days: int | None = None
    same: Literal["lesion", "body_site"] | None = None


class Before(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fact of `before` began `at_least_days` to `within_days` before a fact of `of` began.

    `recent_days` limits `of` to facts that began so recently.
    """

    before: Selection
    of: Selection
    within_days: int
    at_least_days: int = 0
    recent_days: int | None = None
    same: Literal["lesion", "body_site"] | None = None


class Duration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long the present episode has lasted at the moment of judgement.

    Facts with gaps of at most `gap_days` between them are one episode.
    """

    duration: str
    above: str | None = None
    at_least: str | None = None
    below: str | None = None
    gap_days: int = 0
    where: Where | None = None


class PersonIs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Age in whole years, sex, or being dead, at the moment of judgement."""

    person: Literal["age", "sex", "dead"]
    above: str | None = None
    at_least: str | None = None
    below: str | None = None
    is_: str | None = msgspec.field(default=None, name="is")


class All(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every part holds; with `same`, about one and the same lesion, body site or sample."""

    all: tuple[Condition, ...]
    same: Literal["lesion", "body_site", "sample"] | None = None


class Any(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One part is enough."""

    any: tuple[Condition, ...]


class AtLeast(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At least so many parts hold; with `same`, about one lesion, body site or sample."""

    at_least: int
    of: tuple[Condition, ...]
    same: Literal["lesion", "body_site", "sample"] | None = None


class Not(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The part does not hold."""

    not_: Condition = msgspec.field(name="not")


class RuleIs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another rule's answer. `is: unknown` may be asked only by the kinds of rule of which
    `kinds.yaml` says so: where not knowing is the finding, or where the question is what
    the record holds."""

    rule: str
    is_: Literal["yes", "no", "unknown"] = msgspec.field(default="yes", name="is")


Condition = (
    Latest
    | LastN
    | Change
    | Product
    | Active
    | Ever
    | Recent
    | During
    | Before
    | Duration
    | PersonIs
    | All
    | Any
    | AtLeast
    | Not
    | RuleIs
)

KINDS: dict[str, type[Condition]] = {
    "latest": Latest,
    "last_n": LastN,
    "change": Change,
    "product": Product,
    "active": Active,
    "ever": Ever,
    "recent": Recent,
    "during": During,
    "before": Before,
    "duration": Duration,
    "person": PersonIs,
    "all": All,
    "any": Any,
    "at_least": AtLeast,
    "not": Not,
    "rule": RuleIs,
}
"""Kind by the key that names it. `at_least` names a kind only beside `of`."""


class Review(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who reviewed the rule, and when. Null until a named clinician has."""

    by: str | None = None
    on: str | None = None


class IfUnknown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to ask for when the rule cannot be answered."""

    ask_for: tuple[str, ...] = ()


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One reviewed rule. Its path below `rules/` is its id, the first folder its kind."""

    id: str
    title: Text
    asks: Text
    when: Condition
    threshold_from: tuple[str, ...] = ()
    grade: str | None = None
    because: tuple[str, ...] = ()
    if_unknown: IfUnknown = IfUnknown()
    adjustable: dict[str, str] = {}
    then: tuple[str, ...] = ()
    """Next steps offered when the answer is yes: ids of `knowledge/next_steps.yaml`."""
    note: Text | None = None
    """Where a reading of the documents is ours, or where sources disagree, in words."""
    review: Review = Review()

    @property
    def kind(self) -> str:
        """The first folder of the id."""
        return self.id.partition("/")[0]
