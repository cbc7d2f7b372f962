"""What holds for every patient without a fact: remembered by situation.

Most rules ask about things that most patients do not have. Where no fact bears
on a condition, its answer rests on the moment of judgement and the declared
observed spans alone, and those are shared by whole dialysis units.
`livedo.assess.compile.once_for_all` looks answers up here by condition.
"""

from __future__ import annotations

from livedo.assess.evidence import Outcome
from livedo.record.tables import Instant, PatientRecord

SITUATIONS_KEPT = 32
"""Moments and observed spans remembered at once; a replay asks about many."""

Situation = tuple[object, ...]


class Blanks:
    """Answers by situation, then by the number of the condition."""

    def __init__(self) -> None:
        self._known: dict[Situation, dict[int, Outcome]] = {}

    def of(self, record: PatientRecord, as_of: Instant) -> dict[int, Outcome]:
        """What is known in the situation of this patient; to be added to."""
        spans = [(s.domain, s.from_at, s.to_at, s.with_history) for s in record.observed]
        situation = (as_of, *spans)
        answers = self._known.get(situation)
        if answers is None:
            if len(self._known) >= SITUATIONS_KEPT:
                self._known.clear()
            answers = self._known[situation] = {}
        return answers
