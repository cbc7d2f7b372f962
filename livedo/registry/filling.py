"""Puts together what the record answers and what people entered, form by form.

Which lesion, drug or result of the record is which instance of a form that repeats is told
from time: everything takes the lowest number free when it first came to be known, and a
number in use is never given to something else, so that what was entered about the second
lesion stays with the second lesion. A `record_key` that was entered outweighs time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from livedo.decisions.entries import CaseReport, Entry
from livedo.instants import Instant
from livedo.knowledge.register import UNKNOWN, CaseReportForm, Field, Form, is_valid
from livedo.registry.case import Day
from livedo.registry.case_form import CaseForm, Value
from livedo.registry.item_answers import site_class_of
from livedo.registry.items import Item
from livedo.registry.prefill import Prefilled
from livedo.registry.reading import Reading, Said

Answers = dict[str, Value]

BODY_SITE = "body_site"


class Written:
    """What was entered into one form, by instance, later words over earlier ones."""

    def __init__(self) -> None:
        self.values: dict[int, dict[str, tuple[str, Entry]]] = {}
        self.since: dict[int, Instant] = {}
        self.removed: set[int] = set()

    def add(self, entry: Entry, report: CaseReport) -> None:
        """Takes in one more entry; they come oldest first."""
        number = report.instance
        self.since.setdefault(number, entry.entered_at)
        if report.is_removed:
            self.removed.add(number)
            self.values.pop(number, None)
            return
        self.removed.discard(number)
        mine = self.values.setdefault(number, {})
        for field, text in report.values:
            if text:
                mine[field] = (text, entry)
            else:
                mine.pop(field, None)

    def texts(self, number: int) -> dict[str, str]:
        """What was entered into one instance, by field."""
        return {field: text for field, (text, _) in self.values.get(number, {}).items()}

    def text(self, number: int, field: str | None) -> str:
        """What was entered into a field of an instance; empty where nothing was."""
        return self.values.get(number, {}).get(field or "", ("",))[0]


class Filling:
    """One person's form in the making."""

    def __init__(
        self,
        reading: Reading,
        written: Mapping[str, Written],
        form: CaseReportForm,
        prefilled: Prefilled,
    ) -> None:
        self.reading = reading
        self.form = form
        self.prefilled = prefilled
        self.written = written
        self.taken: dict[str, int] = {}
        self._numbered: dict[str, dict[int, Item]] = {}

    def case_form(self) -> CaseForm:
        """The whole form."""
        # Lesions come first: one that somebody removed is no first sign either.
        lesions = self.prefilled.lesion_form
        if lesions is not None:
            self._numbers(lesions)
        self.prefilled.count_from(self._written("case").texts(1))
        answers = {form.id: self._answers(form) for form in self.form.forms}
        return CaseForm(
            self.reading.person_id,
            self.reading.as_of,
            answers,
            taken=self.taken,
            is_entered=bool(self.written),
        )

    def _written(self, form: str) -> Written:
        return self.written.get(form) or Written()

    def _answers(self, form: Form) -> dict[int, Answers]:
        written = self._written(form.id)
        if not form.repeats:
            return {1: self._merged(form, written, 1, None)}
        numbers = self._numbers(form)
        shown = sorted({*numbers, *written.since} - written.removed)
        merged = {n: self._merged(form, written, n, numbers.get(n)) for n in shown}
        return {n: values for n, values in merged.items() if values}

    def _numbers(self, form: Form) -> dict[int, Item]:
        """What of the record is which instance; those removed are hidden from all answers."""
        if form.id not in self._numbered:
            written = self._written(form.id)
            items = self.prefilled.items(form)
            numbers = numbered(items, written, _key_field(form))
            places = (item.place or 0 for item in items)
            self.taken[form.id] = max((*numbers, *written.since, *places), default=0)
            self.prefilled.hide(item for n, item in numbers.items() if n in written.removed)
            self._numbered[form.id] = numbers
        return self._numbered[form.id]

    def _merged(self, form: Form, written: Written, number: int, item: Item | None) -> Answers:
        answers: Answers = {}
        entered = written.values.get(number, {})
        for field in form.fields:
            value = self._value(form, field, entered.get(field.id), item)
            if value is not None:
                answers[field.id] = value
        self._follow_body_site(form, answers, entered)
        return answers

    def _follow_body_site(
        self, form: Form, answers: Answers, entered: Mapping[str, tuple[str, Entry]]
    ) -> None:
        """Where somebody entered a body site and not its class, the class is that of the site."""
        classes = [f for f in form.fields if f.prefill and f.prefill.how == "item_site_class"]
        site = answers.get(BODY_SITE)
        for field in classes if site is not None and site.origin == "entered" else ():
            if field.id not in entered:
                told = answers.pop(field.id, None)
                value = self._class_entered(field, site, told) if site else None
                if value is not None:
                    answers[field.id] = value

    def _class_entered(self, field: Field, site: Value, told: Value | None) -> Value | None:
        if site.text == UNKNOWN:
            return None
        return msgspec.structs.replace(
            site,
            text=site_class_of(site.text, field, self.reading.vocabulary),
            sources=() if told is None else told.sources,
            record_says=None if told is None else told.record_says,
        )

    def _value(
        self, form: Form, field: Field, entered: tuple[str, Entry] | None, item: Item | None
    ) -> Value | None:
        said = self._said(form, field, item)
        if entered is not None:
            return self._entered(field, *entered, said)
        if said is None:
            return None
        return Value(
            text=said.text,
            origin="record",
            on=self._day(said.known_at),
            sources=said.sources,
            record_says=said.text,
        )

    def _said(self, form: Form, field: Field, item: Item | None) -> Said | None:
        """What the record answers, where that is an answer to the field."""
        if field.prefill is None or field.is_sensitive:
            return None
        if not form.repeats:
            told = self.prefilled.of_person(form, field)
        else:
            told = None if item is None else self.prefilled.of_item(field, item)
        return told if told is not None and is_valid(field, told.text) else None

    def _entered(self, field: Field, text: str, entry: Entry, said: Said | None) -> Value:
        is_same = said is not None and is_same_answer(field, text, said.text)
        return Value(
            text=text,
            origin="confirmed" if is_same else "entered",
            on=self._day(entry.entered_at),
            by=entry.entered_by,
            sources=() if said is None else said.sources,
            record_says=None if said is None else said.text,
        )

    def _day(self, at: Instant | None) -> Day | None:
        return None if at is None else self.reading.day(at)


def written_by_form(reports: Iterable[Entry]) -> dict[str, Written]:
    """What was entered, by form; entries come oldest first."""
    forms: dict[str, Written] = {}
    for entry in reports:
        if isinstance(entry.body, CaseReport):
            forms.setdefault(entry.body.form, Written()).add(entry, entry.body)
    return forms


def numbered(items: Sequence[Item], written: Written, key_field: str | None) -> dict[int, Item]:
    """Which item of the record is which instance."""
    bound = {written.text(n, key_field): n for n in written.values if written.text(n, key_field)}
    found: dict[int, Item] = {}
    free: list[Item] = []
    for item in items:
        number = next((bound[key] for key in item.keys if key in bound), None)
        if number is None or number in found:
            free.append(item)
        else:
            found[number] = item
    tied = {*found, *bound.values()}
    by_hand = {n: at for n, at in written.since.items() if n not in tied}
    for item in sorted(free, key=lambda item: (item.since, item.place or 0, item.keys)):
        number = _free_number(item, {*found, *tied}, by_hand)
        found[number] = item
    return found


def _free_number(item: Item, used: set[int], by_hand: Mapping[int, Instant]) -> int:
    """The place of the item where it has one, else the lowest number.

    A number that somebody began by hand before the item was known is taken.
    """
    number = item.place or 1
    while number in used or by_hand.get(number, item.since) < item.since:
        number += 1
    return number


def is_same_answer(field: Field, one: str, other: str) -> bool:
    """Whether two texts answer a field alike: 1.50 and 1.5 do."""
    if one == other:
        return True
    if field.type not in ("number", "whole") or UNKNOWN in (one, other):
        return False
    return is_valid(field, one) and is_valid(field, other) and float(one) == float(other)


def _key_field(form: Form) -> str | None:
    return next((field.id for field in form.fields if field.is_reference), None)
