"""Completeness and follow-up of a register, in words, as CSV and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from livedo.knowledge.register import CaseReportForm, Field, Form
from livedo.knowledge.schema import Text
from livedo.registry.case import Span as Days
from livedo.registry.completeness import Completeness, FieldCount, FormCount
from livedo.registry.dates import date_of
from livedo.registry.exchange.formula import guarded
from livedo.registry.exchange.sheet import written
from livedo.registry.follow_up import Followed, Visit, overdue, visit_counts
from livedo.surfaces.options import Reader
from livedo.surfaces.terminal import Line, Span, pad, wrap

COUNTS = ("answered", "unknown", "blank", "not_yet", "record", "entered", "confirmed")
SHORT_COUNTS = COUNTS[:4]
"""What a narrow terminal shows: not where the answers come from."""

NUMBER_WIDTH = 11
NARROW = 110


def in_language(text: Text, lang: str) -> str:
    """A text of the form."""
    return text.da if lang == "da" else text.en


# -- completeness ------------------------------------------------------------------------


def completeness_document(
    found: Completeness, centres: Mapping[str, Completeness], as_of: str
) -> dict[str, object]:
    """As JSON: every count of the whole register, and of each centre where asked."""
    document: dict[str, object] = {"as_of": as_of, "use": "inside", **_document(found)}
    if centres:
        document["centres"] = {centre: _document(one) for centre, one in centres.items()}
    return document


def _document(found: Completeness) -> dict[str, object]:
    said, asked = found.required
    built: dict[str, object] = msgspec.to_builtins(found)
    return {**built, "required": {"said": said, "asked": asked}}


def completeness_csv(found: Completeness, centres: Mapping[str, Completeness]) -> str:
    """As CSV: one row a field; with centres, one more a field and centre."""
    counts = ("asked", *COUNTS, "not_asked")
    rows: list[list[str]] = []
    for centre, one in ((None, found), *centres.items()):
        for field in (field for form in one.forms for field in form.fields):
            scope = ["all", ""] if centre is None else ["centre", guarded(centre)]
            numbers = [str(getattr(field, name)) for name in counts]
            required = "yes" if field.is_required else "no"
            rows.append([*scope, field.form, field.field, required, *numbers])
    return written(("scope", "centre", "form", "field", "required", *counts), rows)


def completeness_lines(
    found: Completeness,
    centres: Mapping[str, Completeness],
    form: CaseReportForm,
    as_of: str,
    reader: Reader,
) -> Iterator[Line]:
    """As a table for people."""
    words, width = reader.words, reader.terminal.width
    yield from _title(found, as_of, reader)
    for count in found.forms:
        of_form = form.form(count.form)
        if of_form is not None:
            yield []
            yield from _form_lines(count, of_form, found, reader)
    for centre, one in centres.items():
        yield []
        key = "exchange.completeness.centre" if centre else "exchange.completeness.no_centre"
        yield [(words.text(key, centre=plain(centre)), "strong")]
        yield from _title(one, as_of, reader)
    yield []
    yield from wrap([(words.text("exchange.completeness.key"), "quiet")], width)
    yield from wrap([(words.text("exchange.completeness.inside"), "strong")], width)


def plain(text: str) -> str:
    """What came from outside cannot move the cursor."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _title(found: Completeness, as_of: str, reader: Reader) -> Iterator[Line]:
    words = reader.words
    said, asked = found.required
    entered = words.whole(found.entered)
    title = words.count("exchange.completeness.title", found.cases, entered=entered, date=as_of)
    yield [(title, "strong")]
    if found.withdrawn:
        yield [(words.count("exchange.completeness.withdrawn", found.withdrawn), "")]
    required = words.text(
        "exchange.completeness.required", said=words.whole(said), asked=words.whole(asked)
    )
    yield from wrap([(required, "")], reader.terminal.width)


def _form_lines(
    count: FormCount, form: Form, found: Completeness, reader: Reader
) -> Iterator[Line]:
    words = reader.words
    title = in_language(form.title, reader.lang)
    if count.repeats:
        of = words.count(
            "exchange.completeness.repeated", count.cases, cases=words.whole(found.cases)
        )
        title = f"{title}, {of}"
    yield [(title, "strong")]
    shown = [one for one in count.fields if one.asked]
    if not shown:
        return
    counts = SHORT_COUNTS if reader.terminal.width < NARROW else COUNTS
    heads = [words.text(f"exchange.completeness.head.{name}") for name in counts]
    label_width = min(44, reader.terminal.width - NUMBER_WIDTH * len(counts))
    yield [(" " * label_width + "".join(f"{head:>{NUMBER_WIDTH}}" for head in heads), "quiet")]
    for one in shown:
        field = form.field(one.field)
        if field is not None:
            yield _field_line(one, field, counts, label_width, reader)


def _field_line(
    count: FieldCount, field: Field, counts: Sequence[str], label_width: int, reader: Reader
) -> Line:
    label = in_language(field.label, reader.lang) + (" *" if field.is_required else "")
    label = label if len(label) < label_width else f"{label[: label_width - 4]}..."
    numbers = "".join(
        f"{reader.words.whole(number) if number else '-':>{NUMBER_WIDTH}}"
        for number in (getattr(count, name) for name in counts)
    )
    return [(pad(label, label_width), ""), (numbers, "")]


# -- follow-up ---------------------------------------------------------------------------


def follow_up_document(cases: Sequence[Followed], as_of: str, today: int) -> dict[str, object]:
    """As JSON: who is overdue, who is due, and every visit of every case."""
    return {
        "as_of": as_of,
        "overdue": [_person(case, case.overdue, today) for case in overdue(cases)],
        "due": [_person(case, visit, today) for case in cases for visit in case.due],
        "without_diagnosis_day": [one.person_id for one in no_schedule(cases)],
        "made": [msgspec.to_builtins(one) for one in visit_counts(cases)],
        "cases": [
            {
                "person_id": case.person_id,
                "ended_by": case.ended_by,
                "visits": [_visit(visit) for visit in case.visits],
            }
            for case in cases
        ],
    }


def no_schedule(cases: Sequence[Followed]) -> list[Followed]:
    """Cases that nobody can plan for, and that have not ended."""
    return [case for case in cases if case.diagnosed is None and not case.ended_by]


def _person(case: Followed, visit: Visit | None, today: int) -> dict[str, object]:
    return {
        "person_id": case.person_id,
        "visit": visit.id if visit else "",
        "closes": date_of(visit.closes).isoformat() if visit else "",
        "days_over": visit.overdue_days(today) if visit else 0,
    }


def _visit(visit: Visit) -> dict[str, object]:
    return {
        "visit": visit.id,
        "status": visit.status,
        "due": _dates(visit.due),
        "opens": date_of(visit.opens).isoformat(),
        "closes": date_of(visit.closes).isoformat(),
        "seen": _dates(visit.seen) if visit.seen else None,
        "ended_by": visit.ended_by,
    }


def _dates(span: Days) -> list[str]:
    """The first and the last day that a date can be."""
    return [date_of(span.first).isoformat(), date_of(span.last).isoformat()]


def follow_up_csv(cases: Sequence[Followed]) -> str:
    """As CSV: one row a visit."""
    header = ("person_id", "visit", "status", "opens", "closes", "seen", "ended_by")
    rows = [
        [
            guarded(case.person_id),
            visit.id,
            visit.status,
            date_of(visit.opens).isoformat(),
            date_of(visit.closes).isoformat(),
            "/".join(dict.fromkeys(_dates(visit.seen))) if visit.seen else "",
            visit.ended_by,
        ]
        for case in cases
        for visit in case.visits
    ]
    return written(header, rows)


def follow_up_lines(
    cases: Sequence[Followed], form: CaseReportForm, as_of: str, today: int, reader: Reader
) -> Iterator[Line]:
    """As a list for people: overdue first, then who is due, then how many visits were made."""
    words, width = reader.words, reader.terminal.width
    names = visit_names(form, reader.lang)
    yield [(words.text("exchange.follow_up.title", date=as_of), "strong")]
    yield from _overdue_lines(overdue(cases), names, today, reader)
    yield from _due_lines(cases, names, reader)
    missing = len(no_schedule(cases))
    if missing:
        yield []
        yield from wrap([(words.count("exchange.follow_up.no_diagnosis", missing), "")], width)
    yield []
    yield [(words.text("exchange.follow_up.made"), "")]
    for count in visit_counts(cases):
        if count.expected:
            name = pad(names.get(count.id, count.id), 14)
            yield [(f"  {name}", "quiet"), (f"{count.done}/{count.expected}", "")]
    yield from wrap([(words.text("exchange.follow_up.local"), "quiet")], width)


def visit_names(form: CaseReportForm, lang: str) -> dict[str, str]:
    """What the visits are called."""
    field = form.field("follow_up", "visit")
    return {one.id: in_language(one.label, lang) for one in (field.choices if field else ())}


def _overdue_lines(
    waiting: Sequence[Followed], names: Mapping[str, str], today: int, reader: Reader
) -> Iterator[Line]:
    words = reader.words
    if not waiting:
        yield [(words.text("exchange.follow_up.none"), "done")]
        return
    yield [(words.count("exchange.follow_up.overdue", len(waiting)), "strong")]
    for case in waiting:
        visit = case.overdue
        if visit is not None:
            over = words.count("exchange.follow_up.days", visit.overdue_days(today))
            yield [_who(case, visit, names), (over, "strong")]


def _due_lines(
    cases: Sequence[Followed], names: Mapping[str, str], reader: Reader
) -> Iterator[Line]:
    words = reader.words
    due = [(case, visit) for case in cases for visit in case.due]
    if not due:
        return
    yield []
    yield [(words.count("exchange.follow_up.due", len(due)), "strong")]
    for case, visit in sorted(due, key=lambda one: (one[1].closes, one[0].person_id)):
        until = words.text("exchange.follow_up.until", date=date_of(visit.closes).isoformat())
        yield [_who(case, visit, names), (until, "")]


def _who(case: Followed, visit: Visit, names: Mapping[str, str]) -> Span:
    return f"  {pad(plain(case.person_id), 16)}{pad(names.get(visit.id, visit.id), 14)}", ""
