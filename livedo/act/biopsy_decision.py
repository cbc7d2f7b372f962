"""Benefit and harm of a deep biopsy for one person. People decide."""

from __future__ import annotations

from collections.abc import Iterator

from livedo.act.consultation import Consultation
from livedo.act.parts import BiopsyDecision, Weighed
from livedo.act.phrases import phrases
from livedo.act.rows import Rows
from livedo.act.workup_data import Argument, load_biopsy_decision
from livedo.assess.answer import Status


class BiopsyDecisions:
    """Words what to weigh."""

    def __init__(self, rows: Rows) -> None:
        self.words = rows.words
        self.data = load_biopsy_decision()

    def decision(self, case: Consultation) -> BiopsyDecision | None:
        """What to weigh, or nothing where there is no suspicion to settle."""
        if not any(case.is_yes(rule) for rule in self.data.opens_when):
            return None
        return BiopsyDecision(
            benefit=tuple(self._weighed("benefit", one, case) for one in self.data.benefit),
            harm=tuple(self._weighed("harm", one, case) for one in self.data.harm),
            if_done=tuple(self._text(f"if_done.{id}") for id in self.data.if_done),
            taken=tuple(self._taken(case)),
            disagreement=self._text("disagreement"),
            claims=self.data.because,
        )

    def _weighed(self, side: str, argument: Argument, case: Consultation) -> Weighed:
        what = self._text(f"{side}.{argument.id}")
        if argument.rule is None:
            return Weighed(id=argument.id, text=what, is_here=False, claims=argument.because)
        answer = case.answer(argument.rule)
        return Weighed(
            id=argument.id,
            text=self._text(f"status.{answer.status.value}", what=what),
            status=answer.status.value,
            rule=argument.rule,
            evidence=answer.evidence,
            claims=argument.because,
        )

    def _taken(self, case: Consultation) -> Iterator[str]:
        """Whether a sample was taken and adequate; that none was taken needs no line."""
        status = case.status(self.data.taken.rule)
        if status is Status.NO:
            return
        facts = case.deciding(self.data.taken.rule)
        what = ", ".join(phrases(facts, case.as_of, self.words))
        yield self._text(f"taken.{status.value}", what=what)
        if status is Status.YES:
            yield self._text(f"adequate.{case.status(self.data.taken.adequate).value}")

    def _text(self, key: str, **values: object) -> str:
        return self.words.wording.text(f"biopsy_decision.{key}", **values)
