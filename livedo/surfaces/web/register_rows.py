"""The answers of one case in a reader's words: what counts, what the record says, who said so."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import msgspec

from livedo.act.facts_in_words import FactWords, capitalised
from livedo.instants import parse_fhir_instant, zone_named
from livedo.knowledge.register import UNKNOWN, Field, Form, choices_of, load_case_report_form
from livedo.knowledge.schema import Text
from livedo.registry.case import Span
from livedo.registry.form import OUTSIDE, CaseForm, Value
from livedo.surfaces.web.preferences import Preferences
from livedo.surfaces.web.register_answers import Choices
from livedo.surfaces.web.register_desk import Register

EPOCH = date(1970, 1, 1)
SEEN_DIGITS = 16


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One answer in words."""

    text: str
    on: str
    by: str
    is_unknown: bool


UNIT_OF = {"unit": "value", "dose_unit": "dose_per_day"}
"""Questions whose answer stands behind the number of another one."""
SAYS_NOTHING_ALONE = frozenset({("bound", "exact")})
"""Answers that only say that another one is as it stands."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One question of one case."""

    field: Field
    label: str
    note: str
    kept: str
    """What counts, as it is kept; empty where there is no answer."""
    origin: str
    answer: Told | None
    recorded: Told | None
    """What the record says, whatever was entered."""

    @property
    def is_silent(self) -> bool:
        """Whether it is not asked: it is sent along, or no centre has switched it on."""
        return self.field.is_reference or (self.field.is_sensitive and self.answer is None)

    @property
    def differs(self) -> bool:
        """Whether somebody entered something else than the record says."""
        is_entered = self.origin != "record" and self.answer is not None
        return is_entered and self.recorded is not None and self.recorded.text != self.told

    @property
    def told(self) -> str:
        """The answer that counts, in words."""
        return "" if self.answer is None else self.answer.text

    @property
    def brief(self) -> str:
        """The answer among others on one line; empty where it would say nothing there."""
        if self.answer is None or self.answer.is_unknown:
            return ""
        if self.field.type == "yes_no":
            return self.label if self.kept == "yes" else ""
        return "" if (self.field.id, self.kept) in SAYS_NOTHING_ALONE else self.told


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One form of one case, or one of its instances where it repeats."""

    form: Form
    title: str
    instance: int
    rows: tuple[Row, ...]
    seen: str
    """Stands for what the record says here: confirming something else is refused."""

    @property
    def asked(self) -> list[Row]:
        """What is asked of people here: not what is only sent along."""
        return [row for row in self.rows if not row.is_silent]

    @property
    def answered(self) -> list[Row]:
        """The questions with an answer."""
        return [row for row in self.asked if row.answer is not None]

    @property
    def open(self) -> list[Row]:
        """The questions without one."""
        return [row for row in self.asked if row.answer is None]

    @property
    def brief(self) -> list[str]:
        """The answers on one line: of yes and no only what is there."""
        said = {row.field.id: text for row in self.answered if (text := row.brief)}
        for unit, number in UNIT_OF.items():
            if unit in said and number in said:
                said[number] += f" {said.pop(unit)}"
        return list(said.values())

    @property
    def differing(self) -> list[Row]:
        """Where somebody entered something else than the record says."""
        return [row for row in self.rows if row.differs]

    @property
    def unconfirmed(self) -> list[Row]:
        """What the record says and nobody has looked at."""
        return [row for row in self.asked if row.origin == "record"]


class Rows:
    """Makes the rows of the pages for one reader."""

    def __init__(self, register: Register, reader: Preferences) -> None:
        self.register = register
        self.reader = reader
        self.words: FactWords = register.ward.words(reader)
        self._zone = zone_named(register.service.time_zone)

    # -- words ---------------------------------------------------------------------------

    def label(self, field: Field) -> str:
        """The question."""
        return self._in_words(field.label)

    def name(self, person_id: str) -> str:
        """What people call a person: the id in the record, or the pseudonym."""
        return person_id.removeprefix(OUTSIDE)

    def title(self, form: Form) -> str:
        """The name of a form."""
        return self._in_words(form.title)

    def form_title(self, id: str) -> str:
        """The name of the form of this id."""
        form = load_case_report_form().form(id)
        return id if form is None else self.title(form)

    def choices(self, field: Field) -> Choices:
        """What a field offers, in words; unknown is offered beside it."""
        named = [(one.id, capitalised(self._in_words(one.label))) for one in choices_of(field)]
        offered = [pair for pair in named if pair[0] != UNKNOWN]
        is_long = field.choices_from not in ("", "sides")
        return sorted(offered, key=lambda pair: pair[1].casefold()) if is_long else offered

    def _in_words(self, text: Text) -> str:
        return str(getattr(text, self.reader.lang))

    def said(self, field: Field, kept: str) -> str:
        """A kept answer in words."""
        if kept == UNKNOWN:
            return self.reader.words.text("register.unknown")
        if field.type == "date":
            return self.date(kept)
        if field.type in ("yes_no", "choice"):
            return dict(self.choices(field)).get(kept, kept)
        if field.type in ("number", "whole"):
            number = kept.replace(".", self.reader.words.text("number.decimal"))
            return f"{number} {field.unit}" if field.unit else number
        return kept

    def date(self, kept: str) -> str:
        """A date as exact as it is kept."""
        return self.words.dates.span(*parse_fhir_instant(kept, self._zone))

    def span(self, span: Span) -> str:
        """A date that may be imprecise."""
        ends = [(EPOCH + timedelta(day)).isoformat() for day in (span.first, span.last)]
        first, last = (parse_fhir_instant(end, self._zone) for end in ends)
        return self.words.dates.span(first[0], last[1])

    def day(self, day: int | None) -> str:
        """A day in words; empty where there is none."""
        return "" if day is None else self.date((EPOCH + timedelta(day)).isoformat())

    def _told(self, field: Field, value: Value) -> Told:
        return Told(
            text=self.said(field, value.text),
            on=self.day(value.on),
            by=value.by,
            is_unknown=value.text == UNKNOWN,
        )

    # -- rows ----------------------------------------------------------------------------

    def parts(self, person_id: str) -> Iterator[Part]:
        """Every form of a case, one after the other; those that repeat as often as they do."""
        form, recorded = self.register.form(person_id), self.register.recorded(person_id)
        for one in load_case_report_form().forms:
            for instance in form.instances(one.id) if one.repeats else (1,):
                yield self._part(one, instance, form, recorded)

    def part(self, person_id: str, form: Form, instance: int) -> Part:
        """One form of a case."""
        filled, recorded = self.register.form(person_id), self.register.recorded(person_id)
        return self._part(form, instance, filled, recorded)

    def _part(self, form: Form, instance: int, filled: CaseForm, recorded: CaseForm) -> Part:
        rows = tuple(self._row(form, f, instance, filled, recorded) for f in form.fields)
        title = self.title(form)
        return Part(
            form=form,
            title=f"{title} {instance}" if form.repeats else title,
            instance=instance,
            rows=rows,
            seen=seen_of([(row.field.id, row.kept) for row in rows if row.origin == "record"]),
        )

    def _row(
        self, form: Form, field: Field, instance: int, filled: CaseForm, recorded: CaseForm
    ) -> Row:
        value = filled.value(form.id, field.id, instance)
        record = recorded.value(form.id, field.id, instance)
        return Row(
            field=field,
            label=self.label(field),
            note="" if field.note is None else self._in_words(field.note),
            kept="" if value is None else value.text,
            origin="" if value is None else value.origin,
            answer=None if value is None else self._told(field, value),
            recorded=self._recorded(field, value, record),
        )

    def _recorded(self, field: Field, value: Value | None, record: Value | None) -> Told | None:
        """What the record says, with its day where the record alone says the same."""
        says = record.text if value is None and record is not None else None
        if value is not None:
            says = value.record_says
        if says is None:
            return None
        on = record.on if record is not None and record.text == says else None
        return self._told(field, Value(text=says, origin="record", on=on))


def seen_of(values: Sequence[tuple[str, str]]) -> str:
    """Stands for these answers; it tells nothing of them without them."""
    told = "\n".join(f"{field}={text}" for field, text in values)
    return hashlib.sha256(told.encode()).hexdigest()[:SEEN_DIGITS]
