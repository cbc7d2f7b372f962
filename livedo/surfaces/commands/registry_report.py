"""`livedo registry report`: the yearly report of a registry on one self-contained page."""

from __future__ import annotations

from pathlib import Path

import click

from livedo.surfaces.options import Reader, as_of_option, processes, reader_options

STANDARDS = ("european-2013", "internal", "none")


@click.command("report")
@click.argument("record", required=False, type=click.Path(path_type=Path))
@click.option("--demo", is_flag=True, help="Make and report an invented nation of 20,000 people.")
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("livedo-nation"),
    metavar="DIR",
    help="Folder for the invented nation. Default: livedo-nation.",
)
@click.option(
    "--store",
    metavar="URL",
    help="What people entered: sqlite:///PATH or postgresql+psycopg://USER@HOST/DATABASE.",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.html",
    help="The page, written whole or not at all. Default: registry.html.",
)
@click.option(
    "--each-language",
    is_flag=True,
    help="One page a language: registry.en.html and registry.da.html.",
)
@click.option(
    "--tables",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Also write every table as CSV, with SHA-256 sums.",
)
@click.option(
    "--years",
    metavar="FIRST..LAST",
    help="Calendar years: 2021..2025, or 2025. Default: the last five whole years.",
)
@click.option(
    "--standard",
    type=click.Choice(STANDARDS),
    default=STANDARDS[0],
    show_default=True,
    help="Standard population of the age-standardised rates.",
)
@as_of_option
@click.option(
    "--show-small-numbers",
    is_flag=True,
    help="Switch the disclosure control off. Needs --by and --reason; the audit log keeps both.",
)
@click.option("--by", default="", metavar="NAME", help="Who answers for showing small numbers.")
@click.option("--reason", default="", metavar="TEXT", help="Why small numbers are shown.")
@click.option(
    "--audit",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The audit log. Default: a file beside the record.",
)
@reader_options
def registry_report(
    record: Path | None,
    demo: bool,
    into: Path,
    store: str | None,
    out: Path | None,
    each_language: bool,
    tables: Path | None,
    years: str | None,
    standard: str,
    as_of: str | None,
    show_small_numbers: bool,
    by: str,
    reason: str,
    audit: Path | None,
    reader: Reader,
) -> None:
    """Report a year: how many have it, how they fare.

    And how early it is found, and how complete the register is. One HTML page
    that needs no network and no script, follows the reader's light or dark
    system, and prints on A4 and Letter. Small numbers are hidden and the rest
    rounded before anything is worked out. The same record, store and options
    give the same bytes.

    \b
    Examples:
      livedo registry report --demo -o report.html
      livedo registry report record/ --store sqlite:///decisions.sqlite -o report.html
      livedo registry report record/ --years 2021..2025 --each-language --tables tables/
      livedo registry report record/ --show-small-numbers --by "A. Registrar" --reason "audit 12"

    Exit codes: 0 done; 2 wrong use; 12 not a record; 14 output cannot be
    written; 23 not a date; 30 a part is not installed; 40 to 43 the store
    cannot be used; 60, 61 the audit log; 85 small numbers cannot be shown;
    86 years that cannot be reported.
    """
    from livedo.surfaces.registry_work import Asked, report_registry

    if demo == (record is not None):
        raise click.UsageError("Give a RECORD, or --demo.")
    if demo and store:
        raise click.UsageError("The demo has a store of its own.")
    if (by or reason) and not show_small_numbers:
        raise click.UsageError("--by and --reason belong to --show-small-numbers.")
    asked = Asked(
        record=record,
        into=into,
        store=store,
        out=out or Path("registry.html"),
        languages=("en", "da") if each_language else (reader.lang,),
        is_each_language=each_language,
        tables=tables,
        years=years,
        standard=standard,
        as_of=as_of,
        is_shown=show_small_numbers,
        by=by.strip(),
        reason=reason.strip(),
        audit=audit,
        processes=processes(),
    )
    report_registry(asked, reader)
