"""Rows of a case file: what each of its leaves becomes, placed around one fixed moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from livedo.instants import DAY, YEAR_DAYS, Instant, instant_of
from livedo.knowledge.case_files import CaseFileReading, load_case_file_reading
from livedo.record.tables import Fact, Note, Person
from livedo.sources.faults import WRONG_SHAPE
from livedo.sources.fhir_codes import Codes
from livedo.sources.fhir_types import Quantity
from livedo.sources.fhir_values import UNREADABLE, Value, Values
from livedo.sources.intake import stable_id

if TYPE_CHECKING:
    from livedo.knowledge.vocabulary import VignetteWord, Vocabulary

UNKNOWN_WORD = "unknown_word"
LONGEST_NUMBER = 12

Rows = tuple[Fact | Note, ...]
Item = tuple[str, Rows | str]
"""The place of an item in its file, and its rows, or the reason why it has none."""


def number_of(value: object) -> float | None:
    """A finite number that is not a truth value."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 10**LONGEST_NUMBER else None


def _half_a_step(value: float) -> float:
    """Half of the last digit written: 17 may be 16.5 to 17.5, and 1.5 may be 1.45 to 1.55."""
    decimals = len(repr(value).partition(".")[2].rstrip("0"))
    return float(0.5 * 10**-decimals)


class CaseRows:
    """One case: the shape of its file, its moment, and how rows of it are made."""

    def __init__(
        self, content: Mapping[str, Any], path: Path, label: str, vocabulary: Vocabulary
    ) -> None:
        self._content = content
        self._label = label
        self._vocabulary = vocabulary
        self._reading: CaseFileReading = load_case_file_reading()
        self._values = Values(vocabulary, Codes(vocabulary))
        self.moment: Instant = instant_of(self._reading.moment)
        named = content.get("id")
        is_named = isinstance(named, str | int) and bool(str(named).strip())
        self.person_id = str(named) if is_named else path.stem
        self._before = self._years_before(self._reading.earliest_years_before)

    def _years_before(self, years: float) -> Instant:
        return self.moment - round(years * YEAR_DAYS * DAY)

    def person(self) -> Person:
        """Age is a whole number of years, so that birth is an interval of a year."""
        patient = self._mapping("patient")
        age, sex = number_of(patient.get("age")), patient.get("sex")
        known_sex = self._reading.sexes.get(sex, "unknown") if isinstance(sex, str) else "unknown"
        return Person(
            person_id=self.person_id,
            sex=cast(Literal["female", "male", "other", "unknown"], known_sex),
            born_on=None if age is None else self._years_before(age + 1) + 1,
            born_on_latest=None if age is None else self._years_before(age),
        )

    # --- the shape of the file

    def _mapping(self, field: str) -> Mapping[str, Any]:
        found = self._content.get(field)
        return found if isinstance(found, dict) else {}

    def _fields(self, field: str) -> Iterator[tuple[str, str, object]]:
        """Place, key and value of each entry of a mapping."""
        for key, value in self._mapping(field).items():
            yield f"{field}.{key}", str(key), value

    def _misshapen(self, field: str, shape: type) -> Iterator[Item]:
        found = self._content.get(field)
        if found is not None and not isinstance(found, shape):
            yield field, WRONG_SHAPE

    def _listed(self, field: str) -> Iterator[tuple[str, object]]:
        found = self._content.get(field)
        for index, value in enumerate(found if isinstance(found, list) else ()):
            yield f"{field}[{index}]", value

    def _word(self, field: str, word: object) -> VignetteWord | str:
        """What a word means, or the reason why it means nothing here."""
        if not isinstance(word, str | bool):
            return WRONG_SHAPE
        meaning = self._vocabulary.vignette_concept(field, str(word))
        if meaning.concept or meaning.body_site or meaning.interpretation:
            return meaning
        return meaning.set_aside or UNKNOWN_WORD

    # --- rows

    def _fact(self, place: str, concept: str, **more: Any) -> Fact:
        """A fact of this moment; more may say otherwise."""
        given: dict[str, Any] = {
            "fact_id": stable_id("case", self.person_id, place, str(more.get("body_site"))),
            "person_id": self.person_id,
            "concept": concept,
            "start_from": self.moment,
            "start_at": self.moment,
            "end_from": self.moment,
            "end_at": self.moment,
            "known_at": self.moment,
            "source": self._label,
            "source_id": f"{self.person_id}#{place}",
        }
        return Fact(**(given | more))

    def _lasting(self, place: str, concept: str, present: str, **more: Any) -> Fact:
        """A state that began at some time before; an absence is of this moment."""
        began = self._before if present == "yes" else self.moment
        span = {"start_from": began, "start_at": self.moment, "end_from": None, "end_at": None}
        return self._fact(place, concept, present=present, matched_by="text", **(span | more))

    def _some_time_before(
        self, place: str, concept: str, present: str, within_days: int | None = None
    ) -> Fact:
        """An event of an unknown day; one that its word calls recent lies within so many days."""
        earliest = self._before if within_days is None else self.moment - within_days * DAY
        span = {"start_from": earliest, "end_from": earliest}
        return self._fact(place, concept, present=present, matched_by="text", **span)

    def _stated(self, field: str, place: str, word: object) -> Rows | str:
        """A state or an event, named by a word."""
        meaning = self._word(field, word)
        if isinstance(meaning, str):
            return meaning
        concept = meaning.concept or ""
        if self._vocabulary.concept(concept).kind == "event":
            days = meaning.within_days
            return (self._some_time_before(place, concept, meaning.present, days),)
        return (self._lasting(place, concept, meaning.present),)

    def _valued(self, place: str, concept: str, value: Value | str, **more: Any) -> Rows | str:
        if isinstance(value, str):
            return value
        given = {"low": value.low, "high": value.high, "interpretation": value.interpretation}
        return (self._fact(place, concept, original=value.original, **(given | more)),)

    def _note(self, place: str, kind: str, text: str, weeks: float = 0.0, lang: str = "en") -> Rows:
        return (
            Note(
                note_id=f"{self.person_id}#{place}",
                person_id=self.person_id,
                written_at=self.moment - round(weeks * 7 * DAY),
                known_at=self.moment,
                language=lang,
                kind=kind,
                text=text,
            ),
        )

    def _bare_number(self, place: str, key: str, concept: str, value: object) -> Rows | str:
        """A number whose unit of measure the field itself implies."""
        number = number_of(value)
        if number is None:
            return UNREADABLE
        quantity = Quantity(value=number, unit=self._reading.units[key])
        return self._valued(place, concept, self._values.quantity(quantity, concept))

    def _ago(self, count: float, days: float) -> tuple[Instant, Instant]:
        """So many weeks or months before, within what the number as written can mean."""
        step = _half_a_step(count)
        longest, shortest = (max(count + by, 0.0) * days * DAY for by in (step, -step))
        return self.moment - round(longest), self.moment - round(shortest)
