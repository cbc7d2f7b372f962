"""Fills the fields of the case report form from the record, each by the word of its `how`.

The words are a closed set; `docs/reference/register.md` says what each means. Every answer
names what it rests on, and where the record does not say there is no answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from livedo.knowledge.register import CaseReportForm, Field, Form, is_valid
from livedo.registry.answers import ANSWERS
from livedo.registry.asking import Asked
from livedo.registry.case import Reached, Span
from livedo.registry.choice_answers import CHOICE_ANSWERS
from livedo.registry.dates import span_of
from livedo.registry.item_answers import item_answer
from livedo.registry.items import Anchors, Item
from livedo.registry.reading import Reading, Said

SIGN, DIAGNOSIS = "first_symptom_on", "diagnosed_on"
"""The fields of form `case` whose days the others are counted from."""

_ANSWERS = {**ANSWERS, **CHOICE_ANSWERS}


class Prefilled:
    """What one person's record answers."""

    def __init__(self, reading: Reading, form: CaseReportForm, reached: Iterable[Reached]) -> None:
        self.reading = reading
        self.lesion_form = next(
            (one for one in form.forms if one.prefill and one.prefill.how == "lesions"), None
        )
        self._case = form.form("case")
        self._asked = Asked(reading, self.lesion_form, reached)

    def count_from(self, entered: Mapping[str, str]) -> None:
        """Finds the days that the other answers are counted from.

        Args:
            entered: what was entered into form `case`, by field.
        """
        if self._case is not None:
            days = (self._day(self._case, id, entered) for id in (SIGN, DIAGNOSIS))
            self._asked.anchors = Anchors.on(*days, zone=self.reading.zone)

    def _day(self, case: Form, id: str, entered: Mapping[str, str]) -> Span | None:
        """A day as entered, else as the record has it."""
        field = case.field(id)
        if field is None:
            return None
        text = entered.get(id, "")
        span = span_of(text) if is_valid(field, text) else None
        if span is not None:
            return span
        told = self.of_person(case, field)
        return None if told is None else span_of(told.text)

    def of_person(self, form: Form, field: Field) -> Said | None:
        """The answer to a field that is asked once."""
        if field.prefill is None:
            return None
        return _ANSWERS[field.prefill.how](self._asked, form, field, field.prefill)

    def of_item(self, field: Field, item: Item) -> Said | None:
        """The answer to a field of one lesion, drug, result or test."""
        return item_answer(self.reading, field, item)

    def items(self, form: Form) -> list[Item]:
        """What the record holds that a form is asked once for."""
        return self._asked.items(form)

    def hide(self, items: Iterable[Item]) -> None:
        """Leaves out what somebody said was a mistake."""
        self._asked.hide(items)
