"""What else it could be, by visible evidence for and against.

Findings at the bedside are told before tests. Nothing here is a probability: a diagnosis
stands high because of what is seen, and each line says what that is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from livedo.act.consultation import Consultation
from livedo.act.facts_in_words import capitalised
from livedo.act.parts import DiagnosisLine, Differential, EvidenceLine, SettlingTest
from livedo.act.rows import Rows
from livedo.act.weighing import LOOKS, Scales, Side, Standing
from livedo.assess.answer import Status
from livedo.knowledge.differential import (
    GRADES,
    Diagnosis,
    Pair,
    Test,
    Weight,
    load_diagnoses,
    load_order,
    load_pairs,
)
from livedo.knowledge.schema import Text

SOUGHT = "calciphylaxis"
"""The diagnosis that is shown whatever its place."""

MISLEADING = "misleading"
"""The role of microscopy in a form that a biopsy does not settle."""

FOR, AGAINST, UNKNOWN = "+", "\N{MINUS SIGN}", "?"

NAMED = 3
"""How many concepts a line on what is not known names; each is named once a diagnosis."""


class Diagnoses:
    """Ranks diagnoses."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.words = rows.words
        self.order = load_order()
        self.scales = Scales(rows.book, load_diagnoses())
        self._is_danish = rows.words.lang == "da"

    def differential(self, case: Consultation) -> Differential:
        """The differential diagnosis of one person."""
        standings = self.scales.standings(case)
        shown = self._shown(standings)
        has_picture = any(one.presence is Status.YES for one in standings)
        return Differential(
            lines=tuple(
                self._line(rank, one, case, is_shown=has_picture and one.diagnosis.id in shown)
                for rank, one in enumerate(standings, start=1)
            ),
            note=self._text("note" if has_picture else "no_picture"),
            never_against=tuple(self._of(one) for one in load_pairs().never_against_calciphylaxis),
            pairs=tuple(self._pairs(standings)) if has_picture else (),
        )

    def _shown(self, standings: Iterable[Standing]) -> frozenset[str]:
        """Those that something speaks for, as many as a page holds, and the one looked for."""
        spoken_for = [
            one.diagnosis.id
            for one in standings
            if one.presence is not Status.NO and self._has_more_than_background(one.for_)
        ]
        return frozenset((*spoken_for[: self.order.shown], SOUGHT))

    def _has_more_than_background(self, side: Side) -> bool:
        return any(self.scales.look(weight.finding) != "background" for weight in side.counted)

    # -- one diagnosis -------------------------------------------------------------------

    def _line(
        self, rank: int, one: Standing, case: Consultation, *, is_shown: bool
    ) -> DiagnosisLine:
        own, form = one.diagnosis, one.form
        unknown = tuple(self._unknown(one, case)) if is_shown else ()
        for_ = tuple(self._evidence(one.for_, case))
        against = tuple(self._evidence(one.against, case))
        return DiagnosisLine(
            diagnosis=own.id,
            rank=rank,
            name=self._text_of(own.name),
            marks=_marks(for_, against, unknown),
            for_=for_,
            against=against,
            unknown=unknown,
            settled_by=tuple(self._settling(test) for test in _tests(own, form)),
            typical=self._text_of(form.typical),
            is_urgent=own.how_fast.is_urgent,
            urgency=self._text(f"urgency.{own.how_fast.class_}"),
            form=self._text_of(form.name) if form is not own else "",
            is_shown=is_shown,
        )

    def _evidence(self, side: Side, case: Consultation) -> Iterator[EvidenceLine]:
        """The bedside first, then tests, then the background; within each the weightier first."""
        ordered = sorted(
            side.held,
            key=lambda w: (LOOKS.index(self.scales.look(w.finding)), GRADES.index(w.grade)),
        )
        for weight in ordered:
            answer = case.answer(weight.finding)
            text = self.rows.reasons.finding(answer, case.facts, case.judgement)
            yield self._evidence_line(
                weight, text, counts=weight in side.counted, evidence=answer.evidence
            )

    def _unknown(self, one: Standing, case: Consultation) -> Iterator[EvidenceLine]:
        """What is not known and would weigh most, with what is missing to know it."""
        weights = (*one.diagnosis.for_, *one.diagnosis.against)
        open_ = [
            weight
            for weight in weights
            if weight.grade in self.order.unknown_grades and case.is_unknown(weight.finding)
        ]
        open_.sort(key=lambda weight: GRADES.index(weight.grade))
        told: set[str] = set()
        lines = 0
        for weight in open_:
            missing = case.answer(weight.finding).missing
            concepts = tuple(dict.fromkeys(one.concept for one in missing))
            new = tuple(concept for concept in concepts if concept not in told)[:NAMED]
            if new and lines < self.order.unknown_shown:
                told.update(concepts)
                lines += 1
                text = self._text("not_known", what=self.words.names(new, NAMED))
                yield self._evidence_line(weight, capitalised(text), concepts=concepts)

    def _evidence_line(
        self,
        weight: Weight,
        text: str,
        *,
        counts: bool = True,
        evidence: tuple[str, ...] = (),
        concepts: tuple[str, ...] = (),
    ) -> EvidenceLine:
        return EvidenceLine(
            rule=weight.finding,
            grade=weight.grade,
            grade_text=self._text(f"grade.{weight.grade}"),
            text=text,
            why=self._of(weight),
            sources=(*weight.because, *weight.source),
            is_reasoned=weight.reasoned,
            counts=counts,
            evidence=evidence,
            concepts=concepts,
            title=text if concepts else self.rows.reasons.title(weight.finding),
        )

    def _settling(self, test: Test) -> SettlingTest:
        return SettlingTest(
            text=self._text_of(test.test),
            settles=self._text_of(test.settles) if test.settles else "",
            limit=self._text_of(test.limit) if test.limit else "",
            sources=(*test.because, *test.source),
            is_reasoned=test.reasoned,
        )

    # -- telling apart -------------------------------------------------------------------

    def _pairs(self, standings: Iterable[Standing]) -> Iterator[str]:
        """How the first look-alikes are told from calciphylaxis, and the trap of each."""
        first = [one.diagnosis for one in standings if one.diagnosis.id != SOUGHT]
        for diagnosis in first[: self.order.pairs_shown]:
            for pair in load_pairs().pairs:
                if diagnosis.id in pair.with_:
                    yield self._pair(diagnosis, pair)

    def _pair(self, diagnosis: Diagnosis, pair: Pair) -> str:
        facts = "; ".join(self._of(one) for one in pair.separates)
        name, trap = self._text_of(diagnosis.name), self._text_of(pair.trap)
        return self._text("pair", name=name, facts=facts, trap=trap)

    # -- words ---------------------------------------------------------------------------

    def _text(self, key: str, **values: object) -> str:
        return self.words.wording.text(f"differential.{key}", **values)

    def _of(self, worded: object) -> str:
        return str(getattr(worded, "da" if self._is_danish else "en"))

    def _text_of(self, text: Text) -> str:
        return text.da if self._is_danish else text.en


def _tests(own: Diagnosis, form: Diagnosis) -> Iterable[Test]:
    """Those of the form last, but first where microscopy misleads, as in the penis."""
    if form is own:
        return own.settled_by
    if form.histology.role == MISLEADING:
        return (*form.settled_by, *own.settled_by)
    return (*own.settled_by, *form.settled_by)


def _marks(
    for_: Iterable[EvidenceLine], against: Iterable[EvidenceLine], unknown: Iterable[EvidenceLine]
) -> str:
    """+++ - ??: what counts for and against, and what is not known."""
    counted = (
        FOR * sum(1 for line in for_ if line.counts),
        AGAINST * sum(1 for line in against if line.counts),
        UNKNOWN * sum(1 for _ in unknown),
    )
    return " ".join(mark for mark in counted if mark)
