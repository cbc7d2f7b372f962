"""Evidence for and against a diagnosis, counted by grade: words put in order, nothing tuned.

The order of two diagnoses is decided by, in turn: whether the picture that the name stands
for is there; what is decisive, for minus against; what is strong; an urgent look-alike with
strong evidence before one that is not urgent; what is moderate; what is weak; the background
in full; how often a dialysis unit meets it. A fact counts once for a diagnosis, in the
weightiest finding that rests on it. Background counts once a grade, since most of a unit has
several risk factors.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Literal, NamedTuple

from livedo.act.consultation import Consultation
from livedo.act.rule_book import RuleBook
from livedo.assess.answer import Status
from livedo.knowledge.differential import GRADES, Diagnosis, Order, Weight, load_order

Look = Literal["bedside", "test", "background"]
LOOKS: tuple[Look, ...] = ("bedside", "test", "background")
"""Findings at the bedside are told before tests, tests before the background."""

STRONG = GRADES.index("strong")

PRESENCE = (Status.YES, Status.UNKNOWN, Status.NO)
"""Diagnoses whose picture is there come first, those whose picture is absent last."""


class Side(NamedTuple):
    """What speaks on one side: the findings that hold, and those of them that count."""

    held: tuple[Weight, ...]
    counted: tuple[Weight, ...]


class Standing(NamedTuple):
    """One diagnosis of one person, with what decides its place."""

    diagnosis: Diagnosis
    form: Diagnosis
    """The form whose picture is there and whose evidence stands highest; else the diagnosis."""
    for_: Side
    against: Side
    place: tuple[int, ...]
    presence: Status


class Scales:
    """Weighs diagnoses for one person after the other."""

    def __init__(self, book: RuleBook, diagnoses: Iterable[Diagnosis]) -> None:
        self.book = book
        self.order: Order = load_order()
        every = tuple(diagnoses)
        self.own = tuple(one for one in every if one.reports_as is None)
        self._forms = {
            one.id: (one, *(form for form in every if form.reports_as == one.id))
            for one in self.own
        }

    @functools.cache  # noqa: B019  one pair of scales lives as long as its knowledge
    def look(self, rule_id: str) -> Look:
        """What a finding is: seen at the bedside, a test, or background."""
        rule = self.book.rules.get(rule_id)
        if rule is None or rule.kind in self.order.background_kinds:
            return "background"
        asked = (rule_id, *self.book.below[rule_id])
        concepts = {concept for one in asked for concept in self.book.concepts[one]}
        domains = {concept.partition(".")[0] for concept in concepts}
        if domains.intersection(self.order.bedside):
            return "bedside"
        if domains.intersection(self.order.test) or concepts.intersection(self.order.test_concepts):
            return "test"
        return "background"

    def standings(self, case: Consultation) -> list[Standing]:
        """Every diagnosis, the one with the weightiest visible evidence first."""
        best = [self._best(list(self._of_forms(own, case)), case) for own in self.own]
        return sorted(best, key=lambda one: (one.place, one.diagnosis.id))

    def _best(self, forms: list[Standing], case: Consultation) -> Standing:
        """The evidence of the form that stands highest, with the name of one that can be.

        Background may weigh most for a form whose own picture is not there: no woman is told
        of a penile form.
        """
        ordered = sorted(forms, key=lambda one: one.place)
        pictures = ((one.form, one.form.picture) for one in ordered)
        named = (form for form, rule in pictures if rule is None or case.is_yes(rule))
        return ordered[0]._replace(form=next(named, ordered[0].diagnosis))

    def _of_forms(self, own: Diagnosis, case: Consultation) -> Iterable[Standing]:
        presence = Status.YES if own.picture is None else case.status(own.picture)
        for form in self._forms[own.id]:
            is_own = form is own
            if form.picture is not None and case.status(form.picture) is Status.NO and not is_own:
                continue
            for_ = self._side((*own.for_, *(() if is_own else form.for_)), case)
            against = self._side((*own.against, *(() if is_own else form.against)), case)
            place = self._place(own, presence, for_, against)
            yield Standing(own, form, for_, against, place, presence)

    def _side(self, weights: Iterable[Weight], case: Consultation) -> Side:
        held = [weight for weight in weights if case.is_yes(weight.finding)]
        held.sort(key=lambda one: (GRADES.index(one.grade), -self._rests_on(one, case)))
        told: set[str] = set()
        counted = []
        for weight in held:
            facts = set(case.answer(weight.finding).evidence) or {weight.finding}
            if not facts <= told:
                counted.append(weight)
                told |= facts
        return Side(tuple(held), tuple(counted))

    def _rests_on(self, weight: Weight, case: Consultation) -> int:
        return len(case.answer(weight.finding).evidence)

    def _place(
        self, own: Diagnosis, presence: Status, for_: Side, against: Side
    ) -> tuple[int, ...]:
        once = [a - b for a, b in zip(self._tally(for_), self._tally(against), strict=True)]
        behind = [a - b for a, b in zip(self._behind(for_), self._behind(against), strict=True)]
        is_first = own.how_fast.is_urgent and once[STRONG] > 0
        decisive, strong, *rest = (-count for count in once)
        return (
            PRESENCE.index(presence),
            decisive,
            strong,
            0 if is_first else 1,
            *rest,
            *(-count for count in behind),
            self.order.frequency.index(own.in_a_dialysis_unit.word),
        )

    def _tally(self, side: Side) -> list[int]:
        """How many count of each grade, the weightiest first; the background once a grade."""
        seen = [
            (weight.grade, self.look(weight.finding) == "background") for weight in side.counted
        ]
        return [
            sum(1 for one, is_background in seen if one == grade and not is_background)
            + min(1, sum(1 for one, is_background in seen if one == grade and is_background))
            for grade in GRADES
        ]

    def _behind(self, side: Side) -> list[int]:
        behind = [w.grade for w in side.counted if self.look(w.finding) == "background"]
        return [behind.count(grade) for grade in GRADES]
