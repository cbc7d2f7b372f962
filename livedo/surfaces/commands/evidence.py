"""`livedo evidence`: the state of the evidence, question by question."""

from __future__ import annotations

import sys

import click

from livedo.surfaces.options import Reader, json_option, reader_options


@click.command()
@click.argument("question", required=False)
@json_option
@reader_options
def evidence(question: str | None, as_json: bool, reader: Reader) -> None:
    """How strong the evidence is, question by question.

    What the founding documents say stands beside what was found later; where
    they disagree, both are shown and the text says which decides.

    \b
    Examples:
      livedo evidence
      livedo evidence prevalence --lang da

    Exit codes: 0 done; 2 wrong use; 22 no such question.
    """
    from livedo.surfaces.evidence_text import (
        evidence_document,
        evidence_lines,
        statements_named,
    )

    statements = statements_named(question)
    if as_json:
        click.echo(evidence_document(statements))
        return
    terminal = reader.terminal
    terminal.print(evidence_lines(statements, reader.words, terminal), sys.stdout)
