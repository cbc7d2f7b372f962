"""Options, calcium load, what to follow and outlook of one person on a terminal.

Options are shown only after the safety check has run on them. Nothing here is an order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from livedo.act.parts import CalciumSource, Monitored, Plan, PlanLine, SafetyLine
from livedo.act.result import Explanation
from livedo.surfaces.source_names import MARGIN, Sheet
from livedo.surfaces.terminal import KEPT, Line, Role, columns, pad

TOLD_IN_FULL = ("danger",)
"""Parts of the plan whose options give their reason and what to check first on the page of
normal length; there the others are named with their grade."""
INNER = 6
SAID_BY_NAME = ("dialysate", "other")
"""Kinds of calcium source that the name of the source says already."""

FOLLOW_SIGNS: dict[str, tuple[str, Role]] = {
    "missing": ("?", "unknown"),
    "due": ("!", "palpation"),
    "followed": ("✓", "done"),
}


def plan_parts(explanation: Explanation, sheet: Sheet) -> list[Iterable[Line]]:
    """The parts that say what can be done, in the order of the page."""
    plan = explanation.plan
    return [
        options(plan, sheet),
        calcium(plan, sheet),
        monitoring(plan, sheet),
        outlook(plan, sheet),
    ]


def joined(texts: Iterable[str]) -> str:
    """Findings one after the other; those that are sentences keep their full stop."""
    whole = ""
    for text in texts:
        whole += (" " if whole.endswith(".") else "; ") + text if whole else text
    return whole


# -- options ---------------------------------------------------------------------------------


def options(plan: Plan, sheet: Sheet) -> Iterator[Line]:
    """What people may choose among; the first line says that the safety check ran."""
    if not plan.is_checked:
        yield from sheet.title("deeper.options.title")
        yield from sheet.wrapped([("  ? ", "unknown"), (_page(sheet, "not_checked"), "unknown")])
        return
    found = [line for line in plan.safety if line.status != "no"]
    touched = sum(1 for line in plan.safety if line.options)
    ran = sheet.words.count(
        "patient_page.plan.safety_ran", len(plan.safety), touched=sheet.words.whole(touched)
    )
    how = "note_long" if sheet.is_long else "note"
    yield from sheet.title("deeper.options.title", f"{ran} {sheet.text(f'deeper.options.{how}')}")
    if not plan.lines:
        yield [(f"  {sheet.text('deeper.options.none')}", "quiet")]
    if sheet.is_long and plan.note:
        yield from sheet.wrapped([(f"  {plan.note}", "quiet")], 2)
    if plan.wound_state:
        wound: Line = [(f"  {_page(sheet, 'wound')} ", "quiet"), (plan.wound_state, "")]
        yield from sheet.wrapped(wound)
    for part, lines in groupby(plan.lines, key=lambda line: line.part):
        yield from part_of_plan(part, list(lines), sheet)
    yield from withheld(plan.not_offered, sheet)
    if sheet.is_long:
        yield from safety(found, sheet)


def _page(sheet: Sheet, key: str) -> str:
    return sheet.text(f"patient_page.plan.{key}")


def part_of_plan(part: str, lines: list[PlanLine], sheet: Sheet) -> Iterator[Line]:
    """The options of one part: each by itself, or only named."""
    name = lines[0].part_text or part
    if part not in TOLD_IN_FULL and not sheet.is_long:
        graded = groupby(lines, key=grade)
        named = ("; ".join(map(named_only, same)) + f" ({how_sure})" for how_sure, same in graded)
        yield from sheet.wrapped([(f"  {name}: ", "quiet"), ("; ".join(named), "")])
        return
    yield [(f"  {name}", "quiet")]
    for line in lines:
        yield from option(line, sheet)


def named_only(line: PlanLine) -> str:
    """Only the name; a question mark where something has to be checked first."""
    mark = "?" + KEPT if line.offer == "check_first" else ""
    return mark + line.title


def grade(line: PlanLine) -> str:
    """The grade in words."""
    return line.grade_text or line.grade


def option(line: PlanLine, sheet: Sheet) -> Iterator[Line]:
    """One option: what kind of act, how sure, why here, what to check first."""
    act = sheet.text(f"deeper.options.act.{line.act}")
    head: Line = [(f"    {line.title}", "strong"), (f"  {act}; {grade(line)}", "quiet")]
    if line.reasons:
        head.append((f"  {sheet.text('deeper.options.why')} ", "quiet"))
        head.append((joined(line.reasons if sheet.is_long else line.reasons[:1]), ""))
    if line.check_first:
        head.append((f"  ? {sheet.text('deeper.options.check')} ", "unknown"))
        head.append((joined(line.check_first), ""))
    yield from sheet.sourced(head, line.because, INNER)
    if sheet.is_long:
        yield from grounds(line, sheet)


def grounds(line: PlanLine, sheet: Sheet) -> Iterator[Line]:
    """What the sources found, what to be careful with, and where sources disagree."""
    listed = (("evidence", line.evidence_text), ("caution", line.cautions))
    for key, texts in listed:
        if texts:
            head: Line = [(f"      {sheet.text(f'deeper.options.{key}')} ", "quiet")]
            yield from sheet.wrapped([*head, (joined(texts), "")], INNER + 2)
    if line.disagreement:
        disagree: Line = [(f"      ‖ {sheet.text('sources.disagree')} ", "risk")]
        yield from sheet.wrapped([*disagree, (line.disagreement, "")], INNER + 2)


def withheld(lines: Iterable[PlanLine], sheet: Sheet) -> Iterator[Line]:
    """What is not offered; why not, on the long page."""
    told = tuple(lines)
    if not told:
        return
    if sheet.is_long:
        for line in told:
            text = sheet.text("deeper.options.withheld", what=line.title, why=line.why_not)
            yield from sheet.sourced([(f"  {text}", "quiet")], line.because)
        return
    names = "; ".join(line.title for line in told)
    yield from sheet.wrapped([(f"  {sheet.text('deeper.options.not_offered')} {names}", "quiet")])


def safety(found: Iterable[SafetyLine], sheet: Sheet) -> Iterator[Line]:
    """What the safety check found; what is not known counts as present."""
    told = tuple(found)
    if told:
        yield [(f"  {_page(sheet, 'safety_title')}", "quiet")]
    for line in told:
        is_open = line.status == "unknown"
        text: Line = [("    ? " if is_open else "    ! ", "unknown" if is_open else "danger")]
        text.append((line.text, ""))
        if is_open:
            text.append((f" ({_page(sheet, 'safety_unknown')})", "unknown"))
        yield from sheet.sourced(text, line.claims, INNER)


# -- calcium ---------------------------------------------------------------------------------


def calcium(plan: Plan, sheet: Sheet) -> Iterator[Line]:
    """Every source of calcium side by side, each in its own unit."""
    load = plan.calcium_load
    if load is None:
        return
    yield from sheet.title("deeper.calcium.title", sheet.text("patient_page.calcium.note"))
    names = [_named(source, sheet) for source in load.sources]
    width = max([columns(name) for name in names], default=0) + 2
    for name, source in zip(names, load.sources, strict=True):
        role: Role = "" if source.is_known else "unknown"
        line: Line = [("    " if source.is_known else "  ? ", role), (pad(name, width), role)]
        line += [(source.amount, role), (f"  {source.since}", "quiet")]
        yield from sheet.wrapped(line, INNER)
    if load.oral_total:
        yield from sheet.wrapped([(f"  {load.oral_total}", "")])
    if sheet.is_long or not load.sources:
        yield from sheet.sourced([(f"  {load.text}", "quiet")], load.claims)
    if load.alternative:
        yield from sheet.wrapped([(f"  {load.alternative}", "")])


def _named(source: CalciumSource, sheet: Sheet) -> str:
    """The source, with its kind where the name does not say it."""
    if source.kind not in SAID_BY_NAME:
        return f"{source.text}, {sheet.text(f'patient_page.calcium.kind.{source.kind}')}"
    return source.text


# -- to follow -------------------------------------------------------------------------------


def monitoring(plan: Plan, sheet: Sheet) -> Iterator[Line]:
    """What to follow: what was never recorded first, then what changed."""
    if not plan.monitoring:
        return
    yield from sheet.title("deeper.follow.title")
    for status, (sign, role) in FOLLOW_SIGNS.items():
        lines = [line for line in plan.monitoring if line.status == status]
        if lines and sheet.is_long:
            for line in lines:
                yield from followed(line, sign, role, sheet)
        elif lines:
            word = sheet.text(f"patient_page.follow.status.{status}")
            named = "; ".join(in_short(line) for line in lines)
            yield from sheet.wrapped([(f"  {sign} {word}: ", role), (named, "")])


def in_short(line: Monitored) -> str:
    """The name, and how it changed where something was measured."""
    changed = line.change if line.now else ""
    return f"{line.text} {changed}" if changed else line.text


def followed(line: Monitored, sign: str, role: Role, sheet: Sheet) -> Iterator[Line]:
    """One thing to follow: was, now, change, next."""
    text: Line = [(f"  {sign} ", role), (line.text, "")]
    for key, value in (("was", line.was), ("now", line.now), ("next", line.next)):
        if value:
            text.append((f"  {sheet.text(f'deeper.follow.{key}')} ", "quiet"))
            text.append((value, ""))
    if line.change:
        text.append((f"  {line.change}", "quiet"))
    yield from sheet.sourced(text, line.claims)


# -- outlook ---------------------------------------------------------------------------------


def outlook(plan: Plan, sheet: Sheet) -> Iterator[Line]:
    """What worsens the course. Figures of the literature stand on the long page only."""
    if not plan.prognosis:
        return
    yield from sheet.title("deeper.outlook.title", sheet.text("deeper.outlook.note"))
    here = [line for line in plan.prognosis if line.is_here]
    signs: list[tuple[str, str, Role]] = [("yes", "+", ""), ("unknown", "?", "unknown")]
    if sheet.is_long:
        for status, sign, role in [*signs, ("no", "−", "quiet")]:
            for line in (one for one in here if one.status == status):
                yield from sheet.sourced([(f"  {sign} ", role), (line.text, role)], line.claims)
        for line in (one for one in plan.prognosis if not one.is_here):
            yield from sheet.sourced([("    ", ""), (line.text, "quiet")], line.claims, MARGIN)
        return
    for status, sign, role in signs:
        texts = [line.text for line in here if line.status == status]
        if texts:
            yield from sheet.wrapped([(f"  {sign} ", role), ("; ".join(texts), role)])
