"""What every question to one person's record starts from: the facts, and the days that count."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from livedo.instants import Instant
from livedo.knowledge.register import Field, Form, Prefill
from livedo.registry.case import Reached
from livedo.registry.items import Anchors, Item, items_of
from livedo.registry.reading import Reading, Said


class Asked:
    """One person's record, asked for a form."""

    def __init__(
        self, reading: Reading, lesion_form: Form | None, reached: Iterable[Reached]
    ) -> None:
        self.reading = reading
        today = reading.day(reading.as_of)
        self.reached = {f"{one.definition}/{one.level}": one for one in reached if one.on <= today}
        self.anchors = Anchors()
        """No day, until the days are found; no day is needed to find them."""
        self.lesion_form = lesion_form
        self.hidden: frozenset[tuple[str, ...]] = frozenset()
        self._items: dict[str, list[Item]] = {}

    def items(self, form: Form) -> list[Item]:
        """What the record holds that a form is asked once for."""
        if form.id not in self._items:
            self._items[form.id] = items_of(form, self.reading, self.anchors)
        return self._items[form.id]

    def lesions(self) -> list[Item]:
        """The lesions of the record, without those that somebody said were none."""
        form = self.lesion_form
        mine = [] if form is None else self.items(form)
        return [item for item in mine if item.keys not in self.hidden]

    def hide(self, items: Iterable[Item]) -> None:
        """Leaves out what somebody said was a mistake."""
        self.hidden |= {item.keys for item in items}

    @property
    def diagnosis(self) -> Instant:
        """The last instant of the day of the diagnosis; the moment of the form before one."""
        until, as_of = self.anchors.until_diagnosis, self.reading.as_of
        return as_of if until is None else min(until, as_of)


Answering = Callable[[Asked, Form, Field, Prefill], Said | None]


def meant(form: Form, field: Field, prefill: Prefill) -> Field:
    """The field whose choices are meant: another one where the prefill names it."""
    return form.field(prefill.field) or field


def table(*answers: Answering) -> dict[str, Answering]:
    """Answers by the word of their `how`."""
    return {answer.__name__: answer for answer in answers}
