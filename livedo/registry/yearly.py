"""The yearly report: everything is counted, protected once, and only then worked out.

`yearly_report` is the only door. True counts go in at the top and what leaves at the bottom is a
`YearlyReport`, in which every share, rate, interval and curve is made of counts that may be shown.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Iterator, Sequence

import msgspec

from livedo import __version__
from livedo.decisions.entries import Entry, by_person
from livedo.errors import YearsInvalid
from livedo.instants import Instant
from livedo.knowledge.definitions import load_definitions
from livedo.knowledge.load import Knowledge
from livedo.knowledge.register import load_case_report_form
from livedo.knowledge.yearly import load_yearly
from livedo.record.manifest import FILE as MANIFEST
from livedo.record.store import Record
from livedo.registry import cohort
from livedo.registry.case import Case
from livedo.registry.cases import CasesFound, cases_of
from livedo.registry.cohort import Cohort, cohort_of
from livedo.registry.disclosure import Sum, protect
from livedo.registry.local_days import LocalDays
from livedo.registry.occurrence import Occurrence, full_years, occurrence_of
from livedo.registry.small_numbers import Policy
from livedo.registry.yearly_occurrence import (
    Shown,
    breakdowns,
    by_year,
    named,
    sex_ratios,
    trends,
    with_standard,
)
from livedo.registry.yearly_outcomes import (
    OutcomeTables,
    delays_shown,
    families,
    outcome_tables,
)
from livedo.registry.yearly_parts import (
    Column,
    Made,
    Named,
    Step,
    YearlyReport,
)
from livedo.registry.yearly_published import published_figures
from livedo.registry.yearly_register import (
    KeptRegister,
    kept_register,
    register_shown,
    wrong_shown,
)


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """Everything as it is true. It never leaves this module."""

    cohort: Cohort
    found: CasesFound
    occurrence: Occurrence
    main: Column
    entries: Sequence[Entry]


def yearly_report(
    record: Record,
    store_entries: Sequence[Entry],
    *,
    years: tuple[int, int] | None,
    as_of: Instant,
    standard: str,
    policy: Policy,
    knowledge: Knowledge,
    processes: int = 1,
) -> YearlyReport:
    """The report of these years, from what was known and entered by `as_of`.

    Args:
        years: first and last calendar year, both included; None for the last whole ones that
            were watched, as many as `yearly.yaml` says.
        standard: the standard population of age-standardised rates, or `none`.
    """
    everybody = cohort_of(record, as_of, knowledge.vocabulary, processes=processes)
    wanted = reported_years(everybody, years)
    entries = tuple(e for e in store_entries if e.entered_at <= as_of)
    found = cases_of(record, everybody, by_person(entries), as_of, knowledge, processes=processes)
    main = load_yearly().main
    counted = Counted(
        cohort=everybody,
        found=found,
        occurrence=occurrence_of(everybody, found.cases, range(wanted[0], wanted[1] + 1)),
        main=Column(definition=main.definition, level=main.level),
        entries=entries,
    )
    today = LocalDays(record.manifest.time_zone).day(as_of)
    register = kept_register(record, entries, found, as_of, today, processes=processes)
    safe = _protected(counted, register, policy)
    made = _made(record, entries, as_of, standard, policy, knowledge)
    return _assembled(counted, safe, record, wanted, made, knowledge)


def reported_years(everybody: Cohort, asked: tuple[int, int] | None) -> tuple[int, int]:
    """The years asked for, or the last whole ones that were watched.

    Raises:
        YearsInvalid: one of them is not over, or nobody was watched in the whole of it.
    """
    whole = full_years(everybody)
    if asked is None and whole:
        return whole[-load_yearly().years :][0], whole[-1]
    if asked is None or not set(range(asked[0], asked[1] + 1)) <= set(whole):
        known = _years_said(whole[0], whole[-1]) if whole else ""
        declare = "declare what the sources speak for: livedo read --observed dialysis=FROM..TO"
        raise YearsInvalid(
            "A year can be reported only when it is over and was watched from its first day",
            where="" if asked is None else _years_said(*asked),
            still_works=known,
            next_step=f"give --years {whole[0]}..{whole[-1]}, or fewer" if known else declare,
        )
    return asked


def _years_said(first: int, last: int) -> str:
    return f"the year {first}" if first == last else f"the years {first} to {last}"


# -- counting ------------------------------------------------------------------------------


def _cells(counted: Counted) -> tuple[dict[str, int], list[Sum]]:
    """Every count that the report may show, and which of them add up."""
    occurrence = counted.occurrence
    cells = occurrence.cells()
    sums = [Sum(total, parts) for total, parts in occurrence.sums]
    for chain in chains(counted).values():
        for before, step in zip(("", *(_step(s.id) for s in chain)), chain, strict=False):
            cells[_step(step.id)] = step.people
            lost = {f"{_step(step.id)}.{reason}": count for reason, count in step.lost}
            cells |= lost
            if before and lost:
                sums.append(Sum(before, (_step(step.id), *lost)))
    return cells, sums


def _told_twice(counted: Counted) -> Iterator[Sum]:
    """Counts of the same people under two names: the other must not tell what one hides."""
    found = counted.occurrence
    yield Sum(_step("case"), ("register.cases",))
    period = f"{found.years[0]}-{found.years[-1]}" if len(found.years) > 1 else str(found.years[0])
    for measure, step in (("period_prevalence", "in_period"), ("incidence", "at_risk")):
        ids = {
            row.people_id
            for row in found.rows
            if (row.measure, row.dimension, row.period) == (measure, "overall", period)
        }
        yield from (Sum(_step(step), (people,)) for people in sorted(ids))


def chains(counted: Counted) -> dict[str, tuple[cohort.Step, ...]]:
    """From everybody to the time at risk, and from everybody to the cases."""
    return {"people": counted.occurrence.attrition, "cases": counted.found.attrition}


def _step(id: str) -> str:
    return f"step.{id}"


# -- assembling ----------------------------------------------------------------------------


class Protected(msgspec.Struct, frozen=True, kw_only=True):
    """All counts of the report in one system, and what of them may be shown."""

    shown: Shown
    outcomes: OutcomeTables
    register: KeptRegister


def _protected(counted: Counted, register: KeptRegister, policy: Policy) -> Protected:
    """One control over every count of every table, so that none gives another away."""
    main = (counted.main.definition, counted.main.level)
    outcomes = outcome_tables(main_cases(counted), policy, main)
    cells, sums = _cells(counted)
    sums += _told_twice(counted)
    for part in (outcomes, register):
        cells |= part.cells
        sums += part.sums
    shown = Shown(protect(cells, sums, policy), policy)
    return Protected(shown=shown, outcomes=outcomes, register=register)


def _assembled(
    counted: Counted,
    safe: Protected,
    record: Record,
    years: tuple[int, int],
    made: Made,
    knowledge: Knowledge,
) -> YearlyReport:
    shown = safe.shown
    found = with_standard(breakdowns(counted.occurrence, shown), made.standard)
    totals = record.manifest.totals
    return YearlyReport(
        years=years,
        is_invented=record.manifest.is_invented,
        items=(totals.items_in, totals.used, totals.set_aside),
        reasons=tuple(sorted(record.manifest.reasons.items(), key=lambda r: (-r[1], r[0]))),
        steps=tuple(_steps(counted, shown)),
        main=counted.main,
        breakdowns=found,
        published=published_figures(knowledge),
        sex_ratios=sex_ratios(counted.occurrence, shown),
        not_worked_up=by_year(counted.occurrence.not_worked_up, shown),
        outside_dialysis=named(counted.occurrence.outside_dialysis, shown),
        trends=trends(found),
        families=families(safe.outcomes, shown),
        delays=delays_shown(safe.outcomes, shown),
        first_wrong=wrong_shown(safe.register, shown),
        register=register_shown(safe.register, shown),
        made=made,
    )


def main_cases(counted: Counted) -> list[Case]:
    """Cases of the main definition, for outcomes and delays."""
    main = counted.main
    return [
        case
        for case in counted.found.cases
        if not case.is_excluded
        and any(r.definition == main.definition and r.level == main.level for r in case.reached)
    ]


def _steps(counted: Counted, shown: Shown) -> Iterator[Step]:
    for chain, steps in chains(counted).items():
        for step in steps:
            lost = ((reason, shown[f"{_step(step.id)}.{reason}"]) for reason, _ in step.lost)
            yield Step(
                chain=chain,  # type: ignore[arg-type]
                id=step.id,
                left=shown[_step(step.id)],
                lost=tuple(Named(id=reason, count=count) for reason, count in lost),
            )


def _made(
    record: Record,
    entries: Sequence[Entry],
    as_of: Instant,
    standard: str,
    policy: Policy,
    knowledge: Knowledge,
) -> Made:
    return Made(
        livedo=__version__,
        knowledge=knowledge.version,
        form=load_case_report_form().version,
        libraries=tuple(
            (name, importlib.metadata.version(name)) for name in load_yearly().libraries
        ),
        manifest=hashlib.sha256((record.path / MANIFEST).read_bytes()).hexdigest(),
        entries=policy.shown(len(entries)),
        store=_digest(entries) if entries else "",
        as_of=as_of,
        time_zone=record.manifest.time_zone,
        standard=standard,
        policy=policy,
        definitions=tuple(
            (each.id, tuple((level.id, level.rule) for level in each.levels))
            for each in load_definitions()
        ),
    )


def _digest(entries: Sequence[Entry]) -> str:
    """One sum of everything entered, in the order of entry."""
    digest = hashlib.sha256()
    for entry in sorted(entries, key=lambda entry: entry.sequence):
        digest.update(msgspec.json.encode(entry, order="deterministic"))
    return digest.hexdigest()
