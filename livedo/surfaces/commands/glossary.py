"""`livedo glossary`: the words of the disease, with their other names and history."""

from __future__ import annotations

import sys

import click

from livedo.surfaces.options import Reader, json_option, reader_options


@click.command()
@click.argument("term", required=False)
@json_option
@reader_options
def glossary(term: str | None, as_json: bool, reader: Reader) -> None:
    """What the words mean, and where they come from.

    Found by any of its names, in either language.

    \b
    Examples:
      livedo glossary
      livedo glossary "calcifying panniculitis" --lang da

    Exit codes: 0 done; 2 wrong use; 22 no such term.
    """
    from livedo.surfaces.glossary_text import glossary_document, glossary_lines, terms_named

    terms = terms_named(term)
    if as_json:
        click.echo(glossary_document(terms))
        return
    terminal = reader.terminal
    terminal.print(glossary_lines(terms, reader.words, terminal), sys.stdout)
