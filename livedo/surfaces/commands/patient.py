"""`livedo patient`: one person, with reasons."""

from __future__ import annotations

from pathlib import Path

import click

from livedo.surfaces.options import (
    Reader,
    as_of_option,
    json_option,
    observed_option,
    out_option,
    overrides_option,
    reader_options,
    time_zone_option,
)

FORMATS = ("text", "json", "html", "fhir")


@click.command()
@click.argument("place", metavar="FILE | RECORD", type=click.Path(path_type=Path))
@click.argument("person_id", metavar="[ID]", required=False)
@as_of_option
@click.option(
    "--format",
    "output_format",
    type=click.Choice(FORMATS),
    default="text",
    help="Form of the result. Default: text; fhir is not built yet.",
)
@json_option
@out_option
@click.option("--short", "detail", flag_value="short", help="Danger and next steps only.")
@click.option("--long", "detail", flag_value="long", help="The deciding facts and all sources too.")
@observed_option
@time_zone_option
@overrides_option
@reader_options
def patient(
    place: Path,
    person_id: str | None,
    as_of: str | None,
    output_format: str,
    as_json: bool,
    out: Path | None,
    detail: str | None,
    observed: tuple[str, ...],
    time_zone: str,
    overrides: Path | None,
    reader: Reader,
) -> None:
    """One person, with reasons.

    Danger first, then next steps, why, why not, what cannot be told, laboratory, drugs
    and skin, what else it could be, work-up, options after the safety check, what to
    follow and outlook, with the sources.

    FILE is a FHIR Bundle, NDJSON or a case file, read straight away; RECORD ID
    is a person of a record.

    \b
    Examples:
      livedo patient bundle.json
      livedo patient record/ B-007 --as-of 2026-11-20 --long
      livedo patient record/ B-007 --format html -o b-007.html

    Exit codes: 0 done; 2 wrong use; 11 file cannot be read; 12 not a record;
    13 no such person; 14 output cannot be written; 23 not a date; 28 an override
    is refused.
    """
    from livedo.surfaces.judging import refuse_format_not_built
    from livedo.surfaces.one_patient import find_patient, write_patient

    if output_format == "fhir":
        refuse_format_not_built("fhir")
    found = find_patient(place, person_id, observed, time_zone)
    form = "json" if as_json else output_format
    write_patient(found, as_of, form, out, reader, detail or "normal", overrides)
