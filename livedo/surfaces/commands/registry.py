"""`livedo registry`: the case register, what goes in and out of it, and what it says.

Each sub-command is a module of its own, `registry_NAME.py`, and is added at the end of this one.
"""

from __future__ import annotations

import click

from livedo.surfaces.commands.registry_completeness import completeness
from livedo.surfaces.commands.registry_export import export
from livedo.surfaces.commands.registry_follow_up import follow_up
from livedo.surfaces.commands.registry_import import import_register
from livedo.surfaces.commands.registry_report import registry_report
from livedo.surfaces.options import verbose_option


@click.group()
@verbose_option
def registry() -> None:
    """Keep a register of the cases, and say what it knows.

    \b
    Example:
      livedo registry export record/ --store sqlite:///decisions.sqlite --into register/

    Exit codes: 0 done; 2 wrong use; 10 and up: named errors, see each command.
    """


for command in (registry_report, completeness, follow_up, export, import_register):
    registry.add_command(command)
