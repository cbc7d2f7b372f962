"""The chain from mineral load to sepsis, with this person's active links lit.

Which rule lights which box is data: `knowledge/mechanism.yaml`. The chain is an assumption and
says so.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from livedo.act.consultation import Consultation
from livedo.act.facts_in_words import capitalised
from livedo.act.parts import Lit, Mechanism, MechanismLink, MechanismNode, Plan
from livedo.act.phrases import phrases
from livedo.act.rows import Rows
from livedo.assess.answer import Answer, Status
from livedo.knowledge.files import read_file
from livedo.knowledge.load import SHIPPED
from livedo.record.tables import Fact

LINES_IN_A_BOX = 3
NAMES_OF_MISSING = 2


class Box(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One box or driver, and what lights it."""

    id: str
    lit_by: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    closes: bool = True
    """False where a no proves nothing and the box stays unknown."""
    into: str = ""
    """Of a driver: the box it acts on."""
    dangers: tuple[str, ...] = ()
    because: tuple[str, ...] = ()


class ActPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something people can do, and the box or driver that makes it worth saying."""

    text: str
    box: str


class Act(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where people can act, from one box to another."""

    from_: str = msgspec.field(name="from")
    to: str
    parts: tuple[ActPart, ...]
    otherwise: str = ""


class Chain(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    chain: tuple[Box, ...]
    drivers: tuple[Box, ...]
    acts: tuple[Act, ...]
    because: tuple[str, ...]


@functools.cache
def load_chain() -> Chain:
    """The shipped chain, read once a process."""
    return read_file(SHIPPED / "mechanism.yaml", Chain)


class Mechanisms:
    """Lights the chain."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.book = rows.book
        self.words = rows.words
        self.wording = rows.words.wording

    def mechanism(self, case: Consultation, plan: Plan) -> Mechanism:
        """The chain of one person."""
        data = load_chain()
        chain = tuple(self._node(box, "box", case) for box in data.chain)
        drivers = tuple(self._node(box, "driver", case) for box in data.drivers)
        lit = {node.id: node.lit for node in (*chain, *drivers)}
        return Mechanism(
            chain=chain,
            drivers=drivers,
            links=tuple(_links(data, lit)),
            options=tuple(self._options(data.acts, lit)),
            note=self._text("note"),
            claims=data.because,
        )

    def _text(self, key: str, **values: object) -> str:
        return self.wording.text(f"mechanism.{key}", **values)

    def _node(self, box: Box, kind: str, case: Consultation) -> MechanismNode:
        findings = case.known(self._below(box.found))
        lit = _lit(box, case, findings)
        lines = self._lines(box, lit, case, findings)
        if kind == "driver":
            lines = [self._text(f"does.{box.id}"), *lines]
        return MechanismNode(
            id=box.id,
            title=self._text(f"{kind}.{box.id}"),
            lit=lit,
            lines=tuple(lines[:LINES_IN_A_BOX]),
            rules=box.lit_by,
            claims=box.because,
            is_danger=any(case.is_yes(rule) for rule in box.dangers),
        )

    def _below(self, concepts: Iterable[str]) -> frozenset[str]:
        vocabulary = self.words.knowledge.vocabulary
        return frozenset(below for one in concepts for below in vocabulary.descendants(one))

    def _lines(self, box: Box, lit: Lit, case: Consultation, findings: Sequence[Fact]) -> list[str]:
        if lit == "seen":
            return self._seen(box, case, findings)
        if lit == "not_seen":
            return [self._text("not_seen")]
        return self._unknown(box, case)

    def _seen(self, box: Box, case: Consultation, findings: Sequence[Fact]) -> list[str]:
        """What lit it: dated facts, each once."""
        present = [fact for fact in findings if fact.present == "yes"]
        told = phrases(present, case.as_of, self.words)
        for rule in box.lit_by:
            if case.is_yes(rule):
                answer = case.answer(rule)
                told += self.rows.reasons.phrases(answer, case.facts, case.as_of) or [
                    self.rows.reasons.title(rule)
                ]
        return list(dict.fromkeys(told))

    def _unknown(self, box: Box, case: Consultation) -> list[str]:
        """What is missing, in words; a box that only tissue shows says so."""
        names = list(dict.fromkeys(self._missing(box, case)))
        if not box.closes:
            return [self._text("missing", what=self._text(self._tissue(box)))]
        lines = [self._text("missing", what=name) for name in names[:NAMES_OF_MISSING]]
        more = len(names) - NAMES_OF_MISSING
        if more > 0:
            lines.append(self._text("missing_more", count=more, n=more))
        return lines or [self._text("missing", what=self._text("not_known"))]

    def _tissue(self, box: Box) -> str:
        return "no_image" if box.lit_by else "only_biopsy"

    def _missing(self, box: Box, case: Consultation) -> Iterator[str]:
        for rule in box.lit_by:
            answer: Answer = case.answer(rule)
            if answer.status is Status.UNKNOWN and rule in self.book.rules:
                names = {missing.concept: missing for missing in answer.missing}
                yield from (self.words.name(concept) for concept in names)

    def _options(
        self, acts: Iterable[Act], lit: Mapping[str, Lit]
    ) -> Iterator[tuple[str, str, str]]:
        for act in acts:
            texts = [part.text for part in act.parts if lit[part.box] != "not_seen"]
            if act.otherwise and not texts:
                texts = [act.otherwise]
            if texts:
                said = "; ".join(self._text(f"act.{text}") for text in texts)
                yield act.from_, act.to, capitalised(said)


def _lit(box: Box, case: Consultation, findings: Sequence[Fact]) -> Lit:
    """Seen with one yes, unknown with one doubt; "not seen" needs every rule to say no."""
    found = any(fact.present == "yes" for fact in findings)
    if found or any(case.is_yes(rule) for rule in box.lit_by):
        return "seen"
    if not box.closes or any(case.is_unknown(rule) for rule in box.lit_by):
        return "unknown"
    return "not_seen"


def _links(data: Chain, lit: Mapping[str, Lit]) -> Iterator[MechanismLink]:
    """An arrow is as sure as the less sure of its two ends; a driver's arrow is its own."""
    for before, after in zip(data.chain, data.chain[1:], strict=False):
        yield MechanismLink(
            from_=before.id, to=after.id, lit=_weaker(lit[before.id], lit[after.id])
        )
    for driver in data.drivers:
        yield MechanismLink(from_=driver.id, to=driver.into, lit=lit[driver.id])


def _weaker(before: Lit, after: Lit) -> Lit:
    order: tuple[Lit, ...] = ("not_seen", "unknown", "seen")
    return min(before, after, key=order.index)
