"""The tables of the yearly report as the page shows them: heads, rows, cells in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from livedo.registry.small_numbers import HIDDEN
from livedo.registry.yearly_parts import Breakdown, Cell, Column, Row, YearlyReport
from livedo.surfaces.registry_words import PER, RegistryWords


@dataclass(frozen=True)
class Line:
    """One row: its head and its cells."""

    head: Markup
    cells: tuple[Markup, ...]
    look: str = ""


@dataclass(frozen=True)
class Panel:
    """Rows under one heading within a table."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Table:
    """A table with one or two rows of heads."""

    caption: str
    corner: str
    heads: tuple[str, ...]
    panels: tuple[Panel, ...]
    groups: tuple[tuple[str, int], ...] = ()
    """Heads above the heads, with how many each spans; the corner is not counted."""
    notes: tuple[str, ...] = ()


def levels_of(columns: Sequence[Column], words: RegistryWords) -> list[tuple[Column, str]]:
    """Each column with the name of its level."""
    return [(column, words.level(column)) for column in columns]


def column_names(columns: Sequence[Column], words: RegistryWords) -> dict[str, str]:
    """Definition and level of each column in one phrase."""
    return {
        column.id: f"{words.definition(column.definition)}: {level}"
        for column, level in levels_of(columns, words)
    }


def by_year_table(breakdown: Breakdown, words: RegistryWords, caption: str) -> Table:
    """Definitions as rows, years as columns; the first row says how many people there were."""
    years = tuple(words.day(row.group) for row in breakdown.rows)
    lines = [Line(Markup(words.said("occurrence.people")), _people(breakdown.rows, words))]
    for _, pairs in groupby(enumerate(breakdown.columns), key=lambda p: p[1].definition):
        lines += _definition_lines(list(pairs), breakdown, words)
    return Table(caption, "", years, (Panel("", tuple(lines)),))


def _people(rows: Sequence[Row], words: RegistryWords) -> tuple[Markup, ...]:
    return tuple(words.number(row.people) for row in rows)


def _definition_lines(
    pairs: list[tuple[int, Column]], breakdown: Breakdown, words: RegistryWords
) -> Iterator[Line]:
    """A definition of one level is one row; one of several has its name above them."""
    name = words.definition(pairs[0][1].definition)
    if len(pairs) == 1:
        number, _ = pairs[0]
        yield Line(Markup.escape(name), _cells(number, breakdown, words), "def")
        return
    yield Line(Markup.escape(name), tuple(Markup("") for _ in breakdown.rows), "def")
    for number, column in pairs:
        level = words.level(column)
        head = Markup('<span class="in1">{}</span>').format(level)
        yield Line(head, _cells(number, breakdown, words))


def _cells(number: int, breakdown: Breakdown, words: RegistryWords) -> tuple[Markup, ...]:
    return tuple(cell_text(row.cells[number], breakdown.measure, words) for row in breakdown.rows)


def cell_text(cell: Cell, measure: str, words: RegistryWords) -> Markup:
    """The value, its interval below it, the cases in brackets; or hidden."""
    if cell.cases is HIDDEN:
        return words.hidden
    if cell.estimate is None:
        return Markup("{} <i>{}</i>").format(words.number(cell.cases), words.said("not_shown"))
    is_rate = measure == "incidence"
    factor = PER if is_rate else 100.0
    value = cell.estimate.value
    shown = words.rate(value) if is_rate else words.share(value)
    return Markup("<b>{}</b> ({})<i>{}</i>").format(
        shown, words.number(cell.cases), words.interval(cell.estimate, factor)
    )


def by_group_table(report: YearlyReport, by: str, words: RegistryWords) -> Table | None:
    """Groups as rows, definitions as columns; newly found, then had it at any time."""
    found = [b for m in ("incidence", "period_prevalence") if (b := report.breakdown(m, by))]
    if not found:
        return None
    columns = found[0].columns
    named = levels_of(columns, words)
    groups = tuple(
        (words.definition(definition), len(list(several)))
        for definition, several in groupby(columns, key=lambda column: column.definition)
    )
    panels = tuple(_panel(breakdown, by, words) for breakdown in found)
    caption = words.said(f"occurrence.by_{by}", period=period_text(found[0].period))
    heads = (words.said("occurrence.people"), *(level for _, level in named))
    return Table(caption, words.said(f"by.{by}"), heads, panels, (("", 1), *groups))


def _panel(breakdown: Breakdown, by: str, words: RegistryWords) -> Panel:
    key = "by_note" if breakdown.measure == "incidence" else "have_note"
    lines = [_group_line(row, by, breakdown.measure, words) for row in breakdown.rows]
    if breakdown.standardised:
        name = words.said("occurrence.standardised", standard=words.standard(breakdown.standard))
        cells = (cell_text(cell, breakdown.measure, words) for cell in breakdown.standardised)
        lines.append(Line(Markup.escape(name), (Markup(""), *cells)))
    return Panel(words.said(f"occurrence.{key}", per=words.whole(PER)), tuple(lines))


def _group_line(row: Row, by: str, measure: str, words: RegistryWords) -> Line:
    cells = (cell_text(cell, measure, words) for cell in row.cells)
    name = Markup.escape(words.group(by, row.group))
    return Line(name, (words.number(row.people), *cells))


def period_text(period: str) -> str:
    """`2021-2025` as people write it."""
    first, _, last = period.partition("-")
    return period if not last or "-" in last or first == last else f"{first}–{last}"
