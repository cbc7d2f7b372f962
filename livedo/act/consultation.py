"""One person in front of us: the record, every rule's answer, and where the person stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from livedo.act.precedence import NEVER, OUTSIDE, Standing
from livedo.assess.answer import Answer, Judgement, Missing, Status
from livedo.record.tables import Fact, Instant, PatientRecord


@dataclass(frozen=True)
class Consultation:
    """What the deeper parts of a page are made from.

    `judgement` holds the answers of every kind of rule; `facts` holds the facts of the
    record by the reference that evidence names them with.
    """

    record: PatientRecord
    judgement: Judgement
    standing: Standing
    facts: Mapping[str, Fact]

    @property
    def as_of(self) -> Instant:
        """The moment of judgement."""
        return self.judgement.as_of

    @property
    def has_left(self) -> bool:
        """Whether the person died or moved. Somebody never in the programme has not left it."""
        return self.standing.state == OUTSIDE and self.standing.outside_reason != NEVER

    def answer(self, rule_id: str) -> Answer:
        """A rule's answer. A rule that this knowledge does not hold is unknown, never a no."""
        return self.judgement.answers.get(rule_id) or _not_held(rule_id)

    def status(self, rule_id: str) -> Status:
        """Yes, no or unknown."""
        return self.answer(rule_id).status

    def is_yes(self, rule_id: str) -> bool:
        """Whether a rule answered yes. Unknown is not yes."""
        return self.status(rule_id) is Status.YES

    def is_unknown(self, rule_id: str) -> bool:
        """Whether a rule could not be answered."""
        return self.status(rule_id) is Status.UNKNOWN

    def deciding(self, rule_id: str) -> list[Fact]:
        """The facts that decided a rule, in the order of the evidence."""
        return [self.facts[ref] for ref in self.answer(rule_id).evidence if ref in self.facts]

    def known(self, concepts: Iterable[str]) -> list[Fact]:
        """Facts of these concepts known at the moment of judgement, oldest first."""
        wanted = frozenset(concepts)
        return [
            fact
            for fact in self.record.facts
            if fact.concept in wanted and fact.known_at <= self.as_of
        ]


def _not_held(rule_id: str) -> Answer:
    missing = Missing(concept=rule_id, why="rule_failed")
    return Answer(rule=rule_id, status=Status.UNKNOWN, missing=(missing,))
