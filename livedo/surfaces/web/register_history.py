"""What was entered about a case, newest first: who, when, what, and how to take it back."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from livedo.decisions.entries import Adjudication, CaseReport, Entry, standing
from livedo.knowledge.register import Field, load_case_report_form
from livedo.registry.adjudication import Reading, Readings, may_read
from livedo.surfaces.web.register_desk import KINDS
from livedo.surfaces.web.register_rows import Rows

SEVERAL = 2


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One entry in words."""

    entry_id: str
    by: str
    at: str
    form: str
    """The form it is about; empty for a reading."""
    title: str
    told: tuple[str, ...]
    is_undone: bool
    may_undo: bool


def history(rows: Rows, person_id: str, reader: str) -> Iterator[Line]:
    """Every entry of the register about a person, undone ones too.

    Args:
        reader: who looks: a reading of somebody else is not told before both have read.
    """
    entries = rows.register.service.entries(person_id)
    kept = {entry.entry_id for entry in standing(entries)}
    readings = rows.register.readings(person_id)
    for entry in reversed(entries):
        if entry.kind in KINDS:
            yield _line(rows, entry, readings, reader, is_kept=entry.entry_id in kept)


def saved_line(rows: Rows, person_id: str, entry_id: str, reader: str) -> Line | None:
    """What a form has made, in words: one entry, or one for each lesion that it confirmed."""
    found = [x for x in history(rows, person_id, reader) if is_of(x.entry_id, entry_id)]
    if len(found) < SEVERAL:
        return found[0] if found else None
    standing_ones = sum(not line.is_undone for line in found)
    told = rows.reader.words.count("register.several", len(found))
    return msgspec.structs.replace(
        found[0],
        entry_id=entry_id,
        title=rows.form_title(found[0].form),
        told=(told,),
        is_undone=not standing_ones,
        may_undo=any(line.may_undo for line in found),
    )


def is_of(entry_id: str, told: str) -> bool:
    """Whether an entry is the one told, or one of several that were made at once under it."""
    return bool(told) and (entry_id == told or entry_id.startswith(f"{told}."))


def _line(rows: Rows, entry: Entry, readings: Readings, reader: str, *, is_kept: bool) -> Line:
    title, told = _said(rows, entry, readings, reader)
    return Line(
        entry_id=entry.entry_id,
        by=entry.entered_by,
        at=rows.words.dates.moment(entry.entered_at),
        form=entry.body.form if isinstance(entry.body, CaseReport) else "",
        title=title,
        told=told,
        is_undone=not is_kept,
        may_undo=is_kept and may_undo(entry, readings, reader),
    )


def may_undo(entry: Entry, readings: Readings, reader: str) -> bool:
    """Whether somebody may take an entry back: a reading only its reader, before both have."""
    if not isinstance(entry.body, Adjudication) or entry.body.reading == "consensus":
        return True
    return entry.entered_by == reader and may_read(reader, readings)


def _said(rows: Rows, entry: Entry, readings: Readings, reader: str) -> tuple[str, tuple[str, ...]]:
    if isinstance(entry.body, CaseReport):
        return _report(rows, entry.body)
    text = rows.reader.words.text
    assert isinstance(entry.body, Adjudication)
    title = text(f"register.reading.{entry.body.reading}")
    is_own = entry.entered_by == reader
    if entry.body.reading == "single" and may_read(reader, readings) and not is_own:
        return title, (text("register.reading.closed"),)
    return title, told_reading(rows, entry.body)


def told_reading(rows: Rows, body: Adjudication | Reading) -> tuple[str, ...]:
    """What a reader says, in words."""
    text = rows.reader.words.text
    told = [text(f"register.verdict.{body.verdict}")]
    if body.cause_of_death is not None:
        told.append(text(f"register.cause.{body.cause_of_death}"))
    return (*told, body.comment) if body.comment else tuple(told)


def _report(rows: Rows, body: CaseReport) -> tuple[str, tuple[str, ...]]:
    form = load_case_report_form().form(body.form)
    if form is None:
        return body.form, ()
    title = f"{rows.title(form)} {body.instance}" if form.repeats else rows.title(form)
    text = rows.reader.words.text
    if body.is_removed:
        return title, (text("register.removed"),)
    asked = [(form.field(id), id, kept) for id, kept in body.values]
    # A reference to the record is sent along and means nothing to people.
    told = [said for said in asked if said[0] is None or not said[0].is_reference]
    return title, tuple(_value(rows, *said) for said in told)


def _value(rows: Rows, field: Field | None, id: str, kept: str) -> str:
    if field is None:
        return id
    said = rows.said(field, kept) if kept else rows.reader.words.text("register.taken_back")
    return f"{rows.label(field)}: {said}"
