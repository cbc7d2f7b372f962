"""From a form of the register, as the browser sent it, to one entry that holds what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from livedo.decisions.entries import CaseReport, Entry
from livedo.knowledge.register import Form, outside_limits
from livedo.registry.form import CaseForm
from livedo.surfaces.web.register_answers import AnswerRefused, Typed, read_answer
from livedo.surfaces.web.register_rows import Part, Row, Rows

FIELD, UNSURE, WAS = "f-", "u-", "w-"
"""How the names of a form's controls begin: what was typed, unknown ticked, what was shown."""
NEW = "new"


class Mistake(msgspec.Struct, frozen=True, kw_only=True):
    """Why one field cannot be kept."""

    field: str
    text: str


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """What a form comes to."""

    values: tuple[tuple[str, str], ...]
    """Only what changed against what the page had shown."""
    mistakes: tuple[Mistake, ...]
    typed: dict[str, Typed]


def typed_in(form: Form, sent: Mapping[str, str]) -> dict[str, Typed]:
    """What was typed, by field."""
    return {
        field.id: Typed(
            text=sent.get(FIELD + field.id, ""),
            is_unknown=sent.get(UNSURE + field.id) == "1",
            was=sent.get(WAS + field.id, ""),
        )
        for field in form.fields
        if FIELD + field.id in sent or UNSURE + field.id in sent
    }


def read_form(
    rows: Rows, part: Part, sent: Mapping[str, str], today: date, *, is_again: bool = False
) -> Sent:
    """What changed, and what cannot be kept.

    Args:
        is_again: the form has made an entry already, so that what is kept now may be its own.
    """
    typed = typed_in(part.form, sent)
    values, mistakes = [], []
    for row in part.rows:
        if row.field.id not in typed:
            continue
        try:
            kept = changed(rows, row, typed[row.field.id], today, is_again=is_again)
        except AnswerRefused as refusal:
            text = rows.reader.words.text(f"register.mistake.{refusal.key}", **refusal.values)
            mistakes.append(Mistake(field=row.field.id, text=text))
        else:
            if kept is not None:
                values.append((row.field.id, kept))
    mistakes += beyond(rows, part, dict(values))
    return Sent(values=tuple(values), mistakes=tuple(mistakes), typed=typed)


def beyond(rows: Rows, part: Part, values: Mapping[str, str]) -> list[Mistake]:
    """Numbers that do not fit what was chosen beside them: 50 on a scale from 0 to 10."""
    told = {row.field.id: row.kept for row in part.rows} | dict(values)
    text = rows.reader.words.text("register.mistake.limit")
    return [Mistake(field=id, text=text) for id in outside_limits(part.form, told)]


def changed(
    rows: Rows, row: Row, typed: Typed, today: date, *, is_again: bool = False
) -> str | None:
    """What is to be kept of one field; None where nothing changed.

    Raises:
        AnswerRefused: it is no answer, or somebody else entered another one meanwhile.
    """
    field = row.field
    kept = read_answer(field, typed, rows.choices(field), rows.reader.words, today)
    if kept == typed.was:
        return None
    if is_again:
        return kept
    if not kept and row.origin == "record":
        raise AnswerRefused("over_record")
    if row.kept not in (typed.was, kept):
        raise AnswerRefused("meanwhile", what=rows.said(field, row.kept) or "–")
    return kept


def confirmed(part: Part) -> tuple[tuple[str, str], ...]:
    """What the record says and nobody had entered, to be entered as it is."""
    return tuple((row.field.id, row.kept) for row in part.unconfirmed)


def with_reference(part: Part, values: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The values, and what ties them to the lesion or the drug of the record."""
    named = (row for row in part.rows if row.field.is_reference and row.origin == "record")
    return (*values, *((row.field.id, row.kept) for row in named))


def instance_of(asked: str, form: Form, filled: CaseForm, own: Sequence[Entry] = ()) -> int | None:
    """Which instance a form is about; for a new one the next number. None: there is none such.

    Args:
        own: what this very form has made before: sent again, it keeps the number that it had.
    """
    if not form.repeats:
        return 1 if asked == "1" else None
    had = [entry.body.instance for entry in own if isinstance(entry.body, CaseReport)]
    if asked == NEW:
        return had[0] if had else filled.next_instance(form.id)
    there = (*filled.instances(form.id), *had)
    return int(asked) if asked.isdecimal() and int(asked[:6]) in there else None
