"""What the template of the yearly report is given, part by part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from markupsafe import Markup, escape

from livedo.registry.small_numbers import HIDDEN, Count
from livedo.registry.yearly_parts import (
    Cell,
    Column,
    Curve,
    Delay,
    Estimate,
    Named,
    Step,
    YearlyReport,
)
from livedo.surfaces.registry_figures import (
    ONE_YEAR,
    curve_figures,
    drawn_curves,
    year_figures,
)
from livedo.surfaces.registry_forest import (
    incidence_forest,
    mortality_forest,
    prevalence_forest,
    sex_forest,
)
from livedo.surfaces.registry_tables import (
    Line,
    Panel,
    Table,
    by_group_table,
    by_year_table,
    column_names,
)
from livedo.surfaces.registry_words import HUNDRED, NAME, PER, RegistryWords

GROUPED_BY = ("centre", "sex", "modality", "age_group")
Context = dict[str, Any]


@dataclass(frozen=True)
class Headline:
    """One of the large numbers."""

    value: Markup
    interval: str
    text: str


# -- head ----------------------------------------------------------------------------------


def head_part(report: YearlyReport, words: RegistryWords) -> Context:
    """Who made it of what, whether small numbers are hidden, and the large numbers."""
    items_in, used, aside = (words.whole(n) for n in report.items)
    return {
        "read_text": words.said("read", items_in=items_in, used=used, aside=aside),
        "is_control_on": report.made.policy.is_on,
        "control_text": control_text(report, words),
        "main_name": main_name(report, words),
        "numbers": list(headlines(report, words)),
    }


def control_text(report: YearlyReport, words: RegistryWords) -> Markup:
    """What is hidden and how the rest is rounded; or who switched that off, and why."""
    policy = report.made.policy
    if not policy.is_on:
        return Markup(escape(words.said("control.off", by=policy.shown_by, reason=policy.reason)))
    text = words.said(
        "control.on", hide_to=policy.hide_to, round_to=policy.round_to, hidden=HIDDEN_MARK
    )
    before, _, after = text.partition(HIDDEN_MARK)
    return Markup("{}{}{}").format(before, words.hidden, after)


HIDDEN_MARK = "\u0001"


def main_name(report: YearlyReport, words: RegistryWords) -> str:
    """The definition of headlines and outcomes, in words."""
    columns = [c for b in report.breakdowns for c in b.columns]
    return column_names(list(dict.fromkeys(columns)), words).get(report.main.id, report.main.id)


def headlines(report: YearlyReport, words: RegistryWords) -> Iterator[Headline]:
    """The large numbers, each with its interval and what it counts."""
    yield from occurrence_headlines(report, words)
    for measure, key in (("survival", "dead"), ("incidence", "dead_disease")):
        curve = main_curve(report, measure)
        at = curve.on(ONE_YEAR) if curve else None
        value, between = shown(at.share if at else None, HUNDRED, words)
        if curve is None or curve.people == 0:
            value = words.nothing
        yield Headline(value, between, words.said(f"kpi.{key}"))
    delay = next((d for d in report.delays if d.id == "sign_to_diagnosis"), None)
    days = words.nothing if delay is None or delay.people == 0 else words.hidden
    if delay is not None and delay.median is not None:
        days = Markup(words.whole(round(delay.median)))
    yield Headline(days, "", words.said("kpi.days"))
    yield from before_ulcer(report, words)
    if report.not_worked_up:
        last = report.not_worked_up[-1]
        text = words.said("kpi.not_worked_up", period=last.id)
        yield Headline(words.number(last.count), "", text)


def before_ulcer(report: YearlyReport, words: RegistryWords) -> Iterator[Headline]:
    """How many had no ulcer yet when they were diagnosed."""
    family = report.family("ulcerated", "survival")
    found = {curve.group: curve.people for curve in family.curves} if family else {}
    everybody = main_curve(report, "survival")
    if everybody is None or "no" not in found:
        return
    no, total = found["no"], everybody.people
    value = words.nothing if total == 0 else words.hidden
    if isinstance(no, int) and isinstance(total, int) and total:
        value = Markup(escape(words.share(min(no, total) / total)))
    text = words.said("kpi.before_ulcer", n=words.plain(no), total=words.plain(total))
    yield Headline(value, "", text)


def occurrence_headlines(report: YearlyReport, words: RegistryWords) -> Iterator[Headline]:
    """Everybody at the end, who has it then, who got it in the last year."""
    last = report.years[1]
    have, new = report.breakdown("point_prevalence", "year"), report.breakdown("incidence", "year")
    if have is not None:
        cell = cell_of(have, report.main)
        on = words.day(have.rows[-1].group)
        people = words.number(have.rows[-1].people)
        yield Headline(people, "", words.said("kpi.people", on=on))
        text = words.said("kpi.prevalence", on=on, cases=words.plain(cell.cases))
        yield Headline(*shown(cell.estimate, HUNDRED, words), text)
    if new is not None:
        cell = cell_of(new, report.main)
        per = words.whole(PER)
        text = words.said("kpi.incidence", per=per, period=last, cases=words.plain(cell.cases))
        yield Headline(*shown(cell.estimate, PER, words), text)


def cell_of(breakdown: Any, column: Column) -> Cell:
    """The last row's cell of one definition."""
    found = zip(breakdown.columns, breakdown.rows[-1].cells, strict=True)
    return next((cell for c, cell in found if c.id == column.id), Cell(cases=HIDDEN))


def shown(estimate: Estimate | None, factor: float, words: RegistryWords) -> tuple[Markup, str]:
    """A value and its interval; hidden where there is none."""
    if estimate is None:
        return words.hidden, ""
    value = estimate.value * factor
    text = words.short(value)
    if factor == HUNDRED:
        text = words.said("percent", n=text)
    return Markup(escape(text)), words.interval(estimate, factor)


def main_curve(report: YearlyReport, measure: str) -> Curve | None:
    """Everybody's curve: of all causes, or of the disease."""
    family = report.family("everybody", measure)
    return family.curves[0] if family and family.curves else None


# -- who is counted ------------------------------------------------------------------------


def people_part(report: YearlyReport, words: RegistryWords) -> Context:
    """The attrition, and what of the sources was not used."""
    panels = tuple(
        Panel(words.said(f"steps.chain.{chain}"), tuple(step_line(step, words) for step in steps))
        for chain, steps in groupby(report.steps, key=lambda step: step.chain)
    )
    heads = (words.said("steps.head.left"), words.said("steps.head.lost"))
    table = Table(words.said("steps.title"), words.said("steps.head.step"), heads, panels)
    return {"steps": table, "step_notes": list(step_notes(report, words))}


def step_line(step: Step, words: RegistryWords) -> Line:
    """How many were left, and why the others were not."""
    lost = "; ".join(
        words.said("steps.lost", reason=words.or_id("lost", each.id), n=words.plain(each.count))
        for each in step.lost
    )
    name = Markup(escape(words.or_id("step", step.id)))
    return Line(
        name, (words.number(step.left), Markup('<span class="wrap">{}</span>').format(lost))
    )


def step_notes(report: YearlyReport, words: RegistryWords) -> Iterator[str]:
    """Items set aside by reason; cases that no rate can hold."""
    if report.reasons:
        named = (
            f"{words.whole(count)} {words.find(f'set_aside.{reason}') or reason}"
            for reason, count in report.reasons
        )
        yield words.said("steps.aside", what=", ".join(named))
    for outside in report.outside_dialysis:
        if outside.id == report.main.id:
            yield words.said("steps.outside", n=words.plain(outside.count))


# -- occurrence ----------------------------------------------------------------------------


def occurrence_part(report: YearlyReport, words: RegistryWords) -> Context:
    """Years, definitions, groups, published figures."""
    return {
        "year_tables": list(year_tables(report, words)),
        "year_figures": year_figures(report, words),
        "figure_note": words.said("occurrence.figure_note", per=words.whole(PER)),
        "forests": [prevalence_forest(report, words), incidence_forest(report, words)],
        "sex_forest": sex_forest(report, words),
        "sex_notes": list(sex_notes(report, words)),
        "group_tables": [
            table for by in GROUPED_BY if (table := by_group_table(report, by, words)) is not None
        ],
        "undetected": undetected_table(report, words),
        "trend": trend_table(report, words),
    }


def year_tables(report: YearlyReport, words: RegistryWords) -> Iterator[Table]:
    """Who has it at the end of each year; who got it in each year."""
    for measure, key in (("point_prevalence", "prevalence"), ("incidence", "incidence")):
        breakdown = report.breakdown(measure, "year")
        if breakdown is not None:
            table = by_year_table(breakdown, words, words.said(f"occurrence.{key}_year"))
            note = words.said(f"occurrence.{key}_note", per=words.whole(PER))
            yield Table(table.caption, table.corner, table.heads, table.panels, notes=(note,))


def sex_notes(report: YearlyReport, words: RegistryWords) -> Iterator[str]:
    """The rates behind the ratio of the main definition."""
    for ratio in report.sex_ratios:
        if ratio.column.id == report.main.id and ratio.female_rate and ratio.male_rate:
            women, men = (words.rate(e.value) for e in (ratio.female_rate, ratio.male_rate))
            yield words.said("sex.rates", women=women, men=men, per=words.whole(PER))


def undetected_table(report: YearlyReport, words: RegistryWords) -> Table:
    """Suspected and never worked up, by year."""
    heads = tuple(named.id for named in report.not_worked_up)
    cells = tuple(words.number(named.count) for named in report.not_worked_up)
    line = Line(Markup(escape(words.said("undetected.head.count"))), cells)
    return Table(words.said("undetected.title"), "", heads, (Panel("", (line,)),))


def trend_table(report: YearlyReport, words: RegistryWords) -> Table:
    """How the rate moved under each definition, and how many were on dialysis."""
    names = column_names([trend.column for trend in report.trends], words)
    lines = []
    for trend in report.trends:
        said = words.said("trend.line_hidden")
        if (times := trend.times_a_year) is not None:
            low, high = (words.short(x or 0.0, 2) for x in (times.low, times.high))
            said = words.said("trend.line", times=words.short(times.value, 2), low=low, high=high)
        cell = Markup('<span class="wrap">{}</span>').format(said)
        lines.append(Line(Markup(escape(names[trend.column.id])), (cell,)))
    heads = (words.said("trend.head.change"),)
    corner = words.said("trend.head.definition")
    return Table(words.said("trend.title"), corner, heads, (Panel("", tuple(lines)),))


# -- outcomes ------------------------------------------------------------------------------


def outcomes_part(report: YearlyReport, words: RegistryWords) -> Context:
    """Curves, their numbers, mortality beside published figures, delays."""
    return {
        "curves": curve_figures(report, words),
        "curve_notes": curve_notes(report, words),
        "delay_note": words.said("delays.days_note") if report.made.policy.is_on else "",
        "outcome_table": outcome_table(report, words),
        "mortality": [mortality_forest(report, cause, words) for cause in ("all", "disease")],
        "delays": delay_table(report.delays, words),
        "wrong": wrong_table(report.first_wrong, words),
    }


def curve_notes(report: YearlyReport, words: RegistryWords) -> list[str]:
    """How the curves are to be read."""
    policy = report.made.policy
    notes = [words.said("outcomes.causes_note")]
    if policy.is_on:
        notes.append(words.said("outcomes.steps_note", days=policy.curve_step_days))
    return notes


def outcome_table(report: YearlyReport, words: RegistryWords) -> Table:
    """Every group of every figure, each cause of death in a row of its own."""
    heads = tuple(
        words.said(f"outcomes.head.{id}")
        for id in ("cause", "people", "deaths", "one_year", "median")
    )
    panels = []
    for by in ("everybody", "site", "ulcerated"):
        lines = list(outcome_lines(report, by, words))
        if lines:
            panels.append(Panel(words.said(f"outcomes.panel.{by}"), tuple(lines)))
    return Table(
        words.said("outcomes.table"), words.said("outcomes.head.group"), heads, tuple(panels)
    )


def outcome_lines(report: YearlyReport, by: str, words: RegistryWords) -> Iterator[Line]:
    """All-cause first, then each cause; a blank where a median says nothing of one cause."""
    for measure in ("survival", "incidence"):
        family = report.family(by, measure)
        for curve in drawn_curves(family) if family else ():
            at = curve.on(ONE_YEAR)
            value, between = shown(at.share if at else None, HUNDRED, words)
            at_one = value + (Markup(" ({})").format(between) if between else Markup(""))
            cells = (
                Markup(escape(words.said(f"outcomes.cause.{curve.cause}"))),
                words.number(curve.people),
                words.number(curve.events),
                at_one,
                days_text(curve.median, words) if measure == "survival" else Markup(""),
            )
            yield Line(Markup(escape(words.group(by, curve.group))), cells)


def days_text(days: float | None, words: RegistryWords) -> Markup:
    """Whole days, or that the figure is not shown."""
    if days is None:
        return Markup(escape(words.said("not_shown")))
    return Markup(escape(words.said("delays.days", n=words.whole(round(days)))))


def delay_table(delays: Sequence[Delay], words: RegistryWords) -> Table:
    """Days from one thing to another."""
    heads = tuple(words.said(f"delays.head.{id}") for id in DELAY_HEADS)
    lines = tuple(delay_line(delay, words) for delay in delays)
    return Table(
        words.said("delays.title"), words.said("delays.head.what"), heads, (Panel("", lines),)
    )


DELAY_HEADS = ("people", "median", "middle", "missed", "unknown")


def delay_line(delay: Delay, words: RegistryWords) -> Line:
    """One delay; quartiles beside the median."""
    middle = Markup(escape(words.said("not_shown")))
    if delay.lower is not None and delay.upper is not None:
        low, high = (words.whole(round(x)) for x in (delay.lower, delay.upper))
        middle = Markup(escape(words.said("delays.range", low=low, high=high)))
    name = words.delay(delay.id)
    return Line(
        Markup(escape(name)),
        (
            words.number(delay.people),
            days_text(delay.median, words),
            middle,
            words.number(delay.missed),
            words.number(delay.not_known),
        ),
    )


def wrong_table(wrong: Sequence[Named], words: RegistryWords) -> Table | None:
    """What it was first called."""
    if not wrong:
        return None
    lines = tuple(
        Line(Markup(escape(diagnosis_name(named.id, words))), (words.number(named.count),))
        for named in wrong
    )
    head = words.said("delays.wrong_head.people")
    corner = words.said("delays.wrong_head.diagnosis")
    return Table(words.said("delays.wrong_title"), corner, (head,), (Panel("", lines),))


def diagnosis_name(id: str, words: RegistryWords) -> str:
    """The name of a choice of the form."""
    from livedo.knowledge.register import load_case_report_form

    form = load_case_report_form().form("case")
    field = form.field("first_wrong_diagnosis") if form else None
    choices = field.choices if field else ()
    found = next((choice.label for choice in choices if choice.id == id), None)
    return str(getattr(found, words.lang)) if found else words.or_id("group", id)


# -- the register --------------------------------------------------------------------------


def register_part(report: YearlyReport, words: RegistryWords) -> Context:
    """Completeness, follow-up, readers."""
    register = report.register
    entered, cases = words.plain(register.entered), words.plain(register.cases)
    wanting = sorted((f for f in register.fields if not is_whole(f)), key=share_filled)
    parts = (("fields", wanting), ("follow_up", [f for f in register.follow_up if f.of != 0]))
    filled = len([f for f in register.fields if is_whole(f) and f.of != 0])
    return {
        "register_text": words.said("register.text", entered=entered, cases=cases),
        "register_tables": [filled_table(key, named, words) for key, named in parts if named],
        "fields_whole": words.count(f"{NAME}.register.fields_whole", filled),
        "readers_text": readers_text(report, words),
    }


def is_whole(named: Named) -> bool:
    """Whether a field is filled wherever it is asked, as far as may be shown."""
    return named.count == named.of and named.count is not HIDDEN


def share_filled(named: Named) -> float:
    """For the order: what wants most comes first, and what is hidden last."""
    count, of = named.count, named.of
    return count / of if isinstance(count, int) and isinstance(of, int) and of else 2.0


def filled_table(key: str, named: Sequence[Named], words: RegistryWords) -> Table:
    """How many of how many."""
    corner, *heads = (words.said(f"register.{key}_head.{id}") for id in FILLED[key])
    lines = tuple(filled_line(key, each, words) for each in named)
    return Table(words.said(f"register.{key}"), corner, tuple(heads), (Panel("", lines),))


FILLED = {
    "fields": ("field", "filled", "of", "share"),
    "follow_up": ("visit", "done", "due", "share"),
}


def filled_line(key: str, named: Named, words: RegistryWords) -> Line:
    """One field or one visit."""
    name = field_name(named.id, words) if key == "fields" else visit_name(named.id, words)
    share = words.hidden
    if named.count is not HIDDEN and named.of is not HIDDEN and named.of:
        share = Markup(escape(words.share(whole(named.count) / whole(named.of))))
    cells = (words.number(named.count), words.number(named.of), share)
    return Line(Markup(escape(name)), cells)


def visit_name(id: str, words: RegistryWords) -> str:
    """A planned visit by its months after diagnosis."""
    from livedo.knowledge.register_quality import load_follow_up_plan

    months = next((v.months for v in load_follow_up_plan().visits if v.id == id), None)
    return id if months is None else words.count(f"{NAME}.visit", months)


def whole(count: Count | None) -> int:
    """A count that is known to be shown."""
    return count if isinstance(count, int) else 0


def field_name(id: str, words: RegistryWords) -> str:
    """The question that a field asks."""
    from livedo.knowledge.register import load_case_report_form

    form_id, _, field_id = id.partition(".")
    form = load_case_report_form().form(form_id)
    field = form.field(field_id) if form else None
    return str(getattr(field.label, words.lang)) if field else id


def readers_text(report: YearlyReport, words: RegistryWords) -> str:
    """How often two readers agreed."""
    found = {named.id: named.count for named in report.register.readers}
    if not found:
        return words.said("register.readers_none")
    kappa = report.register.kappa
    return words.said(
        "register.readers_text",
        read=words.plain(found.get("read")),
        agreed=words.plain(found.get("agreed")),
        kappa=words.said("not_shown") if kappa is None else words.short(kappa.value, 2),
    )
