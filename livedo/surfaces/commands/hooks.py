"""`livedo hooks`: what a record system would be told."""

from __future__ import annotations

from pathlib import Path

import click

from livedo.surfaces.options import Reader, json_option, reader_options, time_zone_option

HOOKS = ("patient-view", "order-select", "order-sign")


@click.group()
def hooks() -> None:
    """CDS Hooks 2.0: cards inside a record system.

    \b
    Examples:
      livedo hooks try call.json

    Exit codes: 0 done; 2 wrong use; 11 file cannot be read; 50 call refused.
    """


@hooks.command("try")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--hook", type=click.Choice(HOOKS), help="Another hook than the call names.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(("text", "json")),
    default="text",
    help="Form of the result. Default: text.",
)
@json_option
@time_zone_option
@reader_options
def try_(
    file: Path,
    hook: str | None,
    output_format: str,
    as_json: bool,
    time_zone: str,
    reader: Reader,
) -> None:
    """One call, answered here: what was sent, the cards, and why.

    FILE is the body of a call as a record system sends it. It is judged as of the
    newest thing it tells. On a wide terminal what was sent stands beside the answer.

    \b
    Examples:
      livedo hooks try call.json
      livedo hooks try call.json --hook order-sign --lang da
      livedo hooks try call.json --json

    Exit codes: 0 done; 2 wrong use; 11 file cannot be read; 50 call refused.
    """
    import sys

    from livedo.surfaces.hooks.trial import trial_json, trial_lines, trial_of

    trial = trial_of(file, hook, reader, time_zone)
    if as_json or output_format == "json":
        click.echo(trial_json(trial))
        return
    terminal = reader.terminal
    terminal.print(trial_lines(trial, reader.words, terminal), sys.stdout)
