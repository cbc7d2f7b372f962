"""Options that several commands share, and what they come to: one `Reader`."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from livedo.config import check_time_zone, read_settings

if TYPE_CHECKING:
    from livedo.surfaces.terminal import Terminal
    from livedo.surfaces.words import Words

Command = TypeVar("Command", bound=Callable[..., Any])

VERBOSE = "livedo.verbose"


@dataclass(frozen=True)
class Reader:
    """Who reads the result: language, units of measure, colour."""

    lang: str
    units: str
    color: str

    @property
    def words(self) -> Words:
        """The texts in the reader's language."""
        from livedo.surfaces.words import words

        return words(self.lang)

    @property
    def terminal(self) -> Terminal:
        """The reader's terminal, or the pipe in its place."""
        from livedo.surfaces.terminal import open_terminal

        return open_terminal(sys.stdout, self.color)


def remember_verbose(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    """Keeps `--verbose` where the error handler finds it."""
    if value:
        ctx.find_root().meta[VERBOSE] = True


def is_verbose(ctx: click.Context) -> bool:
    """Whether the reader asked for traces."""
    return bool(ctx.find_root().meta.get(VERBOSE))


verbose_option = click.option(
    "--verbose",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=remember_verbose,
    help="Show the trace of an error. It may hold patient data.",
)

as_of_option = click.option(
    "--as-of",
    metavar="DATE",
    help="Judge as of this date or time. Default: the newest thing known in the record.",
)

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")

out_option = click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write to a file, whole or not at all.",
)

observed_option = click.option(
    "--observed",
    multiple=True,
    metavar="DOMAIN=FROM..TO",
    help="Declare that the sources speak for a domain from one date to another, "
    "so that silence means absence: drug=2024-01-01..2026-11-01. May be repeated.",
)


def checked_zone(_: click.Context, parameter: click.Parameter, value: str | None) -> str:
    """The time zone asked for, or the one of the settings."""
    if value is None:
        return read_settings()["time_zone"].value
    check_time_zone(value, "--time-zone")
    return value


overrides_option = click.option(
    "--overrides",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE.yaml",
    help="A centre's own numbers in the rules, within the bounds that each rule allows.",
)

time_zone_option = click.option(
    "--time-zone",
    metavar="ZONE",
    callback=checked_zone,
    help="Where the patients are, for dates without a time: Europe/Copenhagen. Default: UTC.",
)

record_argument = click.argument("record", type=click.Path(path_type=Path))


def reader_options(command: Command) -> Command:
    """`--lang`, `--units` and colour, given to the command as one `reader`."""

    @click.option("--lang", type=click.Choice(("en", "da")), help="Language. Default: en.")
    @click.option(
        "--units",
        type=click.Choice(("si", "conventional")),
        help="Unit of measure that stands first. Default: si.",
    )
    @click.option(
        "--color",
        type=click.Choice(("auto", "always", "never")),
        help="Colour. Default: auto, on a terminal only.",
    )
    @click.option("--no-color", is_flag=True, help="Same as --color never; NO_COLOR does it too.")
    @verbose_option
    @functools.wraps(command)
    def with_reader(
        *args: Any,
        lang: str | None,
        units: str | None,
        color: str | None,
        no_color: bool,
        **kwargs: Any,
    ) -> Any:
        reader = reader_for(lang, units, "never" if no_color else color)
        return command(*args, reader=reader, **kwargs)

    return with_reader  # type: ignore[return-value]


def reader_for(lang: str | None, units: str | None, color: str | None) -> Reader:
    """Options before settings."""
    settings = read_settings()
    return Reader(
        lang=lang or settings["lang"].value,
        units=units or settings["units"].value,
        color=color or settings["color"].value,
    )


def processes() -> int:
    """How many processors the settings allow; as many as there are, if they leave it open."""
    value = read_settings()["processes"].value
    return (os.cpu_count() or 1) if value == "auto" else int(value)
