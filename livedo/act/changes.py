"""What changed since an earlier run, one person at a time.

The direction is a word, not a score: `new` is a suspicion or a danger that was not
there, `worse` a higher state, group or a further reason, `better` the reverse.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from livedo.act.facts_in_words import FactWords
from livedo.act.page import load_page
from livedo.act.precedence import OUTSIDE
from livedo.act.result import Change, Direction, PatientResult
from livedo.act.rule_book import RuleBook

NEW_KINDS = frozenset({"suspicion", "danger"})
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

    def compare(self, was: Earlier | None, now: PatientResult) -> Comparison:
        """The differences of one person; someone whom the earlier run did not hold is new."""
        if was is None or (was.state == OUTSIDE and now.state != OUTSIDE):
            text = self.words.text("change.joined")
            joined = Change(what="state", direction="new", was=None, now=now.state, text=text)
            return Comparison(direction="new", changes=(joined,))
        begun = self._telling(set(_yes(now)) - set(was.yes))
        ended = self._telling(set(was.yes) - set(_yes(now)))
        direction = self._direction(was, now, begun, ended)
        changes = (*self._places(was, now, direction), *self._reasons(now, begun, ended))
        return Comparison(direction=direction, changes=changes)

    def _telling(self, rules: Iterable[str]) -> list[str]:
        known = [id for id in rules if id in self.book.rules and self.book.speaks(id)]
        telling = [id for id in known if self.book.rules[id].kind in TELLING_KINDS]
        return sorted(telling, key=self.book.rank)

    def _direction(
        self, was: Earlier, now: PatientResult, begun: list[str], ended: list[str]
    ) -> Direction:
        if now.state_rank < was.state_rank:
            return "worse" if was.certainty in _SUSPECT else "new"
        if now.state_rank > was.state_rank:
            return "better"
        if any(self.book.rules[id].kind in NEW_KINDS for id in begun):
            return "new"
        is_worse = now.precedence < was.precedence or bool(begun)
        is_better = now.precedence > was.precedence or bool(ended)
        if is_worse == is_better:
            return "same"
        return "worse" if is_worse else "better"

    def _places(
        self, was: Earlier, now: PatientResult, direction: Direction
    ) -> Iterable[Change]:
        if was.state != now.state:
            text = self.words.text(
                "change.state",
                was=self._states.get(was.state, was.state),
                now=self._states.get(now.state, now.state),
            )
            yield Change(
                what="state", direction=direction, was=was.state, now=now.state, text=text
            )
        if was.group != now.group:
            text = self.words.text(
                "change.group",
                was=self._groups.get(was.group, was.group),
                now=self._groups.get(now.group, now.group),
            )
            worse: Direction = "worse" if now.precedence < was.precedence else "better"
            yield Change(what="group", direction=worse, was=was.group, now=now.group, text=text)

    def _reasons(
        self, now: PatientResult, begun: list[str], ended: list[str]
    ) -> Iterable[Change]:
        texts = {line.rule: line.text for line in now.reasons}
        for id in begun:
            text = self.words.text("change.began", what=texts.get(id, self._title(id)))
            yield Change(what="reason", direction="new", was=None, now=id, text=text)
        for id in ended:
            text = self.words.text("change.ended", what=self._title(id))
            yield Change(what="reason", direction="better", was=id, now=None, text=text)

    def _title(self, rule_id: str) -> str:
        title = self.book.rules[rule_id].title
        return title.da if self.words.lang == "da" else title.en


def _yes(result: PatientResult) -> Iterable[str]:
    return (line.rule for line in result.reasons)
