"""How complete a register is: of each field, answered, said to be unknown, or blank.

For inside use: counts are small and true. They name nobody, and are not for publication unless
they went through the control of small numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from livedo.knowledge.register import UNKNOWN, CaseReportForm, Field, Form, load_case_report_form
from livedo.knowledge.register_quality import MissingAnswers, load_missing_answers
from livedo.registry.form import CaseForm


class FieldCount(msgspec.Struct, kw_only=True):
    """One field over all cases, or over all instances where its form repeats.

    asked = answered + unknown + blank + not_yet. Of what was answered or said to be unknown,
    `record`, `entered` and `confirmed` say where it comes from.
    """

    form: str
    field: str
    is_required: bool
    asked: int = 0
    answered: int = 0
    unknown: int = 0
    """Said to be unknown, which is an answer and no value."""
    blank: int = 0
    """Nobody said anything: missing."""
    not_yet: int = 0
    """Blank, and it may not have happened."""
    not_asked: int = 0
    """Not a question of this person: the day of death of somebody who lives."""
    record: int = 0
    entered: int = 0
    confirmed: int = 0


class FormCount(msgspec.Struct, frozen=True, kw_only=True):
    """One form: how many cases have it at all, how often, and its fields."""

    form: str
    repeats: bool
    cases: int
    instances: int
    fields: tuple[FieldCount, ...]


class Completeness(msgspec.Struct, frozen=True, kw_only=True):
    """A whole register, or one centre of it."""

    cases: int
    entered: int
    """Cases of whom somebody entered something; the record alone proposes the others."""
    forms: tuple[FormCount, ...]
    withdrawn: int = 0
    """Cases that somebody withdrew: nothing is asked of them, and they are not among `cases`."""

    @property
    def required(self) -> tuple[int, int]:
        """Of all that is asked and required: how many were answered or said to be unknown."""
        fields = [one for form in self.forms for one in form.fields if one.is_required]
        said = sum(one.answered + one.unknown for one in fields)
        return said, said + sum(one.blank for one in fields)


def completeness(
    cases: Sequence[CaseForm],
    form: CaseReportForm | None = None,
    rules: MissingAnswers | None = None,
) -> Completeness:
    """How complete these cases are, without those that were withdrawn."""
    asked = form or load_case_report_form()
    rules = rules or load_missing_answers()
    kept = [case for case in cases if case.text("case", "in_register") != "no"]
    return Completeness(
        cases=len(kept),
        entered=sum(case.is_entered for case in kept),
        forms=tuple(_form(one, kept, rules) for one in asked.forms),
        withdrawn=len(cases) - len(kept),
    )


def by_centre(
    cases: Iterable[CaseForm], centres: Mapping[str, str | None]
) -> dict[str, Completeness]:
    """The same for each centre, in the order of their names; no centre is an empty name."""
    found: dict[str, list[CaseForm]] = {}
    for case in cases:
        centre = case.text("person", "centre") or centres.get(case.person_id) or ""
        found.setdefault(centre, []).append(case)
    return {centre: completeness(found[centre]) for centre in sorted(found)}


def _form(form: Form, cases: Sequence[CaseForm], rules: MissingAnswers) -> FormCount:
    fields = [
        FieldCount(form=form.id, field=field.id, is_required=field.is_required)
        for field in form.fields
        if not field.is_reference
    ]
    having = 0
    instances = 0
    for case in cases:
        numbers = list(_instances(form, case))
        having += bool(case.instances(form.id))
        instances += len(numbers)
        for number in numbers:
            for count in fields:
                _count(count, form, case, number, rules)
    return FormCount(
        form=form.id, repeats=form.repeats, cases=having, instances=instances, fields=tuple(fields)
    )


def _instances(form: Form, case: CaseForm) -> Iterator[int]:
    """A form that does not repeat is asked of everybody."""
    yield from case.instances(form.id) if form.repeats else (1,)


def _count(
    count: FieldCount, form: Form, case: CaseForm, number: int, rules: MissingAnswers
) -> None:
    value = case.value(form.id, count.field, number)
    if value is None:
        _count_blank(count, form, case, number, rules)
        return
    count.asked += 1
    count.answered += value.text != UNKNOWN
    count.unknown += value.text == UNKNOWN
    count.record += value.origin == "record"
    count.entered += value.origin == "entered"
    count.confirmed += value.origin == "confirmed"


def _count_blank(
    count: FieldCount, form: Form, case: CaseForm, number: int, rules: MissingAnswers
) -> None:
    rule = rules.rule_of(form.id, count.field)
    field = form.field(count.field)
    if _is_off(field) or (rule and not rule.is_asked(case.text(form.id, rule.asked_if, number))):
        count.not_asked += 1
        return
    count.asked += 1
    if f"{form.id}.{count.field}" in rules.may_not_have_happened:
        count.not_yet += 1
    else:
        count.blank += 1


def _is_off(field: Field | None) -> bool:
    """Sensitive fields are asked only where a centre switched them on."""
    return field is None or field.is_sensitive
