"""How sure the diagnosis is, by four named definitions side by side."""

from __future__ import annotations

from livedo.act.consultation import Consultation
from livedo.act.facts_in_words import lowered
from livedo.act.result import CertaintyLine
from livedo.act.rows import Rows
from livedo.assess.answer import Status
from livedo.knowledge.definitions import Definition, Level, load_definitions


class Certainties:
    """Words the definitions."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.book = rows.book
        self.words = rows.words

    def lines(self, case: Consultation) -> tuple[CertaintyLine, ...]:
        """Every definition, and what it says of the data seen.

        A definition whose rules this knowledge does not hold says nothing.
        """
        return tuple(self._line(one, case) for one in load_definitions() if self._is_held(one))

    def _is_held(self, definition: Definition) -> bool:
        named = (*(level.rule for level in definition.levels), *definition.parts)
        return all(rule in self.book.rules for rule in named)

    def _line(self, definition: Definition, case: Consultation) -> CertaintyLine:
        level, status = _reached(definition, case)
        text = self._text(definition, level, status, case)
        answer, name, rule = status.value, level.id if status is Status.YES else "", level.rule
        if definition.excluded and case.is_yes(definition.excluded):
            text = self._say("excluded", what=text)
            answer, name, rule = Status.NO.value, "excluded", definition.excluded
        return CertaintyLine(
            definition=self._say(f"name.{definition.id}"),
            answer=answer,
            text=text,
            rule=rule,
            level=name,
            limits=self._say(f"limits.{definition.id}"),
            is_ours=definition.is_ours,
            evidence=case.answer(rule).evidence,
            claims=definition.because,
        )

    def _text(
        self, definition: Definition, level: Level, status: Status, case: Consultation
    ) -> str:
        if status is Status.YES:
            return self._say(f"level.{level.id}")
        part = next((id for id in definition.parts if case.status(id) is status), None)
        if status is Status.UNKNOWN:
            return self._say("unknown", what=self._unknown(part, level, case))
        return self._say("not_met") if part is None else self._not_met(part)

    def _unknown(self, part: str | None, level: Level, case: Consultation) -> str:
        if part is not None:
            return self._why(part) or self._say("unknown_part", part=self._title(part))
        missing = [m.concept for m in case.answer(level.rule).missing]
        known = next((text for m in missing if (text := self._why(m))), "")
        return known or self._say("unknown_part", part=self.words.names(missing, 2))

    def _not_met(self, part: str) -> str:
        text = self._why(part) or self._title(part)
        return self._say("not_met_part", part=text)

    def _title(self, rule_id: str) -> str:
        return lowered(self.rows.reasons.title(rule_id), shortest=2)

    def _why(self, id: str) -> str:
        key = f"certainty.why.{id}"
        return self.words.wording.text(key) if key in self.words.wording else ""

    def _say(self, key: str, **values: object) -> str:
        return self.words.wording.text(f"certainty.{key}", **values)


def _reached(definition: Definition, case: Consultation) -> tuple[Level, Status]:
    """The surest level that holds; else the least sure that is unknown; else none holds."""
    for level in definition.levels:
        if case.is_yes(level.rule):
            return level, Status.YES
    for level in reversed(definition.levels):
        if case.is_unknown(level.rule):
            return level, Status.UNKNOWN
    return definition.levels[-1], Status.NO
