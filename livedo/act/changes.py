"""What changed since an earlier run, one person at a time.

The direction is a word, not a score: `new` is a suspicion or a danger that was not
there, `worse` a higher state, group or a further reason, `better` the reverse.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from livedo.act.facts_in_words import FactWords
from livedo.act.page import load_page
from livedo.act.precedence import OTHER_WOUND, OUTSIDE, status
from livedo.act.result import Change, Direction, PatientResult
from livedo.act.rule_book import RuleBook
from livedo.assess.answer import Judgement, Status

FINDINGS = frozenset({"suspicion", "danger"})
"""Kinds whose beginning makes a line new."""

TELLING_KINDS = frozenset({"suspicion", "danger", "risk"})

_SUSPECT = frozenset(level.id for level in load_page().certainty)
"""Words for certainty that say that something was seen."""


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """What an earlier run said about one person."""

    person_id: str
    state: str
    state_rank: int
    group: str
    precedence: int
    certainty: str | None = None
    yes: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


class Turned(NamedTuple):
    """Rules that began to say yes, that ended, and that can no longer be told."""

    begun: list[str]
    ended: list[str]
    lost: list[str]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """The direction of the change, and each difference."""

    direction: Direction
    changes: tuple[Change, ...] = ()


def as_earlier(result: PatientResult) -> Earlier:
    """What a later run will compare with."""
    return Earlier(
        person_id=result.person_id,
        state=result.state,
        state_rank=result.state_rank,
        group=result.group,
        precedence=result.precedence,
        certainty=result.certainty,
        yes=tuple(line.rule for line in result.reasons),
        unknown=tuple(line.concept for line in result.unknown),
    )


class ChangeWords:
    """Compares two results of one person and words the differences."""

    def __init__(self, book: RuleBook, words: FactWords) -> None:
        self.book = book
        self.words = words
        knowledge = words.knowledge
        is_danish = words.lang == "da"
        self._states = {s.id: s.da if is_danish else s.en for s in knowledge.states}
        self._groups = {g.id: g.title.da if is_danish else g.title.en for g in knowledge.groups}

    def compare(self, was: Earlier | None, now: PatientResult, judgement: Judgement) -> Comparison:
        """The differences of one person; someone whom the earlier run did not hold is new."""
        if was is None or (was.state == OUTSIDE and now.state != OUTSIDE):
            text = self.words.text("change.joined")
            joined = Change(what="state", direction="new", was=None, now=now.state, text=text)
            return Comparison(direction="new", changes=(joined,))
        turned = self._turned(was, now, judgement)
        direction = self._direction(was, now, turned, judgement)
        changes = (*self._places(was, now, direction), *self._reasons(now, turned))
        return Comparison(direction=direction, changes=changes)

    def _turned(self, was: Earlier, now: PatientResult, judgement: Judgement) -> Turned:
        held = {line.rule for line in now.reasons}
        gone = self._telling(set(was.yes) - held)
        lost = [id for id in gone if status(judgement, id) is Status.UNKNOWN]
        return Turned(
            begun=self._telling(held - set(was.yes)),
            ended=[id for id in gone if id not in lost],
            lost=lost,
        )

    def _telling(self, rules: Iterable[str]) -> list[str]:
        known = [id for id in rules if id in self.book.rules and self.book.speaks(id)]
        telling = [id for id in known if self.book.rules[id].kind in TELLING_KINDS]
        return sorted(telling, key=self.book.rank)

    def _direction(
        self, was: Earlier, now: PatientResult, turned: Turned, judgement: Judgement
    ) -> Direction:
        if now.state_rank < was.state_rank:
            return "worse" if was.certainty in _SUSPECT else "new"
        if now.state_rank > was.state_rank:
            # What can no longer be told has not become better.
            is_open = status(judgement, f"state/{was.state}") is Status.UNKNOWN
            return "same" if is_open else "better"
        if any(self.book.rules[id].kind in FINDINGS for id in turned.begun):
            return "new"
        kinds = FINDINGS if self._is_listed_for_skin(now) else TELLING_KINDS
        begun = [id for id in turned.begun if self.book.rules[id].kind in kinds]
        ended = [id for id in turned.ended if self.book.rules[id].kind in kinds]
        is_worse = now.precedence < was.precedence or bool(begun)
        is_better = now.precedence > was.precedence or bool(ended)
        if is_worse == is_better:
            return "same"
        return "worse" if is_worse else "better"

    def _is_listed_for_skin(self, now: PatientResult) -> bool:
        """Where something was found, a laboratory value that fell is no better skin."""
        return now.certainty in _SUSPECT or now.state == OTHER_WOUND

    def _places(self, was: Earlier, now: PatientResult, direction: Direction) -> Iterable[Change]:
        if was.state != now.state:
            text = self.words.text(
                "change.state", was=self._named(self._states, was.state), now=now.state_text
            )
            yield Change(what="state", direction=direction, was=was.state, now=now.state, text=text)
        if was.group != now.group:
            text = self.words.text(
                "change.group",
                was=self._named(self._groups, was.group),
                now=self._named(self._groups, now.group),
            )
            worse: Direction = "worse" if now.precedence < was.precedence else "better"
            yield Change(what="group", direction=worse, was=was.group, now=now.group, text=text)

    def _named(self, names: dict[str, str], id: str) -> str:
        return names.get(id, id)

    def _reasons(self, now: PatientResult, turned: Turned) -> Iterable[Change]:
        texts = {line.rule: line.text for line in now.reasons}
        for id in turned.begun:
            text = self.words.text("change.began", what=texts.get(id, self._title(id)))
            yield Change(what="reason", direction="new", was=None, now=id, text=text)
        for id in turned.ended:
            text = self.words.text("change.ended", what=self._title(id))
            yield Change(what="reason", direction="better", was=id, now=None, text=text)
        for id in turned.lost:
            text = self.words.text("change.became_unknown", what=self._title(id))
            yield Change(what="unknown", direction="same", was=id, now=None, text=text)

    def _title(self, rule_id: str) -> str:
        title = self.book.rules[rule_id].title
        return title.da if self.words.lang == "da" else title.en
