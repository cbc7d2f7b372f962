"""`livedo backup`, `livedo restore`, `livedo forget`: the store of what people entered."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from livedo.surfaces.options import Reader, reader_options

store_option = click.option(
    "--store",
    required=True,
    metavar="URL",
    help="The store: sqlite:///PATH or postgresql+psycopg://USER@HOST/DATABASE.",
)


@click.command()
@store_option
@click.option(
    "-o",
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where the backup goes, whole or not at all.",
)
@reader_options
def backup(store: str, out: Path, reader: Reader) -> None:
    """Copy what people entered into one file.

    The store may be in use. The file holds patient data and the keys of the
    store: keep it as safe as the store itself, and on another disk.

    \b
    Examples:
      livedo backup --store sqlite:///decisions.sqlite -o decisions.backup
      livedo backup --store postgresql+psycopg://livedo@db/livedo -o decisions.backup

    Exit codes: 0 done; 2 wrong use; 14 file cannot be written; 30 a part is not
    installed; 40 not a store; 41 store of a newer version; 42 store busy;
    43 store cannot be written.
    """
    from livedo.decisions.store import open_store

    with open_store(store, make=False) as opened:
        opened.backup(out)
    click.echo(reader.words.text("store.backed_up", file=str(out)))


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@store_option
@reader_options
def restore(file: Path, store: str, reader: Reader) -> None:
    """Fill an empty store from a backup.

    A backup of either kind of database can be restored into either. People
    erased after the backup was made come back: erase them again.

    \b
    Examples:
      livedo restore decisions.backup --store sqlite:///restored.sqlite

    Exit codes: 0 done; 2 wrong use; 30 a part is not installed; 40 not a store;
    41 written by a newer version; 42 store busy; 43 store cannot be written;
    44 the store is not empty; 45 not a backup, or a damaged one.
    """
    from livedo.decisions.backup import restore as restored

    count = restored(file, store)
    click.echo(reader.words.count("store.restored", count))
    click.echo(reader.words.text("store.erase_again"))


@click.command()
@click.argument("person")
@store_option
@click.option("--reason", required=True, metavar="TEXT", help="Why it is lawful; kept.")
@click.option("--by", required=True, metavar="NAME", help="Who erases; kept.")
@reader_options
def forget(person: str, store: str, reason: str, by: str, reader: Reader) -> None:
    """Erase everything entered about one person.

    For lawful erasure only: it cannot be undone. The store keeps that an
    erasure was made, by whom, when and why, without the id. PERSON is the id as
    in the record; give - to type it, so that no shell remembers it.

    \b
    Examples:
      livedo forget B-007 --store sqlite:///decisions.sqlite --reason "request 17" --by "D. Officer"

    Exit codes: 0 done; 2 wrong use; 30 a part is not installed; 40 not a store;
    41 store of a newer version; 42 store busy; 43 store cannot be written.
    """
    from livedo.decisions.store import open_store
    from livedo.surfaces.web.clock import SystemClock

    person_id = sys.stdin.readline().strip() if person == "-" else person
    if not (person_id and reason.strip() and by.strip()):
        raise click.UsageError("A person, a reason and a name are needed.")
    with open_store(store, make=False) as opened:
        count = opened.forget(person_id, by=by, reason=reason, at=SystemClock().now())
    texts = reader.words
    click.echo(texts.count("store.forgotten", count))
    for key in ("record", "source", "backups", "copies", "audit"):
        click.echo(f"  {texts.text(f'store.remains.{key}')}")
