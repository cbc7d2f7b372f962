"""`livedo serve`: the worklist, the patient page and the skin round in a browser."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from livedo.errors import PartMissing
from livedo.surfaces.options import Reader, processes, reader_options

if TYPE_CHECKING:
    from livedo.sources.roster import Roster


SWITCH_SECONDS = 0.0005


@click.command()
@click.argument("record", type=click.Path(path_type=Path), required=False)
@click.option("--demo", is_flag=True, help="Serve an invented dialysis unit; nobody signs in.")
@click.option("--host", default="127.0.0.1", metavar="ADDRESS", help="Default: 127.0.0.1.")
@click.option("--port", default=8765, type=click.IntRange(0, 65535), help="Default: 8765.")
@click.option("--changed-since", metavar="RUN", help="Show what changed since a run or a date.")
@click.option(
    "--store",
    metavar="URL",
    help="Where what people enter is kept: sqlite:///PATH or postgresql+psycopg://... "
    "Default: a file beside the record.",
)
@click.option(
    "--roster",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="CSV of dialysis units, shifts and chairs: person_id, dialysis_unit, shift, chair.",
)
@click.option(
    "--audit",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where it is written who saw whom. Default: a file beside the record.",
)
@click.option("--log-requests", is_flag=True, help="One line a request: method, route, status.")
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("livedo-demo"),
    metavar="DIR",
    help="Folder of the invented unit. Default: livedo-demo.",
)
@reader_options
def serve(
    record: Path | None,
    demo: bool,
    host: str,
    port: int,
    changed_since: str | None,
    store: str | None,
    roster: Path | None,
    audit: Path | None,
    log_requests: bool,
    into: Path,
    reader: Reader,
) -> None:
    """Serve the worklist to a browser.

    Pages work without a script and without a network beyond this machine.
    The demo needs no sign-in and is reached from this machine only; a record
    is served to people who have signed in, as [access] of livedo.toml says.

    \b
    Examples:
      livedo serve --demo
      livedo serve record/ --port 8080
      livedo serve record/ --store sqlite:///decisions.sqlite --roster roster.csv

    Exit codes: 0 done; 2 wrong use; 11 no roster; 12 not a record; 30 a part is not installed;
    40 to 43 the store cannot be used; 60, 61 the audit log; 62 no sign-in.
    """
    if demo == (record is not None):
        raise click.UsageError("Name a record, or ask for the invented unit with --demo.")
    if demo and (store or roster):
        raise click.UsageError("The demo has an empty store and a roster of its own.")
    from livedo.access.settings import read_access, refuse_unsafe

    settings = read_access()
    refuse_unsafe(host, demo, settings)
    try:
        import uvicorn

        from livedo.surfaces.web import logs, serving
    except ImportError as error:
        raise PartMissing(
            "The web service is not installed",
            still_works="every other command",
            next_step='pip install "livedo[serve]"',
        ) from error
    if record is None:
        place = demo_record(into, reader)
        app = serving.demo_application(place, reader, processes(), audit or new_log(into))
    else:
        app = serving.record_application(
            record, reader, processes(), changed_since, store, settings, audit, roster
        )
        tell_roster(app.state.service.roster, reader)
    app.state.ward.word_the_first()
    # Judging is long work for one processor: who only has to be answered is let in between.
    sys.setswitchinterval(SWITCH_SECONDS)
    # The knowledge stays for good: looking through it for garbage would stop everybody for long.
    gc.collect()
    gc.freeze()
    click.echo(reader.words.text("serve.started", address=f"http://{host}:{port}/"), err=True)
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_config=logs.log_settings(log_requests),
        log_level="warning",
        access_log=False,
        server_header=False,
    )


def new_log(folder: Path) -> Path:
    """An audit log of its own for each demo, as its clock begins anew."""
    import uuid

    return folder / "decisions" / f"audit-{uuid.uuid4().hex}.log"


def tell_roster(roster: Roster, reader: Reader) -> None:
    """How many lines of the roster could not be used; who they name stands on the page."""
    aside = {
        "unknown": len(roster.unknown),
        "repeated": len(roster.repeated_lines),
        "broken": len(roster.broken_lines),
        "shifts": roster.unread_shifts,
    }
    for what, count in aside.items():
        if count:
            click.echo(reader.words.count(f"round.roster.{what}", count), err=True)


def demo_record(folder: Path, reader: Reader) -> Path:
    """The record of the invented unit, made if it is not there yet."""
    from livedo.surfaces.demonstration import RECORD, SOURCES, read_demo, write_sources

    if not (folder / RECORD / "manifest.json").is_file():
        write_sources(folder / SOURCES, reader)
        read_demo(folder, reader)
    return folder / RECORD
