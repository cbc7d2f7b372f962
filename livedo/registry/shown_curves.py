"""Life tables as they may be shown: their steps and numbers at risk tell of nobody alone.

A curve gives away what its steps and its numbers at risk give away. So time is cut into
stretches of `policy.curve_step_days`; the number at risk at the beginning of each and the deaths
until the end of each are counts like any other, tied by sums, and go through `protect` together
with the tables of the report. A curve steps when enough deaths have gathered and only at the
end of a stretch; it ends where a number at risk is hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise

import msgspec

from livedo.registry.disclosure import protect
from livedo.registry.equations import Sum, nested
from livedo.registry.life_table import LifeTable
from livedo.registry.small_numbers import HIDDEN, Count, Policy

OF_ALL = "of_all"
"""The one cause of the table of all deaths together."""
NOT_SHOWN = "not_shown"
"""Deaths that are shown among all and of whose cause too few are shown."""


class ShownCurve(msgspec.Struct, frozen=True, kw_only=True):
    """One group as it may be shown; both tables go to the estimators like any life table.

    They are two because rounding each cause delays its steps more than those of all together.
    """

    of_all: LifeTable
    """All deaths, under the cause `OF_ALL`: for survival."""
    by_cause: LifeTable
    """Deaths by cause: for the incidence of each. A cause that is hidden is missing."""


def protect_life_table(table: LifeTable, policy: Policy) -> ShownCurve | None:
    """One life table that stands alone, as it may be shown; None where it shows no curve."""
    return protect_life_tables({"": table}, (), policy)[""]


def protect_life_tables(
    tables: Mapping[str, LifeTable], sums: Sequence[Sum], policy: Policy
) -> dict[str, ShownCurve | None]:
    """Life tables by group. `sums` say which groups together are another: all = proximal + distal.

    None where fewer than 8 are at risk at the start or all deaths are hidden.
    """
    cells, ties = curve_counts(tables, sums, policy)
    shown = protect(cells, ties, policy)
    return {group: shown_curve(group, table, shown, policy) for group, table in tables.items()}


def curve_counts(
    tables: Mapping[str, LifeTable], sums: Sequence[Sum], policy: Policy
) -> tuple[dict[str, int], list[Sum]]:
    """The counts behind the curves and what ties them, for `protect` with those of the report."""
    ends = _ends(tables.values(), policy)
    cells: dict[str, int] = {}
    ties: list[Sum] = []
    for group, table in tables.items():
        cells |= _cells(group, table, ends, policy)
        ties += _ties(group, table, ends)
    for one in sums:
        ties += _between(one, tables, cells)
    return cells, ties


def shown_curve(
    group: str, table: LifeTable, shown: Mapping[str, Count], policy: Policy
) -> ShownCurve | None:
    """The curve of what `protect` left of `curve_counts`; None where there is none."""
    if not policy.is_on:
        whole = table.merged({OF_ALL: tuple(table.events_by_cause)})
        return ShownCurve(of_all=whole, by_cause=table)
    rows = list(_rows(group, table, shown, policy))
    if not rows or shown[f"{group}.{rows[-1][0]}.died"] is HIDDEN:
        return None
    so_far = {
        name: [shown[f"{group}.{day}.{name}"] for day, _ in rows]
        for name in ("died", *(f"died_of.{cause}" for cause in table.events_by_cause))
    }
    died = _steady(so_far.pop("died"))
    causes = {
        name.removeprefix("died_of."): _steady(counts)
        for name, counts in so_far.items()
        if counts[-1] is not HIDDEN
    }
    left = [all_ - sum(each) for all_, *each in zip(died, *causes.values(), strict=True)]
    return ShownCurve(
        of_all=_balanced(rows, {OF_ALL: died}),
        by_cause=_balanced(rows, {**causes, NOT_SHOWN: _least_to_come(left)}),
    )


def _ends(tables: Iterable[LifeTable], policy: Policy) -> list[int]:
    """The last day of every stretch: from the first day to the last in any group."""
    step = policy.curve_step_days
    known = [table.times for table in tables if table.times]
    first = min((times[0] for times in known), default=0)
    last = max((times[-1] for times in known), default=0)
    return list(range((first // step + 1) * step, max(last, first + 1) + step, step))


def _at_risk(table: LifeTable, end: int, policy: Policy) -> int:
    """How many are watched at the beginning of a stretch; in the first, whoever enters in it."""
    begin = end - policy.curve_step_days + 1
    if not table.times or table.times[0] < begin - 1:
        return table.at_risk_on(begin)
    rows = zip(table.times, table.entered, strict=True)
    return sum(entered for day, entered in rows if day <= end)


def _cells(group: str, table: LifeTable, ends: Sequence[int], policy: Policy) -> dict[str, int]:
    cells = {}
    for end in ends:
        died = {cause: table.total(cause, end) for cause in table.events_by_cause}
        cells[f"{group}.{end}.at_risk"] = _at_risk(table, end, policy)
        cells[f"{group}.{end}.died"] = sum(died.values())
        cells |= {f"{group}.{end}.died_of.{cause}": count for cause, count in died.items()}
    return cells


def _ties(group: str, table: LifeTable, ends: Sequence[int]) -> Iterator[Sum]:
    """Causes add up; deaths only grow; and without late entries, who is gone died or left."""
    names = [f"died_of.{cause}" for cause in table.events_by_cause]
    if names:
        for end in ends:
            yield Sum(f"{group}.{end}.died", tuple(f"{group}.{end}.{name}" for name in names))
    for early, late in pairwise(ends):
        for name in ("died", *names):
            yield nested(f"{group}.{late}.{name}", f"{group}.{early}.{name}")
    if any(entered for day, entered in zip(table.times, table.entered, strict=True) if day > 0):
        return
    for before, (end, after) in zip([None, *ends], pairwise(ends), strict=False):
        # Times before the start are negative, so a stretch may end on day 0.
        since = "" if before is None else f" without {group}.{before}.died"
        died = f"{group}.{end}.died{since}"
        at_risk, later = f"{group}.{end}.at_risk", f"{group}.{after}.at_risk"
        yield Sum(at_risk, (later, died, f"{at_risk} and left"))


def _between(one: Sum, tables: Mapping[str, LifeTable], cells: Mapping[str, int]) -> Iterator[Sum]:
    """The same sum of groups for every count of the curves that does add up.

    People who change group are in two of them, so numbers at risk may not.
    """
    for name in [id.removeprefix(one.total) for id in cells if id.startswith(f"{one.total}.")]:
        parts = tuple(f"{part}{name}" for part in one.parts if part in tables)
        if all(part in cells for part in parts):
            left = cells[f"{one.total}{name}"] - sum(cells[part] for part in parts)
            if left >= 0:
                rest = (f"{one.total}{name} in no group",) if left else ()
                yield Sum(f"{one.total}{name}", (*parts, *rest))


def _rows(
    group: str, table: LifeTable, shown: Mapping[str, Count], policy: Policy
) -> Iterator[tuple[int, int]]:
    """The stretches that are drawn and their numbers at risk, until one is hidden or nobody."""
    is_begun = False
    for end in _ends([table], policy):
        at_risk = shown[f"{group}.{end}.at_risk"]
        if at_risk is HIDDEN or (at_risk == 0 and is_begun):
            return
        is_begun = at_risk > 0
        if is_begun:
            yield end, at_risk


def _steady(so_far: Sequence[Count]) -> list[int]:
    """Deaths so far; what is hidden counts when it is shown again."""
    known = (0 if count is HIDDEN else count for count in so_far)
    return list(accumulate(known, max))


def _least_to_come(so_far: Sequence[int]) -> list[int]:
    """What is never taken back later: the least of each and all that follow, at least 0."""
    return [max(0, least) for least in accumulate(reversed(so_far), min)][::-1]


def _balanced(rows: Sequence[tuple[int, int]], so_far: Mapping[str, Sequence[int]]) -> LifeTable:
    """A life table whose rows follow from one another: the difference left, or entered."""
    days, at_risk = zip(*rows, strict=True)
    events = {
        cause: tuple(now - before for before, now in pairwise((0, *counts)))
        for cause, counts in so_far.items()
    }
    gone = [sum(each) for each in zip(*events.values(), strict=True)]
    after = [*at_risk[1:], 0]
    over = [n - g - later for n, g, later in zip(at_risk, gone, after, strict=True)]
    return LifeTable(
        times=days,
        at_risk=at_risk,
        events_by_cause=events,
        censored=tuple(max(0, left) for left in over),
        entered=(at_risk[0], *(max(0, -left) for left in over[:-1])),
    )
