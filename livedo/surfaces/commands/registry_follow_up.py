"""`livedo registry follow-up`: who of the register is to be seen again."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from livedo.surfaces.commands.registry_completeness import format_option
from livedo.surfaces.commands.store import store_option
from livedo.surfaces.options import (
    Reader,
    as_of_option,
    json_option,
    out_option,
    reader_options,
    record_argument,
)


@click.command("follow-up")
@record_argument
@store_option
@as_of_option
@format_option
@json_option
@out_option
@click.option("--fail-on", type=click.Choice(("overdue",)), help="Exit with 1 if anybody is.")
@reader_options
@click.pass_context
def follow_up(
    ctx: click.Context,
    record: Path,
    store: str,
    as_of: str | None,
    output_format: str,
    as_json: bool,
    out: Path | None,
    fail_on: str | None,
    reader: Reader,
) -> None:
    """Who is overdue for follow-up, whoever waits longest first.

    Everybody somebody entered something about. Visits count in months from
    the day of diagnosis; they end with death and with withdrawal. A diagnosis
    known as a month or a year makes nobody overdue too early. The schedule is a
    local convention, no source: livedo/knowledge/registry/follow_up.yaml.

    \b
    Examples:
      livedo registry follow-up record/ --store sqlite:///decisions.sqlite
      livedo registry follow-up record/ --store sqlite:///decisions.sqlite --as-of 2027-01-31

    Exit codes: 0 done; 1 findings, with --fail-on; 2 wrong use; 12 not a
    record; 14 output cannot be written; 23 not a date; 30 a part is not
    installed; 40 to 43 the store cannot be used.
    """
    from livedo.decisions.store import open_store
    from livedo.registry.follow_up import followed, overdue
    from livedo.surfaces import register_quality_text as text
    from livedo.surfaces.output import text_out
    from livedo.surfaces.register_opened import open_register

    with open_store(store, make=False) as opened:
        register = open_register(record, opened, as_of)
        people = register.people(reader, only_entered=True)
        cases = [followed(form, register.today) for form in register.case_forms(people)]
    with text_out(out) as stream:
        if as_json or output_format == "json":
            document = text.follow_up_document(cases, register.date, register.today)
            stream.write(json.dumps(document, ensure_ascii=False) + "\n")
        elif output_format == "csv":
            stream.write(text.follow_up_csv(cases))
        else:
            form, today = register.form, register.today
            lines = text.follow_up_lines(cases, form, register.date, today, reader)
            reader.terminal.print(lines, stream if out else sys.stdout)
    if fail_on and overdue(cases):
        ctx.exit(1)
