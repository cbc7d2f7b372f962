"""This registry beside published figures: a table whose last column is one drawing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from livedo.registry.small_numbers import HIDDEN, Count
from livedo.registry.yearly_parts import Breakdown, Cell, Estimate, Published, Row, YearlyReport
from livedo.surfaces.figures.interval_cell import Look, axis_cell, interval_cell
from livedo.surfaces.figures.plain import Scale, even_scale, log_scale
from livedo.surfaces.registry_tables import levels_of, period_text
from livedo.surfaces.registry_words import HUNDRED, PER, RegistryWords


@dataclass(frozen=True)
class ForestRow:
    """One figure: whose, how it was counted, of how many, what came out, and its drawing."""

    who: str
    how: str
    cases: Markup
    value: Markup
    marks: Markup
    is_ours: bool = False
    claims: tuple[str, ...] = ()


@dataclass(frozen=True)
class ForestPanel:
    """Rows of one origin: this registry on one day or in one period, or what was published."""

    title: str
    rows: tuple[ForestRow, ...]


@dataclass(frozen=True)
class Forest:
    """Rows on one scale."""

    caption: str
    heads: tuple[str, str, str, str]
    panels: tuple[ForestPanel, ...]
    axis: Markup
    axis_title: str


@dataclass(frozen=True)
class _Given:
    """One row before it is drawn; values are already in the unit of the scale."""

    panel: str
    who: str
    how: str
    cases: Markup
    value: float | None
    low: float | None
    high: float | None
    said: Markup
    is_ours: bool = False
    is_range: bool = False
    is_hidden: bool = False
    claims: tuple[str, ...] = ()


def prevalence_forest(report: YearlyReport, words: RegistryWords) -> Forest:
    """Shares of people, ours first, on an even scale."""
    rows = list(_ours(report, ("point_prevalence", "period_prevalence"), words))
    rows += _published(report, "prevalence", words)
    scale = even_scale(max(_ends(rows), default=1.0))
    return _forest("prevalence", rows, scale, words, is_percent=True)


def incidence_forest(report: YearlyReport, words: RegistryWords) -> Forest:
    """Rates per PER, ours first; a hundredfold fits only on a logarithmic scale."""
    rows = list(_ours(report, ("incidence",), words))
    rows += _published(report, "incidence", words)
    ends = [end for end in _ends(rows) if end > 0] or [1.0, 10.0]
    scale = log_scale(max(min(ends), LEAST_RATE), max(ends))
    return _forest("incidence", rows, scale, words)


LEAST_RATE = 0.1
"""Per PER: a logarithmic scale has no nought, and nothing lower is told apart."""


def mortality_forest(report: YearlyReport, cause: str, words: RegistryWords) -> Forest:
    """Shares dead after diagnosis of all causes, or of the disease: one figure for each."""
    measure = "survival" if cause == "all" else "incidence"
    panel = ours_title(report, words)
    rows = []
    for by, days in OWN_MORTALITY:
        family = report.family(by, measure)
        for curve in family.curves if family else ():
            at = curve.on(days)
            if curve.cause == cause and at is not None and curve.group != "unknown":
                cases = words.number(curve.people)
                who = words.group(by, curve.group)
                how = words.said("published.within", months=round(days / MONTH_DAYS))
                rows.append(_own(panel, who, how, cases, at.share, HUNDRED, words))
    rows += _published(report, "mortality", words, cause)
    scale = Scale(0.0, 100.0, (0.0, 25.0, 50.0, 75.0, 100.0))
    return _forest(f"mortality_{cause}", rows, scale, words, is_percent=True)


OWN_MORTALITY = (("everybody", 183), ("everybody", 365), ("ulcerated", 183))
"""Of whom and how many days after diagnosis: what published figures are given for."""

MONTH_DAYS = 365.25 / 12


def sex_forest(report: YearlyReport, words: RegistryWords) -> Forest:
    """Women to one man, on a scale by factors: as far above one as below."""
    panel = ours_title(report, words)
    named = levels_of([ratio.column for ratio in report.sex_ratios], words)
    rows = []
    for ratio, (column, level) in zip(report.sex_ratios, named, strict=True):
        cases = _women_and_men(words.number(ratio.female), words.number(ratio.male), words)
        who = words.definition(column.definition)
        rows.append(_own(panel, who, level, cases, ratio.ratio, 1.0, words))
    rows += _published(report, "sex_ratio", words)
    ends = [end for end in _ends(rows) if end > 0] or [1.0]
    low, high = min(*ends, 1.0), max(*ends, 1.0)
    first = max((x for x in FACTORS if x <= low), default=FACTORS[0])
    last = min((x for x in FACTORS if x >= high), default=FACTORS[-1])
    ticks = tuple(x for x in FACTORS if first <= x <= last)
    return _forest("sex_ratio", rows, Scale(ticks[0], ticks[-1], ticks, is_log=True), words)


FACTORS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)


def ours_title(report: YearlyReport, words: RegistryWords) -> str:
    """This registry, over the whole period."""
    return words.said("published.ours", period=years_text(report.years))


def _ours(report: YearlyReport, measures: Sequence[str], words: RegistryWords) -> Iterable[_Given]:
    """The latest year, or the whole period, under every definition."""
    for measure in measures:
        by = "year" if measure == "point_prevalence" else "overall"
        breakdown = report.breakdown(measure, by)
        if breakdown is None or not breakdown.rows:
            continue
        row = breakdown.rows[-1]
        named = levels_of(breakdown.columns, words)
        for (column, level), cell in zip(named, row.cells, strict=True):
            who = words.definition(column.definition)
            yield _own_cell(breakdown, row, cell, (who, level), words)


def _own_cell(
    breakdown: Breakdown, row: Row, cell: Cell, name: tuple[str, str], words: RegistryWords
) -> _Given:
    is_rate = breakdown.measure == "incidence"
    when = words.day(row.group) if breakdown.by == "year" else period_text(breakdown.period)
    panel = words.said(f"published.ours_{breakdown.measure}", period=when)
    cases = words.number(cell.cases)
    if not is_rate:
        cases = _of_total(cell.cases, row.people, words)
    factor = PER if is_rate else HUNDRED
    estimate = None if cell.cases is HIDDEN else cell.estimate
    return _own(panel, *name, cases, estimate, factor, words)


def _own(
    panel: str,
    who: str,
    how: str,
    cases: Markup,
    estimate: Estimate | None,
    factor: float,
    words: RegistryWords,
) -> _Given:
    if estimate is None:
        said = words.hidden
        return _Given(panel, who, how, cases, None, None, None, said, True, is_hidden=True)
    value, low, high = (
        None if x is None else x * factor for x in (estimate.value, estimate.low, estimate.high)
    )
    said = _said(value, low, high, factor, words)
    return _Given(panel, who, how, cases, value, low, high, said, True)


def _published(
    report: YearlyReport, measure: str, words: RegistryWords, cause: str = ""
) -> list[_Given]:
    """Published figures; nothing is drawn that was not read, except what their counts give."""
    found = [p for p in report.published if p.measure == measure and p.cause == cause]
    return [_published_row(item, words) for item in found]


def _published_row(item: Published, words: RegistryWords) -> _Given:
    factor = {"incidence": PER, "sex_ratio": 1.0}.get(item.measure, HUNDRED)
    value, low, high = (
        None if x is None else x * factor for x in (item.value, item.low, item.high)
    )
    said = _said_published(value, low, high, factor, words)
    panel = words.said("published.panel")
    who = f"{words.of(item.population)}, {item.years or item.year}"
    how = words.of(item.definition)
    if item.horizon_days is not None:
        months = round(item.horizon_days / MONTH_DAYS)
        how = words.said("published.within_how", months=months, how=how)
    cases = _published_cases(item, words)
    return _Given(
        panel, who, how, cases, value, low, high, said,
        is_range=item.is_range, claims=(item.claim,),
    )  # fmt: skip


def _published_cases(item: Published, words: RegistryWords) -> Markup:
    if item.cases is None or item.people is None:
        return Markup("")
    cases = Markup(words.whole(item.cases))
    if item.measure == "sex_ratio":
        men = Markup(words.whole(item.people - item.cases))
        return _women_and_men(cases, men, words)
    return _of_total(item.cases, item.people, words)


def _of_total(part: Count, total: Count | None, words: RegistryWords) -> Markup:
    if part is HIDDEN:
        return words.hidden
    return Markup(words.said("of", n=words.number(part), total=words.number(total)))


def _women_and_men(women: Markup, men: Markup, words: RegistryWords) -> Markup:
    return Markup(words.said("sex.cases", women=women, men=men))


def _said(
    value: float | None, low: float | None, high: float | None, factor: float, words: RegistryWords
) -> Markup:
    """The value and its interval in one cell."""
    unit = "percent" if factor == HUNDRED else "plain"
    if value is None:
        return _said_bounds(low, high, unit, words)
    shown = Markup("<b>{}</b>").format(words.said(unit, n=words.short(value)))
    if low is None or high is None:
        return shown
    return shown + Markup(" <i>{}</i>").format(words.ends(low, high, value or high))


def _said_bounds(low: float | None, high: float | None, unit: str, words: RegistryWords) -> Markup:
    """A range, or below or above a number, as it was printed."""
    if low is None or high is None:
        key, end = ("under", high) if low is None else ("over", low)
        text = words.said(f"published.{key}", n=words.said(unit, n=words.printed(end or 0.0)))
        return Markup("<b>{}</b>").format(text)
    ends = words.said("interval", low=words.printed(low), high=words.printed(high))
    return Markup("<b>{}</b>").format(words.said(unit, n=ends))


def _said_published(
    value: float | None,
    low: float | None,
    high: float | None,
    factor: float,
    words: RegistryWords,
) -> Markup:
    """A published figure with its own digits; the interval that its counts give with ours."""
    unit = "percent" if factor == HUNDRED else "plain"
    if value is None:
        return _said_bounds(low, high, unit, words)
    shown = Markup("<b>{}</b>").format(words.said(unit, n=words.printed(value)))
    if low is None or high is None:
        return shown
    return shown + Markup(" <i>{}</i>").format(words.ends(low, high, value))


def _ends(rows: Iterable[_Given]) -> list[float]:
    """Every number that the scale has to hold."""
    return [x for row in rows for x in (row.value, row.low, row.high) if x is not None]


def _forest(
    id: str,
    rows: Sequence[_Given],
    scale: Scale,
    words: RegistryWords,
    *,
    is_percent: bool = False,
) -> Forest:
    per = words.whole(PER)
    texts = (
        *(words.said(f"published.head.{head}") for head in ("who", "how", "cases")),
        words.said(f"published.value.{id}", per=per),
    )
    panels = tuple(
        ForestPanel(title, tuple(_drawn(row, scale) for row in found))
        for title, found in groupby(rows, key=lambda row: row.panel)
    )
    labels = tuple(
        words.said("percent" if is_percent else "plain", n=words.tick(x)) for x in scale.ticks
    )
    title = words.said(f"published.axis.{id}", per=per)
    heads = (texts[0], texts[1], texts[2], texts[3])
    return Forest(words.said(f"published.{id}"), heads, panels, axis_cell(scale, labels), title)


def _drawn(row: _Given, scale: Scale) -> ForestRow:
    look: Look = "ours" if row.is_ours else "published"
    if row.is_hidden or row.is_range:
        look = "hidden" if row.is_hidden else "range"
    marks = interval_cell(scale, look, row.value, row.low, row.high)
    return ForestRow(row.who, row.how, row.cases, row.said, marks, row.is_ours, row.claims)


def years_text(years: tuple[int, int]) -> str:
    """2021–2025."""
    first, last = years
    return str(first) if first == last else f"{first}–{last}"
