"""`livedo evaluate`: how the rules do on published cases."""

from __future__ import annotations

from pathlib import Path

import click

from livedo.surfaces.options import Reader, json_option, reader_options


@click.group()
def evaluate() -> None:
    """How the rules do on cases whose diagnosis is known.

    \b
    Examples:
      livedo evaluate vignettes cases/

    Exit codes: 0 done; 2 wrong use; 11 no case file can be read.
    """


@evaluate.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@json_option
@reader_options
def vignettes(folder: Path, as_json: bool, reader: Reader) -> None:
    """Published cases: where the right diagnosis stands.

    Every .yaml case file of DIR is judged without its answer. Where a file holds
    the answer, the shares are told by stratum with their intervals, beside the
    baseline "on dialysis or stage 5 = calciphylaxis". Files without an answer
    are ranked too.

    \b
    Examples:
      livedo evaluate vignettes cases/
      livedo evaluate vignettes cases/ --json

    Exit codes: 0 done; 2 wrong use; 11 no case file can be read.
    """
    from livedo.knowledge.load import load_knowledge
    from livedo.surfaces.evaluating import document, lines, ranked_cases

    cases = list(ranked_cases(folder))
    if as_json:
        import msgspec

        click.echo(msgspec.json.encode(document(cases)).decode())
        return
    for line in lines(cases, load_knowledge().wording(reader.lang)):
        click.echo(line)
