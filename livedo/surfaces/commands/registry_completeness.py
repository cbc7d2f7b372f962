"""`livedo registry completeness`: what the register knows of each case, and what it lacks."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from livedo.surfaces.commands.registry_export import entered_option
from livedo.surfaces.commands.store import store_option
from livedo.surfaces.options import (
    Reader,
    as_of_option,
    json_option,
    out_option,
    reader_options,
    record_argument,
)

format_option = click.option(
    "--format",
    "output_format",
    type=click.Choice(("table", "json", "csv")),
    default="table",
    help="Default: table.",
)


@click.command()
@record_argument
@store_option
@click.option("--by-centre", is_flag=True, help="Each centre too.")
@entered_option
@as_of_option
@format_option
@json_option
@out_option
@reader_options
def completeness(
    record: Path,
    store: str,
    by_centre: bool,
    only_entered: bool,
    as_of: str | None,
    output_format: str,
    as_json: bool,
    out: Path | None,
    reader: Reader,
) -> None:
    """How complete the case register is, field by field.

    Of each field: answered, said to be unknown, blank, and where it comes
    from. A blank counts as missing only where it could have been answered:
    nobody who lives has a day of death. For use inside the register; the
    counts are small and true.

    \b
    Examples:
      livedo registry completeness record/ --store sqlite:///decisions.sqlite
      livedo registry completeness record/ --store sqlite:///decisions.sqlite --by-centre --json

    Exit codes: 0 done; 2 wrong use; 12 not a record; 14 output cannot be
    written; 23 not a date; 30 a part is not installed; 40 to 43 the store
    cannot be used.
    """
    from livedo.decisions.store import open_store
    from livedo.registry.completeness import by_centre as of_centres
    from livedo.registry.completeness import completeness as counted
    from livedo.surfaces import register_quality_text as text
    from livedo.surfaces.output import text_out
    from livedo.surfaces.register_opened import open_register

    with open_store(store, make=False) as opened:
        register = open_register(record, opened, as_of)
        people = register.people(reader, only_entered=only_entered)
        cases = register.case_forms(people)
    found = counted(cases)
    centres = of_centres(cases, register.record.centre_ids()) if by_centre else {}
    with text_out(out) as stream:
        if as_json or output_format == "json":
            document = text.completeness_document(found, centres, register.date)
            stream.write(json.dumps(document, ensure_ascii=False) + "\n")
        elif output_format == "csv":
            stream.write(text.completeness_csv(found, centres))
        else:
            lines = text.completeness_lines(found, centres, register.form, register.date, reader)
            reader.terminal.print(lines, stream if out else sys.stdout)
