"""The counts behind the figures of survival, by name, and the sums that tie them together.

Whoever shows these numbers protects them first: a hidden one must not come out of another by
subtraction, between groups, between causes, or between one time and the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from livedo.knowledge.outcomes import Outcomes, load_outcomes
from livedo.registry.life_table import LifeTable
from livedo.registry.survival import Followed, Grouped, reasons

SumOf = tuple[str, tuple[str, ...]]
"""A total and its parts. At most one of them is not among the cells: it is what is left over."""


class OutcomeCounts(msgspec.Struct, frozen=True, kw_only=True):
    """True counts by name (`survival.site.penile.m12.at_risk`) and their sums."""

    cells: dict[str, int]
    sums: tuple[SumOf, ...]


def outcome_counts(
    followed: Followed, groupings: Sequence[Grouped], outcomes: Outcomes | None = None
) -> OutcomeCounts:
    """People, deaths by cause and people at risk at the times of `outcomes.yaml`, by group.

    The first of the groupings is everybody; the groups of the others add up to it.
    """
    outcomes = outcomes or load_outcomes()
    cells = _read(followed, outcomes)
    sums: list[SumOf] = [("survival.read", tuple(cells)[1:])]
    for found in groupings:
        for group, table in found.tables.items():
            stem = f"survival.{found.grouping}.{group}"
            cells |= _cells(stem, table, outcomes)
            sums += _sums_within(stem, table, outcomes)
    whole = groupings[0]
    for found in groupings[1:]:
        sums += _sums_between(whole, found, cells)
    return OutcomeCounts(cells=cells, sums=tuple(sums))


def _read(followed: Followed, outcomes: Outcomes) -> dict[str, int]:
    """Everybody read: used, or set aside for one reason each."""
    aside = reasons(followed.set_aside, outcomes)
    cells = {"survival.read": followed.people, "survival.used": len(followed.watched)}
    return cells | {f"survival.set_aside.{reason}": count for reason, count in aside.items()}


def _cells(stem: str, table: LifeTable, outcomes: Outcomes) -> dict[str, int]:
    cells = {f"{stem}.spells": table.spells}
    for time in outcomes.times:
        of_causes = {
            f"{stem}.{time.id}.died_of.{cause}": table.total(cause, time.days)
            for cause in table.events_by_cause
        }
        cells[f"{stem}.{time.id}.at_risk"] = table.at_risk_on(time.days)
        cells[f"{stem}.{time.id}.died"] = sum(of_causes.values())
        cells |= of_causes
    return cells


def _sums_within(stem: str, table: LifeTable, outcomes: Outcomes) -> Iterator[SumOf]:
    """All causes are every cause; who had died by one time had died by the next."""
    names = ["died", *(f"died_of.{cause}" for cause in table.events_by_cause)]
    falls = _only_falls(table)
    if falls:
        yield f"{stem}.spells", (f"{stem}.{outcomes.times[0].id}.at_risk", f"{stem}.not at risk")
    for time in outcomes.times:
        here = f"{stem}.{time.id}"
        yield f"{here}.died", tuple(f"{here}.{name}" for name in names[1:])
    for early, late in pairwise(outcomes.times):
        for name in names:
            total, part = f"{stem}.{late.id}.{name}", f"{stem}.{early.id}.{name}"
            yield total, (part, f"{total} after {early.id}")
        if falls:
            total, part = f"{stem}.{early.id}.at_risk", f"{stem}.{late.id}.at_risk"
            yield total, (part, f"{total} but not at {late.id}")


def _only_falls(table: LifeTable) -> bool:
    """Whether nobody enters late, so that whoever is at risk was so at every time before."""
    rows = zip(table.times, table.entered, strict=True)
    return not any(entered for day, entered in rows if day > 0)


def _sums_between(whole: Grouped, found: Grouped, cells: dict[str, int]) -> Iterator[SumOf]:
    """The groups of one grouping add up to everybody, but for those it alone sets aside.

    Spells do not where people change group: who did is counted in both.
    """
    (everybody,) = whole.tables
    stem = f"survival.{whole.grouping}.{everybody}"
    for total in [name for name in cells if name.startswith(f"{stem}.")]:
        rest = total.removeprefix(f"{stem}.")
        parts = tuple(f"survival.{found.grouping}.{group}.{rest}" for group in found.tables)
        if rest == "spells" and sum(cells[part] for part in parts) > cells[total]:
            continue
        left_out = len(found.set_aside) > len(whole.set_aside)
        yield total, (*parts, f"{total} in no {found.grouping}") if left_out else parts
