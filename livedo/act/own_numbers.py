"""The numbers that a centre changed, wherever a rule speaks with one of them."""

from __future__ import annotations

from livedo.act.parts import OverrideLine
from livedo.knowledge.clauses import Clauses
from livedo.knowledge.load import Knowledge
from livedo.knowledge.overrides import Override, shipped
from livedo.knowledge.overrides_in_words import (
    adjustable_of,
    override_text,
    override_texts,
    value_text,
)


def override_lines(knowledge: Knowledge, lang: str) -> tuple[OverrideLine, ...]:
    """Everything the centre changed, by rule."""
    clauses = Clauses(shipped(knowledge), lang)
    return tuple(_line(override, knowledge, clauses) for override in knowledge.overrides)


def _line(override: Override, knowledge: Knowledge, clauses: Clauses) -> OverrideLine:
    number = adjustable_of(override.rule, override.field, knowledge).number
    return OverrideLine(
        rule=override.rule,
        field=override.field,
        value=value_text(number, override.value, clauses),
        was=value_text(number, number.text, clauses),
        by=override.by,
        on=override.on,
        reason=override.reason,
        centre=override.centre,
        title=getattr(knowledge.rules[override.rule].title, clauses.language),
        text=override_text(override, knowledge, clauses.language),
    )


class OwnNumbers:
    """What to say beside a rule that the centre changed, worded once for everybody."""

    def __init__(self, knowledge: Knowledge, lang: str) -> None:
        changed = dict.fromkeys(override.rule for override in knowledge.overrides)
        self._texts = {rule: " ".join(override_texts(rule, knowledge, lang)) for rule in changed}

    def text(self, rule_id: str) -> str:
        """What the centre changed in this rule; empty where nothing."""
        return self._texts.get(rule_id, "")
