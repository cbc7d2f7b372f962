"""The safety check: the last step of every plan, and the only place where a plan is made.

A contraindication that cannot be answered counts as present, and so does one whose rule
is missing or failed. Tests hold that no other module makes a `PlanLine` or a checked plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from livedo.act.consultation import Consultation
from livedo.act.drafts import Draft
from livedo.act.option_files import (
    Check,
    Effect,
    Floor,
    Named,
    Option,
    SafetyFile,
    Said,
    load_option_words,
    load_safety,
)
from livedo.act.parts import Offer, Plan, PlanLine, SafetyLine
from livedo.act.rows import Rows
from livedo.assess.answer import Status

STRENGTH: tuple[Effect, ...] = ("withhold", "measure_first", "check_first", "caution", "nothing")


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """What one check says about one person, and what that does to what it touches."""

    check: Check
    status: Status
    effect: Effect
    text: str
    evidence: tuple[str, ...] = ()


class Safety:
    """Turns drafts into a plan."""

    def __init__(self, rows: Rows, file: SafetyFile | None = None) -> None:
        self.rows = rows
        self.words = rows.words
        self.file = load_safety() if file is None else file
        words = load_option_words()
        self._parts = {part.id: self._name(part) for part in words.parts}
        self._grades = {grade.id: self._name(grade) for grade in words.grades}

    def checked(self, drafts: Sequence[Draft], case: Consultation) -> Plan:
        """The plan: every check has run on every draft."""
        rulings = [self._ruling(check, case) for check in self.file.checks]
        lines: list[PlanLine] = []
        not_offered: list[PlanLine] = []
        for draft in drafts:
            line = self._line(draft, rulings)
            (not_offered if line.offer == "withheld" else lines).append(line)
            lines.extend(self._measurements(draft, rulings, lines))
        return Plan(
            lines=tuple(lines),
            not_offered=tuple(not_offered),
            safety=(*self._never_lines(drafts), *self._safety_lines(drafts, rulings)),
            is_checked=True,
            note=self.words.wording.text("plan.note") if drafts else "",
        )

    def _ruling(self, check: Check, case: Consultation) -> Ruling:
        status = _present(check, case)
        if status is Status.NO:
            text = self.words.wording.text("plan.safety.no")
            return Ruling(check=check, status=status, effect="nothing", text=text)
        is_yes = status is Status.YES
        return Ruling(
            check=check,
            status=status,
            effect=check.on_yes if is_yes else check.on_unknown,
            text=self._text(check.yes if is_yes else check.unknown),
            evidence=case.answer(check.contraindicated_when).evidence if is_yes else (),
        )

    def _line(self, draft: Draft, rulings: Sequence[Ruling]) -> PlanLine:
        """A draft after everything that touches it."""
        floor = self._floor(draft)
        touching = [ruling for ruling in rulings if self._touches(ruling.check, draft)]
        if draft.why_not or floor is not None:
            said = draft.why_not if floor is None else self._text(floor.text)
            return self._worded(draft, "withheld", touching, why_not=said)
        stops = [r.text for r in touching if r.effect in ("withhold", "measure_first")]
        if stops:
            return self._worded(draft, "withheld", touching, why_not=" ".join(stops))
        is_open = draft.check_first or any(r.effect == "check_first" for r in touching)
        return self._worded(draft, "check_first" if is_open else "option", touching)

    def _worded(
        self, draft: Draft, offer: Offer, touching: Sequence[Ruling], why_not: str = ""
    ) -> PlanLine:
        option = draft.option
        first = [ruling.text for ruling in touching if ruling.effect == "check_first"]
        careful = [ruling.text for ruling in touching if ruling.effect == "caution"]
        findings = [ref for ruling in touching for ref in ruling.evidence]
        return PlanLine(
            id=option.id,
            part=option.part,
            part_text=self._parts[option.part],
            act=draft.act,
            concept=option.concept,
            title=self._text(option.title),
            grade=option.grade,
            grade_text=self._grades[option.grade],
            offer=offer,
            reasons=draft.reasons,
            evidence_text=tuple(self._text(said) for said in option.then_and_now),
            cautions=_unique(*draft.cautions, *careful),
            check_first=_unique(*first, *draft.check_first),
            why_not=why_not,
            disagreement="" if option.disagreement is None else self._text(option.disagreement),
            because=_unique(*_claims(option), *(c for r in touching for c in r.check.because)),
            evidence=_unique(*draft.evidence, *findings),
            rules=_unique(*draft.rules, *(r.check.contraindicated_when for r in touching)),
        )

    def _measurements(
        self, draft: Draft, rulings: Sequence[Ruling], already: Sequence[PlanLine]
    ) -> Iterator[PlanLine]:
        """What has to be measured before a withheld option can be thought of."""
        done = {line.id for line in already}
        if draft.why_not:
            return
        for ruling in rulings:
            check = ruling.check
            is_asked = ruling.effect == "measure_first" and check.id not in done
            if is_asked and check.measure and check.measure_title and self._touches(check, draft):
                yield PlanLine(
                    id=check.id,
                    part=draft.option.part,
                    part_text=self._parts[draft.option.part],
                    act="check",
                    concept=check.measure,
                    title=self._text(check.measure_title),
                    grade="safety",
                    grade_text=self._grades["safety"],
                    offer="option",
                    reasons=(ruling.text,),
                    because=check.because,
                    rules=(check.contraindicated_when,),
                )

    def _touches(self, check: Check, draft: Draft) -> bool:
        return draft.act in check.acts and self._is_one_of(draft.option, check.applies_to)

    def _is_one_of(self, option: Option, concepts: Sequence[str]) -> bool:
        above = {option.concept, *self.words.knowledge.vocabulary.ancestors(option.concept)}
        return not above.isdisjoint(concepts)

    def _floor(self, draft: Draft) -> Floor | None:
        """What forbids a draft in any plan."""
        return next((f for f in self.file.never if self._is_below(f, draft)), None)

    def _is_below(self, floor: Floor, draft: Draft) -> bool:
        if draft.act not in floor.acts or not self._is_one_of(draft.option, (floor.concept,)):
            return False
        return not floor.routes or not set(floor.routes).isdisjoint(draft.option.routes)

    def _never_lines(self, drafts: Sequence[Draft]) -> Iterator[SafetyLine]:
        for floor in self.file.never:
            touched = tuple(d.option.id for d in drafts if self._is_below(floor, d))
            yield SafetyLine(
                id=floor.id,
                rule="",
                status="yes" if touched else "no",
                text=self._text(floor.text),
                options=touched,
                claims=floor.text.because,
            )

    def _safety_lines(
        self, drafts: Sequence[Draft], rulings: Sequence[Ruling]
    ) -> Iterator[SafetyLine]:
        for ruling in rulings:
            check = ruling.check
            touched = [d.option.id for d in drafts if self._touches(check, d) and not d.why_not]
            yield SafetyLine(
                id=check.id,
                rule=check.contraindicated_when,
                status=ruling.status.value,
                text=f"{self._text(check.title)}: {ruling.text}",
                options=() if ruling.effect == "nothing" else tuple(touched),
                claims=check.because,
                evidence=ruling.evidence,
            )

    def _text(self, said: Said) -> str:
        return said.text(self.words.lang)

    def _name(self, named: Named) -> str:
        return named.da if self.words.lang == "da" else named.en


def _present(check: Check, case: Consultation) -> Status:
    """Whether a contraindication is present, absent, or not known."""
    status = case.status(check.contraindicated_when)
    if check.is_of_whole_body and status is Status.NO:
        status = Status.UNKNOWN
    if status is not Status.UNKNOWN or check.absent_when is None:
        return status
    if not case.is_yes(check.absent_when):
        return Status.UNKNOWN
    decided = case.deciding(check.absent_when)
    if check.is_of_whole_body and (not decided or any(fact.body_site for fact in decided)):
        return Status.UNKNOWN
    return Status.NO


def _claims(option: Option) -> tuple[str, ...]:
    said = (*option.then_and_now, *option.cautions, *option.check_first)
    return _unique(*option.because, *(claim for one in said for claim in one.because))


def _unique(*texts: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
