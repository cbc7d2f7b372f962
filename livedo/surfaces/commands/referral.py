"""`livedo referral`: one page for the five specialties."""

from __future__ import annotations

from pathlib import Path

import click

from livedo.surfaces.options import (
    Reader,
    as_of_option,
    observed_option,
    out_option,
    reader_options,
    time_zone_option,
)


@click.command()
@click.argument("place", metavar="FILE | RECORD", type=click.Path(path_type=Path))
@click.argument("person_id", metavar="[ID]", required=False)
@as_of_option
@click.option(
    "--format",
    "output_format",
    type=click.Choice(("text", "html")),
    default="text",
    help="Form of the result. Default: text.",
)
@out_option
@observed_option
@time_zone_option
@reader_options
def referral(
    place: Path,
    person_id: str | None,
    as_of: str | None,
    output_format: str,
    out: Path | None,
    observed: tuple[str, ...],
    time_zone: str,
    reader: Reader,
) -> None:
    """A referral summary on one page, without a name.

    For nephrology, plastic surgery, orthopaedic surgery, dermatology and
    endocrinology: findings, course, drugs, laboratory, and what is not known.
    Made where calciphylaxis is suspected or recorded.

    \b
    Examples:
      livedo referral record/ B-044
      livedo referral bundle.json --format html -o referral.html

    Exit codes: 0 done; 2 wrong use; 11 file cannot be read; 12 not a record;
    13 no such person; 14 output cannot be written; 23 not a date.
    """
    from livedo.surfaces.one_patient import find_patient
    from livedo.surfaces.referral_text import write_referral

    found = find_patient(place, person_id, observed, time_zone)
    write_referral(found, as_of, output_format, out, reader)
