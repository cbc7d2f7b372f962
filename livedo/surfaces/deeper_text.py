"""What else, work-up, biopsy and certainty of one person on a terminal.

The page of normal length names everything in few lines; `--long` adds each item with
its date, its limits and its sources. Signs carry the meaning, colour repeats it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from livedo.act.parts import (
    BiopsyDecision,
    DiagnosisLine,
    EvidenceLine,
    HistologyReading,
    SettlingTest,
    Weighed,
    WorkupLine,
)
from livedo.act.result import Explanation
from livedo.surfaces.source_names import Sheet
from livedo.surfaces.terminal import Line, Role

TOLD_IN_FULL = 3
"""Diagnoses with their evidence on the page of normal length; the rest are one line each."""
LINES_A_SIDE = 2
INNER = 6

ITEM_SIGNS: dict[str, tuple[str, Role]] = {
    "done": ("✓", "done"),
    "stale": ("◷", "unknown"),
    "unreadable": ("?", "unknown"),
    "missing": ("?", "unknown"),
}
FINDING_SIGNS: dict[str, tuple[str, Role]] = {
    "yes": ("+", ""),
    "no": ("−", "quiet"),
    "unknown": ("?", "unknown"),
}


def findings_parts(explanation: Explanation, sheet: Sheet) -> list[Iterable[Line]]:
    """The parts that say what it is, in the order of the page."""
    return [
        certainty(explanation, sheet),
        what_else(explanation, sheet),
        workup(explanation, sheet),
        histology(explanation.histology, sheet),
    ]


def certainty(explanation: Explanation, sheet: Sheet) -> Iterator[Line]:
    """Every published definition by name, and what it says of the data seen."""
    if not explanation.certainty:
        return
    yield from sheet.title("certainty.title")
    for line in explanation.certainty:
        is_open = line.answer in {"unknown", "cannot_tell"}
        sign = "? " if is_open else "  "
        text: Line = [(f"  {sign}{line.definition}: ", "unknown" if is_open else "quiet")]
        text.append((line.text, "unknown" if is_open else ""))
        yield from sheet.sourced(text, line.claims)
        if sheet.is_long and line.limits:
            yield from sheet.wrapped([(f"      {line.limits}", "quiet")], INNER)


# -- what else -------------------------------------------------------------------------------


def what_else(explanation: Explanation, sheet: Sheet) -> Iterator[Line]:
    """The diagnoses that something speaks for, by visible evidence."""
    told = explanation.differential
    if not told.lines:
        return
    note = told.note if sheet.is_long else sheet.text("deeper.what_else.note")
    yield from sheet.title("deeper.what_else.title", note)
    shown = [line for line in told.lines if line.is_shown]
    if not shown:
        yield from sheet.wrapped([(f"  {told.note}", "quiet")])
    for place, line in enumerate(shown):
        yield from diagnosis_head(line, sheet)
        if sheet.is_long or place < TOLD_IN_FULL:
            yield from diagnosis_body(line, sheet)
    hidden = len(told.lines) - len(shown)
    if sheet.is_long:
        yield from telling_apart(explanation, sheet)
        if hidden:
            text = sheet.words.count("patient_page.differential.hidden", hidden)
            yield from sheet.wrapped([(f"  {text}", "quiet")])


def diagnosis_head(line: DiagnosisLine, sheet: Sheet) -> Iterator[Line]:
    """Rank, name and marks; what is urgent says how fast a person must look."""
    text: Line = [(f"  {line.rank} ", "quiet"), (line.name, "strong")]
    if line.form and line.form != line.name:
        text.append((f", {line.form}", ""))
    if line.marks:
        text.append((f"  {line.marks}", ""))
    if line.is_urgent:
        urgent = sheet.text("patient_page.differential.urgent")
        text.append((f"  ! {line.urgency or urgent}", "danger"))
    elif sheet.is_long and line.urgency:
        text.append((f"  {line.urgency}", "quiet"))
    yield from sheet.wrapped(text)


def diagnosis_body(line: DiagnosisLine, sheet: Sheet) -> Iterator[Line]:
    """For, against, not known, and what would settle it."""
    sides: list[tuple[str, Role, tuple[EvidenceLine, ...], int]] = [
        ("+", "", line.for_, LINES_A_SIDE),
        ("−", "", line.against, LINES_A_SIDE),
        ("?", "unknown", line.unknown, 1),
    ]
    for sign, role, evidence, most in sides:
        if sheet.is_long:
            for one in evidence:
                yield from evidence_line(one, sign, role, sheet)
        else:
            yield from side_in_short(evidence, sign, role, most, sheet)
    for test in line.settled_by if sheet.is_long else line.settled_by[:1]:
        yield from settling(test, sheet)


def side_in_short(
    evidence: tuple[EvidenceLine, ...], sign: str, role: Role, most: int, sheet: Sheet
) -> Iterator[Line]:
    """The first findings of one side without their facts, and how many more there are."""
    counting = [one for one in evidence if one.counts]
    names = list(dict.fromkeys(one.title or one.text for one in counting))
    if not names:
        return
    text: Line = [(f"    {sign} ", role), ("; ".join(names[:most]), role)]
    if len(names) > most:
        more = sheet.words.count("worklist.and_more", len(names) - most)
        text.append((f"; {more}", "quiet"))
    yield from sheet.wrapped(text, INNER)


def evidence_line(one: EvidenceLine, sign: str, role: Role, sheet: Sheet) -> Iterator[Line]:
    """One finding with its grade, which is a word and no number."""
    text: Line = [(f"    {sign} ", role), (one.text, role), (f"  {one.grade_text}", "quiet")]
    if sheet.is_long and one.is_reasoned:
        text.append((f", {sheet.text('patient_page.differential.reasoned')}", "quiet"))
    yield from sheet.sourced(text, one.sources, INNER)


def settling(test: SettlingTest, sheet: Sheet) -> Iterator[Line]:
    """A test, what it would settle, and its limit."""
    said = ": ".join(part for part in (test.text, test.settles) if part)
    text: Line = [(f"    {sheet.text('deeper.what_else.settle')} ", "quiet"), (said, "")]
    if test.limit and sheet.is_long:
        text.append((f" ({test.limit})", "quiet"))
    yield from sheet.sourced(text, test.sources, INNER)


def telling_apart(explanation: Explanation, sheet: Sheet) -> Iterator[Line]:
    """How the first ones are told apart, and what never counts against the one looked for."""
    told = explanation.differential
    if told.pairs:
        yield [(f"  {sheet.text('patient_page.differential.pairs')}", "quiet")]
    for pair in told.pairs:
        yield from sheet.wrapped([(f"    {pair}", "")], INNER)
    if told.never_against:
        line: Line = [(f"  {sheet.text('patient_page.differential.never_against')} ", "quiet")]
        line.append(("; ".join(told.never_against), ""))
        yield from sheet.wrapped(line)


# -- work-up ---------------------------------------------------------------------------------


def workup(explanation: Explanation, sheet: Sheet) -> Iterator[Line]:
    """Alarms first, then each panel: done, too old, cannot be read, missing."""
    told = explanation.workup
    if not (told.lines or told.alarms or told.biopsy):
        return
    yield from sheet.title("deeper.workup.title", told.summary)
    for alarm in told.alarms:
        yield from sheet.sourced([("  ! ", "danger"), (alarm.text, "danger")], alarm.claims)
    for _, lines in groupby(told.lines, key=lambda line: line.panel):
        yield from panel(list(lines), sheet)
    if told.biopsy:
        yield from biopsy(told.biopsy, sheet)


def standing(line: WorkupLine) -> str:
    """How an item stands; what was done and cannot be read is as unknown as what is missing."""
    return "unreadable" if line.status != "missing" and not line.is_readable else line.status


def panel(lines: list[WorkupLine], sheet: Sheet) -> Iterator[Line]:
    """One panel: in few lines by standing, or item by item."""
    name = lines[0].panel_text or lines[0].panel
    if sheet.is_long:
        yield [(f"  {name}", "quiet")]
        for line in lines:
            yield from item(line, sheet)
        return
    start: Line = [(f"  {name}  ", "quiet")]
    for key, (sign, role) in ITEM_SIGNS.items():
        found = [line for line in lines if standing(line) == key]
        if found:
            text: Line = [(f"{sign} {word_of(key, sheet)}: ", role)]
            yield from sheet.wrapped([*start, *text, (by_date(found, sheet), "")], INNER)
            start = [("    ", "")]


def word_of(key: str, sheet: Sheet) -> str:
    """The word for how an item stands."""
    if key == "unreadable":
        return sheet.text("patient_page.workup.unreadable")
    return sheet.text(f"patient_page.workup.status.{key}")


def by_date(lines: list[WorkupLine], sheet: Sheet) -> str:
    """Items named with their date; those of one date together, the newest date first."""
    dated = sorted(lines, key=lambda line: -(line.decided_at or 0))
    groups = []
    for on, items in groupby(dated, key=lambda line: (line.on, line.status)):
        same = list(items)
        names = ", ".join(line.text for line in same)
        when = on[0]
        if on[1] == "stale" and same[0].age_days is not None:
            when += f", {age(same[0], sheet)}"
        groups.append(f"{names} ({when})" if when else names)
    return "; ".join(groups)


def age(line: WorkupLine, sheet: Sheet) -> str:
    """How old a result is."""
    return sheet.text("patient_page.workup.days", n=sheet.words.whole(line.age_days or 0))


def item(line: WorkupLine, sheet: Sheet) -> Iterator[Line]:
    """One item with result, date, age, remark and sources."""
    key = standing(line)
    sign, role = ITEM_SIGNS[key]
    text: Line = [(f"    {sign} ", role), (line.text, ""), (f"  {word_of(key, sheet)}", role)]
    if line.result:
        text.append((f"  {line.result}", ""))
    if line.on:
        text.append((f"  {line.on}", "quiet"))
    if line.age_days is not None:
        text.append((f", {age(line, sheet)}", "quiet"))
    if line.note:
        text.append((f"  {line.note}", "quiet"))
    yield from sheet.sourced(text, line.claims, INNER)


def biopsy(decision: BiopsyDecision, sheet: Sheet) -> Iterator[Line]:
    """For and against a deep biopsy. The short form keeps what forbids or burdens it here."""
    yield [(f"  {sheet.text('patient_page.workup.biopsy')}", "quiet")]
    if not sheet.is_long:
        yield from biopsy_in_short(decision, sheet)
        return
    for key, arguments in (("benefit", decision.benefit), ("harm", decision.harm)):
        yield [(f"    {sheet.text(f'patient_page.workup.{key}')}", "quiet")]
        for argument in arguments:
            sign = "+" if key == "benefit" else "−"
            yield from weighed(argument, sign, sheet)
    for key, texts in (("if_done", decision.if_done), ("taken", decision.taken)):
        if texts:
            text: Line = [(f"    {sheet.text(f'patient_page.workup.{key}')} ", "quiet")]
            yield from sheet.wrapped([*text, (" ".join(texts), "")], INNER)
    if decision.disagreement:
        disagree: Line = [("    ‖ ", "risk"), (decision.disagreement, "")]
        yield from sheet.sourced(disagree, decision.claims, INNER)


def biopsy_in_short(decision: BiopsyDecision, sheet: Sheet) -> Iterator[Line]:
    """What speaks against it in this person, what is not known, and what was taken."""
    here = [one for one in decision.harm if one.is_here]
    against = [one.text for one in here if one.status == "yes"]
    if against:
        yield from sheet.wrapped([("    − ", ""), (" ".join(against), "")], INNER)
    unknown = sum(1 for one in here if one.status == "unknown")
    if unknown:
        text = sheet.words.count("deeper.biopsy.unknown", unknown)
        yield from sheet.wrapped([("    ? ", "unknown"), (text, "unknown")], INNER)
    if decision.taken:
        yield from sheet.wrapped([("      ", ""), (" ".join(decision.taken), "")], INNER)


def weighed(argument: Weighed, sign: str, sheet: Sheet) -> Iterator[Line]:
    """One argument: of this person, or of the literature."""
    if argument.status == "unknown":
        sign = "?"
    elif argument.status == "no":
        sign = " "
    role: Role = {"unknown": "unknown", "no": "quiet"}.get(argument.status, "")  # type: ignore[assignment]
    here = argument.is_here and argument.status == "yes"
    text: Line = [(f"      {sign} ", role)]
    if here:
        text.append((f"{sheet.text('patient_page.workup.here')} ", "strong"))
    yield from sheet.sourced([*text, (argument.text, role)], argument.claims, INNER + 2)


# -- biopsy read -----------------------------------------------------------------------------


def histology(reading: HistologyReading | None, sheet: Sheet) -> Iterator[Line]:
    """A biopsy read item by item. Never a confirmation without the clinical picture."""
    if reading is None:
        return
    yield from sheet.title("deeper.biopsy.title", reading.on, reading.note)
    yield from sheet.sourced([(f"  {reading.text}", "")], reading.claims)
    if reading.adequacy:
        role: Role = "unknown" if reading.is_adequate == "unknown" else ""
        sign = FINDING_SIGNS[reading.is_adequate][0]
        yield from sheet.wrapped([(f"  {sign} ", role), (reading.adequacy, role)])
    if reading.resembles:
        looks: Line = [(f"  {sheet.text('patient_page.histology.resembles')} ", "quiet")]
        yield from sheet.wrapped([*looks, ("; ".join(reading.resembles), "")])
    if sheet.is_long:
        for one in reading.items:
            sign, role = FINDING_SIGNS[one.status]
            status = sheet.text(f"patient_page.histology.status.{one.status}")
            line: Line = [(f"    {sign} ", role), (f"{one.text}: {status}", role)]
            line.append((f"  {one.meaning}", "quiet"))
            yield from sheet.sourced(line, one.claims, INNER)
        return
    for status in ("yes", "no", "unknown"):
        names = [one.text for one in reading.items if one.status == status]
        if names:
            sign, role = FINDING_SIGNS[status]
            word = sheet.text(f"patient_page.histology.status.{status}")
            yield from sheet.wrapped(
                [(f"    {sign} {word}: ", role), ("; ".join(names), role)], INNER
            )
