"""The referral summary on a terminal and as a page to print."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from livedo.act.parts import Referral
from livedo.surfaces.judging import moment_asked
from livedo.surfaces.one_patient import Found, explained
from livedo.surfaces.options import Reader
from livedo.surfaces.output import text_out
from livedo.surfaces.terminal import Line
from livedo.surfaces.words import Words


def write_referral(
    found: Found, as_of: str | None, form: str, out: Path | None, reader: Reader
) -> None:
    """The summary in the form asked for, or why there is none."""
    moment = moment_asked(as_of, found.newest_known_at, found.time_zone)
    summary = explained(found, moment, reader).plan.referral
    with text_out(out) as stream:
        if form == "html":
            stream.write(referral_page(summary, reader.words, found.is_invented))
        else:
            lines = referral_lines(summary, reader.words, found.is_invented)
            reader.terminal.print(lines, stream)


def referral_lines(summary: Referral | None, words: Words, invented: bool) -> Iterator[Line]:
    """Line by line; a heading stands on the first line of its part."""
    if summary is None:
        yield [(words.text("referral.none"), "")]
        return
    first: Line = [(summary.title, "strong")]
    if invented:
        first.append((f"  {words.text('common.invented')}.", "quiet"))
    yield first
    for specialty in summary.specialties:
        yield [(f"- {specialty}", "")]
    for heading, lines in summary.paragraphs:
        yield [(f"{heading}: ", "strong"), (lines[0], "")]
        for line in lines[1:]:
            yield [(f"  {line}", "")]


def referral_page(summary: Referral | None, words: Words, invented: bool) -> str:
    """One self-contained page."""
    from livedo.surfaces.report_context import templates

    context = {"summary": summary, "words": words, "is_invented": invented, "lang": words.lang}
    return templates().get_template("referral.html.j2").render(context)
