"""`livedo registry`: the case register, what goes in and out of it, and what it says.

Each sub-command is a module of its own, `registry_NAME.py`, and is added at the end of this one.
"""

from __future__ import annotations

import click

from livedo.surfaces.commands.registry_report import registry_report
from livedo.surfaces.options import verbose_option


@click.group()
@verbose_option
def registry() -> None:
    """Keep a register of the cases, and say what it knows.

    \b
    Example:
      livedo registry --help

    Exit codes: 0 done; 2 wrong use.
    """


registry.add_command(registry_report)
