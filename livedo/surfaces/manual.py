"""The page of the manual on the command line, made from the help texts: `docs/reference/cli.md`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from livedo.surfaces.cli import cli

WIDTH = 88

OPENING = """\
# The command line

Made from `livedo --help` and the help of each command; `make docs` writes this page, and a test
fails when it is old. Data go to stdout, progress and warnings to stderr. `--json` prints one
document on stdout and nothing else. Output files appear whole or not at all.
"""


def manual() -> str:
    """The whole page."""
    return OPENING + "".join(section(name, command) for name, command in commands(cli, "livedo"))


def commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """A command and those below it, each with its full name."""
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=name)
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            if found is not None:
                yield from commands(found, f"{name} {below}")


def section(name: str, command: click.Command) -> str:
    """One command with its help as a reader sees it."""
    context = click.Context(
        command,
        info_name=name,
        terminal_width=WIDTH,
        max_content_width=WIDTH,
        help_option_names=cli.context_settings["help_option_names"],
    )
    help_text = command.get_help(context).rstrip()
    return f"\n## {name}\n\n```text\n{help_text}\n```\n"


def main() -> None:
    """Prints the page."""
    print(manual(), end="")


if __name__ == "__main__":
    main()
