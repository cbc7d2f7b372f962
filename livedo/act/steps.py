"""What to do next: the steps that the rules propose, each once, the most urgent first."""

from __future__ import annotations

import msgspec

from livedo.act.facts_in_words import FactWords
from livedo.act.page import load_page
from livedo.act.precedence import OUTSIDE, Standing
from livedo.act.result import NextLine
from livedo.act.rule_book import SPEAKING, RuleBook
from livedo.assess.answer import Judgement

LEADING = ("danger", "state", "worklist", "suspicion", "surveillance", "risk", "prevention")
"""Whose step leads, among the rules behind a person's place on the worklist."""

ASKING = frozenset({"worklist", *SPEAKING})
"""Kinds whose `then` is asked for whenever they answer yes; of states only the person's own."""


class StepWords:
    """Next steps in words."""

    def __init__(self, book: RuleBook, words: FactWords) -> None:
        self.book = book
        self.words = words
        steps = words.knowledge.next_steps
        whens = load_page().urgency
        self._urgency = {
            step.id: (whens.index(step.when) if step.when in whens else len(whens), place)
            for place, step in enumerate(steps.values())
        }
        self._worded = {step_id: self._word(step_id) for step_id in steps}
        self._proposing = {
            id: tuple(step for step in book.rules[id].then if step in steps)
            for id in book.screening
            if book.rules[id].then
        }
        self._asking = frozenset(id for id in book.screening if book.rules[id].kind in ASKING)

    def lines(
        self, judgement: Judgement, standing: Standing, *, with_lead: bool = True
    ) -> tuple[NextLine, ...]:
        """The steps for one person by urgency; on the worklist the one that leads comes first."""
        if standing.state == OUTSIDE:
            return ()
        asked_by = self._asked_by(standing)
        ordered = sorted(asked_by, key=self._urgency.__getitem__)
        lead = self._lead(asked_by, judgement, standing) if with_lead else None
        if lead is not None:
            ordered.remove(lead)
            ordered.insert(0, lead)
        return tuple(
            msgspec.structs.replace(self._worded[step], rules=tuple(asked_by[step]))
            for step in ordered
        )

    def _asked_by(self, standing: Standing) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        own_state = f"state/{standing.state}"
        for rule_id in sorted(self._proposing.keys() & standing.yes):
            if rule_id in self._asking or rule_id == own_state:
                for step in self._proposing[rule_id]:
                    found.setdefault(step, []).append(rule_id)
        return found

    def _lead(
        self, asked_by: dict[str, list[str]], judgement: Judgement, standing: Standing
    ) -> str | None:
        obvious = load_page().obvious
        behind = self.book.behind(f"worklist/{standing.group}", judgement, but=obvious)
        ranked = [
            (LEADING.index(self.book.rules[rule_id].kind), self._urgency[step], step)
            for step, rules in asked_by.items()
            for rule_id in rules
            if rule_id in behind and self.book.rules[rule_id].kind in LEADING
        ]
        return min(ranked)[2] if ranked else None

    def _word(self, step_id: str) -> NextLine:
        step = self.words.knowledge.next_steps[step_id]
        text = step.da if self.words.lang == "da" else step.en
        return NextLine(
            id=step.id,
            text=text,
            short=self.words.find(f"step.{step.id}") or text,
            who=self._name("who", step.who),
            when=self._name("when", step.when),
        )

    def _name(self, field: str, id: str) -> str:
        key = f"next_steps.{field}.{id}"
        return self.words.wording.text(key) if key in self.words.wording else id.replace("_", " ")
