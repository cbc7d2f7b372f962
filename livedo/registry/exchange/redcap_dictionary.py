"""The form as a REDCap data dictionary: the 18 columns in their order, one row a field.

The columns are those that REDCap itself writes and reads (REDCap, Data Dictionary). Dates are text
fields: REDCap's own dates are whole days, and a date known as a month or a year must not become
one. Numbers are text fields too, since unknown is an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from livedo.knowledge.register import CaseReportForm, Field, Form, choices_of
from livedo.knowledge.schema import Text
from livedo.registry.exchange.redcap_names import (
    ORIGIN,
    PERSON_ID,
    RECORD_ID,
    REMOVED,
    RedcapForm,
)
from livedo.registry.exchange.sheet import written

COLUMNS = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)
REPEATING_COLUMNS = ("form_name", "custom_form_label")
MOST_RADIO_BUTTONS = 8
"""More choices than these are a list that drops down."""

Say = Callable[[str], str]
"""A text of `wording/*/exchange.yaml` in the reader's language."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What we fill of one row of the dictionary."""

    name: str
    form: str
    type: str
    label: str
    choices: str = ""
    note: str = ""
    is_identifier: bool = False
    is_required: bool = False
    annotation: str = ""

    def cells(self) -> list[str]:
        """The 18 cells."""
        first = [self.name, self.form, "", self.type, self.label, self.choices, self.note]
        identifier, required = (
            "y" if one else "" for one in (self.is_identifier, self.is_required)
        )
        return [*first, "", "", "", identifier, "", required, "", "", "", "", self.annotation]


def dictionary(form: CaseReportForm, say: Say, lang: str, *, with_person_ids: bool = False) -> str:
    """`data_dictionary.csv`."""
    lines = _lines(form, say, lang, with_person_ids=with_person_ids)
    return written(COLUMNS, (line.cells() for line in lines))


def repeating(form: CaseReportForm) -> str:
    """`repeating_instruments.csv`: the forms that repeat, as the API of REDCap lists them."""
    return written(REPEATING_COLUMNS, ([one.id, ""] for one in form.forms if one.repeats))


def _lines(form: CaseReportForm, say: Say, lang: str, *, with_person_ids: bool) -> Iterator[Line]:
    first = form.forms[0].id
    yield Line(name=RECORD_ID, form=first, type="text", label=say("redcap.record_id"))
    if with_person_ids:
        label = say("redcap.person_id")
        yield Line(name=PERSON_ID, form=first, type="text", label=label, is_identifier=True)
    redcap = RedcapForm(form)
    for one in form.forms:
        yield from _of_form(redcap, one, say, lang)


def _of_form(redcap: RedcapForm, one: Form, say: Say, lang: str) -> Iterator[Line]:
    for field in one.fields:
        yield _of_field(redcap, one, field, say, lang)
    yield Line(
        name=redcap.name(one, REMOVED),
        form=one.id,
        type="radio",
        label=say("redcap.removed"),
        choices=_coded([(word, _in(redcap.form.words[word], lang)) for word in ("yes", "no")]),
        # Only one of several can be left out; elsewhere the field keeps that a form was begun.
        annotation="" if one.repeats else "@HIDDEN",
    )
    yield Line(
        name=redcap.name(one, ORIGIN),
        form=one.id,
        type="notes",
        label=say("redcap.origin"),
        note=say("redcap.origin_note"),
        annotation="@READONLY",
    )


def _of_field(redcap: RedcapForm, form: Form, field: Field, say: Say, lang: str) -> Line:
    codes = redcap.codes(form, field.id)
    kind = "notes" if field.type == "text" else "text"
    if codes:
        kind = "radio" if len(codes) <= MOST_RADIO_BUTTONS else "dropdown"
    return Line(
        name=redcap.name(form, field.id),
        form=form.id,
        type=kind,
        label=f"{_in(field.label, lang)} ({field.unit})" if field.unit else _in(field.label, lang),
        choices=_coded([(codes[one.id], _in(one.label, lang)) for one in choices_of(field)]),
        note=_note(field, say, lang),
        is_identifier=field.type in ("text", "date"),
        is_required=field.is_required,
        annotation="@HIDDEN" if field.is_reference else "",
    )


def _coded(choices: list[tuple[str, str]]) -> str:
    return " | ".join(f"{code}, {_plain(label)}" for code, label in choices)


def _plain(label: str) -> str:
    """A label without the signs that part choices."""
    return " ".join(label.replace("|", "/").split())


def _in(text: Text, lang: str) -> str:
    return text.da if lang == "da" else text.en


def _note(field: Field, say: Say, lang: str) -> str:
    own = _in(field.note, lang) if field.note else ""
    key = {"date": "redcap.date_note", "number": "redcap.number_note", "whole": "redcap.whole_note"}
    common = say(key[field.type]) if field.type in key else ""
    return " ".join(part for part in (own, common) if part)
