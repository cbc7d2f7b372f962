"""One person's filled form: every answer with where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from livedo.instants import Instant
from livedo.registry.case import Day

Origin = Literal["record", "entered", "confirmed"]


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """One answer. `confirmed` is entered and the same as what the record says."""

    text: str
    origin: Origin
    on: Day | None = None
    """The local day on which it was entered, or came to be known to the record."""
    by: str = ""
    """Who entered it; nobody where the record says so."""
    sources: tuple[str, ...] = ()
    """What of the record it rests on: `fact:ID`, `observed:...`, `person:...`, `definition:...`."""
    record_says: str | None = None
    """What the record would have answered, whatever was entered; None where it is silent."""


class CaseForm:
    """The form of one person as of a moment. Instances count from 1."""

    def __init__(
        self,
        person_id: str,
        as_of: Instant,
        answers: Mapping[str, Mapping[int, Mapping[str, Value]]],
        *,
        taken: Mapping[str, int],
        is_entered: bool,
    ) -> None:
        self.person_id = person_id
        self.as_of = as_of
        self.is_entered = is_entered
        """Whether somebody entered anything, so that the person stands in the register."""
        self._answers = answers
        self._taken = taken

    def value(self, form: str, field: str, instance: int = 1) -> Value | None:
        """The answer to one field; None is a blank."""
        return self._answers.get(form, {}).get(instance, {}).get(field)

    def text(self, form: str, field: str, instance: int = 1) -> str:
        """The words of the answer to one field, empty where there is none."""
        value = self.value(form, field, instance)
        return "" if value is None else value.text

    def values(self, form: str, instance: int = 1) -> Mapping[str, Value]:
        """Every answer of one instance of a form, by field."""
        return self._answers.get(form, {}).get(instance, {})

    def instances(self, form: str) -> list[int]:
        """The instances of a form that repeats, in order; numbers need not follow each other."""
        return sorted(self._answers.get(form, {}))

    def next_instance(self, form: str) -> int:
        """The number of a new instance: higher than any that is or was in use."""
        return self._taken.get(form, 0) + 1
