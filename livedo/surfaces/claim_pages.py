"""What the pages about statements, their coverage and their sources show."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator

import msgspec

from livedo.act.facts_in_words import FactWords
from livedo.act.result import ClaimLine
from livedo.act.statements import StatementWords
from livedo.knowledge.claims import Claim, later_evidence
from livedo.knowledge.coverage import Coverage, coverage
from livedo.knowledge.load import Knowledge
from livedo.knowledge.overrides import shipped
from livedo.surfaces.claim_text import relation
from livedo.surfaces.rule_pages import RuleLink
from livedo.surfaces.words import words

CARRIERS_SHOWN = 4


class Related(msgspec.Struct, frozen=True, kw_only=True):
    """Another statement, and what the two have to do with each other."""

    relation: str
    relation_text: str
    claim: ClaimLine


class ClaimPage(msgspec.Struct, frozen=True, kw_only=True):
    """One statement, in both languages, with its source and what carries it."""

    id: str
    kind: str
    kind_text: str
    short: dict[str, str]
    """By language."""
    full: dict[str, str]
    source: str
    url: str
    year: int
    strength: str
    effect: str
    population: str
    caveat: str
    about: tuple[Related, ...]
    later: tuple[Related, ...]
    disagrees: bool
    decides: str
    status: str
    rules: tuple[RuleLink, ...]
    texts: tuple[str, ...]


class ClaimRow(msgspec.Struct, frozen=True, kw_only=True):
    """One statement of the overview."""

    id: str
    kind: str
    says: str
    status: str
    rules: tuple[RuleLink, ...]
    more: int
    texts: int


class SourceRow(msgspec.Struct, frozen=True, kw_only=True):
    """One source, with the statements it stands behind."""

    source: str
    year: int
    strength: str
    url: str
    claims: tuple[str, ...]


@functools.cache
def covered(base: Knowledge) -> dict[str, Coverage]:
    """What carries each statement: worked out once for one version of the shipped knowledge."""
    return {each.id: each for each in coverage(base)}


class ClaimPages:
    """The pages about statements, in one language."""

    def __init__(self, knowledge: Knowledge, words_of_facts: FactWords) -> None:
        self.base = shipped(knowledge)
        self.lang = words_of_facts.lang
        self.words = words(self.lang)
        self.statements = StatementWords(words_of_facts)

    def page(self, claim_id: str) -> ClaimPage | None:
        """One statement; None if there is none of this id."""
        claim = self.base.claims.get(claim_id)
        if claim is None:
            return None
        (line, *_) = self.statements.lines([claim_id])
        carried = covered(self.base)[claim_id]
        return ClaimPage(
            id=claim.id,
            kind=claim.kind,
            kind_text=self.words.text(f"knowledge.claim_kinds.{claim.kind}"),
            short=_both(claim, "short"),
            full=_both(claim, "says"),
            source=claim.source,
            url=claim.url or "",
            year=claim.year,
            strength=self.words.text(f"knowledge.strengths.{claim.strength}"),
            effect=claim.effect or "",
            population=claim.population or "",
            caveat=claim.caveat or "",
            about=tuple(self._about(claim)),
            later=tuple(self._later(claim)),
            disagrees=line.disagrees,
            decides=line.decides,
            status=carried.status,
            rules=self._links(carried),
            texts=tuple(name for name in carried.carried_by if name not in self.base.rules),
        )

    def _about(self, claim: Claim) -> Iterator[Related]:
        for concern in claim.concerns:
            (line, *_) = self.statements.lines([concern.claim])
            text = relation(concern.relation, self.words)
            yield Related(relation=concern.relation, relation_text=text, claim=line)

    def _later(self, claim: Claim) -> Iterator[Related]:
        for later in later_evidence().get(claim.id, ()):
            how = later.relation_to(claim.id) or ""
            (line, *_) = self.statements.lines([later.id])
            text = relation(how, self.words, is_passive=True)
            yield Related(relation=how, relation_text=text, claim=line)

    def _links(self, carried: Coverage) -> tuple[RuleLink, ...]:
        rules = self.base.rules
        return tuple(
            RuleLink(id=name, title=getattr(rules[name].title, self.lang))
            for name in carried.carried_by
            if name in rules
        )

    @functools.cached_property
    def rows(self) -> tuple[ClaimRow, ...]:
        """Every statement with what carries it, in the order of the knowledge."""
        return tuple(self._row(each) for each in covered(self.base).values())

    def _row(self, carried: Coverage) -> ClaimRow:
        claim = self.base.claims[carried.id]
        links = self._links(carried)
        return ClaimRow(
            id=claim.id,
            kind=claim.kind,
            says=claim.text(self.lang),
            status=carried.status,
            rules=links[:CARRIERS_SHOWN],
            more=max(0, len(links) - CARRIERS_SHOWN),
            texts=len(carried.carried_by) - len(links),
        )

    def counts(self, kind: str) -> dict[str, int]:
        """How many statements of a kind are carried in which way."""
        found = Counter(row.status for row in self.rows if row.kind == kind)
        return {status: found[status] for status in ("executable", "shown", "missing")}

    @functools.cached_property
    def sources(self) -> tuple[SourceRow, ...]:
        """Every source with its statements, the newest first."""
        found: dict[tuple[str, int], list[Claim]] = {}
        for claim in self.base.claims.values():
            found.setdefault((claim.source, claim.year), []).append(claim)
        rows = [self._source(key, claims) for key, claims in found.items()]
        return tuple(sorted(rows, key=lambda row: (-row.year, row.source)))

    def _source(self, key: tuple[str, int], claims: list[Claim]) -> SourceRow:
        kinds = dict.fromkeys(claim.strength for claim in claims)
        return SourceRow(
            source=key[0],
            year=key[1],
            strength=", ".join(self.words.text(f"knowledge.strengths.{kind}") for kind in kinds),
            url=next((claim.url for claim in claims if claim.url), ""),
            claims=tuple(claim.id for claim in claims),
        )


def _both(claim: Claim, field: str) -> dict[str, str]:
    says = getattr(claim, field)
    return {lang: text for lang in ("en", "da") if (text := getattr(says, lang))}
