"""`livedo leaflet`: one page for patient and family."""

from __future__ import annotations

from pathlib import Path

import click

from livedo.surfaces.options import Reader, out_option, reader_options


@click.command()
@click.option(
    "--format",
    "format_",
    type=click.Choice(("text", "html")),
    default="text",
    help="Text, or one A4 page to print. Default: text.",
)
@out_option
@reader_options
def leaflet(format_: str, out: Path | None, reader: Reader) -> None:
    """A leaflet for patient and family.

    Plain words and no figures. The HTML page needs no network and no script,
    and prints on one A4 sheet with room for the unit's telephone numbers.

    \b
    Examples:
      livedo leaflet
      livedo leaflet --lang da --format html -o folder.html

    Exit codes: 0 done; 2 wrong use; 14 output cannot be written.
    """
    from livedo.surfaces.leaflet_text import leaflet_lines, leaflet_page
    from livedo.surfaces.output import text_out
    from livedo.surfaces.terminal import Terminal

    with text_out(out) as stream:
        if format_ == "html":
            stream.write(leaflet_page(reader.words))
        else:
            terminal = Terminal() if out else reader.terminal
            terminal.print(leaflet_lines(reader.words, terminal), stream)
