"""The worklist on a terminal: groups with heading and count, two lines a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from livedo.act.parts import OverrideLine
from livedo.act.result import GroupSummary, PatientResult, Screening
from livedo.surfaces import signs
from livedo.surfaces.survey import Survey, change, listed, survey, who
from livedo.surfaces.terminal import KEPT, Line, Role, Terminal, columns, pad, wrap
from livedo.surfaces.words import Words

Detail = Literal["short", "normal", "long"]

DEEPEST_INDENT = 10
"""Lines below the first begin here at the latest, however long the ids are."""


@dataclass(frozen=True)
class Columns:
    """Widths of the columns of one worklist. `change` is 0 when nothing was compared,
    `next_step` when the next steps stand on lines of their own."""

    person_id: int
    who: int
    state: int
    change: int
    palpated: int
    next_step: int

    @property
    def before_next(self) -> int:
        """Where the next step begins."""
        return sum((3, self.person_id, self.who, self.state, self.change, self.palpated))

    @property
    def indent(self) -> int:
        """Where the lines below the first begin."""
        return min(3 + self.person_id, DEEPEST_INDENT)


def worklist_lines(
    screening: Screening, words: Words, terminal: Terminal, detail: Detail, place: str
) -> Iterator[Line]:
    """The whole worklist. `place` is the record as the reader named it."""
    found = survey(screening)
    yield from head(screening, words, terminal)
    layout = measure(found, words, terminal)
    if found.first and layout.before_next < terminal.width:
        yield []
        yield column_heads(layout, words)
    for group, people in listed(screening):
        yield []
        yield from wrap(group_head(group, words), terminal.width)
        for result in people:
            yield from person(result, layout, words, terminal, detail)
    yield []
    yield from foot(screening, found, words, terminal, place)


def head(screening: Screening, words: Words, terminal: Terminal) -> Iterator[Line]:
    """Who, how many, as of when, how fresh, how much was read."""
    record = screening.record
    first: Line = [(record.name, "strong"), ("  " if record.name else "", "")]
    first.append((words.count("worklist.people", record.people) + " ", ""))
    first.append((words.text("worklist.due", n=words.whole(screening.due)) + " ", ""))
    first += [(words.text("worklist.as_of") + " ", ""), (screening.as_of_text, "strong"), (".", "")]
    if record.is_invented:
        first.append((" " + words.text("common.invented") + ".", ""))
    yield from wrap(first, terminal.width)
    yield from wrap([(read_line(screening, words), "quiet")], terminal.width)
    if screening.compared_with:
        compared = words.text("worklist.compared", run=screening.compared_with)
        yield from wrap([(compared, "quiet")], terminal.width)
    if screening.failed:
        failed = words.count("worklist.failed", len(screening.failed))
        yield from wrap([(failed, "danger")], terminal.width)


def read_line(screening: Screening, words: Words) -> str:
    """How fresh the data are and how much of them was used."""
    record = screening.record
    parts = []
    if record.newest_text:
        parts.append(words.text("worklist.newest", on=record.newest_text))
    parts.append(
        words.text(
            "worklist.read",
            items_in=words.whole(record.items_in),
            used=words.whole(record.items_used),
            aside=words.whole(record.items_set_aside),
        )
    )
    parts.append(words.text("worklist.knowledge", version=screening.knowledge))
    return " ".join(parts)


def measure(found: Survey, words: Words, terminal: Terminal) -> Columns:
    """Column widths that hold every value; the next step takes what is left."""

    def width(name: str) -> int:
        return max(found.widths[name], columns(words.text(f"column.{name}"))) + 2

    layout = Columns(
        person_id=width("id"),
        who=width("who"),
        state=width("state"),
        change=width("change") if found.is_compared else 0,
        palpated=width("palpated"),
        next_step=0,
    )
    left = terminal.width - layout.before_next
    fits = found.widths["next"] <= left
    return Columns(**{**vars(layout), "next_step": left if fits else 0})


def column_heads(layout: Columns, words: Words) -> Line:
    """One quiet line naming the columns."""
    cells = [
        (words.text("column.id"), layout.person_id),
        (words.text("column.who"), layout.who),
        (words.text("column.state"), layout.state),
        (words.text("column.change") if layout.change else "", layout.change),
        (words.text("column.palpated"), layout.palpated),
        (words.text("column.next" if layout.next_step else "column.when"), 0),
    ]
    return [("   " + "".join(pad(text, width) for text, width in cells), "quiet")]


def group_head(group: GroupSummary, words: Words) -> Line:
    """Title in capitals, how many, and what the group means."""
    role: Role = signs.GROUP_ROLES.get(group.id, "strong")
    return [
        (f"{group.title.upper()}  {words.whole(group.count)}", role),
        (f"  {group.note}" if group.note else "", "quiet"),
    ]


def person(
    result: PatientResult, layout: Columns, words: Words, terminal: Terminal, detail: Detail
) -> Iterator[Line]:
    """What to do, then why and what is not known."""
    indent = layout.indent
    yield from first_line(result, layout, words, terminal)
    if detail == "short":
        return
    second: Line = [(" " * indent, ""), (result.why, "quiet")]
    if result.unknown_text:
        second.append((f"  ?{KEPT}{result.unknown_text}", "unknown"))
    if result.why or result.unknown_text:
        yield from wrap(second, terminal.width, indent)
    if detail == "long":
        yield from every_reason(result, words, terminal, indent)


def first_line(
    result: PatientResult, layout: Columns, words: Words, terminal: Terminal
) -> Iterator[Line]:
    """Shape, id, state, change, palpation; the next step beside them if it fits, else below."""
    role = signs.STATE_ROLES.get(result.state, "")
    over: Role = "palpation" if result.palpation.status in {"overdue", "never"} else "quiet"
    line: Line = [
        (pad(signs.STATE_SIGNS.get(result.state, " "), 3), role),
        (pad(result.person_id, layout.person_id), "strong"),
        (pad(who(result), layout.who), ""),
        (pad(result.state_text, layout.state), role),
        (pad(change(result), layout.change) if layout.change else "", ""),
        (pad(result.palpation.text, layout.palpated), over),
    ]
    step = result.next[0] if result.next else None
    if layout.next_step and step:
        yield from wrap([*line, (step.text, "strong")], terminal.width, layout.before_next)
        return
    if step:
        line += [(f"{step.when}  ", when_role(step.when, words)), (step.who, "quiet")]
    yield from wrap(line, terminal.width, layout.indent)
    if step:
        margin: Line = [(" " * layout.indent, "")]
        yield from wrap([*margin, (step.text, "strong")], terminal.width, layout.indent)


def when_role(when: str, words: Words) -> Role:
    """Only what is for today is red."""
    return "danger" if is_today(when, words) else "quiet"


def is_today(when: str, words: Words) -> bool:
    """Whether the words of a next step mean today."""
    return when.casefold() in {words.text("when.today"), words.text("when.now")}


def every_reason(
    result: PatientResult, words: Words, terminal: Terminal, indent: int
) -> Iterator[Line]:
    """All reasons with their sources, all that is not known, all next steps."""
    margin = " " * indent
    for reason in result.reasons:
        source = "  " + " ".join(reason.because) if reason.because else ""
        line: Line = [(f"{margin}+ {reason.text}", ""), (source, "quiet")]
        yield from wrap(line, terminal.width, indent + 2)
    for unknown in result.unknown:
        yield from wrap([(f"{margin}?{KEPT}{unknown.text}", "unknown")], terminal.width, indent + 2)
    for step in result.next[1:]:
        line = [(f"{margin}→ {step.text}", "strong"), (f"  {step.who}", "quiet")]
        yield from wrap(line, terminal.width, indent + 2)


def foot(
    screening: Screening, found: Survey, words: Words, terminal: Terminal, place: str
) -> Iterator[Line]:
    """The others, those listed apart, and where to read more."""
    for group in screening.groups:
        if group.id == "other_wound" and found.apart:
            yield from listed_apart(group, found, words, terminal)
    if screening.overrides:
        yield from own_numbers(screening.overrides, words, terminal)
        yield []
    yield from wrap([(others(screening, found, words), "quiet")], terminal.width)
    if found.first is not None:
        more: Line = [
            (words.text("worklist.more") + " ", "quiet"),
            (f"livedo patient {place} {found.first}", ""),
            ("   " + words.text("worklist.only_changed") + " ", "quiet"),
            (f"--changed-since {screening.run}", ""),
        ]
        yield from wrap(more, terminal.width)


def own_numbers(
    overrides: Sequence[OverrideLine], words: Words, terminal: Terminal
) -> Iterator[Line]:
    """The numbers that the centre changed, with whoever decided it."""
    if not overrides:
        return
    yield [(words.text("overrides.title"), "strong")]
    for override in overrides:
        line: Line = [(f"  ≠ {override.title}. ", ""), (override.text, "quiet")]
        yield from wrap(line, terminal.width, 4)


def listed_apart(
    group: GroupSummary, found: Survey, words: Words, terminal: Terminal
) -> Iterator[Line]:
    """People with a wound of another named cause: their ids, no more."""
    yield from wrap(group_head(group, words), terminal.width)
    ids = ", ".join(found.apart)
    more = found.apart_count - len(found.apart)
    if more:
        ids += " " + words.count("worklist.and_more", more)
    yield from wrap([(f"{signs.STATE_SIGNS['other_wound']}  {ids}", "quiet")], terminal.width, 3)
    yield []


def others(screening: Screening, found: Survey, words: Words) -> str:
    """How many have nothing due, and how many are outside the programme, and why."""
    parts = []
    quiet = sum(g.count for g in screening.groups if g.id == "nothing_due")
    if not screening.due:
        parts.append(words.text("page.none_due"))
    if quiet:
        parts.append(words.count("worklist.others", quiet))
    if found.outside:
        reasons = ", ".join(outside_words(found.outside, words))
        total = sum(found.outside.values())
        parts.append(words.count("worklist.outside", total, reasons=reasons))
    parts.append(words.text("worklist.order"))
    return " ".join(parts)


def outside_words(reasons: Mapping[str, int], words: Words) -> list[str]:
    """Why people are outside, with counts."""
    return [
        f"{words.find(f'outside.{reason}') or reason} {words.whole(count)}"
        for reason, count in sorted(reasons.items())
    ]
