"""`livedo screen`: the worklist of a record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from livedo.surfaces.options import (
    Reader,
    as_of_option,
    json_option,
    out_option,
    overrides_option,
    processes,
    reader_options,
    record_argument,
)

if TYPE_CHECKING:
    from livedo.act.result import Screening

FORMATS = ("table", "json", "csv", "parquet")
GROUPS = (
    "danger_now",
    "possible_early_disease",
    "unsafe_prescription",
    "workup_missing",
    "palpation_overdue",
)


@click.command()
@record_argument
@as_of_option
@click.option(
    "--format",
    "output_format",
    type=click.Choice(FORMATS),
    default="table",
    help="Form of the result. Default: table.",
)
@json_option
@out_option
@click.option(
    "--engine",
    default="python",
    type=click.Choice(("python", "columns", "spark")),
    help="Which interpreter of the rules. Default: python; the others are not built yet.",
)
@click.option("--changed-since", metavar="RUN", help="Show what changed since an earlier run.")
@overrides_option
@click.option("--short", "detail", flag_value="short", help="One line a person.")
@click.option("--long", "detail", flag_value="long", help="Every reason, with its sources.")
@click.option(
    "--fail-on",
    type=click.Choice(GROUPS),
    help="Exit with 1 if anybody stands in this group or in one before it.",
)
@reader_options
@click.pass_context
def screen(
    ctx: click.Context,
    record: Path,
    as_of: str | None,
    output_format: str,
    as_json: bool,
    out: Path | None,
    engine: str,
    changed_since: str | None,
    overrides: Path | None,
    detail: str | None,
    fail_on: str | None,
    reader: Reader,
) -> None:
    """The worklist: whose skin to look at today, and why.

    Groups by documented precedence, never by a score. Each line says why, what
    is not known, and what to do next.

    \b
    Examples:
      livedo screen record/
      livedo screen record/ --as-of 2026-11-20 --lang da
      livedo screen record/ --format csv -o worklist.csv
      livedo screen record/ --fail-on danger_now
      livedo screen record/ --overrides centre.yaml

    Exit codes: 0 done; 1 findings, with --fail-on; 2 wrong use; 12 not a
    record; 14 output cannot be written; 23 not a date; 28 an override is refused.
    """
    from livedo.surfaces.judging import refuse_engine_not_built
    from livedo.surfaces.screening import screened, write_screening

    refuse_engine_not_built(engine)
    chosen = "json" if as_json else output_format
    if chosen == "parquet" and out is None:
        raise click.UsageError("Parquet is not text: give a file with -o FILE.")
    screening = screened(record, as_of, changed_since, processes(), reader, overrides)
    write_screening(screening, chosen, out, reader, detail or "normal", f"{record}")
    if fail_on and found(screening, fail_on):
        ctx.exit(1)


def found(screening: Screening, group: str) -> bool:
    """Whether anybody stands in the group or in one before it."""
    counts = {summary.id: summary.count for summary in screening.groups}
    return any(counts.get(name) for name in GROUPS[: GROUPS.index(group) + 1])
