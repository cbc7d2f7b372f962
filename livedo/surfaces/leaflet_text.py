"""The leaflet for patient and family, as text and as a page to print."""

from __future__ import annotations

from collections.abc import Iterator

from livedo.knowledge.claims import load_claims
from livedo.knowledge.teaching import load_leaflet, told
from livedo.surfaces.terminal import Line, Terminal, wrap
from livedo.surfaces.words import Words


def sources() -> str:
    """The documents behind the leaflet, each once."""
    claims = load_claims()
    named = [claims[id].source for section in load_leaflet() for id in section.because]
    return "; ".join(dict.fromkeys(part for source in named for part in source.split("; ")))


def statements() -> str:
    """The claims behind the leaflet, each once."""
    return ", ".join(dict.fromkeys(id for section in load_leaflet() for id in section.because))


def leaflet_lines(words: Words, terminal: Terminal) -> Iterator[Line]:
    """The leaflet on a terminal or in a text file."""
    yield [(words.text("leaflet.title"), "strong")]
    for section in load_leaflet():
        yield []
        yield [(told(section.title, words.lang), "strong")]
        yield from wrap([(section.text(words.lang), "")], terminal.width)
    yield []
    for key, filled in (("sources", sources()), ("statements", statements())):
        text = words.text(f"leaflet.{key}", text=filled)
        yield from wrap([(text, "quiet")], terminal.width)


def leaflet_page(words: Words) -> str:
    """The leaflet as one self-contained page that fills an A4 sheet."""
    from livedo import __version__
    from livedo.surfaces.report_context import own_style, templates

    return (
        templates()
        .get_template("leaflet.html.j2")
        .render(
            lang=words.lang,
            words=words,
            css=own_style("tokens.css", "leaflet.css"),
            sections=[
                (section.id, told(section.title, words.lang), section.text(words.lang))
                for section in load_leaflet()
            ],
            sources=sources(),
            statements=statements(),
            version=__version__,
        )
    )
