"""The statements of literature behind an explanation; where they disagree, both are shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from livedo.act.facts_in_words import FactWords
from livedo.act.result import ClaimLine
from livedo.knowledge.claims import Claim, later_evidence

CONTRADICTS = "contradicts"


class StatementWords:
    """Words claims in one language."""

    def __init__(self, words: FactWords) -> None:
        self.words = words
        self.claims = words.knowledge.claims
        self._later = later_evidence()

    def lines(self, ids: Iterable[str]) -> tuple[ClaimLine, ...]:
        """The claims named, and the later evidence that speaks against one of them."""
        named = [id for id in dict.fromkeys(ids) if id in self.claims]
        against = [claim.id for id in named for claim in self.against(id)]
        return tuple(self._line(self.claims[id]) for id in dict.fromkeys((*named, *against)))

    def against(self, id: str) -> Iterator[Claim]:
        """Later evidence that contradicts a founding claim."""
        for claim in self._later.get(id, ()):
            if claim.relation_to(id) == CONTRADICTS:
                yield claim

    def _line(self, claim: Claim) -> ClaimLine:
        against = list(self.against(claim.id))
        disputes = [c.claim for c in claim.concerns if c.relation == CONTRADICTS]
        relation = claim.relation or ""
        return ClaimLine(
            id=claim.id,
            says=claim.text(self.words.lang),
            source=claim.source,
            strength=claim.strength,
            year=claim.year,
            url=claim.url or "",
            relation=relation,
            relation_text=self._relation_text(claim),
            about=tuple(concern.claim for concern in claim.concerns),
            disagrees=bool(against or disputes),
            decides=self._decides(claim, against, disputes),
        )

    def _relation_text(self, claim: Claim) -> str:
        if claim.kind == "founding":
            return self.words.text("founding")
        return self.words.text(f"relation.{claim.relation}") if claim.relation else ""

    def _decides(self, claim: Claim, against: list[Claim], disputes: list[str]) -> str:
        if against:
            return self._decided_by(against[0], claim.id)
        return self._decided_by(claim, ", ".join(disputes)) if disputes else ""

    def _decided_by(self, later: Claim, founding: str) -> str:
        return self.words.text(
            "decides",
            later=later.id,
            strength=later.strength,
            year=later.year,
            founding=founding,
        )
