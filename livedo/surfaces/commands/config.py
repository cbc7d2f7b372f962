"""`livedo config show`: every setting, its value, and where the value came from."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from livedo.config import Value, read_settings
from livedo.surfaces.options import Reader, json_option, reader_options, verbose_option

if TYPE_CHECKING:
    from livedo.surfaces.terminal import Line


@click.group()
@verbose_option
def config() -> None:
    """See the settings.

    \b
    Example:
      livedo config show

    Exit codes: 0 done; 2 wrong use; 24 a setting cannot be used.
    """


@config.command()
@json_option
@reader_options
def show(as_json: bool, reader: Reader) -> None:
    """Every setting with its value and its source.

    Settings are read from livedo.toml in the current folder, or from the file
    that LIVEDO_CONFIG names, and from LIVEDO_LANG, LIVEDO_UNITS and so on.

    \b
    Examples:
      livedo config show
      LIVEDO_LANG=da livedo config show --json

    Exit codes: 0 done; 2 wrong use; 24 a setting cannot be used.
    """
    values = list(read_settings().values())
    if as_json:
        click.echo(json.dumps({"settings": [document(value, reader) for value in values]}))
        return
    reader.terminal.print(setting_lines(values, reader), sys.stdout)


def document(value: Value, reader: Reader) -> dict[str, str | list[str]]:
    """One setting for other programs."""
    return {
        "name": value.setting.name,
        "value": value.value,
        "source": value.source,
        "place": value.place,
        "variable": value.setting.variable,
        "choices": list(value.setting.choices),
        "meaning": reader.words.text(f"settings.{value.setting.name}"),
    }


def setting_lines(values: list[Value], reader: Reader) -> Iterator[Line]:
    """Two lines a setting, then how to change one."""
    from livedo.surfaces.terminal import columns, pad, wrap

    words, terminal = reader.words, reader.terminal
    name = max(columns(value.setting.name) for value in values) + 2
    shown = max(columns(value.value) for value in values) + 2
    for value in values:
        source = words.text(f"settings.from_{value.source}", place=value.place)
        first: Line = [(pad(value.setting.name, name), "strong"), (pad(value.value, shown), "")]
        yield from wrap([*first, (source, "quiet")], terminal.width, name)
        meaning = words.text(f"settings.{value.setting.name}")
        yield from wrap([(" " * name, ""), (meaning, "quiet")], terminal.width, name)
    yield []
    yield from wrap([(words.text("settings.how"), "quiet")], terminal.width)
