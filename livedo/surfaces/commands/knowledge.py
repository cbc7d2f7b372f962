"""`livedo knowledge`: what the product believes, as a reviewer reads it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from livedo.errors import KnowledgeInvalid
from livedo.surfaces.options import (
    Reader,
    json_option,
    out_option,
    overrides_option,
    reader_options,
    verbose_option,
)


@click.group()
@verbose_option
def knowledge() -> None:
    """Read, check and test the rules and their sources.

    \b
    Examples:
      livedo knowledge list
      livedo knowledge show risk/high_phosphate
      livedo knowledge check

    Exit codes: 0 done; 2 wrong use; 20 knowledge holds mistakes; 22 no such id.
    """


@knowledge.command("list")
@click.option("--kind", help="Only rules of one kind: state, suspicion, risk, danger ...")
@json_option
@reader_options
def list_rules(kind: str | None, as_json: bool, reader: Reader) -> None:
    """Every rule with its title, by kind.

    \b
    Examples:
      livedo knowledge list
      livedo knowledge list --kind danger --lang da

    Exit codes: 0 done; 2 wrong use; 20 knowledge holds mistakes.
    """
    from livedo.surfaces.knowledge_text import list_lines, rules_document

    if as_json:
        click.echo(json.dumps(rules_document(kind, reader.lang), ensure_ascii=False))
        return
    terminal = reader.terminal
    terminal.print(list_lines(kind, reader.words, terminal), sys.stdout)


@knowledge.command()
@click.argument("id_", metavar="ID")
@json_option
@overrides_option
@reader_options
def show(id_: str, as_json: bool, overrides: Path | None, reader: Reader) -> None:
    """One rule, statement, threshold or concept in words.

    \b
    Examples:
      livedo knowledge show risk/high_phosphate
      livedo knowledge show RF-01 --lang da
      livedo knowledge show risk/high_phosphate --overrides centre.yaml

    Exit codes: 0 done; 2 wrong use; 20 knowledge holds mistakes; 22 no such id;
    28 an override is refused.
    """
    from livedo.surfaces.judging import knowledge_with
    from livedo.surfaces.knowledge_text import find_item, item_document, item_lines

    believed = knowledge_with(overrides)
    item = find_item(id_, believed)
    if as_json:
        click.echo(item_document(item, believed))
        return
    terminal = reader.terminal
    terminal.print(item_lines(item, reader.words, terminal, believed), sys.stdout)


@knowledge.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@json_option
@reader_options
def check(folder: Path | None, as_json: bool, reader: Reader) -> None:
    """Every mistake of every knowledge file at once.

    Each with file, line and column. Checks the shipped knowledge, or FOLDER
    laid out in the same way.

    \b
    Examples:
      livedo knowledge check
      livedo knowledge check my-rules/ --json

    Exit codes: 0 no mistakes; 2 wrong use; 20 knowledge holds mistakes.
    """
    from livedo.surfaces.knowledge_check import check_lines, mistakes_document, mistakes_in

    mistakes = mistakes_in(folder, reader.lang)
    if as_json:
        click.echo(mistakes_document(mistakes))
    else:
        terminal = reader.terminal
        terminal.print(check_lines(mistakes, folder, reader.words, terminal), sys.stdout)
    if mistakes:
        sys.exit(KnowledgeInvalid.exit_status)


@knowledge.command("test")
@click.argument("rules", nargs=-1, metavar="[RULE]...")
@json_option
@reader_options
def test_rules(rules: tuple[str, ...], as_json: bool, reader: Reader) -> None:
    """Run the invented patients beside the rules.

    \b
    Examples:
      livedo knowledge test
      livedo knowledge test risk/high_phosphate

    Exit codes: 0 all pass; 2 wrong use; 20 a case fails; 22 no such rule.
    """
    from livedo.surfaces.knowledge_check import case_lines, cases_document, run

    results = run(rules)
    if as_json:
        click.echo(cases_document(results))
    else:
        terminal = reader.terminal
        terminal.print(case_lines(results, reader.words, terminal), sys.stdout)
    if not all(result.passed for result in results):
        sys.exit(KnowledgeInvalid.exit_status)


@knowledge.command()
@json_option
@reader_options
def coverage(as_json: bool, reader: Reader) -> None:
    """Which statements of literature are carried.

    \b
    Examples:
      livedo knowledge coverage
      livedo knowledge coverage --json

    Exit codes: 0 done; 2 wrong use; 20 knowledge holds mistakes.
    """
    from livedo.surfaces.knowledge_check import coverage_document, coverage_lines

    if as_json:
        click.echo(coverage_document())
        return
    terminal = reader.terminal
    terminal.print(coverage_lines(reader.words, terminal), sys.stdout)


@knowledge.command()
@out_option
@verbose_option
def schema(out: Path | None) -> None:
    """The JSON Schema of a rule file, for editors.

    \b
    Example:
      livedo knowledge schema -o rule.schema.json

    Exit codes: 0 done; 2 wrong use; 14 output cannot be written.
    """
    from livedo.knowledge.json_schema import export_schema
    from livedo.surfaces.output import text_out

    with text_out(out) as stream:
        stream.write(json.dumps(export_schema(), indent=2, ensure_ascii=False) + "\n")
